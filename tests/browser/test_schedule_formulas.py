"""The schedule explorer's page against Python: formulas, lines of code, sliders, goals."""

import json
import math
import random
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from playwright.sync_api import Page
from support.random_schedules import random_schedule

from lrlab import explorers, schedules
from lrlab.explorers.schedule.widget import GOALS
from lrlab.explorers.shared.assets import bundle_js
from lrlab.explorers.shared.catalogue import available
from lrlab.schedules import Schedule

pytestmark = [pytest.mark.slow, pytest.mark.browser]

LOAD = """async (source) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    window.explorer = await import(url);
}"""
CASES = 150  # of each schedule: 3,000 in all
NAMES = sorted(available())


@pytest.fixture
def page(page: Page) -> Page:
    page.evaluate(LOAD, bundle_js("schedule/view.js"))
    return page


def _in_page(page: Page, table: str, cases: list[Schedule], steps: list[int]) -> list[NDArray[np.float64]]:
    entry = available()[type(cases[0]).__name__]
    # As one text: Playwright takes a message apart for each number of an array.
    code = """([table, name, cases]) => JSON.stringify(cases.map(([values, steps]) =>
        Array.from(window.explorer[table][name](values, steps))))"""
    sent = [[entry.values(case), many] for case, many in zip(cases, steps, strict=True)]
    return [np.array(found) for found in json.loads(page.evaluate(code, [table, entry.name, sent]))]


def test_formulas_are_those_of_lrlab_schedules(page: Page) -> None:
    assert sorted(page.evaluate("Object.keys(window.explorer.curves)")) == NAMES
    momenta = page.evaluate("Object.keys(window.explorer.momenta)")
    assert sorted(momenta) == sorted(name for name in NAMES if available()[name].base.cycles_momentum)
    rng = random.Random(2026)
    for name in NAMES:
        cases = [random_schedule(available()[name], rng) for _ in range(CASES)]
        steps = [rng.choice([2, 500, rng.randint(2, 1_000)]) for _ in cases]
        for schedule, many, found in zip(cases, steps, _in_page(page, "curves", cases, steps), strict=True):
            expected = schedule.curve(min(many, schedule.length or many))
            # 1 + cos and 1 - t/T lose digits where they are near 0: to 1e-12 of the rate, or to a rounding of the
            # highest. Below 1e-290 a rate loses digits on its way to 0, in the page as in numpy.
            slack = max(1e-290, 4e-16 * expected.max())
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=slack, err_msg=repr(schedule))
        if name in momenta:
            for schedule, many, found in zip(cases, steps, _in_page(page, "momenta", cases, steps), strict=True):
                expected = schedule.momentum(np.arange(min(many, schedule.length or many)))
                np.testing.assert_allclose(found, expected, rtol=1e-12, err_msg=repr(schedule))


def _entries() -> dict[str, object]:
    return explorers.schedule()._entries


@pytest.mark.parametrize("name", NAMES)
def test_lines_of_python_make_what_is_drawn(page: Page, name: str) -> None:
    rng = random.Random(name)
    entry, sent = available()[name], _entries()[name]
    for case in [entry.base, *(random_schedule(entry, rng) for _ in range(20))]:
        line, twin = page.evaluate(
            "([entry, values]) => [window.explorer.python(entry, values), window.explorer.torch(entry, values)]",
            [sent, entry.values(case)],
        )
        assert eval(line, dict(vars(schedules))) == case
        names: dict[str, Any] = {"torch": torch, "model": torch.nn.Linear(1, 1)}
        exec(twin, names)
        optimizer, scheduler = names["optimizer"], names["scheduler"]
        rates, momenta = [], []
        steps = min(60, case.length or 60)
        for n in range(steps):
            group = optimizer.param_groups[0]
            rates.append(group["lr"])
            momenta.append(group["momentum"])
            optimizer.step()
            if n < steps - 1:
                scheduler.step()
        expected = case.curve(steps)
        np.testing.assert_allclose(rates, expected, rtol=1e-10, atol=1e-14 * expected.max(), err_msg=twin)
        if case.cycles_momentum:
            # Where a momentum is 0, torch's own sum gives 2.2e-16.
            np.testing.assert_allclose(momenta, case.momentum(np.arange(steps)), rtol=1e-10, atol=1e-15, err_msg=twin)


