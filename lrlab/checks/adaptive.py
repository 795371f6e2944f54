"""Unit "adaptive": the update rules of Adagrad, RMSProp, Adadelta and Adam, one step each."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lrlab.checks.drive import Facts, in_some_form
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


def _with(rule: Callable[..., Any], **change: Any) -> Callable[..., Any]:
    return lambda *a, **hyper: rule(*a, **hyper, **change)


def _default(rule: Callable[..., Any], **fixed: Any) -> Callable[..., Any]:
    """The rule with defaults other than torch's."""
    return lambda *a, **hyper: rule(*a, **(fixed | hyper))


adagrad_step = _exercise(
    "adagrad_step",
    (
        Case(
            ([1.0625, -2.1875], GRADS, {"lr": 0.5}),
            {
                "params": [
                    [0.562500000025, -1.6875000001],
                    [0.5004826327334727, -2.041053390643274],
                    [0.9469990904722619, -2.2077200572877183],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.6875, 3.1875], GRADS, {"lr": 1.0, "eps": 0.5}),
            {
                "params": [
                    [-0.1125, 3.6875],
                    [-0.2118812745622713, 3.273286437626905],
                    [0.5914738228342671, 3.073286437626905],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.8125, 1.6875], QUIET, {"lr": 0.25}),
            {"params": [[0.8125, 1.437500000025], [0.56250000005, 1.437500000025]], "same when begun anew": True},
            "given rates",
        ),
        Case(
            ([0.125, -0.25], TINY, {}),
            {
                "params": [[0.11596962873170195, -0.2400167491156469], [0.10743517443953575, -0.24243816420053027]],
                "same when begun anew": True,
            },
            "defaults",
        ),
        Case(
            ([0.125, -0.25], GRADS, {}),
            {
                "params": [
                    [0.1150000000005, -0.240000000002],
                    [0.11375965265466946, -0.24707106781286547],
                    [0.12268998180944524, -0.25040440114575435],
                ],
                "same when begun anew": True,
            },
            "defaults",
        ),
    ),
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
    "One coordinate, first step: the sum is g², its root is |g|, so the step is lr · g / (|g| + eps).",
)


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


rmsprop_step = _exercise(
    "rmsprop_step",
    (
        Case(
            ([1.0625, -2.1875], GRADS, {"lr": 0.5, "alpha": 0.75}),
            {
                "params": [
                    [0.0625000099999999, -1.1875000399999984],
                    [-0.08035713122448991, -1.9434289631613106],
                    [0.8547718759020644, -2.3434289503613113],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.6875, 3.1875], GRADS, {"lr": 1.0, "alpha": 0.5, "eps": 0.5}),
            {
                "params": [
                    [-0.35731549985496575, 3.773286437626905],
                    [-0.5222770360404042, 3.2373880527646595],
                    [0.6479451225899174, 2.944494833951207],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.8125, 1.6875], QUIET, {"lr": 0.25, "alpha": 0.75}),
            {
                "params": [[0.8125, 1.1875000099999997], [0.3125000199999992, 1.1875000099999997]],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.125, -0.25], TINY, {}),
            {
                "params": [[0.12407727100878226, -0.21265481818572923], [0.12225258689875614, -0.22190162567199215]],
                "same when begun anew": True,
            },
            "defaults",
        ),
        Case(
            ([0.125, -0.25], GRADS, {}),
            {
                "params": [
                    [0.02500000499999975, -0.150000019999996],
                    [0.012535014247898053, -0.22088813045057976],
                    [0.1020173920149154, -0.25444517292614455],
                ],
                "same when begun anew": True,
            },
            "defaults",
        ),
    ),
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
    "One coordinate, first step: the mean is (1 - alpha) · g², and the step lr · g over (its root + eps).",
)


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


