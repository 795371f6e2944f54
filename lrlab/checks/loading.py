"""Load torch, once, with what it loads lazily itself."""

from __future__ import annotations

import functools


@functools.cache
def load_torch() -> None:
    """The first optimizer of a process imports a good part of torch, for about a second."""
    import torch
    import torch.optim.lr_scheduler

    torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1).step()
