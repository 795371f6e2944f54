"""Learning-rate schedules as frozen, callable objects, on numpy alone.

``s(step)`` is the learning rate after ``step`` completed optimizer updates (a ``float``, or an array for an
array), ``s.curve(steps)`` the first ``steps`` of them, ``s.attach(optimizer)`` a real torch scheduler, and
``s.torch(optimizer)`` torch's own for the same curve::

    >>> s = StepDecay(0.1, decay=0.5, every=3)
    >>> s(2)
    0.05
    >>> s.curve(6).tolist()
    [0.1, 0.1, 0.05, 0.05, 0.05, 0.025]
"""

from lrlab.schedules.base import Schedule
from lrlab.schedules.cosine import Cosine, CosineWarmRestarts, SnapshotCosine
from lrlab.schedules.cycles import Cyclic, OneCycle
from lrlab.schedules.lecture import Constant, ExponentialDecay, InverseTimeDecay, StepDecay, TimeDecay
from lrlab.schedules.ramps import ConstantFactor, InverseSquareRoot, Lambda, Linear, Polynomial, WarmupStableDecay
from lrlab.schedules.twins import Exponential, MultiStep, Step

__all__ = [
    "Constant",
    "ConstantFactor",
    "Cosine",
    "CosineWarmRestarts",
    "Cyclic",
    "Exponential",
    "ExponentialDecay",
    "InverseSquareRoot",
    "InverseTimeDecay",
    "Lambda",
    "Linear",
    "MultiStep",
    "OneCycle",
    "Polynomial",
    "Schedule",
    "SnapshotCosine",
    "Step",
    "StepDecay",
    "TimeDecay",
    "WarmupStableDecay",
]
