"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import copy
import math
from collections.abc import Callable, Sequence
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
    step = ahead.get(change.get("step", ""), g + momentum * b)
    return x - change.get("sign", 1) * (1.0 if change.get("no_lr") else lr) * step, {"b": b}


def _means(g: Any, state: Any, betas: Any, change: Any) -> Any:
    b1, b2 = reversed(betas) if change.get("swapped") else betas
    t = 1 if change.get("stuck") else state.get("t", 0) + 1
    m = b1 * state.get("m", 0.0) + (1 - b1) * g
    v = b2 * state.get("v", 0.0) + (1 - b2) * g * g
    k = t + change.get("late", 0)
    c1, c2 = 1 - b1**k, 1 - b2**k
    if k == 0:
        c1 = c2 = 1.0 if change.get("guarded") else np.float64(0.0)
    if change.get("uncorrected"):
        c1 = c2 = 1.0
    after = {"t": t, "m": m, "v": v}
    if change.get("kept"):
        after |= {"m": m / c1, "v": v / c2}
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
    step = change.get("sign", 1) * lr * m / root
    if decay == "in the fraction":
        step = lr * (m + weight_decay * x) / root
    shrunk = {"": 1 - lr * weight_decay, "no lr": 1 - weight_decay, "grows": 1 + lr * weight_decay}.get(decay, 1.0)
    return shrunk * x - step, after


def _adamw_after(x: Any, g: Any, state: Any, *, lr: Any = 0.001, weight_decay: float = 0.01, **hyper: Any) -> Any:
    moved, after = _adamw(x, g, state, lr=lr, weight_decay=0.0, **hyper)
    return (1 - lr * weight_decay) * moved, after


def _lion(
    x: Any, g: Any, state: Any, *, lr: Any = 1e-4, betas: Any = (0.9, 0.99), weight_decay: float = 0.0, **change: Any
) -> Any:
    b1, b2 = reversed(betas) if change.get("swapped") else betas
    old = state.get("m", 0.0)
    decay = change.get("decay", "")
    if decay == "coupled":
        g = g + weight_decay * x
    c, m = b1 * old + (1 - b1) * g, b2 * old + (1 - b2) * g
    new_c = b1 * m + (1 - b1) * g
    used = {"m": m, "g": g, "old": old * np.ones_like(g), "c of the new m": new_c}.get(change.get("used", ""), c)
    sign = used if change.get("no_sign") else np.sign(used)
    if change.get("up_at_zero"):
        sign = np.where(used > 0, 1.0, -1.0)
    if change.get("sign_kept"):
        m = b2 * old + (1 - b2) * sign
    kept = c if change.get("keeps_c") else m
    shrunk = {"": 1 - lr * weight_decay, "no lr": 1 - weight_decay}.get(decay, 1.0)
    moved = x - change.get("direction", 1) * lr * sign
    return ((1 - lr * weight_decay) * moved if decay == "after" else moved + (shrunk - 1) * x), {"m": kept}


def _radam(
    x: Any, g: Any, state: Any, *, lr: Any = 0.001, betas: Any = (0.9, 0.999), eps: float = 1e-8, **change: Any
) -> Any:
    m, v, c2, t, b1, b2, after = _means(g, state, betas, change)
    share = b1 if change.get("first_beta") else b2
    longest = 2 / (1 - share) - 1
    length = longest - (1 if change.get("once") else 2) * t * share**t / (1 - share**t)
    if length > change.get("limit", 5):
        factor = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
        factor = 1.0 if change.get("no_factor") else factor if change.get("no_root") else math.sqrt(abs(factor))
        root = np.sqrt(v / c2) + eps if change.get("late_eps") else (np.sqrt(v) + eps) / math.sqrt(c2)
        return x - lr * factor * m / root, after
    if change.get("late_v"):
        after["v"] = state.get("v", 0.0)
    if change.get("early_root"):
        return x - lr * m / ((np.sqrt(v) + eps) / math.sqrt(c2)), after
    return x - lr * (g if change.get("early_g") else m), after


UPHILL = "Your step goes uphill: subtract it from param."
T_IS_ONE = ("t is always 1", "Your t is 1 at every step: count the steps in the state.")
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
    method: Any = torch.optim.Adam,
    late: bool = False,
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
                loss = functional.mse_loss(model(inputs), targets)
                if clear:
                    optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                losses.append(functional.mse_loss(model(inputs), targets).item() if late else loss.item())
            model.zero_grad()
            runs.append(losses)
        return kept(runs)

    return answer


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
                "Your step is lr · g, as in SGD without momentum. Add momentum · buffer to the gradient.",
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
            (
                "other default",
                "Your default for lr is 0.01; the exercise (and PyTorch) use 0.001.",
                _default(_nesterov, lr=0.01),
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
            (*T_IS_ONE, _with(_adamw, stuck=True)),
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
            (
                "other default",
                "Your default for weight_decay is 0, as in Adam; AdamW's is 0.01.",
                _default(_adamw, weight_decay=0.0),
            ),
        ),
    ),
    "lion_step": _help(
        "Compute c from the old m, take the step with its sign, and only then the new m from the old m. The two betas "
        "have different jobs.",
        (
            ("uphill", UPHILL, _with(_lion, direction=-1)),
            (
                "no sign",
                "You step with c itself. Lion takes its sign, so every entry moves by lr (beside the decay).",
                _with(_lion, no_sign=True),
            ),
            (
                "sign of the gradient",
                "You take the sign of g, so what came before has no influence. Take the sign of "
                "c = β₁ · m + (1 - β₁) · g.",
                _with(_lion, used="g"),
            ),
            (
                "sign of the new m",
                "You update m first (with β₂) and take its sign. The step uses c, which is computed with β₁ from the "
                "old m.",
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
                "You keep c as the next m. c is for this step only: m is updated with β₂, from the old m.",
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
                _with(_lion, up_at_zero=True),
            ),
            ("other default", "Your default for lr is 0.001, as in Adam; Lion's is 0.0001.", _default(_lion, lr=0.001)),
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
                "You step with m̂ all the time. Where ρ is above 5, the step is r times Adam's.",
                _with(_radam, limit=math.inf),
            ),
            (
                "root before the switch",
                "Before the switch you divide by √v already. As long as ρ is 5 or less, the step is lr · m̂ alone.",
                _with(_radam, early_root=True),
            ),
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
        ),
    ),
    "compare_rates": Help(
        labels={"losses": ("loss of run", "update")},
        hint="Call compare_rates(model, batches, [0.1, 0.1]) and print both lists. What does the second run find that "
        "the first one did not?",
        problem_hints={
            "losses": "Return one list for each learning rate, in the order of lrs, with one loss for each batch: the "
            "mean squared error before the update.",
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
