"""What every landscape is: a frozen, callable object from parameters to a loss, with its gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from lrlab._formula import Floats, Formula
from lrlab._validation import Validator, number

FINITE = Validator("a finite number", number(lambda x: True))
Finite = Annotated[float, FINITE]


@dataclass(frozen=True)
class Landscape(Formula):
    """A loss as a function of one parameter, or of two.

    In one dimension ``x`` has any shape, and so has ``f(x)``: a builtin ``float`` for one point. In two, ``x`` has
    shape ``(..., 2)``, ``f(x)`` the shape ``(...)``, and ``f.gradient(x)`` that of ``x``. All float64.

    A new landscape is a frozen dataclass, a ``Curve`` or a ``Surface``, with annotated fields (see
    ``lrlab._validation``), the formula in ``height`` and in ``latex``, its derivatives in ``slope``, and
    :attr:`minima`, :attr:`start` and :attr:`bounds`.

    Raises:
        ValueError: at construction for an argument that breaks its rule, and at the call for points that are not
            numbers or have the wrong shape.
    """

    dim: ClassVar[int]
    """How many parameters the loss has, 1 or 2."""

    @property
    def minima(self) -> Floats:
        """The minima within ``bounds``, the deepest first: shape ``(minima,)``, or ``(minima, 2)``."""
        raise NotImplementedError(f"{type(self).__name__} does not say its minima")

    @property
    def start(self) -> float | Floats:
        """A good place to start from, a number or an array of two."""
        raise NotImplementedError(f"{type(self).__name__} does not say a start")

    @property
    def bounds(self) -> Any:
        """What to draw, ``(low, high)``, or one such pair for each of the two parameters."""
        raise NotImplementedError(f"{type(self).__name__} does not say its bounds")

    def __call__(self, x: ArrayLike) -> Any:
        """Return the loss at ``x``."""
        raise NotImplementedError

    def gradient(self, x: ArrayLike) -> Any:
        """Return the gradient at ``x``, in the shape of ``x`` (a builtin ``float`` for one point of one parameter)."""
        raise NotImplementedError

    def nearest_minimum(self, x: ArrayLike) -> Any:
        """Return the index, in :attr:`minima`, of the minimum next to ``x``: an ``int``, or an array of them."""
        points, minima = self._points(x), self.minima
        apart = (points[..., None] - minima) ** 2 if self.dim == 1 else ((points[..., None, :] - minima) ** 2).sum(-1)
        nearest = apart.argmin(axis=-1)
        return int(nearest) if nearest.ndim == 0 else nearest

    def _points(self, x: ArrayLike) -> Floats:
        """``x`` as a float64 array in the shape that the dimension asks for."""
        words = "a number or an array of them" if self.dim == 1 else "numbers in the shape (..., 2)"
        try:
            points = np.asarray(x, dtype=np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"x must be {words}, got {x!r}") from None
        if self.dim == 2 and points.shape[-1:] != (2,):
            raise ValueError(f"x must be {words}, got shape {points.shape}")
        return points


@dataclass(frozen=True)
class Curve(Landscape):
    """A loss of one parameter: :meth:`height` is the formula and :meth:`slope` its derivative, on an array *x*."""

    dim: ClassVar[int] = 1

    def height(self, x: Floats) -> Floats:
        raise NotImplementedError(f"{type(self).__name__} does not say its formula: define height(x)")

    def slope(self, x: Floats) -> Floats:
        raise NotImplementedError(f"{type(self).__name__} does not say its derivative: define slope(x)")

    def __call__(self, x: ArrayLike) -> Any:
        return _float_or_array(self.height(self._points(x)))

    def gradient(self, x: ArrayLike) -> Any:
        return _float_or_array(self.slope(self._points(x)))


@dataclass(frozen=True)
class Surface(Landscape):
    """A loss of two parameters: :meth:`height` and, for both, :meth:`slope`, on arrays *x* and *y* of one shape."""

    dim: ClassVar[int] = 2

    def height(self, x: Floats, y: Floats) -> Floats:
        raise NotImplementedError(f"{type(self).__name__} does not say its formula: define height(x, y)")

    def slope(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        raise NotImplementedError(f"{type(self).__name__} does not say its derivatives: define slope(x, y)")

    def __call__(self, x: ArrayLike) -> Any:
        points = self._points(x)
        return _float_or_array(self.height(points[..., 0], points[..., 1]))

    def gradient(self, x: ArrayLike) -> Any:
        points = self._points(x)
        return np.stack(self.slope(points[..., 0], points[..., 1]), axis=-1)


def _float_or_array(values: Floats) -> float | Floats:
    return float(values) if np.ndim(values) == 0 else values


def fixed(values: ArrayLike) -> Floats:
    """Return a read-only array: what a class shares with all its objects."""
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


def minima_on(grid: Floats, slope: Callable[[Floats], Floats]) -> Floats:
    """Where ``slope`` rises through 0 between neighbours of the rising ``grid``, by bisection to the last bit."""
    below = slope(grid) < 0
    left = np.flatnonzero(below[:-1] & ~below[1:])
    low, high = grid[left], grid[left + 1]
    for _ in range(64):  # a float64 has 53 bits
        middle = (low + high) / 2
        falls = slope(middle) < 0
        low, high = np.where(falls, middle, low), np.where(falls, high, middle)
    return high
