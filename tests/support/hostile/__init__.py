"""Submissions that are broken, tampered with or harmful, made by code from the unit's released notebook.

    for case in HOSTILE:
        case.make(released, root / "submitted" / "eve" / UNIT)    # the folder need not exist

Each says what it must come to: the points by exercise (None where a person decides), or None for one that is set
aside with a reason.
"""

from __future__ import annotations

import copy
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat

from support.made_course import POINTS, RIGHT, UNIT, WRONG, answer, cell

Make = Callable[[nbformat.NotebookNode, Path], None]
FULL: dict[str, float] = dict(POINTS)
NOTHING: dict[str, float] = dict.fromkeys(POINTS, 0)
TO_A_PERSON: dict[str, float | None] = dict.fromkeys(POINTS)


@dataclass(frozen=True)
class Hostile:
    """`endless` ones run until a limit of time or memory ends them."""

    name: str
    make: Make
    points: Mapping[str, float | None] | None
    endless: bool = False

    @property
    def state(self) -> str:
        return "set aside" if self.points is None else "graded"


HOSTILE: list[Hostile] = []


def without(*names: str) -> dict[str, float]:
    """Full marks but for these exercises."""
    return FULL | dict.fromkeys(names, 0)


def hostile(name: str, points: Mapping[str, float | None] | None, endless: bool = False) -> Callable[[Make], Make]:
    """Registers a function that writes a submission into a folder."""

    def keep(make: Make) -> Make:
        HOSTILE.append(Hostile(name, make, points, endless))
        return make

    return keep


def edited(
    name: str, points: Mapping[str, float | None] | None, answers: dict[str, str] = RIGHT, endless: bool = False
) -> Callable[[Callable[[nbformat.NotebookNode], object]], object]:
    """Registers a function that edits a notebook in which `answers` have been filled in."""

    def keep(edit: Callable[[nbformat.NotebookNode], object]) -> object:
        def make(released: nbformat.NotebookNode, folder: Path) -> None:
            notebook = answer(released, answers, "A written answer.")
            edit(notebook)
            write(notebook, folder)

        HOSTILE.append(Hostile(name, make, points, endless))
        return edit

    return keep


def first(
    name: str,
    points: dict[str, float],
    source: str,
    answers: dict[str, str] = RIGHT,
    *,
    last: str = "",
    endless: bool = False,
) -> None:
    """Registers a notebook with a cell of the student's before all others, and one after them."""

    def edit(notebook: nbformat.NotebookNode) -> None:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(source))
        if last:
            notebook.cells.append(nbformat.v4.new_code_cell(last))

    edited(name, points, answers, endless)(edit)


def write(notebook: nbformat.NotebookNode, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{UNIT}.ipynb"
    path.write_text(nbformat.writes(copy.deepcopy(notebook)), encoding="utf-8")
    return path


__all__ = ["FULL", "HOSTILE", "NOTHING", "RIGHT", "UNIT", "WRONG", "Hostile", "cell"]

for module in ("files", "tampered", "cheats", "harmful", "honest"):
    importlib.import_module(f"{__name__}.{module}")
