"""Find what a student handed in and no exercise uses: it is named, and a possible answer waits for a person."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import nbformat
from nbformat import NotebookNode

from lrlab.grading.submission.cells import cell_name
from lrlab.grading.submission.files import CHECKPOINTS, TIMESTAMP, checkpoint_of
from lrlab.grading.submission.invalid import InvalidSubmission
from lrlab.grading.submission.notebook import read
from lrlab.grading.submission.own_text import bare_line, has_text, is_text
from lrlab.grading.submission.zip_files import MACOS
from lrlab.printable import printable

DOCUMENTS = {
    ".doc", ".docx", ".gif", ".heic", ".htm", ".html", ".jpeg", ".jpg", ".md", ".odt", ".pages", ".pdf", ".png",
    ".rtf", ".svg", ".tex", ".tif", ".tiff", ".txt", ".webp",
    ".7z", ".gz", ".rar", ".tar", ".tgz", ".zip",
}  # fmt: skip
NOTEBOOK = ".ipynb"  # also within a name, as in a.ipynb.txt
CODE = re.compile(r"^[ \t]*(def|return)\b|\blambda\b", re.MULTILINE)  # of an answer, whatever its name


def find_unused_work(
    notebook: NotebookNode,
    known: Mapping[str, Mapping[str, Any]],
    source: Path,
    folder: Path | None,
    unreadable: Sequence[str] = (),
    replaced: Mapping[str, str] = MappingProxyType({}),
) -> tuple[list[str], list[str]]:
    """Find what of a submission is not used.

    Args:
        notebook: the submission, with the assignment's metadata in its cells.
        known: the assignment's cells, as ``restore_cells.assignment_cells`` returns them.
        source: the instructor's notebook.
        folder: what came with the submission.
        unreadable: the files of it that the submission's code can't read.
        replaced: what ``find_replaced_texts`` found.

    Returns:
        Notes, and the names of text cells that were left as they were while the answer may be somewhere else.

    Raises:
        InvalidSubmission: nothing was done in this notebook, and another file,
            or a checkpoint with answers, is beside it.
    """
    here = {cell_name(cell): cell for cell in notebook.cells if cell_name(cell) in known}
    untouched = {
        name
        for name, part in known.items()
        if part["metadata"]["solution"] and name in here and here[name].source.strip() == part["source"].strip()
    }
    files = [name for name in _files(folder) if name != source.name]
    others = [name for name in files if NOTEBOOK in name.lower()]
    solutions = {name for name, part in known.items() if part["metadata"]["solution"]}
    own = []
    if folder is not None and solutions and untouched == solutions:
        own = others or _not_released(files, folder, source) or _checkpoints_with_answers(folder, source, known)
    if own:
        raise InvalidSubmission(
            f"{source.name} is as it was released, and {printable(own[0])} is beside it: look at both."
        )
    texts = [*_own_texts(notebook, source), *(name for name, text in replaced.items() if has_text(text, ()))]
    documents = [name for name in files if Path(name).suffix.lower() in DOCUMENTS]
    empty = [name for name in untouched if known[name]["metadata"]["grade"] and known[name]["cell_type"] == "markdown"]
    waiting = sorted(empty) if texts or documents else []
    notes = []
    if waiting and texts:
        notes.append(f"{', '.join(waiting)}: nothing is written there, but cell {_listed(texts)} has text: mark it.")
    if documents or others:
        notes.append(
            f"Beside the notebook, and not used: {_listed(map(printable, dict.fromkeys([*others, *documents])))}."
        )
    left = [name for name in unreadable if name in files and name not in others]
    if left:
        notes.append(f"The submission's code can't read, as too large or hidden: {_listed(map(printable, left))}.")
    names = [name for name in files if name.endswith(".py") and "/" not in name and _is_shadowed(name[:-3])]
    if names:
        notes.append(f"Another module is imported in place of {_listed(map(printable, names))}, which has its name.")
    return notes, waiting


def find_replaced_texts(handed_in: NotebookNode, known: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the lines that a student added to cells with the instructor's text, which is put back, by the cell's name.

    Lines that are gone, moved, indented or commented out are no work of the student's.
    """
    added: dict[str, list[str]] = {}
    for cell in handed_in.cells:
        part = known.get(cell_name(cell))
        if part is None or part["metadata"]["solution"] or part["metadata"].get("task"):
            continue
        had = {bare_line(line) for line in part["source"].splitlines()}
        lines = [line for line in cell.source.splitlines() if bare_line(line) not in had]
        if lines:
            added.setdefault(cell_name(cell), []).extend(lines)
    return {name: "\n".join(lines) for name, lines in added.items()}


