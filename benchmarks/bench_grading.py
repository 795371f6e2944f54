"""Grading a class: `lrlab grade` beside `nbgrader autograde`, a class of 200, and memory in a flood of output.

    python benchmarks/bench_grading.py [--students 40] [--class 200] [--rounds 3] [--unit param_groups]

nbgrader is run on a copy of the course with its default configuration, so without sanitiser, sandbox and judge; both
grade the same honest submissions, in turns, each round from nothing, start-up included. Needs bubblewrap.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

REPO = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPO / "tests"))

from support.mutants import solutions  # noqa: E402

from lrlab.grading.sandbox import init  # noqa: E402

PLAIN = """c = get_config()
c.CourseDirectory.course_id = "lrlab"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
"""
FLOOD = "import sys\nwhile True:\n    sys.stdout.write('x' * 1_000_000)\n    sys.stdout.flush()\n"
LRLAB = [sys.executable, "-c", "import sys; from lrlab.cli import main; sys.exit(main())"]
NBGRADER = [sys.executable, "-m", "nbgrader"]


def environment() -> dict[str, str]:
    """Return the environment of both graders: one thread each, and compiled modules are kept, as Python does it."""
    scripts = str(Path(sys.executable).parent)
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "OMP_NUM_THREADS": "1", "PATH": os.pathsep.join([scripts, os.environ.get("PATH", "")])}


def run(root: Path, *command: str) -> float:
    """Seconds of a command in a course."""
    began = time.perf_counter()
    done = subprocess.run(command, cwd=root, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[-3:])} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return time.perf_counter() - began


def made_course(root: Path, unit: str, config: str) -> nbformat.NotebookNode:
    """A course with the unit in its gradebook; returns the released notebook."""
    root.mkdir()
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    shutil.copytree(REPO / "solutions" / unit, root / "solutions" / unit, ignore=shutil.ignore_patterns("__pycache__"))
    run(root, *NBGRADER, "generate_assignment", unit)
    return nbformat.read(root / "assignments" / unit / f"{unit}.ipynb", as_version=4)


def hand_in(root: Path, unit: str, released: nbformat.NotebookNode, count: int) -> None:
    """Honest submissions: all right, or with one exercise left out, each another one."""
    answers = solutions(unit)
    for number in range(count):
        notebook = nbformat.from_dict(json.loads(json.dumps(released)))
        left_out = sorted(answers)[number % (len(answers) + 1) :][:1]
        for cell in notebook.cells:
            name = cell.get("id", "").removesuffix("-answer").replace("-", "_")
            if name in answers and name not in left_out:
                cell.source = answers[name]
        path = root / "submitted" / f"s{number:03d}" / unit / f"{unit}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)


def scores(root: Path, unit: str) -> dict[str, dict[str, float | None]]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "lrlab") as gradebook:
        return {
            s.student.id: {g.name: g.auto_score for notebook in s.notebooks for g in notebook.grades}
            for s in gradebook.assignment_submissions(unit)
        }


def memory(pid: int) -> int:
    """Bytes of a process and its descendants outside a sandbox; a student's memory is counted by itself."""
    parents, sandboxed = {}, set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            parents[int(process.name)] = int(fields[1])
            if init.__name__.encode() in (process / "cmdline").read_bytes():
                sandboxed.add(int(process.name))
        except (OSError, ValueError):
            continue
    total = 0
    for each in parents:
        above = each
        while above not in (pid, 0, 1) and above in parents:
            above = parents[above]
        if above == pid and each not in sandboxed:
            try:
                lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
                total += sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
            except (OSError, ValueError):
                continue
    return total


def flooded(root: Path, unit: str) -> float:
    """MB at the peak of runner and grader, one beside the other, while a submission floods them."""
    run_ = subprocess.Popen(
        [*LRLAB, "grade", unit, "--jobs", "1"], cwd=root, env=environment(), stdout=subprocess.DEVNULL
    )
    peak = 0
    while run_.poll() is None:
        peak = max(peak, memory(run_.pid))
        time.sleep(0.05)
    return peak / 1e6


def arguments(doc: str, *, students: int, size: int) -> argparse.Namespace:
    """Read the command line, with these defaults."""
    parser = argparse.ArgumentParser(description=doc.partition("\n")[0])
    parser.add_argument("--students", type=int, default=students)
    parser.add_argument("--class", dest="size", type=int, default=size)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--unit", default="param_groups")
    return parser.parse_args()


def main() -> None:
    options = arguments(__doc__, students=40, size=200)
    unit, count = options.unit, options.students
    config = (REPO / "nbgrader_config.py").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="bench-grading-") as folder:
        base = Path(folder)
        ours, plain = base / "ours", base / "plain"
        released = made_course(ours, unit, config)
        # Its own release: nbgrader's defaults clear a solution in other words.
        hand_in(ours, unit, released, count)
        hand_in(plain, unit, made_course(plain, unit, PLAIN), count)
        seconds: dict[str, list[float]] = {"ours": [], "plain": []}
        same = True
        for number in range(options.rounds):
            for name, source, command in (
                ("ours", ours, [*LRLAB, "grade", unit]),
                ("plain", plain, [*NBGRADER, "autograde", unit]),
            ):
                course = base / f"{name}-{number}"
                shutil.copytree(source, course)
                seconds[name].append(run(course, *command))
            same = same and scores(base / f"ours-{number}", unit) == scores(base / f"plain-{number}", unit)
        ratio = statistics.median(p / o for o, p in zip(seconds["ours"], seconds["plain"], strict=True))
        for name, label in (("ours", "lrlab grade"), ("plain", "nbgrader autograde")):
            middle = statistics.median(seconds[name])
            print(f"{label}: {count} submissions in {middle:.1f} s, {60 * count / middle:.0f} a minute")
        print(f"lrlab grade beside nbgrader autograde: {ratio:.1f} x (target 6), scores the same: {same}")

        if options.size:
            large = base / "large"
            hand_in(large, unit, made_course(large, unit, config), options.size)
            print(f"a class of {options.size}: {run(large, *LRLAB, 'grade', unit):.0f} s (target 240 s)")

        flood = base / "flood"
        hand_in(flood, unit, made_course(flood, unit, config), 1)
        path = next((flood / "submitted").rglob("*.ipynb"))
        notebook = nbformat.read(path, as_version=4)
        next(cell for cell in notebook.cells if cell.get("id", "").endswith("-answer")).source = FLOOD
        nbformat.write(notebook, path)
        print(f"runner and grader in a flood of output: {flooded(flood, unit):.0f} MB (target 500 MB)")


if __name__ == "__main__":
    main()
