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
        expected: a number, or a list of numbers (shaped like the array argument).
    """

    args: Arguments
    expected: float | Sequence[Any]


@dataclass(frozen=True)
class Misconception:
    """A mistake with a name: `formula` computes what it would give for one call, on plain arguments."""

    name: str
    hint: str
    formula: Callable[..., Any]


@dataclass(frozen=True)
class Exercise:
    """An exercise as students may see it.

    Attributes:
        name: the function that the student writes.
        parameters: the names of its parameters, in order.
        cases: public cases; their right values are literals, so that no solution ships with the package.
        misconceptions: tried in order on a wrong answer.
        hint: what to say about a wrong answer that no misconception explains.
        problem_hints: sentences to add for a kind of problem (see `lrlab.checks.judge`), such as "array_error".
        driver: how an answer is exercised; plain data out.
    """

    name: str
    parameters: tuple[str, ...]
    cases: tuple[Case, ...]
    misconceptions: tuple[Misconception, ...] = ()
    hint: str = ""
    problem_hints: Mapping[str, str] = field(default_factory=dict)
    driver: Driver = call_on_each

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
