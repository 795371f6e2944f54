"""A device that is none, for machines without a GPU: the CPU's numbers under another device's rules.

Its tensors hold what they stand for on the CPU and are refused beside tensors that lie there, as a GPU's are; numpy
can't read them. So a run on it shows that everything was moved that had to be, and gives the CPU's own results.
It can't show how a GPU rounds, or what it does in how much time.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.utils import _pytree as pytree
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

NAME = "pretended"
DATA: Any = Tensor.data  # at runtime a descriptor


@cache
def register() -> None:
    """Make torch know the device: for the rest of the process, as torch has no way back."""
    _setup_privateuseone_for_python_backend(NAME)


class There(Tensor):
    """A tensor on the device; ``held`` has its numbers."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> There:
        # What a view was made of in inference mode could not be viewed again outside.
        with torch.inference_mode(False):
            self = Tensor._make_wrapper_subclass(
                cls, held.size(), strides=held.stride(), storage_offset=held.storage_offset(), dtype=held.dtype,
                device=torch.device(NAME, 0),
            )  # fmt: skip
        self.held = held
        return self

    @property
    def data(self) -> Tensor:
        return DATA.__get__(self)

    @data.setter
    def data(self, value: Tensor) -> None:
        if isinstance(value, There):
            DATA.__set__(self, value)
            self.held = value.held
        else:  # torch knows how from a GPU to the CPU, and not from here
            torch.utils.swap_tensors(self, value.detach().requires_grad_(self.requires_grad))

    def __repr__(self) -> str:
        return f"There({self.held!r})"

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(func, args, kwargs or {})


class Pretended(TorchDispatchMode):
    """While it is entered, tensors can be made on the device and moved there."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(func, args, kwargs or {})


def _run(func: Any, args: Any, kwargs: Any) -> Any:
    if torch._C._dispatch_has_kernel_for_dispatch_key(func.name(), "CompositeImplicitAutograd"):
        with Pretended():  # in inference mode some arrive whole, such as `to`: in pieces they say where they go
            result = func.decompose(*args, **kwargs)
        if result is not NotImplemented:
            return result
    values, form = pytree.tree_flatten((args, kwargs))
    there = [value for value in values if isinstance(value, There)]
    here = [value for value in values if isinstance(value, Tensor) and not isinstance(value, There)]
    moves = func in (torch.ops.aten.copy_.default, torch.ops.aten._to_copy.default)
    if there and not moves and any(value.dim() for value in here):  # a GPU reads the CPU's single numbers, too
        raise RuntimeError(f"Expected all tensors to be on the same device, in {func}")
    args, kwargs = pytree.tree_unflatten([v.held if isinstance(v, There) else v for v in values], form)
    goes_there = bool(there)
    if kwargs.get("device") is not None:
        goes_there = torch.device(kwargs["device"]).type == NAME
        kwargs["device"] = torch.device("cpu")
    result = func(*args, **kwargs)
    same = {id(value.held): value for value in there} | {id(value): value for value in here}  # what works in place

    def placed(value: Any) -> Any:
        if not isinstance(value, Tensor) or id(value) in same:
            return same.get(id(value), value)
        return There(value) if goes_there else value

    return pytree.tree_map(placed, result)
