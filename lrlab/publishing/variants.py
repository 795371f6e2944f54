"""What the checks know of slips that have no name: the reference with other arguments, and slips in the solutions.

Of each only a mark of the values goes into the data (``lrlab.checks.mark``): a student's values are recognized by it.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import lrlab.checks.mark
import lrlab.variants
from lrlab.checks.exercise import Adapter, Case
from lrlab.checks.isolate import TooSlow, limited
from lrlab.checks.mark import RIGHT
from lrlab.publishing import mutants, slips, wording
from lrlab.units import REFERENCE, Unit, given_values
from lrlab.variants import facts, marks_of

SECONDS = 0.2  # of computing, for one call of a solution with a slip
MOST = 80  # variants of a fact: the data stays small
CODE, NAME = re.compile(r"`([^`]*)`"), re.compile(r"[A-Za-z_]\w*")
COMMON = {"append", "backward", "step", "zero_grad", "return", *mutants.NAMES, *mutants.NAMES.values()}
Marks = dict[str, list[float | None]]  # by words, one for each case


def digest(unit: Unit) -> str:
    """Return a short text that changes with the files that the variants of a unit depend on."""
    adapters = Path(lrlab.checks.__file__).parent / "adapters"
    files = [*sorted(adapters.glob("_*.py")), adapters / f"{unit.name}.py"]
    files += [unit.folder / name for name in (REFERENCE, "cases.py", "mistakes.py")]
    files += [Path(str(each.__file__)) for each in (lrlab.variants, lrlab.checks.mark, mutants, slips, wording)]
    sources = [file.read_text(encoding="utf-8") for file in [*files, Path(__file__)]]
    text = "\0".join([*sources, mutants.setup(unit.folder), json.dumps(mutants.solutions(unit.folder))])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def of(unit: Unit, exercise: str, cases: Sequence[Case]) -> dict[str, Marks]:
    """Return the variants of an exercise by fact ("value" for one that has none), each with its mark in every case.

    A mark of 0 stands for the right value, None for no value; what follows a # counts slips of the same words. Of
    variants that give the same, the first is kept; known mistakes are left out.
    """
    adapter = unit.adapter(exercise)
    if adapter.finish is not None:  # judged by a result: there is no right value
        return {}
    marks: dict[str, Marks] = {}
    taken: dict[str, set[tuple[float | None, ...]]] = {}
    known = [[case.mistaken.get(m.name) for case in cases] for m in unit.help(exercise).misconceptions]
    for fact in facts(cases[0]):
        taken[fact] = {marks_of(given, cases, fact) for given in known}
        marks[fact] = {}
    source = ast.parse(mutants.solutions(unit.folder).get(exercise, ""))
    names = lrlab.variants.given(adapter.parameters, cases[0].args).keys() | wording.Wording(source).arguments
    for words, given in _given(unit, exercise, adapter, cases):
        if not _is_clear(words, names):
            continue
        for fact, rows in marks.items():
            row = marks_of(given, cases, fact)
            if len(rows) < MOST and len({*row} - {RIGHT, None}) > 1 and row not in taken[fact]:
                taken[fact].add(row)
                count = sum(key.partition("#")[0] == words for key in rows)
                rows[f"{words}#{count + 1}" if count else words] = list(row)
    return {fact: rows for fact, rows in marks.items() if rows}


def _is_clear(words: str, names: Collection[str]) -> bool:
    """Whether a student knows what is named: an argument, a usual function or a sign, but no part of a solution."""
    return bool(words) and all(
        code in names or code in COMMON or (bool(code) and (code.endswith("(…)") or not NAME.search(code)))
        for code in CODE.findall(words)
    )


def _given(unit: Unit, exercise: str, adapter: Adapter, cases: Sequence[Case]) -> Iterator[tuple[str, list[Any]]]:
    calls = [case.args for case in cases]
    arrays = adapter.facts_of is None

    def given(changes: Iterable[tuple[str, lrlab.variants.Change]]) -> Iterator[tuple[str, list[Any]]]:
        return lrlab.variants.values(changes, adapter.parameters, calls, lambda args: unit.right(exercise, args))

    yield from given(lrlab.variants.changes(adapter.parameters, calls, arrays=arrays))
    source = mutants.solutions(unit.folder).get(exercise, "")
    quick = replace(adapter, seconds=SECONDS)
    for words, text in _changed(unit, exercise, source):
        names = mutants.setting(unit.folder)
        with contextlib.suppress(Exception):
            exec(text, names)
            answer: Any = names[exercise]
            yield words, given_values(quick, answer, cases, patient=False)
    for words, right in _changed_references(unit, exercise):
        with contextlib.suppress(TooSlow):
            yield words, limited(functools.partial(_results, right, calls), lrlab.variants.SECONDS)
    yield from given(lrlab.variants.combinations(adapter.parameters, calls, arrays=arrays))


def _changed(unit: Unit, exercise: str, source: str) -> Iterator[tuple[str, str]]:
    yield from slips.slips(source)
    yield from ((mutant.words, mutant.source) for mutant in mutants.mutants_of(unit.name, exercise, source))


def _changed_references(unit: Unit, exercise: str) -> Iterator[tuple[str, Callable[[Sequence[Any]], Any]]]:
    """Yield the same of the reference, which computes in another way than the solution: what ``right`` is then."""
    text = (unit.folder / REFERENCE).read_text(encoding="utf-8")
    code = compile(text, REFERENCE, "exec")
    functions = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    if exercise in functions:
        for words, source in _changed(unit, exercise, ast.unparse(functions[exercise])):
            if words.startswith("no entry"):
                continue  # of its facts, which no student writes
            names: dict[str, Any] = {"__name__": "reference"}
            exec(code, names)
            exec(source, names)
            yield words, functools.partial(names["right"], exercise)


def _results(right: Callable[[Sequence[Any]], Any], calls: Sequence[Sequence[Any]]) -> list[Any]:
    results: list[Any] = [None] * len(calls)
    for k, args in enumerate(calls):
        with contextlib.suppress(Exception):
            results[k] = right(args)
    return results
