"""The runs on MNIST that the schedule explorer compares a schedule with."""

from __future__ import annotations

import re

import numpy as np
import pytest
import schedule_runs

from lrlab import data, experiments

TEXT = schedule_runs.FILE.read_text(encoding="utf-8")
UPDATES = int(re.findall(r"updates: (\d+)", TEXT)[0])
RUNS = re.findall(r'\[\n    "(.*)",\n    "(\d+)",\n    "(\d+)",\n', TEXT)


def test_the_file_holds_each_shape_as_the_tool_makes_it() -> None:
    assert schedule_runs.text(UPDATES, RUNS) == TEXT
    shapes = schedule_runs.shapes(UPDATES)
    assert [words for words, *_ in RUNS] == list(shapes)
    for words, curve, digits in RUNS:
        assert curve == schedule_runs.drawn(shapes[words], UPDATES)
        assert "99" in curve
        assert len(digits) == len(schedule_runs.RATES) * (10 + 2 * schedule_runs.POINTS)


def test_digits_are_what_was_measured() -> None:
    half = schedule_runs.POINTS // 2
    losses = np.repeat([[2.0, 1.0]], 4, axis=0).repeat(2 * half, axis=1)
    found = schedule_runs.numbers(np.array([0.9, 0.92, 0.94, np.nan]), losses)
    assert found == "1920900940" + "80" * half + "40" * half
    assert schedule_runs.numbers(np.full(4, np.nan), np.full((4, 20), np.nan)) == "4000000000" + "99" * (2 * half)
    assert schedule_runs.numbers(np.ones(4), np.full((4, 20), 0.2))[:10] == "0999999999"


@pytest.mark.nightly(reason="36 runs on MNIST; what stands in the file is read in every run")
def test_the_file_holds_what_comes_out(mnist_root) -> None:
    words, _, digits = next(row for row in RUNS if row[0] == "cosine")
    shape = schedule_runs.shapes(UPDATES)[words]
    found = experiments.sweep(
        schedule_runs.RATES,
        data.load("mnist", root=mnist_root),
        schedule=shape,
        seeds=schedule_runs.SEEDS,
        progress=False,
        cache=False,
    )
    again = "".join(map(schedule_runs.numbers, found.val_accuracy, found.loss))
    size = len(digits) // len(schedule_runs.RATES)
    for start in range(0, len(digits), size):
        old, new = (text[start : start + size] for text in (digits, again))
        if old[0] == new[0] == "0":  # what diverges may round its way elsewhere on another machine
            assert int(new[1:4]) == pytest.approx(int(old[1:4]), abs=5)
