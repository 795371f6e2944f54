"""Schedules: a million steps of every formula, against stepping torch's scheduler there; attached stepping; memory.

    python benchmarks/bench_schedules.py [--repeats 7]

The ways take turns, and the ratios are those of neighbouring runs. Stepping is measured without the optimizer's own
update. Torch's million steps are not run but reckoned from 20,000, which are timed beside ours.
"""

from __future__ import annotations

import argparse
import statistics
import time
import tracemalloc
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from torch.optim.lr_scheduler import LRScheduler

from lrlab import schedules
from lrlab.schedules import Schedule

MILLION = 1_000_000
STEPPED = 20_000
# A user's function is asked for each step by itself: no closed form.
FUNCTIONS = ("Lambda", "Multiplicative")
LONG: Mapping[str, dict[str, Any]] = {  # examples that fit a million steps
    "OneCycle": {"total_steps": MILLION + 1},
    "SnapshotCosine": {"updates": MILLION, "cycles": 5},
    "CosineWarmRestarts": {"T_0": 1000},
    "Cyclic": {"step_size_up": 2000, "mode": "triangular2"},
}


def examples() -> dict[str, Schedule]:
    return {name: cls(**{**cls.example, **LONG.get(name, {})}) for name, cls in schedules.catalogue().items()}


def seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def optimizer() -> torch.optim.Optimizer:
    found = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.5)
    found._opt_called = True  # type: ignore[attr-defined]  # the warning about the order would be timed too
    return found


def stepping(scheduler: LRScheduler, steps: int) -> Callable[[], None]:
    def run() -> None:
        for _ in range(steps):
            scheduler.step()

    return run


def peak_bytes(run: Callable[[], object]) -> int:
    tracemalloc.start()
    run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7, help="rounds (default 7)")
    repeats = parser.parse_args().repeats

    steps = np.arange(MILLION)
    widths = (10, 10, 8, 10, 10, 6, 8)

    def row(name: str, *cells: str) -> None:
        print(f"{name:20} " + " ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)))

    row("", "1e6 steps", "torch 1e6", "times", "attached", "torch", "ratio", "peak")
    row("target", "< 60 ms", "", ">= 1000", "us/step", "us/step", "<= 1.2", "MB")
    for name, schedule in examples().items():
        curve, torchs, ratio, faster, attached = [], [], [], [], []
        has_twin = schedule.torch_equivalent() is not None
        if name not in FUNCTIONS:
            schedule(steps)  # the first run pays for memory that the others find
        for _ in range(repeats):
            if name not in FUNCTIONS:
                curve.append(seconds(partial(schedule, steps)))
            ours = stepping(schedule.attach(optimizer(), cycle_momentum=schedule.cycles_momentum), STEPPED)
            attached.append(seconds(ours) / STEPPED)
            if has_twin:
                twin = schedule.torch(optimizer(), cycle_momentum=schedule.cycles_momentum)
                torchs.append(seconds(stepping(twin, STEPPED)) / STEPPED)
                ratio.append(attached[-1] / torchs[-1])
                if curve:
                    faster.append(torchs[-1] * MILLION / curve[-1])
        row(
            name,
            f"{1e3 * statistics.median(curve):7.1f} ms" if curve else "-",
            f"{statistics.median(torchs) * MILLION:8.1f} s" if torchs else "-",
            f"{statistics.median(faster):.0f}" if faster else "-",
            f"{1e6 * statistics.median(attached):.2f}",
            f"{1e6 * statistics.median(torchs):.2f}" if torchs else "-",
            f"{statistics.median(ratio):.2f}" if ratio else "-",
            f"{peak_bytes(partial(schedule, steps)) / 1e6:.0f}" if curve else "-",
        )
    print("\nPeak memory of Cosine(0.1, T_max=95) over 10,000, 100,000 and 1,000,000 steps, in bytes a step:")
    cosine = schedules.Cosine(0.1, T_max=95)
    print("  " + ", ".join(f"{peak_bytes(partial(cosine.curve, n)) / n:.0f}" for n in (10_000, 100_000, MILLION)))


if __name__ == "__main__":
    main()
