"""Slips in a solution that are no mutant of one expression: statements in another order, a loop of one round more …"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterator

from lrlab.publishing.wording import SHORT, Wording

LEFT_OUT = {
    "abs",
    "sqrt",
    "log",
    "exp",
    "floor",
    "ceil",
    "int",
    "round",
    "mean",
    "sorted",
    "cumsum",
    "cumprod",
    "max",
    "min",
}
ENTRIES = {"0": "first", "1": "second", "-1": "last", "-2": "last but one"}
ROUNDS = (
    ("a loop of one round more", lambda call: _with_end(call, ast.Add())),
    ("a loop of one round fewer", lambda call: _with_end(call, ast.Sub())),
    ("a loop that begins at 1", lambda call: _with_start(call)),
)


def slips(source: str) -> Iterator[tuple[str, str]]:
    """Yield each slip: in words for a student, to follow "with" ("" for none), and the code that makes it."""
    tree = ast.parse(source)
    wording = Wording(tree)
    for node in ast.walk(tree):
        slips_here = (*_orders(node), *_loops(node), *_calls(node), *_brackets(node, wording), *_indices(node, wording))
        for words, changed in slips_here:
            before = copy.copy(node.__dict__)
            node.__dict__.update(changed)
            text = _text(tree)
            node.__dict__.clear()
            node.__dict__.update(before)
            if text:
                yield words, text


def _text(tree: ast.AST) -> str:
    try:
        text = ast.unparse(ast.fix_missing_locations(tree))
        compile(text, "slip", "exec")
    except (SyntaxError, ValueError):
        return ""
    return text


def _bodies(node: ast.AST) -> Iterator[tuple[str, list[ast.stmt]]]:
    for field in ("body", "orelse"):
        body = getattr(node, field, None)
        if isinstance(body, list):
            yield field, body


def _orders(node: ast.AST) -> Iterator[tuple[str, dict[str, object]]]:
    """Two neighbours in the other order; one moved into the loop below it, or out of the loop, or up into its body."""
    for field, body in _bodies(node):
        if isinstance(node, ast.Module):
            continue
        for k, (one, other) in enumerate(itertools.pairwise(body)):
            if not isinstance(one, ast.Return) and not isinstance(other, ast.Return):
                words = f"the line on `{_of(other)}` before the one on `{_of(one)}`"
                yield words, {field: [*body[:k], other, one, *body[k + 2 :]]}
            if isinstance(other, ast.For | ast.While) and isinstance(one, ast.Assign):
                inner = copy.deepcopy(other)
                inner.body.insert(0, one)
                yield (
                    f"`{_of(one)}` set once more in every round of a loop",
                    {field: [*body[:k], inner, *body[k + 2 :]]},
                )
            if isinstance(one, ast.For | ast.While) and isinstance(other, ast.Return):
                inner = copy.deepcopy(one)
                inner.body.append(other)
                yield "the `return` inside the loop", {field: [*body[:k], inner, *body[k + 2 :]]}
        for k, loop in enumerate(body):
            if isinstance(loop, ast.For) and len(loop.body) > 1:
                inner = copy.deepcopy(loop)
                first = inner.body.pop(0)
                yield (
                    f"`{_of(first)}` once before a loop, not in it",
                    {field: [*body[:k], first, inner, *body[k + 1 :]]},
                )
                inner = copy.deepcopy(loop)
                last = inner.body.pop()
                yield f"`{_of(last)}` once after a loop, not in it", {field: [*body[:k], inner, last, *body[k + 1 :]]}


def _of(statement: ast.stmt) -> str:
    """Return what a statement is about: what it sets or calls."""
    match statement:
        case ast.Assign(targets=[target]) | ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            text = ast.unparse(target)
        case ast.Expr(value=ast.Call(func=function)):
            inner = function
            while isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Call):
                inner = inner.value.func
            text = ast.unparse(function) if inner is function else f"….{ast.unparse(function).rpartition('.')[2]}"
        case _:
            text = ""
    return text if len(text) <= 2 * SHORT else f"{text[: 2 * SHORT]}…"


def _loops(node: ast.AST) -> Iterator[tuple[str, dict[str, object]]]:
    match node:
        case ast.For(iter=ast.Call(func=ast.Name("range")) as call):
            for words, made in ROUNDS:
                yield words, {"iter": made(copy.deepcopy(call))}


def _with_end(call: ast.Call, op: ast.operator) -> ast.Call:
    k = 1 if len(call.args) > 1 else 0
    call.args[k] = ast.BinOp(call.args[k], op, ast.Constant(1))
    return call


def _with_start(call: ast.Call) -> ast.Call:
    call.args = [ast.Constant(1), call.args[0]] if len(call.args) == 1 else call.args
    return call


def _indices(node: ast.AST, wording: Wording) -> Iterator[tuple[str, dict[str, object]]]:
    """Take another entry of a list."""
    match node:
        case ast.Subscript(value, ast.Constant(int()) | ast.UnaryOp(ast.USub(), ast.Constant(int())) as index):
            of = ENTRIES.get(ast.unparse(index))
            for other, entry in ENTRIES.items():
                if of and ast.unparse(index) != other:
                    yield wording.entry(value, entry, of), {"slice": ast.Constant(int(other))}


def _brackets(node: ast.AST, wording: Wording) -> Iterator[tuple[str, dict[str, object]]]:
    """Put a bracket in another place: a * (b + c) for a * b + c, and the other way round."""
    words = wording.bracket(node)
    match node:
        case ast.BinOp(ast.BinOp(a, ast.Mult() | ast.Div() as times, b), ast.Add() | ast.Sub() as plus, c):
            yield words, {"left": a, "op": times, "right": ast.BinOp(b, plus, c)}
        case ast.BinOp(c, ast.Add() | ast.Sub() as plus, ast.BinOp(a, ast.Mult() | ast.Div() as times, b)):
            yield words, {"left": ast.BinOp(c, plus, a), "op": times, "right": b}
    match node:
        case ast.BinOp(a, ast.Mult() | ast.Div() as times, ast.BinOp(b, ast.Add() | ast.Sub() as plus, c)):
            yield words, {"left": ast.BinOp(a, times, b), "op": plus, "right": c}
        case ast.BinOp(ast.BinOp(b, ast.Add() | ast.Sub() as plus, c), ast.Mult() | ast.Div() as times, a):
            yield words, {"left": b, "op": plus, "right": ast.BinOp(c, times, a)}


def _calls(node: ast.AST) -> Iterator[tuple[str, dict[str, object]]]:
    """Leave out a call of a function, so that its argument is alone; take an angle in degrees."""
    for field, value in ast.iter_fields(node):
        values = value if isinstance(value, list) else [value]
        for k, one in enumerate(values):
            match one:
                case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name), args=[only], keywords=[]):
                    swapped: dict[str, ast.AST] = {}
                    if name in LEFT_OUT:
                        swapped[f"`{name}(…)` left out"] = only
                    if name in ("cos", "sin"):
                        angle = ast.BinOp(only, ast.Mult(), ast.Constant(0.017453292519943295))
                        swapped["an angle in degrees"] = ast.Call(one.func, [angle], [])
                    for words, new in swapped.items():
                        yield words, {field: [*values[:k], new, *values[k + 1 :]] if isinstance(value, list) else new}
