"""What the exercises of this unit share."""

from __future__ import annotations

LIBRARY = ("lrlab.schedules", "lrlab.suggest", "torch.optim.lr_scheduler")
