"""Formulas with validated arguments, which show themselves as LaTeX: what schedules and landscapes have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from lrlab._validation import Validator, check

Floats = NDArray[np.float64]


@cache
def validators_of(cls: type) -> dict[str, Validator]:
    """Return the validator of each annotated field of ``cls``: ``{"lr": POSITIVE, …}``."""
    result = {}
    for name, hint in get_type_hints(cls, include_extras=True).items():
        if get_origin(hint) is Annotated:
            result[name] = next(extra for extra in get_args(hint)[1:] if isinstance(extra, Validator))
    return result


@dataclass(frozen=True)
class Formula:
    """A frozen dataclass that validates its fields by their annotations and shows itself as LaTeX in a notebook."""

    latex: ClassVar[str] = ""
    """The formula as on the slide, in LaTeX without dollar signs."""
    symbols: ClassVar[Mapping[str, str]] = {}
    """The formula's symbol for each field, for example ``{"lr": r"\\eta_0"}``."""
    example: ClassVar[Mapping[str, Any]] = {}
    """Arguments of a typical one, with which tests, galleries and explorers start."""

    def __post_init__(self) -> None:
        cls: Any = type(self)  # mypy takes a dataclass's own __hash__ for the class's
        for name, validator in validators_of(cls).items():
            object.__setattr__(self, name, check(name, validator, getattr(self, name)))

    def tex(self) -> str:
        """Return the formula and its numbers as LaTeX, without dollar signs; empty if ``latex`` is empty."""
        if not self.latex:
            return ""
        values = [
            rf"{self.symbols[f.name]} = {_tex(getattr(self, f.name))}" for f in fields(self) if f.name in self.symbols
        ]
        return rf"{self.latex} \qquad " + r",\; ".join(values)

    def _repr_latex_(self) -> str | None:
        return rf"$\displaystyle {self.tex()}$" if self.tex() else None


def _tex(value: Any) -> str:
    """Write a number as LaTeX: ``0.1``, ``3 \\cdot 10^{-4}``; a tuple as a set."""
    if isinstance(value, tuple):
        return r"\{" + ", ".join(_tex(v) for v in value) + r"\}"
    mantissa, _, exponent = f"{value:.6g}".partition("e")
    if not exponent:
        return mantissa
    power_of_ten = f"10^{{{int(exponent)}}}"
    return power_of_ten if mantissa == "1" else rf"{mantissa} \cdot {power_of_ten}"