def test_sliders_hold_what_they_are_given(page: Page) -> None:
    """Value to place and back: exact for whole numbers, to the slider's own digits for the rest, notches too."""
    code = """([control, value]) => {
        const seen = value === control.notch || value === null ? [] : [value];
        const { as_far, scale: of, widened } = window.explorer;
        const scale = of(widened(as_far(control, 100), seen));
        return [scale.min, scale.place(value), scale.max, scale.value(scale.place(value))];
    }"""
    rng = random.Random(0)
    for entry in available().values():
        for _ in range(10):
            for field, value in entry.values(random_schedule(entry, rng)).items():
                control = entry.controls[field]
                if control["kind"] == "number":
                    low, place, high, back = page.evaluate(code, [control, value])
                    assert low <= place <= high
                    assert back == (value if value is None else pytest.approx(value, rel=6e-3)), (entry.name, field)
                    if control.get("whole"):
                        assert back == value
    # Beyond the ends the slider is widened, as far as the value and no further.
    rate = available()["Cosine"].controls["lr"]
    assert page.evaluate(code, [rate, 5]) == [-4, pytest.approx(math.log10(5)), pytest.approx(math.log10(5)), 5]
    assert page.evaluate(code, [rate, 1e-6])[:2] == [-6, -6]
    count = available()["Cosine"].controls["T_max"]
    assert page.evaluate(code, [count, 1000])[2] == 1000
    assert page.evaluate("(control) => window.explorer.as_far(control, 500).high", count) == 500


def _goal(page: Page, name: str, schedule: Schedule, steps: int = 100) -> bool:
    rates = schedule.curve(steps)
    code = "([name, rates, highest]) => window.explorer.goals[name].ask(rates, highest).met"
    return page.evaluate(code, [name, rates.tolist(), float(rates.max())])


def test_goals_are_met_inside_their_tolerance_and_only_there(page: Page) -> None:
    assert sorted(page.evaluate("Object.keys(window.explorer.goals)")) == sorted(GOALS)
    for name in GOALS:
        assert not _goal(page, name, explorers.schedule().schedule), "a goal that is met at the start is none"

    def falling(share: float) -> Schedule:
        return schedules.Linear(0.1, start_factor=1.0, end_factor=share, total_iters=99)

    for share, met in [(0.1, True), (0.1049, True), (0.0951, True), (0.1051, False), (0.0949, False)]:
        assert _goal(page, "tenth", falling(share)) is met, share
    # Half of the steps at one rate, half at another: the mean is between them.
    for share, met in [(0.25, True), (0.2548, True), (0.2452, True), (0.2552, False), (0.2448, False)]:
        two = schedules.Join([schedules.Constant(0.1), schedules.Constant(0.1 * (share - 0.1) / 0.9)], milestones=[10])
        assert _goal(page, "quarter", two) is met, share

    warm = schedules.warmup(schedules.Cosine(0.1, T_max=90), 10)
    assert _goal(page, "warmup", warm)
    assert _goal(page, "warmup", schedules.OneCycle(0.1, total_steps=100, pct_start=0.1))
    assert not _goal(page, "warmup", schedules.OneCycle(0.1, total_steps=100, pct_start=0.3)), "too long"
    assert not _goal(page, "warmup", schedules.warmup(schedules.Cosine(0.1, T_max=95), 3)), "too short, from too high"
    assert not _goal(page, "warmup", schedules.warmup(schedules.Cosine(0.1, T_max=90, eta_min=0.02), 10)), (
        "ends too high"
    )

    assert _goal(page, "restarts", schedules.SnapshotCosine(0.1, updates=99, cycles=3), 99)
    assert _goal(page, "restarts", schedules.CosineWarmRestarts(0.1, T_0=34))
    assert not _goal(page, "restarts", schedules.CosineWarmRestarts(0.1, T_0=50)), "one restart"
    assert not _goal(page, "restarts", schedules.CosineWarmRestarts(0.1, T_0=14, T_mult=2)), "unequal"
    assert not _goal(page, "restarts", schedules.CosineWarmRestarts(0.1, T_0=40)), "the last one is not finished"


@pytest.mark.parametrize(
    ("rates", "stairs"),
    [
        (schedules.StepDecay(0.1, decay=0.5, every=7).curve(60), True),
        (schedules.MultiStep(0.1, milestones=(30,)).curve(60), True),
        (schedules.Cosine(0.1, T_max=40).curve(60), False),
        (schedules.LinearWarmup(0.1, warmup=5).curve(60), False),
        (schedules.Constant(0.1).curve(60), False),
    ],
    ids=["steps", "milestones", "cosine", "ramp", "constant"],
)
def test_stairs_where_a_rate_stays_in_both_pictures(page: Page, rates: NDArray[np.float64], stairs: bool) -> None:
    from lrlab.explorers.shared.static_svg import is_stairs

    assert is_stairs(rates) is stairs
    assert (
        page.evaluate("(rates) => window.explorer.is_stairs(rates)", json.loads(json.dumps(rates.tolist()))) is stairs
    )
