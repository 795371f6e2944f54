"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from lrlab.grading.unit import Help, Misconception


def _each(step: Callable[..., tuple[float, Any]]) -> Callable[..., Any]:
    """A wrong answer from its rule for one coordinate; the state is a list, one entry for each coordinate."""

    def answer(param: Any, grad: Any, state: Any, **hyper: Any) -> Any:
        old = state.get("all", [None] * len(param))
        pairs = [step(p, g, s, **hyper) for p, g, s in zip(param.tolist(), grad.tolist(), old, strict=True)]
        return [p for p, _ in pairs], {"all": [s for _, s in pairs]}

    return answer


def _over(a: float, b: float) -> float:
    return a / b if b else math.nan if not a else math.copysign(math.inf, a)


def _with(rule: Callable[..., Any], **change: Any) -> Callable[..., Any]:
    return lambda *a, **hyper: rule(*a, **hyper, **change)


def _default(rule: Callable[..., Any], **fixed: Any) -> Callable[..., Any]:
    """The rule with defaults other than torch's."""
    return lambda *a, **hyper: rule(*a, **(fixed | hyper))


def _adadelta(
    p: float,
    g: float,
    s: tuple[float, float] | None,
    *,
    lr: float = 1.0,
    rho: float = 0.9,
    eps: float = 1e-6,
    **change: Any,
) -> tuple[float, tuple[float, float]]:
    v, u = s or (0.0, 0.0)
    v = rho * v + (1 - rho) * g * g
    below = math.sqrt(v) + eps if change.get("outside") else math.sqrt(v + eps)
    above = math.sqrt(u) + eps if change.get("outside") else math.sqrt(u + eps)
    if change.get("no_above"):
        above = 1.0
    delta = _over(below * g, above) if change.get("upside_down") else above / below * g
    kept = lr * delta if change.get("with_lr") else g if change.get("of_grad") else delta
    u = u if change.get("no_u") else rho * u + (1 - rho) * kept * kept
    if change.get("u_first"):
        delta = math.sqrt(u + eps) / below * g
    return p - change.get("sign", 1) * (1.0 if change.get("no_lr") else lr) * delta, (v, u)


def _adagrad(
    p: float, g: float, s: float | None, *, lr: float = 0.01, eps: float = 1e-10, old: bool = False, **change: Any
) -> tuple[float, float]:
    total = (s or 0.0) + g * g
    if change.get("forget"):
        total = g * g
    used = (s or 0.0) if old else total
    root = used if change.get("square") else math.sqrt(used + eps) if change.get("inside") else math.sqrt(used) + eps
    if change.get("no_eps"):
        root = math.sqrt(used)
    if change.get("plain_sum"):
        total = root = (s or 0.0) + abs(g)
        root += eps
    return p - change.get("sign", 1) * lr * _over(g, root), total


def _root(grads: Any) -> float:
    return math.sqrt(sum(g * g for g in grads))


def _adam(
    p: float,
    g: float,
    s: tuple[int, float, float] | None,
    *,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    **change: Any,
) -> tuple[float, tuple[int, float, float]]:
    t, m, v = s or (0, 0.0, 0.0)
    b1, b2 = reversed(betas) if change.get("swapped") else betas
    t += 0 if change.get("stuck") and s else 1
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g * g
    k = t + change.get("late", 0)
    c1, c2 = 1 - b1**k, 1 - b2**k
    if change.get("uncorrected"):
        c1 = c2 = 1.0
    if change.get("only_m"):
        c2 = 1.0
    if change.get("times_t"):
        c1, c2 = 1 - b1 * k, 1 - b2 * k
    used = g if change.get("no_m") else m / c1
    root = math.sqrt(v / c2 + eps) if change.get("inside") else math.sqrt(abs(v / c2)) + eps
    if change.get("early_eps"):
        root = (math.sqrt(v) + eps) / math.sqrt(c2)
    if change.get("square"):
        root = v / c2 + eps
    after = (t, m / c1, v / c2) if change.get("kept") else (t, m, v)
    return p - change.get("sign", 1) * lr * _over(used, root), after


def _rmsprop(
    p: float, g: float, s: float | None, *, lr: float = 0.01, alpha: float = 0.99, eps: float = 1e-8, **change: Any
) -> tuple[float, float]:
    old = (s or 0.0) if s is not None or not change.get("start") else g * g
    a = 1 - alpha if change.get("swapped") else alpha
    v = a * old + (1 - a) * g * g
    if change.get("sum"):
        v = old + g * g
    if change.get("no_share"):
        v = a * old + g * g
    used = old if change.get("old") else v
    root = math.sqrt(used + eps) if change.get("inside") else math.sqrt(used) + eps
    if change.get("square"):
        root = used + eps
    return p - change.get("sign", 1) * lr * _over(g, root), v


