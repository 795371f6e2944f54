"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import copy
import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from lrlab.units import Help, Misconception


def _with(rule: Callable[..., Any], **change: Any) -> Callable[..., Any]:
    """A wrong answer: the rule, in double precision, with something changed."""

    def answer(param: Any, grad: Any, state: Any, **hyper: Any) -> Any:
        return rule(np.asarray(param, dtype=float), np.asarray(grad, dtype=float), state, **(hyper | change))

    return answer


def _default(rule: Callable[..., Any], **fixed: Any) -> Callable[..., Any]:
    """The rule with defaults other than those asked for."""
    return lambda param, grad, state, **hyper: _with(rule)(param, grad, state, **(fixed | hyper))


def _nesterov(x: Any, g: Any, state: Any, *, lr: Any = 0.001, momentum: float = 0.9, **change: Any) -> Any:
    old = state.get("b", 0.0)
    share = 1 - momentum if change.get("dampened") else 1.0
    b = momentum * (0.0 if change.get("forget") else old) + share * g
    if change.get("with_lr"):
        b = momentum * old + lr * g
        return x - (lr * g + momentum * b), {"b": b}
    ahead = {"classical": b, "buffer alone": momentum * b, "undamped": g + b, "plain": g}
    ahead |= {"old": g + momentum * old, "both": (1 + momentum) * b, "exchanged": momentum * g + b}
    ahead |= {"old ahead": b + momentum * old}
    ahead |= {"squared": g + momentum**2 * b, "shares": (1 - momentum) * g + momentum * b}
    step = ahead.get(change.get("step", ""), g + momentum * b)
    if not state and change.get("first") == "plain":
        step = g
    if not state and change.get("first") == "no buffer":
        b, step = 0.0 * g, g
    if change.get("lr_of_g"):
        return x - lr * g - momentum * b, {"b": b}
    b = {"step": step, "gradient": g}.get(change.get("keeps", ""), b)
    return x - change.get("sign", 1) * (1.0 if change.get("no_lr") else lr) * step, {"b": b}


def _means(g: Any, state: Any, betas: Any, change: Any) -> Any:
    b1, b2 = reversed(betas) if change.get("swapped") else betas
    t = 1 if change.get("stuck") else state.get("t", 0) + 1
    m = b1 * state.get("m", 0.0) + (1.0 if change.get("whole_m") else 1 - b1) * g
    square = abs(g) if change.get("sizes") else m * m if change.get("of_m") else g * g
    v = b2 * state.get("v", 0.0) + (1.0 if change.get("whole_v") else 1 - b2) * square
    k = t + change.get("late", 0)
    c1, c2 = 1 - b1**k, 1 - b2**k
    if change.get("no_power"):
        c1, c2 = 1 - b1, 1 - b2
    if change.get("one_beta"):
        c2 = c1
    if change.get("only_v"):
        c1 = 1.0
    if change.get("times"):
        c1, c2 = 1 / c1 if change["times"] == "both" else c1, 1 / c2
    if change.get("root_of_share"):
        c2 = math.sqrt(c2)
    if k == 0:
        c1 = c2 = 1.0 if change.get("guarded") else np.float64(0.0)
    if change.get("uncorrected"):
        c1 = c2 = 1.0
    after = {"t": t, "m": m, "v": v}
    if change.get("kept"):
        after |= {"m": m / c1, "v": v / c2}
    if change.get("kept_m"):
        after["m"] = m / c1
    if change.get("kept_v"):
        after["v"] = v / c2
    for name in change.get("forgets", ()):
        del after[name]
    return m / (1.0 if change.get("raw_m") else c1), v, 1.0 if change.get("only_m") else c2, k, b1, b2, after


def _adamw(
    x: Any,
    g: Any,
    state: Any,
    *,
    lr: Any = 0.001,
    betas: Any = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.01,
    **change: Any,
) -> Any:
    decay = change.get("decay", "")
    if decay == "coupled":
        g = g + weight_decay * x
    m, v, c2, *_, after = _means(g, state, betas, change)
    root = np.sqrt(v / c2 + eps) if change.get("inside") else np.sqrt(v / c2) + eps
    root = {
        "late": (np.sqrt(v) + eps) / np.sqrt(c2),
        "none": np.sqrt(v / c2),
        "at least": np.maximum(np.sqrt(v / c2), eps),
        "no root": v / c2 + eps,
        "at its mean": np.sqrt(v / c2).mean() + eps,
    }.get(change.get("divisor", ""), root)
    step = change.get("sign", 1) * (1.0 if change.get("no_lr") else lr) * (g if change.get("of_g") else m) / root
    if decay == "in the fraction":
        step = lr * (m + weight_decay * x) / root
    shrunk = {"": 1 - lr * weight_decay, "no lr": 1 - weight_decay, "grows": 1 + lr * weight_decay}.get(decay, 1.0)
    if decay == "sign":
        step = step + lr * weight_decay * np.sign(x)
    if decay == "where it moves":
        shrunk = np.where(g == 0, 1.0, 1 - lr * weight_decay)
    if decay == "again":
        shrunk = (1 - lr * weight_decay) ** after["t"]
    return shrunk * x - step, after


def _adamw_after(x: Any, g: Any, state: Any, *, lr: Any = 0.001, weight_decay: float = 0.01, **hyper: Any) -> Any:
    moved, after = _adamw(x, g, state, lr=lr, weight_decay=0.0, **hyper)
    return (1 - lr * weight_decay) * moved, after


def _lion(
    x: Any, g: Any, state: Any, *, lr: Any = 1e-4, betas: Any = (0.9, 0.99), weight_decay: float = 0.0, **change: Any
) -> Any:
    b1, b2 = reversed(betas) if change.get("swapped") else betas
    old = state.get("m", g if change.get("starts_at_g") else 0.0)
    decay = change.get("decay", "")
    if decay == "coupled":
        g = g + weight_decay * x
    old_in_c, g_in_c = change.get("shares_c", lambda b1, b2: (b1, 1 - b1))(b1, b2)
    old_in_m, g_in_m = change.get("shares_m", lambda b1, b2: (b2, 1 - b2))(b1, b2)
    c, m = old_in_c * old + g_in_c * g, old_in_m * old + g_in_m * g
    if change.get("m_of_c"):
        m = b2 * c + (1 - b2) * g
    new_c = b1 * m + (1 - b1) * g
    used = {
        "m": m,
        "g": g,
        "old": old * np.ones_like(g),
        "c of the new m": new_c,
        "sign of g in c": b1 * old + (1 - b1) * np.sign(g),
    }.get(change.get("used", ""), c)
    sign = used if change.get("no_sign") else np.sign(used)
    if change.get("at_zero"):
        sign = np.where(used == 0, change["at_zero"], sign)
    sign = {"tanh": np.tanh(c), "norm": c / (np.linalg.norm(c) or 1.0), "times g": np.sign(c) * abs(g)}.get(
        change.get("size", ""), sign
    )
    if change.get("rests"):
        sign = np.where(g == 0, 0.0, sign)
    if decay == "in the sign":
        sign = np.sign(c + weight_decay * x)
    if change.get("sign_kept"):
        m = b2 * old + (1 - b2) * sign
    kept = c if change.get("keeps_c") else m
    shrunk = {"": 1 - lr * weight_decay, "no lr": 1 - weight_decay, "grows": 1 + lr * weight_decay}.get(decay, 1.0)
    if decay == "sign":
        sign = sign + weight_decay * np.sign(x)
    moved = x - change.get("direction", 1) * lr * sign
    return ((1 - lr * weight_decay) * moved if decay == "after" else moved + (shrunk - 1) * x), {
        "m": 0.0 * kept if change.get("forgets") else kept
    }


