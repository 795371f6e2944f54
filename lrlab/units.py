"""A unit's folder under solutions/: the one home of its exercises. Students never get it.

    UNIT.ipynb      prompts, solutions and rubrics; nbgrader makes assignments/UNIT/ from it
    reference.py    right values: ``right(name, args)``; hidden cases: ``hidden_cases(seed)``
    cases.py        CASES: the arguments of the public cases, by exercise and (where there are groups) group; CALLS, if
                    need be: by exercise, a function of a case's arguments that words the call for the student
    mistakes.py     MISTAKES: a ``Help`` for each exercise, with the known mistakes: name, hint, and code that makes it
    answers.py      a ``Corpus`` of right and wrong answers, which the tests try, and EQUIVALENT_MUTANTS

``lrlab.publishing.checks_data`` turns it into what students get of it: ``lrlab/checks/data/UNIT.json``.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from lrlab import variants
from lrlab.checks.call import Outcome
from lrlab.checks.exercise import Adapter, Case, Guidance
from lrlab.checks.registry import UNITS, unit_adapters
from lrlab.own_code import load, raised_exit

REFERENCE = "reference.py"
FILES = (REFERENCE, "cases.py", "mistakes.py", "answers.py")


class UnitError(Exception):
    """A file of the unit is missing or can't be used. The message says which, and why."""


@dataclass(frozen=True)
class Misconception:
    """A mistake with a name.

    Attributes:
        name: unique within its exercise.
        hint: what to say to a student who makes it.
        code: an answer that makes it; None where the exercise's adapter sees it in the facts ("seen").
    """

    name: str
    hint: str
    code: Callable[..., Any] | None = None


@dataclass(frozen=True)
class Help(Guidance):
    """What is said about wrong answers to an exercise, and the known mistakes."""

    misconceptions: tuple[Misconception, ...] = ()


@dataclass(frozen=True)
class Answer:
    """An answer as a student might write it.

    Attributes:
        exercise: its exercise's name.
        function: a plain function that uses the module names that a notebook has at hand (np, math, torch).
        says: None for a right answer; else the mistake's name, or words that the message must hold.
    """

    exercise: str
    function: Callable[..., Any]
    says: str | None = None

    @property
    def id(self) -> str:
        return f"{self.exercise}-{self.function.__name__}"

    def source(self) -> str:
        """Return the function's text under the exercise's name."""
        text = textwrap.dedent(inspect.getsource(self.function))
        text = text[text.index("def ") :]
        return re.sub(rf"\b{self.function.__name__}\b", self.exercise, text)


