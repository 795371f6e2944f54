"""Read a submitted notebook as what it is: data from somebody else.

    notes: list[str] = []
    notebook = read("submitted/ada/cycles/cycles.ipynb", notes)

What comes back is built anew, from texts: no output, no tag, no metadata but the few of nbgrader's, so that whatever is
not named here cannot get through. What an instructor may want to know of is in `notes`. What can't be read raises
`Unreadable`, with one sentence that says why, for a person to look at.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import os
import re
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from lrlab._files import NotRegularError, open_regular

LARGEST_FILE = 10_000_000  # bytes; outputs with pictures included, which an honest notebook is full of
MOST_CELLS = 1000
LARGEST_SOURCE = 200_000  # characters in one cell
LARGEST_PICTURES = 8_000_000  # characters of base64 in one cell: a photo of a page of handwriting has six
DEEPEST = 40  # levels of lists and dicts; JupyterLab's notebooks have eight or so
LONGEST_NUMBER = 25  # digits and signs; a float's shortest text has 24 at most

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
FLAGS = ("grade", "locked", "solution", "task")
RELEASED_TAG = "raises-exception"  # of check cells: a wrong answer does not stop Run All
SCHEMA = 3  # of nbgrader's metadata; another number makes nbgrader stop with an error
PICTURES = ("image/png", "image/jpeg", "image/gif")  # a written answer may hold some; none of them can hold a script
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
MAGIC = {
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF file",
    b"<!DO": "a web page",
    b"<htm": "a web page",
}


class Unreadable(Exception):
    """A submission that no program can grade. The message is one sentence that says why."""


class SubmissionExporter(NotebookExporter):
    """nbconvert's notebook exporter that reads with `read`: for `Autograde.exporter_class`.

    nbgrader reads twice: what was submitted, and what it has made of that itself. Both pass.
    """

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> tuple[Any, dict[str, Any]]:
        notebook = read(filename)
        resources = resources if resources is not None else {}
        path = Path(filename)
        resources.setdefault("metadata", {}).update(name=path.stem, path=str(path.parent))
        return self.from_notebook_node(notebook, resources=resources, **kwargs)


def read(path: str | os.PathLike[str], notes: list[str] | None = None) -> NotebookNode:
    """The notebook in a file, sanitised; `notes` gets a sentence for each thing left out or changed.

    The notes are in `notebook.metadata.lrlab.notes` too.

    Raises:
        Unreadable: no regular file, or one reached through a link; too large; not UTF-8; not JSON; not a notebook of
            format 4.
    """
    notes = [] if notes is None else notes
    raw = _parsed(_text(_content(Path(path))))
    if not isinstance(raw, dict):
        _refuse(f"a notebook is a JSON object, and this file holds {_kind(raw)}")
    _check_format(raw)
    cells = raw.get("cells")
    if not isinstance(cells, list):
        _refuse(f"a notebook's cells must be a list, and here they are {_kind(cells)}")
    if len(cells) > MOST_CELLS:
        _refuse(f"a notebook may have {MOST_CELLS} cells, and this one has {len(cells)}")
    notebook = new_notebook(
        metadata={"kernelspec": dict(KERNELSPEC), "language_info": {"name": "python"}}, nbformat_minor=5
    )
    used: set[str] = set()
    notebook.cells = [_cell(cell, number, used, notes) for number, cell in enumerate(cells, start=1)]
    kept = _earlier_notes(raw) + notes
    if kept:
        notebook.metadata["lrlab"] = NotebookNode(notes=list(dict.fromkeys(kept)))
    return notebook


def _refuse(reason: str) -> NoReturn:
    raise Unreadable(f"{reason[0].upper()}{reason[1:]}.")


def _kind(value: Any) -> str:
    names = {type(None): "nothing", dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return names.get(type(value), "a number")


def _content(path: Path) -> bytes:
    """The file's bytes, if it is a regular file in a folder UNIT of a folder STUDENT, with no link on that way."""
    for folder in (path.absolute().parent, path.absolute().parent.parent):
        if folder.is_symlink():
            _refuse(f"the submission's folder {folder.name} is a link to another place")
    try:
        if stat.S_ISLNK(os.lstat(path).st_mode):
            _refuse(f"{path.name} is a link to another file")
        file = open_regular(path)
    except NotRegularError:
        _refuse(f"{path.name} is no regular file")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        _refuse(f"{path.name} can't be opened: {getattr(error, 'strerror', None) or error}")
    with file:
        length = os.fstat(file.fileno()).st_size
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        size = max(length, len(content)) / 1e6
        _refuse(f"{path.name} may have {LARGEST_FILE / 1e6:g} MB, and it has {size:.1f} MB")
    if not content.strip():
        _refuse(f"{path.name} is empty")
    return content