def _with_no_lr(param: Any, grad: Any, state: Any, *, lr: Any = 1e-4, weight_decay: float = 0.0, **hyper: Any) -> Any:
    return _with(_lion)(param, grad, state, lr=1.0, weight_decay=weight_decay, **hyper)


def _radam(
    x: Any, g: Any, state: Any, *, lr: Any = 0.001, betas: Any = (0.9, 0.999), eps: float = 1e-8, **change: Any
) -> Any:
    m, v, c2, t, b1, b2, after = _means(g, state, betas, change)
    share = b1 if change.get("first_beta") else b2
    eps = 0.0 if change.get("no_eps") else eps
    longest = change.get("longest", lambda share: 2 / (1 - share) - 1)(share)
    length = longest - (1 if change.get("once") else 2) * change.get("sum", lambda t, b: t * b**t / (1 - b**t))(
        t, share
    )
    if change.get("switch", lambda t, length, longest: length > change.get("limit", 5))(t, length, longest):
        factor = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
        factor = 1.0 if change.get("no_factor") else factor if change.get("no_root") else math.sqrt(abs(factor))
        if "factor" in change:
            factor = change["factor"](length, longest)
        root = np.sqrt(v / c2) + eps if change.get("late_eps") else (np.sqrt(v) + eps) / math.sqrt(c2)
        if change.get("inside"):
            root = np.sqrt((v + eps) / c2)
        root = root * change.get("corrected", lambda c2: 1.0)(c2)
        late = {"g": g, "raw": after["m"]}.get(change.get("after", ""), m)
        return x - lr * factor * late / root, after
    if change.get("late_v"):
        after["v"] = state.get("v", 0.0)
    if change.get("reset"):
        after |= {"m": 0.0, "v": 0.0}
    if change.get("early") in ("nothing", "raw"):
        return x - (0.0 if change["early"] == "nothing" else lr) * after["m"], after
    if change.get("early_root") == "Adam's":
        return x - lr * m / (np.sqrt(v / c2) + eps), after
    if change.get("early_root"):
        return x - lr * m / ((np.sqrt(v) + eps) / math.sqrt(c2)), after
    return x - lr * (g if change.get("early_g") else m), after


DEFAULTS = (
    "One of your defaults is another one than in the exercise, which has {}. Compare the first line of your function."
)
UPHILL = "Your step goes uphill: subtract it from param."
T_IS_ONE = ("t is always 1", "Your t is 1 at every step: count the steps in the state.")
NEVER_ABOVE = (
    "You step with m̂ all the time: your ρ never gets above 5, or you never ask. Print ρ beside the table of the small "
    "example. Where it is above 5, the step is r times Adam's."
)
STEP_OF_G = (
    "Your step is lr · g, at the first step at least. The buffer takes in the gradient before the step, so momentum · "
    "buffer (at the first step momentum · g) is added to g."
)
T_HIGH = ("t one too high", "Your t is one too high: it is 1 at the first step.")
T_LOW = "Your t is one too low: it is 1 at the first step. Count the step before you correct m and v."
DECAY_LATE = "You shrink the param that has already moved. The decay uses param as it was before the step."


def _help(hint: str, rules: Sequence[tuple[str, str, Callable[..., Any]]], *, categories: Sequence[str] = ()) -> Help:
    """What is known of an exercise that writes one step of an optimizer."""
    return Help(
        categories=categories,
        labels={"params": ("param after update", "entry")},
        hint=hint,
        problem_hints={
            "same when run again": "A second run, with another parameter trained beside it, gives other values: your "
            "function keeps something outside `state`, in a global variable, a default argument or an attribute. Put "
            "everything that the next step needs into the state that you return.",
            "changed": "`-=`, `*=`, `add_`, `mul_`, `append` and `state[…] = …` change an object in place. Make new "
            "tensors and a new dictionary instead.",
            "should_return": "two objects, the new param and the new state: `return param, state`",
        },
        misconceptions=tuple(Misconception(*rule) for rule in rules),
    )


def _length(**change: Any) -> Callable[..., float]:
    """A wrong `step_length`: the right lengths by method, some of them changed."""

    def answer(method: str, n: int, g: float, lr: float, alpha: float) -> float:
        rules: dict[str, Callable[..., float]] = {
            "SGD": lambda n, g, lr, alpha: lr * abs(g),
            "Adagrad": lambda n, g, lr, alpha: lr / math.sqrt(n),
            "RMSProp": lambda n, g, lr, alpha: lr / math.sqrt(1 - alpha**n),
            "Adam": lambda n, g, lr, alpha: lr,
        }
        return float((rules | change)[method](n, g, lr, alpha))

    return answer


def _comparison(
    *,
    shared: bool = False,
    reset: bool = True,
    per_batch: bool = False,
    with_lr: bool = True,
    clear: bool = True,
    clear_between: bool = True,
    method: Any = torch.optim.Adam,
    late: bool = False,
    reset_often: bool = False,
    loss: Callable[..., Any] = functional.mse_loss,
    kept: Callable[[list[Any]], Any] = list,
) -> Callable[..., Any]:
    """A wrong `compare_rates`."""

    def answer(model: Any, batches: Any, lrs: Any) -> Any:
        start = copy.deepcopy(model.state_dict())
        common = method(model.parameters(), lr=0.001)
        runs = []
        for lr in lrs:
            if reset:
                model.load_state_dict(start)
            optimizer = common if shared else method(model.parameters(), lr=lr if with_lr else 0.001)
            for group in optimizer.param_groups:
                group["lr"] = lr if with_lr else 0.001
            losses = []
            for inputs, targets in batches:
                if per_batch:
                    optimizer = method(model.parameters(), lr=lr)
                if reset_often:
                    model.load_state_dict(start)
                now = loss(model(inputs), targets)
                if clear:
                    optimizer.zero_grad()
                now.backward()
                optimizer.step()
                losses.append((loss(model(inputs), targets) if late else now).item())
            if clear_between:
                model.zero_grad()
            runs.append(losses)
        return kept(runs)

    return answer


