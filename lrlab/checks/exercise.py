"""What an exercise is made of: its cases, the known mistakes, and the way its answer is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lrlab.checks.drive import Outcome, call_on_each

Arguments = tuple[Any, ...]
Driver = Callable[[Callable[..., Any], Sequence[Arguments]], list[Outcome]]


@dataclass(frozen=True)
class Adapter:
    """How an exercise's answer is called, and which plain data is looked at. It knows no right value.

    Attributes:
        name: the function that the student writes.
        parameters: the names of a case's arguments, in order: those of the function, in most exercises.
        driver: calls the answer on arguments; plain data out.
        labels: for a fact, what its indices count, such as {"rates": ("update", "group")}.
        show_call: a case's arguments as the table shows them, where they are not what the student's function gets.
        finish: computes facts to compare from (case's arguments, the driver's facts), away from the student's process.
        causes: facts of which each makes the next ones wrong, where it is wrong itself: only the first wrong one is
            spoken of.
        shown_by: for a mistake that no code of the instructor's makes, whether a wrong call shows it, from (case's
            arguments, facts).
    """

    name: str
    parameters: tuple[str, ...]
    driver: Driver = call_on_each
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    show_call: Callable[..., str] | None = None
    causes: tuple[str, ...] = ()
    finish: Callable[[Arguments, dict[str, Any]], dict[str, Any]] | None = None
    shown_by: Mapping[str, Callable[[Arguments, Mapping[str, Any]], bool]] = field(default_factory=dict)

    def outcomes(self, function: Callable[..., Any], cases: Sequence[Case]) -> list[Outcome]:
        """Call the answer on the cases; what comes back is ready to be compared."""
        return self.finished(self.driver(function, [case.args for case in cases]), cases)

    def finished(self, outcomes: list[Outcome], cases: Sequence[Case]) -> list[Outcome]:
        """The driver's outcomes with what `finish` makes of their facts."""
        if self.finish is None:
            return outcomes
        return [
            Outcome(**(o | {"facts": self.finish(case.args, o["facts"])})) if o.get("kind") == "facts" else o
            for o, case in zip(outcomes, cases, strict=False)
        ]


@dataclass(frozen=True)
class Case:
    """One call and the value it should give.

    Attributes:
        args: the arguments, in the signature's order; plain data, where a list stands for an array.
        expected: a number, or a list of numbers (shaped like the array argument); with a `Facts` driver a dict of
            the facts' right values, which may be numbers, texts, truths, None, and lists and dicts of them.
        group: what a check cell of its own, with points of its own, may ask for.
        mistaken: what each known mistake gives here, by the mistake's name: a flat list of values, or facts by name.
    """

    args: Arguments
    expected: Any
    group: str = ""
    mistaken: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Mistake:
    """A mistake with a name, unique within its exercise, and the hint for a student who made it."""

    name: str
    hint: str


@dataclass(frozen=True)
class Exercise:
    """An exercise as students may see it.

    Attributes:
        adapter: how the answer is called.
        cases: the public cases.
        mistakes: tried in order on a wrong answer.
        hint: what to say about a wrong answer that no known mistake explains.
        problem_hints: sentences for a kind of problem (see `lrlab.checks.hints`), such as "array_error", or for a fact
            that is wrong, by the fact's name.
    """

    adapter: Adapter
    cases: tuple[Case, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    hint: str = ""
    problem_hints: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.adapter.name

    @property
    def parameters(self) -> tuple[str, ...]:
        return self.adapter.parameters

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
