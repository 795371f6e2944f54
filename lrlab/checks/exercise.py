"""What an exercise is made of: its cases, the known mistakes, and the way its answer is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lrlab.checks.call import Answer, FactsOf, Outcome, call_for_facts, call_for_value, isolated
from lrlab.checks.isolate import SECONDS

Arguments = tuple[Any, ...]


@dataclass(frozen=True)
class Adapter:
    """How an exercise's answer is called, and which plain data is compared. No right value is in it.

    Attributes:
        name: the function that the student writes.
        parameters: the names of a case's arguments, in order: those of the function, in most exercises.
        facts_of: for an answer that takes or gives more than numbers and arrays. ``facts_of(answer, *arguments)`` calls
            it, on objects that it makes from the case's plain arguments, and returns by name what is compared.
            "changed" among the names lists arguments that the answer changed and should not. It raises ``Unusable``
            where what came back can't be compared at all. Default: the answer's value is compared.
        watch: modules whose functions the answer must not call.
        seconds: the time limit of one call.
        load: loads what the calls need, outside their time limit.
        finish: computes the facts to compare from (arguments, the facts), away from the student's process. "seen" among
            them lists the mistakes that no code of the instructor's makes and that these facts show.
    """

    name: str
    parameters: tuple[str, ...]
    facts_of: FactsOf | None = None
    watch: tuple[str, ...] = ()
    seconds: float = SECONDS
    load: Callable[[], object] = lambda: None
    finish: Callable[[Arguments, dict[str, Any]], dict[str, Any]] | None = None

    def call(self, function: Answer, calls: Sequence[Arguments]) -> list[Outcome]:
        """Call the answer on arguments; plain data out. This runs where the student's code runs."""
        self.load()
        call = call_for_value if self.facts_of is None else partial(call_for_facts, self.facts_of)
        return isolated([partial(call, function, args) for args in calls], self.watch, self.seconds)

    def outcomes(self, function: Answer, cases: Sequence[Case]) -> list[Outcome]:
        """Call the answer on the cases; what comes back is ready to be compared."""
        return self.finished(self.call(function, [case.args for case in cases]), cases)

    def finished(self, outcomes: list[Outcome], cases: Sequence[Case]) -> list[Outcome]:
        """Return the outcomes of calls with what ``finish`` makes of their facts."""
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
        expected: a number, or a list of numbers (shaped like the array argument); for an adapter with ``facts_of`` a
            dict of the facts' right values, which may be numbers, texts, truths, None, and lists and dicts of them.
        group: what a check cell of its own, with points of its own, may ask for.
        mistaken: what each known mistake gives here, by the mistake's name: a flat list of values, or facts by name.
        variants: for each fact ("value" for one value) and each slip without a name, in words, the mark of what it
            gives.
        call: the call as the table shows it; "" where the arguments are what the student's function gets.
    """

    args: Arguments
    expected: Any
    group: str = ""
    mistaken: Mapping[str, Any] = field(default_factory=dict)
    variants: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    call: str = ""


@dataclass(frozen=True)
class Mistake:
    """A mistake with a name, unique within its exercise, and the hint for a student who made it."""

    name: str
    hint: str


@dataclass(frozen=True, kw_only=True)
class Guidance:
    """What is said about wrong answers to an exercise.

    Attributes:
        hint: what to say about a wrong answer that no known mistake explains.
        problem_hints: sentences for a kind of problem (see ``lrlab.checks.problems``), such as "array_error", or for a
            fact that is wrong, by the fact's name.
        labels: for a fact, what its indices count, such as {"rates": ("update", "group")}.
        causes: facts of which each makes the next ones wrong, where it is wrong itself: only the first wrong one is
            explained.
        categories: facts that have few possible values, such as classes, members or the signs of steps: arithmetic
            between them has no meaning, and many a slip gives the same.
    """

    hint: str = ""
    problem_hints: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    causes: Sequence[str] = ()
    categories: Sequence[str] = ()


@dataclass(frozen=True)
class Exercise(Guidance):
    """An exercise as students may see it.

    Attributes:
        adapter: how the answer is called.
        cases: the public cases.
        mistakes: tried in order on a wrong answer.
    """

    adapter: Adapter
    cases: tuple[Case, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    @property
    def name(self) -> str:
        return self.adapter.name

    @property
    def parameters(self) -> tuple[str, ...]:
        return self.adapter.parameters

    def label(self, path: Sequence[str | int]) -> str:
        """Return the place of a fact's value in words, such as "update 2, group 1"."""
        name, *rest = path
        axes = self.labels.get(str(name), ())
        words = [f"{axis} {i}" if isinstance(i, int) else str(i) for axis, i in zip(axes, rest, strict=False)]
        words += [str(i) for i in rest[len(axes) :]]
        return ", ".join(words if axes and rest else [str(name), *words])

    def in_group(self, group: str) -> tuple[Case, ...]:
        """Return the public cases of a group.

        Raises:
            ValueError: there is no such group.
        """
        chosen = tuple(case for case in self.cases if case.group == group)
        if not chosen:
            groups = ", ".join(sorted({repr(case.group) for case in self.cases}))
            raise ValueError(f"group of {self.name} must be one of {groups}, got {group!r}")
        return chosen

    def read_cases(self, cases: Sequence[Any]) -> tuple[Case, ...]:
        """Cases given as ``(arguments, expected)`` pairs or as ``Case``s.

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
