"""Snapshot ensembles: M models from one training run, beside one model that had the whole budget to itself.

The method is that of Huang et al. 2017, "Snapshot Ensembles: Train 1, get M for free".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from typing import Any, Literal

import numpy as np
import torch
from torch import nn
from torch.optim import Optimizer

from lrlab._validation import COUNT, SEED, check, check_no_rate, each_once
from lrlab.data import Dataset, check_data
from lrlab.devices import pick_device
from lrlab.experiments._ran import what_ran
from lrlab.experiments.cache import cached
from lrlab.experiments.ensembles import Probabilities, Snapshots, State
from lrlab.models import CNN
from lrlab.schedules import Cosine, MultiStep, Schedule, SnapshotCosine
from lrlab.train import History, count_updates, epochs_for, fit

__all__ = ["snapshots"]

SGD = partial(torch.optim.SGD, momentum=0.9)
ENOUGH = 1000  # updates: with fewer, on small data, a cycle is over before it has learned anything
KINDS = ("short", "full")


@cached
def snapshots(
    data: Dataset,
    *,
    cycles: int = 5,
    epochs: int | None = None,
    lr: float = 0.05,
    batch_size: int = 64,
    seeds: Iterable[int] = (0,),
    model: Callable[[int], nn.Module] = CNN,
    single: Schedule | Literal["cosine", "step"] = "cosine",
    independent: Iterable[Literal["short", "full"]] = (),
    optimizer: Callable[..., Optimizer] = SGD,
    device: str | torch.device = "auto",
    progress: bool = True,
    cache: bool = True,
    **optimizer_arguments: Any,
) -> Snapshots:
    """Train one model in ``cycles`` cosine cycles, keep it at each cycle's end, and set the ensemble beside one model.

    The snapshots and the single model of a seed start from the same weights, see the same batches and make the same
    number of updates, T; only the rate differs. A snapshot is a copy of the weights taken at a cycle's last update,
    before the rate jumps up again. At test time the **softmax outputs** of the last *k* snapshots are averaged.

    Args:
        data: from :func:`lrlab.data.load`; errors are those on its validation images.
        cycles: the number of snapshots M, default 5.
        epochs: passes over the training images in all. Default: the fewest that give every cycle as many whole
            epochs, with 1,000 updates or more in all (5 on MNIST, 45 on the digits).
        lr: where each cycle starts, default 0.05. batch_size: default 64.
        seeds: whole numbers >= 0, default one: a run takes a while.
        model: from a seed to a module, default :class:`~lrlab.models.CNN`.
        single: the schedule of the single model. ``"cosine"`` (default): once from ``lr`` to 0 over all T updates.
            ``"step"``: the paper's, a tenth of it after T/2 and again after 3T/4. Or any schedule.
        independent: also train M models each from its own weights in its own order, along one cosine to 0:
            ``"short"``, T/M updates each, as many in all as the snapshots had; ``"full"``, T updates each, which is M
            times the cost. Those of seed *s* have the seeds *sM* to *sM + M - 1*.
        optimizer: a class of ``torch.optim``; default SGD with momentum 0.9. Further keyword arguments go to it.
        device, progress: as in :func:`lrlab.train.fit`. cache: as in :func:`lrlab.experiments.compare`.

    Raises:
        ValueError: no seeds or the same twice, more cycles than the updates can be cut into, an unknown ``single`` or
            ``independent``, or ``"short"`` with epochs that are no multiple of the cycles.
    """
    seeds = each_once("seeds", SEED, seeds)
    check_data(data)
    check_no_rate(optimizer, optimizer_arguments)
    cycles = check("cycles", COUNT, cycles)
    if epochs is None:
        epochs = cycles * -(-epochs_for(data, ENOUGH, batch_size=batch_size) // cycles)
    updates = count_updates(data, batch_size=batch_size, epochs=epochs)
    schedule = SnapshotCosine(lr, updates=updates, cycles=cycles)
    if len(schedule.ends) < cycles:  # 10 updates in 6 cycles: cycles of 2, and the sixth has none left
        raise ValueError(f"cycles must be a number that {updates} updates can be cut into, got {cycles}")
    single = _single(single, lr, updates)
    kinds = tuple(independent)
    if isinstance(independent, str) or not set(kinds) <= set(KINDS):
        raise ValueError(f"independent must be a list of 'short' and 'full', got {independent!r}")
    if "short" in kinds and epochs % cycles:
        raise ValueError(f"epochs must be a multiple of the cycles ({cycles}) for 'short' models, got {epochs}")
    build = partial(optimizer, **optimizer_arguments)
    torch_device = pick_device(device)
    data = data.to(torch_device)
    learn = partial(fit, data=data, batch_size=batch_size, device=torch_device, progress=progress)

    def train(  # one model, its copies at ``ends``, and what these say of the validation images
        seed: int, rate: Schedule, epochs: int, label: str, ends: tuple[int, ...]
    ) -> tuple[History, list[State], Probabilities]:
        network = model(seed).to(torch_device)
        update = build(network.parameters(), lr=rate(0))
        kept: list[State] = []
        done = count(1)

        def keep(*_: Any) -> None:
            if next(done) in ends:  # state_dict() itself would follow the weights to wherever they go next
                kept.append({key: value.to("cpu", copy=True) for key, value in network.state_dict().items()})

        update.register_step_post_hook(keep)
        history = learn(network, optimizer=update, scheduler=rate.attach(update), epochs=epochs, seed=seed, label=label)
        return history, kept, _softmax(network, kept, data, len(ends))

    cycled = [train(seed, schedule, epochs, "snapshots", schedule.ends) for seed in seeds]
    alone = [train(seed, single, epochs, "single model", (updates,)) for seed in seeds]
    others: dict[str, Probabilities] = {}
    for kind in kinds:
        part = epochs // cycles if kind == "short" else epochs
        length = count_updates(data, batch_size=batch_size, epochs=part)
        once = Cosine(lr, T_max=length)
        others[kind] = np.array(
            [
                [train(cycles * seed + i, once, part, f"{kind} {i + 1}", (length,))[2][0] for i in range(cycles)]
                for seed in seeds
            ]
        )
    return Snapshots(
        seeds=seeds,
        schedule=schedule,
        labels=data.val_labels.cpu().numpy(),
        probabilities=np.array([probabilities for _, _, probabilities in cycled]),
        single_probabilities=np.array([probabilities[0] for _, _, probabilities in alone]),
        independent_probabilities=others,
        histories=tuple(history for history, _, _ in cycled),
        single_histories=tuple(history for history, _, _ in alone),
        states=tuple(tuple(states) for _, states, _ in cycled),
        ran=what_ran(model, optimizer, optimizer_arguments, batch_size=batch_size, epochs=epochs),
    )


def _single(single: Schedule | str, lr: float, updates: int) -> Schedule:
    if isinstance(single, Schedule):
        return single
    if single == "cosine":
        return Cosine(lr, T_max=updates)
    if single == "step":
        return MultiStep(lr, milestones=(updates // 2, 3 * updates // 4), gamma=0.1)
    raise ValueError(f"single must be 'cosine', 'step' or a schedule, got {single!r}")


@torch.inference_mode()
def _softmax(network: nn.Module, states: list[State], data: Dataset, wanted: int) -> Probabilities:
    """Return the validation probabilities under each state, ``(wanted, images, classes)``; NaN for those missing."""
    network.eval()
    outputs = []
    for state in states:
        network.load_state_dict(state)
        outputs.append(torch.cat([network(part).softmax(dim=1) for part in data.val_images.split(1000)]).cpu().numpy())
    missing = np.full_like(outputs[0] if outputs else np.empty((len(data.val_labels), 10), np.float32), np.nan)
    return np.array(outputs + [missing] * (wanted - len(outputs)))
