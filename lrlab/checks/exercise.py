"""What an exercise is made of: cases, misconceptions and the way its answer is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lrlab.checks.drive import Outcome, call_on_each

Arguments = tuple[Any, ...]
Driver = Callable[[Callable[..., Any], Sequence[Arguments]], list[Outcome]]


@dataclass(frozen=True)
class Case:
    """One call and the value it should give.

    Attributes:
        args: the arguments, in the signature's order; plain data, where a list stands for an array.
        expected: a number, or a list of numbers (shaped like the array argument); with a `Facts` driver a dict of
            the facts' right values, which may be numbers, texts, truths, None, and lists and dicts of them.
        group: what a check cell of its own, with points of its own, may ask for.
    """

    args: Arguments
    expected: Any
    group: str = ""


@dataclass(frozen=True)
class Misconception:
    """A mistake with a name.

    Attributes:
        name: unique within its exercise.
        hint: what to say to a student.
        formula: an answer that makes the mistake. It explains a student's answer that shows the same values.
        shown_by: in place of `formula`, whether a wrong call shows the mistake, from (case's arguments, facts).
    """

    name: str
    hint: str
    formula: Callable[..., Any] | None = None
    shown_by: Callable[[Arguments, Mapping[str, Any]], bool] | None = None


@dataclass(frozen=True)
class Exercise:
    """An exercise as students may see it.

    Attributes:
        name: the function that the student writes.
        parameters: the names of a case's arguments, in order: those of the function, in most exercises.
        cases: public cases; their right values are literals, so that no solution ships with the package.
        misconceptions: tried in order on a wrong answer.
        hint: what to say about a wrong answer that no misconception explains.
        problem_hints: sentences for a kind of problem (see `lrlab.checks.hints`), such as "array_error", or for a fact
            that is wrong, by the fact's name.
        driver: how an answer is exercised; plain data out.
        labels: for a fact, what its indices count, such as {"rates": ("update", "group")}.
        show_call: a case's arguments as the table shows them, where they are not what the student's function gets.
        finish: computes facts to compare from (case's arguments, the driver's facts), away from the student's process.
    """

    name: str
    parameters: tuple[str, ...]
    cases: tuple[Case, ...]
    misconceptions: tuple[Misconception, ...] = ()
    hint: str = ""
    problem_hints: Mapping[str, str] = field(default_factory=dict)
    driver: Driver = call_on_each
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    show_call: Callable[..., str] | None = None
    finish: Callable[[Arguments, dict[str, Any]], dict[str, Any]] | None = None

    def exercised(self, function: Callable[..., Any], cases: Sequence[Case]) -> list[Outcome]:
        """What the answer does on the cases, ready to be compared."""
        return self.finished(self.driver(function, [case.args for case in cases]), cases)

    def finished(self, outcomes: list[Outcome], cases: Sequence[Case]) -> list[Outcome]:
        """The driver's outcomes with what `finish` makes of their facts."""
        if self.finish is None:
            return outcomes
        return [
            Outcome(**(o | {"facts": self.finish(case.args, o["facts"])})) if o.get("kind") == "facts" else o
            for o, case in zip(outcomes, cases, strict=False)
        ]

    def in_group(self, group: str) -> tuple[Case, ...]:
        """The public cases of a group.

        Raises:
            ValueError: there is no such group.
        """
        chosen = tuple(case for case in self.cases if case.group == group)
        if not chosen:
            groups = ", ".join(sorted({repr(case.group) for case in self.cases}))
            raise ValueError(f"group of {self.name} must be one of {groups}, got {group!r}")
        return chosen

    def read_cases(self, cases: Sequence[Any]) -> tuple[Case, ...]:
        """Cases given as `(arguments, expected)` pairs or as `Case`s.

        Raises:
            ValueError: a case that is no such pair, or has the wrong number of arguments.
        """
        read = []
        for case in cases:
            if not isinstance(case, Case):
                try:
                    args, expected = case
                except (TypeError, ValueError):
                    raise ValueError(f"cases must hold pairs (arguments, expected), got {case!r}") from None
                case = Case(tuple(args), expected)
            if len(case.args) != len(self.parameters):
                raise ValueError(f"a case of {self.name} needs {len(self.parameters)} arguments, got {case.args!r}")
            read.append(case)
        if not read:
            raise ValueError(f"cases of {self.name} must hold at least one case, got none")
        return tuple(read)
