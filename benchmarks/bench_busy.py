"""Training while other programs want the cores too: with torch's threads as `lrlab lab` sets them, and as they come.

    python benchmarks/bench_busy.py [--rounds 5]

Between two pieces of work a thread of GNU OpenMP's spins, so that it is there at once for the next. On a busy machine
it spins on a core that another program, or the thread it waits for, could use. Each round runs both ways in turn,
beside no program, one for every other core and one for each; in processes of their own, as the number of spins is read
when torch is loaded.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys

from lrlab.commands.lab import SPINS

WORK = """
import time, torch
from lrlab import data, experiments, models, train
digits = data.load("digits")

def seconds(run):
    started = time.perf_counter()
    run()
    return time.perf_counter() - started

def fit(model, epochs):
    network = model(0)
    train.fit(network, digits, torch.optim.SGD(network.parameters(), lr=0.01), epochs=epochs, progress=False)

fit(models.MLP, 1)
sweep = lambda: experiments.sweep(experiments.log_grid(1e-3, 0.1, 32), digits, epochs=4, progress=False, cache=False)
print(seconds(lambda: fit(models.MLP, 8)), seconds(lambda: fit(models.CNN, 3)), seconds(sweep))
"""
NAMES = ("MLP, fit", "CNN, fit", "MLP, sweep of 32 rates")
WAYS = {"as it comes": {}, "as set": {"GOMP_SPINCOUNT": SPINS}}


def measure(settings: dict[str, str]) -> list[float]:
    clean = {name: value for name, value in os.environ.items() if name not in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY")}
    done = subprocess.run(
        [sys.executable, "-c", WORK], env={**clean, **settings}, capture_output=True, text=True, check=True
    )
    return [float(value) for value in done.stdout.split()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="rounds of both ways in turn (default 5)")
    rounds = parser.parse_args().rounds
    cores = os.cpu_count() or 2
    print(f"{cores} cores; GOMP_SPINCOUNT={SPINS}")
    print(f"seconds, median and slowest {'':3}{'   '.join(f'{way:>17}' for way in WAYS)}")
    for beside in (0, cores // 2, cores):
        print(f"programs beside: {beside}")
        busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(beside)]
        try:
            found = [{way: measure(settings) for way, settings in WAYS.items()} for _ in range(rounds)]
        finally:
            for program in busy:
                program.kill()
                program.wait()
        for i, name in enumerate(NAMES):
            columns = []
            for way in WAYS:
                seconds = [turn[way][i] for turn in found]
                columns.append(f"{statistics.median(seconds):8.2f} {max(seconds):8.2f}")
            ratio = statistics.median(turn["as it comes"][i] / turn["as set"][i] for turn in found)
            print(f"  {name:<24} {'   '.join(columns)}   ratio {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main()
