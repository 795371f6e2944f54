"""Find what a student handed in and no exercise uses: it is named, and a possible answer waits for a person."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from lrlab.grading.submission.cells import cell_name
from lrlab.grading.submission.files import TIMESTAMP
from lrlab.grading.submission.invalid import InvalidSubmission
from lrlab.printable import printable

DOCUMENTS = {
    ".doc", ".docx", ".gif", ".heic", ".htm", ".html", ".jpeg", ".jpg", ".md", ".odt", ".pages", ".pdf", ".png",
    ".rtf", ".svg", ".tex", ".tif", ".tiff", ".txt", ".webp",
}  # fmt: skip


def find_unused_work(
    notebook: NotebookNode,
    known: Mapping[str, Mapping[str, Any]],
    source: Path,
    folder: Path | None,
    unreadable: Sequence[str] = (),
) -> tuple[list[str], list[str]]:
    """Find what of a submission is not used.

    Args:
        notebook: the submission, with the assignment's metadata in its cells.
        known: the assignment's cells, as ``restore_cells.assignment_cells`` returns them.
        source: the instructor's notebook.
        folder: what came with the submission.
        unreadable: the files of it that the submission's code can't read.

    Returns:
        Notes, and the names of text cells that were left as they were while the answer may be somewhere else.

    Raises:
        InvalidSubmission: nothing was done in this notebook, and another one is beside it.
    """
    here = {cell_name(cell): cell for cell in notebook.cells if cell_name(cell) in known}
    untouched = {
        name
        for name, part in known.items()
        if part["metadata"]["solution"] and name in here and here[name].source.strip() == part["source"].strip()
    }
    files = _files(folder)
    others = [name for name in files if name.lower().endswith(".ipynb") and name != source.name]
    if others and untouched and untouched >= {name for name, part in known.items() if part["metadata"]["solution"]}:
        raise InvalidSubmission(
            f"{source.name} is as it was released, and {printable(others[0])} is beside it: look at both."
        )
    texts = _own_texts(notebook, source)
    documents = [name for name in files if Path(name).suffix.lower() in DOCUMENTS and name != TIMESTAMP]
    empty = [name for name in untouched if known[name]["metadata"]["grade"] and known[name]["cell_type"] == "markdown"]
    waiting = sorted(empty) if texts or documents else []
    notes = []
    if waiting and texts:
        notes.append(f"{', '.join(waiting)}: nothing is written there, but cell {_listed(texts)} has text: mark it.")
    if documents or others:
        notes.append(f"Beside the notebook, and not used: {_listed(map(printable, [*others, *documents]))}.")
    left = [name for name in unreadable if not name.lower().endswith(".ipynb")]
    if left:
        notes.append(f"The submission's code can't read, as too large or hidden: {_listed(map(printable, left))}.")
    names = [name for name in files if name.endswith(".py") and "/" not in name and _is_shadowed(name[:-3])]
    if names:
        notes.append(f"Another module is imported in place of {_listed(map(printable, names))}, which has its name.")
    return notes, waiting


def _own_texts(notebook: NotebookNode, source: Path) -> list[int]:
    """Return the numbers of text cells that the instructor's notebook does not have."""
    try:
        released = {cell.source.strip() for cell in nbformat.read(source, as_version=4).cells}
    except (OSError, ValueError):
        return []
    return [
        number
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type != "code" and not cell_name(cell) and cell.source.strip() not in {"", *released}
    ]


def _files(folder: Path | None) -> list[str]:
    paths = [] if folder is None else [path for path in folder.rglob("*") if path.is_file()]
    return sorted(str(path.relative_to(folder)) for path in paths if folder is not None)


def _is_shadowed(module: str) -> bool:
    try:
        return module in sys.stdlib_module_names or importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _listed(names: Iterable[Any]) -> str:
    first = [str(name) for name in names]
    return ", ".join(first[:5]) + ", …" * (len(first) > 5)
