"""From a schedule to an optimizer: the one place where a schedule's value reaches ``param_groups``.

:meth:`lrlab.schedules.Schedule.attach` and :meth:`~lrlab.schedules.Schedule.torch` import this package when they are
called, and it imports the schedules: the package's one circle of imports.
"""

from __future__ import annotations

from lrlab._extras import require

require("torch", "torch")

from lrlab.torch_scheduler.equivalent import build_equivalent, build_plateau
from lrlab.torch_scheduler.schedule_lr import PlateauLR, ScheduleLR

__all__ = ["PlateauLR", "ScheduleLR", "build_equivalent", "build_plateau"]
