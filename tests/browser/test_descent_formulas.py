"""The page's landscapes and its descent against Python's, over random settings: two texts, one path."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from lrlab import explorers, landscapes
from lrlab.explorers.descent.landscape_data import KINDS
from lrlab.explorers.descent.widget import GOALS, SCHEDULES, DescentExplorer
from lrlab.explorers.shared.assets import bundle_js
from lrlab.landscapes import Bowl, Landscape, ManyMinima, Ravine, Ripples, Rosenbrock, ValleyWithWell
from lrlab.landscapes.base import Curve, Surface

pytestmark = [pytest.mark.slow, pytest.mark.browser]

LOAD = """async (source) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    window.explorer = await import(url);
}"""
KINDS_BY_NAME = {kind.__name__: kind for kind in KINDS}
CASES = 100
NUDGE = 1e-13


@pytest.fixture
def page(page: Page) -> Page:
    page.evaluate(LOAD, bundle_js("descent/view.js"))
    return page


def _state(explorer: DescentExplorer) -> dict[str, Any]:
    """What the page gets, as plain values."""
    state = explorer.get_state()
    return json.loads(json.dumps({key: value for key, value in state.items() if not key.startswith("_")}, default=str))


def _in_page(page: Page, explorer: DescentExplorer) -> dict[str, Any]:
    code = """([state, places, draws]) => {
        const { take, unpacked } = window.explorer;
        const run = take(state.schedule, state, places[state.landscape], unpacked(draws.normals, Float64Array));
        return { ...run, lr: Array.from(run.lr) };
    }"""
    return page.evaluate(code, [_state(explorer), explorer._places, explorer._draws])


def _random_landscape(rng: np.random.Generator) -> Landscape:
    u = rng.uniform
    ripples = {"curvature": u(0.05, 0.5), "ripple": u(0.2, 2), "period": u(0.8, 3)}
    makers = [
        lambda: Bowl(curvature=10 ** u(-1, 1)),
        lambda: ValleyWithWell(curvature=u(0.5, 2), depth=u(0.5, 2), width=u(0.08, 0.3), at=u(-1, 1)),
        lambda: Ripples(**ripples, centre=u(-1, 1)),
        lambda: Ravine(u(0.5, 2), u(5, 40), angle=u(-90, 90)),
        lambda: Rosenbrock(10 ** u(0, 2)),
        lambda: ManyMinima(**ripples, centre_x=u(-1, 1), centre_y=u(-1, 1)),
    ]
    kind = int(rng.integers(2 * len(makers)))
    return makers[kind]() if kind < len(makers) else list(KINDS)[kind - len(makers)]()


def _random(rng: np.random.Generator) -> DescentExplorer:
    f = _random_landscape(rng)
    momentum = float(rng.choice([0, 0.5, 0.9, rng.uniform(0, 0.99)]))
    bounds = np.atleast_2d(f.bounds)
    start = rng.uniform(bounds[:, 0], bounds[:, 1])
    return explorers.descent(
        f,
        lr=10 ** rng.uniform(-3, 1) * (0.02 if isinstance(f, (Rosenbrock, Ravine)) else 1),
        momentum=momentum,
        nesterov=bool(rng.integers(2)),
        schedule=str(rng.choice(SCHEDULES)),
        step_decay=rng.uniform(0.1, 1),
        step_every=int(rng.integers(1, 101)),
        exponential_decay=float(rng.choice([0, 10 ** rng.uniform(-3, 0)])),
        T_0=int(rng.integers(1, 101)),
        T_mult=int(rng.integers(1, 4)),
        eta_min=float(rng.choice([0, 10 ** rng.uniform(-4, -1)])),
        steps=int(rng.choice([1, 500, *rng.integers(1, 200, 4)])),
        start=(float(start[0]) if f.dim == 1 else start.tolist()) if rng.integers(2) else None,
        noise=float(rng.choice([0, rng.uniform(0, 1)])),
        seed=int(rng.integers(10)),
    )


@dataclass(frozen=True)
class NudgedCurve(Curve):
    """A curve whose gradient is off by 1 part in 10^13: two roundings of the same formula differ by less."""

    f: Any
    start = property(lambda self: self.f.start)

    def height(self, x: Any) -> Any:
        return self.f.height(x)

    def slope(self, x: Any) -> Any:
        return self.f.slope(x) * (1 + NUDGE)


@dataclass(frozen=True)
class NudgedSurface(Surface):
    f: Any
    start = property(lambda self: self.f.start)

    def height(self, x: Any, y: Any) -> Any:
        return self.f.height(x, y)

    def slope(self, x: Any, y: Any) -> Any:
        along_x, along_y = self.f.slope(x, y)
        return along_x * (1 + NUDGE), along_y * (1 + NUDGE)


def _nudged(explorer: DescentExplorer) -> landscapes.Descent:
    f = explorer.landscape
    return landscapes.descend(
        NudgedCurve(f) if f.dim == 1 else NudgedSurface(f),
        schedule=explorer.as_schedule(),
        steps=explorer.steps,
        start=explorer.start,
        noise=explorer.noise,
        seed=explorer.seed,
        momentum=explorer.momentum,
        nesterov=explorer.nesterov and explorer.momentum > 0,
    )


def _apart(a: Any, b: Any, steps: int) -> Any:
    """How far two paths are apart at each step, relative to where they are."""
    a, b = (np.asarray(path, dtype=float)[:steps].reshape(steps, -1) for path in (a, b))
    with np.errstate(over="ignore"):
        return np.linalg.norm(a - b, axis=1) / np.maximum(np.linalg.norm(b, axis=1), 1e-290)


def test_landscapes_are_those_of_lrlab(page: Page) -> None:
    everything = {name for name in landscapes.__all__ if isinstance(getattr(landscapes, name), type)}
    known = everything - {"Landscape", "Descent"}
    assert set(page.evaluate("Object.keys(window.explorer.landscapes)")) == known == set(KINDS_BY_NAME)
    rng = np.random.default_rng(2020)
    code = """([name, given, points]) => {
        const f = window.explorer.landscapes[name](given);
        return [points.map((at) => f.height(at)), points.map((at) => f.slope(at))];
    }"""
    for case in range(CASES):
        f = _random_landscape(rng)
        points = rng.uniform(-10, 10, (20, f.dim))
        given = explorers.descent(f)._places[type(f).__name__]["arguments"]
        heights, slopes = map(np.array, page.evaluate(code, [type(f).__name__, given, points.tolist()]))
        flat = points[:, 0] if f.dim == 1 else points
        # Sums of parts of both signs: 1e-12 of the parts' size, which is about 1 to 100.
        said = f"case {case}: {f}"
        np.testing.assert_allclose(heights, f(flat), rtol=1e-12, atol=1e-12, err_msg=said)
        np.testing.assert_allclose(
            slopes.reshape(points.shape), f.gradient(flat).reshape(points.shape), rtol=1e-12, atol=1e-11, err_msg=said
        )


def test_paths_are_those_of_descend(page: Page) -> None:
    """To 1e-9 of the place, wherever that is a fair question.

    Where a descent is chaotic (it bounces from slope to slope, or is on its way to infinity on a steep landscape), the
    last digits of the gradient decide where it goes, and two correct programs part. So Python's own path is taken again
    with gradients off by 1e-13: where that moves it by more than 1e-10, here or by 1e-7 at any step before, nothing is
    compared.
    """
    rng = np.random.default_rng(2020)
    compared, all_steps, left = 0, 0, 0
    for case in range(CASES):
        explorer = _random(rng)
        run, page_run, nudged = explorer.run(), _in_page(page, explorer), _nudged(explorer)
        steps = min(len(run.loss), len(nudged.loss))
        off = _apart(nudged.positions, run.positions, steps)
        calm = (off < 1e-10) & (np.maximum.accumulate(off) < 1e-7)
        fair = int(calm.sum())
        all_steps, compared = all_steps + len(run.loss), compared + fair
        orderly = len(nudged.loss) == len(run.loss) and off.max() < 1e-7
        if orderly:
            assert len(page_run["loss"]) == len(run.loss), f"case {case}: {explorer!r}"
            assert page_run["diverged"] == run.diverged
            left += run.diverged
        there = min(steps, len(page_run["loss"]))
        assert calm[there:].sum() == 0, f"case {case}: the page's path is too short: {explorer!r}"
        apart = _apart(page_run["path"], run.positions, there)
        assert (apart[calm[:there]] < 1e-9).all(), f"case {case}: {explorer!r}"
        lr = min(len(page_run["lr"]), len(run.lr))
        np.testing.assert_allclose(page_run["lr"][:lr], run.lr[:lr], rtol=1e-12, err_msg=f"case {case}: {explorer!r}")
    assert compared > 0.7 * all_steps, f"most cases must be fair ones, but only {compared} of {all_steps} steps are"
    assert left >= 3, "some cases diverge all the way"


def test_the_line_of_python_takes_the_same_path(page: Page) -> None:
    from lrlab import schedules

    rng = np.random.default_rng(7)
    names = {**vars(landscapes), **vars(schedules)}
    for case in range(40):
        explorer = _random(rng)
        place = explorer._places[type(explorer.landscape).__name__]
        code = "([state, place]) => window.explorer.descent_code(state, place)"
        line = page.evaluate(code, [_state(explorer), place])
        there = eval(line, {name: names[name] for name in names if not name.startswith("__")})
        np.testing.assert_array_equal(there.positions, explorer.run().positions, err_msg=f"case {case}: {line}")


def test_the_stability_limit_is_where_it_stops_settling(page: Page) -> None:
    for momentum in (0.0, 0.5, 0.9):
        for nesterov in (False, True):
            momentum_and_look = {"momentum": momentum, "nesterov": nesterov}
            limit = page.evaluate(
                "([limit, how]) => window.explorer.limit_with(limit, how)", [2 / 3, momentum_and_look]
            )
            ends = [
                explorers.descent(Bowl(3.0), lr=limit * share, steps=500, **momentum_and_look).run().loss[-1]
                for share in (0.98, 1.02)
            ]
            assert ends[0] < 0.05 < 6 < ends[1], (momentum, nesterov, limit)


VERDICTS = [
    ("small", {"lr": 0.01}),
    ("right", {"lr": 0.3}),
    ("oscillating", {"lr": 1.8}),
    ("oscillating", {"lr": 1.97}),
    ("limit", {"lr": 2.0}),
    ("diverging", {"lr": 2.01}),
    ("diverging", {"lr": 2.1}),
    ("diverging", {"lr": 300.0, "steps": 500}),
    ("diverging", {"lr": 1e300}),
    ("short", {"lr": 0.3, "schedule": "exponential", "exponential_decay": 0.5}),
    ("right", {"lr": 0.3, "noise": 0.1}),
    ("right", {"lr": 1.0, "start": 0.0}),
    ("above", {"landscape": ValleyWithWell(), "lr": 0.5, "steps": 80}),
    ("small", {"landscape": ValleyWithWell(), "lr": 0.005, "steps": 80}),
    (
        "well",
        {"landscape": ValleyWithWell(), "lr": 0.5, "steps": 80, "schedule": "exponential", "exponential_decay": 0.06},
    ),
    ("settled", {"landscape": ManyMinima(), "lr": 2.5, "steps": 200, "noise": 0.3, "schedule": "cosine"}),
    (
        "hopping",
        {"landscape": ManyMinima(), "lr": 2.5, "steps": 200, "noise": 0.3, "schedule": "cosine warm restarts"},
    ),
    ("hopping", {"landscape": Ripples(), "lr": 2.5, "steps": 200, "noise": 0.3, "schedule": "cosine warm restarts"}),
    ("settled", {"landscape": Ripples(), "lr": 0.1}),
    ("bouncing", {"landscape": Ripples(), "lr": 2.5, "steps": 200, "noise": 0.3}),
    ("diverging", {"landscape": Ripples(), "lr": 12.0}),
    ("oscillating", {"landscape": Ravine(), "lr": 0.09}),
    ("diverging", {"landscape": Ravine(), "lr": 0.11}),
    ("right", {"landscape": Ravine(), "lr": 0.05}),
    ("small", {"landscape": Rosenbrock(), "lr": 0.001, "steps": 500}),
    ("diverging", {"landscape": Rosenbrock(), "lr": 0.1}),
]


def _judge(page: Page, explorer: DescentExplorer, goal: str | None = None) -> dict[str, Any]:
    code = """([state, places, draws, goal]) => {
        const { take, unpacked, judge, view_of, stretch, landscapes, goals } = window.explorer;
        const place = places[state.landscape];
        const run = take(state.schedule, state, place, unpacked(draws.normals, Float64Array));
        const start = state.start === null ? place.start : [state.start].flat();
        const view = view_of(stretch(place.bounds, start), landscapes[state.landscape](place.arguments), 400, 300);
        const verdict = judge(run, place, view, state);
        return goal ? goals[goal].ask(state, run, verdict, place) : verdict;
    }"""
    return page.evaluate(code, [_state(explorer), explorer._places, explorer._draws, goal])


def test_verdicts_say_what_happens(page: Page) -> None:
    wrong = [
        f"{values}: {found['kind']} ({found['title']}. {found['text']}), not {kind}"
        for kind, values in VERDICTS
        if (found := _judge(page, explorers.descent(**values)))["kind"] != kind
    ]
    assert not wrong, "\n".join(wrong)


def test_the_limit_is_between_settling_and_diverging_whatever_the_curvature(page: Page) -> None:
    for curvature in (0.1, 1.0, 30.0):
        kinds = [
            _judge(page, explorers.descent(Bowl(curvature), lr=share * 2 / curvature, steps=100))["kind"]
            for share in (0.002, 0.3, 0.9, 1.0, 1.05)
        ]
        assert kinds == ["small", "right", "oscillating", "limit", "diverging"], curvature


def test_any_setting_has_words(page: Page) -> None:
    rng = np.random.default_rng(11)
    for _ in range(60):
        explorer = _random(rng)
        found = _judge(page, explorer)
        assert found["title"]
        assert not {"NaN", "undefined", "Infinity"} & set(found["text"].replace(".", " ").split()), repr(explorer)
        for goal in GOALS:
            assert _judge(page, explorer, goal)["now"]


def test_goals_are_met_where_they_say_and_only_there(page: Page) -> None:
    assert sorted(page.evaluate("Object.keys(window.explorer.goals)")) == sorted(GOALS)

    def met(goal: str, **values: Any) -> bool:
        return _judge(page, explorers.descent(**values), goal)["met"]

    for goal in GOALS:
        assert not met(goal), "a goal that is met at the start is none"
    # 2 * (1 - lr)^(2n) < 1e-6 at n = 100: from 0.0700 on
    assert not met("converge", lr=0.0699, steps=500)
    assert met("converge", lr=0.0701, steps=500)
    assert met("converge", lr=0.0701, steps=100)
    assert not met("converge", lr=0.0701, steps=99)
    assert not met("converge", lr=2.2, steps=100)
    assert not met("converge", landscape=Ravine(), lr=0.05, steps=500)
    assert met("ravine", landscape=Ravine(), lr=0.1, momentum=0.5)
    assert not met("ravine", landscape=Ravine(), lr=0.1, momentum=0.9)
    assert not met("ravine", landscape=Ravine(), lr=0.1, momentum=0.5, steps=10)
    assert not met("ravine", lr=0.5)
    decayed = {
        "landscape": ValleyWithWell(),
        "lr": 0.5,
        "schedule": "exponential",
        "exponential_decay": 0.06,
        "steps": 80,
    }
    assert met("well", **decayed)
    assert not met("well", **decayed, start=0.5)
    assert not met("well", landscape=ValleyWithWell(), lr=0.5, steps=80)
    hopping = {"lr": 2.5, "steps": 200, "noise": 0.3, "schedule": "cosine warm restarts"}
    assert met("hop", landscape=ManyMinima(), **hopping)
    assert met("hop", landscape=Ripples(), **hopping)
    assert not met("hop", landscape=ManyMinima(), **{**hopping, "schedule": "cosine"})
    assert not met("hop", landscape=Bowl(), **hopping)


def test_the_ravines_goal_is_met_where_pythons_own_descent_meets_it_and_never_by_one_rate_alone(page: Page) -> None:
    """Rates and momenta around those that meet it, where the page's verdict and that of ``run()`` must be one."""
    rng = np.random.default_rng(40)
    found = []
    for _ in range(60):
        explorer = explorers.descent(
            Ravine(),
            lr=10 ** rng.uniform(-2, -0.8),
            momentum=rng.uniform(0.2, 0.95),
            nesterov=bool(rng.integers(2)),
            steps=int(rng.integers(30, 120)),
        )
        quick = explorer.run().steps_to(1e-6)
        found.append(quick is not None and quick <= 40)
        asked = _judge(page, explorer, "ravine")
        assert asked["met"] is found[-1], repr(explorer)
        assert quick is None or asked["now"] == f"It took {quick} steps."
    assert 5 < sum(found) < 40
    alone = [explorers.descent(Ravine(), lr=lr, steps=120).run().steps_to(1e-6) for lr in np.linspace(0.08, 0.1, 41)]
    assert min(steps for steps in alone if steps is not None) == 81


def test_round_numbers_on_the_axes(page: Page) -> None:
    assert page.evaluate("window.explorer.round_values(-3, 3, 6)") == [-3, -2, -1, 0, 1, 2, 3]
    assert page.evaluate("window.explorer.round_values(0, 0.35, 5)") == [0, 0.1, 0.2, 0.3]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (-0.0172000001, "−0.0172"), (-2.4e-17, "−2.4 × 10⁻¹⁷"), (1e12, "10¹²"), (609.1, "609")],
)
def test_numbers_of_either_sign_are_written_for_reading(page: Page, value: float, text: str) -> None:
    assert page.evaluate("(value) => window.explorer.number(value)", value) == text