class Corpus:
    """Collects answers by decorators: ``@corpus.right("name")``, ``@corpus.wrong("name", "mistake or words")``."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []

    def right(self, exercise: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self.wrong(exercise, None)

    def wrong(self, exercise: str, says: str | None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def keep(function: Callable[..., Any]) -> Callable[..., Any]:
            self.answers.append(Answer(exercise, function, says))
            return function

        return keep


@dataclass(frozen=True)
class Unit:
    """What is in a unit's folder.

    Raises:
        UnitError: from each method, a file is missing, stops with an error, or does not hold what it should.
    """

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def adapters(self) -> dict[str, Adapter]:
        return unit_adapters(self.name) if self.name in UNITS else {}

    def adapter(self, exercise: str) -> Adapter:
        if exercise not in self.adapters:
            raise UnitError(f"lrlab.checks.adapters.{self.name} has no adapter for {exercise!r}")
        return self.adapters[exercise]

    def right(self, exercise: str, args: Sequence[Any]) -> Any:
        """Return the right value of a call."""
        right = self._from(REFERENCE, "right")
        with raised_exit():
            return right(exercise, tuple(args))

    def hidden_cases(self, seed: int) -> dict[str, dict[str, list[tuple[tuple[Any, ...], Any]]]]:
        """Return what the generator makes of a seed: by exercise and group, pairs (arguments, right value)."""
        draw = self._from(REFERENCE, "hidden_cases")
        with raised_exit():
            return {name: _by_group(cases) for name, cases in draw(seed).items()}

    def exercises(self) -> list[str]:
        """Return the names of the exercises, in the order of the adapters."""
        cases = self._from("cases.py", "CASES")
        for name in cases:
            self.adapter(name)
        return [name for name in self.adapters if name in cases]

    def public_cases(self, exercise: str) -> tuple[Case, ...]:
        """Return an exercise's public cases with their right values, and what each known mistake gives there."""
        words: Callable[..., str] = self._from("cases.py", "CALLS", {}).get(exercise, lambda *_: "")
        return self.with_mistakes(
            exercise,
            [
                Case(tuple(args), self.right(exercise, args), group, call=words(*args))
                for group, calls in _by_group(self._from("cases.py", "CASES")[exercise]).items()
                for args in calls
            ],
        )

    def with_mistakes(
        self, exercise: str, cases: Sequence[Case], *, possible: Callable[[str], bool] = lambda name: True
    ) -> tuple[Case, ...]:
        """Return the cases with what each known mistake gives there, if its name is ``possible``."""
        adapter, mistakes = self.adapter(exercise), self.help(exercise).misconceptions
        given = {
            m.name: given_values(adapter, m.code, cases) for m in mistakes if m.code is not None and possible(m.name)
        }
        return tuple(
            replace(case, mistaken={name: values[k] for name, values in given.items() if values[k] is not None})
            for k, case in enumerate(cases)
        )

    def with_variants(self, exercise: str, cases: tuple[Case, ...]) -> tuple[Case, ...]:
        """Return the cases with the marks of what the right rule gives there for other arguments."""
        adapter = self.adapter(exercise)
        return cases if adapter.finish else variants.added(adapter, cases, lambda args: self.right(exercise, args))

    def help(self, exercise: str) -> Help:
        """Return what is known of an exercise's mistakes."""
        path = self.folder / "mistakes.py"
        result = self._from(path.name, "MISTAKES").get(exercise)
        if not isinstance(result, Help):
            raise UnitError(f"{path} must have a Help for {exercise!r} in MISTAKES")
        names = [mistake.name for mistake in result.misconceptions]
        double = next((name for name in names if names.count(name) > 1), None)
        if double is not None:
            raise UnitError(f"{path}: mistakes of {exercise} must have different names, got {double!r} twice")
        return result

    def answers(self) -> list[Answer]:
        """Return the corpus of right and wrong answers."""
        corpus: Corpus = self._from("answers.py", "corpus")
        return corpus.answers

    def equivalent_mutants(self) -> Mapping[str, str]:
        """Return the mutants of the solutions that compute the same as the solution, each with the reason."""
        return self._from("answers.py", "EQUIVALENT_MUTANTS")

    def _from(self, file: str, name: str, default: Any = None) -> Any:
        path = self.folder / file
        try:
            with raised_exit():
                module = load(path, path.stat().st_mtime_ns)
        except FileNotFoundError:
            raise UnitError(f"{path} is missing") from None
        except (Exception, SystemExit) as error:
            raise UnitError(f"{path} can't be used: {type(error).__name__}: {error}") from error
        if not hasattr(module, name) and default is None:
            raise UnitError(f"{path} must define {name}")
        return getattr(module, name, default)


def _by_group(cases: Any) -> dict[str, Any]:
    return cases if isinstance(cases, dict) else {"": cases}


def given_values(
    adapter: Adapter, code: Callable[..., Any], cases: Sequence[Case], *, patient: bool = True
) -> list[Any]:
    """Return what a wrong answer gives on each case, as ``Case.mistaken`` has it; None where it gives no values.

    Args:
        adapter: how it is called.
        code: the wrong answer.
        cases: the calls.
        patient: whether to go on after a call that did not end in time.
    """
    given: list[Any] = []
    with np.errstate(all="ignore"), raised_exit():
        for case in cases:  # one by one: after a call that stops with an error the next one is still wanted
            (outcome,) = adapter.outcomes(code, [case])
            if outcome.get("type") == "TooSlow" and not patient:
                break
            given.append(_given(case, outcome))
    return given + [None] * (len(cases) - len(given))


def _given(case: Case, outcome: Outcome) -> Any:
    if isinstance(case.expected, dict):
        facts = outcome.get("facts")
        return None if facts is None else {k: facts.get(k) for k in case.expected}
    return outcome.get("values")
