"""Losses of two parameters *x* and *y*: a ravine, Rosenbrock's curved valley, and many minima."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import ClassVar

import numpy as np

from lrlab._formula import Floats
from lrlab._validation import Positive
from lrlab.landscapes.base import Finite, Surface, fixed
from lrlab.landscapes.curves import Ripples

Bounds = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Ravine(Surface):
    r"""A long ravine: a bowl that is flat along one direction and steep across it.

    .. math:: f(x, y) = \tfrac{1}{2} (a u^2 + b v^2), \quad
              u = x \cos\varphi + y \sin\varphi,\; v = y \cos\varphi - x \sin\varphi

    ``flat`` *a* and ``steep`` *b*, the curvatures along and across: > 0, default 1 and 20. ``angle``
    :math:`\varphi` in degrees, default 0: the flat direction is that of *x*. The steep direction sets the stability
    limit, ``2 / b``, and at such a rate the flat one takes some ``b / a`` steps. Methods with a rate for each
    parameter (Adam) don't mind a ravine along an axis; turn it, and they do.
    """

    flat: Positive = 1.0
    steep: Positive = 20.0
    _: KW_ONLY
    angle: Finite = 0.0
    latex: ClassVar[str] = (
        r"f(x, y) = \frac{1}{2} (a u^2 + b v^2),"
        r"\quad u = x \cos\varphi + y \sin\varphi,\; v = y \cos\varphi - x \sin\varphi"
    )
    symbols: ClassVar = {"flat": "a", "steep": "b", "angle": r"\varphi"}
    minima = fixed([[0.0, 0.0]])

    @property
    def _turn(self) -> tuple[float, float]:
        angle = np.deg2rad(self.angle)
        return float(np.cos(angle)), float(np.sin(angle))

    @property
    def start(self) -> Floats:
        c, s = self._turn
        return np.array([-4 * c - 1 * s, -4 * s + 1 * c])

    @property
    def bounds(self) -> Bounds:
        c, s = map(abs, self._turn)
        x, y = 5 * c + 2 * s, 5 * s + 2 * c
        return (-x, x), (-y, y)

    def height(self, x: Floats, y: Floats) -> Floats:
        c, s = self._turn
        return (self.flat * (c * x + s * y) ** 2 + self.steep * (c * y - s * x) ** 2) / 2

    def slope(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        c, s = self._turn
        u, v = self.flat * (c * x + s * y), self.steep * (c * y - s * x)
        return c * u - s * v, s * u + c * v


@dataclass(frozen=True)
class Rosenbrock(Surface):
    r"""Rosenbrock's function: a curved valley with steep walls and an almost flat floor.

    .. math:: f(x, y) = (1 - x)^2 + b\,(y - x^2)^2

    ``b`` > 0, default 100: how steep the walls are. The minimum is 0 at (1, 1), where the walls' curvature is about
    :math:`10 b` and the floor's about 0.4. Source: Rosenbrock 1960, with his start (-1.2, 1).
    """

    b: Positive = 100.0
    latex: ClassVar[str] = r"f(x, y) = (1 - x)^2 + b\,(y - x^2)^2"
    symbols: ClassVar = {"b": "b"}
    minima = fixed([[1.0, 1.0]])
    bounds = (-2.0, 2.0), (-1.0, 3.0)

    @property
    def start(self) -> Floats:
        return np.array([-1.2, 1.0])

    def height(self, x: Floats, y: Floats) -> Floats:
        return (1 - x) ** 2 + self.b * (y - x**2) ** 2

    def slope(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        wall = 2 * self.b * (y - x**2)
        return -2 * (1 - x) - 2 * x * wall, wall


@dataclass(frozen=True)
class ManyMinima(Surface):
    r"""A gentle bowl with ripples along both axes: many minima, deeper ones towards the bowl's centre.

    .. math:: f(x, y) = \sum_{z \in \{x, y\}} \tfrac{c}{2} (z - m_z)^2
              + \tfrac{h}{2} \left(1 - \cos \tfrac{2 \pi z}{p}\right)

    ``curvature`` *c*, ``ripple`` *h* and ``period`` *p* as in :class:`Ripples`; ``centre_x`` and ``centre_y``,
    default 0.6 and -0.35: off the ripples' own, so that no two minima are equally deep.

    With the defaults, gradient noise of 0.3, and 200 steps from a rate of 2.5: along one cosine the descent settles in
    one minimum; with a warm restart every 25 steps it leaves most minima again, and its 8 cycles end in five or six
    different ones. Source: the lecture's figure 1 (Huang et al.
    2017, figure 1). The form is Rastrigin's, with fewer and gentler ripples.
    """

    _: KW_ONLY
    curvature: Positive = 0.2
    ripple: Positive = 1.0
    period: Positive = 2.0
    centre_x: Finite = 0.6
    centre_y: Finite = -0.35
    latex: ClassVar[str] = (
        r"f(x, y) = \sum_{z \in \{x, y\}} \frac{c}{2} (z - m_z)^2"
        r" + \frac{h}{2} \left(1 - \cos \frac{2 \pi z}{p}\right)"
    )
    symbols: ClassVar = {"curvature": "c", "ripple": "h", "period": "p", "centre_x": "m_x", "centre_y": "m_y"}

    @property
    def _axes(self) -> tuple[Ripples, Ripples]:
        same = {"curvature": self.curvature, "ripple": self.ripple, "period": self.period}
        return Ripples(**same, centre=self.centre_x), Ripples(**same, centre=self.centre_y)

    @property
    def start(self) -> Floats:
        return np.array([axis.start for axis in self._axes]) * [1, -1]

    @property
    def bounds(self) -> Bounds:
        x, y = self._axes
        return x.bounds, y.bounds

    @property
    def minima(self) -> Floats:
        x, y = self._axes
        places = np.stack(np.meshgrid(x.minima, y.minima), axis=-1).reshape(-1, 2)
        return places[np.argsort(self(places), kind="stable")]

    def height(self, x: Floats, y: Floats) -> Floats:
        along_x, along_y = self._axes
        return along_x.height(x) + along_y.height(y)

    def slope(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        along_x, along_y = self._axes
        return along_x.slope(x), along_y.slope(y)
