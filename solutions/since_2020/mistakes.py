"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from lrlab.units import Help, Misconception


def _rate(shape: Callable[[Any], Any], *, start: str = "", past: bool = True, mixed: str = "") -> Callable[..., Any]:
    """A wrong `cooldown_rate`: another tail, or another place for it."""

    def answer(n: Any, peak: float, floor: float, total: int, decay: int) -> Any:
        begin = {"late": total - decay + 1, "early": total - decay - 1, "at decay": decay, "at 0": 0}.get(
            start, total - decay
        )
        gone = (np.asarray(n) - begin) / (total if start == "at 0" else decay)
        tail = shape(np.clip(gone, 0, 1 if past else None))
        if mixed == "no floor":
            rates = peak * tail
        elif mixed == "floor added":
            rates = floor + peak * tail
        elif mixed == "floor as a minimum":
            rates = np.maximum(floor, peak * tail)
        elif mixed == "share":
            rates = peak * (floor + (1 - floor) * tail)
        else:
            rates = floor + (peak - floor) * tail
        return rates if np.ndim(rates) else float(rates)

    return answer


def _sqrt(gone: Any) -> Any:
    return 1 - np.sqrt(gone)


def _fall(p: Any, peak: float, floor: float) -> Any:
    return floor + (peak - floor) * (1 - np.sqrt(p))