def _text(content: bytes) -> str:
    for magic, what in MAGIC.items():
        if content.startswith(magic):
            _refuse(f"the file is {what} and no notebook")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(f"the file is not UTF-8 text: byte {error.start} does not belong there")


def _parsed(text: str) -> Any:
    def constant(name: str) -> NoReturn:
        _refuse(f"JSON has no number {name}")

    def whole(digits: str) -> int:
        if len(digits) > LONGEST_NUMBER:
            _refuse(f"a number in it has {len(digits)} digits")
        return int(digits)

    def real(digits: str) -> float:
        value = float(digits)
        if not math.isfinite(value):
            _refuse(f"the number {digits[:LONGEST_NUMBER]} in it is beyond all floats")
        return value

    try:
        value = json.loads(text, parse_constant=constant, parse_int=whole, parse_float=real)
    except json.JSONDecodeError as error:
        ends = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        what = "breaks off" if ends else "is not JSON"
        _refuse(f"the file {what} at line {error.lineno}, column {error.colno}: {error.msg}")
    except RecursionError:
        _refuse(f"lists and objects lie in each other more than {DEEPEST} deep")
    if is_deep(value, DEEPEST):
        _refuse(f"lists and objects lie in each other more than {DEEPEST} deep")
    return value


def is_deep(value: Any, most: int) -> bool:
    """Whether lists and dicts lie in each other deeper than `most`; without recursion, which depth could exhaust."""
    level = [value]
    for _ in range(most):
        level = [inner for outer in level if isinstance(outer, dict | list) for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _check_format(raw: dict[str, Any]) -> None:
    version = raw.get("nbformat")
    if not isinstance(version, int) or isinstance(version, bool):
        _refuse("the file is JSON, and no notebook: it names no nbformat")
    if version != 4:
        age = "older" if version < 4 else "newer"
        _refuse(f"the notebook's format is {version}, {age} than 4: open it in JupyterLab and save it again")


def _earlier_notes(raw: dict[str, Any]) -> list[str]:
    """The notes of a notebook that has been read before. A student who writes some only draws a person's eye."""
    metadata = raw.get("metadata")
    ours = metadata.get("lrlab") if isinstance(metadata, dict) else None
    found = ours.get("notes") if isinstance(ours, dict) else None
    return [_speakable(note)[:300] for note in found[:100] if isinstance(note, str)] if isinstance(found, list) else []


def _cell(raw: Any, number: int, used: set[str], notes: list[str]) -> NotebookNode:
    """A cell with its text, and of all else only what nbgrader needs."""
    if not isinstance(raw, dict):
        _refuse(f"cell {number} must be an object, and it is {_kind(raw)}")
    kind = raw.get("cell_type")
    if kind not in ("code", "markdown", "raw"):
        _refuse(f"cell {number} is neither code nor Markdown nor raw")
    cell = NotebookNode(cell_type=kind, id=_identity(raw.get("id"), number, used), metadata=NotebookNode())
    cell.source = _source(raw.get("source"), number, notes)
    if kind == "code":
        cell.update(outputs=[], execution_count=None)
    metadata = raw.get("metadata")
    if isinstance(metadata, dict):
        if metadata.get("tags") not in (None, [], [RELEASED_TAG]):
            notes.append(f"Cell {number} had tags, which were taken off.")
        kept = _nbgraders(metadata.get("nbgrader"), number, notes)
        if kept:
            cell.metadata["nbgrader"] = NotebookNode(kept)
    pictures, lost = _pictures(raw.get("attachments"), number, notes) if kind != "code" else ({}, [])
    for name in lost:
        line = f"*[The attachment {name} is in the submitted notebook alone: no PNG, JPEG or GIF, or too large.]*"
        cell.source = f"{cell.source}\n\n{line}"
    if pictures:
        cell["attachments"] = NotebookNode(pictures)
    return cell


def _identity(given: Any, number: int, used: set[str]) -> str:
    """The cell's own id where it is fit and no other cell has it."""
    name = given if isinstance(given, str) and CELL_ID.fullmatch(given) and given not in used else f"cell-{number}"
    while name in used:
        name = f"{name[:60]}-x"
        if name in used:
            name = f"cell-{number}-{len(used)}"
    used.add(name)
    return name


def _source(given: Any, number: int, notes: list[str]) -> str:
    if isinstance(given, list) and all(isinstance(line, str) for line in given):
        given = "".join(given)
    if not isinstance(given, str):
        _refuse(f"the source of cell {number} must be a text, and it is {_kind(given)}")
    if len(given) > LARGEST_SOURCE:
        _refuse(f"a cell may have {LARGEST_SOURCE} characters, and cell {number} has {len(given)}")
    text = _speakable(given)
    if text != given:
        notes.append(f"Cell {number} held characters that no file can hold; they were replaced.")
    return text


def _speakable(text: str) -> str:
    """JSON can name half a character (`\\ud800`), which can't be written to a file."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _nbgraders(given: Any, number: int, notes: list[str]) -> dict[str, Any]:
    """nbgrader's metadata, if they say which cell of the assignment this is; what is odd in them is left out."""
    if given is None or given == {}:
        return {}
    name = given.get("grade_id") if isinstance(given, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= 100 or not name.isprintable():
        notes.append(f"Cell {number} had nbgrader metadata without a usable grade_id, which were taken off.")
        return {}
    kept: dict[str, Any] = {"grade_id": name, "schema_version": SCHEMA}
    kept |= {flag: given.get(flag) is True for flag in FLAGS}
    points = given.get("points")
    usable = isinstance(points, int | float) and not isinstance(points, bool) and 0 <= points <= 1000
    if kept["grade"] or kept["task"]:
        kept["points"] = points if usable else 0
    checksum = given.get("checksum")
    if isinstance(checksum, str) and re.fullmatch(r"[0-9a-f]{32}", checksum):
        kept["checksum"] = checksum
    if given.get("cell_type") in ("code", "markdown"):
        kept["cell_type"] = given["cell_type"]
    odd = [flag for flag in FLAGS if given.get(flag) not in (True, False, None)]
    if given.get("schema_version") != SCHEMA:
        odd.append("schema_version")
    if odd:
        notes.append(f"Cell {number} ({name}) had odd nbgrader metadata: {', '.join(odd)}.")
    return kept


def _pictures(given: Any, number: int, notes: list[str]) -> tuple[dict[str, Any], list[str]]:
    """Pictures pasted into a written answer, of kinds that can't hold a script; and the names of what is left out."""
    if not isinstance(given, dict) or not given:
        return {}, []
    kept: dict[str, Any] = {}
    room = LARGEST_PICTURES
    for name, bundle in given.items():
        for kind in PICTURES:
            data = bundle.get(kind) if isinstance(bundle, dict) else None
            if isinstance(data, str) and len(data) <= room and _is_base64(data) and _speakable(name) == name:
                kept[name] = {kind: data}
                room -= len(data)
                break
    if len(kept) < len(given):
        notes.append(f"Cell {number} had attachments that are no pictures (PNG, JPEG or GIF), or too large.")
    lost = sorted(re.sub(r"[^\w. -]", "_", name)[:60] for name in given.keys() - kept.keys())
    return kept, lost[:5]


def _is_base64(data: str) -> bool:
    try:
        base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
