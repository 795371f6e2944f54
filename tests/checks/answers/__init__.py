"""Answers to every exercise, right and wrong, written as different people would write them.

Each unit's module decorates them: `@right("name")`, `@wrong("name", "misconception or words of the message")`. They are
plain functions with the names of the modules that a notebook has at hand (np, math, torch), so that `source` can put
one into a notebook.
"""

from __future__ import annotations

import importlib
import inspect
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lrlab.checks.registry import UNITS


@dataclass(frozen=True)
class Answer:
    """`says` is None for a right answer; else a misconception's name, or words that the message must hold."""

    exercise: str
    function: Callable[..., Any]
    says: str | None = None

    @property
    def id(self) -> str:
        return f"{self.exercise}-{self.function.__name__}"

    def source(self) -> str:
        """The function's text under the exercise's name."""
        text = textwrap.dedent(inspect.getsource(self.function))
        text = text[text.index("def ") :]
        return re.sub(rf"\b{self.function.__name__}\b", self.exercise, text)


RIGHT: list[Answer] = []
WRONG: list[Answer] = []


def right(exercise: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def keep(function: Callable[..., Any]) -> Callable[..., Any]:
        RIGHT.append(Answer(exercise, function))
        return function

    return keep


def wrong(exercise: str, says: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def keep(function: Callable[..., Any]) -> Callable[..., Any]:
        WRONG.append(Answer(exercise, function, says))
        return function

    return keep


for unit in UNITS:
    importlib.import_module(f"{__name__}.{unit}")
