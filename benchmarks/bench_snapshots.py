"""The snapshot experiment with the CNN, and training it to 99 % on MNIST's test images under several schedules.

    python benchmarks/bench_snapshots.py [--root FOLDER] [--seeds 2] [--epochs 8]

About five minutes on two cores. Nothing is read from kept results. Without MNIST only the snapshots run, on the digits.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time
from pathlib import Path

import numpy as np
import torch

from lrlab import data, experiments, train
from lrlab.models import CNN
from lrlab.schedules import Constant, Cosine, Linear, OneCycle, Schedule, StepDecay, warmup

GOAL, BATCH, WARM = 0.99, 128, 100
SGD = {"momentum": 0.9}


def recipes(updates: int) -> dict[str, tuple[Schedule, type[torch.optim.Optimizer], dict[str, float]]]:
    """Schedules of ``updates`` steps, at rates that suited them in a coarse search."""
    rest = updates - WARM
    return {
        "SGD, one cycle, 0.2": (OneCycle(0.2, total_steps=updates), torch.optim.SGD, SGD),
        "SGD, cosine, 0.1": (warmup(Cosine(0.1, T_max=rest), WARM), torch.optim.SGD, SGD),
        "SGD, linear to zero, 0.1": (
            warmup(Linear(0.1, start_factor=1.0, end_factor=0.0, total_iters=rest), WARM),
            torch.optim.SGD,
            SGD,
        ),
        "SGD, step decay, 0.1": (warmup(StepDecay(0.1, decay=0.2, every=rest // 3), WARM), torch.optim.SGD, SGD),
        "SGD, constant, 0.05": (warmup(Constant(0.05), WARM), torch.optim.SGD, SGD),
        "Adam, one cycle, 0.016": (OneCycle(0.016, total_steps=updates), torch.optim.Adam, {}),
        "Adam, constant, 0.003": (Constant(0.003), torch.optim.Adam, {}),
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
    updates = train.count_updates(found, batch_size=BATCH, epochs=epochs)
    print(
        f"{found.name}, CNN, to {GOAL:.0%} of the test images, looked at after each of {epochs} epochs; batch {BATCH}"
    )
    print(f"{'':26} {'reached':>9} {'after epoch':>12} {'seconds':>9} {'s an epoch':>11}   at the end")
    best: dict[str, float] = {}
    for name, (schedule, optimizer, arguments) in recipes(updates).items():
        histories = []
        for seed in range(seeds):
            model = CNN(seed)
            update = optimizer(model.parameters(), lr=schedule(0), **arguments)
            scheduler = schedule.attach(update)
            settings = {"epochs": epochs, "batch_size": BATCH, "seed": seed, "device": "cpu", "progress": False}
            histories.append(train.fit(model, found, update, scheduler=scheduler, **settings))
        each = statistics.median(history.seconds / epochs for history in histories)
        at = [np.flatnonzero(h.val_accuracy >= GOAL)[:1] + 1 for h in histories]
        reached = [int(epoch[0]) for epoch in at if len(epoch)]
        ends = [h.val_accuracy[-1] for h in histories]
        when = " ".join(map(str, reached)) or "–"
        took = f"{statistics.mean(reached) * each:.1f}" if len(reached) == seeds else "–"
        if len(reached) == seeds:
            best[name] = statistics.mean(reached) * each
        shown = " ".join(f"{end:.2%}" for end in ends)
        print(f"{name:26} {len(reached):>4} of {seeds:<2} {when:>12} {took:>9} {each:>11.2f}   {shown}", flush=True)
    if best:
        print(f"fastest to reach it with every seed: {min(best, key=best.__getitem__)}, {min(best.values()):.1f} s")


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
