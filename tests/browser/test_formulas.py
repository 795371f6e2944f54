"""The page's formulas against Python's, over random arguments: two texts, one schedule."""

import json

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page

from lrlab import explorers
from lrlab.explorers.decay.widget import GOALS, SCHEDULES
from lrlab.explorers.shared.assets import bundle_js

pytestmark = [pytest.mark.slow, pytest.mark.browser]

LOAD = """async (source) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    window.explorer = await import(url);
}"""
ARGUMENTS = ("lr", "step_decay", "step_every", "time_decay", "exponential_decay", "steps")
CASES = 200


@pytest.fixture
def page(page: Page) -> Page:
    page.evaluate(LOAD, bundle_js("decay/view.js"))
    return page


def _in_page(page: Page, name: str, values: dict[str, float], steps: int) -> NDArray[np.float64]:
    # As one text: Playwright takes a message apart for each number of an array.
    code = "([name, values, steps]) => JSON.stringify(Array.from(window.explorer.formulas[name](values, steps)))"
    return np.array(json.loads(page.evaluate(code, [name, values, steps])))


def test_formulas_are_those_of_lrlab_schedules(page: Page) -> None:
    assert sorted(page.evaluate("Object.keys(window.explorer.formulas)")) == sorted(SCHEDULES)
    rng = np.random.default_rng(2020)
    for case in range(CASES):
        explorer = explorers.decay(
            lr=10 ** rng.uniform(-4, 0),
            step_decay=rng.uniform(0.1, 1),
            # The ends of the ranges, where formulas slip, more often than chance would bring them.
            step_every=int(rng.choice([1, 50, rng.integers(1, 51)])),
            time_decay=float(rng.choice([1e-4, 1, 10 ** rng.uniform(-4, 0)])),
            exponential_decay=10 ** rng.uniform(-4, 0),
            steps=int(rng.choice([20, 500, rng.integers(20, 501)])),
        )
        values = {
            "step": {"decay": explorer.step_decay, "every": explorer.step_every},
            "time": {"decay": explorer.time_decay},
            "inverse": {"decay": explorer.time_decay},
            "exponential": {"decay": explorer.exponential_decay},
        }
        for name, schedule in explorer.schedules().items():
            found = _in_page(page, name, {"lr": explorer.lr, **values[name]}, explorer.steps)
            # Below 1e-290 a rate loses digits on its way to 0, in the page as in numpy.
            np.testing.assert_allclose(
                found, schedule.curve(explorer.steps), rtol=1e-12, atol=1e-290, err_msg=f"case {case}: {schedule}"
            )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1 + 0.005 * 1.0000000000000002, "0.105"),
        (0, "0"),
        (1, "1"),
        (0.0001, "0.0001"),
        (2.4e-17, "2.4 × 10⁻¹⁷"),
        (1e-5, "10⁻⁵"),
        (0.012345, "0.0123"),
    ],
)
def test_numbers_are_written_for_reading(page: Page, value: float, text: str) -> None:
    assert page.evaluate("(value) => window.explorer.number(value)", value) == text


def test_labels_keep_apart_and_inside(page: Page) -> None:
    rng = np.random.default_rng(0)
    heights = [[0, 0, 0, 0], [100, 100, 100, 100], [50, 51, 52, 100], *rng.uniform(0, 100, (50, 4)).tolist()]
    for ends in heights:
        placed = np.array(page.evaluate("(ends) => window.explorer.spread(ends, 16, 100)", ends))
        assert np.diff(np.sort(placed)).min() >= 16 - 1e-9
        assert placed.min() >= 0
        assert placed.max() <= 100


def _goal(page: Page, name: str, **values: float) -> bool:
    explorer = explorers.decay(**values)
    rates = {key: schedule.curve(explorer.steps).tolist() for key, schedule in explorer.schedules().items()}
    state = {key: getattr(explorer, key) for key in ARGUMENTS}
    return page.evaluate(
        "([name, state, rates]) => window.explorer.goals[name].ask(state, rates).met", [name, state, rates]
    )


def test_goals_are_met_inside_their_tolerance_and_only_there(page: Page) -> None:
    assert sorted(page.evaluate("Object.keys(window.explorer.goals)")) == sorted(GOALS)
    assert not _goal(page, "tenth"), "a goal that is met at the start is none"
    assert not _goal(page, "meet")
    # exp(-99 d) = 1/10 at d = ln 10 / 99; 5 % of the end is 0.05 / 99 in d
    tenth = np.log(10) / 99
    for nudge, met in [(0, True), (0.049, True), (-0.047, True), (0.053, False), (-0.05, False)]:
        assert _goal(page, "tenth", exponential_decay=tenth + nudge / 99) is met, nudge
    # the step-based schedule has dropped three times by step 99: 0.5^3
    meet = np.log(8) / 99
    for nudge, met in [(0, True), (0.1, True), (-0.09, True), (0.11, False), (-0.1, False)]:
        assert _goal(page, "meet", exponential_decay=meet + nudge / 99) is met, nudge
