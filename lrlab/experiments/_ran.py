"""What ran, in words: a result says it above its table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from lrlab.schedules import Schedule


def what_ran(
    model: Callable[..., Any] | str,
    optimizer: Callable[..., Any] | str | None,
    arguments: Mapping[str, Any] = MappingProxyType({}),
    *,
    epochs: int | None = None,
    updates: int | None = None,
    schedule: Schedule | str | None = None,
    batch_size: int | None = None,
) -> str:
    """Return network, optimizer, schedule and budget: ``"MLP, SGD(momentum=0.9), batches of 64, 3 epochs"``.

    What is None is left out, because the table's own rows name it.
    """
    parts = [_name(model)]
    if optimizer is not None:
        parts.append(_name(optimizer, arguments))
    if schedule is not None:
        parts.append(type(schedule).__name__ if isinstance(schedule, Schedule) else schedule)
    if batch_size is not None:
        parts.append(f"batches of {batch_size}")
    budget = {"epoch": epochs, "update": updates}
    parts += [f"{many} {unit}{'' if many == 1 else 's'}" for unit, many in budget.items() if many is not None]
    return ", ".join(parts)


def above(ran: str, title: str) -> str:
    """Return the title of a table with a line above that says what ran, if it is known."""
    return f"{ran}\n{title}" if ran else title


def _name(made_by: Callable[..., Any] | str, arguments: Mapping[str, Any] = MappingProxyType({})) -> str:
    if isinstance(made_by, str):
        return made_by
    given = dict(arguments)
    while isinstance(made_by, partial):
        given = {**made_by.keywords, **given}
        made_by = made_by.func
    name = getattr(made_by, "__name__", type(made_by).__name__)
    if name == "<lambda>":
        name = "a function"
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in given.items())})" if given else name