def find_other_definitions(
    notebook: NotebookNode,
    known: Mapping[str, Mapping[str, Any]],
    source: Path,
    answers: Mapping[str, str],
    replaced: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, str]:
    """Find answers that are written where they don't count, and not in their own cell.

    That is in a text cell, in one with the instructor's text, which is put back, or in a cell above their own, if that
    is as it was released and so replaces them.

    Args:
        notebook: the submission, with the assignment's metadata in its cells.
        known: the assignment's cells.
        source: the instructor's notebook.
        answers: the name of the function that each check cell calls.
        replaced: what ``find_replaced_texts`` found.

    Returns:
        A note for each check cell, which waits for a person if what it calls is not right.
    """
    places = {cell_name(cell): number for number, cell in enumerate(notebook.cells, start=1)}
    released = _released_texts(source) | {part["source"].strip() for part in known.values()}
    result = {}
    for check, answer in answers.items():
        name = re.escape(answer)
        form = re.compile(rf"^[ \t]*((def|class)[ \t]+{name}\b|{name}[ \t]*(:[^=\n]+)?=[^=])", re.MULTILINE)
        own = [name for name, part in known.items() if part["metadata"]["solution"] and form.search(part["source"])]
        place = places.get(own[0], 0) if own else 0
        answered = notebook.cells[place - 1].source.strip() if place else ""
        is_released = bool(place) and answered == known[own[0]]["source"].strip()
        if not is_released and form.search(answered):
            continue
        elsewhere: list[int | str] = [
            number
            for number, cell in enumerate(notebook.cells, start=1)
            if number != place and (cell.cell_type != "code" or (is_released and number < place))
            if cell.source.strip() not in released and form.search(cell.source)
        ]
        elsewhere += [
            cell
            for cell, text in replaced.items()
            if form.search(text) or (answers.get(cell) == answer and CODE.search(text))
        ]
        if elsewhere:
            result[check] = f"{answer} is written in cell {_listed(elsewhere)}, which does not count there: mark it."
    return result


def _own_texts(notebook: NotebookNode, source: Path) -> list[int]:
    """Return the numbers of cells with text that the instructor's notebook does not have."""
    released = _released_texts(source)
    lines = {bare_line(line) for text in released for line in text.splitlines()}
    return [
        number
        for number, cell in enumerate(notebook.cells, start=1)
        if not cell_name(cell) and cell.source.strip() not in {"", *released}
        if cell.cell_type != "code" or is_text(cell.source) or has_text(cell.source, lines)
    ]


def _released_texts(source: Path) -> set[str]:
    try:
        return {cell.source.strip() for cell in nbformat.read(source, as_version=4).cells}
    except (OSError, ValueError):
        return set()


def _files(folder: Path | None) -> list[str]:
    """Return the names of what was handed in, without the time and what a Mac adds."""
    if folder is None:
        return []
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(
        str(p) for p in paths if str(p) != TIMESTAMP and CHECKPOINTS not in p.parts and not MACOS.search(p.as_posix())
    )


def _checkpoints_with_answers(folder: Path, source: Path, known: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the name of the notebook's checkpoint, if it may have answers."""
    name = checkpoint_of(source.stem)
    if not (folder / name).is_file():
        return []
    try:
        cells = read(folder / name).cells
    except InvalidSubmission:
        return [name]
    stubs = {name: part["source"].strip() for name, part in known.items() if part["metadata"]["solution"]}
    done = any(cell_name(cell) in stubs and cell.source.strip() not in ("", stubs[cell_name(cell)]) for cell in cells)
    return [name] if done else []


def _not_released(files: Iterable[str], folder: Path, source: Path) -> list[str]:
    """Return the files that did not come with the assignment."""
    own = []
    for name in files:
        released = source.parent / name
        if not released.is_file() or released.read_bytes() != (folder / name).read_bytes():
            own.append(name)
    return own


def _is_shadowed(module: str) -> bool:
    try:
        return module in sys.stdlib_module_names or importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _listed(names: Iterable[Any]) -> str:
    first = [str(name) for name in names]
    return ", ".join(first[:5]) + ", …" * (len(first) > 5)
