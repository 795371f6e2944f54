"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import math
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from lrlab.units import Help, Misconception

COMPARED_BY_VALUE = (
    "You compare the tensors by value. Two tensors can have equal values and still be two tensors. `p is parameter` "
    "asks "
    "whether they are the same object; `==`, `in` and torch.equal compare values."
)
Schedule = Callable[[int], float]
SET_LATE = (
    "You set the rates after the update, so the first update still uses the optimizer's old rate. Set them before "
    "optimizer.step()."
)
ONE_AHEAD = "Your rates are one update ahead. Updates are counted from 0: the first one uses schedule(0)."
ONE_LATE = (
    "The first update of each run uses start / (1 + d) in place of start. n counts from 0: call scheduler.step() after "
    "optimizer.step()."
)
AVERAGED = (
    "You average over the parts. Every part has its own limits, so look at the smallest and the largest curvature."
)
SOMETHING_FOR_NONE = "Where no single rate suits all parts, you return something else than None. Return None itself."
DEEP_MISSING = (
    "What is inside a block (or deeper, inside a block of a block) is missing in your groups. model.parameters() goes "
    "through all layers at any depth."
)
FROZEN_TOO = "Your groups contain tensors with requires_grad=False. They are frozen: leave them out of both groups."


def _found(optimizer: Any, parameter: Any, otherwise: Any = None, key: str = "lr") -> Any:
    """The right answer with another key of the group, or another answer for a tensor that is in no group."""
    for group in optimizer.param_groups:
        if any(p is parameter for p in group["params"]):
            return group.get(key, group["lr"])
    return otherwise


def _part(optimizer: Any, some: slice) -> Any:
    """An optimizer with some of the groups."""
    return SimpleNamespace(param_groups=optimizer.param_groups[some])


def _rescaling(change: Callable[[list[Any], float], list[Any]]) -> Callable[..., None]:
    """A wrong answer from (the groups' rates, highest) -> their new rates."""

    def answer(optimizer: Any, highest: float) -> None:
        new = change([group["lr"] for group in optimizer.param_groups], highest)
        for group, rate in zip(optimizer.param_groups, new, strict=True):
            group["lr"] = float(rate)

    return answer


def _one_after_another(optimizer: Any, highest: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] *= highest / max(g["lr"] for g in optimizer.param_groups)


def _highest_alone(optimizer: Any, highest: float) -> None:
    max(optimizer.param_groups, key=lambda group: group["lr"])["lr"] = float(highest)


def _only_lowers(optimizer: Any, highest: float) -> None:
    top = max(group["lr"] for group in optimizer.param_groups)
    for group in optimizer.param_groups if highest < top else ():
        group["lr"] = float(group["lr"] * highest / top)


def _all_but(k: int) -> Callable[..., None]:
    """The right rates for all groups but one."""

    def answer(optimizer: Any, highest: float) -> None:
        factor = highest / max(group["lr"] for group in optimizer.param_groups)
        left_out = optimizer.param_groups[k]
        for group in optimizer.param_groups:
            if group is not left_out:
                group["lr"] = float(group["lr"] * factor)

    return answer


def _from_initial(optimizer: Any, highest: float) -> None:
    first = [group.get("initial_lr", group["lr"]) for group in optimizer.param_groups]
    for group, rate in zip(optimizer.param_groups, first, strict=True):
        group["lr"] = rate * highest / max(first)


def _grouped(
    decayed: Callable[[str, Any], bool],
    *,
    frozen: bool = False,
    order: int = 1,
    rest: Callable[[float], dict[str, float]] = lambda weight_decay: {"weight_decay": 0.0},
    of: Callable[[Any], Any] = lambda model: model.named_parameters(),
) -> Callable[..., Any]:
    """A wrong answer from (name, parameter) -> whether it is decayed."""

    def answer(model: Any, weight_decay: float) -> Any:
        groups: tuple[list[Any], list[Any]] = ([], [])
        for name, p in of(model):
            if p.requires_grad or frozen:
                groups[not decayed(name, p)].append(p)
        made = [{"params": groups[0], "weight_decay": weight_decay}]
        made.append({"params": groups[1], **rest(weight_decay)})
        return made[::order]

    return answer


def _axes(name: str, p: Any) -> bool:
    return bool(p.ndim > 1)


def _by_type(model: Any, weight_decay: float) -> Any:
    """Everything but what is called a normalization, and biases, is decayed."""
    groups: tuple[list[Any], list[Any]] = ([], [])
    for module in model.modules():
        for name, p in module.named_parameters(recurse=False):
            if p.requires_grad and not any(p is q for q in (*groups[0], *groups[1])):
                groups[name == "bias" or "Norm" in type(module).__name__].append(p)
    return [{"params": groups[0], "weight_decay": weight_decay}, {"params": groups[1], "weight_decay": 0.0}]


def _of_linear_layers(model: Any, weight_decay: float) -> Any:
    linear = {id(m.weight) for m in model.modules() if type(m).__name__ == "Linear"}
    return _grouped(lambda name, p: id(p) in linear)(model, weight_decay)


def _of_different_values(model: Any) -> Any:
    named = list(model.named_parameters())
    for k, (name, p) in enumerate(named):
        if not any(p.shape == q.shape and bool((p == q).all()) for _, q in named[:k]):
            yield name, p


def _again_for_each_block(model: Any) -> Any:
    return ((name, p) for module in model.modules() for name, p in module.named_parameters())


def _ends(
    lower: Callable[[float, list[float]], float],
    upper: Callable[[float, list[float]], float],
    left: Callable[[int], float] = lambda steps: 0.5 ** (1 / steps),
    check: bool = True,
) -> Callable[..., Any]:
    """A wrong answer from the two ends of the interval, each from (what an update leaves, curvatures)."""

    def answer(curvatures: Any, steps: int) -> Any:
        c = [float(x) for x in curvatures]
        ends = [lower(left(steps), c), upper(left(steps), c)]
        return ends if ends[0] <= ends[1] or not check else None

    return answer


def _if_any(low: float, high: float) -> Any:
    return (low, high) if low <= high else None


def _low(left: float, c: list[float]) -> float:
    return (1 - left) / min(c)


def _high(left: float, c: list[float]) -> float:
    return (1 + left) / max(c)


def _asked(s: Schedule, ratio: float, n: int, start: int) -> Sequence[float]:
    return s(n), ratio * s(n)


