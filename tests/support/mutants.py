"""Mutants of the reference solutions: each differs from its solution in one place of its syntax tree.

`python -m support.mutants [UNIT …]` prints those that pass every check, with their place. A mutant that computes
the same as the solution on everything that the prompt calls legal is equivalent, and listed with the reason in
`EQUIVALENT_MUTANTS` of the unit's answers.py. Exercises that are judged by a result, such as a schedule that must
reach an accuracy, have no mutants: whatever reaches it is right.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import nbformat

from lrlab.checks.registry import find
from support.corpus import SOLUTIONS, UNITS, cells

SWAPS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.USub: (ast.UAdd,),
    ast.UAdd: (ast.USub,),
}
NAMES = {"min": "max", "max": "min", "argmin": "argmax", "cos": "sin", "ceil": "floor", "exp": "expm1", "log": "log1p"}

EQUIVALENT = {change: reason for unit in UNITS.values() for change, reason in unit.equivalent_mutants().items()}


@dataclass(frozen=True)
class Mutant:
    unit: str
    exercise: str
    change: str  # "line 3: Add -> Sub in total + grad ** 2"
    source: str

    @property
    def id(self) -> str:
        return f"{self.exercise}: {self.change}"


def solutions(unit: str) -> dict[str, str]:
    """The source of each answer cell, by exercise."""
    notebook = nbformat.read(SOLUTIONS / unit / f"{unit}.ipynb", as_version=4)
    cells = [c for c in notebook.cells if c.cell_type == "code" and c.id.endswith("-answer")]
    return {c.id.removesuffix("-answer").replace("-", "_"): c.source for c in cells}


def judged_by_a_result(exercise: str) -> bool:
    return find(exercise).adapter.finish is not None


def setting(unit: str) -> dict[str, object]:
    """The names that an answer finds in its notebook: the set-up cell's, and the other exercises' solutions."""
    return dict(_setting(unit))


@functools.cache
def _setting(unit: str) -> dict[str, object]:
    notebook = nbformat.read(SOLUTIONS / unit / f"{unit}.ipynb", as_version=4)
    names: dict[str, object] = {}
    exec(next(c.source for c in notebook.cells if c.id == "setup"), names)
    for source in solutions(unit).values():
        exec(source, names)
    return names


def _variants(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What may stand in a node's place."""
    match node:
        case ast.AugAssign(target=ast.Subscript()):
            yield "statement left out", ast.Pass()
        case _:
            pass
    changed: Any
    other: Any
    match node:
        case ast.BinOp() | ast.AugAssign() | ast.UnaryOp():
            for other in SWAPS.get(type(node.op), ()):
                changed = copy.deepcopy(node)
                changed.op = other()
                yield f"{type(node.op).__name__} -> {other.__name__}", changed
            if isinstance(node, ast.BinOp):
                yield "left operand alone", node.left
                yield "right operand alone", node.right
            if isinstance(node, ast.AugAssign):
                yield "plain assignment", ast.Assign([node.target], node.value)
        case ast.Compare(ops=[op]):
            for other in SWAPS.get(type(op), ()):
                changed = copy.deepcopy(node)
                changed.ops = [other()]
                yield f"{type(op).__name__} -> {other.__name__}", changed
        case ast.Constant(value=bool()) | ast.Constant(value=None):
            return
        case ast.Constant(value=int() | float() as number):
            for other in (number + 1, number - 1) if isinstance(number, int) else (number * 2,):
                yield f"{number} -> {other}", ast.Constant(other)
        case ast.Attribute(attr=attr) if attr in NAMES:
            changed = copy.deepcopy(node)
            changed.attr = NAMES[attr]
            yield f"{attr} -> {NAMES[attr]}", changed
        case ast.Name(id=name) if name in NAMES:
            yield f"{name} -> {NAMES[name]}", ast.Name(NAMES[name], node.ctx)
        case ast.IfExp():
            yield "body always", node.body
            yield "else always", node.orelse
        case ast.Expr(value=ast.Call()) | ast.Assign(targets=[ast.Subscript()]):
            yield "statement left out", ast.Pass()
        case ast.Call(keywords=[_, *_]):
            for k, keyword in enumerate(node.keywords):
                changed = copy.deepcopy(node)
                del changed.keywords[k]
                yield f"without {keyword.arg}", changed
        case ast.Dict(keys=[_, _, *_]):
            for k, key in enumerate(node.keys):
                changed = copy.deepcopy(node)
                del changed.keys[k], changed.values[k]
                yield f"without {ast.unparse(key)}", changed
        case ast.List(elts=[_, _, *_]) | ast.Tuple(elts=[_, _, *_], ctx=ast.Load()):
            changed = copy.deepcopy(node)
            changed.elts[:2] = changed.elts[1::-1]
            yield "first two swapped", changed
        case ast.If() | ast.While():
            changed = copy.deepcopy(node)
            changed.test = ast.UnaryOp(ast.Not(), changed.test)
            yield "condition negated", changed


def mutants(unit: str) -> list[Mutant]:
    """Every mutant of every solution of a unit."""
    found = []
    for exercise, source in solutions(unit).items():
        if judged_by_a_result(exercise):
            continue
        tree = ast.parse(source)
        places = [
            (parent, field, index)
            for parent in ast.walk(tree)
            for field, value in ast.iter_fields(parent)
            for index in (range(len(value)) if isinstance(value, list) else [None])
        ]
        for parent, field, index in places:
            holder = getattr(parent, field)
            node = holder if index is None else holder[index]
            if not isinstance(node, ast.AST):
                continue
            for what, changed in _variants(node):
                _put(parent, field, index, changed)
                text = ast.unparse(ast.fix_missing_locations(tree))
                _put(parent, field, index, node)
                line = source.splitlines()[getattr(node, "lineno", 1) - 1].strip()
                found.append(
                    Mutant(unit, exercise, f"{what}, column {getattr(node, 'col_offset', 0)} of `{line}`", text)
                )
    return found


def _put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def survives(mutant: Mutant) -> bool:
    """Whether a mutant passes every check cell of its exercise."""
    from lrlab.checks import CheckFailed, check

    names = setting(mutant.unit)
    try:
        exec(mutant.source, names)
        with contextlib.redirect_stdout(io.StringIO()):
            for tried in cells(mutant.exercise).values():
                for cases in tried:
                    check(mutant.exercise, names[mutant.exercise], cases=cases)
    except CheckFailed:
        return False
    return True


if __name__ == "__main__":
    for unit in sys.argv[1:] or UNITS:
        made = mutants(unit)
        alive = [m for m in made if survives(m)]
        print(f"{unit}: {len(made)} mutants, {len(made) - len(alive)} killed")
        for mutant in alive:
            print(f"    {mutant.id!r}")
