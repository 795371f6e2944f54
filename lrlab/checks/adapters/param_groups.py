"""How the answers of unit "param_groups" are called, and what is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lrlab.checks import scenes
from lrlab.checks.drive import Facts, in_some_form
from lrlab.checks.exercise import Adapter
from lrlab.checks.plain import Complaint

Groups = Sequence[dict[str, Any]]


def _rates(kind: str, groups: Groups) -> str:
    return f"{kind} with rates {', '.join(str(group['lr']) for group in groups)}"


def _lr_of(
    answer: Callable[..., Any], kind: str, groups: Groups, counts: Sequence[int], place: Sequence[int] | None
) -> dict[str, Any]:
    """Tensors with the same number in their groups have equal values, so only `is` tells one from another."""
    import torch

    tensors = [[torch.nn.Parameter(torch.tensor([1.0 * k])) for k in range(count)] for count in counts]
    made = getattr(torch.optim, kind)(
        [{"params": own, **group} for own, group in zip(tensors, groups, strict=True)], lr=9.0
    )
    asked = torch.nn.Parameter(torch.zeros(1)) if place is None else tensors[place[0]][place[1]]
    before = scenes.rest(made), scenes.rates(made)
    found = answer(made, asked)
    return {"rate": found, "changed": [] if (scenes.rest(made), scenes.rates(made)) == before else ["the optimizer"]}


def _show_lr_of(kind: str, groups: Groups, counts: Sequence[int], place: Sequence[int] | None) -> str:
    which = "a tensor of another model" if place is None else f"tensor {place[1]} of group {place[0]}"
    return f"lr_of({_rates(kind, groups)}; {which})"


def _rescaled(answer: Callable[..., Any], kind: str, groups: Groups, highest: float) -> dict[str, Any]:
    made = scenes.optimizer(groups, kind=kind, moved=True)
    before = scenes.rest(made)
    answer(made, highest)
    return {
        "rates": scenes.rates(made),
        "builtin floats": scenes.builtin(made),
        "everything else unchanged": scenes.rest(made) == before,
    }


def _model(layers: Sequence[Any]) -> Any:
    """A model from the names of its layers; a list among them is a block. "shared Linear" is the same layer each time,
    and the layers of "frozen Linear" don't learn."""
    from torch import nn

    makers: dict[str, Callable[[], Any]] = {
        "Linear": lambda: nn.Linear(3, 3),
        "Linear without bias": lambda: nn.Linear(3, 3, bias=False),
        "Conv1d": lambda: nn.Conv1d(1, 1, 3),
        "BatchNorm1d": lambda: nn.BatchNorm1d(3),
        "LayerNorm": lambda: nn.LayerNorm(3),
        "PReLU": nn.PReLU,
        "frozen Linear": lambda: nn.Linear(3, 3).requires_grad_(False),
    }
    shared = nn.Linear(3, 3)

    def built(some: Sequence[Any]) -> Any:
        return nn.Sequential(
            *(built(s) if isinstance(s, list) else shared if s == "shared Linear" else makers[s]() for s in some)
        )

    return built(layers)


def _decay_groups(answer: Callable[..., Any], layers: Sequence[Any], weight_decay: float) -> dict[str, Any]:
    import torch

    model = _model(layers)

    def state() -> list[Any]:
        return [[p.tolist(), p.requires_grad] for p in model.parameters()]

    before = state()
    found = answer(model, weight_decay)
    if not isinstance(found, list | tuple) or not all(isinstance(g, dict) for g in found):
        kind = "None (nothing)" if found is None else f"an object of type {type(found).__name__}"
        raise Complaint(f"decay_groups returned {kind}; it should return a list of two dictionaries.")
    decays = [g.get("weight_decay") for g in found]  # torch fills in what is missing
    try:
        made = torch.optim.SGD(list(found), lr=0.1)
    except Exception as error:
        raise Complaint(f"torch.optim.SGD does not accept the groups that decay_groups returned: {error}.") from error
    words = ["first group", "second group", *["further group"] * len(found)]
    inside = {id(p): word for word, group in zip(words, made.param_groups, strict=False) for p in group["params"]}
    return {
        "tensors": {name: inside.get(id(p), "no group") for name, p in model.named_parameters()},
        "weight_decay": decays,
        "changed": [] if state() == before else ["the model"],
    }


def _one_rate(answer: Callable[..., Any], curvatures: Sequence[float], steps: int) -> dict[str, Any]:
    def call(form: Any) -> dict[str, Any]:
        given = form(curvatures)
        found = answer(given, steps)
        return {"rates": found, "changed": [] if list(given) == list(curvatures) else ["curvatures"]}

    return in_some_form(call)


# The driver cuts these inputs and labels into batches.
INPUTS = [[1.0, 0.5], [-0.5, 2.0], [0.25, -1.0], [1.5, 1.0], [-1.0, -0.5], [2.0, -0.25], [0.5, 0.75], [-1.5, 1.0]]
LABELS = [0, 1, 2, 1, 0, 2, 2, 1]
BODY = [[1.0, 0.5], [-0.5, 1.0]], [0.1, -0.1]
HEAD = [[0.5, -0.25], [0.0, 0.5], [-0.5, 0.25]], [0.0, 0.1, -0.1]

