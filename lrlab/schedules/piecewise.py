r"""A learning rate that goes from point to point."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, ClassVar

import numpy as np

from lrlab._formula import Floats
from lrlab._validation import NON_NEGATIVE, STEPS, Validator, as_list
from lrlab.schedules.base import Schedule


def _points(value: Any) -> tuple[tuple[int, float], ...]:
    result = tuple((STEPS.convert(step), NON_NEGATIVE.convert(rate)) for step, rate in as_list(value))
    steps = [step for step, _ in result]
    if not result or steps[0] != 0 or any(b <= a for a, b in pairwise(steps)):
        raise ValueError
    return result


POINTS = Validator("a list of (step, rate), the steps whole numbers that rise from 0, the rates >= 0", _points)


@dataclass(frozen=True)
class PiecewiseLinear(Schedule):
    r"""Straight lines from point to point; after the last one its rate stays.

    .. math:: \eta_n = \eta_i + (\eta_{i+1} - \eta_i) \frac{n - n_i}{n_{i+1} - n_i}, \quad n_i \le n \le n_{i+1}

    ``points`` :math:`(n_0, \eta_0), (n_1, \eta_1), …`: steps, whole numbers that rise from 0, and their rates, >= 0.
    Use it to draw a schedule by hand. Torch has no scheduler of this kind.
    """

    points: Annotated[tuple[tuple[int, float], ...], POINTS]
    group: ClassVar[str] = "field"
    latex: ClassVar[str] = r"\eta_n = \eta_i + (\eta_{i+1} - \eta_i) \frac{n - n_i}{n_{i+1} - n_i}"
    example: ClassVar = {"points": ((0, 0.01), (10, 0.1), (60, 0.1), (100, 0.001))}

    def rate(self, n: Floats) -> Floats:
        steps, rates = np.array(self.points, dtype=np.float64).T
        return np.interp(n, steps, rates)
