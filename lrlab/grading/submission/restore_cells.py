"""Restore the instructor's flags, points, texts and cells from the gradebook, whatever the submission says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, Notebook
from nbgrader.preprocessors import NbGraderPreprocessor

from lrlab.grading.submission.cells import SCHEMA, cell_name
from lrlab.grading.submission.notebook import python_metadata

HIDDEN_TESTS = re.compile(r"^### BEGIN HIDDEN TESTS$.*?^### END HIDDEN TESTS$", re.MULTILINE | re.DOTALL)


class RestoreCells(NbGraderPreprocessor):
    """Restores flags, points, locked texts and missing cells, and notes what was changed.

    nbclient obeys metadata that a student can write: a cell tagged ``skip-execution`` is not run, leaves no error, and
    so would get full marks. nbgrader obeys its flags, points and schema version. So of its metadata a cell keeps only
    the grade_id, and only if the assignment has such a cell and no other cell of the submission claims it. All else
    comes from the gradebook.

    It must run before OverwriteCells, which stops with an error at some of what is repaired here.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        course = resources["nbgrader"]
        known = assignment_cells(course)
        notes = list(nb.metadata.get("lrlab", {}).get("notes", ()))
        owners = _owners(nb.cells, known, notes)
        for number, cell in enumerate(nb.cells, start=1):
            name = cell_name(cell)
            if name in known and owners[name] is cell:
                _restore(cell, name, known[name], notes)
            else:
                if name and name not in known:
                    notes.append(f"Cell {number} claimed to be {name!r}, which the assignment does not have.")
                cell.metadata = NotebookNode()
        _insert_missing(nb.cells, known, owners, notes)
        nb.metadata = python_metadata(list(dict.fromkeys(notes)))
        return nb, resources


def assignment_cells(course: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return what the gradebook has of the cells of ``resources["nbgrader"]``'s notebook, by grade_id.

    Returns:
        For each cell nbgrader's metadata, its type and its text.
    """
    with Gradebook(course["db_url"]) as gradebook:
        return _cells(gradebook.find_notebook(course["notebook"], course["assignment"]))


def _cells(notebook: Notebook) -> dict[str, dict[str, Any]]:
    points = {cell.name: float(cell.max_score) for cell in [*notebook.grade_cells, *notebook.task_cells]}
    graded = {cell.name for cell in notebook.grade_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    tasks = {cell.name for cell in notebook.task_cells}
    result: dict[str, dict[str, Any]] = {}
    for source in notebook.source_cells:
        metadata = {
            "grade_id": source.name,
            "schema_version": SCHEMA,
            "grade": source.name in graded,
            "solution": source.name in solutions,
            "task": source.name in tasks,
            "locked": bool(source.locked),
            "checksum": source.checksum,
            "cell_type": source.cell_type,
        }
        if source.name in points:
            metadata["points"] = points[source.name]
        result[source.name] = {"metadata": metadata, "cell_type": source.cell_type, "source": source.source or ""}
    return result


def _owners(cells: list[NotebookNode], known: dict[str, dict[str, Any]], notes: list[str]) -> dict[str, NotebookNode]:
    """Return the cell that counts for each grade_id: of copies, the last one of the right type that was edited."""
    owners: dict[str, NotebookNode] = {}
    claims: dict[str, int] = {}
    for cell in cells:
        name = cell_name(cell)
        if name not in known:
            continue
        claims[name] = claims.get(name, 0) + 1
        part = known[name]
        done = cell.cell_type == part["cell_type"] and cell.source.strip() not in ("", part["source"].strip())
        if name not in owners or done:
            owners[name] = cell
    # If another program removed a cell's metadata, it still has the id that was released.
    for cell in cells:
        if cell.get("id") in known and cell["id"] not in owners and not cell_name(cell):
            owners[cell["id"]] = cell
            cell.metadata = NotebookNode(nbgrader=NotebookNode(grade_id=cell["id"]))
            notes.append(f"The cell {cell['id']} had lost its metadata and was recognized by its id.")
    notes += [f"The cell {name} was there {count} times." for name, count in claims.items() if count > 1]
    return owners


def _restore(cell: NotebookNode, name: str, part: dict[str, Any], notes: list[str]) -> None:
    given, original = cell.metadata["nbgrader"], part["metadata"]
    flags = ("grade", "solution", "task", "locked", "points")
    changed = [key for key in flags if key in given and given[key] != original.get(key)]
    if changed:
        notes.append(f"The cell {name} had other nbgrader metadata than the assignment's: {', '.join(changed)}.")
    cell.metadata = NotebookNode(nbgrader=NotebookNode(original))
    if cell.cell_type != part["cell_type"]:
        notes.append(f"The cell {name} was turned into {cell.cell_type}; it is {part['cell_type']}.")
        retype(cell, part["cell_type"])
    if _is_fixed(original) and cell.source != part["source"]:
        notes.append(f"The text of the cell {name}, which is the instructor's, was changed.")
        cell.source = part["source"]


def _is_fixed(metadata: dict[str, Any]) -> bool:
    """Whether the cell's text is the instructor's."""
    return bool(metadata["locked"] or (metadata["grade"] and not metadata["solution"])) and not metadata["task"]


def _insert_missing(
    cells: list[NotebookNode], known: dict[str, dict[str, Any]], owners: dict[str, NotebookNode], notes: list[str]
) -> None:
    """Insert the cells that were deleted, each after the one before it in the assignment.

    Deleted answers stay out: a student may have written the answer in a new cell, and ours would overwrite it.
    """
    at = 0
    for name, part in known.items():
        if name in owners:
            at = next(i for i, cell in enumerate(cells) if cell is owners[name]) + 1
            continue
        notes.append(f"The cell {name} was missing.")
        metadata = part["metadata"]
        if metadata["solution"] and not metadata["grade"]:
            continue
        cell = NotebookNode(cell_type=part["cell_type"], source=part["source"])
        cell.metadata = NotebookNode(nbgrader=NotebookNode(metadata))
        taken = {other.get("id") for other in cells}
        cell["id"] = next(
            i for i in (f"{name[:50]}-restored{k or ''}" for k in range(len(cells) + 1)) if i not in taken
        )
        retype(cell, part["cell_type"])
        if (
            metadata["solution"] or metadata["task"]
        ):  # a person sees that the cell was missing, and not just an empty answer
            cell.source = f"*This cell was missing from the submission, and was restored.*\n\n{part['source']}"
        cells.insert(at, cell)
        at += 1


def retype(cell: NotebookNode, kind: str) -> None:
    """Change a cell's type, with the keys that nbformat requires of it."""
    cell.cell_type = kind
    if kind == "code":
        cell.pop("attachments", None)
        cell.update(outputs=[], execution_count=None)
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
