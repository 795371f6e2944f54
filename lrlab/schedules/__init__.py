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
from lrlab.schedules.decay import Exponential, MultiStep, Step
from lrlab.schedules.join import Join, warmup
from lrlab.schedules.lecture import Constant, ExponentialDecay, InverseTimeDecay, StepDecay, TimeDecay
from lrlab.schedules.piecewise import PiecewiseLinear
from lrlab.schedules.plateau import ReduceOnPlateau
from lrlab.schedules.product import Product, Scaled
from lrlab.schedules.ramps import SWA, ConstantFactor, Linear, Polynomial
from lrlab.schedules.user_defined import Lambda, Multiplicative
from lrlab.schedules.warmups import InverseSquareRoot, LinearWarmup, WarmupStableDecay

__all__ = [
    "SWA",
    "Constant",
    "ConstantFactor",
    "Cosine",
    "CosineWarmRestarts",
    "Cyclic",
    "Exponential",
    "ExponentialDecay",
    "InverseSquareRoot",
    "InverseTimeDecay",
    "Join",
    "Lambda",
    "Linear",
    "LinearWarmup",
    "MultiStep",
    "Multiplicative",
    "OneCycle",
    "PiecewiseLinear",
    "Polynomial",
    "Product",
    "ReduceOnPlateau",
    "Scaled",
    "Schedule",
    "SnapshotCosine",
    "Step",
    "StepDecay",
    "TimeDecay",
    "WarmupStableDecay",
    "catalogue",
    "warmup",
]


def catalogue() -> dict[str, type[Schedule]]:
    """Every schedule there is, by name. ``cls(**cls.example)`` is a typical one of each."""
    public = {name: globals()[name] for name in __all__}
    return {
        name: cls
        for name, cls in public.items()
        if isinstance(cls, type) and issubclass(cls, Schedule) and cls is not Schedule
    }
