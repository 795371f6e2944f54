"""How the answers of unit "adaptive" are called, and what is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from functools import partial
from typing import Any

from lrlab.checks.drive import Facts, call_on_each
from lrlab.checks.exercise import Adapter
from lrlab.checks.plain import Complaint, plain

LIBRARY = ("torch.optim", "lrlab.adaptive")

Hyper = Mapping[str, Any]


def _walk(answer: Callable[..., Any], starts: Sequence[Any], grads: Sequence[Any], hyper: Hyper) -> Any:
    """The first parameter after each step, and what the answer changed; the others walk beside it, each with a state
    of its own and other gradients. Where `lr` is a list, each step uses the next rate of it."""
    import torch

    params = [torch.tensor(start) for start in starts]
    states: list[Any] = [{} for _ in starts]
    path: list[Any] = []
    changed: set[str] = set()
    for k, values in enumerate(grads):
        settings = {key: tuple(v) if key == "betas" else v for key, v in hyper.items()}
        if isinstance(hyper.get("lr"), list):
            settings["lr"] = hyper["lr"][k]
        for which in range(len(starts)):
            given = [params[which], torch.tensor(values) * (1.0 - 3.0 * which), states[which]]
            before = [_frozen(one) for one in given]
            new, states[which] = _pair(answer, answer(*given, **settings))
            words = zip(("param", "grad", "the state"), given, before, strict=True)
            changed |= {word for word, one, old in words if _frozen(one) != old}
            if which == 0:
                path.append(new)
            params[which] = torch.as_tensor(new)
    return path, sorted(changed)


def _pair(answer: Callable[..., Any], found: Any) -> Sequence[Any]:
    name = getattr(answer, "__name__", "Your function")
    if not isinstance(found, tuple | list) or len(found) != 2:
        kind = f"one object of type {type(found).__name__}"
        kind = (
            f"{len(found)} objects" if isinstance(found, tuple | list) else "nothing (None)" if found is None else kind
        )
        raise Complaint(
            f"{name} returned {kind}; it should return two, the new param and the new state: `return param, state`."
        )
    if found[0] is None:
        raise Complaint(f"{name} returned None as the new param; it should return a tensor of param's shape.")
    return found


def _frozen(value: Any) -> Any:
    """The values in an object, whatever it is, to be compared later."""
    if isinstance(value, Mapping):
        return {str(k): _frozen(v) for k, v in value.items()}
    if isinstance(value, Sequence | Set) and not isinstance(value, str):  # lists, tuples, deques, arrays, sets
        return [_frozen(v) for v in value]
    values = plain(value)
    if not isinstance(values, dict):
        return values
    return _frozen(vars(value)) if hasattr(value, "__dict__") else repr(value)


def _run(answer: Callable[..., Any], start: Any, grads: Any, hyper: Hyper) -> dict[str, Any]:
    path, changed = _walk(answer, [start], grads, hyper)
    again, _ = _walk(answer, [start, start], grads, hyper)
    return {"params": path, "same when run again": plain(path) == plain(again), "changed": changed}


def _compare(
    answer: Callable[..., Any], weights: Sequence[float], rows: Sequence[Any], size: int, lrs: Sequence[float]
) -> dict[str, Any]:
    import torch

    layer = torch.nn.Linear(2, 1, dtype=torch.float64)
    with torch.no_grad():
        layer.weight[0] = torch.tensor(weights[:2])
        layer.bias[0] = weights[2]
    table = torch.tensor(rows, dtype=torch.float64)
    batches = [(part[:, :2], part[:, 2:]) for part in table.split(size)]
    return {"losses": answer(torch.nn.Sequential(layer), batches, list(lrs))}


def _step(name: str) -> Adapter:
    """The adapter of an exercise that writes one step of an optimizer."""
    return Adapter(
        name=name,
        parameters=("param", "grads", "hyper"),
        driver=Facts(_run, watch=LIBRARY, torch=True),
        labels={"params": ("param after update", "entry")},
        show_call=lambda param, grads, hyper: (
            f"{name}: from {param}, gradients {', '.join(map(str, grads))}"
            if not hyper
            else f"{name}, {', '.join(f'{k}={v}' for k, v in hyper.items())}: from {param}, gradients "
            f"{', '.join(map(str, grads))}"
        ),
    )


ADAPTERS = (
    _step("nesterov_step"),
    _step("adamw_step"),
    Adapter(
        name="step_length",
        parameters=("method", "n", "g", "lr", "alpha"),
        driver=partial(call_on_each, watch=LIBRARY),
    ),
    Adapter(
        name="compare_rates",
        parameters=("weights", "rows", "batch_size", "lrs"),
        driver=Facts(_compare, torch=True),
        labels={"losses": ("loss of run", "update")},
        show_call=lambda weights, rows, size, lrs: (
            f"compare_rates(Linear with weight {weights[:2]} and bias {weights[2]}, batches of {size} of the rows "
            f"{', '.join(map(str, rows))} (two inputs and a target), lrs={list(lrs)})"
        ),
    ),
    _step("lion_step"),
    _step("radam_step"),
)