def _trainer(
    *,
    rates: Callable[[Schedule, float, int, int], Sequence[float | None]] = _asked,
    set_at: str = "before",
    late: int = 0,
    join: str = "with its rate",
    clear: str = "before",
    loss: str = "cross entropy",
    noted: str = "before",
    detached: bool = False,
    counted: bool = False,
    momentum: bool = True,
    returned: Callable[[list[list[float]]], Any] = list,
) -> Callable[..., Any]:
    """A wrong training loop: see the misconceptions for what each switch is. A rate that is None stays as it is."""

    def answer(body: Any, head: Any, optimizer: Any, batches: Any, schedule: Schedule, ratio: float, start: int) -> Any:
        import torch
        from torch.nn import functional

        def set_rates(n: int) -> None:
            for group, rate in zip(optimizer.param_groups, rates(schedule, ratio, n, start), strict=False):
                group["lr"] = group["lr"] if rate is None else rate

        used = []
        other = None
        if join in ("from the start", "at rate 0"):
            optimizer.add_param_group({"params": body.parameters(), "lr": ratio if join == "from the start" else 0.0})
        if counted:
            sum(1 for _ in batches)
        for n, (inputs, labels) in enumerate(batches):
            if set_at == "before joining":
                set_rates(n)
            if n == start + late and (start or join != "not at 0"):
                if join == "new optimizer":
                    hooks = optimizer._optimizer_step_pre_hooks
                    groups = [{"params": m.parameters()} for m in (head, body)]
                    optimizer = torch.optim.SGD(groups, lr=7.0, momentum=optimizer.param_groups[0]["momentum"])
                    optimizer._optimizer_step_pre_hooks = hooks
                elif join == "second optimizer":
                    other = torch.optim.SGD(body.parameters(), lr=1.0, momentum=optimizer.param_groups[0]["momentum"])
                elif join in ("with its rate", "bare", "not at 0", "weights only"):
                    group = {} if join == "bare" else {"lr": _asked(schedule, ratio, n, start)[1]}
                    group |= {} if momentum else {"momentum": 0.0}
                    optimizer.add_param_group(
                        {"params": [body.weight] if join == "weights only" else body.parameters(), **group}
                    )
            if set_at == "before":
                set_rates(n)
            now = [group["lr"] for group in optimizer.param_groups]
            if other is not None:
                other.param_groups[0]["lr"] = ratio * schedule(n)
                now.append(ratio * schedule(n))
            if clear == "before":
                optimizer.zero_grad()
                body.zero_grad()
            hidden = body(inputs)
            out = head(hidden.detach() if detached else hidden)
            if loss == "softmax twice":
                out = out.softmax(1)
            if loss == "no logarithm":
                functional.nll_loss(out, labels).backward()
            else:
                functional.cross_entropy(out, labels, reduction="sum" if loss == "sum" else "mean").backward()
            if clear == "after backward":
                optimizer.zero_grad()
                body.zero_grad()
            optimizer.step()
            if other is not None:
                other.step()
            if set_at == "after":
                set_rates(n)
            if noted == "after":
                now = [group["lr"] for group in optimizer.param_groups]
            used.append(list(_asked(schedule, ratio, n, start))[: 1 + (n >= start)] if noted == "as asked" else now)
        return returned(used)

    return answer


def _listed(early: Callable[[float, float], float]) -> Callable[..., Any]:
    """A right training run whose list has a rate of the body from the beginning."""

    def answer(*args: Any) -> Any:
        ratio = args[5]
        return [[*rates, early(ratio, rates[0])][:2] for rates in _trainer()(*args)]

    return answer


def _scheduled_again(
    body: Any, head: Any, optimizer: Any, batches: Any, schedule: Schedule, ratio: float, start: int
) -> Any:
    heads = optimizer.param_groups[0]
    present: dict[int, list[float]] = {}

    def rates(s: Schedule, ratio: float, n: int, start: int) -> Sequence[float]:
        if n == start:
            present[n] = [heads["lr"], ratio * heads["lr"]]
        now = present.get(n, [group["lr"] for group in optimizer.param_groups])
        return [rate * s(n) for rate in now]

    return _trainer(rates=rates)(body, head, optimizer, batches, schedule, ratio, start)


def _no_step(body: Any, head: Any, optimizer: Any, batches: Any, schedule: Schedule, ratio: float, start: int) -> Any:
    return [list(_asked(schedule, ratio, n, start))[: 1 + (n >= start)] for n, _ in enumerate(batches)]


def _piles_up(
    body: Any, head: Any, optimizer: Any, batches: Any, schedule: Callable[[int], float], ratio: float, start: int
) -> Any:
    """The body joins after backward: what its gradients collected before is in its first update."""
    from torch.nn import functional

    used = []
    for n, (inputs, labels) in enumerate(batches):
        optimizer.zero_grad()
        functional.cross_entropy(head(body(inputs)), labels).backward()
        if n == start:
            optimizer.add_param_group({"params": body.parameters()})
        for k, group in enumerate(optimizer.param_groups):
            group["lr"] = schedule(n) * (ratio if k else 1)
        used.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
    return used


def _runs(
    *,
    forget: str = "",
    late: bool = False,
    only_first: bool = False,
    first_start: bool = False,
    after_step: bool = False,
    fresh: bool = False,
    counts_on: bool = False,
    scheduler_first: bool = False,
    per_run: bool = False,
    base_late: bool = False,
) -> Callable[..., Any]:
    """The script of the prompt, with one more mistake or none."""

    def answer(optimizer: Any, starts: Any, d: float, steps: int) -> Any:
        import torch

        used = []
        for run, start in enumerate(starts):
            if fresh:
                optimizer = torch.optim.SGD([p for g in optimizer.param_groups for p in g["params"]], lr=start)
            old = [group["lr"] for group in optimizer.param_groups]
            for k, group in enumerate(optimizer.param_groups):
                if forget == "before" or (forget == "between" and run):
                    group.pop("initial_lr", None)
                if not (only_first and k) and not late:
                    group["lr"] = starts[0] if first_start else start
                if forget == "first group" and not k:
                    group["initial_lr"] = start
                if forget == "old rate":
                    group["initial_lr"], group["lr"] = old[k], start
            earlier = run * steps if counts_on else 0
            scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n, done=earlier: 1 / (1 + d * (done + n)))
            if late:
                for group in optimizer.param_groups:
                    group["lr"] = start
            if base_late:
                scheduler.base_lrs = [start] * len(optimizer.param_groups)
            for n in range(steps):
                if not after_step:
                    used.append(optimizer.param_groups[0]["lr"])
                for part in (scheduler, optimizer) if scheduler_first else (optimizer, scheduler):
                    if part is optimizer or not per_run or n == steps - 1:
                        part.step()
                if after_step:
                    used.append(optimizer.param_groups[0]["lr"])
        return used

    return answer


def _by_formula(
    rate: Callable[[float, float, int], float],
    *,
    steps_less: int = 0,
    scale: bool = False,
    row: Callable[[Any, float], Any] = lambda optimizer, rate: rate,
    kept: Callable[[list[list[Any]]], Any] = lambda runs: [one for run in runs for one in run],
) -> Callable[..., Any]:
    """A wrong answer that sets the rates of the groups itself, from (start, d, n) -> rate."""

    def answer(optimizer: Any, starts: Any, d: float, steps: int) -> Any:
        runs = []
        first = [group["lr"] / optimizer.param_groups[0]["lr"] for group in optimizer.param_groups]
        for start in starts:
            runs.append([])
            for n in range(steps - steps_less):
                for share, group in zip(first, optimizer.param_groups, strict=True):
                    group["lr"] = rate(start, d, n) * (share if scale else 1)
                runs[-1].append(row(optimizer, rate(start, d, n)))
                optimizer.step()
        return kept(runs)

    return answer


def _time_based(start: float, d: float, n: int) -> float:
    return start / (1 + d * n)


def _again_and_again(start: float, d: float, n: int) -> float:
    return start / math.prod(1 + d * k for k in range(n + 1))


def _one_scheduler(*, base: bool) -> Callable[..., Any]:
    """One scheduler for all runs; each run sets what it starts from, or the groups' rates."""

    def answer(optimizer: Any, starts: Any, d: float, steps: int) -> Any:
        import torch

        used = []
        scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + d * n))
        for start in starts:
            if base:
                scheduler.base_lrs = [start] * len(optimizer.param_groups)
            else:
                for group in optimizer.param_groups:
                    group["lr"] = start
            for _ in range(steps):
                used.append(optimizer.param_groups[0]["lr"])
                optimizer.step()
                scheduler.step()
        return used

    return answer


