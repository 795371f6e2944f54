"""Where tensors are: choosing a device, moving a model with its optimizer, keeping the random state."""

from __future__ import annotations

from lrlab._extras import require

require("torch", "torch")

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

__all__ = ["device_of", "move", "pick_device", "random_state_kept"]


def pick_device(device: str | torch.device = "auto") -> torch.device:
    """Return a device: for ``"auto"`` CUDA if there is one, else Apple's MPS, else the CPU.

    Anything else is read as torch reads it.

    ``ValueError`` for a device that torch does not know or that this machine does not have.
    """
    if device == "auto":
        accelerator = torch.accelerator.current_accelerator(check_available=True)
        return accelerator if accelerator is not None and accelerator.type in ("cuda", "mps") else torch.device("cpu")
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError):  # torch built without CUDA asserts
        raise ValueError(f"device must be 'auto' or a device that this machine has, got {str(device)!r}") from None
    return torch.device(device)


def device_of(model: nn.Module) -> torch.device:
    """Return the device of the parameters of ``model``; the CPU for a model without any."""
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))


def move(model: nn.Module, optimizer: Optimizer, device: torch.device) -> None:
    """Move ``model`` and the state of its ``optimizer`` to ``device``.

    ``nn.Module.to`` moves the parameters alone. The optimizer's state of earlier updates would stay behind, and Adagrad
    has its sums before the first update.
    """
    model.to(device)
    for group in optimizer.param_groups:
        counts_too = group.get("fused") or group.get("capturable")  # else torch keeps the number of steps on the CPU
        for parameter in group["params"]:
            state = optimizer.state.get(parameter, {})
            for name, value in state.items():
                if isinstance(value, Tensor) and (name != "step" or counts_too):
                    state[name] = value.to(parameter.device)


@contextmanager
def random_state_kept(device: torch.device) -> Iterator[None]:
    """Restore torch's global random state at the end, on the CPU and on ``device``."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        if device.type != "mps":  # of which fork_rng knows nothing
            yield
            return
        state = torch.mps.get_rng_state()
        try:
            yield
        finally:
            torch.mps.set_rng_state(state)
