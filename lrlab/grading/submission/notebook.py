"""Parse a submitted notebook, which is untrusted data.

    notes: list[str] = []
    notebook = read("submitted/ada/cycles/cycles.ipynb", notes)

The result is rebuilt from texts: it has no output, no tag and only nbgrader's metadata, so that nothing gets through
that is not named here. ``notes`` says what was left out. A notebook that can't be parsed raises ``InvalidSubmission``,
with one sentence that says why, for a person to look at.
"""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_notebook
from traitlets import Bool

from lrlab._files import NotRegularError, open_regular
from lrlab.grading.submission.cells import rebuild_cell, replace_surrogates
from lrlab.grading.submission.invalid import kind_of, refuse

LARGEST_FILE = 10_000_000  # bytes, with the outputs; those of honest notebooks have many pictures
MOST_CELLS = 1000
DEEPEST = 40  # levels of lists and dicts; JupyterLab's notebooks have about eight
LONGEST_NUMBER = 25  # digits and signs; a float's shortest text has 24 at most

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
MAGIC = {
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF file",
    b"<!DO": "a web page",
    b"<htm": "a web page",
    b"version https://git-lfs": "a pointer of Git LFS",
}


class SubmissionExporter(NotebookExporter):
    """nbconvert's notebook exporter that reads with ``read``: for ``Autograde.exporter_class``.

    nbgrader reads twice: what was submitted, and what it has made of that itself. Both pass. The notebook is validated
    after the last preprocessor, and not after each.
    """

    optimistic_validation = Bool(True).tag(config=True)

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> tuple[Any, dict[str, Any]]:
        notebook = read(filename)
        resources = resources if resources is not None else {}
        path = Path(filename)
        resources.setdefault("metadata", {}).update(name=path.stem, path=str(path.parent))
        return self.from_notebook_node(notebook, resources=resources, **kwargs)


def read(path: str | os.PathLike[str], notes: list[str] | None = None) -> NotebookNode:
    """Parse a notebook file; ``notes`` gets a sentence for each thing that is left out or changed.

    The notes are in ``notebook.metadata.lrlab.notes`` too.

    Raises:
        InvalidSubmission: not a regular file, or reached through a link; too large; not UTF-8; not JSON; not a notebook
            of format 4.
    """
    notes = [] if notes is None else notes
    raw = _parsed(_text(_content(Path(path))))
    if not isinstance(raw, dict):
        refuse(f"a notebook is a JSON object, and this file holds {kind_of(raw)}")
    _check_format(raw)
    cells = raw.get("cells")
    if not isinstance(cells, list):
        refuse(f"a notebook's cells must be a list, and here they are {kind_of(cells)}")
    if len(cells) > MOST_CELLS:
        refuse(f"a notebook may have {MOST_CELLS} cells, and this one has {len(cells)}")
    notebook = new_notebook(nbformat_minor=5)
    used: set[str] = set()
    notebook.cells = [rebuild_cell(cell, number, used, notes) for number, cell in enumerate(cells, start=1)]
    notebook.metadata = python_metadata(list(dict.fromkeys(_earlier_notes(raw) + notes)))
    return notebook


def python_metadata(notes: list[str], **ours: Any) -> NotebookNode:
    """Return a notebook's metadata: its kernel, and under ``lrlab`` the notes and what else is ours, if anything."""
    about = {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    return from_dict({**about, "lrlab": {**ours, "notes": notes}} if notes or ours else about)


def _content(path: Path) -> bytes:
    """Return the bytes of a regular file in STUDENT/UNIT/; none of the three may be a link."""
    for folder in (path.absolute().parent, path.absolute().parent.parent):
        if folder.is_symlink():
            refuse(f"the submission's folder {folder.name} is a link to another place")
    try:
        if stat.S_ISLNK(os.lstat(path).st_mode):
            refuse(f"the file {path.name} is a link to another one")
        file = open_regular(path)
    except NotRegularError:
        refuse(f"the file {path.name} is not a regular one")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        refuse(f"the file {path.name} can't be opened: {getattr(error, 'strerror', None) or error}")
    with file:
        length = os.fstat(file.fileno()).st_size
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        size = max(length, len(content)) / 1e6
        refuse(f"the file {path.name} may have {LARGEST_FILE / 1e6:g} MB, and it has {size:.1f} MB")
    if not content.strip():
        refuse(f"the file {path.name} is empty")
    return content


def _text(content: bytes) -> str:
    for magic, what in MAGIC.items():
        if content.lstrip().startswith(magic):
            refuse(f"the file is {what}, not a notebook")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        refuse(f"the file is not UTF-8 text: byte {error.start} does not belong there")


def _parsed(text: str) -> Any:
    def constant(name: str) -> NoReturn:
        refuse(f"JSON has no number {name}")

    def whole(digits: str) -> int:
        if len(digits) > LONGEST_NUMBER:
            refuse(f"a number in it has {len(digits)} digits")
        return int(digits)

    def real(digits: str) -> float:
        value = float(digits)
        if not math.isfinite(value):
            refuse(f"the number {digits[:LONGEST_NUMBER]} in it is too large for a float")
        return value

    try:
        value = json.loads(text, parse_constant=constant, parse_int=whole, parse_float=real)
    except json.JSONDecodeError as error:
        ends = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        what = "breaks off" if ends else "is not JSON"
        refuse(f"the file {what} at line {error.lineno}, column {error.colno}: {error.msg}")
    except RecursionError:
        refuse(f"lists and objects are nested more than {DEEPEST} deep")
    if is_deep(value, DEEPEST):
        refuse(f"lists and objects are nested more than {DEEPEST} deep")
    return value


def is_deep(value: Any, most: int) -> bool:
    """Return whether lists and dicts are nested deeper than ``most``. Without recursion, which depth could exhaust."""
    level = [value]
    for _ in range(most):
        level = [inner for outer in level if isinstance(outer, dict | list) for inner in _children(outer)]
        if not level:
            return False
    return True


def _children(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _check_format(raw: dict[str, Any]) -> None:
    version = raw.get("nbformat")
    if not isinstance(version, int) or isinstance(version, bool):
        refuse("the file is JSON, but not a notebook: it names no nbformat")
    if version != 4:
        age = "older" if version < 4 else "newer"
        refuse(f"the notebook's format is {version}, {age} than 4: open it in JupyterLab and save it again")


def _earlier_notes(raw: dict[str, Any]) -> list[str]:
    """Return the notes of a notebook that has been parsed before. A student who forges some only draws attention."""
    metadata = raw.get("metadata")
    ours = metadata.get("lrlab") if isinstance(metadata, dict) else None
    notes = ours.get("notes") if isinstance(ours, dict) else None
    return (
        [replace_surrogates(note)[:300] for note in notes[:100] if isinstance(note, str)]
        if isinstance(notes, list)
        else []
    )
