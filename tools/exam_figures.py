"""The exam's figures, from training runs: the curves of question 1, the intervals of question 5.

    python tools/exam_figures.py --write    train for some seconds, and write both tables into exam/exam.md

Both train the course's network, 784-128-10, with plain SGD on the bundled digits. Other seeds below make other figures,
for next year's exam; then read exam/solutions.md again. Numbers can differ in the last digits on another machine.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from lrlab import data
from lrlab.experiments import compare
from lrlab.experiments.comparison import Paired
from lrlab.schedules import Constant, Exponential, Step
from lrlab.train import count_updates

EXAM = Path(__file__).resolve().parent.parent / "exam" / "exam.md"
RATES = {"A": 0.0003, "B": 0.3, "C": 3.0, "D": 0.03}
SEED = 0
SEEDS = range(5)


def curves() -> dict[str, list[float]]:
    """Return the validation losses after each of five epochs, by the names of the runs; batches of 64."""
    plan = {name: Constant(lr) for name, lr in RATES.items()}
    result = compare(plan, data.load("digits"), epochs=5, seeds=[SEED], device="cpu", progress=False, cache=False)
    return {name: result.histories[name][0].val_loss.tolist() for name in RATES}


def intervals() -> dict[str, Paired]:
    """Return each schedule's final validation loss minus that of a constant 0.1; six epochs, batches of 16."""
    digits = data.load("digits")
    how = {"epochs": 6, "batch_size": 16}
    updates = count_updates(digits, **how)
    plan = {
        "constant": Constant(0.1),
        "step": Step(0.3, step_size=updates // 3 + 1, gamma=0.3),
        "exponential": Exponential(0.3, gamma=30 ** (-1 / updates)),
    }
    result = compare(plan, digits, seeds=SEEDS, device="cpu", progress=False, cache=False, **how)
    return {name: result.paired(name, "constant", "val_loss") for name in ("step", "exponential")}


def signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")


def put(text: str, head: str, rows: Iterable[Iterable[str]]) -> str:
    """Return ``text`` with these rows in the table of that head."""
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    written, count = re.subn(rf"({re.escape(head)}\n\|[-|]+\|\n)(?:\|.*\n)+", lambda old: old[1] + table, text)
    if count != 1:
        raise ValueError(f"exam.md must have one table with the head {head!r}, got {count}")
    return written


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="exam_figures.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--write", action="store_true", required=True, help="write them into exam/exam.md")
    parser.parse_args(arguments)
    text = EXAM.read_text(encoding="utf-8")
    losses = ([name, *(f"{loss:.3f}" for loss in curve)] for name, curve in curves().items())
    text = put(text, "| Run | 1 | 2 | 3 | 4 | 5 |", losses)
    differences = (
        [name, signed(difference.mean), f"[{signed(difference.low)}, {signed(difference.high)}]"]
        for name, difference in intervals().items()
    )
    text = put(text, "| Schedule | mean | interval |", differences)
    EXAM.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
