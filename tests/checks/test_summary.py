"""The summary at the end of a unit: what the checks found, what was not checked, what was not written."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from support import REPO

from lrlab.checks import CheckFailed, NotAttempted, _summary, check, summary
from lrlab.checks.registry import UNITS, find


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_summary, "_last", {})


def lines(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    capsys.readouterr()
    summary("decay_formulas")
    printed = capsys.readouterr().out.splitlines()
    return {line.split()[1]: line for line in printed if line[:1] in "✓✗○\x1b" and line.strip()}


def placeholder(*_: object) -> float:
    raise NotImplementedError("not attempted yet")


def test_right_wrong_and_open_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    check("gamma_from_decay", lambda decay: 2.718281828459045 ** (-decay))
    with pytest.raises(CheckFailed):
        check("half_life", lambda decay: 1.0)
    with pytest.raises(NotAttempted):
        check("step_decay")
    with pytest.raises(NotAttempted):
        check("time_decay", placeholder)
    found = lines(capsys)
    assert "○" in found["time_decay"]
    assert found["time_decay"].endswith("not attempted yet")
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
    """As the assignment was released, in whatever words that asks for an answer, or blank."""
    released = nbformat.read(REPO / "assignments" / "decay_formulas" / "decay_formulas.ipynb", as_version=4)
    (answer,) = [cell for cell in released.cells if cell.id == "which-formula-answer"]

    def line() -> str:
        nbformat.write(released, tmp_path / "decay_formulas.ipynb")
        return lines(capsys)["your"]

    assert "empty" in line()
    answer.source = "The time-based one had hardly decayed."
    assert "✓" in line()
    answer.source = "\n"
    assert "empty" in line()


@pytest.mark.parametrize(
    ("variables", "exchange", "by_list"),
    [
        ({}, True, False),  # not looked for: that takes most of a second
        ({"LRLAB_EXCHANGE": "1"}, True, True),  # as `lrlab lab` leaves it
        ({"JUPYTERHUB_USER": "ada"}, True, True),
        ({"JUPYTERHUB_USER": "ada"}, False, False),
    ],
)
def test_it_says_how_to_hand_in(
    variables: dict[str, str],
    exchange: bool,
    by_list: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LRLAB_EXCHANGE", "JUPYTERHUB_USER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("lrlab._exchange.has_exchange", lambda: exchange)
    summary("decay_formulas")
    printed = capsys.readouterr().out
    assert ("Nbgrader → Assignment List" in printed) is by_list
    assert ("decay_formulas.ipynb, under this name" in printed) is not by_list


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_ends_with_its_summary(unit: str) -> None:
    *_, last = nbformat.read(REPO / "assignments" / unit / f"{unit}.ipynb", as_version=4).cells
    assert last.source.endswith(f'summary("{unit}")')


def test_an_unknown_unit_is_named() -> None:
    with pytest.raises(ValueError, match=r"^unit must be one of .*decay_formulas.*, got 'decay'$"):
        summary("decay")