def _plan(
    starts: Callable[..., Any] | None = None,
    saved: Callable[..., Any] | None = None,
    decays: Callable[..., Any] | None = None,
) -> Callable[..., Any]:
    """A wrong `cooldown_plan`; `decays` may change the cool-downs, the others what is made of them."""

    def answer(budgets: Any, part: int) -> Any:
        b = [int(budget) for budget in budgets]
        d = decays(b, part) if decays else [budget // part for budget in b]
        forks = [budget - decay for budget, decay in zip(b, d, strict=True)]
        right = sum(forks) - max(forks)
        return starts(b, d, forks) if starts else forks, saved(b, d, forks) if saved else right

    return answer


def _verdict(ratio: float, margin: float = 0.1) -> str:
    return "below" if ratio < 1 - margin else "above" if ratio > 1 + margin else "edge"


def _log(
    *,
    limit: Callable[[float], float] = lambda lr: 2 / lr,
    reached: Callable[..., Any] | None = None,
    late: Callable[..., Any] | None = None,
    broken: Callable[[list[float]], bool] = lambda s: any(map(math.isnan, s)),
    judge: Callable[[float, float, Any], str] = lambda ratio, edge, first: _verdict(ratio),
    swap: bool = False,
) -> Callable[..., Any]:
    """A wrong `read_sharpness`."""

    def answer(steps: Any, sharpness: Any, lr: float) -> Any:
        s = [float(x) for x in sharpness]
        edge = limit(lr)
        first = next((int(n) for n, x in zip(steps, s, strict=True) if x >= edge), None)
        if reached:
            first = reached([int(n) for n in steps], s, edge)
        finite = [x for x in s if not math.isnan(x)]
        part = late(finite) if late else finite[-max(1, len(s) // 3) :]
        ratio = sum(part) / len(part) / edge
        verdict = "diverged" if broken(s) else judge(ratio, edge, first)
        return (verdict, first) if swap else (first, verdict)

    return answer


def _average(
    *,
    before: bool = False,
    start: str = "zero",
    correct: str = "once",
    share: Callable[[float], float] = lambda d: d,
    graph: bool = False,
    what: str = "weights",
    clear: bool = True,
    late: int = 0,
    plain: bool = False,
    divided: Callable[[float, int], float] | None = None,
    backwards: bool = False,
    momentum: float = 0.0,
    first_only: bool = False,
    put_back: bool = False,
    lost: bool = False,
) -> Callable[..., Any]:
    """A wrong `average_weights`."""

    def answer(model: Any, batches: Any, lr: float, decay: float) -> Any:
        params = list(model.parameters())
        optimizer = torch.optim.SGD(params, lr=lr, momentum=momentum)
        b = share(decay)
        means = [torch.zeros_like(p) if start == "zero" else p.detach().clone() for p in params]
        seen: list[Any] = []
        count = 0

        def take_in(values: Any) -> None:
            nonlocal means, count
            count += 1
            seen.append([v.detach().clone() for v in values])
            if start == "first" and count == 1:
                means = seen[0]
                return
            means = [b * m + (1 - b) * v for m, v in zip(means, values, strict=True)]
            if correct == "each time":
                means = [m / (1 - b**count) for m in means]

        for inputs, targets in batches[:1] if first_only else batches:
            values = params if graph else [p.detach() for p in params]
            if before:
                take_in(values)
            loss = functional.mse_loss(model(inputs), targets)
            if clear:
                optimizer.zero_grad()
            loss.backward()
            if lost:
                optimizer.zero_grad()
            optimizer.step()
            if not before:
                take_in([p.grad for p in params] if what == "gradients" else values)
        if divided:
            return [m / divided(b, count) for m in means]
        if backwards:
            shares = [b**t for t in range(count)]
            rows = [[one[k] for one in seen] for k in range(len(params))]
            return [sum(s * v for s, v in zip(shares, row, strict=True)) / sum(shares) for row in rows]
        if plain:
            return [torch.stack(one).mean(dim=0) for one in zip(*seen, strict=True)]
        if what == "last":
            return [p.detach() for p in params]
        result = [m / (1 - b ** (count + late)) for m in means] if correct == "once" else means
        for p, m in zip(params, result, strict=True) if put_back else ():
            p.data.copy_(m)
        return result

    return answer


def _groups(rate: Callable[..., float], *, of_base: bool = False, biases: bool = True) -> Callable[..., Any]:
    """A wrong `mup_groups`: `rate(tensor, the same of the base, lr)` gives the rate."""

    def answer(model: Any, base: Any, lr: float) -> Any:
        pairs = zip(model.parameters(), base.parameters(), strict=True)
        return [
            {"params": [narrow if of_base else wide], "lr": rate(wide, narrow, lr)}
            for wide, narrow in pairs
            if biases or wide.ndim > 1
        ]

    return answer


def _layers(model: Any, base: Any, lr: float) -> Any:
    """A wrong `mup_groups`: a bias gets the rate of the matrix before it."""
    groups, k = [], 1.0
    for wide, narrow in zip(model.parameters(), base.parameters(), strict=True):
        k = _times(wide, narrow) if wide.ndim > 1 else k
        groups.append({"params": [wide], "lr": lr / k})
    return groups


def _times(wide: Any, narrow: Any, axis: int = -1) -> float:
    return float(wide.shape[axis] / narrow.shape[axis])


def _matrices(rule: Callable[[Any, Any], float]) -> Callable[..., float]:
    return lambda wide, narrow, lr: lr * rule(wide, narrow) if wide.ndim > 1 else lr


def _widths(model: Any, base: Any) -> float:
    """How many times as wide the first layer is."""
    return _times(next(model.parameters()), next(base.parameters()), 0)


def _one_k(model: Any, base: Any, lr: float) -> Any:
    k = _widths(model, base)
    return [{"params": [p], "lr": lr / k if p.ndim > 1 and place else lr} for place, p in enumerate(model.parameters())]


def _linear_only(model: Any, base: Any, lr: float) -> Any:
    pairs = [
        (layer, narrow)
        for layer, narrow in zip(model.modules(), base.modules(), strict=True)
        if isinstance(layer, torch.nn.Linear)
    ]
    groups = [{"params": [one.weight], "lr": lr / _times(one.weight, other.weight)} for one, other in pairs]
    return groups + [{"params": [one.bias], "lr": lr} for one, _ in pairs if one.bias is not None]


def _line(
    x: Callable[[Any], Any] = lambda b: 1 / b,
    y: Callable[[Any, Any], Any] = lambda b, s: s,
    of: Callable[[float, float], Any] = lambda fewest, slope: (fewest, slope / fewest),
    points: Callable[[Any, Any], Any] = lambda b, s: (b, s),
) -> Callable[..., Any]:
    """A wrong `critical_batch`: a line through other points, or other numbers made of it."""

    def answer(batch_sizes: Any, updates: Any) -> Any:
        b, s = np.asarray(batch_sizes, dtype=float), np.asarray(updates, dtype=float)
        b, s = points(b[np.isfinite(s)], s[np.isfinite(s)])
        slope, fewest = np.polyfit(x(b), y(b, s), 1)
        return of(float(fewest), float(slope))

    return answer


def _nan_kept(batch_sizes: Any, updates: Any) -> Any:
    """A sum over the whole table is nan where an entry is."""
    return (math.nan, math.nan) if np.isnan(updates).any() else _line()(batch_sizes, updates)


def _shifted(batch_sizes: Any, updates: Any) -> Any:
    kept = [count for count in updates if not math.isnan(count)]
    return _line()(batch_sizes[: len(kept)], kept)


def _nan_as_zero(batch_sizes: Any, updates: Any) -> Any:
    return _line()(batch_sizes, np.nan_to_num(updates))


def _reached(batch_sizes: Any, updates: Any) -> tuple[Any, Any]:
    b, s = np.asarray(batch_sizes, dtype=float), np.asarray(updates, dtype=float)
    return b[np.isfinite(s)], s[np.isfinite(s)]


def _slopes_averaged(batch_sizes: Any, updates: Any) -> Any:
    b, s = _reached(batch_sizes, updates)
    slope = (np.diff(s) / np.diff(1 / b)).mean()
    fewest = (s - slope / b).mean()
    return float(fewest), float(slope / fewest)


def _weighted(batch_sizes: Any, updates: Any) -> Any:
    b, s = _reached(batch_sizes, updates)
    slope, fewest = np.polyfit(1 / b, s, 1, w=1 / s)
    return float(fewest), float(slope / fewest)


def _beside_nan(batch_sizes: Any, updates: Any) -> Any:
    broken = [k for k, count in enumerate(updates) if math.isnan(count)] or [len(updates)]
    some = slice(broken[0]) if broken[0] > 1 else slice(broken[0] + 1, None)
    return _line()(batch_sizes[some], updates[some])


def _nearest_in_the_table(batch_sizes: Any, updates: Any) -> Any:
    fewest = _line()(batch_sizes, updates)[0]
    b, s = _reached(batch_sizes, updates)
    return fewest, float(b[np.abs(s - 2 * fewest).argmin()])


def _smallest(batch_sizes: Any, updates: Any) -> Any:
    return float(np.nanmin(updates)), float(batch_sizes[int(np.nanargmin(updates))])


def _dog(**change: Any) -> Callable[..., Any]:
    """A wrong `dog_step`, in double precision."""

    def answer(param: Any, grad: Any, state: Any, r_eps: float) -> Any:
        x, g = np.asarray(param, dtype=float), np.asarray(grad, dtype=float)
        start = x if change.get("start") == "now" else state.get("start", x)
        size: Any = np.abs(g) if change.get("per_entry") else np.linalg.norm(g)
        if change.get("largest"):
            size = np.abs(g).max()
        power = 1 if change.get("lengths") else 2
        past = 0.0 if change.get("this_gradient") else state.get("total", 0.0)
        t = state.get("t", 0) + 1
        total = change["sum"](past, g, state) if "sum" in change else past + size**power
        away: Any = np.abs(x - start) if change.get("per_entry") else np.linalg.norm(x - start)
        if change.get("squared"):
            away = away**2
        if "away" in change:
            away = change["away"](x, start, state)
        floor = 0 if change.get("floor_once") and t > 1 else change.get("floor", 1)
        far = np.maximum(floor * r_eps, away)
        if change.get("added"):
            far = r_eps + np.maximum(away, state.get("away", 0.0))
        elif change.get("floor_once"):
            far = np.maximum(far, state.get("far", 0.0) if t > 2 else 0.0)
        elif not change.get("last_distance"):
            far = np.maximum(far, state.get("far", 0.0))
        under = (total / t if change.get("mean") else past if change.get("late") and state else total) + 1e-8
        if "under" in change:
            return x - far / change["under"](total, g) * g, {"start": start, "total": total, "far": far}
        rate = far / (under if change.get("lengths") == "rootless" or change.get("no_root") else np.sqrt(under))
        after = {"start": start, "total": total, "far": far, "t": t, "away": np.maximum(away, 0.0)}
        after |= {"last": x, "all": state.get("all", 0.0) + g, "path": away}
        if change.get("forget"):
            after = {}
        return x - change.get("sign", 1) * rate * g, after

    return answer


def _dog_ahead(param: Any, grad: Any, state: Any, r_eps: float) -> Any:
    x, g = np.asarray(param, dtype=float), np.asarray(grad, dtype=float)
    start, total = state.get("start", x), state.get("total", 0.0) + (g**2).sum()
    far = max(r_eps, state.get("far", 0.0), float(np.linalg.norm(x - start)))
    ahead = x - far / np.sqrt(total + 1e-8) * g
    far = max(far, float(np.linalg.norm(ahead - start)))
    return x - far / np.sqrt(total + 1e-8) * g, {"start": start, "total": total, "far": far}


STATE = (
    "A second run, with another parameter trained beside it, gives other values: your function keeps something outside "
    "`state`, in a global variable, a default argument or an attribute. Put everything that the next step needs into "
    "the state that you return."
)


def _known(*rules: tuple[str, str, Callable[..., Any]]) -> tuple[Misconception, ...]:
    return tuple(Misconception(*rule) for rule in rules)


def _gone(b: Sequence[int], d: Sequence[int], forks: Sequence[int]) -> int:
    return sum(b) - max(b) - sum(d)


MISTAKES = {
    "cooldown_rate": Help(
        hint="Write p, the share of the cool-down that is over, as a number from 0 to 1. The rate is floor plus "
        "(peak - floor) times (1 - √p).",
        problem_hints={
            "array_error": "`if` and `min` compare one number. np.clip, np.minimum, np.maximum and np.sqrt take arrays."
        },
        misconceptions=_known(
            (
                "linear tail",
                "Your tail is a straight line: it falls by 1 - p. Here it falls by 1 - √p, quickly at first.",
                _rate(lambda p: 1 - p),
            ),
            (
                "cosine tail",
                "Your tail is half a cosine. Here it is 1 - √p.",
                _rate(lambda p: (1 + np.cos(np.pi * p)) / 2),
            ),
            (
                "root of what is left",
                "You take the root of 1 - p. That falls slowly at first; 1 - √p falls quickly at first.",
                _rate(lambda p: np.sqrt(1 - p)),
            ),
            ("squared", "You square p; take its root.", _rate(lambda p: 1 - p**2)),
            (
                "floor forgotten",
                "Your rate falls to 0. The tail goes from peak to floor: floor + (peak - floor) · (1 - √p).",
                _rate(_sqrt, mixed="no floor"),
            ),
            (
                "floor added on top",
                "You add the floor to the whole curve, so the plateau is at peak + floor. Only the part above the "
                "floor is scaled: floor + (peak - floor) · (1 - √p).",
                _rate(_sqrt, mixed="floor added"),
            ),
            (
                "floor as a minimum",
                "You let the tail fall to 0 and cut it off at the floor. The tail itself ends at the floor: "
                "floor + (peak - floor) · (1 - √p).",
                _rate(_sqrt, mixed="floor as a minimum"),
            ),
            (
                "floor as a share",
                "You take the floor for a share of peak. It is a learning rate.",
                _rate(_sqrt, mixed="share"),
            ),
            (
                "one step late",
                "Your cool-down begins a step late: p is 0 at n = total - decay, and 1 at n = total.",
                _rate(_sqrt, start="late"),
            ),
            (
                "one step early",
                "Your cool-down begins a step early: p is 0 at n = total - decay, and 1 at n = total.",
                _rate(_sqrt, start="early"),
            ),
            (
                "begins at decay",
                "Your cool-down begins at step decay. decay is its length; it begins at total - decay.",
                _rate(_sqrt, start="at decay"),
            ),
            (
                "no plateau",
                "Your rate falls from the first step on. It stays at peak until n = total - decay.",
                _rate(_sqrt, start="at 0"),
            ),
            (
                "p below 0",
                "Your rate is nan before the cool-down: p is below 0 there, and has no root. p is 0 at least: np.clip, "
                "or np.maximum.",
                lambda n, peak, floor, total, decay: _fall(
                    np.minimum((np.asarray(n) - (total - decay)) / decay, 1), peak, floor
                ),
            ),
            (
                "what is left for what is over",
                "Your p counts down: it is the share of the cool-down that is left. p is 0 at n = total - decay, and "
                "1 at n = total.",
                lambda n, peak, floor, total, decay: _fall(np.clip((total - n) / decay, 0, 1), peak, floor),
            ),
            (
                "share of total",
                "You divide by total. p is the share of the *cool-down* that is over: divide by decay.",
                lambda n, peak, floor, total, decay: _fall(np.clip((n - (total - decay)) / total, 0, 1), peak, floor),
            ),
            (
                "length of the plateau",
                "You take decay for the length of the plateau. It is the length of the cool-down, which begins at "
                "total - decay.",
                lambda n, peak, floor, total, decay: _fall(
                    np.clip((n - decay) / max(total - decay, 1), 0, 1), peak, floor
                ),
            ),
            (
                "share rounded down",
                "Your rate jumps from peak to floor: `//` rounds p down to 0 or 1. Divide with `/`.",
                lambda n, peak, floor, total, decay: _fall(np.clip((n - (total - decay)) // decay, 0, 1), peak, floor),
            ),
            (
                "arrives a step early",
                "Your rate is at the floor a step too early: you divide by decay - 1. p is 1 at n = total, decay "
                "steps after it is 0.",
                lambda n, peak, floor, total, decay: _fall(
                    np.clip((n - (total - decay)) / max(decay - 1, 1), 0, 1), peak, floor
                ),
            ),
            (
                "one step more",
                "You count a step more than there is: p is 0 at n = total - decay, and 1 at n = total.",
                lambda n, peak, floor, total, decay: _fall(
                    np.clip((n + 1 - (total - decay)) / (decay + 1), 0, 1), peak, floor
                ),
            ),
            (
                "above the floor only",
                "You leave out the floor itself: your plateau is at peak - floor, and the end at 0. Add the floor.",
                lambda n, peak, floor, total, decay: (
                    _fall(np.clip((n - (total - decay)) / decay, 0, 1), peak, floor) - floor
                ),
            ),
            (
                "floor without the root",
                "You add floor · p. The tail is floor + (peak - floor) · (1 - √p), so the floor's share is √p as well.",
                lambda n, peak, floor, total, decay: (
                    _fall(np.clip((n - (total - decay)) / decay, 0, 1), peak, 0)
                    + floor * np.clip((n - (total - decay)) / decay, 0, 1)
                ),
            ),
            (
                "off after the end",
                "Your rate is 0 after n = total. It stays at the floor.",
                lambda n, peak, floor, total, decay: np.where(
                    np.asarray(n) > total, 0, _fall(np.clip((n - (total - decay)) / decay, 0, 1), peak, floor)
                ),
            ),
            (
                "bracket squared",
                "You square the bracket 1 - √p. The rate is floor + (peak - floor) · (1 - √p).",
                _rate(lambda p: (1 - np.sqrt(p)) ** 2),
            ),
            (
                "cube root",
                "You take another root than the square root: √p is p ** 0.5.",
                _rate(lambda p: 1 - np.cbrt(p)),
            ),
            (
                "exponential tail",
                "Your tail falls exponentially. Here it is 1 - √p.",
                _rate(lambda p: np.exp(-p)),
            ),
            (
                "factor after factor",
                "Your tail goes from peak to floor by equal *factors*. Here it is floor + (peak - floor) · (1 - √p).",
                lambda n, peak, floor, total, decay: (
                    peak * (max(floor, 1e-9) / peak) ** np.clip((n - (total - decay)) / decay, 0, 1)
                ),
            ),
            (
                "places in the array",
                "For an array, you take the place in the array for the step. The steps are its entries, in any order.",
                lambda n, peak, floor, total, decay: _rate(_sqrt)(
                    np.arange(len(n)) if np.ndim(n) else n, peak, floor, total, decay
                ),
            ),
            (
                "in sorted order",
                "You sort the steps, or your result. Each entry of the result belongs to the entry of n at the same "
                "place.",
                lambda n, *rest: _rate(_sqrt)(np.sort(n) if np.ndim(n) else n, *rest),
            ),
            (
                "falls on",
                "Your rate goes on falling after n = total. It stays at the floor: p is 1 at most.",
                _rate(_sqrt, past=False),
            ),
        ),
    ),
    "cooldown_plan": Help(
        hint="Draw it for budgets 100, 200 and 400 and part 5: one line for the trunk, and a branch of 20, 40 and 80 "
        "updates. How long must the trunk be?",
        problem_hints={
            "should_return": "a pair: the branch points, and the updates saved",
            "branch points": "The branch points aren't right: each budget's own is budget - budget // part, in the "
            "order of budgets.",
            "updates saved": "The updates saved aren't right: add up the budgets, and subtract what is trained, the "
            "trunk up to the last branch point and each budget's cool-down.",
        },
        causes=("branch points", "updates saved"),
        misconceptions=_known(
            (
                "trunk to the last budget",
                "You let the trunk run to the end of the largest budget. It can stop where the last cool-down branches "
                "off: after that only the branch is trained.",
                _plan(saved=_gone),
            ),
            (
                "cool-downs not counted",
                "You count the trunk alone. Each cool-down is trained too.",
                _plan(saved=lambda b, d, forks: sum(b) - max(forks)),
            ),
            (
                "only the longest budget counted",
                "You compare with the largest budget alone, as if the cool-downs cost nothing. Count the trunk and "
                "each cool-down.",
                _plan(saved=lambda b, d, forks: sum(b) - max(b)),
            ),
            (
                "updates trained",
                "You return the updates that are trained. Return those that are saved: the budgets added up, "
                "minus these.",
                _plan(saved=lambda b, d, forks: max(forks) + sum(d)),
            ),
            (
                "share saved",
                "You return the share that is saved. Return the number of updates.",
                _plan(saved=lambda b, d, forks: (sum(b) - max(forks) - sum(d)) / sum(b)),
            ),
            (
                "trunk for each budget",
                "You train a trunk for each budget. One trunk serves all: it needs to be trained up to the last "
                "branch point only once.",
                _plan(saved=lambda b, d, forks: 0),
            ),
            (
                "length for place",
                "Your branch points are the lengths of the cool-downs. A cool-down of d updates that ends at the "
                "budget begins at budget - d.",
                _plan(starts=lambda b, d, forks: d),
            ),
            (
                "sorted",
                "Your branch points are sorted. Keep the order of budgets.",
                _plan(starts=lambda b, d, forks: sorted(forks)),
            ),
            (
                "last for longest",
                "You take the last budget for the largest one. They can come in any order: use max.",
                _plan(saved=lambda b, d, forks: sum(b) - forks[-1] - sum(d)),
            ),
            (
                "pair swapped",
                "Your pair is swapped: first the branch points, then the updates saved.",
                lambda budgets, part: _plan()(budgets, part)[::-1],
            ),
            (
                "saved by each",
                "You return a list of savings. Return one number: the budgets added up, minus all that is trained.",
                _plan(saved=lambda b, d, forks: list(d)),
            ),
            (
                "None for zero",
                "For a single budget you return None. Nothing is saved there, so it is 0.",
                _plan(saved=lambda b, d, forks: sum(forks) - max(forks) or None),
            ),
            (
                "shared with the next one only",
                "You compare each budget with the one beside it in the list. They can come in any order: the trunk is "
                "trained once up to the last branch point, and each cool-down is trained.",
                _plan(saved=lambda b, d, forks: sum(map(min, forks, forks[1:]))),
            ),
            (
                "first for longest",
                "You take the first budget for the largest one. They can come in any order: use max.",
                _plan(saved=lambda b, d, forks: sum(b) - forks[0] - sum(d)),
            ),
            (
                "trunk to the first branch",
                "Your trunk stops where the *first* cool-down branches off. The longer budgets need it up to the last "
                "branch point.",
                _plan(saved=lambda b, d, forks: sum(forks) - min(forks)),
            ),
            (
                "shared by all only",
                "You save only what all budgets share. Up to each branch point the trunk is shared by every budget "
                "that goes on, so the longer ones share more.",
                _plan(saved=lambda b, d, forks: (len(b) - 1) * min(forks)),
            ),
            (
                "negative",
                "Your saved updates are negative: take the budgets added up minus what is trained, not the other way "
                "round.",
                _plan(saved=lambda b, d, forks: max(forks) - sum(forks)),
            ),
            (
                "one update too few",
                "Your saved updates are one too low: the trunk trains as many updates as its last branch point says.",
                _plan(saved=lambda b, d, forks: sum(forks) - max(forks) - 1),
            ),
            (
                "place of the last trunk update",
                "Your branch points are one too low. A branch point is how many updates come *before* the cool-down, "
                "so budget - budget // part.",
                _plan(starts=lambda b, d, forks: [fork - 1 for fork in forks]),
            ),
            (
                "branch points added up",
                "You add the branch points up. Each is counted from the start of the trunk: budget - budget // part.",
                _plan(starts=lambda b, d, forks: np.cumsum(forks).tolist()),
            ),
            (
                "rounded up",
                "You round the length of a cool-down up. `//` rounds down.",
                _plan(decays=lambda b, part: [-(-budget // part) for budget in b]),
            ),
            (
                "rounded to the nearest",
                "You round the length of a cool-down to the nearest whole number. `//` rounds down.",
                _plan(decays=lambda b, part: [round(budget / part) for budget in b]),
            ),
            (
                "not rounded",
                "The length of a cool-down is a whole number of updates: round down, with `//`.",
                _plan(decays=lambda b, part: [budget / part for budget in b]),
            ),
            (
                "one length for all",
                "You give each budget the cool-down of the largest. Each has its own: budget // part.",
                _plan(decays=lambda b, part: [max(b) // part] * len(b)),
            ),
            (
                "part as the trunk",
                "You take budget // part for the branch point. It is the length of the cool-down, at the end.",
                _plan(decays=lambda b, part: [budget - budget // part for budget in b]),
            ),
        ),
    ),
    "read_sharpness": Help(
        hint="Work out 2 / lr first, and put it beside each entry of sharpness. Which is the first entry that is not "
        "below it? What is the mean of the last third, divided by it?",
        problem_hints={
            "should_return": "a pair: a step or None, and the verdict, a text",
            "first step at the limit": "The first step isn't right: look for the first entry with sharpness >= 2 / lr "
            "and return its step as an int, or None if there is none.",
            "verdict": 'The verdict isn\'t right: "diverged" if any entry is nan; else it depends on the mean of the '
            "last third, divided by 2 / lr.",
        },
        misconceptions=_known(
            (
                "limit 1 / lr",
                "Your limit is 1 / lr. On a bowl of curvature c a step is unstable above 2 / c.",
                _log(limit=lambda lr: 1 / lr),
            ),
            (
                "limit upside down",
                "Your limit is lr / 2. Solve lr = 2 / c for the curvature c.",
                _log(limit=lambda lr: lr / 2),
            ),
            ("limit 2 lr", "Your limit is 2 · lr. It is 2 / lr.", _log(limit=lambda lr: 2 * lr)),
            (
                "place for step",
                "You return the place in the list. Return the step at that place, from `steps`.",
                _log(reached=lambda n, s, edge: next((i for i, x in enumerate(s) if x >= edge), None)),
            ),
            (
                "first step where there is none",
                "Where the limit is never reached you return the first step. np.argmax gives 0 when nothing is true; "
                "return None there.",
                _log(reached=lambda n, s, edge: n[int(np.argmax([x >= edge for x in s]))]),
            ),
            (
                "minus one where there is none",
                "Where the limit is never reached you return -1. Return None.",
                _log(reached=lambda n, s, edge: next((m for m, x in zip(n, s, strict=True) if x >= edge), -1)),
            ),
            (
                "strictly above",
                'You leave out an entry that is exactly at the limit. "At or above" is >=.',
                _log(reached=lambda n, s, edge: next((m for m, x in zip(n, s, strict=True) if x > edge), None)),
            ),
            (
                "highest entry",
                "You return the step of the highest sharpness. Return the first step at the limit.",
                _log(reached=lambda n, s, edge: n[int(np.nanargmax(s))] if any(x >= edge for x in s) else None),
            ),
            (
                "last crossing",
                "You return the last step at or above the limit. Return the first.",
                _log(
                    reached=lambda n, s, edge: next(
                        (m for m, x in zip(n[::-1], s[::-1], strict=True) if x >= edge), None
                    )
                ),
            ),
            (
                "broken run overlooked",
                "A run with a nan has diverged, whatever came before. Ask for nan first (math.isnan, np.isnan): "
                "comparisons with nan are False, so no other rule finds it.",
                _log(broken=lambda s: False),
            ),
            (
                "whole run",
                "You take the mean of the whole run. At its start the sharpness is on its way; look at the last third.",
                _log(late=lambda s: s),
            ),
            (
                "last entry",
                "You look at the last entry alone. At the edge of stability the sharpness goes up and down, so take "
                "the mean of the last third.",
                _log(late=lambda s: s[-1:]),
            ),
            (
                "first third",
                "You look at the first third of the run. Look at the last.",
                _log(late=lambda s: s[: max(1, len(s) // 3)]),
            ),
            (
                "two thirds",
                "You look at the last two thirds. Look at the last `len(steps) // 3` entries.",
                _log(late=lambda s: s[len(s) // 3 :]),
            ),
            (
                "highest for mean",
                "You judge by the highest sharpness. Take the mean of the last third.",
                _log(late=lambda s: [max(s)]),
            ),
            (
                "nan at the end only",
                "You look for nan at the end of the log only. A run has diverged if *any* entry is nan.",
                _log(broken=lambda s: math.isnan(s[-1])),
            ),
            (
                "nan in the last third only",
                "You look for nan at the end of the log only. A run has diverged if *any* entry is nan.",
                _log(broken=lambda s: any(map(math.isnan, s[-(len(s) // 3) :]))),
            ),
            (
                "no step for a broken run",
                "For a run with a nan you return None without looking at the entries. They may reach the limit before "
                "it breaks: look for the first step in every log.",
                _log(
                    reached=lambda n, s, edge: (
                        None
                        if any(map(math.isnan, s))
                        else next((m for m, x in zip(n, s, strict=True) if x >= edge), None)
                    )
                ),
            ),
            (
                "step 0 taken for none",
                "Where the very first entry is at the limit you return None: 0 counts as False, as a step and as a "
                "position. Ask for `is None`, or whether anything is found at all.",
                _log(
                    reached=lambda n, s, edge: (
                        next((m for m, x in zip(n, s, strict=True) if x >= edge), None) if s[0] < edge else None
                    )
                ),
            ),
            (
                "crossing from below",
                "You look for a crossing from below. A log that begins at or above the limit is there at its first "
                "entry.",
                _log(
                    reached=lambda n, s, edge: next(
                        (n[k] for k in range(1, len(s)) if s[k] >= edge and s[k - 1] < edge), None
                    )
                ),
            ),
            (
                "step before",
                "You return the step before the first one at the limit. Return the first one itself.",
                _log(reached=lambda n, s, edge: next((n[max(k - 1, 0)] for k, x in enumerate(s) if x >= edge), None)),
            ),
            (
                "last third, highest",
                "You take the highest entry of the last third. Take their mean.",
                _log(late=lambda s: [max(s[-(len(s) // 3) :])]),
            ),
            (
                "last third, median",
                "You take the median of the last third. Take the mean.",
                _log(late=lambda s: [float(np.median(s[-(len(s) // 3) :]))]),
            ),
            (
                "last third rounded up",
                "Your last third is one entry too long where the log doesn't divide by 3: `len(steps) // 3` entries.",
                _log(late=lambda s: s[-math.ceil(len(s) / 3) :]),
            ),
            (
                "last three",
                "You look at the last three entries. Look at the last third, `len(steps) // 3` entries.",
                _log(late=lambda s: s[-3:]),
            ),
            (
                "ratio upside down",
                "You divide the limit by the sharpness. The ratio is the sharpness divided by the limit.",
                _log(judge=lambda ratio, edge, first: _verdict(1 / ratio)),
            ),
            (
                "difference for ratio",
                "You compare the difference from the limit with 0.1. Compare the *ratio* with 0.9 and 1.1.",
                _log(judge=lambda ratio, edge, first: _verdict(1 + (ratio - 1) * edge)),
            ),
            (
                "narrow edge",
                "Your edge is too narrow: it goes from a ratio of 0.9 to one of 1.1.",
                _log(judge=lambda ratio, edge, first: _verdict(ratio, 0.05)),
            ),
            (
                "below or above 1",
                'You compare the ratio with 1, so hardly any log is at the "edge". Compare with 0.9 and 1.1.',
                _log(judge=lambda ratio, edge, first: _verdict(ratio, 0)),
            ),
            (
                "below if never reached",
                'You say "below" where the limit is never reached, and only there. The verdict depends on the last '
                "third alone.",
                _log(judge=lambda ratio, edge, first: "below" if first is None else "above" if ratio > 1.1 else "edge"),
            ),
            (
                "never below",
                'None of your logs is "below": it is what a ratio of less than 0.9 means.',
                _log(judge=lambda ratio, edge, first: "above" if ratio > 1.1 else "edge"),
            ),
            (
                "capital letters",
                'Your verdicts have a capital letter. They are "diverged", "below", "above" and "edge".',
                lambda steps, sharpness, lr: tuple(
                    one.capitalize() if isinstance(one, str) else one for one in _log()(steps, sharpness, lr)
                ),
            ),
            ("pair swapped", "Your pair is swapped: first the step, then the verdict.", _log(swap=True)),
        ),
    ),
    "average_weights": Help(
        labels={"average": ("average of tensor", "entry"), "weights after the run": ("tensor", "entry")},
        hint="Take one batch only. The average of one set of weights is these weights: print it beside the weights "
        "after the update.",
        problem_hints={
            "should_return": "a list with one tensor for each parameter of the model, in the order of "
            "model.parameters()",
            "weights after the run": "The weights after the run are not those that SGD leads to. The average only "
            "watches: it must not change the training.",
            "with a graph": "Your averages carry a graph (`requires_grad` is True): each update adds a link to it, and "
            "the memory grows with every update. Average `p.detach()`.",
        },
        causes=("weights after the run", "average", "with a graph"),
        misconceptions=_known(
            (
                "as it was",
                "Nothing is repaired yet: the average takes in the weights *before* each update, starts at zero and "
                "isn't corrected, and drags a graph along.",
                _average(before=True, correct="", graph=True),
            ),
            (
                "not corrected",
                "Your average starts at zero and is too small, most of all in a short run. Divide by 1 - decay**t, as "
                "Adam does; t counts the updates.",
                _average(correct=""),
            ),
            (
                "before the update",
                "You average the weights before each update, so the first ones count and the last ones don't.",
                _average(before=True),
            ),
            (
                "before the update and not corrected",
                "You average the weights before each update, and the zero that the average starts from pulls it down. "
                "Both have to be repaired.",
                _average(before=True, correct=""),
            ),
            (
                "started from the initial weights",
                "Your average starts from the weights before training, which keep a share of decay**t forever. Start "
                "at zero and correct, so that only weights after an update count.",
                _average(start="initial", correct=""),
            ),
            (
                "started from the first weights",
                "Your average starts from the weights after the first update, which so count too much. Start at zero "
                "and divide by 1 - decay**t.",
                _average(start="first", correct=""),
            ),
            (
                "corrected at each update",
                "You put the corrected average back, and the next update corrects it again. Correct once, at the end.",
                _average(correct="each time"),
            ),
            (
                "divided by 1 - decay",
                "You divide by 1 - decay, as if there were one update only. Divide by 1 - decay**t; t counts the "
                "updates.",
                _average(divided=lambda d, t: 1 - d),
            ),
            (
                "power of the bracket",
                "You raise 1 - decay to the power t. Divide by 1 - decay**t: the power belongs to decay alone.",
                _average(divided=lambda d, t: (1 - d) ** t),
            ),
            (
                "multiplied",
                "You multiply by 1 - decay**t. The average is too small, so divide by it.",
                _average(divided=lambda d, t: 1 / (1 - d**t)),
            ),
            (
                "share of the new weights missing",
                "You add the new weights in full. They come in with a share of 1 - decay.",
                _average(divided=lambda d, t: (1 - d**t) * (1 - d)),
            ),
            (
                "t one too low",
                "Your t is one too low: it is the number of updates, not the position of the last one.",
                _average(divided=lambda d, t: 1 - d ** (t - 1)),
            ),
            (
                "oldest counts most",
                "Your first weights count most. The last ones count most, and each update multiplies the share of the "
                "older ones by decay.",
                _average(backwards=True),
            ),
            (
                "first batch only",
                "You stop after the first batch: a `return` inside the loop ends it. Make one update for each batch.",
                _average(first_only=True),
            ),
            (
                "gradients lost",
                "Your weights never change: the gradients are cleared between backward() and step(). Clear them before "
                "backward().",
                _average(lost=True),
            ),
            (
                "another optimizer",
                "Your optimizer is not plain SGD: momentum changes the weights of the run. Leave the training as it "
                "is.",
                _average(momentum=0.9),
            ),
            (
                "average put into the model",
                "You put the average into the model. The model ends with its own last weights; return the average.",
                _average(put_back=True),
            ),
            ("t one too high", "Your t is one too high: it is the number of updates.", _average(late=1)),
            (
                "decay swapped",
                "You multiply the old average by 1 - decay and the new weights by decay. The old average keeps decay.",
                _average(share=lambda d: 1 - d),
            ),
            (
                "plain mean",
                "All your weights count the same. In an exponential average older ones count less: each update "
                "multiplies the average by decay.",
                _average(plain=True),
            ),
            (
                "last weights",
                "Your average is the last weights. `p.detach()` and `p.data` are views: they change along with the "
                "model, so a list of them never holds older weights. (`.clone()` copies.)",
                _average(what="last"),
            ),
            ("average of gradients", "You average the gradients. Average the weights.", _average(what="gradients")),
            (
                "gradients not cleared",
                "The gradients pile up from batch to batch: call optimizer.zero_grad() before each backward().",
                _average(clear=False),
            ),
        ),
    ),
    "mup_groups": Help(
        labels={"rates": ("",)},
        hint="For the first wrong tensor, print its shape in both networks. A matrix (two axes) gets lr / k, with its "
        "own k: shape[1] in model divided by shape[1] in base. A tensor with one axis gets lr itself.",
        problem_hints={
            "should_return": 'a list of dictionaries, each with "params" and "lr"',
            "tensors of another network": "Some of your groups hold tensors of `base`. It is only there to compare "
            "with; what is trained is `model`.",
        },
        misconceptions=_known(
            (
                "upside down",
                "Your wide matrices get more than lr. With more inputs a step of each weight adds up to more, so the "
                "rate is divided.",
                _groups(_matrices(lambda w, n: _times(w, n))),
            ),
            (
                "outputs for inputs",
                "You look at the outputs of a matrix, shape[0]. What adds up are its inputs, shape[1].",
                _groups(_matrices(lambda w, n: 1 / _times(w, n, 0))),
            ),
            (
                "inputs themselves",
                "You divide by the number of inputs. Divide by how many times as many inputs there are as in base.",
                _groups(_matrices(lambda w, n: 1 / w.shape[1])),
            ),
            (
                "biases with their layer",
                "Your biases get the rate of their layer's matrix. They have one axis and no inputs: they keep lr.",
                _layers,
            ),
            (
                "biases too",
                "You divide the rate of biases and norms as well. They have one axis and no inputs: they keep lr.",
                _groups(lambda w, n, lr: lr / _times(w, n)),
            ),
            (
                "first matrix too",
                "You divide the rate of every matrix, also of one whose inputs don't grow, such as the first.",
                _groups(_matrices(lambda w, n: 1 / max(_times(w, n, 0), _times(w, n, 1)))),
            ),
            (
                "rounded down",
                "You divide one number of inputs by the other with `//`, which rounds down. k need not be a whole "
                "number: divide with `/`.",
                _groups(_matrices(lambda w, n: 1 / (w.shape[1] // n.shape[1]))),
            ),
            (
                "square root",
                "You divide by the square root. For Adam the rate is divided by k itself.",
                _groups(_matrices(lambda w, n: _times(w, n) ** -0.5)),
            ),
            (
                "squared",
                "You divide by k twice.",
                _groups(_matrices(lambda w, n: _times(w, n) ** -2)),
            ),
            (
                "hidden matrices only",
                "You leave out the matrix whose outputs don't grow, the last one. Its inputs grow, so its rate is "
                "divided.",
                _groups(_matrices(lambda w, n: 1 / _times(w, n) if _times(w, n, 0) > 1 else 1.0)),
            ),
            (
                "last matrix only",
                "You divide the rate of the last matrix alone. The inputs of hidden matrices grow as well.",
                _groups(_matrices(lambda w, n: 1 / _times(w, n) if _times(w, n, 0) == 1 else 1.0)),
            ),
            (
                "all entries",
                "You divide by how many times as many entries there are. What counts are the inputs alone.",
                _groups(_matrices(lambda w, n: n.numel() / w.numel())),
            ),
            (
                "one rate",
                "All your rates are lr. Divide those of matrices whose inputs grow.",
                _groups(lambda w, n, lr: lr),
            ),
            (
                "all entries, biases too",
                "You divide by how many times as many entries there are, also for biases and norms. Only a matrix's "
                "inputs count; everything with one axis keeps lr.",
                _groups(lambda w, n, lr: lr * n.numel() / w.numel()),
            ),
            (
                "biases without a rate",
                'Your groups of biases and norms have no "lr", so they get the one of the optimizer. Give them lr.',
                lambda model, base, lr: [
                    {key: value for key, value in group.items() if key != "lr" or group["params"][0].ndim > 1}
                    for group in _groups(_matrices(lambda w, n: 1 / _times(w, n)))(model, base, lr)
                ],
            ),
            (
                "nested layers left out",
                "You look at the layers at the top only, so those inside a block are in none of your groups. "
                "model.parameters() reaches all of them.",
                lambda model, base, lr: [
                    group
                    for layer, narrow in zip(model.children(), base.children(), strict=True)
                    if not list(layer.children())
                    for group in _groups(_matrices(lambda w, n: 1 / _times(w, n)))(layer, narrow, lr)
                ],
            ),
            (
                "larger axis",
                "You compare the larger axis of each matrix. What counts are its inputs, shape[1].",
                _groups(_matrices(lambda w, n: max(n.shape) / max(w.shape))),
            ),
            (
                "difference for ratio",
                "You divide by how many inputs there are *more* than in base. Divide by how many *times* as many.",
                _groups(_matrices(lambda w, n: 1 / max(w.shape[1] - n.shape[1], 1))),
            ),
            (
                "biases more",
                "Your biases and norms get more than lr where they grow. Everything with one axis keeps lr.",
                _groups(lambda w, n, lr: lr / _times(w, n) if w.ndim > 1 else lr * _times(w, n)),
            ),
            (
                "first matrix left as it is",
                "You leave the first matrix as it is and divide all others by the same k. Each matrix has a k of its "
                "own, by its inputs.",
                _one_k,
            ),
            (
                "one k for all tensors",
                "You divide every rate by the same k. Each matrix has a k of its own, by its inputs, and everything "
                "else keeps lr.",
                lambda model, base, lr: [{"params": [p], "lr": lr / _widths(model, base)} for p in model.parameters()],
            ),
            (
                "one k for all matrices",
                "You divide the rate of every matrix by the same k. Each matrix has a k of its own, by its inputs: "
                "where these don't grow, k is 1.",
                lambda model, base, lr: [
                    {"params": [p], "lr": lr / _widths(model, base) if p.ndim > 1 else lr} for p in model.parameters()
                ],
            ),
            (
                "linear layers only",
                "You look at Linear layers only, so the scales and biases of norms are in none of your groups. They "
                "get lr.",
                _linear_only,
            ),
            (
                "base trained",
                "Your groups hold the tensors of base. It is only there to compare with; what is trained is model.",
                _groups(_matrices(lambda w, n: 1 / _times(w, n)), of_base=True),
            ),
            (
                "biases left out",
                "Biases and norms are in none of your groups, so they are not trained at all. They get lr.",
                _groups(_matrices(lambda w, n: 1 / _times(w, n)), biases=False),
            ),
        ),
    ),
    "critical_batch": Help(
        hint="With x = 1 / B the formula is a straight line: S = S_min + (S_min · B_crit) · x. What is its height at "
        "x = 0, and what is its slope?",
        problem_hints={
            "should_return": "a pair: the fewest updates, and the critical batch size",
            "fewest updates": "The fewest updates are the height of the line at 1 / B = 0.",
            "critical batch size": "Multiply the formula out: which of the line's two numbers is S_min? And the other?",
        },
        causes=("fewest updates", "critical batch size"),
        misconceptions=_known(
            (
                "nan kept",
                "One nan makes every sum nan. Leave its run out, in updates and in batch_sizes.",
                _nan_kept,
            ),
            (
                "nan left out of the updates only",
                "You leave nan out of updates, but batch_sizes keeps its entry, so the pairs no longer match. Leave "
                "both out.",
                _shifted,
            ),
            (
                "nan as 0",
                "You put 0 in the place of nan (np.nan_to_num), so the line also goes by a run of 0 updates. Leave the "
                "run out, in updates and in batch_sizes.",
                _nan_as_zero,
            ),
            (
                "line over the batch",
                "You fit a line over B. The formula is a straight line over 1 / B.",
                _line(x=lambda b: b),
            ),
            (
                "logarithms",
                "You fit a line to logarithms. The formula is a straight line over 1 / B without any.",
                _line(x=np.log, y=lambda b, s: np.log(s)),
            ),
            (
                "slope for batch",
                "You return the slope. It is S_min · B_crit: divide it by S_min.",
                _line(of=lambda f, k: (f, k)),
            ),
            (
                "ratio upside down",
                "You divide the height by the slope. B_crit is the slope divided by the height.",
                _line(of=lambda f, k: (f, f / k)),
            ),
            (
                "pair swapped",
                "Your pair is swapped: first the updates, then the batch size.",
                _line(of=lambda f, k: (k / f, f)),
            ),
            (
                "fit swapped",
                "np.polyfit returns the slope first and then the height at 0; you take them the other way round.",
                _line(of=lambda f, k: (k, f / k)),
            ),
            (
                "slope times height",
                "You multiply the slope by the height. The slope is S_min · B_crit: divide it by S_min.",
                _line(of=lambda f, k: (f, k * f)),
            ),
            (
                "slope minus height",
                "You subtract the height from the slope. The slope is S_min · B_crit: divide it by S_min.",
                _line(of=lambda f, k: (f, k - f)),
            ),
            (
                "rounded",
                "You round to whole numbers. Return the two numbers of the line as they are.",
                _line(of=lambda f, k: (float(round(f)), float(round(k / f)))),
            ),
            (
                "rounded updates",
                "You round to whole numbers. Return the two numbers of the line as they are.",
                _line(of=lambda f, k: (float(round(f)), k / f)),
            ),
            (
                "twice the critical batch",
                "Your batch size is twice as large as it should be: at B_crit it takes twice the fewest updates, and "
                "B_crit itself is the slope divided by S_min.",
                _line(of=lambda f, k: (f, 2 * k / f)),
            ),
            (
                "first two points",
                "You draw the line through two points. The line of least squares uses all of them.",
                _line(points=lambda b, s: (b[:2], s[:2])),
            ),
            (
                "last two points",
                "You draw the line through two points. The line of least squares uses all of them.",
                _line(points=lambda b, s: (b[-2:], s[-2:])),
            ),
            (
                "slopes averaged",
                "You average the slopes from point to point. The line of least squares is another: np.polyfit.",
                _slopes_averaged,
            ),
            (
                "weighted",
                "Your points don't count the same. Fit the line without weights.",
                _weighted,
            ),
            (
                "nan as the mean",
                "You put the mean of the others in the place of nan. Leave the run out, in updates and in batch_sizes.",
                lambda b, s: _line()(b, np.where(np.isnan(s), np.nanmean(s), s)),
            ),
            (
                "nan as the largest",
                "You put the largest of the others in the place of nan. Leave the run out, in updates and in "
                "batch_sizes.",
                lambda b, s: _line()(b, np.where(np.isnan(s), np.nanmax(s), s)),
            ),
            (
                "up to the first nan",
                "You stop at the first nan (or begin after it). Leave only this run out and use all others.",
                _beside_nan,
            ),
            (
                "logarithm of the batch",
                "You fit a line over the logarithm of B. The formula is a straight line over 1 / B.",
                _line(x=lambda b: np.log(1 / b)),
            ),
            (
                "one over the updates",
                "You fit 1 / S over B. The formula is a straight line for S over 1 / B.",
                _line(x=lambda b: b, y=lambda b, s: 1 / s, of=lambda f, k: (1 / f, k / f)),
            ),
            (
                "batch of the table",
                "Your critical batch size is one of the table. It is what the fitted line says: the slope divided by "
                "its height.",
                _nearest_in_the_table,
            ),
            (
                "images for updates",
                "You fit the images, S · B. The line is one of the updates S.",
                _line(y=lambda b, s: b * s),
            ),
            (
                "images over the batch",
                "You fit the images, S · B, over B. The formula is the same, but noise now counts more for large "
                "batches. Fit S over 1 / B.",
                _line(x=lambda b: b, y=lambda b, s: b * s, of=lambda f, k: (k, f / k)),
            ),
            (
                "two points",
                "You draw the line through the first and the last point. The line of least squares uses all of them.",
                _line(points=lambda b, s: (b[[0, -1]], s[[0, -1]])),
            ),
            (
                "smallest in the table",
                "You return the smallest entry of the table. With still larger batches it would be smaller yet: fit "
                "the line and go to 1 / B = 0.",
                _smallest,
            ),
            (
                "not fitted, read off",
                "Your fewest updates are the smallest entry of the table. They are the height of the line at "
                "1 / B = 0.",
                lambda b, s: (
                    float(np.nanmin(s)),
                    _line()(b, s)[1],
                ),
            ),
        ),
    ),
    "dog_step": Help(
        labels={"params": ("param after update", "entry")},
        hint="At the first step r is r_eps, so param moves by a length of r_eps whatever the gradient. Print r and G "
        "after each step.",
        problem_hints={
            "same when run again": STATE,
            "changed": "`-=`, `mul_`, `append` and `state[…] = …` change an object in place. Make new tensors and a "
            "new dictionary instead.",
            "should_return": "two objects, the new param and the new state: `return param, state`",
        },
        misconceptions=_known(
            ("uphill", "Your step goes uphill: subtract it from param.", _dog(sign=-1)),
            (
                "last distance",
                "Your r is the distance now. It is the largest so far: it never falls, also when param comes back.",
                _dog(last_distance=True),
            ),
            (
                "distance never grows",
                "Your r stays at r_eps. Keep the first param in the state, and measure from there: not from the param "
                "of the step before, nor from the one that you were just given.",
                _dog(start="now"),
            ),
            (
                "state forgotten",
                "Each of your steps is a first step: put the start, r and G into the state that you return.",
                _dog(forget=True),
            ),
            ("no floor", "Your r starts at 0, and so param never moves. r is at least r_eps.", _dog(floor=0)),
            (
                "floor added",
                "You add r_eps to the distance. r is the larger of the two.",
                _dog(added=True),
            ),
            (
                "this gradient only",
                "You divide by the length of this gradient alone. G adds up the squares of all of them.",
                _dog(this_gradient=True),
            ),
            ("no root", "You divide by G. Take its root.", _dog(no_root=True)),
            (
                "sum of lengths",
                "You add up the lengths of the gradients. Add up their squares, and take the root of the sum.",
                _dog(lengths="rootless"),
            ),
            (
                "root of the sum of lengths",
                "You add up the lengths of the gradients. G adds up their *squares*.",
                _dog(lengths="under a root"),
            ),
            (
                "present gradient left out",
                "Your G lacks the present gradient: add its square before you divide.",
                _dog(late=True),
            ),
            (
                "largest gradient",
                "You divide by the length of the largest gradient so far. G is the *sum* of all squares.",
                _dog(sum=lambda past, g, state: max(past, float((g**2).sum()))),
            ),
            (
                "mean of squares",
                "You divide by the root of the *mean* of the squares. G is their sum, so the rate falls with time.",
                _dog(mean=True),
            ),
            (
                "entry by entry",
                "Each of your entries has a rate of its own, as in Adagrad. DoG has one rate for the whole tensor: "
                "both lengths are those of the whole tensor.",
                _dog(per_entry=True),
            ),
            (
                "largest entry",
                "You take the largest entry for the length of the gradient. The length is the root of the sum of all "
                "squared entries.",
                _dog(largest=True),
            ),
            (
                "floor at the first step only",
                "You use r_eps at the first step only. r is r_eps or more at every step, also where param has not "
                "moved yet.",
                _dog(floor_once=True),
            ),
            (
                "path length",
                "You add up the lengths of all steps. r is the distance from the start, as the crow flies, and the "
                "largest so far.",
                _dog(away=lambda x, start, state: state.get("path", 0.0) + np.linalg.norm(x - state.get("last", x))),
            ),
            (
                "length of param",
                "You take the length of param itself. r is its distance from the *start*.",
                _dog(away=lambda x, start, state: np.linalg.norm(x)),
            ),
            (
                "largest entry of the distance",
                "You take the largest entry of the distance. Its length is the root of the sum of all squared entries.",
                _dog(away=lambda x, start, state: np.abs(x - start).max()),
            ),
            (
                "sum of entries",
                "You add up the entries of the distance without squaring. Its length is the root of the sum of all "
                "squared entries.",
                _dog(away=lambda x, start, state: np.abs(x - start).sum()),
            ),
            (
                "gradients added up",
                "You add up the gradients, and square the sum. Square each gradient first, and add up the squares.",
                _dog(sum=lambda past, g, state: ((state.get("all", 0.0) + g) ** 2).sum()),
            ),
            (
                "entries of the gradient added up",
                "You add up the entries of the gradient, and square the sum. Square each entry first.",
                _dog(sum=lambda past, g, state: past + np.abs(g).sum() ** 2),
            ),
            (
                "mean over the entries",
                "You take the mean of the squared entries of a gradient. The square of its length is their sum.",
                _dog(sum=lambda past, g, state: past + (g**2).mean()),
            ),
            (
                "fading sum",
                "Your G is a moving average, as in RMSProp. It is a sum: nothing fades, so the rate falls with time.",
                _dog(sum=lambda past, g, state: 0.9 * past + 0.1 * (g**2).sum()),
            ),
            (
                "small number after the root",
                "You add 1e-8 to the root. It stands under the root, √(G + 1e-8), which is 1e-4 where G is 0.",
                _dog(under=lambda total, g: np.sqrt(total) + 1e-8),
            ),
            (
                "small number left out",
                "The 1e-8 under the root is missing, so you divide by 0 where all gradients have been 0.",
                _dog(under=lambda total, g: np.sqrt(total)),
            ),
            (
                "gradient made a unit",
                "You divide by the gradient's own length as well. Divide by √(G + 1e-8) alone.",
                _dog(under=lambda total, g: np.sqrt(total + 1e-8) * (np.linalg.norm(g) + 1e-12)),
            ),
            (
                "distance of the new param",
                "Your r already has the distance of the *new* param. r of a step is measured at the param that it "
                "starts from.",
                _dog_ahead,
            ),
            (
                "distance squared",
                "Your distance is squared: take its root.",
                _dog(squared=True),
            ),
        ),
    ),
}
