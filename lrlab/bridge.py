"""Deprecated name of :mod:`lrlab.torch_scheduler`; lrlab 0.2 won't have it."""

import warnings

from lrlab.torch_scheduler import PlateauLR, ScheduleLR
from lrlab.torch_scheduler import build_equivalent as torch_twin

__all__ = ["PlateauLR", "ScheduleLR", "torch_twin"]

warnings.warn("lrlab.bridge is now called lrlab.torch_scheduler", DeprecationWarning, stacklevel=2)
