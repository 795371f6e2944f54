"""How an answer that writes one step of an optimizer is called, in every unit that asks for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

from lrlab.checks.call import Answer, Facts, load_torch
from lrlab.checks.exercise import Adapter
from lrlab.checks.serialize import PAIRS, Unusable, WrongType, to_jsonable

LIBRARY = ("torch.optim", "lrlab.adaptive")

Hyper = Mapping[str, Any]


def _walk(answer: Answer, starts: Sequence[Any], grads: Sequence[Any], hyper: Hyper) -> Any:
    """Return the first parameter after each step, and what the answer changed.

    The other parameters walk beside it, each with a state of its own and other gradients. Where ``lr`` is a list, each
    step uses the next rate of it.
    """
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
            before = [_contents(one) for one in given]
            result = answer(*given, **settings)
            if not isinstance(result, tuple | list) or len(result) != 2:
                raise WrongType(result)
            new, states[which] = result
            if new is None:
                name = getattr(answer, "__name__", "Your function")
                raise Unusable(f"{name} returned None as the new param; it should return a tensor of param's shape.")
            words = zip(("param", "grad", "the state"), given, before, strict=True)
            changed |= {word for word, one, old in words if _contents(one) != old}
            if which == 0:
                path.append(new)
            params[which] = torch.as_tensor(new)
    return path, sorted(changed)


def _contents(value: Any) -> Any:
    """Return the values in an object, whatever it is, to be compared later."""
    if isinstance(value, PAIRS):
        return {str(k): _contents(v) for k, v in value.items()}
    if isinstance(value, Sequence | Set) and not isinstance(value, str):  # lists, tuples, deques, arrays, sets
        return [_contents(v) for v in value]
    values = to_jsonable(value)
    if not isinstance(values, dict):
        return values
    return _contents(vars(value)) if hasattr(value, "__dict__") else repr(value)


def _step(answer: Answer, start: Any, grads: Any, hyper: Hyper) -> Facts:
    path, changed = _walk(answer, [start], grads, hyper)
    again, _ = _walk(answer, [start, start], grads, hyper)
    return {"params": path, "same when run again": to_jsonable(path) == to_jsonable(again), "changed": changed}


def optimizer_step(name: str) -> Adapter:
    """Return the adapter of ``name(param, grad, state, **hyper)``, which returns the new param and the new state."""
    return Adapter(name, ("param", "grads", "hyper"), _step, LIBRARY, load=load_torch)