MISTAKES = {
    "lr_of": Help(
        hint="Go through optimizer.param_groups, and in each group through its parameters. Which group has this "
        "very tensor? If none has it, return None.",
        problem_hints={"should_return": "one learning rate, or None"},
        misconceptions=(
            Misconception(
                "compared by shape",
                "You compare the shapes of the tensors. Many tensors have the same shape: `p is parameter` asks "
                "whether "
                "they are the same object.",
                lambda optimizer, parameter: next(
                    (g["lr"] for g in optimizer.param_groups if any(p.shape == parameter.shape for p in g["params"])),
                    None,
                ),
            ),
            Misconception(
                "compared by value",
                COMPARED_BY_VALUE,
                lambda optimizer, parameter: next(
                    (g["lr"] for g in optimizer.param_groups if any(bool(p == parameter) for p in g["params"])), None
                ),
            ),
            Misconception(
                "first group only",
                "You return the first group's rate. Find the group that has this tensor.",
                lambda optimizer, parameter: optimizer.param_groups[0]["lr"],
            ),
            Misconception(
                "gives up after the first group",
                "You answer None as soon as the first group doesn't have the tensor. Look into the other groups first: "
                "`return None` belongs after the loop.",
                lambda optimizer, parameter: _found(_part(optimizer, slice(1)), parameter),
            ),
            Misconception(
                "defaults",
                "You read optimizer.defaults: the settings of a group that has none of its own. The rate that "
                'optimizer.step() uses is group["lr"].',
                lambda optimizer, parameter: optimizer.defaults["lr"],
            ),
            Misconception(
                "defaults, None for a stranger",
                "You read optimizer.defaults: the settings of a group that has none of its own. The rate that "
                'optimizer.step() uses is group["lr"].',
                lambda optimizer, parameter: None if _found(optimizer, parameter) is None else optimizer.defaults["lr"],
            ),
            Misconception(
                "first tensor of each group",
                "You compare with the first tensor of each group only. A group may have many: go through all of "
                'group["params"].',
                lambda optimizer, parameter: next(
                    (g["lr"] for g in optimizer.param_groups if g["params"] and g["params"][0] is parameter), None
                ),
            ),
            Misconception(
                "default for a stranger",
                "A tensor that the optimizer does not have gets no update, so it has no learning rate: return None.",
                lambda optimizer, parameter: _found(optimizer, parameter, optimizer.defaults["lr"]),
            ),
            Misconception(
                "rate of 0 taken for none",
                "You treat a learning rate of 0 as if the optimizer did not have the tensor: in Python 0 counts as "
                "false. "
                'Return group["lr"] as soon as the tensor is found, or ask `is not None`.',
                lambda optimizer, parameter: _found(optimizer, parameter) or None,
            ),
            *(
                Misconception(
                    f"{words} for a stranger",
                    "For a tensor that the optimizer does not have, you return something else than None. It has no "
                    "rate "
                    "at all: after all groups, return None.",
                    lambda optimizer, parameter, otherwise=otherwise: _found(optimizer, parameter, otherwise),
                )
                for words, otherwise in (("0", 0.0), ("-1", -1.0), ("nan", math.nan), ("False", False))
            ),
            Misconception(
                "last rate for a stranger",
                "For a tensor that the optimizer does not have, you return the rate of a group that doesn't have it "
                "either. It has no rate at all: return None.",
                lambda optimizer, parameter: _found(optimizer, parameter, optimizer.param_groups[-1]["lr"]),
            ),
            Misconception(
                "first rate for a stranger",
                "For a tensor that the optimizer does not have, you return the rate of a group that doesn't have it "
                "either. It has no rate at all: return None.",
                lambda optimizer, parameter: _found(optimizer, parameter, optimizer.param_groups[0]["lr"]),
            ),
            Misconception(
                "last group overwrites",
                "Only a tensor of the last group gets its rate from you: what you found in a group before is lost when "
                "the next group doesn't have the tensor. Return the rate as soon as you have found it.",
                lambda optimizer, parameter: _found(_part(optimizer, slice(-1, None)), parameter),
            ),
            Misconception(
                "first group skipped",
                "You never look into the first group. Groups are counted from 0.",
                lambda optimizer, parameter: _found(_part(optimizer, slice(1, None)), parameter),
            ),
            Misconception(
                "compared by value, the last that is equal",
                COMPARED_BY_VALUE,
                lambda optimizer, parameter: next(
                    (
                        g["lr"]
                        for g in reversed(optimizer.param_groups)
                        if any(bool(p == parameter) for p in g["params"])
                    ),
                    None,
                ),
            ),
            Misconception(
                "last tensor of each group",
                "You compare with the last tensor of each group only. A group may have many: go through all of "
                'group["params"].',
                lambda optimizer, parameter: next(
                    (g["lr"] for g in optimizer.param_groups if g["params"] and g["params"][-1] is parameter), None
                ),
            ),
            Misconception(
                "highest of all groups",
                "You return the highest rate of all groups. Return that of the group that has this tensor.",
                lambda optimizer, parameter: (
                    None
                    if _found(optimizer, parameter) is None
                    else max(group["lr"] for group in optimizer.param_groups)
                ),
            ),
            Misconception(
                "always None",
                "You return None for every tensor. Perhaps a `return` is missing. Or you look where nothing is before "
                "the first update: optimizer.state and .grad don't say which tensors the optimizer has. "
                "optimizer.param_groups does.",
                lambda optimizer, parameter: None,
            ),
            Misconception(
                "all rates",
                "You return the rates of all groups. Return one: that of the group that has this tensor.",
                lambda optimizer, parameter: [group["lr"] for group in optimizer.param_groups],
            ),
            Misconception(
                "whether it is there",
                "You return whether the optimizer has the tensor. Return the learning rate of its group, or None.",
                lambda optimizer, parameter: any(p is parameter for g in optimizer.param_groups for p in g["params"]),
            ),
            Misconception(
                "initial_lr",
                'You read group["initial_lr"], the rate that a scheduler started from. The rate in use is group["lr"].',
                lambda optimizer, parameter: _found(optimizer, parameter, key="initial_lr"),
            ),
            Misconception(
                "in a list",
                "You return a list. Return the learning rate itself, as a number, or None.",
                lambda optimizer, parameter: [
                    g["lr"] for g in optimizer.param_groups if any(p is parameter for p in g["params"])
                ],
            ),
            Misconception(
                "number of the group",
                "You return the number of the group. Return the learning rate of that group.",
                lambda optimizer, parameter: next(
                    (k for k, g in enumerate(optimizer.param_groups) if any(p is parameter for p in g["params"])),
                    None,
                ),
            ),
        ),
    ),
    "rescale_lrs": Help(
        labels={"rates": ("rate of group",)},
        hint="Which factor takes the highest of the old rates to `highest`? Multiply every group's own rate by it.",
        problem_hints={
            "builtin floats": "Each group must contain a builtin float. A NumPy number or a tensor works until a "
            "checkpoint is loaded: torch.load refuses it. An int is no float either: use float(…).",
            "everything else unchanged": 'Something else than the learning rates has changed. Write to group["lr"] '
            'alone (group["initial_lr"] stays, too), in place: a new optimizer, or one that is initialized again, has '
            "lost its momentum buffers and settings.",
        },
        misconceptions=(
            Misconception(
                "nothing changed",
                "The learning rates of this optimizer are still the old ones. A new optimizer, a copy of a group or "
                'another variable has no effect on it: assign to group["lr"].',
                lambda optimizer, highest: None,
            ),
            Misconception(
                "one rate for all",
                "All groups have the same rate now. Only the highest becomes `highest`; the others keep their ratio "
                "to it.",
                _rescaling(lambda rates, highest: [highest] * len(rates)),
            ),
            Misconception(
                "highest alone",
                "Only the group with the highest rate has changed, so the ratios are different now. Multiply the "
                "others by the same factor.",
                _rescaling(lambda rates, highest: [highest if r == max(rates) else r for r in rates]),
            ),
            Misconception(
                "first group as measure",
                "You make the first group's rate `highest`. Compare with the highest rate of all groups, which may be "
                "in another group.",
                _rescaling(lambda rates, highest: [r * highest / rates[0] for r in rates]),
            ),
            Misconception(
                "last group as measure",
                "You divide by the last group's rate. Divide by the highest rate of all groups.",
                _rescaling(lambda rates, highest: [r * highest / (rates[-1] or 1) for r in rates]),
            ),
            Misconception(
                "maximum taken again",
                "You look for the highest rate again after some groups have changed, so the factor changes within the "
                "loop. Compute the factor once, before the loop.",
                _one_after_another,
            ),
            Misconception(
                "highest as factor",
                "You multiply by `highest`. It is the new highest rate, not a factor: which factor leads there?",
                _rescaling(lambda rates, highest: [r * highest for r in rates]),
            ),
            Misconception(
                "factor upside down",
                "Your factor is upside down: it takes `highest` to the old highest rate.",
                _rescaling(lambda rates, highest: [r * max(rates) / highest for r in rates]),
            ),
            Misconception(
                "shares of the sum",
                "You divide by the sum of the rates. Divide by the highest one, so that it becomes `highest`.",
                _rescaling(lambda rates, highest: [r * highest / sum(rates) for r in rates]),
            ),
            Misconception(
                "initial_lr",
                'You start from group["initial_lr"], the rate that a scheduler once started from. Start from the rate '
                'in use, group["lr"].',
                _from_initial,
            ),
            Misconception(
                "highest alone, others as they are",
                "Only the group with the highest rate has changed, so the ratios are different now. Multiply the "
                "others by the same factor.",
                _highest_alone,
            ),
            Misconception(
                "lowest rate as measure",
                "You make the lowest rate `highest`. Compare with the highest rate of all groups.",
                _rescaling(lambda rates, highest: [r * highest / (min(filter(None, rates))) for r in rates]),
            ),
            Misconception(
                "mean as measure",
                "You make the mean of the rates `highest`. It is the highest rate that becomes `highest`.",
                _rescaling(lambda rates, highest: [r * highest * len(rates) / sum(rates) for r in rates]),
            ),
            Misconception(
                "default as measure",
                'You divide by optimizer.defaults["lr"], which no group may use. Divide by the highest rate of all '
                "groups.",
                _rescaling(lambda rates, highest: [r * highest / 9.0 for r in rates]),  # the adapter's default
            ),
            Misconception(
                "shifted",
                "You add the same number to every rate. Rates that keep their *ratio* are multiplied by the same "
                "number.",
                _rescaling(lambda rates, highest: [r + highest - max(rates) for r in rates]),
            ),
            Misconception(
                "clipped",
                "You cut off what is above `highest`, so the rates below it don't change. All rates are multiplied "
                "by the "
                "same factor.",
                _rescaling(lambda rates, highest: [min(r, highest) for r in rates]),
            ),
            Misconception(
                "never raised",
                "Where `highest` is above the old highest rate, yours stay as they are. The rates go up then, in the "
                "same "
                "ratio.",
                _rescaling(lambda rates, highest: [r * min(1.0, highest / max(rates)) for r in rates]),
            ),
            Misconception(
                "never raised, where nothing is written",
                "Where `highest` is above the old highest rate, yours stay as they are. The rates go up then, in the "
                "same "
                "ratio.",
                _only_lowers,
            ),
            Misconception(
                "in order of size",
                "You give the rates to the groups in the order of their size. Each group keeps its own rate, times the "
                "factor.",
                _rescaling(lambda rates, highest: [r * highest / max(rates) for r in sorted(rates)]),
            ),
            Misconception(
                "in order of size, the highest first",
                "You give the rates to the groups in the order of their size. Each group keeps its own rate, times the "
                "factor.",
                _rescaling(lambda rates, highest: [r * highest / max(rates) for r in sorted(rates)[::-1]]),
            ),
            Misconception(
                "ratios alone",
                "You make the highest rate 1. Multiply by `highest`, too.",
                _rescaling(lambda rates, highest: [r / max(rates) for r in rates]),
            ),
            Misconception(
                "divided twice",
                "You divide by the highest rate twice. The factor is highest / (old highest rate), once.",
                _rescaling(lambda rates, highest: [r * highest / max(rates) ** 2 for r in rates]),
            ),
            Misconception(
                "whole factor",
                "Your factor is a whole number: `//` rounds down. Divide with `/`.",
                _rescaling(lambda rates, highest: [r * (highest // max(rates)) for r in rates]),
            ),
            Misconception(
                "last group left out",
                "The last group's rate is still the old one: your loop ends one group too early.",
                _all_but(-1),
            ),
            Misconception(
                "first group left out",
                "The first group's rate is still the old one: your loop begins one group too late.",
                _all_but(0),
            ),
        ),
    ),
    "decay_groups": Help(
        labels={"tensors": ("tensor",), "weight_decay": ("weight_decay of group",)},
        hint="model.parameters() gives every tensor of every layer once. Sort by `ndim`, and leave out what doesn't "
        "require a gradient.",
        problem_hints={
            "should_return": "a list of two dictionaries",
            "tensors": "Look at which tensors are in which group: first those with two or more axes, then those "
            "with one; tensors with requires_grad=False in neither.",
            "weight_decay": "The first group has the weight decay that you were given, the second has 0.",
            "changed": "Sorting the parameters must leave them as they are.",
        },
        misconceptions=(
            Misconception(
                "biases by name only",
                "You leave out the biases only. The weights of a normalization layer or a PReLU have one axis as well: "
                "decide by the number of axes, not by the name.",
                _grouped(lambda name, p: not name.endswith("bias")),
            ),
            Misconception(
                "by type of layer",
                "You decide by the type of the layer, and a PReLU is no normalization. Decide by the number of axes of "
                "each tensor.",
                _by_type,
            ),
            Misconception(
                "matrices only",
                "You decay tensors with exactly two axes. The weight of a convolution has more, and is decayed, too.",
                _grouped(lambda name, p: p.ndim == 2),
            ),
            Misconception(
                "frozen ones too",
                FROZEN_TOO,
                _grouped(_axes, frozen=True),
            ),
            Misconception(
                "frozen ones in the second group",
                FROZEN_TOO,
                _grouped(lambda name, p: _axes(name, p) and p.requires_grad, frozen=True),
            ),
            Misconception(
                "frozen biases in the second group",
                FROZEN_TOO,
                _grouped(
                    _axes,
                    frozen=True,
                    of=lambda model: ((n, p) for n, p in model.named_parameters() if p.requires_grad or p.ndim < 2),
                ),
            ),
            Misconception(
                "groups swapped",
                "Your first group is the one without decay. Put the decayed tensors first.",
                _grouped(_axes, order=-1),
            ),
            Misconception(
                "wrong way round",
                "You decay the tensors with one axis. Decay the others.",
                _grouped(lambda name, p: p.ndim < 2),
            ),
            Misconception(
                "second group without its 0",
                'Your second group has no "weight_decay", so it gets the default of the optimizer, which is 0.01 in '
                'AdamW. Give it its own entry: "weight_decay": 0.0.',
                _grouped(_axes, rest=lambda weight_decay: {}),
            ),
            Misconception(
                "both groups decayed",
                "Both groups have the weight decay. The second one gets 0.",
                _grouped(_axes, rest=lambda weight_decay: {"weight_decay": weight_decay}),
            ),
            Misconception(
                "everything decayed",
                "All tensors are in the first group. Those with one axis belong to the second.",
                _grouped(lambda name, p: True),
            ),
            Misconception(
                "top layers only",
                DEEP_MISSING,
                _grouped(
                    _axes,
                    of=lambda model: {
                        id(p): (name, p) for child in model for name, p in child.named_parameters(recurse=False)
                    }.values(),
                ),
            ),
            Misconception(
                "two layers deep",
                DEEP_MISSING,
                _grouped(
                    _axes,
                    of=lambda model: {
                        id(p): (name, p)
                        for child in model
                        for layer in (child, *child.children())
                        for name, p in layer.named_parameters(recurse=False)
                    }.values(),
                ),
            ),
            Misconception(
                "iterator used up",
                "Your second group is empty. model.parameters(), `filter` and generators can be gone through once: the "
                "first group has used yours up. Make a list of it first.",
                lambda model, weight_decay: [
                    {
                        "params": [p for p in model.parameters() if p.requires_grad and p.ndim > 1],
                        "weight_decay": weight_decay,
                    },
                    {"params": [], "weight_decay": 0.0},
                ],
            ),
            Misconception(
                "length in place of axes",
                "You look at the length of the first axis (len(p) or p.shape[0]). Count the axes: p.ndim, or "
                "len(p.shape).",
                _grouped(lambda name, p: len(p) > 1),
            ),
            *(
                Misconception(
                    f"number of entries{more}",
                    "You look at how many entries a tensor has. Count its axes: p.ndim.",
                    _grouped(lambda name, p, count=count: p.numel() > count),
                )
                for more, count in (("", 1), (", more than 2", 2), (", more than 3", 3), (", more than 6", 6))
            ),
            Misconception(
                "axes of length 1 not counted",
                "You drop the axes of length 1, as squeeze() does, before you count. Those axes count as well: p.ndim.",
                _grouped(lambda name, p: p.squeeze().ndim > 1),
            ),
            Misconception(
                "more than two axes",
                "You decay tensors with three axes or more. A tensor with exactly two is decayed, too.",
                _grouped(lambda name, p: p.ndim > 2),
            ),
            Misconception(
                "linear layers only",
                "You decay the weights of Linear layers only. The rule asks for the number of axes: the weights of a "
                "convolution or an embedding have two or more as well.",
                _of_linear_layers,
            ),
            Misconception(
                "compared by value",
                "You leave out a tensor because another one has the same values, such as the scales of two new "
                "normalization layers. Two tensors are the same only if they are the same object (`is`).",
                _grouped(
                    _axes,
                    of=_of_different_values,
                ),
            ),
            *(
                Misconception(
                    f"a tensor more than once{variant}",
                    "Some tensors are in a group more than once, so that each update moves them more than once: the "
                    "layer "
                    "that the model has twice, or what module.parameters() gives again for every block around it. "
                    "model.parameters() gives each tensor once.",
                    _grouped(_axes, of=of),
                )
                for variant, of in (
                    ("", _again_for_each_block),
                    (", by remove_duplicate", lambda model: model.named_parameters(remove_duplicate=False)),
                )
            ),
            Misconception(
                "first group only",
                "You return one group. The tensors without decay need the second one: without it no update moves them.",
                lambda model, weight_decay: [
                    {
                        "params": [p for p in model.parameters() if p.requires_grad and p.ndim > 1],
                        "weight_decay": weight_decay,
                    }
                ],
            ),
            Misconception(
                "third group",
                "You return three groups. Frozen tensors belong to none, so there are two.",
                lambda model, weight_decay: [
                    *_grouped(_axes)(model, weight_decay),
                    {"params": [p for p in model.parameters() if not p.requires_grad], "weight_decay": 0.0},
                ],
            ),
            Misconception(
                "decays swapped",
                "Your first group has the right tensors and no decay, and your second one has the decay. Swap the two "
                "values.",
                lambda model, weight_decay: [
                    group | {"weight_decay": decay}
                    for group, decay in zip(_grouped(_axes)(model, weight_decay), (0.0, weight_decay), strict=True)
                ],
            ),
            Misconception(
                "no decay in either",
                'Neither of your groups has an entry "weight_decay", under just this name. Give it to both.',
                lambda model, weight_decay: [{"params": g["params"]} for g in _grouped(_axes)(model, weight_decay)],
            ),
            Misconception(
                "all left out",
                "Your groups have no tensors at all. Do you ask for p.grad? It is None before the first backward(): "
                "p.requires_grad is False for a frozen tensor.",
                _grouped(_axes, of=lambda model: ()),
            ),
        ),
    ),
    "one_rate_for_all": Help(
        labels={"rates": ("end",)},
        hint="For one part, which values of lr · c shrink the distance to half or less in `steps` updates? Divide by "
        "c, then ask which rates suit all parts.",
        problem_hints={"should_return": "a pair (lowest, highest), or None"},
        misconceptions=(
            Misconception(
                "only the stable rates",
                "Your upper end is 2 / c, where a part just doesn't diverge. Here its distance must become half or "
                "less, which needs a lower rate.",
                _ends(_low, lambda left, c: 2 / max(c)),
            ),
            Misconception(
                "half in every update",
                "You ask every single update to halve the distance. All `steps` updates together have to do that: an "
                "update may leave the share 0.5 ** (1 / steps).",
                _ends(_low, _high, lambda steps: 0.5),
            ),
            Misconception(
                "half divided by the steps",
                "You divide the half by the number of updates. Each update *multiplies* the distance by the same "
                "number, so take the root: 0.5 ** (1 / steps).",
                _ends(_low, _high, lambda steps: 0.5 / steps),
            ),
            Misconception(
                "parts swapped",
                "You take the steepest part for the lowest rate and the flattest for the highest. The flat part needs "
                "a high rate, the steep one limits it.",
                _ends(lambda left, c: (1 - left) / max(c), lambda left, c: (1 + left) / min(c)),
            ),
            Misconception(
                "no rate suits all",
                "Your lowest rate is above your highest. Then no rate suits all parts: return None.",
                _ends(_low, _high, check=False),
            ),
            Misconception(
                "equal ends taken for none",
                "Where the lowest and the highest rate are equal, you return None. One rate still suits all parts "
                "there: None is right only where the lowest is above the highest.",
                lambda curvatures, steps: (
                    (ends := _ends(_low, _high)(curvatures, steps)) and (ends if ends[0] < ends[1] else None)
                ),
            ),
            Misconception(
                "never above 1",
                "You cut the rates off at 1. Where all curvatures are small, a rate may be higher.",
                _ends(lambda left, c: min(_low(left, c), 1.0), lambda left, c: min(_high(left, c), 1.0)),
            ),
            Misconception(
                "highest rate never above 1",
                "You cut the rates off at 1. Where all curvatures are small, a rate may be higher.",
                _ends(_low, lambda left, c: min(_high(left, c), 1.0)),
            ),
            Misconception(
                "what is left for what is taken off",
                "You mix up what an update leaves of the distance and what it takes off. It leaves |1 - lr · c|, which "
                "may be 0.5 ** (1 / steps) at most.",
                _ends(_low, _high, lambda steps: 1 - 0.5 ** (1 / steps)),
            ),
            Misconception(
                "no overshooting",
                "Your upper end is 1 / c, where a part reaches its minimum in one update. It may overshoot a little, "
                "as long as the distance shrinks fast enough.",
                _ends(_low, lambda left, c: 1 / max(c)),
            ),
            Misconception(
                "not past the minimum",
                "Your upper end leaves out the rates that jump over the minimum. A part may end on the other side: its "
                "distance is at most half also where 1 - lr · c is negative, down to -0.5 ** (1 / steps).",
                _ends(_low, lambda left, c: (1 - left) / max(c)),
            ),
            Misconception(
                "half shared among the steps",
                "You let each update take off an equal part of the half. Each update *multiplies* the distance by the "
                "same number, so take the root: 0.5 ** (1 / steps).",
                _ends(_low, _high, lambda steps: 1 - 0.5 / steps),
            ),
            Misconception(
                "yes or no",
                "You return whether there is a rate that suits all parts. Return the lowest and the highest of these "
                "rates, or None.",
                lambda curvatures, steps: _ends(_low, _high)(curvatures, steps) is not None,
            ),
            Misconception(
                "power in place of root",
                "You raise the half to the power `steps`. All updates together leave the half, so one update leaves "
                "more: the root, 0.5 ** (1 / steps).",
                _ends(_low, _high, lambda steps: 0.5**steps),
            ),
            Misconception(
                "ends of one update, divided",
                "You divide the rates of a single update by the number of updates. Each update *multiplies* the "
                "distance: "
                "ask how much one update may leave, 0.5 ** (1 / steps), and compute both ends from it.",
                lambda curvatures, steps: _if_any(0.5 / steps / min(curvatures), 1.5 / steps / max(curvatures)),
            ),
            Misconception(
                "lower end of one update, divided",
                "You divide the lowest rate of a single update by the number of updates. Each update *multiplies* the "
                "distance: ask how much one update may leave, 0.5 ** (1 / steps), and compute both ends from it.",
                lambda curvatures, steps: _if_any(0.5 / steps / min(curvatures), 1.5 / max(curvatures)),
            ),
            Misconception(
                "upper end of one update",
                "Your upper end is that of a single update, 1.5 / c. With more updates each one may leave more than "
                "half, "
                "so a part may jump further past its minimum.",
                _ends(_low, lambda left, c: 1.5 / max(c)),
            ),
            Misconception(
                "logarithm for the share",
                "You use ln 2 / steps for what an update takes off. That is close only for many updates: one update "
                "leaves "
                "0.5 ** (1 / steps), exactly.",
                _ends(_low, _high, lambda steps: 1 - math.log(2) / steps),
            ),
            Misconception(
                "e in place of 2",
                "Your share is exp(-0.5 / steps). After all updates that leaves exp(-0.5) = 0.61 of the distance, "
                "and not "
                "half.",
                _ends(_low, _high, lambda steps: math.exp(-0.5 / steps)),
            ),
            Misconception(
                "loss halved",
                "You let the *loss* become half, so the distance only comes down to its root, 0.71. The distance "
                "itself "
                "becomes half.",
                _ends(_low, _high, lambda steps: 0.5 ** (1 / (2 * steps))),
            ),
            Misconception(
                "divided without a remainder",
                "`1 // steps` is 0 for every number of updates above 1. Write `1 / steps`.",
                _ends(_low, _high, lambda steps: 0.5 ** (1 // steps)),
            ),
            Misconception(
                "lowest rate 0",
                "Your lowest rate is 0, or nearly so: a part does not move at it. The flattest part needs at least "
                "(1 - 0.5 ** (1 / steps)) / c.",
                _ends(lambda left, c: 0.0, _high),
            ),
            Misconception(
                "parts in order, the steepest first",
                "You take the ends from the first and the last part, as if they were sorted. Look for the smallest "
                "and the "
                "largest curvature.",
                _ends(lambda left, c: (1 - left) / c[-1], lambda left, c: (1 + left) / c[0]),
            ),
            Misconception(
                "parts in order, the flattest first",
                "You take the ends from the first and the last part, as if they were sorted. Look for the smallest "
                "and the "
                "largest curvature.",
                _ends(lambda left, c: (1 - left) / c[0], lambda left, c: (1 + left) / c[-1]),
            ),
            Misconception(
                "last part only",
                "You look at the last part only. The rate has to suit all parts.",
                _ends(lambda left, c: (1 - left) / c[-1], lambda left, c: (1 + left) / c[-1]),
            ),
            Misconception(
                "flattest part only",
                "Both of your ends are those of the flattest part. The steepest one limits the highest rate.",
                _ends(_low, lambda left, c: (1 + left) / min(c)),
            ),
            Misconception(
                "steepest part only",
                "Both of your ends are those of the steepest part. The flattest one needs a higher lowest rate.",
                _ends(lambda left, c: (1 - left) / max(c), _high),
            ),
            Misconception(
                "highest first",
                "Your pair is the wrong way round: the lowest rate comes first.",
                lambda curvatures, steps: (_ends(_low, _high)(curvatures, steps) or [])[::-1] or None,
            ),
            Misconception(
                "middle of the interval",
                "You return one rate. Return the lowest and the highest of those that suit all parts.",
                lambda curvatures, steps: (ends := _ends(_low, _high)(curvatures, steps)) and sum(ends) / 2,
            ),
            *(
                Misconception(
                    f"{words} for None",
                    SOMETHING_FOR_NONE,
                    lambda curvatures, steps, otherwise=otherwise: _ends(_low, _high)(curvatures, steps) or otherwise,
                )
                for words, otherwise in (
                    ("two Nones", (None, None)),
                    ("nothing in a list", []),
                    ("nan", (math.nan, math.nan)),
                    ("zeros", (0.0, 0.0)),
                    ("False", False),
                )
            ),
            Misconception(
                "ends exchanged",
                "Where no single rate suits all parts, you exchange the two ends. The rates between them suit no "
                "part of "
                "the two: return None.",
                lambda curvatures, steps: sorted(_ends(_low, _high, check=False)(curvatures, steps)),
            ),
            Misconception(
                "None the wrong way round",
                "You return None where there is a rate, and a pair where there is none: None is right where the lowest "
                "rate is above the highest.",
                lambda curvatures, steps: (
                    None
                    if _ends(_low, _high)(curvatures, steps)
                    else _ends(_low, _high, check=False)(curvatures, steps)
                ),
            ),
            Misconception(
                "None by the ratio of one update",
                "You return None where a curvature is more than 3 times another one. That is the limit for a single "
                "update: with more updates they may be further apart. Compare your two ends.",
                lambda curvatures, steps: (
                    None if max(curvatures) > 3 * min(curvatures) else _ends(_low, _high)(curvatures, steps)
                ),
            ),
            Misconception(
                "interval of each part",
                "You return an interval for each part. Return one: the rates that are in all of them.",
                lambda curvatures, steps: [_ends(_low, _high)([c], steps) for c in curvatures],
            ),
            Misconception(
                "multiplied by the curvature",
                "You multiply by the curvature. A steep part needs a *lower* rate: divide by c.",
                lambda curvatures, steps: _ends(_low, _high)([1 / c for c in curvatures], steps),
            ),
            Misconception(
                "mean of the ends",
                AVERAGED,
                _ends(
                    lambda left, c: sum((1 - left) / x for x in c) / len(c),
                    lambda left, c: sum((1 + left) / x for x in c) / len(c),
                ),
            ),
            Misconception(
                "geometric mean",
                AVERAGED,
                lambda curvatures, steps: _ends(_low, _high)([math.prod(curvatures) ** (1 / len(curvatures))], steps),
            ),
            Misconception(
                "first part only",
                "You look at the first part only. The rate has to suit all parts.",
                _ends(lambda left, c: (1 - left) / c[0], lambda left, c: (1 + left) / c[0]),
            ),
            Misconception(
                "mean curvature",
                AVERAGED,
                _ends(lambda left, c: (1 - left) * len(c) / sum(c), lambda left, c: (1 + left) * len(c) / sum(c)),
            ),
        ),
    ),
    "train_and_unfreeze": Help(
        labels={
            "rates": ("rate returned for update", "group"),
            "rates used": ("rate used by update", "group"),
            "head": ("part", "row", "column"),
            "body": ("part", "row", "column"),
        },
        causes=("rates used", "rates", "head", "body"),
        hint="For each batch: let the body join if it is time, set the rates, clear the gradients, loss, backward, "
        "step.",
        problem_hints={
            "rates used": "optimizer.step() used other rates than the exercise asks for. Before update n the head's "
            "group gets schedule(n), and the body's group, from update `start` on, ratio * schedule(n).",
            "rates": "Return a list with an entry for each update: a list of the rates of all groups that the "
            "optimizer has at that update.",
            "head": "The head's weights are not the expected ones. Check the loss (cross-entropy of this batch), the "
            "gradients (cleared for each batch) and that the optimizer is the one that you were given.",
            "body": "The body's weights are not the expected ones. Were its gradients of the batches before `start` "
            "cleared? optimizer.zero_grad() clears only what is in its groups.",
            "should_return": "a list with the rates of each update",
        },
        misconceptions=(
            *(
                Misconception(
                    f"rate set after the update{which}, {join}, noted {noted}",
                    SET_LATE,
                    _trainer(set_at="after", noted=noted, join=join, rates=rates),
                )
                for which, rates in (
                    ("", _asked),
                    (" for the next one", lambda s, ratio, n, start: _asked(s, ratio, n + 1, start)),
                )
                for join in ("with its rate", "bare")
                for noted in ("before", "after", "as asked")
            ),
            Misconception(
                "one step ahead",
                ONE_AHEAD,
                _trainer(rates=lambda s, ratio, n, start: _asked(s, ratio, n + 1, start)),
            ),
            Misconception(
                "counted from 1",
                ONE_AHEAD,
                _trainer(rates=lambda s, ratio, n, start: _asked(s, ratio, n + 1, start), late=-1),
            ),
            Misconception(
                "body counts from its own start",
                "You count the body's updates from the one at which it joins. Its rate at update n is ratio * "
                "schedule(n), "
                "with the same n as the head's.",
                _trainer(rates=lambda s, ratio, n, start: (s(n), ratio * s(max(n - start, 0)))),
            ),
            Misconception(
                "schedule starts again",
                "You count the updates from 0 again when the body joins. n goes on: the rates at update n are "
                "schedule(n) "
                "and ratio * schedule(n).",
                _trainer(rates=lambda s, ratio, n, start: _asked(s, ratio, n - start if n >= start else n, start)),
            ),
            Misconception(
                "ratio alone",
                "The body's rate is `ratio` in your training run. It is ratio * schedule(n).",
                _trainer(rates=lambda s, ratio, n, start: (s(n), ratio)),
            ),
            Misconception(
                "ratio again at each update",
                "You multiply the body's rate by the ratio again at each update. It is ratio * schedule(n), with the "
                "ratio "
                "once.",
                _trainer(rates=lambda s, ratio, n, start: (s(n), ratio ** (n - start + 1) * s(n))),
            ),
            Misconception(
                "ratio for the head",
                "You have the two groups the wrong way round: the head gets schedule(n), the body ratio * schedule(n).",
                _trainer(rates=lambda s, ratio, n, start: (s(n) * (ratio if n >= start else 1), s(n))),
            ),
            Misconception(
                "ratio for both",
                "Both groups get ratio * schedule(n) once the body has joined. The head keeps schedule(n).",
                _trainer(rates=lambda s, ratio, n, start: (s(n) * (ratio if n >= start else 1), ratio * s(n))),
            ),
            Misconception(
                "schedule as a factor",
                "You multiply the present rate by schedule(n). schedule(n) is the rate itself: set it.",
                _scheduled_again,
            ),
            Misconception(
                "body joins after the rates are set",
                "The body joins after the rates are set, so its first update uses the optimizer's default rate. Let it "
                "join first, or give its group the rate.",
                _trainer(set_at="before joining", join="bare"),
            ),
            Misconception(
                "never joins at 0",
                "With start = 0 your body never joins. `if start` is false for 0: ask `n == start` alone.",
                _trainer(join="not at 0"),
            ),
            Misconception(
                "body without momentum",
                "The body's group has no momentum. It gets the optimizer's own, unless you give another one to "
                "add_param_group.",
                _trainer(momentum=False),
            ),
            Misconception(
                "second optimizer",
                "A second optimizer trains the body. The same optimizer does: optimizer.add_param_group(…) gives it a "
                "second group.",
                _trainer(join="second optimizer"),
            ),
            Misconception(
                "body at rate 0 from the start",
                "The body is a second group from the start, with the rate 0. Its momentum then collects gradients "
                "that it "
                "should never use, and your list has two rates at every update: let it join at update `start`.",
                _trainer(
                    join="at rate 0", rates=lambda s, ratio, n, start: (s(n), ratio * s(n) if n >= start else 0.0)
                ),
            ),
            Misconception(
                "no update",
                "The optimizer takes no step, so nothing is trained: for each batch loss, backward() and "
                "optimizer.step().",
                _no_step,
            ),
            Misconception(
                "batches gone through before",
                "You go through the batches before your training loop, so a generator has none left for it. Count with "
                "enumerate in the loop itself.",
                _trainer(counted=True),
            ),
            Misconception(
                "sum of the losses",
                "Your loss is the sum over the batch. The cross-entropy of a batch is the mean, which is "
                "cross_entropy's default.",
                _trainer(loss="sum"),
            ),
            Misconception(
                "softmax twice",
                "You give probabilities to the cross-entropy, which takes the softmax by itself. Give it the head's "
                "output.",
                _trainer(loss="softmax twice"),
            ),
            Misconception(
                "no logarithm",
                "nll_loss wants logarithms of probabilities. Use cross_entropy on the head's output, or take "
                "log_softmax "
                "first.",
                _trainer(loss="no logarithm"),
            ),
            Misconception(
                "cleared before the step",
                "You clear the gradients between backward() and optimizer.step(), so that no weight moves. Clear them "
                "before backward().",
                _trainer(clear="after backward"),
            ),
            Misconception(
                "rates in one row",
                "You return all rates in one row. Return a list for each update, with the rates of its groups.",
                _trainer(returned=lambda used: [rate for rates in used for rate in rates]),
            ),
            Misconception(
                "last rates only",
                "You return the rates of the last update. Return a list for each update.",
                _trainer(returned=lambda used: used[-1]),
            ),
            Misconception(
                "the same list for all",
                "Your result has the same list many times, so every update shows the last rates. Make a new list for "
                "each "
                "update.",
                _trainer(returned=lambda used: [used[-1]] * len(used)),
            ),
            Misconception(
                "the body listed before it joins",
                "Your list has a rate of the body before it joins. Until update `start` the optimizer has one group, "
                "and "
                "each entry one rate.",
                _listed(lambda ratio, head: ratio * head),
            ),
            Misconception(
                "the body listed with 0 before it joins",
                "Your list has a rate of the body before it joins. Until update `start` the optimizer has one group, "
                "and "
                "each entry one rate.",
                _listed(lambda ratio, head: 0.0),
            ),
            Misconception(
                "gradients not cleared",
                "The gradients of all batches add up. Clear them for each batch, before backward().",
                _trainer(clear="never"),
            ),
            Misconception(
                "body's gradients pile up",
                "In its first update the body uses the gradients of all batches so far. backward() computes them even "
                "while the body is not in the optimizer, and optimizer.zero_grad() clears only what is in its groups. "
                "Let the body join before zero_grad(), or clear the body's gradients, too.",
                _piles_up,
            ),
            Misconception(
                "body never follows the schedule",
                "The body's group keeps the rate that it joined with. Set its rate before every update, to ratio * "
                "schedule(n).",
                _trainer(rates=lambda s, ratio, n, start: (s(n), None)),
            ),
            Misconception(
                "body keeps the first rate",
                "The body's group keeps one rate. Set its rate before every update, to ratio * schedule(n).",
                _trainer(rates=lambda s, ratio, n, start: (s(n), ratio * s(0))),
            ),
            Misconception(
                "same rate for both",
                "Both groups get schedule(n). The body's group gets ratio times that.",
                _trainer(rates=lambda s, ratio, n, start: (s(n), s(n))),
            ),
            Misconception(
                "ratio upside down",
                "You divide by the ratio. The body's rate is ratio * schedule(n).",
                _trainer(rates=lambda s, ratio, n, start: (s(n), s(n) / ratio)),
            ),
            Misconception(
                "one update late",
                "The body joins one update too late. Updates are counted from 0: update `start` already trains it.",
                _trainer(late=1),
            ),
            Misconception(
                "one update early",
                "The body joins one update too early. It joins before update `start`, counted from 0.",
                _trainer(late=-1),
            ),
            Misconception(
                "body from the start",
                "The body trains from the first update on. Before update `start` only the head learns.",
                _trainer(join="from the start"),
            ),
            Misconception(
                "new optimizer",
                "You make a new optimizer when the body joins, so the head's momentum is lost. Add a group to the one "
                "that you have: optimizer.add_param_group(…).",
                _trainer(join="new optimizer"),
            ),
            Misconception(
                "head's rate only",
                "You return one rate for each update. Return a list for each update, with the rates of all groups.",
                _trainer(returned=lambda used: [rates[0] for rates in used]),
            ),
            Misconception(
                "body detached",
                "The body's output is detached (or computed under no_grad) to the end, so no gradient reaches the "
                "body and its weights never change.",
                _trainer(detached=True),
            ),
            Misconception(
                "body without its biases",
                "Your second group has only some of the body's parameters: give it body.parameters().",
                _trainer(join="weights only"),
            ),
        ),
    ),
    "several_runs": Help(
        labels={"rates": ("rate returned for update",), "rates used": ("rate used by update", "group")},
        causes=("rates used", "rates"),
        hint='Print the groups before each run: which key does a scheduler leave there, and which of "lr" and that '
        "key does the next scheduler start from?",
        problem_hints={
            "rates used": "optimizer.step() used other rates than start / (1 + d * n), or another number of updates. "
            "Step the optimizer that you were given, `steps` times for each start.",
            "rates": "Return the rate that each update used, of all runs one after the other.",
            "momentum kept": "The momentum that the optimizer had is gone. It keeps it on purpose: change the rates "
            "and "
            'group["initial_lr"], and leave optimizer.state as it is.',
            "should_return": "a list of rates",
        },
        misconceptions=(
            Misconception(
                "not corrected",
                'This is what the script does: LambdaLR starts from group["initial_lr"], not from group["lr"]. The '
                "first scheduler put that key there, and every later one keeps it.",
                _runs(),
            ),
            Misconception(
                "rate set after the scheduler is made",
                'You set group["lr"] after the scheduler was made. The first update uses it; from the second on '
                'LambdaLR computes from group["initial_lr"] again.',
                _runs(late=True),
            ),
            Misconception(
                "cleared between the runs only",
                'You remove "initial_lr" between the runs. The optimizer may have had a scheduler before it came to '
                "you: remove it before the first run as well.",
                _runs(forget="between"),
            ),
            Misconception(
                "first group only",
                'You correct "initial_lr" in the first group only. Every group has one.',
                _runs(forget="first group"),
            ),
            Misconception(
                "rate of the first group only",
                "You set the rate of the first group only. In every run all groups begin at `start`.",
                _runs(forget="first group", only_first=True),
            ),
            Misconception(
                "always the first start",
                "Every run begins at starts[0]. Each run has its own start.",
                _runs(forget="before", first_start=True),
            ),
            Misconception(
                "count goes on",
                "Your n goes on from one run to the next. In each run it counts from 0 again.",
                _runs(forget="before", counts_on=True),
            ),
            Misconception(
                "noted after the scheduler's step",
                "You note the rate after scheduler.step(): that is the rate of the *next* update. Note it before "
                "optimizer.step().",
                _runs(forget="before", after_step=True),
            ),
            Misconception(
                "no step of the given optimizer",
                "The optimizer that you were given takes no step. A new one would have lost its momentum, and without "
                'any step nothing is trained. Step this optimizer, and correct "initial_lr" in its groups.',
                _runs(fresh=True),
            ),
            Misconception(
                "scheduler before the optimizer",
                ONE_LATE,
                _runs(forget="before", scheduler_first=True),
            ),
            Misconception(
                "n from 1",
                ONE_LATE,
                _by_formula(lambda start, d, n: _time_based(start, d, n + 1)),
            ),
            Misconception(
                "scheduler steps once a run",
                "Every update of a run uses the start rate: scheduler.step() is called once a run, or not at all. "
                "Call it "
                "after every optimizer.step().",
                _by_formula(lambda start, d, n: start),
            ),
            Misconception(
                "one scheduler for all runs",
                "You make one scheduler for all runs, so its n goes on from run to run. Make one for each run, from "
                "the "
                "right rate.",
                _one_scheduler(base=False),
            ),
            Misconception(
                "one scheduler for all runs, base_lrs set",
                "You make one scheduler for all runs, so its n goes on from run to run. Make one for each run, from "
                "the "
                "right rate.",
                _one_scheduler(base=True),
            ),
            Misconception(
                "base_lrs set after the scheduler is made",
                "You correct base_lrs after the scheduler was made. It has set the groups' rates by then, so the first "
                "update of the run uses the old rate.",
                _runs(base_late=True),
            ),
            Misconception(
                "old rate noted",
                'You write the old rate into group["initial_lr"], and LambdaLR starts from there. Write `start` into '
                "it.",
                _runs(forget="old rate"),
            ),
            Misconception(
                "power",
                "Your rates are start / (1 + d) to the power n. They are start / (1 + d * n).",
                _by_formula(lambda start, d, n: start / (1 + d) ** n),
            ),
            Misconception(
                "divided again and again",
                "You divide the last rate by 1 + d * n, so the divisors pile up. Divide the run's *start* rate by it.",
                _by_formula(_again_and_again),
            ),
            Misconception(
                "exponential decay",
                "Your rates are start * exp(-d * n). They are start / (1 + d * n).",
                _by_formula(lambda start, d, n: start * math.exp(-d * n)),
            ),
            Misconception(
                "straight line",
                "Your rates are start * (1 - d * n). They are start / (1 + d * n).",
                _by_formula(lambda start, d, n: start * (1 - d * n)),
            ),
            Misconception(
                "start squared",
                "Your start rate counts twice: LambdaLR multiplies the noted rate by the lambda, so the lambda is the "
                "factor 1 / (1 + d * n) alone.",
                _by_formula(lambda start, d, n: start * _time_based(start, d, n)),
            ),
            Misconception(
                "ratios kept",
                "Your groups keep the ratio of their rates. In a run every group uses start / (1 + d * n).",
                _by_formula(_time_based, scale=True),
            ),
            Misconception(
                "one update too few",
                "Each of your runs has steps - 1 updates. It has `steps`: n = 0, 1, …, steps - 1.",
                _by_formula(_time_based, steps_less=1),
            ),
            Misconception(
                "one update too many",
                "Each of your runs has steps + 1 updates. It has `steps`: n = 0, 1, …, steps - 1.",
                _by_formula(_time_based, steps_less=-1),
            ),
            Misconception(
                "a list for each run",
                "You return a list for each run. Return one list: the rates of all runs one after the other.",
                _by_formula(_time_based, kept=list),
            ),
            Misconception(
                "last run only",
                "You return the rates of the last run. The list is made once, before the first run.",
                _by_formula(_time_based, kept=lambda runs: runs[-1]),
            ),
            Misconception(
                "rates of all groups",
                "You return the rates of all groups for each update. They are equal: return one number for each "
                "update.",
                _by_formula(_time_based, row=lambda optimizer, rate: [rate] * len(optimizer.param_groups)),
            ),
        ),
    ),
}
