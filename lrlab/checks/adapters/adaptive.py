"""How the answers of unit "adaptive" are called, and what is looked at."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lrlab.checks.drive import Facts, in_some_form
from lrlab.checks.exercise import Adapter
from lrlab.checks.plain import Complaint, plain

LIBRARY = ("torch.optim", "lrlab.adaptive")


Hyper = Mapping[str, Any]


def _steps(answer: Callable[..., Any], start: Sequence[float], grads: Sequence[Sequence[float]], hyper: Hyper) -> Any:
    """The parameters after each step, on fresh float tensors; the state travels as the answer gives it."""
    import torch

    name = getattr(answer, "__name__", "it")
    hyper = {k: tuple(v) if isinstance(v, list) else v for k, v in hyper.items()}
    state: Any = {}
    path: list[Any] = []
    changed: list[str] = []
    param = torch.tensor(start)
    for values in grads:
        grad = torch.tensor(values)
        before = [plain(param), plain(grad), _frozen(state)]
        found = answer(param, grad, state, **hyper)
        if not isinstance(found, tuple | list) or len(found) != 2:
            raise Complaint(
                f"The answer returns {_described(found)}; a pair is due, the new param and the new state: "
                "`return param, state`."
            )
        after = [plain(param), plain(grad), _frozen(state)]
        changed += [w for w, a, b in zip(("param", "grad", "the state"), before, after, strict=True) if a != b]
        param, state = found
        if param is None:
            raise Complaint(f"The new param that {name} returns is None.")
        path.append(param)
        param = torch.as_tensor(param)
    return path, sorted(set(changed))


def _frozen(state: Any) -> Any:
    """The state's values, to be compared later; what has no values is copied."""
    if isinstance(state, Mapping):
        return {str(k): _frozen(v) for k, v in state.items()}
    if isinstance(state, list | tuple):
        return [_frozen(v) for v in state]
    values = plain(state)
    return vars(copy.copy(state)) if isinstance(values, dict) and hasattr(state, "__dict__") else values


def _described(found: Any) -> str:
    if isinstance(found, tuple | list):
        return f"{len(found)} things"
    return "nothing (None)" if found is None else f"one thing of type {type(found).__name__}"


def _run(answer: Callable[..., Any], start: Any, grads: Any, hyper: Hyper) -> dict[str, Any]:
    path, changed = _steps(answer, start, grads, hyper)
    again, _ = _steps(answer, start, grads, hyper)
    return {"params": path, "same when begun anew": plain(path) == plain(again), "changed": changed}


def _effective(answer: Callable[..., Any], grads: Sequence[float], lr: float, eps: float) -> dict[str, Any]:
    def call(form: Any) -> dict[str, Any]:
        given = form(grads)
        found = answer(given, lr, eps)
        return {"rate": found, "changed": [] if list(given) == list(grads) else ["grad_history"]}

    return in_some_form(call)


def _step(name: str) -> Adapter:
    """The adapter of an exercise that writes one step of an optimizer."""
    return Adapter(
        name=name,
        parameters=("param", "grads", "hyper"),
        driver=Facts(_run, watch=LIBRARY, torch=True),
        labels={"params": ("update", "coordinate")},
        show_call=lambda param, grads, hyper: (
            f"{name}: {len(grads)} steps from {param}"
            + "".join(f", {k}={tuple(v) if isinstance(v, list) else v}" for k, v in hyper.items())
        ),
    )


ADAPTERS = (
    _step("adagrad_step"),
    _step("rmsprop_step"),
    _step("adadelta_step"),
    _step("adam_step"),
    Adapter(name="effective_lr", parameters=("grad_history", "lr", "eps"), driver=Facts(_effective, watch=LIBRARY)),
)
