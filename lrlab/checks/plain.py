"""Objects as plain data: numbers, texts, truths, None, lists and dicts, as JSON has them."""

from __future__ import annotations

import math
import numbers
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

LARGEST = 100_000  # values in one answer


class Complaint(Exception):
    """What an answer gave back can't be used. The message is a sentence for the student."""


def unwrapped(value: Any) -> Any:
    """A torch tensor as the numpy array of its values; anything else as it is."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        return (value.float() if value.dtype is torch.bfloat16 else value).numpy()
    return value


def is_single(value: Any) -> bool:
    """Whether numbers come in single precision or less, and so can't be held to more digits than they have."""
    value = unwrapped(value)
    if isinstance(value, Mapping):
        return any(map(is_single, value.values()))
    if isinstance(value, list | tuple):
        return any(map(is_single, value))
    return isinstance(value, np.ndarray | np.generic) and value.dtype.kind == "f" and value.dtype.itemsize < 8


def number(value: float) -> float | str:
    """A float; what JSON has no number for as text."""
    return value if math.isfinite(value) else str(value)


def plain(value: Any) -> Any:
    """`value` as plain data. What has no such form becomes {"type": its type}, which equals no right value."""
    value = unwrapped(value)
    odd = {"type": type(value).__name__}
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, numbers.Real):
        try:
            return number(float(value))
        except OverflowError:  # an int beyond every float
            return odd
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "iufbO" or value.size > LARGEST:
            return odd
        return plain(value.tolist())
    if isinstance(value, list | tuple | range):
        return [plain(v) for v in value] if len(value) <= LARGEST else odd
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    return odd
