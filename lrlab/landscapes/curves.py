r"""Losses of one parameter *x*: a bowl, a valley with a well in it, and a bowl with ripples.

Gradient descent with the rate :math:`\eta` moves by :math:`-\eta f'(x)`. Around a minimum of curvature :math:`f''` it
multiplies the distance by :math:`1 - \eta f''`, so it settles there only below **the stability limit**,
:math:`\eta = 2 / f''`.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import numpy as np

from lrlab._formula import Floats
from lrlab._validation import Positive
from lrlab.landscapes.base import Curve, Finite, fixed, minima_on


@dataclass(frozen=True)
class Bowl(Curve):
    r"""A parabola: the loss around any minimum, seen from close by.

    .. math:: f(x) = \tfrac{c}{2} x^2

    ``curvature`` *c* > 0, default 1. Gradient descent with the rate :math:`\eta` multiplies *x* by :math:`1 - \eta c`
    at each step: at ``1 / c`` it arrives in one step, between that and ``2 / c`` it jumps from side to side and closes
    in, at ``2 / c`` (the stability limit) it jumps from side to side without end, and above it
    diverges.
    """

    curvature: Positive = 1.0
    latex: ClassVar[str] = r"f(x) = \frac{c}{2} x^2"
    symbols: ClassVar = {"curvature": "c"}
    minima = fixed([0.0])
    start = 2.0
    bounds = (-3.0, 3.0)

    def height(self, x: Floats) -> Floats:
        return self.curvature * x**2 / 2

    def slope(self, x: Floats) -> Floats:
        return self.curvature * x


@dataclass(frozen=True)
class ValleyWithWell(Curve):
    r"""A wide valley, and near its bottom a deeper, narrower well.

    .. math:: f(x) = \tfrac{c}{2} x^2 - D\, e^{-(x - p)^2 / 2 w^2}

    ``curvature`` *c* of the valley, ``depth`` *D* and ``width`` *w* of the well: > 0, default 1, 1.5 and 0.15.
    ``at`` *p*: where the well is, default 0.4. The well's own curvature is about :math:`D / w^2` (67), so below a rate
    of 0.03 gradient descent can settle in it, while the valley allows up to ``2 / c``.

    With the defaults, in 80 steps, from starts 1.5 to 3 away on either side: a constant 0.5 crosses the valley at once
    and then bounces about above the well; a constant 0.005 does not arrive; 0.5 decayed exponentially to 0.005 does
    both, and ends in the well from each of them. No constant rate does that from more than half of them.

    Source: the lecture's "traverse quickly … then … a learning rate small enough to explore the 'deeper, but narrower
    parts of the loss function'".
    """

    _: KW_ONLY
    curvature: Positive = 1.0
    depth: Positive = 1.5
    width: Positive = 0.15
    at: Finite = 0.4
    latex: ClassVar[str] = r"f(x) = \frac{c}{2} x^2 - D\, e^{-(x - p)^2 / 2 w^2}"
    symbols: ClassVar = {"curvature": "c", "depth": "D", "width": "w", "at": "p"}
    start = -2.5

    @property
    def bounds(self) -> tuple[float, float]:
        reach = max(3.0, 1.5 * abs(self.at))
        return -reach, reach

    @property
    def minima(self) -> Floats:
        # The valley draws towards 0 and the well towards p, so all minima lie between the two.
        low, high = sorted((0.0, self.at))
        valley = np.linspace(low - self.width, high + self.width, 2000)
        well = self.at + self.width * np.linspace(-8, 8, 2000)
        places = minima_on(np.union1d(valley, well), self.slope)
        return places[np.argsort(self.height(places), kind="stable")]

    def height(self, x: Floats) -> Floats:
        return self.curvature * x**2 / 2 - self.depth * np.exp(-(((x - self.at) / self.width) ** 2) / 2)

    def slope(self, x: Floats) -> Floats:
        u = (x - self.at) / self.width
        return self.curvature * x + self.depth / self.width * u * np.exp(-(u**2) / 2)


@dataclass(frozen=True)
class Ripples(Curve):
    r"""A gentle bowl with ripples, so a minimum in each: deeper ones towards the bowl's centre.

    .. math:: f(x) = \tfrac{c}{2} (x - m)^2 + \tfrac{h}{2} \left(1 - \cos \tfrac{2 \pi x}{p}\right)

    ``curvature`` *c* of the bowl, ``ripple`` *h* from trough to crest, ``period`` *p*: > 0, default 0.2, 1 and 2.
    ``centre`` *m*, default 0.6. Gradient descent settles in a ripple below a rate of about :math:`p^2 / \pi^2 h` (0.4)
    and leaves it above, while the bowl holds it up to ``2 / c``. Two of them make :class:`ManyMinima`.
    """

    _: KW_ONLY
    curvature: Positive = 0.2
    ripple: Positive = 1.0
    period: Positive = 2.0
    centre: Finite = 0.6
    latex: ClassVar[str] = r"f(x) = \frac{c}{2} (x - m)^2 + \frac{h}{2} \left(1 - \cos \frac{2 \pi x}{p}\right)"
    symbols: ClassVar = {"curvature": "c", "ripple": "h", "period": "p", "centre": "m"}

    @property
    def start(self) -> float:
        return self.centre - 2.4 * self.period

    @property
    def bounds(self) -> tuple[float, float]:
        return self.centre - 3 * self.period, self.centre + 3 * self.period

    @property
    def minima(self) -> Floats:
        places = minima_on(np.linspace(*self.bounds, 6001), self.slope)
        return places[np.argsort(self.height(places), kind="stable")]

    def height(self, x: Floats) -> Floats:
        bowl = self.curvature * (x - self.centre) ** 2 / 2
        return bowl + self.ripple / 2 * (1 - np.cos(2 * np.pi * x / self.period))

    def slope(self, x: Floats) -> Floats:
        turn = 2 * np.pi / self.period
        return self.curvature * (x - self.centre) + self.ripple / 2 * turn * np.sin(turn * x)
