"""Sweeps of 32 rates at once beside `fit` for one after another; a whole sweep, and a range test, in seconds.

    python benchmarks/bench_searches.py [--root FOLDER] [--repeats 5]

The two ways take turns, and a ratio is that of neighbouring runs, so that a busy moment of the machine falls on both.
The other ratio is that of the fastest runs: a busy machine slows the many small steps of `fit` down more.
One after another is timed on 4 of the 32 rates; each of its runs is charged its updates and one validation.

Losses are compared twice: as they are, and in double precision. In single precision rounding now and then tips a ReLU
over, or which of four activations is the greatest, and from there on two runs part, also two of `fit` with one and with
two threads. Last comes what the CNN's sweep could gain at most: the time of its convolutions and matrix products alone.
"""

from __future__ import annotations

import argparse
import functools
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from lrlab import data, train
from lrlab.experiments import log_grid, range_test, sweep
from lrlab.models import CNN, MLP

RATES = 32
SOME = list(range(2, RATES, RATES // 4))  # those of them that are trained one after another
SGD, Adam = torch.optim.SGD, torch.optim.Adam
# Model, optimizer, its arguments, and rates that do not diverge: a run that does ends early, and costs little.
CASES: dict[str, tuple[Any, Any, dict[str, float], tuple[float, float]]] = {
    "MLP, SGD": (MLP, SGD, {}, (1e-3, 0.3)),
    "MLP, SGD with momentum": (MLP, SGD, {"momentum": 0.9}, (1e-4, 0.03)),
    "MLP, Adam": (MLP, Adam, {}, (1e-5, 1e-3)),
    "CNN, SGD": (CNN, SGD, {}, (1e-3, 0.1)),
}


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def measure(found: data.Dataset, name: str, *, epochs: int, repeats: int) -> str:
    """One row: seconds of a sweep, how many times faster it is, and how far its losses are from those of fit."""
    model, optimizer, arguments, (low, high) = CASES[name]
    lrs = log_grid(low, high, RATES)

    def at_once() -> tuple[float, Any]:
        return timed(
            lambda: sweep(
                lrs, found, model=model, optimizer=optimizer, epochs=epochs, progress=False, cache=False, **arguments
            )
        )

    def alone(lr: float) -> tuple[float, train.History]:
        network = model(0)
        update = optimizer(network.parameters(), lr=lr, **arguments)
        history = train.fit(network, found, update, epochs=epochs, progress=False)
        return history.seconds + timed(lambda: train.evaluate(network, found))[0], history

    together, ratios, apart = [], [], 0.0
    fastest = dict.fromkeys(SOME, np.inf)
    for turn in range(repeats):
        before, result = at_once()
        runs = {i: alone(float(lrs[i])) for i in SOME}
        after, _ = at_once()
        together += [before, after]
        fastest = {i: min(fastest[i], seconds) for i, (seconds, _) in runs.items()}
        ratios.append(one_after_another([seconds for seconds, _ in runs.values()]) / ((before + after) / 2))
        if turn == 0:
            apart = furthest(result.loss[SOME, 0], [history.loss for _, history in runs.values()])
    seconds = f"{statistics.median(together):7.2f} {min(together):7.2f}"
    of_fastest = one_after_another(fastest.values()) / min(together)
    exactly = apart_in_double_precision(found, name, epochs=epochs)
    return f"{name:<24} {seconds} {statistics.median(ratios):9.1f} {of_fastest:8.1f} {apart:12.0e} {exactly:8.0e}"


def furthest(losses: Any, others: Any) -> float:
    return float(np.abs(np.array(losses) / np.array(others) - 1).max())


def apart_in_double_precision(found: data.Dataset, name: str, *, epochs: int) -> float:
    model, optimizer, arguments, (low, high) = CASES[name]
    lrs = log_grid(low, high, RATES)[SOME]
    found = replace(found, train_images=found.train_images.double(), val_images=found.val_images.double())
    how = {"epochs": epochs, "progress": False}
    together = sweep(
        lrs, found, model=lambda s: model(s).double(), optimizer=optimizer, cache=False, **how, **arguments
    )
    assert together.together
    alone = []
    for lr in lrs.tolist():
        network = model(0).double()
        alone.append(train.fit(network, found, optimizer(network.parameters(), lr=lr, **arguments), **how).loss)
    return furthest(together.loss[:, 0], alone)


def ceiling(found: data.Dataset, *, repeats: int = 40, copies: int = 4, batch: int = 64) -> str:
    """How many times faster the CNN's sweep could be if nothing but its convolutions and products took any time."""
    neighbourhoods, grad = torch.rand(batch * 784, 10), torch.rand(batch * 784, copies * 8)
    rows = torch.rand(10, copies * 8)
    layout = {"memory_format": torch.channels_last}
    maps = torch.rand(batch, copies * 8, 14, 14).contiguous(**layout).requires_grad_()
    weight = torch.rand(copies * 16, 8, 3, 3).contiguous(**layout).requires_grad_()
    bias = torch.rand(copies * 16, requires_grad=True)
    above = torch.rand(batch, copies * 16, 14, 14).contiguous(**layout)
    network = CNN(0)
    update = SGD(network.parameters(), lr=0.01)
    images, labels = found.train_images[:batch], found.train_labels[:batch]

    def products() -> None:
        neighbourhoods @ rows
        neighbourhoods.T @ grad
        torch.autograd.grad(
            functional.conv2d(maps, weight, bias, padding=1, groups=copies), (maps, weight, bias), above
        )

    def one_update() -> None:
        update.zero_grad()
        loss = functional.cross_entropy(network(images), labels)
        loss.backward()
        update.step()
        loss.item()

    times = np.array([(timed(products)[0] / copies, timed(one_update)[0]) for _ in range(repeats)])
    of_products, of_update = 1e3 * np.median(times, axis=0)
    return (
        f"CNN, one update: convolutions and products of one copy among {copies} {of_products:.2f} ms, all of it by fit "
        f"{of_update:.2f} ms: a sweep can be {of_update / of_products:.1f} times as fast at most"
    )


def one_after_another(seconds: Iterable[float]) -> float:
    return statistics.mean(seconds) * RATES


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    beside = Path(__file__).parents[2] / "shared" / "mnist"
    folder = os.environ.get("LRLAB_DATA") or (str(beside) if (beside / "MNIST" / "raw").is_dir() else None)
    parser.add_argument("--root", default=folder, help="folder with MNIST/raw (LRLAB_DATA, else ../shared/mnist)")
    parser.add_argument(
        "--repeats", type=int, default=5, help="rounds of timed runs, half of them on MNIST (default 5)"
    )
    arguments = parser.parse_args()

    print(f"torch {torch.__version__}, {torch.get_num_threads()} thread(s), {os.cpu_count()} cores; batch 64")
    print("Targets: 32 rates 4 times as fast; at most 3 s on the digits and 20 s on MNIST, with the MLP;")
    print("losses equal to 1e-4; a range test under 5 s; at most 2 GB of memory.")
    sets = [(data.load("digits"), 5, arguments.repeats)]
    if arguments.root:
        sets.append((data.load("mnist", root=arguments.root), 1, -(-arguments.repeats // 2)))
    else:
        print("No MNIST (give --root or LRLAB_DATA): the digits alone.")
    for found, epochs, repeats in sets:
        updates = train.count_updates(found, epochs=epochs)
        print(f"\n{found!r}; {epochs} epoch{'s' if epochs > 1 else ''}, {updates} updates")
        print(f"{RATES} rates at once        median s   min s   times faster: median, fastest   losses apart, exactly")
        for name in CASES:
            print(measure(found, name, epochs=epochs, repeats=1 if name.startswith("CNN") else repeats), flush=True)
        model = MLP(0)
        optimizer = SGD(model.parameters(), lr=0.1)
        once = functools.partial(range_test, model, found, optimizer, progress=False)
        tests = [timed(once) for _ in range(5)]
        print(
            f"range test of 100 rates, MLP: {statistics.median(seconds for seconds, _ in tests):.2f} s; {tests[0][1]!r}"
        )
    print(f"\n{ceiling(sets[0][0])}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**30 if sys.platform == "darwin" else 2**20)
    print(f"\nPeak memory of all this: {peak:.2f} GB")


if __name__ == "__main__":
    main()
