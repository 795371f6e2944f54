"""What Moodle's grading worksheet says of when a student handed in. It is read in English, German and French.

A worksheet is in the language of the person who downloads it. Its status ends in ``1 day 2 hours late``
(``mod/assign/gradingtable.php``, ``col_status``; the words are ``submittedlateshort`` of each language's
``assign.php``). The time of the submission is to the minute (``strftimedaydatetime`` of each language's
``langconfig.php``), in that person's time zone. The file does not name the zone, so the one of this machine is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lrlab.grading.platforms.sheets import STATUS, WORKSHEET, Sheet

SUBMITTED = ("last modified (submission)", "zuletzt geändert (abgabe)", "dernière modification (travail remis)")
LATE = re.compile(r".+ late|.+ zu spät|en retard de .+", re.IGNORECASE)
TEAM = ("group", "gruppe", "groupe")  # a column that is there only if groups submit
_MONTHS = {
    name: number
    for names in (
        "january february march april may june july august september october november december",
        "januar februar märz april mai juni juli august september oktober november dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    )
    for number, name in enumerate(names.split(), 1)
}
_TIME = re.compile(
    r"(?:(?P<day>\d{1,2})\.? (?P<month>[^\W\d]+)|(?P<us_month>[^\W\d]+) (?P<us_day>\d{1,2}),) (?P<year>\d{4}),? "
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?:\s?(?P<half>[AP])M)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class HandedIn:
    """When a student handed in, as far as the platform says it."""

    late: bool = False
    at: datetime | None = None  # in UTC
    unread: str = ""  # a time that can't be read, as it is written


def handed_in(sheet: Sheet | None, row: Sequence[str]) -> HandedIn:
    """Return what the worksheet's row says; nothing, if it is another table."""
    if sheet is None or sheet.kind != WORKSHEET:
        return HandedIn()
    cells = dict(zip((name.casefold() for name in sheet.header), (cell.strip() for cell in row), strict=False))
    status = next((cells[name] for name in STATUS if name in cells), "")
    late = any(LATE.fullmatch(part.strip()) for part in status.split(" - "))
    text = next((cells[name] for name in SUBMITTED if name in cells), "-")
    at = read_time(text)
    return HandedIn(late, at, text if at is None and text not in ("", "-") else "")


def has_times(sheet: Sheet) -> bool:
    """Return whether the times and late marks of this table are read."""
    return sheet.kind == WORKSHEET and any(name.casefold() in SUBMITTED for name in sheet.header)


def is_of_groups(sheet: Sheet) -> bool:
    """Return whether it is the worksheet of an assignment in which groups submit."""
    return sheet.kind == WORKSHEET and any(name.casefold() in TEAM for name in sheet.header[sheet.grades :])


def read_time(text: str) -> datetime | None:
    """Return a time as Moodle writes it, in UTC: ``Sunday, 1 March 2026, 12:00 PM``. None: it is not of that form."""
    match = _TIME.search(text)
    if match is None:
        return None
    month = _MONTHS.get((match["month"] or match["us_month"]).casefold())
    hour, half = int(match["hour"]), (match["half"] or "").upper()
    if month is None or (half and not 1 <= hour <= 12):
        return None
    hour = hour % 12 + 12 * (half == "P") if half else hour
    try:
        local = datetime(int(match["year"]), month, int(match["day"] or match["us_day"]), hour, int(match["minute"]))
        return local.astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
