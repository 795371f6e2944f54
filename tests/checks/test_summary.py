"""The summary at the end of a unit: what the checks found, what was not checked, what was not written."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from lrlab.checks import CheckFailed, NotAttempted, _summary, check, summary
from lrlab.checks.registry import find


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_summary, "_last", {})


def lines(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    capsys.readouterr()
    summary("decay_formulas")
    printed = capsys.readouterr().out.splitlines()
    return {line.split()[1]: line for line in printed if line[:1] in "✓✗○\x1b" and line.strip()}


def test_right_wrong_and_open_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    check("gamma_from_decay", lambda decay: 2.718281828459045 ** (-decay))
    with pytest.raises(CheckFailed):
        check("half_life", lambda decay: 1.0)
    with pytest.raises(NotAttempted):
        check("step_decay")
    found = lines(capsys)
    assert "✓" in found["gamma_from_decay"]
    assert found["gamma_from_decay"].endswith("right")
    assert "✗" in found["half_life"]
    assert "not checked yet" in found["step_decay"]


def test_what_was_right_before_does_not_hide_what_is_wrong_now(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By all cases first, then by one group; and an answer that is reset to its placeholder."""
    name, group = "half_life", "one"
    exercise = find(name)
    with monkeypatch.context() as patch:
        cases = tuple(replace(case, group=group if k else "other") for k, case in enumerate(exercise.cases))
        patch.setattr("lrlab.checks._check.find", lambda name: replace(exercise, cases=cases))
        check(name, lambda d: math.log(2) / d)
        assert lines(capsys)[name].endswith("right")
        with pytest.raises(CheckFailed):
            check(name, lambda decay: 1.0, group=group)
        assert "✗" in lines(capsys)[name]
        check(name, lambda d: math.log(2) / d)
        assert lines(capsys)[name].endswith("right")
    with pytest.raises(NotAttempted):
        check(name)
    assert "not checked yet" in lines(capsys)[name]


def test_a_text_that_is_empty_is_open(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def save(text: str) -> None:
        part = {"cell_type": "markdown", "metadata": {"nbgrader": {"grade": True}}, "source": [text]}
        (tmp_path / "decay_formulas.ipynb").write_text(json.dumps({"cells": [part]}), encoding="utf-8")

    save("*Put your answer here: double-click.*")
    assert "empty" in lines(capsys)["your"]
    save("The time-based one had hardly decayed.")
    assert "✓" in lines(capsys)["your"]


def test_an_unknown_unit_is_named() -> None:
    with pytest.raises(ValueError, match=r"^unit must be one of .*decay_formulas.*, got 'decay'$"):
        summary("decay")
