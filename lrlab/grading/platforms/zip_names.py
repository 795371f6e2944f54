"""The names in the zip of a class, as Canvas and Moodle make them, and whose files they are.

Canvas (instructure/canvas-lms, ``lib/content_zipper.rb``, ``get_filename`` and ``add_upload_submission``):

    lovelaceada_123_456_decay_formulas.ipynb          the name without signs, the user's number, the file's number
    lovelaceada_LATE_123_457_decay_formulas-1.ipynb   handed in late; ``-1`` because it was handed in before
    anon_x7Kq2_456_decay_formulas.ipynb               anonymous grading
    lovelaceada_123_text.html                         a text or a link, and no file
    LATE_anon_x7Kq2_link.html                         the same in anonymous grading

Moodle (``mod/assign/classes/downloader.php``; before 4.1 in ``mod/assign/locallib.php``), where the number is that of a
participant of this one assignment:

    Ada Lovelace_12_assignsubmission_file/decay_formulas.ipynb     a folder for each student; earlier, ``…_file_/``
    Ada Lovelace_12_assignsubmission_file_decay_formulas.ipynb     all in one folder
    Ada Lovelace_12_assignsubmission_onlinetext/onlinetext.html    a text, and no file
    Default group_assignsubmission_file/decay_formulas.ipynb       of people without a group, where groups submit
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

CANVAS, MOODLE = "canvas", "moodle"
MOST_OUTER = 5  # folders that a person may have put around what the platform made
_CANVAS = (
    re.compile(r"(?P<late>LATE_)?(?P<name>anon)_(?P<number>[A-Za-z0-9]+)_(?P<order>[0-9]{1,20})_(?P<file>[^/]+)"),
    re.compile(r"(?P<name>[^/]*?)_(?P<late>LATE_)?(?P<number>[0-9]{1,20})_(?P<order>[0-9]{1,20})_(?P<file>[^/]+)"),
)
_CANVAS_TEXT = (
    re.compile(r"(?P<late>LATE_)?(?P<name>anon)_(?P<number>[A-Za-z0-9]+)_(?:text|link)\.html"),
    re.compile(r"(?P<name>[^/]*?)_(?P<late>LATE_)?(?P<number>[0-9]{1,20})_(?:text|link)\.html"),
)
_MOODLE = re.compile(
    r"(?P<name>[^/]+?)_(?P<number>[0-9]{1,20})_assignsubmission_file(?:_?/(?P<path>.+)|_(?P<file>[^/]+))"
)
_MOODLE_TEXT = re.compile(r"(?P<name>[^/]+?)_(?P<number>[0-9]{1,20})_assignsubmission_onlinetext.*")
_MOODLE_GROUP = re.compile(r"(?P<name>[^/_]+)_assignsubmission_(?:file|onlinetext)[_/].*", re.DOTALL)


@dataclass(frozen=True)
class Member:
    """A file that a student handed in, by its name in the zip."""

    platform: str
    name: str  # the student's, as the platform writes it
    number: str  # the student's, in the platform; of an anonymous one a code
    file: str  # path in the submission; empty: the student handed in a text or a link, and no file
    returned: str = ""  # what comes before the name of a file that goes back to this student
    order: int = 0  # Canvas's number of the file: a newer one is higher
    late: bool = False


def read_name(name: str, platform: str) -> Member | None:
    """Return whose file a name of the platform's zip is; None: that platform makes no such name."""
    if platform == MOODLE:
        for start in _folders(name):
            if match := _MOODLE.fullmatch(start):
                about = match.groupdict()
                returned = f"{about['name']}_{about['number']}_assignsubmission_file_"
                return Member(MOODLE, about["name"], about["number"], about["path"] or about["file"], returned)
            if match := _MOODLE_TEXT.fullmatch(start):
                return Member(MOODLE, match["name"], match["number"], "")
        return None
    last = name.rpartition("/")[2]
    if match := _first(_CANVAS, last):
        returned = last.removesuffix(match["file"])
        late = match["late"] is not None
        return Member(CANVAS, match["name"], match["number"], match["file"], returned, int(match["order"]), late)
    if match := _first(_CANVAS_TEXT, last):
        return Member(CANVAS, match["name"], match["number"], "", late=match["late"] is not None)
    return None


def is_of_group(name: str) -> bool:
    """Return whether a name is one that Moodle makes for people without a group, where groups submit: no number."""
    return read_name(name, MOODLE) is None and any(map(_MOODLE_GROUP.fullmatch, _folders(name)))


def _first(forms: Iterable[re.Pattern[str]], name: str) -> re.Match[str] | None:
    return next(filter(None, (form.fullmatch(name) for form in forms)), None)


def _folders(name: str) -> list[str]:
    """Return the name, and what is left without its outer folders, which a person may have put around the rest."""
    parts = name.split("/")
    return ["/".join(parts[k:]) for k in range(min(len(parts), MOST_OUTER + 1))]
