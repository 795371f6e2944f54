"""One cell of a submitted notebook, rebuilt from its text."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from nbformat import NotebookNode

from lrlab.grading.submission.invalid import kind_of, refuse

LARGEST_SOURCE = 200_000  # characters in one cell
LARGEST_PICTURES = 8_000_000  # characters of base64 in one cell: a photo of a page of handwriting has six
FLAGS = ("grade", "locked", "solution", "task")
RELEASED_TAG = "raises-exception"  # of check cells: a wrong answer does not stop Run All
SCHEMA = 3  # version of nbgrader's metadata; with another number nbgrader stops with an error
PICTURES = ("image/png", "image/jpeg", "image/gif")  # for written answers; none of these can contain a script
CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def rebuild_cell(raw: Any, number: int, used: set[str], notes: list[str]) -> NotebookNode:
    """Return a cell with its text, and of everything else only what nbgrader needs."""
    if not isinstance(raw, dict):
        refuse(f"cell {number} must be an object, and it is {kind_of(raw)}")
    kind = raw.get("cell_type")
    if kind not in ("code", "markdown", "raw"):
        refuse(f"cell {number} is neither code nor Markdown nor raw")
    cell = NotebookNode(cell_type=kind, id=_cell_id(raw.get("id"), number, used), metadata=NotebookNode())
    cell.source = _source(raw.get("source"), number, notes)
    if kind == "code":
        cell.update(outputs=[], execution_count=None)
    metadata = raw.get("metadata")
    if isinstance(metadata, dict):
        if metadata.get("tags") not in (None, [], [RELEASED_TAG]):
            notes.append(f"Cell {number} had tags, which were taken off.")
        kept = _nbgrader_metadata(metadata.get("nbgrader"), number, notes)
        if kept:
            cell.metadata["nbgrader"] = NotebookNode(kept)
    pictures, lost = _pictures(raw.get("attachments"), number, notes) if kind != "code" else ({}, [])
    for name in lost:
        line = f"*[The attachment {name} is in the submitted notebook alone: no PNG, JPEG or GIF, or too large.]*"
        cell.source = f"{cell.source}\n\n{line}"
    if pictures:
        cell["attachments"] = NotebookNode(pictures)
    return cell


def cell_name(cell: NotebookNode) -> str:
    """Return the name that nbgrader has for a cell; empty if it has none."""
    name = (cell.metadata.get("nbgrader") or {}).get("grade_id", "")
    return name if isinstance(name, str) else ""


def _cell_id(given: Any, number: int, used: set[str]) -> str:
    """Return the cell's own id if it is valid and no other cell has it, otherwise a new one."""
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
        refuse(f"the source of cell {number} must be a text, and it is {kind_of(given)}")
    if len(given) > LARGEST_SOURCE:
        refuse(f"a cell may have {LARGEST_SOURCE} characters, and cell {number} has {len(given)}")
    text = replace_surrogates(given)
    if text != given:
        notes.append(f"Cell {number} had characters that no file can contain; they were replaced.")
    return text


def replace_surrogates(text: str) -> str:
    """Return the text without lone surrogates: JSON can name them (``\\ud800``), but no file can contain them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _nbgrader_metadata(given: Any, number: int, notes: list[str]) -> dict[str, Any]:
    """Return nbgrader's metadata if they name a cell of the assignment, without invalid values."""
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
    """Return the pictures of a written answer, of types that can't contain a script, and the names of the others."""
    if not isinstance(given, dict) or not given:
        return {}, []
    kept: dict[str, Any] = {}
    room = LARGEST_PICTURES
    for name, bundle in given.items():
        for kind in PICTURES:
            data = bundle.get(kind) if isinstance(bundle, dict) else None
            if isinstance(data, str) and len(data) <= room and _is_base64(data) and replace_surrogates(name) == name:
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
