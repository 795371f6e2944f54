"""What the exercises of this unit share."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lrlab.checks.drive import Facts
from lrlab.checks.exercise import Case, Exercise, Misconception
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


def _each(step: Callable[..., tuple[float, Any]]) -> Callable[..., Any]:
    """A wrong answer from its rule for one coordinate; the state is a list, one entry for each coordinate."""

    def answer(param: Any, grad: Any, state: Any, **hyper: Any) -> Any:
        old = state.get("all", [None] * len(param))
        pairs = [step(p, g, s, **hyper) for p, g, s in zip(param.tolist(), grad.tolist(), old, strict=True)]
        return [p for p, _ in pairs], {"all": [s for _, s in pairs]}

    return answer


def _over(a: float, b: float) -> float:
    return a / b if b else math.nan if not a else math.copysign(math.inf, a)


def _exercise(
    name: str,
    cases: tuple[Case, ...],
    misconceptions: Sequence[tuple[str, str, Callable[..., Any]]],
    hint: str,
    formulas: Sequence[Misconception] = (),
) -> Exercise:
    return Exercise(
        name=name,
        parameters=("param", "grads", "hyper"),
        cases=cases,
        misconceptions=(*(Misconception(n, h, _each(f)) for n, h, f in misconceptions), *formulas),
        hint=hint,
        problem_hints={
            "same when begun anew": f"A second run from the empty state {{}} goes another way: {name} remembers "
            f"something "
            "outside of its state. Everything that the next step needs belongs into the state that you return.",
            "changed": "In-place operations do that: `-=`, `*=`, `add_`, `mul_`, and `state[…] = …` on the "
            "dictionary given. Make new tensors and a new dictionary.",
        },
        labels={"params": ("update", "coordinate")},
        driver=Facts(_run, watch=LIBRARY, torch=True),
        show_call=lambda param, grads, hyper: (
            f"{name}: {len(grads)} steps from {param}"
            + "".join(f", {k}={tuple(v) if isinstance(v, list) else v}" for k, v in hyper.items())
        ),
    )


GRADS = [[2.0, -0.5], [0.25, 0.5], [-4.0, 0.25]]


TINY = [[9.313225746154785e-10, -5.960464477539063e-08], [1.862645149230957e-09, 1.4901161193847656e-08]]  # near eps


QUIET = [[0.0, 1.0], [0.5, 0.0]]  # a gradient of 0 at the first step: 0 / 0 where eps is forgotten


def _with(rule: Callable[..., Any], **change: Any) -> Callable[..., Any]:
    return lambda *a, **hyper: rule(*a, **hyper, **change)


def _default(rule: Callable[..., Any], **fixed: Any) -> Callable[..., Any]:
    """The rule with defaults other than torch's."""
    return lambda *a, **hyper: rule(*a, **(fixed | hyper))
