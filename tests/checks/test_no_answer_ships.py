"""Nothing that a student has computes a right answer: no callable of `lrlab`, no function of a course notebook."""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import inspect
import io
import pkgutil
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from support.corpus import SOLUTIONS, UNIT_OF, UNITS, cells

import lrlab
from lrlab.checks.compare import compare
from lrlab.checks.registry import find

COURSE = SOLUTIONS.parent / "course"
# The sandbox hides lrlab.grading but for what runs in it; the commands parse arguments and act on files; the last two
# change the process in which they are called, and send signals to others.
LEFT_OUT = ("lrlab.grading", "lrlab.commands", "lrlab.cli", "lrlab.checks.guard", "lrlab.checks.beside")


def modules() -> Iterator[Any]:
    for info in pkgutil.walk_packages(lrlab.__path__, "lrlab."):
        if not info.name.startswith(LEFT_OUT):
            with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # a name of before
                module = importlib.import_module(info.name)
            yield module


def with_switches_off(function: Callable[..., Any], free: int) -> Iterator[Callable[..., Any]]:
    """The callable itself, and with what it takes beside `free` arguments fixed at nothing: 0, False, None, {}."""
    yield function
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return
    needed = [p for p in parameters if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    values: tuple[object, ...] = (0, False, None, {})
    for value in values if needed else ():
        yield functools.partial(function, **{p.name: value for p in needed})
    switches = [p for p in parameters if p.kind is p.KEYWORD_ONLY and isinstance(p.default, bool)]
    if switches:
        yield functools.partial(function, **{p.name: False for p in switches})
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    for extra in range(1, len(places) - free + 1):  # the first of its arguments fixed, as by functools.partial
        for value in (0, 1, {}):
            yield functools.partial(function, *[value] * extra)


def takes(function: Callable[..., Any], needed: int, optional: tuple[str, ...]) -> bool:
    """Whether it can be called as an answer is: with what is needed, and the rest by name or by position."""
    try:
        signature = inspect.signature(function)
    except TypeError:
        return False
    except ValueError:  # a function in C, which does not say
        return True
    for places, names in ((needed, ()), (needed, optional), (needed + len(optional), ())):
        with contextlib.suppress(TypeError):
            signature.bind(*range(places), **dict.fromkeys(names))
            return True
    return False


@functools.cache
def callables() -> dict[str, Callable[..., Any]]:
    """Every callable of lrlab's own, private ones too, and what a class has that can be called without an object."""
    found: dict[str, Callable[..., Any]] = {}
    for module in modules():
        for name, value in vars(module).items():
            if not callable(value) or not str(getattr(value, "__module__", "")).startswith("lrlab"):
                continue
            found[f"{value.__module__}.{getattr(value, '__qualname__', name)}"] = value
            if inspect.isclass(value):
                for method in vars(value):
                    inner = getattr(value, method, None)
                    if callable(inner) and not method.startswith("__"):
                        found[f"{value.__module__}.{value.__qualname__}.{method}"] = inner
    return found


def called_with(name: str) -> tuple[int, tuple[str, ...]]:
    """How many arguments an answer to the exercise needs, and the names of those that it may get as well."""
    right = next(a for a in UNIT_OF[name].answers() if a.exercise == name and a.says is None)
    parameters = inspect.signature(right.function).parameters
    optional = tuple(n for n, p in parameters.items() if p.default is not p.empty)
    return len(parameters) - len(optional), optional


def earns_points(name: str, function: Callable[..., Any]) -> bool:
    """Whether a group of public and hidden cases is right, which is worth points in `check` and in the judge."""
    exercise = find(name)
    for public, hidden in cells(name).values():
        cases = (*public, *hidden)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            # The first case alone settles nearly all of them.
            if all(compare(exercise.adapter.outcomes(function, [case]), [case])[0].right for case in cases):
                return True
    return False


def tried(name: str, functions: dict[str, Callable[..., Any]]) -> list[str]:
    """The functions that earn points for an exercise."""
    needed, optional = called_with(name)
    return [
        where
        for where, function in functions.items()
        for variant in with_switches_off(function, needed)
        if takes(variant, needed, optional) and earns_points(name, variant)
    ]


FIRST = {next(iter(unit.adapters)) for unit in list(UNITS.values())[::2]}
AT_NIGHT = pytest.mark.nightly(
    reason="some thousand callables an exercise; the first exercise of every second unit is in every run"
)


@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param(n, marks=[] if n in FIRST else [AT_NIGHT]) for n in UNIT_OF])
def test_no_callable_of_lrlab_is_an_answer(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LRLAB_RESULTS", "off")
    monkeypatch.setenv("LRLAB_DATASET", "digits")
    assert tried(name, callables()) == []


def test_a_callable_that_is_an_answer_is_found() -> None:
    def half(d: float, *, upside_down: bool = True) -> float:
        return d / 0.6931471805599453 if upside_down else 0.6931471805599453 / d

    assert "leak" in tried("half_life", {"leak": half})


def may_train(value: ast.expr, names: dict[str, Any]) -> bool:
    """Whether it calls an experiment, or a function of the notebook's own."""
    if not isinstance(value, ast.Call):
        return False
    with contextlib.suppress(Exception):
        function = eval(compile(ast.Expression(value.func), "call", "eval"), names)
        return str(function.__module__).startswith(("lrlab.experiments", "lrlab.train", "builtins"))
    return True


@functools.cache
def of_notebook(path: Path) -> dict[str, Callable[..., Any]]:
    """The functions that a course notebook defines or shows, with the names that its other cells give them.

    Run are imports, definitions, and assignments of what takes no training: all that a function can build on. Code in
    the text counts as shown.
    """
    notebook = nbformat.read(path, as_version=4)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            sources += re.findall(r"```(?:python|py)?\n(.*?)```", cell.source, re.DOTALL)
    names: dict[str, Any] = {}
    found: dict[str, Callable[..., Any]] = {}
    for number, source in enumerate(sources):
        with contextlib.suppress(SyntaxError):
            tree = ast.parse(re.sub(r"(?m)^\s*[%!].*$", "", source))
            for node in ast.walk(tree):
                if isinstance(node, ast.Lambda):
                    node_names = [f"lambda in line {node.lineno}"]
                    run = ast.Expression(node)
                    with contextlib.suppress(Exception):
                        found[f"cell {number}, {node_names[0]}"] = eval(
                            compile(ast.fix_missing_locations(run), str(path), "eval"), names
                        )
            for statement in tree.body:
                light = isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef) or (
                    isinstance(statement, ast.Assign)
                    and not any(isinstance(n, ast.Call) for n in ast.walk(statement.value) if n is not statement.value)
                    and not may_train(statement.value, names)
                )
                if light:
                    with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
                        exec(compile(ast.Module([statement], []), str(path), "exec"), names)
                for node in ast.walk(statement):  # also those inside another
                    if isinstance(node, ast.FunctionDef) and node is not statement:
                        with contextlib.suppress(Exception):
                            own = dict(names)
                            exec(compile(ast.Module([node], []), str(path), "exec"), own)
                            found[f"cell {number}, {node.name} within"] = own[node.name]
            for name, value in names.items():
                if inspect.isfunction(value) and value.__module__ in (None, "builtins"):
                    found[name] = value
    return found


@pytest.mark.slow
@pytest.mark.xdist_group("no answer ships")  # the notebooks are run for it, once
@pytest.mark.parametrize("name", UNIT_OF)
@pytest.mark.filterwarnings("ignore")
def test_no_function_of_a_notebook_is_an_answer(name: str) -> None:
    functions = {
        f"{path.name}: {where}": function
        for path in sorted(COURSE.glob("*.ipynb"))
        for where, function in of_notebook(path).items()
    }
    assert len(functions) > 20
    assert tried(name, functions) == []