def _help(
    name: str, hint: str, rules: Sequence[tuple[str, str, Callable[..., Any]]], formulas: Sequence[Misconception] = ()
) -> Help:
    """What is known of an exercise that writes one step of an optimizer, from rules for one coordinate."""
    return Help(
        hint=hint,
        problem_hints={
            "same when begun "
            "anew": f"A second run from the empty state {{}} gives other values: {name} keeps something "
            "outside its state. Everything that the next step needs belongs in the state that you return.",
            "changed": "In-place operations do that: `-=`, `*=`, `add_`, `mul_`, and `state[…] = …` on the "
            "dictionary given. Make new tensors and a new dictionary.",
        },
        misconceptions=(*(Misconception(n, h, _each(rule)) for n, h, rule in rules), *formulas),
    )


MISTAKES = {
    "adagrad_step": _help(
        "adagrad_step",
        "One coordinate, first step: the sum is g², its root is |g|, so the step is lr · g / (|g| + eps).",
        (
            ("uphill", "Your step goes uphill: subtract it.", _with(_adagrad, sign=-1)),
            (
                "eps inside the root",
                "Your eps stands inside the root. In Adagrad it is added to the root: sqrt(sum) + eps.",
                _with(_adagrad, inside=True),
            ),
            ("eps forgotten", "eps is missing: a gradient of 0 at the start gives 0/0.", _with(_adagrad, no_eps=True)),
            (
                "no root",
                "You divide by the sum of squares itself: its square root is due, so that the units cancel.",
                _with(_adagrad, square=True),
            ),
            (
                "state forgotten",
                "You use the last gradient only. The state holds the sum of *all* squares so far: add to it.",
                _with(_adagrad, forget=True),
            ),
            (
                "sum before this gradient",
                "You divide by the sum as it was before. The present gradient belongs to it: add g² first.",
                _with(_adagrad, old=True),
            ),
            (
                "absolute values",
                "You add up |g|. Adagrad adds up the squares and takes the root at the end.",
                _with(_adagrad, plain_sum=True),
            ),
            ("other default", "Your default for lr is not torch's: Adagrad's is 0.01.", _default(_adagrad, lr=0.001)),
        ),
    ),
    "rmsprop_step": _help(
        "rmsprop_step",
        "One coordinate, first step: the mean is (1 - alpha) · g², and the step lr · g over (its root + eps).",
        (
            ("uphill", "Your step goes uphill: subtract it.", _with(_rmsprop, sign=-1)),
            (
                "sum instead of mean",
                "You add up the squares, as Adagrad does. RMSProp forgets: alpha of the old mean, 1 - alpha of the new "
                "square.",
                _with(_rmsprop, sum=True),
            ),
            (
                "shares swapped",
                "You have alpha the wrong way round: alpha is the share of the *old* mean.",
                _with(_rmsprop, swapped=True),
            ),
            (
                "shares don't add up",
                "The new square comes in whole; only its share 1 - alpha is due.",
                _with(_rmsprop, no_share=True),
            ),
            (
                "eps inside the root",
                "Your eps stands inside the root. torch's RMSprop adds it to the root: sqrt(v) + eps.",
                _with(_rmsprop, inside=True),
            ),
            (
                "starts at the first square",
                "Your mean starts at the first gradient's square. It starts at 0.",
                _with(_rmsprop, start=True),
            ),
            (
                "mean before this gradient",
                "You divide by the mean as it was before: bring the present gradient in first.",
                _with(_rmsprop, old=True),
            ),
            ("no root", "You divide by the mean square itself: its root is due.", _with(_rmsprop, square=True)),
            ("other default", "Your default for lr is not torch's: RMSprop's is 0.01.", _default(_rmsprop, lr=0.001)),
            (
                "alpha 0.9",
                "Your default for alpha is 0.9, as in Hinton's lecture; torch's is 0.99.",
                _default(_rmsprop, alpha=0.9),
            ),
        ),
    ),
    "adadelta_step": _help(
        "adadelta_step",
        "In this order: v with g², Δ from the old u and the new v, u with Δ², param minus lr · Δ.",
        (
            ("uphill", "Your step goes uphill: subtract it.", _with(_adadelta, sign=-1)),
            (
                "eps outside the root",
                "Your eps stands outside the roots. In Adadelta it is inside both: sqrt(u + eps) / sqrt(v + eps).",
                _with(_adadelta, outside=True),
            ),
            (
                "steps not remembered",
                "Your u stays 0: after each step, bring the square of Δ into it, as v takes in the square of g.",
                _with(_adadelta, no_u=True),
            ),
            (
                "u before the step",
                "You bring Δ² into u first and take the step with the new u. The root above uses u of the step "
                "*before*.",
                _with(_adadelta, u_first=True),
            ),
            (
                "lr in the memory",
                "You keep the square of lr·Δ in u. u remembers Δ itself; lr comes in only where param changes.",
                _with(_adadelta, with_lr=True),
            ),
            ("no lr", "lr is missing: param changes by lr · Δ.", _with(_adadelta, no_lr=True)),
            (
                "numerator missing",
                "That is RMSProp: the root of u + eps above the line is missing.",
                _with(_adadelta, no_above=True),
            ),
            (
                "gradients in both",
                "Your u takes in g², as v does. It is the squares of the *steps* Δ that u remembers.",
                _with(_adadelta, of_grad=True),
            ),
            ("upside down", "Your fraction is upside down: u above, v below.", _with(_adadelta, upside_down=True)),
            ("other default", "Your default for lr is not torch's: Adadelta's is 1.0.", _default(_adadelta, lr=0.01)),
        ),
    ),
    "adam_step": _help(
        "adam_step",
        "One coordinate, first step: m/(1 - β₁) is g, v/(1 - β₂) is g², so the step is lr · g / (|g| + eps).",
        (
            ("uphill", "Your step goes uphill: subtract it.", _with(_adam, sign=-1)),
            (
                "no bias correction",
                "The bias correction is missing: m and v start at 0, so their first values are far too small. "
                "Divide by 1 - β₁ᵗ and 1 - β₂ᵗ.",
                _with(_adam, uncorrected=True),
            ),
            (
                "only m corrected",
                "You correct m but not v: v is divided by 1 - β₂ᵗ as well.",
                _with(_adam, only_m=True),
            ),
            (
                "t stands still",
                "Your t is 1 at every step: count the steps in the state.",
                _with(_adam, stuck=True),
            ),
            (
                "t one too high",
                "Your t is one too high: it is 1 at the first step.",
                _with(_adam, late=1),
            ),
            (
                "corrected values kept",
                "You put the corrected m and v into the state, so they are corrected again at the next step. "
                "Keep the uncorrected ones.",
                _with(_adam, kept=True),
            ),
            (
                "eps inside the root",
                "Your eps stands inside the root: it is added to the root, sqrt(v̂) + eps.",
                _with(_adam, inside=True),
            ),
            (
                "eps before the correction",
                "You add eps to the root of the uncorrected v: correct v first, take its root, then add eps.",
                _with(_adam, early_eps=True),
            ),
            (
                "betas swapped",
                "You have the two betas the wrong way round: β₁ belongs to m, β₂ to v.",
                _with(_adam, swapped=True),
            ),
            ("gradient for its mean", "You step with g itself: Adam steps with the mean m.", _with(_adam, no_m=True)),
            ("no root", "You divide by v̂ itself: its root is due.", _with(_adam, square=True)),
            (
                "times for power",
                "You take β·t for βᵗ: t is an exponent.",
                _with(_adam, times_t=True),
            ),
            ("other default", "Your default for lr is not torch's: Adam's is 0.001.", _default(_adam, lr=0.01)),
        ),
    ),
    "effective_lr": Help(
        hint="Square each gradient, add up, take the root, add eps; lr over that.",
        problem_hints={"due": "one number"},
        misconceptions=(
            Misconception(
                "no root",
                "You divide by the sum of squares; its root is due.",
                lambda g, lr, eps: lr / (sum(x * x for x in g) + eps),
            ),
            Misconception(
                "eps inside the root",
                "Your eps stands inside the root; it is added to the root.",
                lambda g, lr, eps: lr / math.sqrt(sum(x * x for x in g) + eps),
            ),
            Misconception(
                "mean instead of sum",
                "You take the mean of the squares. Adagrad's sum grows for ever, and that is its point.",
                lambda g, lr, eps: lr / (math.sqrt(sum(x * x for x in g) / len(g)) + eps),
            ),
            Misconception(
                "sum of gradients",
                "You add up the gradients themselves, where plus and minus cancel: square them first.",
                lambda g, lr, eps: lr / (abs(sum(g)) + eps),
            ),
            Misconception(
                "absolute values",
                "You add up |g|; Adagrad adds up the squares and takes the root of the sum.",
                lambda g, lr, eps: lr / (sum(abs(x) for x in g) + eps),
            ),
            Misconception(
                "last gradient only",
                "You use the last gradient only: all of them so far count.",
                lambda g, lr, eps: lr / (abs(g[-1]) + eps),
            ),
            Misconception(
                "last left out",
                "You leave out the last gradient: it counts in its own step.",
                lambda g, lr, eps: lr / (_root(g[:-1]) + eps),
            ),
            Misconception(
                "the step instead of the rate",
                "You return the whole step; asked is what the gradient is multiplied by.",
                lambda g, lr, eps: lr / (_root(g) + eps) * g[-1],
            ),
            Misconception("lr forgotten", "lr is missing.", lambda g, lr, eps: 1 / (_root(g) + eps)),
            Misconception("eps forgotten", "eps is missing: sqrt(…) + eps.", lambda g, lr, eps: lr / _root(g)),
        ),
    ),
}