adadelta_step = _exercise(
    "adadelta_step",
    (
        Case(
            ([1.0625, -2.1875], GRADS, {"lr": 0.5, "rho": 0.5, "eps": 0.125}),
            {
                "params": [
                    [0.819964374963667, -2.010723304703363],
                    [0.7627016968178968, -2.204372472013734],
                    [1.0595741186083985, -2.32459362239918],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.6875, 3.1875], GRADS, {"rho": 0.75, "eps": 0.5}),
            {
                "params": [
                    [-0.4672005383792515, 3.658904520791032],
                    [-0.6700607448626464, 3.181494604764743],
                    [0.8782726653772746, 2.93128753263558],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.8125, 1.6875], QUIET, {"lr": 2.0, "rho": 0.25, "eps": 0.25}),
            {"params": [[0.8125, 0.6875], [0.05657105398154554, 0.6875]], "same when begun anew": True},
            "given rates",
        ),
        Case(
            ([0.125, -0.25], TINY, {}),
            {
                "params": [[0.12499999906867743, -0.24999994039535522], [0.12499999720603228, -0.24999995529651642]],
                "same when begun anew": True,
            },
            "defaults",
        ),
        Case(
            ([0.125, -0.0625], GRADS, {}),
            {
                "params": [
                    [0.12183772629267128, -0.05933778558348752],
                    [0.12125352121751144, -0.06258214741195665],
                    [0.1252581839707679, -0.064522748818416],
                ],
                "same when begun anew": True,
            },
            "defaults",
        ),
    ),
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
            "You bring Δ² into u first and take the step with the new u. The root above uses u of the step *before*.",
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
    "In this order: v with g², Δ from the old u and the new v, u with Δ², param minus lr · Δ.",
)


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


adam_step = _exercise(
    "adam_step",
    (
        Case(
            ([1.0625, -2.1875], GRADS, {"lr": 0.5, "betas": [0.5, 0.75]}),
            {
                "params": [
                    [0.5625000025, -1.6875000099999997],
                    [0.24752961070659632, -1.8541666733333333],
                    [0.590343288567738, -2.1148564897175426],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.6875, 3.1875], GRADS, {"lr": 1.0, "betas": [0.75, 0.5], "eps": 0.5}),
            {
                "params": [
                    [-0.1125, 3.6875],
                    [-0.710370168849651, 3.6160714285714284],
                    [-0.38929881322989607, 3.4467608776112573],
                ],
                "same when begun anew": True,
            },
            "given rates",
        ),
        Case(
            ([0.8125, 1.6875], QUIET, {"lr": 0.25, "betas": [0.5, 0.25]}),
            {"params": [[0.8125, 1.4375000025], [0.6261610060416841, 1.251161008541684]], "same when begun anew": True},
            "given rates",
        ),
        Case(
            ([0.125, -0.25], TINY, {}),
            {
                "params": [[0.12491480238843393, -0.24914366857315728], [0.12479090099458562, -0.2487620592114298]],
                "same when begun anew": True,
            },
            "defaults",
        ),
        Case(
            ([0.03125, -0.015625], GRADS, {}),
            {
                "params": [
                    [0.030250000005, -0.014625000019999999],
                    [0.029492776861770053, -0.014677631597894737],
                    [0.029800185551619937, -0.014929065897387425],
                ],
                "same when begun anew": True,
            },
            "defaults",
        ),
    ),
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
    "One coordinate, first step: m/(1 - β₁) is g, v/(1 - β₂) is g², so the step is lr · g / (|g| + eps).",
)


def _effective(answer: Callable[..., Any], grads: Sequence[float], lr: float, eps: float) -> dict[str, Any]:
    def call(form: Any) -> dict[str, Any]:
        given = form(grads)
        found = answer(given, lr, eps)
        return {"rate": found, "changed": [] if list(given) == list(grads) else ["grad_history"]}

    return in_some_form(call)


def _root(grads: Any) -> float:
    return math.sqrt(sum(g * g for g in grads))


effective_lr = Exercise(
    name="effective_lr",
    parameters=("grad_history", "lr", "eps"),
    cases=(
        Case(([3.0, 4.0], 0.1, 1e-10), {"rate": 0.0199999999996}),
        Case(([0.5, -2.0, 1.0, 0.25], 0.01, 1e-10), {"rate": 0.004338609156184888}),
        Case(([-0.2], 1.0, 0.3), {"rate": 2.0}),
        Case(([1.0] * 9, 0.3, 0.5), {"rate": 0.08571428571428572}),
    ),
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
    hint="Square each gradient, add up, take the root, add eps; lr over that.",
    problem_hints={"due": "one number"},
    driver=Facts(_effective, watch=LIBRARY),
)

EXERCISES = (adagrad_step, rmsprop_step, adadelta_step, adam_step, effective_lr)
