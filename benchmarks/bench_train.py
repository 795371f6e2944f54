"""One epoch of the MLP, batch 64: lrlab.train.fit, a DataLoader as it is usually written, and a bare tensor loop.

    python benchmarks/bench_train.py [--root FOLDER] [--repeats 5] [--seeds 5]

The ways take turns, and the ratios are those of neighbouring runs, so that a busy moment of the machine falls on both.
Times are of the updates alone: no validation, no imports, no reading of files.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data import Dataset as TorchDataset

from lrlab import data, train
from lrlab.models import MLP

BATCH = 64
PLAIN = "ToTensor, 0 workers"
Way = Callable[[int], tuple[float, nn.Module]]


def fresh(seed: int) -> tuple[MLP, torch.optim.Optimizer]:
    model = MLP(seed)
    return model, torch.optim.SGD(model.parameters(), lr=0.1)


def with_fit(found: data.Dataset) -> Way:
    def run(seed: int) -> tuple[float, nn.Module]:
        model, optimizer = fresh(seed)
        history = train.fit(model, found, optimizer, batch_size=BATCH, seed=seed, device="cpu", progress=False)
        return history.seconds, model

    return run


def by_hand(found: data.Dataset) -> Way:
    """The shortest loop on tensors that also keeps the losses."""

    def run(seed: int) -> tuple[float, nn.Module]:
        model, optimizer = fresh(seed)
        order = torch.Generator().manual_seed(seed)
        images, labels = found.train_images, found.train_labels
        losses = []
        started = time.perf_counter()
        for batch in torch.randperm(len(images), generator=order).split(BATCH):
            loss = nn.functional.cross_entropy(model(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return time.perf_counter() - started, model

    return run


def with_loader(dataset: TorchDataset, workers: int) -> Way:
    """As tutorials write it: a data set with transforms in a shuffling DataLoader."""

    def run(seed: int) -> tuple[float, nn.Module]:
        model, optimizer = fresh(seed)
        order = torch.Generator().manual_seed(seed)
        loader = DataLoader(dataset, batch_size=BATCH, shuffle=True, num_workers=workers, generator=order)
        losses = []
        started = time.perf_counter()
        for images, labels in loader:
            loss = nn.functional.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return time.perf_counter() - started, model

    return run


def usual_ways(found: data.Dataset, root: str | None) -> dict[str, Way]:
    """torchvision's MNIST with transforms, or the digits as a TensorDataset, where there is no MNIST."""
    if found.name == "digits":
        tensors = TensorDataset(found.train_images, found.train_labels)
        return {f"DataLoader, {n} workers": with_loader(tensors, n) for n in (0, 2)}
    data.torchvision()
    from torchvision.datasets import MNIST
    from torchvision.transforms import Compose, Normalize, ToTensor

    plain = MNIST(root, train=True, transform=ToTensor())
    # The transforms of torch's own MNIST example.
    normalized = MNIST(root, train=True, transform=Compose([ToTensor(), Normalize((0.1307,), (0.3081,))]))
    return {
        PLAIN: with_loader(plain, 0),
        "ToTensor, 2 workers": with_loader(plain, 2),
        "ToTensor, Normalize": with_loader(normalized, 0),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    beside = Path(__file__).parents[2] / "shared" / "mnist"
    folder = os.environ.get("LRLAB_DATA") or (str(beside) if (beside / "MNIST" / "raw").is_dir() else None)
    parser.add_argument("--root", default=folder, help="folder with MNIST/raw (LRLAB_DATA, else ../shared/mnist)")
    parser.add_argument("--repeats", type=int, default=5, help="rounds of timed runs (default 5)")
    parser.add_argument("--seeds", type=int, default=5, help="seeds for the accuracies, at least 2 (default 5)")
    arguments = parser.parse_args()

    found = data.load("auto" if arguments.root else "digits", root=arguments.root)
    if found.name == "digits":
        print("No MNIST (give --root or LRLAB_DATA): the digits, and a TensorDataset for torchvision's MNIST.\n")
    usual = usual_ways(found, arguments.root)
    ways = {"fit": with_fit(found), "bare loop": by_hand(found), **usual}

    seconds: dict[str, list[float]] = {name: [] for name in ways}
    to_bare: list[float] = []
    to_fit: dict[str, list[float]] = {name: [] for name in usual}
    for name in ("fit", "bare loop"):
        ways[name](0)  # the first run pays for torch's own warm-up
    for seed in range(arguments.repeats):
        # fit and the bare loop are compared to a few per cent: more rounds, in alternating order.
        for turn in range(6):
            pair = ["fit", "bare loop"][:: 1 if turn % 2 else -1]
            took = {name: ways[name](seed)[0] for name in pair}
            to_bare.append(took["fit"] / took["bare loop"])
            for name in pair:
                seconds[name].append(took[name])
        for name in usual:
            before, took_usual, after = ways["fit"](seed)[0], ways[name](seed)[0], ways["fit"](seed)[0]
            seconds[name].append(took_usual)
            to_fit[name].append(took_usual / ((before + after) / 2))

    accuracies = {
        name: [train.evaluate(ways[name](seed)[1], found)[1] for seed in range(arguments.seeds)]
        for name in ("fit", "bare loop", next(iter(usual)))
    }
    print(f"{found!r}; one epoch, batch {BATCH}, {train.count_updates(found, batch_size=BATCH)} updates")
    print(f"torch {torch.__version__}, {torch.get_num_threads()} thread(s), {os.cpu_count()} cores\n")
    print(f"{'':<22} {'median s':>9} {'min':>7} {'max':>7}   test accuracy, {arguments.seeds} seeds")
    for name, times in seconds.items():
        line = f"{name:<22} {statistics.median(times):9.3f} {min(times):7.3f} {max(times):7.3f}"
        if name in accuracies:
            line += f"   {statistics.mean(accuracies[name]):.2%} ± {statistics.stdev(accuracies[name]):.2%}"
        print(line)
    print("\nNeighbouring runs, median ratio:")
    print(f"  fit takes {statistics.median(to_bare):.3f} x the bare loop ({len(to_bare)} pairs; target: at most 1.05)")
    for name, ratios in to_fit.items():
        print(f"  {name} takes {statistics.median(ratios):.1f} x fit ({len(ratios)} rounds; target: at least 5)")


if __name__ == "__main__":
    main()
