"""The line of Python that makes a schedule: for lrlab, and for torch."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import MISSING, fields
from typing import Any

from lrlab.schedules import Schedule

# Twins whose arguments are no fields of the schedule, with the fields' names in braces.
_TEMPLATES = {
    "Constant": "ConstantLR(optimizer, factor=1.0)",
    "StepDecay": "LambdaLR(optimizer, lambda n: {decay} ** ((1 + n) // {every}))",
    "TimeDecay": "MultiplicativeLR(optimizer, lambda n: 1 / (1 + {decay} * (n - 1)))",
    "InverseTimeDecay": "LambdaLR(optimizer, lambda n: 1 / (1 + {decay} * n))",
    "ExponentialDecay": "ExponentialLR(optimizer, gamma=math.exp(-{decay}))",
    "LinearWarmup": "LambdaLR(optimizer, lambda n: min(1, (n + 1) / {warmup}))",
    "InverseSquareRoot": "LambdaLR(optimizer, lambda n: min((n + 1) / {warmup}, math.sqrt({warmup} / (n + 1))))",
    "WarmupStableDecay": (
        "LambdaLR(optimizer, lambda n: min((n + 1) / max({warmup}, 1), 1, "
        '{"linear": 1 - (p := max(0, min(1, (n - {warmup} - {stable}) / {decay}))), '
        '"cosine": (1 + math.cos(math.pi * p)) / 2, "sqrt": 1 - math.sqrt(p)}[{tail}]))'
    ),
    "SnapshotCosine": "CosineAnnealingWarmRestarts(optimizer, T_0=math.ceil({updates} / {cycles}))",
}


def source(value: Any) -> str:
    """``value`` as one writes it: ``Cosine(0.1, T_max=100)``, without the defaults; a function by its name."""
    if isinstance(value, Schedule) and fields(value):
        return f"{type(value).__name__}({', '.join(_arguments(value))})"
    if isinstance(value, tuple):
        return f"({', '.join(map(source, value))}{',' if len(value) == 1 else ''})"
    name = getattr(value, "__name__", None)
    if callable(value) and not isinstance(value, Schedule) and name:
        return name if name.isidentifier() else "lambda n: ..."
    return repr(value)


def _arguments(schedule: Schedule) -> Iterable[str]:
    by_name = False
    for field in fields(schedule):
        value = getattr(schedule, field.name)
        if not field.init or (field.default is not MISSING and value == field.default):
            by_name = True  # the next ones can't go by their place
            continue
        by_name = by_name or bool(field.kw_only)
        yield f"{field.name}={source(value)}" if by_name else source(value)


def torch_template(name: str, schedule: Schedule, movable: Container[str]) -> dict[str, Any] | None:
    """How the page is to write the twin of ours: a text with fields in braces, or a class and which fields it takes."""
    if name in _TEMPLATES:
        return {"text": f"torch.optim.lr_scheduler.{_TEMPLATES[name]}"}
    twin, arguments = schedule.torch_equivalent() or ("", {})
    wanted = set(arguments) | ({"base_momentum", "max_momentum"} if schedule.cycles_momentum else set())
    return (
        {"call": _path(twin), "fields": [f.name for f in fields(schedule) if f.name in wanted and f.name in movable]}
        if twin
        else None
    )


def torch_source(schedule: Schedule) -> str | None:
    """Return the call that makes torch's twin of any schedule; None if there is none that one line can hold."""
    try:
        twin = schedule.torch_equivalent()
    except TypeError:  # a composition that torch has no use for
        return None
    if twin is None or not all(_plain(value) for value in twin[1].values()):
        return None
    return f"{_path(twin[0])}({', '.join(['optimizer', *(f'{name}={value!r}' for name, value in twin[1].items())])})"


def _path(twin: str) -> str:
    return f"torch.optim.{'swa_utils' if twin == 'SWALR' else 'lr_scheduler'}.{twin}"


def _plain(value: Any) -> bool:
    return (
        all(map(_plain, value))
        if isinstance(value, (list, tuple))
        else value is None or isinstance(value, (int, float, str))
    )
