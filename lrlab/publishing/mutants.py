"""Mutants of the solutions: each differs from its solution in one place of its syntax tree.

The tests hold the checks to them, and what a mutant gives is what a student gets who makes that slip.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from lrlab.publishing.wording import Wording
from lrlab.units import Unit

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
SIGNS: dict[type, str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.USub: "-",
    ast.UAdd: "+",
}
Change = tuple[str, str, ast.AST]  # what is changed, the same in words for a student, and the node in its place


@dataclass(frozen=True)
class Mutant:
    """A solution with a change.

    Attributes:
        unit, exercise: whose solution it is.
        change: what is changed, and where: unique within the exercise, but for equal changes of equal code.
        words: the change in words for a student, to follow "with"; "" where they would not know what is meant.
        source: its code.
    """

    unit: str
    exercise: str
    change: str  # "Add -> Sub, column 12 of `total + grad ** 2`"
    words: str
    source: str

    @property
    def id(self) -> str:
        return f"{self.exercise}: {self.change}"


def solutions(folder: Path) -> dict[str, str]:
    """Return the source of each answer cell of a unit's notebook, by exercise."""
    cells = [c for c in _code_cells(folder) if c.id.endswith("-answer")]
    return {c.id.removesuffix("-answer").replace("-", "_"): c.source for c in cells}


def setup(folder: Path) -> str:
    """Return the source of the cell with a unit's imports; "" if none has the id ``setup``."""
    return next((c.source for c in _code_cells(folder) if c.id == "setup"), "")


def setting(folder: Path) -> dict[str, object]:
    """Return the names that an answer finds in its notebook: the set-up cell's, and the other exercises' solutions."""
    return dict(_setting(folder))


@functools.cache
def _setting(folder: Path) -> dict[str, object]:
    names: dict[str, object] = {}
    for source in [setup(folder), *solutions(folder).values()]:
        with contextlib.suppress(Exception):  # a unit of one's own may have its imports in another cell
            exec(source, names)
    return names


def _code_cells(folder: Path) -> list[Any]:
    notebook = nbformat.read(folder / f"{folder.name}.ipynb", as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def mutants(unit: Unit) -> list[Mutant]:
    """Return every mutant of every solution of a unit.

    An exercise that is judged by a result has none: whatever reaches it is right.
    """
    return [
        mutant
        for exercise, source in solutions(unit.folder).items()
        if unit.adapter(exercise).finish is None
        for mutant in mutants_of(unit.name, exercise, source)
    ]


def mutants_of(unit: str, exercise: str, source: str) -> Iterator[Mutant]:
    """Yield the mutants of one solution."""
    tree = ast.parse(source)
    wording = Wording(tree)
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
        for what, words, changed in _changes(node, wording):
            _put(parent, field, index, changed)
            text = ast.unparse(ast.fix_missing_locations(tree))
            _put(parent, field, index, node)
            if isinstance(node, ast.Constant):
                words = wording.number(words, parent, node)
            line = source.splitlines()[getattr(node, "lineno", 1) - 1].strip()
            place = f"column {getattr(node, 'col_offset', 0)} of `{line}`"
            yield Mutant(unit, exercise, f"{what}, {place}", "" if wording.is_position(node) else words, text)


def _put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _in_place(new: str, old: str) -> str:
    return f"`{new}` in place of `{old}`"


def _changes(node: ast.AST, wording: Wording) -> Iterator[Change]:
    """Yield what may stand in a node's place."""
    match node:
        case ast.AugAssign(target=ast.Subscript()):
            yield "statement left out", "", ast.Pass()
    changed: Any
    other: Any
    match node:
        case ast.BinOp() | ast.AugAssign() | ast.UnaryOp():
            for other in SWAPS.get(type(node.op), ()):
                changed = copy.deepcopy(node)
                changed.op = other()
                words = _in_place(SIGNS[other], SIGNS[type(node.op)])
                yield f"{type(node.op).__name__} -> {other.__name__}", words, changed
            if isinstance(node, ast.BinOp):
                yield "left operand alone", wording.left_out(node, node.right), node.left
                yield "right operand alone", wording.left_out(node, node.left), node.right
            if isinstance(node, ast.AugAssign):
                yield (
                    "plain assignment",
                    _in_place("=", f"{SIGNS[type(node.op)]}="),
                    ast.Assign([node.target], node.value),
                )
        case ast.Compare(ops=[op]):
            for other in SWAPS.get(type(op), ()):
                changed = copy.deepcopy(node)
                changed.ops = [other()]
                yield (
                    f"{type(op).__name__} -> {other.__name__}",
                    _in_place(SIGNS[other], SIGNS[type(op)]),
                    changed,
                )
        case ast.Constant(value=bool()) | ast.Constant(value=None):
            return
        case ast.Constant(value=int() | float() as number):
            for other in (number + 1, number - 1) if isinstance(number, int) else (number * 2,):
                yield f"{number} -> {other}", f"{other} in place of a {number}", ast.Constant(other)
        case ast.Attribute(attr=attr) if attr in NAMES:
            changed = copy.deepcopy(node)
            changed.attr = NAMES[attr]
            yield f"{attr} -> {NAMES[attr]}", _in_place(NAMES[attr], attr), changed
        case ast.Name(id=name) if name in NAMES:
            yield f"{name} -> {NAMES[name]}", _in_place(NAMES[name], name), ast.Name(NAMES[name], node.ctx)
        case ast.IfExp():
            yield "body always", wording.one_side(node.test), node.body
            yield "else always", wording.one_side(node.test), node.orelse
        case ast.Expr(value=ast.Call(func=function)):
            yield "statement left out", f"no call of `{_short(function)}`", ast.Pass()
        case ast.Assign(targets=[ast.Subscript()]):
            yield "statement left out", "", ast.Pass()
        case ast.Call(keywords=[_, *_]):
            for k, keyword in enumerate(node.keywords):
                changed = copy.deepcopy(node)
                del changed.keywords[k]
                yield f"without {keyword.arg}", f"`{keyword.arg}` left at its default", changed
        case ast.Dict(keys=[_, _, *_]):
            for k, key in enumerate(node.keys):
                changed = copy.deepcopy(node)
                del changed.keys[k], changed.values[k]
                text = ast.unparse(key) if key else "**"
                yield f"without {text}", f"no entry {text}", changed
        case ast.List(elts=[_, _, *_]) | ast.Tuple(elts=[_, _, *_], ctx=ast.Load()):
            changed = copy.deepcopy(node)
            changed.elts[:2] = changed.elts[1::-1]
            yield "first two swapped", wording.swapped(node), changed
        case ast.If() | ast.While():
            changed = copy.deepcopy(node)
            changed.test = ast.UnaryOp(ast.Not(), changed.test)
            yield "condition negated", wording.condition(node.test), changed


def _short(function: ast.AST) -> str:
    return ast.unparse(function).split("(")[-1].rpartition(".")[2]
