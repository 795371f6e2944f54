"""How long each notebook of the course runs, on the bundled digits and on MNIST.

    python benchmarks/bench_notebooks.py [--runs 3] [--only 03 08] [--write]

The time is of the whole run as a student has it after "Restart Kernel and Run All Cells": kernel start, imports, all
cells; medians of interleaved runs. MNIST is measured where LRLAB_DATA, or ../shared/mnist beside this checkout, is it.
`--write` puts the figures into course/times.json and into the notebooks' first cells, and a test compares the two.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
import time
from importlib.metadata import version
from pathlib import Path

import nbformat
from nbclient import NotebookClient

REPO = Path(__file__).parents[1]
TARGET = {"digits": 45, "mnist": 90}  # seconds
LONGER = {"digits": 60, "mnist": 90}  # of notebook 09, which trains most
SAID = re.compile(r"; it runs \d+ s on the bundled digits, \d+ s on MNIST\.")


def seconds(path: Path, dataset: str, folder: Path) -> float:
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": path.parent}})
    started = time.perf_counter()
    settings = {"LRLAB_DATASET": dataset, "LRLAB_DATA": str(folder), "LRLAB_RESULTS": "off"}
    client.execute(env={**os.environ, **settings})
    return time.perf_counter() - started


def write(times: dict[str, dict[str, int]], runs: int) -> None:
    kept = REPO / "course" / "times.json"
    machine = f"{os.cpu_count()} {platform.machine()} cores, torch {version('torch')}"
    measured = "one run each" if runs == 1 else f"medians of {runs} interleaved runs"
    how = f"seconds, {measured}, kernel start and imports included; {machine}"
    before = json.loads(kept.read_text(encoding="utf-8"))["seconds"] if kept.is_file() else {}
    every = dict(sorted((before | times).items()))  # of notebooks left out by --only, what was measured before
    kept.write_text(json.dumps({"how": how, "seconds": every}, indent=1) + "\n", encoding="utf-8")
    for name, seconds_on in times.items():
        path = REPO / "course" / f"{name}.ipynb"
        notebook = json.loads(path.read_text(encoding="utf-8"))
        title = "".join(notebook["cells"][0]["source"])
        said = f"; it runs {seconds_on['digits']} s on the bundled digits, {seconds_on['mnist']} s on MNIST."
        notebook["cells"][0]["source"] = SAID.sub(said, title).splitlines(keepends=True)
        path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="runs of each notebook (default 3)")
    parser.add_argument(
        "--only", nargs="+", default=[""], metavar="NN", help="notebooks by their numbers (default all)"
    )
    parser.add_argument("--write", action="store_true", help="keep the figures in course/; needs MNIST")
    options = parser.parse_args()
    runs = options.runs
    folder = Path(os.environ.get("LRLAB_DATA") or REPO.parent / "shared" / "mnist")
    datasets = ["digits", *(["mnist"] if (folder / "MNIST" / "raw").is_dir() else [])]
    paths = [path for path in sorted((REPO / "course").glob("*.ipynb")) if path.name.startswith(tuple(options.only))]
    jobs = [(path, dataset) for path in paths for dataset in datasets]
    times: dict[tuple[Path, str], list[float]] = {job: [] for job in jobs}
    for _ in range(runs):
        for path, dataset in jobs:
            times[path, dataset].append(seconds(path, dataset, folder))
    print(f"{'notebook':32}{'data':8}{'median':>9}{'target':>9}   ({runs} runs each)")
    for (path, dataset), measured in times.items():
        target = (LONGER if path.name.startswith("09") else TARGET)[dataset]
        print(f"{path.stem:32}{dataset:8}{statistics.median(measured):7.1f} s{target:7} s")
    if "mnist" not in datasets:
        print("MNIST is not there: set LRLAB_DATA to a folder that holds MNIST/raw.")
    elif options.write:
        kept: dict[str, dict[str, int]] = {}
        for (path, dataset), measured in times.items():
            kept.setdefault(path.stem, {})[dataset] = round(statistics.median(measured))
        write(kept, runs)


if __name__ == "__main__":
    main()
