"""Losses of one and two parameters, to walk on with any optimizer and any schedule.

A landscape is a frozen, callable object: ``f(x)`` is the loss, ``f.gradient(x)`` its gradient, on numpy alone.
:func:`descend` walks down it with an optimizer of ``torch.optim``, which it loads only then::

    >>> f = Bowl(curvature=4.0)
    >>> f(0.5), f.gradient(0.5)
    (0.5, 2.0)
    >>> descend(f, schedule=0.25, steps=3, start=1.0).positions.tolist()
    [1.0, 0.0, 0.0, 0.0]
"""

from lrlab.landscapes.base import Landscape
from lrlab.landscapes.curves import Bowl, Ripples, ValleyWithWell
from lrlab.landscapes.descent import Descent, descend
from lrlab.landscapes.surfaces import ManyMinima, Ravine, Rosenbrock

__all__ = [
    "Bowl",
    "Descent",
    "Landscape",
    "ManyMinima",
    "Ravine",
    "Ripples",
    "Rosenbrock",
    "ValleyWithWell",
    "descend",
]
