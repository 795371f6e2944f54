"""How the answers of unit "param_groups" are called, and what is compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from lrlab.checks.adapters._fixtures import all_but_rates, linear, optimizer, rates, rates_used, schedule
from lrlab.checks.call import Answer, Facts, load_torch, on_sequences
from lrlab.checks.exercise import Adapter
from lrlab.checks.serialize import Unusable, WrongType, to_jsonable

Groups = Sequence[dict[str, Any]]


def _lr_of(answer: Answer, kind: str, groups: Groups, counts: Sequence[int], place: Sequence[int] | None) -> Facts:
    """Tensors with the same number in their groups have equal values, so only ``is`` tells one from another. The first
    two of a group have the same shape, and the others one axis more.
    """
    import torch

    tensors = [[torch.nn.Parameter(torch.full((1,) * (1 + k // 2), 1.0 * k)) for k in range(count)] for count in counts]
    made = getattr(torch.optim, kind)(
        [{"params": own, **group} for own, group in zip(tensors, groups, strict=True)], lr=9.0
    )
    asked = torch.nn.Parameter(torch.zeros(1)) if place is None else tensors[place[0]][place[1]]
    before = all_but_rates(made), rates(made)
    rate = answer(made, asked)
    return {"rate": rate, "changed": [] if (all_but_rates(made), rates(made)) == before else ["the optimizer"]}


def _rescale_lrs(answer: Answer, kind: str, groups: Groups, highest: float) -> Facts:
    made = optimizer(groups, kind=kind, moved=True)
    before = all_but_rates(made)
    answer(made, highest)
    return {
        "rates": rates(made),
        "builtin floats": all(type(rate) is float for rate in rates(made)),  # a checkpoint holds these without trouble
        "everything else unchanged": all_but_rates(made) == before,
    }


def _model(layers: Sequence[Any]) -> Any:
    """Return a model from the names of its layers; a list among them is a block. "shared Linear" is the same layer each
    time, and the layers of "frozen Linear" don't learn. No number of entries tells two axes from one: a BatchNorm1d
    has more than a Linear, and a LayerNorm as many as an Embedding, which has an axis of length 1.
    """
    from torch import nn

    makers: dict[str, Callable[[], Any]] = {
        "Linear": lambda: nn.Linear(3, 3),
        "Linear without bias": lambda: nn.Linear(3, 3, bias=False),
        "Conv1d": lambda: nn.Conv1d(1, 2, 3),
        "Embedding": lambda: nn.Embedding(1, 3),
        "BatchNorm1d": lambda: nn.BatchNorm1d(12),
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


def _decay_groups(answer: Answer, layers: Sequence[Any], weight_decay: float) -> Facts:
    import torch

    model = _model(layers)

    def state() -> list[Any]:
        return [[p.tolist(), p.requires_grad] for p in model.parameters()]

    before = state()
    groups = answer(model, weight_decay)
    if not isinstance(groups, list | tuple) or not all(isinstance(g, dict) for g in groups):
        raise WrongType(groups)
    decays = [g.get("weight_decay") for g in groups]  # torch fills in what is missing
    try:
        made = torch.optim.SGD(list(groups), lr=0.1)
    except Exception as error:
        raise Unusable(f"torch.optim.SGD does not accept the groups that decay_groups returned: {error}.") from error
    words = ["first group", "second group", *["further group"] * len(groups)]
    inside: dict[int, str] = {}
    for word, group in zip(words, made.param_groups, strict=False):
        for p in group["params"]:  # torch lets a tensor be in a group twice, and then updates it twice
            inside[id(p)] = f"{word}, more than once" if id(p) in inside else word
    return {
        "tensors": {name: inside.get(id(p), "no group") for name, p in model.named_parameters()},
        "weight_decay": decays,
        "changed": [] if state() == before else ["the model"],
    }


# The adapter cuts these inputs and labels into batches.
INPUTS = [[1.0, 0.5], [-0.5, 2.0], [0.25, -1.0], [1.5, 1.0], [-1.0, -0.5], [2.0, -0.25], [0.5, 0.75], [-1.5, 1.0]]
LABELS = [0, 1, 2, 1, 0, 2, 2, 1]
BODY = [[1.0, 0.5], [-0.5, 1.0]], [0.1, -0.1]
HEAD = [[0.5, -0.25], [0.0, 0.5], [-0.5, 0.25]], [0.0, 0.1, -0.1]


def _batches(size: int) -> Iterator[tuple[Any, Any]]:
    import torch

    for start in range(0, len(LABELS), size):
        rows = slice(start, start + size)
        yield torch.tensor(INPUTS[rows], dtype=torch.float64), torch.tensor(LABELS[rows])


def _train_and_unfreeze(
    answer: Answer, words: str, ratio: float, start: int, momentum: float, size: int, given: str
) -> Facts:
    import torch

    body, head = linear(*BODY), linear(*HEAD)
    made = torch.optim.SGD(head.parameters(), lr=7.0, momentum=momentum)
    used = rates_used(made)
    batches = list(_batches(size)) if given == "list" else _batches(size)
    returned = answer(body, head, made, batches, schedule(words), ratio, start)
    return {
        "rates": returned,
        "rates used": used,
        "head": {f"head {name}": p.tolist() for name, p in head.named_parameters()},
        "body": {f"body {name}": p.tolist() for name, p in body.named_parameters()},
    }


def _several_runs(answer: Answer, groups: Groups, starts: Sequence[float], d: float, steps: int) -> Any:
    made = optimizer([{"momentum": 0.9, **group} for group in groups], moved=True)
    made.zero_grad()
    used, parameters = rates_used(made), [p for group in made.param_groups for p in group["params"]]

    def momentum() -> list[Any]:
        return [to_jsonable(made.state[p]) if p in made.state else None for p in parameters]

    before = momentum()
    return {"rates": answer(made, list(starts), d, steps), "rates used": used, "momentum kept": momentum() == before}


ADAPTERS = (
    Adapter("lr_of", ("kind", "groups", "counts", "place"), _lr_of, load=load_torch),
    Adapter("rescale_lrs", ("kind", "groups", "highest"), _rescale_lrs, load=load_torch),
    Adapter("decay_groups", ("layers", "weight_decay"), _decay_groups, load=load_torch),
    Adapter("one_rate_for_all", ("curvatures", "steps"), on_sequences("rates", ("curvatures",))),
    Adapter(
        "train_and_unfreeze",
        ("schedule", "ratio", "start", "momentum", "batch_size", "batches_as"),
        _train_and_unfreeze,
        load=load_torch,
    ),
    Adapter("several_runs", ("groups", "starts", "d", "steps"), _several_runs, load=load_torch),
)
