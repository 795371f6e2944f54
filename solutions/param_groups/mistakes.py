"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

from collections.abc import Callable
from typing import Any

from lrlab.units import Help, Misconception


def _found(optimizer: Any, parameter: Any, otherwise: Any = None, key: str = "lr") -> Any:
    """The right answer with another key of the group, or another answer for a tensor that is in no group."""
    for group in optimizer.param_groups:
        if any(p is parameter for p in group["params"]):
            return group.get(key, group["lr"])
    return otherwise


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


def _low(left: float, c: list[float]) -> float:
    return (1 - left) / min(c)


def _high(left: float, c: list[float]) -> float:
    return (1 + left) / max(c)


def _trainer(
    *,
    set_first: bool = True,
    shift: int = 0,
    late: int = 0,
    clear: bool = True,
    ratio_power: int = 1,
    follow: bool = True,
    returned: str = "all",
    again: bool = False,
    both: bool = False,
    detached: bool = False,
    noted: str = "before",
    bare: bool = False,
) -> Callable[..., Any]:
    """A wrong training loop: see the misconceptions for what each switch is."""

    def answer(
        body: Any, head: Any, optimizer: Any, batches: Any, schedule: Callable[[int], float], ratio: float, start: int
    ) -> Any:
        import torch
        from torch.nn import functional

        def set_rates(n: int) -> None:
            scale = ratio**ratio_power
            for k, group in enumerate(optimizer.param_groups):
                if not k or follow:
                    group["lr"] = schedule(n + shift) * (scale if k else 1)

        used = []
        if both:
            optimizer.add_param_group({"params": body.parameters(), "lr": ratio})
        for n, (inputs, labels) in enumerate(batches):
            if n == start + late and not both:
                if again:
                    momentum = optimizer.param_groups[0]["momentum"]
                    hooks = optimizer._optimizer_step_pre_hooks
                    groups = [{"params": m.parameters()} for m in (head, body)]
                    optimizer = torch.optim.SGD(groups, lr=7.0, momentum=momentum)
                    optimizer._optimizer_step_pre_hooks = hooks
                else:
                    rate = {} if bare else {"lr": ratio * schedule(n)}
                    optimizer.add_param_group({"params": body.parameters(), **rate})
            if set_first:
                set_rates(n)
            if noted == "before":
                used.append([group["lr"] for group in optimizer.param_groups])
            if clear:
                optimizer.zero_grad()
                body.zero_grad()
            hidden = body(inputs)
            functional.cross_entropy(head(hidden.detach() if detached else hidden), labels).backward()
            optimizer.step()
            if not set_first:
                set_rates(n)
            if noted == "after":
                used.append([group["lr"] for group in optimizer.param_groups])
        return [rates[0] for rates in used] if returned == "head" else used

    return answer


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
) -> Callable[..., Any]:
    """The script of the prompt, with one more mistake or none."""

    def answer(optimizer: Any, starts: Any, d: float, steps: int) -> Any:
        import torch

        used = []
        for run, start in enumerate(starts):
            if fresh:
                optimizer = torch.optim.SGD([p for g in optimizer.param_groups for p in g["params"]], lr=start)
            for k, group in enumerate(optimizer.param_groups):
                if forget == "before" or (forget == "between" and run):
                    group.pop("initial_lr", None)
                if not (only_first and k) and not late:
                    group["lr"] = starts[0] if first_start else start
                if forget == "first group" and not k:
                    group["initial_lr"] = start
            earlier = run * steps if counts_on else 0
            scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n, done=earlier: 1 / (1 + d * (done + n)))
            if late:
                for group in optimizer.param_groups:
                    group["lr"] = start
            for _ in range(steps):
                if not after_step:
                    used.append(optimizer.param_groups[0]["lr"])
                optimizer.step()
                scheduler.step()
                if after_step:
                    used.append(optimizer.param_groups[0]["lr"])
        return used

    return answer


MISTAKES = {
    "lr_of": Help(
        hint="Go through optimizer.param_groups, and in each group through its parameters. Which group has this "
        "very tensor?",
        problem_hints={"should_return": "one learning rate, or None"},
        misconceptions=(
            Misconception(
                "compared by value",
                "You compare the tensors by value. Two tensors can have equal values and still be two tensors. "
                "`p is parameter` asks whether they are the same object; `==`, `in` and torch.equal compare values.",
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
                lambda optimizer, parameter: _found(
                    type("One", (), {"param_groups": optimizer.param_groups[:1]}), parameter
                ),
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
                lambda optimizer, parameter: _found(optimizer, parameter) and optimizer.defaults["lr"],
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
                "0 for a stranger",
                "For a tensor that the optimizer does not have, you return 0. Return None: it has no rate at all.",
                lambda optimizer, parameter: _found(optimizer, parameter, 0.0),
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
                "Your groups contain tensors with requires_grad=False. They are frozen: leave them out.",
                _grouped(_axes, frozen=True),
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
                "You go through the top layers only, so what is inside a block is missing. model.parameters() goes "
                "through all of them.",
                _grouped(
                    _axes,
                    of=lambda model: {
                        id(p): (name, p) for child in model for name, p in child.named_parameters(recurse=False)
                    }.values(),
                ),
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
                lambda curvatures, steps: (
                    (1 - 0.5 ** (1 / steps)) / min(curvatures) <= (1 + 0.5 ** (1 / steps)) / max(curvatures)
                ),
            ),
            Misconception(
                "first part only",
                "You look at the first part only. The rate has to suit all parts.",
                _ends(lambda left, c: (1 - left) / c[0], lambda left, c: (1 + left) / c[0]),
            ),
            Misconception(
                "mean curvature",
                "You use the mean of the curvatures. Every part has its own limits, so look at the smallest and the "
                "largest curvature.",
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
                    "rate set after the update" + variant,
                    "You set the rates after the update, so the first update still uses the optimizer's old rate. Set "
                    "them before optimizer.step().",
                    _trainer(set_first=False, noted=noted, bare=bare),
                )
                for variant, noted, bare in (
                    ("", "before", False),
                    (", and noted then", "after", False),
                    (", the body joins without one", "before", True),
                    (", and noted then, the body joins without one", "after", True),
                )
            ),
            Misconception(
                "one step ahead",
                "Your rates are one update ahead: the first update uses schedule(0).",
                _trainer(shift=1),
            ),
            Misconception(
                "gradients not cleared",
                "The gradients of all batches add up. Clear them for each batch, before backward().",
                _trainer(clear=False),
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
                _trainer(follow=False),
            ),
            Misconception(
                "same rate for both",
                "Both groups get schedule(n). The body's group gets ratio times that.",
                _trainer(ratio_power=0),
            ),
            Misconception(
                "ratio upside down",
                "You divide by the ratio. The body's rate is ratio * schedule(n).",
                _trainer(ratio_power=-1),
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
                _trainer(both=True),
            ),
            Misconception(
                "new optimizer",
                "You make a new optimizer when the body joins, so the head's momentum is lost. Add a group to the one "
                "that you have: optimizer.add_param_group(…).",
                _trainer(again=True),
            ),
            Misconception(
                "head's rate only",
                "You return one rate for each update. Return a list for each update, with the rates of all groups.",
                _trainer(returned="head"),
            ),
            Misconception(
                "body detached",
                "The body's output is detached (or computed under no_grad) to the end, so no gradient reaches the "
                "body and its weights never change.",
                _trainer(detached=True),
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
        ),
    ),
}
