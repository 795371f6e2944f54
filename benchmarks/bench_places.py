"""Grading in places: this machine, command prefixes and Dask beside each other; then a class of 1,000 by simulation.

    python benchmarks/bench_places.py [--students 20] [--rounds 3] [--unit param_groups] [--class 1000]

All have the same two cores: two processes here, two machines with one grader each (namespaces with a network of their
own, in which the course is not there), a Dask cluster of two workers on loopback, and one of three on such machines,
which a bridge joins. Where none can be made, the last is left out. The simulation takes the times measured here;
latency, losses and slow submissions are assumed as printed. Needs bubblewrap, and distributed for Dask.
"""

from __future__ import annotations

import heapq
import random
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from bench_grading import LRLAB, REPO, arguments, hand_in, made_course, run, scores

from support import dask_machines  # isort: skip - bench_grading puts tests/ on the path
from support.dask_cluster import Cluster  # isort: skip

from lrlab.grading.batch import runner
from lrlab.grading.batch.journal import GRADED, Journal
from lrlab.grading.batch.results import Results

CORES = 8  # of each simulated host
LATENCY = 0.05  # seconds to a host and back
LOST = 0.02  # chance that a host is lost in a run, at some moment
SLOW, SLOW_SECONDS = 0.01, 180.0  # share of submissions that use all their time, and how long that is


def machine(root: Path) -> str:
    return f"unshare --mount --net sh -c 'mount -t tmpfs none {root} && cd / && exec \"$@\"' host"


def measured(root: Path, unit: str) -> dict[str, float]:
    """Seconds of a run here with one grader: until the first can start, of a submission, and of the one writer."""
    writing: list[float] = []

    def timed(method):
        def call(*arguments, **named):
            began = time.perf_counter()
            try:
                return method(*arguments, **named)
            finally:
                writing.append(time.perf_counter() - began)

        return call

    for name in ("take", "enter"):
        setattr(Results, name, timed(getattr(Results, name)))
    first: list[float] = []
    began = time.perf_counter()

    def progress(done: int, todo: int) -> None:
        if done == 1 and not first:
            first.append(time.perf_counter() - began)

    runner.grade(unit, root=root, jobs=1, progress=progress)
    seconds = [e["seconds"] for e in Journal(root, unit).read() if e["state"] == GRADED]
    each = statistics.median(seconds)
    return {"start": first[0] - seconds[0], "each": each, "writer": sum(writing) / len(seconds)}


def simulated(hosts: int, size: int, times: dict[str, float], *, rough: bool, seed: int) -> float:
    """Seconds for a class on so many hosts with CORES each: graders in parallel, and one writer for all of them."""
    chance = random.Random(seed)
    todo = [SLOW_SECONDS if rough and chance.random() < SLOW else times["each"] for _ in range(size)]
    slots = [(times["start"] + LATENCY, host, number) for host in range(hosts) for number in range(CORES)]
    usual = size * times["each"] / (hosts * CORES)
    lost = {
        host: chance.uniform(0, usual + times["start"]) for host in range(1, hosts) if rough and chance.random() < LOST
    }
    heapq.heapify(slots)
    finished: list[float] = []
    while todo:
        at, host, number = heapq.heappop(slots)
        seconds = todo.pop()
        end = at + seconds + LATENCY
        if at < lost.get(host, 0.0) <= end:  # given back after a minute of silence; the host comes back
            todo.insert(0, seconds)
            heapq.heappush(slots, (lost[host] + 60 + times["start"], host, number))
            continue
        finished.append(end)
        heapq.heappush(slots, (end, host, number))
    free = 0.0
    for end in sorted(finished):
        free = max(free, end) + times["writer"]
    return free


def main() -> None:
    options = arguments(__doc__, students=20, size=1000)
    if no_machines := dask_machines.missing():
        print(f"Dask on machines is left out: {no_machines}")
    else:
        dask_machines.enter_network()
    unit, count = options.unit, options.students
    config = (REPO / "nbgrader_config.py").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="bench-places-") as folder:
        base = Path(folder)
        course = base / "course"
        hand_in(course, unit, made_course(course, unit, config), count)
        seconds: dict[str, list[float]] = {"local": [], "prefix": [], "dask": []}
        clusters = {"dask": Cluster(base)}
        if not no_machines:
            seconds["dask on machines"] = []
            clusters["dask on machines"] = dask_machines.OnMachines(base)
        try:
            for name, workers in zip(clusters, (2, 3), strict=False):
                for _ in range(workers):
                    clusters[name].add_worker()
            found = []
            for number in range(options.rounds):
                for name in seconds:
                    copy = base / f"{name}-{number}" / "course"
                    shutil.copytree(course, copy)
                    how = {"local": ["--jobs", "2"], "prefix": ["--jobs", "1", *["--on", machine(copy.parent)] * 2]}
                    how |= {name: ["--on", cluster.name] for name, cluster in clusters.items()}
                    seconds[name].append(run(copy, *LRLAB, "grade", unit, *how[name]))
                    found.append(scores(copy, unit))
        finally:
            for cluster in clusters.values():
                cluster.close()
        for name, taken in seconds.items():
            ratio = statistics.median(t / here for t, here in zip(taken, seconds["local"], strict=True))
            middle = statistics.median(taken)
            rate = 60 * count / middle
            print(f"{name}: {count} submissions in {middle:.1f} s, {rate:.0f} a minute, {ratio:.2f} x local's time")
        print(f"scores the same: {all(each == found[0] for each in found)} (target: at most 1.15 x local's time)")

        alone = base / "alone"
        shutil.copytree(course, alone)
        times = measured(alone, unit)
        print("measured: " + ", ".join(f"{name} {value:.3f} s" for name, value in times.items()))
        print(
            f"a class of {options.size} on hosts with {CORES} cores, {LATENCY * 1000:.0f} ms away; and where {LOST:.0%}"
        )
        print(f"of the hosts are lost and {SLOW:.0%} of the submissions take {SLOW_SECONDS:.0f} s (median of 20):")
        before = 0.0
        for hosts in (1, 2, 3, 4, 6, 8, 12, 16):
            calm = simulated(hosts, options.size, times, rough=False, seed=0)
            rough = statistics.median(simulated(hosts, options.size, times, rough=True, seed=s) for s in range(20))
            gain = f", {1 - calm / before:.0%} less" if before else ""
            print(f"  {hosts:2} hosts: {calm:5.0f} s{gain}; {rough:5.0f} s")
            before = calm


if __name__ == "__main__":
    main()