def _with_old_count(model: Any, batches: Any, lrs: Any) -> Any:
    start = copy.deepcopy(model.state_dict())
    optimizer = torch.optim.Adam(model.parameters())
    runs = []
    for lr in lrs:
        model.load_state_dict(start)
        optimizer.param_groups[0]["lr"] = lr
        for means in optimizer.state.values():
            means["exp_avg"].zero_()
            means["exp_avg_sq"].zero_()
        losses = []
        for inputs, targets in batches:
            loss = functional.mse_loss(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        runs.append(losses)
    return runs


MISTAKES = {
    "nesterov_step": _help(
        "At the first step the buffer is g, so the step is lr · (1 + momentum) · g. Print the buffer after each step.",
        (
            ("uphill", UPHILL, _with(_nesterov, sign=-1)),
            (
                "classical momentum",
                "You step with the new buffer itself, which is momentum without Nesterov's change: momentum · *old* "
                "buffer + g is just that. Step with g + momentum · *new* buffer.",
                _with(_nesterov, step="classical"),
            ),
            (
                "gradient left out",
                "You step with momentum · buffer alone. The present gradient is added to it: g + momentum · buffer.",
                _with(_nesterov, step="buffer alone"),
            ),
            (
                "momentum left out of the step",
                "You step with g + buffer. The buffer counts momentum times: g + momentum · buffer.",
                _with(_nesterov, step="undamped"),
            ),
            (
                "plain SGD",
                STEP_OF_G,
                _with(_nesterov, step="plain"),
            ),
            (
                "new gradient damped",
                "Your buffer takes in (1 - momentum) · g, as Adam's mean does. In SGD's buffer the new gradient counts "
                "in full: momentum · buffer + g.",
                _with(_nesterov, dampened=True),
            ),
            (
                "state forgotten",
                "Your buffer starts from 0 at every step. Read the old buffer from `state`, and return the new one.",
                _with(_nesterov, forget=True),
            ),
            (
                "lr in the buffer",
                "Your buffer stores lr · g. When a schedule changes lr, the old steps keep their old rate; in PyTorch "
                "they don't. Keep the gradients alone, and multiply by lr where param changes.",
                _with(_nesterov, with_lr=True),
            ),
            ("no lr", "lr is missing: param changes by lr times the step.", _with(_nesterov, no_lr=True)),
            *(
                (
                    f"other default, {name} {value}",
                    DEFAULTS.format("lr=0.001, momentum=0.9"),
                    _default(_nesterov, **{name: value}),
                )
                for name, value in (("lr", 0.01), ("lr", 0.1), ("lr", 0.0001), ("momentum", 0.5), ("momentum", 0.99))
            ),
            (
                "old buffer ahead",
                "Your step is the new buffer plus momentum · *old* buffer. It is g + momentum · *new* buffer.",
                _with(_nesterov, step="old ahead"),
            ),
            (
                "buffer in place of g",
                "You step with (1 + momentum) · buffer. The gradient itself is in the step once: g + momentum · "
                "buffer.",
                _with(_nesterov, step="both"),
            ),
            (
                "momentum times g",
                "You multiply the gradient by the momentum in place of the buffer: g + momentum · buffer.",
                _with(_nesterov, step="exchanged"),
            ),
            (
                "momentum twice",
                "The momentum multiplies the buffer twice in your step. The step is g + momentum · buffer.",
                _with(_nesterov, step="squared"),
            ),
            (
                "first step plain",
                STEP_OF_G,
                _with(_nesterov, first="plain"),
            ),
            (
                "first buffer empty",
                STEP_OF_G,
                _with(_nesterov, first="no buffer"),
            ),
            (
                "step kept as buffer",
                "You keep the step as the next buffer. Keep the buffer: g + momentum · buffer is for this step only.",
                _with(_nesterov, keeps="step"),
            ),
            (
                "gradient kept as buffer",
                "You keep the last gradient in place of the buffer, so the ones before it are forgotten.",
                _with(_nesterov, keeps="gradient"),
            ),
            (
                "lr for g alone",
                "lr multiplies the gradient alone. It multiplies the whole step: lr · (g + momentum · buffer).",
                _with(_nesterov, lr_of_g=True),
            ),
        ),
    ),
    "adamw_step": _help(
        "At the first step m̂ is g and v̂ is g², so you get (1 - lr · weight_decay) · param - lr · g / (|g| + eps).",
        (
            ("uphill", UPHILL, _with(_adamw, sign=-1)),
            (
                "decay in the gradient",
                "You add weight_decay · param to the gradient, as Adam's own weight_decay does. Then √v̂ divides the "
                "decay as well. In AdamW the decay never goes through m and v: shrink param directly.",
                _with(_adamw, decay="coupled"),
            ),
            (
                "decay in the fraction",
                "You add weight_decay · param to m̂, so √v̂ divides the decay as well. Subtract lr · weight_decay · "
                "param on its own.",
                _with(_adamw, decay="in the fraction"),
            ),
            (
                "decay without lr",
                "You shrink param by weight_decay. It shrinks by lr · weight_decay, so that the decay follows the "
                "schedule of lr.",
                _with(_adamw, decay="no lr"),
            ),
            ("decay after the step", DECAY_LATE, _with(_adamw_after)),
            (
                "param grows",
                "Your decay makes param larger: the factor is 1 - lr · weight_decay.",
                _with(_adamw, decay="grows"),
            ),
            (
                "no decay",
                "The decay is missing: this is Adam. Shrink param by lr · weight_decay.",
                _with(_adamw, decay="none"),
            ),
            (
                "no bias correction",
                "The bias correction is missing: m and v start at 0, so their first values are far too small. "
                "Divide by 1 - β₁ᵗ and 1 - β₂ᵗ.",
                _with(_adamw, uncorrected=True),
            ),
            ("only m corrected", "You correct m but not v: divide v by 1 - β₂ᵗ as well.", _with(_adamw, only_m=True)),
            (
                "t is always 1",
                "Your correction is 1 - β at every step: the power t is missing, or your t stays 1. Count the steps "
                "in the "
                "state, and correct by 1 - βᵗ.",
                _with(_adamw, stuck=True),
            ),
            (*T_HIGH, _with(_adamw, late=1)),
            ("t one too low", T_LOW, _with(_adamw, late=-1)),
            ("t one too low, not corrected at 0", T_LOW, _with(_adamw, late=-1, guarded=True)),
            (
                "corrected values kept",
                "You put the corrected m and v into the state, so they are corrected again at the next step. "
                "Keep the uncorrected ones.",
                _with(_adamw, kept=True),
            ),
            (
                "eps inside the root",
                "Your eps is inside the root. AdamW adds it to the root: sqrt(v̂) + eps.",
                _with(_adamw, inside=True),
            ),
            (
                "betas swapped",
                "You have the two betas the wrong way round: β₁ is for m, β₂ for v.",
                _with(_adamw, swapped=True),
            ),
            *(
                (
                    f"other default, {name} {value}",
                    DEFAULTS.format("lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01"),
                    _default(_adamw, **{name: value}),
                )
                for name, value in (
                    ("weight_decay", 0.0),
                    ("weight_decay", 0.1),
                    ("lr", 0.01),
                )
            ),
            ("only v corrected", "You correct v but not m: divide m by 1 - β₁ᵗ as well.", _with(_adamw, only_v=True)),
            (
                "multiplied by the correction",
                "You multiply by 1 - βᵗ. m and v are too small at first: divide by it.",
                _with(_adamw, times="both"),
            ),
            (
                "v multiplied by the correction",
                "You multiply by 1 - βᵗ. m and v are too small at first: divide by it.",
                _with(_adamw, times="v"),
            ),
            ("v corrected with β₁", "You correct both means with β₁. v needs 1 - β₂ᵗ.", _with(_adamw, one_beta=True)),
            (
                "root of the correction",
                "You divide v by the root of 1 - β₂ᵗ. v̂ is v / (1 - β₂ᵗ); the root is taken of v̂ as a whole.",
                _with(_adamw, root_of_share=True),
            ),
            (
                "eps before the correction",
                "You add eps to the root of the uncorrected v. AdamW corrects first: sqrt(v̂) + eps.",
                _with(_adamw, divisor="late"),
            ),
            (
                "eps left out",
                "eps is missing: divide by sqrt(v̂) + eps. Without it a gradient of 0 gives 0 / 0, which is nan.",
                _with(_adamw, divisor="none"),
            ),
            (
                "eps as a lower limit",
                "You take eps as the least divisor. It is added: sqrt(v̂) + eps.",
                _with(_adamw, divisor="at least"),
            ),
            ("no root", "You divide by v̂. Divide by its root: sqrt(v̂) + eps.", _with(_adamw, divisor="no root")),
            (
                "one divisor for all entries",
                "You divide all entries by the same number. The rule applies to each entry on its own.",
                _with(_adamw, divisor="at its mean"),
            ),
            (
                "gradient for m",
                "You step with g. The numerator is m̂, the corrected mean of the gradients.",
                _with(_adamw, of_g=True),
            ),
            ("no lr", "lr is missing in the step: it is lr · m̂ / (sqrt(v̂) + eps).", _with(_adamw, no_lr=True)),
            (
                "m undamped",
                "Your m takes in the whole gradient, as SGD's buffer does. It takes in (1 - β₁) · g.",
                _with(_adamw, whole_m=True),
            ),
            (
                "v undamped",
                "Your v takes in the whole square. It takes in (1 - β₂) · g².",
                _with(_adamw, whole_v=True),
            ),
            ("not squared", "Your v takes in |g|. It takes in the square g².", _with(_adamw, sizes=True)),
            (
                "square of m",
                "Your v takes in m². It takes in the square of the gradient, g².",
                _with(_adamw, of_m=True),
            ),
            (
                "corrected m kept",
                "You put the corrected m into the state, so it is corrected again at the next step. Keep the "
                "uncorrected one.",
                _with(_adamw, kept_m=True),
            ),
            (
                "corrected v kept",
                "You put the corrected v into the state, so it is corrected again at the next step. Keep the "
                "uncorrected one.",
                _with(_adamw, kept_v=True),
            ),
            *(
                (
                    f"{' and '.join(names)} forgotten",
                    f"Your state has no {' and no '.join(names)} for the next step, where that begins from 0 again.",
                    _with(_adamw, forgets=names),
                )
                for names in (("m",), ("v",), ("m", "v"))
            ),
            (
                "nothing remembered",
                "Your state is the same at every step: m and v begin from 0 again, and t is always 1. Return all "
                "three, "
                "and read them at the next step.",
                _with(_adamw, forgets=("m", "v", "t")),
            ),
            (
                "decay by the sign",
                "Your decay takes off lr · weight_decay from every entry, whatever its size. It takes off that share "
                "*of param*.",
                _with(_adamw, decay="sign"),
            ),
            (
                "decay where the gradient is not 0",
                "Where the gradient is 0 yours is not shrunk. The decay doesn't depend on the gradient.",
                _with(_adamw, decay="where it moves"),
            ),
            (
                "decay again and again",
                "Your decay grows with t. param has been shrunk by the steps before already: multiply by "
                "1 - lr · weight_decay once.",
                _with(_adamw, decay="again"),
            ),
        ),
    ),
    "lion_step": _help(
        "Compute c from the old m, take the step with its sign, and only then the new m from the old m. The two betas "
        "have different jobs.",
        (
            ("uphill", UPHILL, _with(_lion, direction=-1)),
            (
                "signs mixed into c",
                "You mix the *sign* of the gradient into c. c is a mean of the old m and the gradient itself; its "
                "sign is "
                "taken at the end.",
                _with(_lion, used="sign of g in c"),
            ),
            (
                "no sign",
                "You step with c itself. Lion takes its sign, so every entry moves by lr (beside the decay).",
                _with(_lion, no_sign=True),
            ),
            (
                "sign of the gradient",
                "What came before has no influence on your step: you take the sign of g, or your state has no m for "
                "the "
                "next step. Take the sign of c = β₁ · m + (1 - β₁) · g.",
                _with(_lion, used="g"),
            ),
            (
                "sign of the new m",
                "You take the sign of the new m (or β₂ for both, which is the same). The step uses c, which is "
                "computed "
                "with β₁ from the old m.",
                _with(_lion, used="m"),
            ),
            (
                "c of the new m",
                "You update m first and compute c from the new m. So the present gradient counts twice: compute c from "
                "the old m.",
                _with(_lion, used="c of the new m"),
            ),
            (
                "sign of the old m",
                "You take the sign of m alone, so the present gradient comes one step late. Take the sign of c.",
                _with(_lion, used="old"),
            ),
            (
                "c kept as m",
                "You keep c as the next m (or use β₁ for both, which is the same). c is for this step only: m is "
                "updated "
                "with β₂, from the old m.",
                _with(_lion, keeps_c=True),
            ),
            (
                "sign kept in m",
                "Your m takes in the sign. It takes in the gradient itself: β₂ · m + (1 - β₂) · g.",
                _with(_lion, sign_kept=True),
            ),
            (
                "betas swapped",
                "You have the two betas the wrong way round: β₁ is for c, β₂ for m.",
                _with(_lion, swapped=True),
            ),
            (
                "decay in the gradient",
                "You add weight_decay · param to the gradient, where only its sign counts. Subtract "
                "lr · weight_decay · param on its own.",
                _with(_lion, decay="coupled"),
            ),
            (
                "decay without lr",
                "You shrink param by weight_decay. It shrinks by lr · weight_decay.",
                _with(_lion, decay="no lr"),
            ),
            ("decay after the step", DECAY_LATE, _with(_lion, decay="after")),
            ("no decay", "The decay is missing: subtract lr · weight_decay · param too.", _with(_lion, decay="none")),
            (
                "moves where c is 0",
                "Where c is 0 your entry moves by lr. The sign of 0 is 0: np.sign and torch.sign know that, "
                "a comparison with > or < doesn't.",
                _with(_lion, at_zero=-1.0),
            ),
            (
                "moves up where c is 0",
                "Where c is 0 your entry moves by lr. The sign of 0 is 0: np.sign and torch.sign know that, "
                "a comparison with > or < doesn't.",
                _with(_lion, at_zero=1.0),
            ),
            (
                "rests where the gradient is 0",
                "Where the gradient is 0 your entry doesn't move. What counts is the sign of c, in which the past "
                "is, too.",
                _with(_lion, rests=True),
            ),
            *(
                (
                    f"not by lr, {size}",
                    "Your entries don't all move by lr: the size of c or of g still counts. Take the sign alone, "
                    "torch.sign(c) or np.sign(c).",
                    _with(_lion, size=size),
                )
                for size in ("tanh", "norm", "times g")
            ),
            (
                "c divided by its size",
                "c / |c| is 0 / 0 where c is 0, which is nan. torch.sign and np.sign give 0 there.",
                _with(_lion, at_zero=math.nan),
            ),
            *(
                (
                    f"other default, {name} {value}",
                    DEFAULTS.format("lr=0.0001, betas=(0.9, 0.99), weight_decay=0.0"),
                    _default(_lion, **{name: value}),
                )
                for name, value in (
                    ("lr", 0.001),
                    ("lr", 0.01),
                    ("weight_decay", 0.1),
                )
            ),
            ("no lr", "lr is missing: every entry moves by lr.", _with_no_lr),
            (
                "shares of c swapped",
                "In your c the shares are the wrong way round: β₁ is the share of the old m, 1 - β₁ that of g.",
                _with(_lion, shares_c=lambda b1, b2: (1 - b1, b1)),
            ),
            (
                "shares of m swapped",
                "In your m the shares are the wrong way round: β₂ is the share of the old m, 1 - β₂ that of g.",
                _with(_lion, shares_m=lambda b1, b2: (1 - b2, b2)),
            ),
            (
                "c undamped",
                "Your c takes in the whole gradient. It takes in (1 - β₁) · g.",
                _with(_lion, shares_c=lambda b1, b2: (b1, 1.0)),
            ),
            (
                "m undamped",
                "Your m takes in the whole gradient, as SGD's buffer does. It takes in (1 - β₂) · g.",
                _with(_lion, shares_m=lambda b1, b2: (b2, 1.0)),
            ),
            (
                "m from c",
                "You update m from c. m is updated from the *old* m: β₂ · m + (1 - β₂) · g.",
                _with(_lion, m_of_c=True),
            ),
            (
                "m starts at the gradient",
                "Your m starts at the first gradient. It starts at 0.",
                _with(_lion, starts_at_g=True),
            ),
            (
                "decay in the sign",
                "You add weight_decay · param before the sign is taken, so its size is lost. Subtract "
                "lr · weight_decay · param on its own.",
                _with(_lion, decay="in the sign"),
            ),
            (
                "decay by the sign",
                "Your decay takes off lr · weight_decay from every entry, whatever its size. It takes off that share "
                "*of param*.",
                _with(_lion, decay="sign"),
            ),
            (
                "param grows",
                "Your decay makes param larger: subtract lr · weight_decay · param.",
                _with(_lion, decay="grows"),
            ),
        ),
        categories=("params",),  # each entry moves by lr, up or down
    ),
    "radam_step": _help(
        "Print t, ρ and r at each step: ρ rises with t, and r is computed only where ρ is above 5.",
        (
            (
                "plain Adam",
                "These are Adam's values: you divide by the root from the first step on, without r.",
                _with(_radam, no_factor=True, early_root=True),
            ),
            (
                "never switches",
                NEVER_ABOVE,
                _with(_radam, limit=math.inf),
            ),
            (
                "root before the switch",
                "Before the switch you divide by √v already. As long as ρ is 5 or less, the step is lr · m̂ alone.",
                _with(_radam, early_root=True),
            ),
            (
                "Adam's step before the switch",
                "Before the switch you divide by √v already. As long as ρ is 5 or less, the step is lr · m̂ alone.",
                _with(_radam, early_root="Adam's"),
            ),
            ("eps left out", "After the switch eps is missing: add it to √v.", _with(_radam, no_eps=True)),
            (
                "gradient before the switch",
                "Before the switch you step with g. The step is lr · m̂, with the corrected mean.",
                _with(_radam, early_g=True),
            ),
            (
                "switches at 4",
                "You switch where ρ is above 4. The exercise (and PyTorch) switch at 5.",
                _with(_radam, limit=4),
            ),
            ("r left out", "After the switch r is missing: the step is r times Adam's.", _with(_radam, no_factor=True)),
            (
                "v begins at the switch",
                "You leave v as it is before the switch. It takes in every gradient from the first step on, though it "
                "is used only later.",
                _with(_radam, late_v=True),
            ),
            (
                "r without its root",
                "Your r has no root: r is the square root of the fraction.",
                _with(_radam, no_root=True),
            ),
            (
                "ρ from β₁",
                "You compute ρ with β₁. It says how many squares the mean v rests on, so it needs β₂.",
                _with(_radam, first_beta=True),
            ),
            (
                "2 missing in ρ",
                "In your ρ the 2 before t is missing: ρ∞ - 2 · t · β₂ᵗ / (1 - β₂ᵗ).",
                _with(_radam, once=True),
            ),
            ("m not corrected", "Your m is not corrected: divide it by 1 - β₁ᵗ.", _with(_radam, raw_m=True)),
            (
                "eps after the correction",
                "You add eps to the root of the corrected v, as Adam does. PyTorch's RAdam adds it to √v first and "
                "corrects afterwards: √(1 - β₂ᵗ) / (√v + eps).",
                _with(_radam, late_eps=True),
            ),
            (*T_IS_ONE, _with(_radam, stuck=True)),
            (*T_HIGH, _with(_radam, late=1)),
            *(
                (
                    f"other default, {name} {value}",
                    DEFAULTS.format("lr=0.001, betas=(0.9, 0.999), eps=1e-8"),
                    _default(_radam, **{name: value}),
                )
                for name, value in (("lr", 0.01), ("betas", (0.9, 0.99)), ("eps", 1e-6))
            ),
            (
                "stands still before the switch",
                "Before the switch your param doesn't move. The step is lr · m̂ there.",
                _with(_radam, early="nothing"),
            ),
            (
                "m not corrected before the switch",
                "Before the switch your m is not corrected: the step is lr · m̂, with m̂ = m / (1 - β₁ᵗ).",
                _with(_radam, early="raw"),
            ),
            (
                "m not corrected after the switch",
                "After the switch your m is not corrected: m̂ is m / (1 - β₁ᵗ).",
                _with(_radam, after="raw"),
            ),
            (
                "gradient after the switch",
                "After the switch you step with g. The step needs m̂.",
                _with(_radam, after="g"),
            ),
            (
                "switch the wrong way round",
                "Your two cases are the wrong way round: the step is divided by the root where ρ is *above* 5.",
                _with(_radam, switch=lambda t, length, longest: length <= 5),
            ),
            (
                "switches by t",
                "You switch by the number of the step. What decides is ρ > 5, and ρ depends on β₂ as well.",
                _with(_radam, switch=lambda t, length, longest: t > 5),
            ),
            (
                "switches at 6",
                "You switch where ρ is above 6. The exercise (and PyTorch) switch at 5.",
                _with(_radam, limit=6),
            ),
            (
                "r upside down",
                "Your r is upside down: it rises towards 1 from below.",
                _with(
                    _radam,
                    factor=lambda a, z: math.sqrt(abs((z - 4) * (z - 2) * a / ((a - 4) * (a - 2) * z))),
                ),
            ),
            (
                "ρ∞ / ρ missing in r",
                "In your r the factor ρ∞ / ρ is missing.",
                _with(_radam, factor=lambda a, z: math.sqrt(abs((a - 4) * (a - 2) / ((z - 4) * (z - 2))))),
            ),
            (
                "one factor in r",
                "Your r has ρ - 4 alone. The fraction has (ρ - 4)(ρ - 2)ρ∞ over the same with ρ and ρ∞ exchanged.",
                _with(_radam, factor=lambda a, z: math.sqrt(abs((a - 4) / (z - 4)))),
            ),
            (
                "v not corrected",
                "After the switch the factor √(1 - β₂ᵗ) is missing: v is too small, as it starts at 0.",
                _with(_radam, corrected=lambda c2: math.sqrt(c2)),
            ),
            (
                "correction without its root",
                "You multiply by 1 - β₂ᵗ. It is its root: √(1 - β₂ᵗ) / (√v + eps).",
                _with(_radam, corrected=lambda c2: 1 / math.sqrt(c2)),
            ),
            (
                "divided by the correction",
                "You divide by √(1 - β₂ᵗ). It is in the numerator: √(1 - β₂ᵗ) / (√v + eps).",
                _with(_radam, corrected=lambda c2: c2),
            ),
            ("eps inside the root", "Your eps is inside the root. Add it to √v.", _with(_radam, inside=True)),
            (
                "1 missing in ρ∞",
                "In your ρ∞ the 1 is missing: 2 / (1 - β₂) - 1.",
                _with(_radam, longest=lambda b: 2 / (1 - b)),
            ),
            (
                "2 missing in ρ∞",
                NEVER_ABOVE,
                _with(_radam, longest=lambda b: 1 / (1 - b) - 1),
            ),
            (
                "t missing in ρ",
                "In your ρ the factor t is missing: ρ∞ - 2 · t · β₂ᵗ / (1 - β₂ᵗ).",
                _with(_radam, sum=lambda t, b: b**t / (1 - b**t)),
            ),
            (
                "powers missing in ρ",
                NEVER_ABOVE,
                _with(_radam, sum=lambda t, b: t * b / (1 - b)),
            ),
            (
                "power missing below the line in ρ",
                NEVER_ABOVE,
                _with(_radam, sum=lambda t, b: t * b**t / (1 - b)),
            ),
            (
                "ρ added",
                "In your ρ the fraction is added to ρ∞. It is subtracted.",
                _with(_radam, sum=lambda t, b: -t * b**t / (1 - b**t)),
            ),
            (
                "means forgotten before the switch",
                "Your m and v begin from 0 at the switch. Both take in every gradient from the first step on.",
                _with(_radam, reset=True),
            ),
            (
                "betas swapped",
                "You have the two betas the wrong way round: β₁ is for m, β₂ for v and ρ.",
                _with(_radam, swapped=True),
            ),
            (
                "m undamped",
                "Your m takes in the whole gradient. It takes in (1 - β₁) · g.",
                _with(_radam, whole_m=True),
            ),
            ("not squared", "Your v takes in |g|. It takes in the square g².", _with(_radam, sizes=True)),
            (
                "corrected m kept",
                "You put the corrected m into the state, so it is corrected again at the next step. Keep the "
                "uncorrected one.",
                _with(_radam, kept_m=True),
            ),
        ),
    ),
    "step_length": Help(
        hint="Write down the first two updates by hand: what is the sum (or the mean) of the squares, and what is left "
        "of g when you divide by its root?",
        problem_hints={"should_return": "one number, the length of the step"},
        misconceptions=(
            Misconception(
                "direction kept",
                "A length is never negative: use the absolute value of g.",
                _length(
                    SGD=lambda n, g, lr, alpha: lr * g,
                    Adagrad=lambda n, g, lr, alpha: lr * math.copysign(1, g) / math.sqrt(n),
                    RMSProp=lambda n, g, lr, alpha: lr * math.copysign(1, g) / math.sqrt(1 - alpha**n),
                    Adam=lambda n, g, lr, alpha: lr * math.copysign(1, g),
                ),
            ),
            Misconception(
                "rate instead of step",
                "You return what the gradient is multiplied by. The step is that times the size of the gradient.",
                _length(
                    SGD=lambda n, g, lr, alpha: lr,
                    Adagrad=lambda n, g, lr, alpha: lr / (abs(g) * math.sqrt(n)),
                    RMSProp=lambda n, g, lr, alpha: lr / (abs(g) * math.sqrt(1 - alpha**n)),
                    Adam=lambda n, g, lr, alpha: lr / abs(g),
                ),
            ),
            Misconception(
                "size of the gradient kept",
                "Your length grows with the gradient. Dividing by the root of the squares takes the size of g out.",
                _length(
                    Adagrad=lambda n, g, lr, alpha: lr * abs(g) / math.sqrt(n),
                    RMSProp=lambda n, g, lr, alpha: lr * abs(g) / math.sqrt(1 - alpha**n),
                    Adam=lambda n, g, lr, alpha: lr * abs(g),
                ),
            ),
            Misconception(
                "all updates together",
                "You return the way of all n updates together. Return the length of the last one alone.",
                _length(
                    SGD=lambda n, g, lr, alpha: n * lr * abs(g),
                    Adagrad=lambda n, g, lr, alpha: lr * sum(1 / math.sqrt(k) for k in range(1, n + 1)),
                    RMSProp=lambda n, g, lr, alpha: lr * sum(1 / math.sqrt(1 - alpha**k) for k in range(1, n + 1)),
                    Adam=lambda n, g, lr, alpha: n * lr,
                ),
            ),
            Misconception(
                "Adagrad without its root",
                "Your Adagrad divides by n: the sum of n squares is n · g², and its root is √n · |g|.",
                _length(Adagrad=lambda n, g, lr, alpha: lr / n),
            ),
            Misconception(
                "Adagrad constant",
                "Your Adagrad takes steps of the same length. Its sum has n squares after n gradients.",
                _length(Adagrad=lambda n, g, lr, alpha: lr),
            ),
            Misconception(
                "RMSProp settled from the start",
                "Your RMSProp takes full steps of length lr from the start. Its mean begins at 0, so the first means "
                "are too small and the first steps too long.",
                _length(RMSProp=lambda n, g, lr, alpha: lr),
            ),
            Misconception(
                "RMSProp as Adagrad",
                "Your RMSProp falls like Adagrad. Its mean forgets: it does not grow with n, it goes to g².",
                _length(RMSProp=lambda n, g, lr, alpha: lr / math.sqrt(n)),
            ),
            Misconception(
                "RMSProp without its root",
                "Your RMSProp divides by the mean of the squares itself. Take its root.",
                _length(RMSProp=lambda n, g, lr, alpha: lr / (1 - alpha**n)),
            ),
            Misconception(
                "RMSProp at its first update",
                "Your RMSProp step is as long at every n as at the first. After n gradients the mean is (1 - αⁿ) · g².",
                _length(RMSProp=lambda n, g, lr, alpha: lr / math.sqrt(1 - alpha)),
            ),
            Misconception(
                "Adam without correction",
                "Your Adam has no bias correction: m/(1 - β₁ⁿ) is g itself, and v/(1 - β₂ⁿ) is g².",
                _length(Adam=lambda n, g, lr, alpha: lr * (1 - 0.9**n) / math.sqrt(1 - 0.999**n)),
            ),
            Misconception(
                "Adam as RMSProp",
                "Your Adam is RMSProp: the bias correction shortens first steps that are too long.",
                _length(Adam=lambda n, g, lr, alpha: lr / math.sqrt(1 - alpha**n)),
            ),
            Misconception(
                "Adam as Adagrad",
                "Your Adam falls like Adagrad. Its mean of the squares forgets, so it does not grow with n.",
                _length(Adam=lambda n, g, lr, alpha: lr / math.sqrt(n)),
            ),
            Misconception(
                "direction turned",
                "You return the change of the weight, with its sign. A length is never negative: use the absolute "
                "value.",
                _length(
                    SGD=lambda n, g, lr, alpha: -lr * g,
                    Adagrad=lambda n, g, lr, alpha: -lr * math.copysign(1, g) / math.sqrt(n),
                    RMSProp=lambda n, g, lr, alpha: -lr * math.copysign(1, g) / math.sqrt(1 - alpha**n),
                    Adam=lambda n, g, lr, alpha: -lr * math.copysign(1, g),
                ),
            ),
            Misconception(
                "rate instead of step, but for SGD",
                "You return what the gradient is multiplied by. The step is that times the size of the gradient.",
                _length(
                    Adagrad=lambda n, g, lr, alpha: lr / (abs(g) * math.sqrt(n)),
                    RMSProp=lambda n, g, lr, alpha: lr / (abs(g) * math.sqrt(1 - alpha**n)),
                    Adam=lambda n, g, lr, alpha: lr / abs(g),
                ),
            ),
            Misconception(
                "divided by the squares",
                "You divide by the sum (or mean) of the squares itself. Divide by its root.",
                _length(
                    Adagrad=lambda n, g, lr, alpha: lr / (n * abs(g)),
                    RMSProp=lambda n, g, lr, alpha: lr / ((1 - alpha**n) * abs(g)),
                    Adam=lambda n, g, lr, alpha: lr / abs(g),
                ),
            ),
            Misconception(
                "SGD falls",
                "Your SGD divides by the number of updates. SGD takes the same step every time: lr · |g|.",
                _length(SGD=lambda n, g, lr, alpha: lr * abs(g) / n),
            ),
            Misconception(
                "SGD falls with the root",
                "Your SGD divides by the root of the number of updates. SGD takes the same step every time: lr · |g|.",
                _length(SGD=lambda n, g, lr, alpha: lr * abs(g) / math.sqrt(n)),
            ),
            Misconception(
                "SGD without the gradient",
                "Your SGD steps by lr. It steps by lr times the size of the gradient.",
                _length(SGD=lambda n, g, lr, alpha: lr),
            ),
            Misconception(
                "SGD: all updates together",
                "You return the way of all n updates together. Return the length of the last one alone.",
                _length(SGD=lambda n, g, lr, alpha: lr * abs(g) * n),
            ),
            Misconception(
                "Adagrad: all updates together",
                "You return the way of all n updates together. Return the length of the last one alone.",
                _length(Adagrad=lambda n, g, lr, alpha: lr * sum(1 / math.sqrt(k) for k in range(1, n + 1))),
            ),
            *(
                Misconception(
                    f"Adagrad with {words} squares",
                    "Your Adagrad counts the squares wrongly: at the last of n updates the sum has n of them, the "
                    "present "
                    "one included.",
                    _length(Adagrad=lambda n, g, lr, alpha, more=more: lr / math.sqrt(max(n + more, 1))),
                )
                for words, more in (("n - 1", -1), ("n + 1", 1))
            ),
            *(
                Misconception(
                    f"RMSProp after {words} gradients",
                    "Your RMSProp counts the gradients wrongly: at the last of n updates the mean has taken in n of "
                    "them, "
                    "so it is (1 - αⁿ) · g².",
                    _length(RMSProp=lambda n, g, lr, alpha, more=more: lr / math.sqrt(1 - alpha ** max(n + more, 1))),
                )
                for words, more in (("n - 1", -1), ("n + 1", 1))
            ),
            Misconception(
                "shares of RMSProp swapped",
                "Your RMSProp has the shares the wrong way round: alpha is the share of the old mean, 1 - alpha that "
                "of "
                "the new square.",
                _length(RMSProp=lambda n, g, lr, alpha: lr / math.sqrt(1 - (1 - alpha) ** n)),
            ),
            Misconception(
                "RMSProp undamped",
                "Your RMSProp takes in the whole new square. It takes in (1 - alpha) · g², as a mean does.",
                _length(RMSProp=lambda n, g, lr, alpha: lr * math.sqrt((1 - alpha) / (1 - alpha**n))),
            ),
            Misconception(
                "RMSProp multiplied",
                "Your RMSProp multiplies by the root. Divide by it: a small mean makes the first steps long.",
                _length(RMSProp=lambda n, g, lr, alpha: lr * math.sqrt(1 - alpha**n)),
            ),
            Misconception(
                "αⁿ for RMSProp's mean",
                "Your RMSProp has αⁿ · g² for the mean. αⁿ is what is still *missing*: the mean is (1 - αⁿ) · g².",
                _length(RMSProp=lambda n, g, lr, alpha: lr / math.sqrt(alpha**n) if alpha**n else math.inf),
            ),
            Misconception(
                "Adam without m's correction",
                "Your Adam leaves m uncorrected: m/(1 - β₁ⁿ) is g itself, from the first update on.",
                _length(Adam=lambda n, g, lr, alpha: lr * (1 - 0.9**n)),
            ),
            Misconception(
                "Adam without v's correction",
                "Your Adam leaves v uncorrected: v/(1 - β₂ⁿ) is g² itself, from the first update on.",
                _length(Adam=lambda n, g, lr, alpha: lr / math.sqrt(1 - 0.999**n)),
            ),
            Misconception(
                "Adam falls",
                "Your Adam divides by n. Its means are corrected, so they are g and g² at every update.",
                _length(Adam=lambda n, g, lr, alpha: lr / n),
            ),
        ),
    ),
    "compare_rates": Help(
        labels={"losses": ("loss of run", "update")},
        hint="Call compare_rates(model, batches, [0.1, 0.1]) and print both lists. What does the second run find that "
        "the first one did not?",
        problem_hints={
            "losses": "Some losses are not those of Adam with its defaults (except lr) from the same start. Each run "
            "begins "
            "with the same weights and an optimizer that remembers nothing, makes one update for each batch, and "
            "notes the "
            "mean squared error before it: one list for each learning rate, in the order of lrs.",
            "should_return": "a list with one list of losses for each learning rate",
        },
        misconceptions=(
            Misconception(
                "shared optimizer",
                "The first run is right, the later ones are not: they start with the optimizer that the run before has "
                "used. Putting the weights back is not enough, because Adam has a memory too (m, v and t).",
                _comparison(shared=True),
            ),
            Misconception(
                "weights not put back",
                "Your later runs go on where the run before stopped: put the weights back before each run. (A "
                "state_dict() without a deep copy changes along with the model.)",
                _comparison(reset=False),
            ),
            Misconception(
                "neither put back",
                "Your later runs start with the weights and the optimizer of the run before. Both have to be as they "
                "were at the start.",
                _comparison(shared=True, reset=False),
            ),
            Misconception(
                "new optimizer for each batch",
                "You make a new optimizer for each batch, so Adam remembers nothing at all. Make one for each run.",
                _comparison(per_batch=True),
            ),
            Misconception(
                "lr not used",
                "All your runs use Adam's default rate, 0.001. Give the new optimizer lr=lr.",
                _comparison(with_lr=False),
            ),
            Misconception(
                "gradients not cleared",
                "The gradients pile up from batch to batch: call optimizer.zero_grad() before each backward().",
                _comparison(clear=False),
            ),
            Misconception(
                "SGD for Adam",
                "Your runs use SGD. That takes the memory away, but it is another method: keep Adam.",
                _comparison(method=torch.optim.SGD),
            ),
            Misconception(
                "SGD with momentum for Adam",
                "Your runs use SGD. That takes the memory away, but it is another method: keep Adam.",
                _comparison(method=partial(torch.optim.SGD, momentum=0.9)),
            ),
            Misconception(
                "gradients not cleared, from run to run",
                "The gradients pile up from batch to batch: call optimizer.zero_grad() before each backward().",
                _comparison(clear=False, clear_between=False),
            ),
            Misconception(
                "AdamW for Adam",
                "Your runs use AdamW, which shrinks the weights as well. Keep Adam.",
                _comparison(method=torch.optim.AdamW),
            ),
            Misconception(
                "RMSprop for Adam",
                "Your runs use RMSprop. Everything but the memory stays the same: keep Adam.",
                _comparison(method=torch.optim.RMSprop),
            ),
            Misconception(
                "only the rate of the first run",
                "All your runs use the first learning rate. Each run has its own: lr=lr, or the rate set after the "
                "optimizer's state was put back (load_state_dict brings the old rate back, too).",
                lambda model, batches, lrs: _comparison()(model, batches, [lrs[0]] * len(lrs)),
            ),
            Misconception(
                "means cleared, t kept",
                "You clear m and v and forget Adam's count of the updates, `step`, which the bias correction needs. "
                "A new "
                "optimizer for each run has none of it.",
                _with_old_count,
            ),
            Misconception(
                "weights put back for each batch",
                "Nothing is learned: the weights at each batch are those of the start. Put them back before each "
                "*run*, and give the optimizer the parameters of the very model that computes the loss.",
                _comparison(reset_often=True),
            ),
            Misconception(
                "sum of the errors",
                "Your loss is the sum of the squared errors. The script takes their mean, mse_loss's default.",
                _comparison(loss=lambda out, targets: functional.mse_loss(out, targets, reduction="sum")),
            ),
            Misconception(
                "absolute errors",
                "Your loss takes the absolute errors. The script takes the mean *squared* error.",
                _comparison(loss=functional.l1_loss),
            ),
            Misconception(
                "mean of each run",
                "You return one number for each run. Return all of its losses, one for each batch.",
                _comparison(kept=lambda runs: [sum(losses) / len(losses) for losses in runs]),
            ),
            Misconception(
                "losses in one row",
                "You return all losses in one row. Return one list for each learning rate.",
                _comparison(kept=lambda runs: [loss for losses in runs for loss in losses]),
            ),
            Misconception(
                "a list for each batch",
                "You return a list for each batch. Return a list for each learning rate.",
                _comparison(kept=lambda runs: [list(losses) for losses in zip(*runs, strict=True)]),
            ),
            Misconception(
                "rates in order",
                "You change the order of the learning rates. The runs are returned in the order of lrs.",
                lambda model, batches, lrs: _comparison()(model, batches, sorted(lrs)),
            ),
            Misconception(
                "a rate only once",
                "A learning rate that is in lrs twice has one run with you. Make a run for each entry of lrs.",
                lambda model, batches, lrs: _comparison()(model, batches, list(dict.fromkeys(lrs))),
            ),
            Misconception(
                "first loss left out",
                "Your runs lack their first loss, the one before any update.",
                _comparison(kept=lambda runs: [losses[1:] for losses in runs]),
            ),
            Misconception(
                "all batches as one",
                "You train on all batches at once. There is one update for each batch.",
                lambda model, batches, lrs: _comparison()(
                    model, [tuple(map(torch.cat, zip(*batches, strict=True)))] * len(batches), lrs
                ),
            ),
            Misconception(
                "loss after the update",
                "You note the loss after the update. The script notes the loss that the update starts from.",
                _comparison(late=True),
            ),
            Misconception(
                "last run only",
                "You return the losses of the last run alone. Return one list for each learning rate.",
                _comparison(kept=lambda runs: runs[-1]),
            ),
            Misconception(
                "last losses only",
                "You return one number for each run. Return all of its losses, one for each batch.",
                _comparison(kept=lambda runs: [losses[-1] for losses in runs]),
            ),
        ),
    ),
}
