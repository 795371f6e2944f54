"""What each check cell tests: read from the instructor's cells, with the hidden cases of solutions/.

Each autograded cell of an assignment is ``check("name", group="…")``. It says which exercise it checks (the answer has
the same name, unless a second argument names another) and which group of cases is worth this cell's points. It is read
from the gradebook, never from the submission, and never run.
"""

from __future__ import annotations

import ast
import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from lrlab.checks.compare import gives_the_right_value
from lrlab.checks.exercise import Case, Exercise
from lrlab.checks.registry import find
from lrlab.grading.submission.restore_cells import HIDDEN_TESTS
from lrlab.units import REFERENCE, Unit, UnitError


class AssignmentError(Exception):
    """The course's own files can't be used: a check cell or a reference. The message says which."""


@dataclass(frozen=True)
class TestSpec:
    """One autograded cell: the cases of an exercise that are worth its points.

    Attributes:
        cell: the cell's grade_id.
        exercise: what is checked.
        answer: the answer's name in the notebook.
        public: the cases that students know.
        hidden: the cases of this grading.
        unit: the exercise's unit, which knows what each mistake gives on the hidden cases.
    """

    cell: str
    exercise: Exercise
    answer: str
    public: tuple[Case, ...]
    hidden: tuple[Case, ...]
    unit: Unit

    @property
    def cases(self) -> tuple[Case, ...]:
        return self.public + self.hidden

    @functools.cached_property
    def explained(self) -> tuple[Case, ...]:
        """The hidden cases with what each variant gives there, and each mistake that public ones do not show.

        Hints for answers that are right in the public ones need it; no score does. Without it if it can't be computed.
        """

        def possible(mistake: str) -> bool:
            return all(gives_the_right_value(mistake, case) for case in self.public)

        try:
            name = self.exercise.name
            return self.unit.with_variants(name, self.unit.with_mistakes(name, self.hidden, possible=possible))
        except UnitError:
            return self.hidden


def read_test_spec(cell: str, source: str, hidden: Mapping[str, Mapping[str, Sequence[Any]]], folder: Path) -> TestSpec:
    """Return what a check cell tests.

    Args:
        cell: its grade_id.
        source: its text, from the gradebook.
        hidden: the unit's hidden cases, by exercise and group.
        folder: the unit's folder under solutions/.

    Raises:
        AssignmentError: the cell has no such call, or names an exercise or a group that does not exist.
    """
    name, answer, group = read_check(cell, source)
    try:
        exercise = find(name)
        public = exercise.cases if group is None else exercise.in_group(group)
        groups = hidden[name]
        drawn = [case for cases in groups.values() for case in cases] if group is None else groups[group]
        return TestSpec(cell, exercise, answer, public, exercise.read_cases(drawn), Unit(folder))
    except ValueError as error:
        raise AssignmentError(f"the check cell {cell!r} can't be judged: {error}") from error
    except KeyError as missing:
        raise AssignmentError(
            f"the check cell {cell!r} can't be judged: the unit's {REFERENCE} draws no hidden cases for {missing}"
        ) from None


def read_check(cell: str, source: str) -> tuple[str, str, str | None]:
    """Return (exercise, name of the answer, group) of the one ``check`` call in a cell's text.

    Raises:
        AssignmentError: there is no such call, or more than one, or something else beside it.
    """
    wanted = f'the check cell {cell!r} must hold an import and one call check("exercise", group="…")'
    try:
        body = ast.parse(HIDDEN_TESTS.sub("", source)).body
    except (SyntaxError, ValueError, RecursionError):
        raise AssignmentError(f"{wanted}, and it is no Python") from None
    rest = [statement for statement in body if not isinstance(statement, ast.Import | ast.ImportFrom)]
    match rest:
        case [
            ast.Expr(ast.Call(func=ast.Name("check"), args=[ast.Constant(str() as name), *named], keywords=keywords))
        ]:
            match named, keywords:
                case [], []:
                    return name, name, None
                case [], [ast.keyword("group", ast.Constant(str() as group))]:
                    return name, name, group
                case [ast.Name(answer)], []:
                    return name, answer, None
                case [ast.Name(answer)], [ast.keyword("group", ast.Constant(str() as group))]:
                    return name, answer, group
    raise AssignmentError(f"{wanted}, and it holds something else")


def hidden_cases(folder: Path, seed: int) -> dict[str, dict[str, list[Any]]]:
    """Return a unit's hidden cases for a seed: by exercise and group, pairs (arguments, right value).

    Raises:
        AssignmentError: the unit's folder under solutions/ has no reference.py, or it stops with an error.
    """
    try:
        return Unit(folder).hidden_cases(seed)
    except UnitError as error:
        raise AssignmentError(f"{error}; it draws the hidden cases of this unit") from error
    except (Exception, SystemExit) as error:
        raise AssignmentError(
            f"{folder / REFERENCE} can't draw hidden cases: {type(error).__name__}: {error}"
        ) from error


def drawn_seed(start: int, assignment: str, student: str, notebook: NotebookNode) -> int:
    """Return the seed of a submission's hidden cases: the same for the same submission, another for a changed one."""
    texts = "\0".join(f"{cell.cell_type}\0{cell.source}" for cell in notebook.cells)
    whole = "\0".join([str(start), assignment, student, texts])
    return int.from_bytes(hashlib.sha256(whole.encode("utf-8", "replace")).digest()[:4], "big")
