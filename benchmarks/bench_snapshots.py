"""The snapshot experiment with the CNN, and training it to 99 % on MNIST's test images under several schedules.

    python benchmarks/bench_snapshots.py [--root FOLDER] [--seeds 2] [--epochs 8]

Six to ten minutes on two cores. Nothing is read from kept results. Without MNIST only the snapshots run, on the digits.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from lrlab import data, experiments, train
from lrlab.models import CNN
from lrlab.schedules import Constant, Cosine, Linear, OneCycle, Schedule, StepDecay, warmup

GOAL, BATCH, WARM = 0.99, 128, 100


class Recipe(NamedTuple):
    schedule: Schedule
    optimizer: type[torch.optim.Optimizer] = torch.optim.SGD


def recipes(updates: int) -> dict[str, Recipe]:
    """Schedules that end after ``updates`` steps, at rates that suited them in a coarse search."""
    rest = updates - WARM
    linear = Linear(0.1, start_factor=1.0, end_factor=0.0, total_iters=rest)
    return {
        "SGD, one cycle, 0.2": Recipe(OneCycle(0.2, total_steps=updates)),
        "SGD, cosine, 0.1": Recipe(warmup(Cosine(0.1, T_max=rest), WARM)),
        "SGD, linear to zero, 0.1": Recipe(warmup(linear, WARM)),
        "SGD, step decay, 0.1": Recipe(warmup(StepDecay(0.1, decay=0.2, every=rest // 3), WARM)),
        "SGD, constant, 0.05": Recipe(warmup(Constant(0.05), WARM)),
        "Adam, one cycle, 0.016": Recipe(OneCycle(0.016, total_steps=updates), torch.optim.Adam),
        "Adam, constant, 0.003": Recipe(Constant(0.003), torch.optim.Adam),
    }


def snapshots(found: data.Dataset, seeds: int) -> None:
    started = time.perf_counter()
    result = experiments.snapshots(found, seeds=range(seeds), cache=False, progress=False, device="cpu")
    seconds = (time.perf_counter() - started) / seeds
    print(f"{found.name}, CNN, {len(result.schedule.ends)} snapshots and the single model")
    print(f"{seconds:.1f} s for one seed (target on MNIST: at most 60 s), {seeds} run")
    print(f"{result!r}")
    print(f"all together minus the single model, in % of the images: {np.round(100 * result.difference, 2).tolist()}")
    print(f"cross-entropy: {result.ensemble_losses[:, -1].mean():.4f} all, {result.single_losses.mean():.4f} single\n")


def to_the_goal(found: data.Dataset, seeds: int, epochs: int) -> None:
    print(f"{found.name}, CNN, to {GOAL:.0%} of the test images, looked at after each epoch; batch {BATCH}")
    print(f"{'':24} {'reached':>8} {'after epoch':>12} {'seconds':>8} {'s an epoch':>11}   after epoch {epochs}")
    best: dict[str, tuple[int, float]] = {}
    updates = train.count_updates(found, batch_size=BATCH, epochs=epochs)
    for name, (schedule, optimizer) in recipes(updates).items():
        histories = []
        for seed in range(seeds):
            model = CNN(seed)
            momentum = {"momentum": 0.9} if optimizer is torch.optim.SGD else {}
            update = optimizer(model.parameters(), lr=schedule(0), **momentum)
            settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "device": "cpu", "progress": False}
            histories.append(train.fit(model, found, update, scheduler=schedule.attach(update), **settings))
        each = statistics.median(history.seconds / epochs for history in histories)
        at = [np.flatnonzero(h.val_accuracy >= GOAL)[:1] + 1 for h in histories]
        reached = [int(epoch[0]) for epoch in at if len(epoch)]
        ends = [h.val_accuracy[-1] for h in histories]
        when = " ".join(map(str, reached)) or "–"
        shown = " ".join(f"{end:.2%}" for end in ends)
        took = "–"
        if reached:
            best[name] = (-len(reached), statistics.mean(reached) * each)
            took = f"{best[name][1]:.1f}"
        many = f"{len(reached)} of {seeds}"
        print(f"{name:24} {many:>8} {when:>12} {took:>8} {each:>11.2f}   {shown}", flush=True)
    if best:
        name = min(best, key=best.__getitem__)  # first the most seeds, then the least time
        print(f"fastest: {name}, {best[name][1]:.1f} s, with {-best[name][0]} of {seeds} seeds")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    beside = Path(__file__).parents[2] / "shared" / "mnist"
    folder = os.environ.get("LRLAB_DATA") or (str(beside) if (beside / "MNIST" / "raw").is_dir() else None)
    parser.add_argument("--root", default=folder, help="folder with MNIST/raw (LRLAB_DATA, else ../shared/mnist)")
    parser.add_argument("--seeds", type=int, default=2, help="seeds of everything (default 2)")
    parser.add_argument("--epochs", type=int, default=8, help="epochs of the runs to 99 %% (default 8)")
    arguments = parser.parse_args()

    print(f"torch {torch.__version__}, {torch.get_num_threads()} thread(s), {os.cpu_count()} cores\n")
    snapshots(data.load("digits"), arguments.seeds)
    if arguments.root:
        mnist = data.load("mnist", root=arguments.root)
        snapshots(mnist, arguments.seeds)
        to_the_goal(mnist, arguments.seeds, arguments.epochs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # kB on Linux
    print(f"peak memory {peak:.2f} GB (target: under 2 GB)")


if __name__ == "__main__":
    main()