SCHEDULES: dict[str, Callable[[int], float]] = {
    "0.8 / (1 + n)": lambda n: 0.8 / (1 + n),
    "0.5 · 0.5ⁿ": lambda n: 0.5 * 0.5**n,
    "0.1 + 0.2 n": lambda n: 0.1 + 0.2 * n,
}


def _layer(weight: Sequence[Sequence[float]], bias: Sequence[float]) -> Any:
    """A linear layer in double precision with these weights."""
    import torch

    made = torch.nn.Linear(len(weight[0]), len(bias), dtype=torch.float64)
    with torch.no_grad():
        made.weight.copy_(torch.tensor(weight, dtype=torch.float64))
        made.bias.copy_(torch.tensor(bias, dtype=torch.float64))
    return made


def _batches(size: int) -> Iterator[tuple[Any, Any]]:
    import torch

    for start in range(0, len(LABELS), size):
        rows = slice(start, start + size)
        yield torch.tensor(INPUTS[rows], dtype=torch.float64), torch.tensor(LABELS[rows])


def _unfreeze(
    answer: Callable[..., Any], schedule: str, ratio: float, start: int, momentum: float, size: int, given: str
) -> dict[str, Any]:
    import torch

    body, head = _layer(*BODY), _layer(*HEAD)
    optimizer = torch.optim.SGD(head.parameters(), lr=7.0, momentum=momentum)
    used: list[Any] = []
    optimizer.register_step_pre_hook(lambda *_: used.append(scenes.rates(optimizer)))
    batches = list(_batches(size)) if given == "list" else _batches(size)
    found = answer(body, head, optimizer, batches, lambda n: SCHEDULES[schedule](n), ratio, start)
    return {
        "rates": found,
        "rates used": used,
        "head": {f"head {name}": p.tolist() for name, p in head.named_parameters()},
        "body": {f"body {name}": p.tolist() for name, p in body.named_parameters()},
    }


def _several(answer: Callable[..., Any], groups: Groups, starts: Sequence[float], d: float, steps: int) -> Any:
    optimizer = scenes.optimizer(groups)
    used: list[Any] = []
    optimizer.register_step_pre_hook(lambda *_: used.append(scenes.rates(optimizer)))
    return {"rates": answer(optimizer, list(starts), d, steps), "rates used": used}


def _show_several(groups: Groups, starts: Sequence[float], d: float, steps: int) -> str:
    before = ", which had a scheduler before" if any("initial_lr" in group for group in groups) else ""
    count = f"{len(groups)} group{'s' * (len(groups) > 1)}"
    return f"several_runs(SGD with {count}{before}; starts={list(starts)}, d={d}, steps={steps})"


USED = {"rates": ("rate returned for update",), "rates used": ("rate used by update", "group")}

ADAPTERS = (
    Adapter(
        name="lr_of",
        parameters=("kind", "groups", "counts", "place"),
        driver=Facts(_lr_of, torch=True),
        show_call=_show_lr_of,
    ),
    Adapter(
        name="rescale_lrs",
        parameters=("kind", "groups", "highest"),
        driver=Facts(_rescaled, torch=True),
        labels={"rates": ("rate of group",)},
        show_call=lambda kind, groups, highest: f"rescale_lrs({_rates(kind, groups)}; highest={highest})",
    ),
    Adapter(
        name="decay_groups",
        parameters=("layers", "weight_decay"),
        driver=Facts(_decay_groups, torch=True),
        labels={"tensors": ("tensor",), "weight_decay": ("weight_decay of group",)},
        show_call=lambda layers, weight_decay: f"decay_groups({layers}, {weight_decay})".replace("'", ""),
    ),
    Adapter(
        name="one_rate_for_all",
        parameters=("curvatures", "steps"),
        driver=Facts(_one_rate),
        labels={"rates": ("end",)},
    ),
    Adapter(
        name="train_and_unfreeze",
        parameters=("schedule", "ratio", "start", "momentum", "batch_size", "batches_as"),
        driver=Facts(_unfreeze, torch=True),
        causes=("rates used", "rates", "head", "body"),
        labels={
            "rates": ("rate returned for update", "group"),
            "rates used": USED["rates used"],
            "head": ("part", "row", "column"),
            "body": ("part", "row", "column"),
        },
        show_call=lambda schedule, ratio, start, momentum, size, given: (
            f"train_and_unfreeze(…, {given} of batches of {size}, schedule {schedule}, ratio={ratio}, start={start})"
        ),
    ),
    Adapter(
        name="several_runs",
        parameters=("groups", "starts", "d", "steps"),
        driver=Facts(_several, torch=True),
        causes=("rates used", "rates"),
        labels=USED,
        show_call=_show_several,
    ),
)
