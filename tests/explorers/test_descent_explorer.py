"""The descent explorer's Python side: its state, its refusals, its path, and the picture it leaves without a widget."""

import base64
import inspect
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from typing import Any

import numpy as np
import pytest

from lrlab import explorers, landscapes, schedules
from lrlab.explorers.descent.landscape_data import KINDS, place
from lrlab.explorers.descent.widget import STEPS, DescentExplorer
from lrlab.landscapes import Bowl, Landscape, ManyMinima, Ravine, Ripples, Rosenbrock, ValleyWithWell
from lrlab.landscapes.descent import walk
from lrlab.schedules import Constant, Cosine, CosineWarmRestarts, ExponentialDecay, StepDecay

SVG = "{http://www.w3.org/2000/svg}"
EVERY = [kind() for kind in KINDS]
NAMES = [kind.__name__ for kind in KINDS]


def test_arguments_are_attributes_and_repr_shows_the_call_that_makes_it_again() -> None:
    explorer = explorers.descent(
        ManyMinima(ripple=0.5),
        lr=2,
        schedule="cosine",
        compare="constant",
        start=(1, -2),
        noise=0.1,
        seed=3,
        goal="hop",
    )
    assert (explorer.landscape, explorer.lr, explorer.start) == (ManyMinima(ripple=0.5), 2.0, (1.0, -2.0))
    assert (explorer.schedule, explorer.compare, explorer.goal) == ("cosine", "constant", "hop")
    again = eval(repr(explorer), {"explorers": explorers, **vars(landscapes)})
    assert repr(again) == repr(explorer)


def test_signature_and_traits_have_the_same_defaults() -> None:
    assert repr(explorers.descent()) == repr(DescentExplorer())
    arguments = inspect.signature(explorers.descent).parameters
    assert all(name in arguments for name in ("landscape", "goal"))
    for name, argument in arguments.items():
        if name != "landscape":
            assert getattr(DescentExplorer(), name) == argument.default, name


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("landscape", "Bowl", r"landscape must be a landscape, one of Bowl, .*ManyMinima, got 'Bowl'$"),
        ("landscape", Bowl, r"landscape must be a landscape, one of .*, got <class .*Bowl'>$"),
        ("lr", 0, r"lr must be a finite number > 0, got 0$"),
        ("lr", float("nan"), r"lr must be a finite number > 0, got nan$"),
        ("lr", True, r"lr must be a finite number > 0, got True$"),
        ("momentum", 1, r"momentum must be a number >= 0 and < 1, got 1$"),
        ("nesterov", 1, r"nesterov must be True or False, got 1$"),
        ("schedule", "linear", r"schedule must be one of constant, .*cosine warm restarts, got 'linear'$"),
        ("schedule", None, r"schedule must be one of constant, .*, got None$"),
        ("step_decay", 0, r"step_decay must be a number > 0 and <= 1, got 0$"),
        ("step_every", 2.5, r"step_every must be a whole number >= 1, got 2.5$"),
        ("exponential_decay", -1, r"exponential_decay must be a finite number >= 0, got -1$"),
        ("T_0", 0, r"T_0 must be a whole number >= 1, got 0$"),
        ("T_mult", 0, r"T_mult must be a whole number >= 1, got 0$"),
        ("eta_min", float("inf"), r"eta_min must be a finite number >= 0, got inf$"),
        ("steps", 501, r"steps must be a whole number from 1 to 500, got 501$"),
        ("steps", 0, r"steps must be a whole number from 1 to 500, got 0$"),
        ("start", "a", r"start must be None or a number with a finite loss, got 'a'$"),
        ("start", (1, 2), r"start must be None or a number with a finite loss, got \(1, 2\)$"),
        ("start", float("nan"), r"start must be None or a number with a finite loss, got nan$"),
        ("start", 1e200, r"start must be None or a number with a finite loss, got 1e\+200$"),
        ("start", True, r"start must be None or a number with a finite loss, got True$"),
        ("noise", -0.1, r"noise must be a finite number >= 0, got -0.1$"),
        ("seed", -1, r"seed must be a whole number >= 0 of at most 63 bits, got -1$"),
        ("compare", "linear", r"compare must be None or one of constant, .*, got 'linear'$"),
        ("goal", "win", r"goal must be None or one of converge, ravine, well, hop, got 'win'$"),
    ],
)
def test_bad_values_are_refused_in_one_sentence(name: str, value: object, rule: str) -> None:
    with pytest.raises(ValueError, match=f"^{rule}"):
        explorers.descent(**{name: value})
    explorer = explorers.descent()
    before = repr(explorer)
    with pytest.raises(ValueError, match=f"^{rule}"):
        setattr(explorer, name, value)
    assert repr(explorer) == before


def test_a_start_has_as_many_numbers_as_the_landscape() -> None:
    with pytest.raises(ValueError, match=r"^start must be None or two numbers with a finite loss, got 1$"):
        explorers.descent(Ravine(), start=1)
    with pytest.raises(ValueError, match=r"^start must be None or two numbers with a finite loss, got \(1, 2, 3\)$"):
        explorers.descent(Ravine(), start=(1, 2, 3))


def test_another_landscape_goes_back_to_its_own_start() -> None:
    explorer = explorers.descent(start=1.5)
    explorer.landscape = ManyMinima()
    assert explorer.start is None
    assert explorer.run().positions[0].tolist() == ManyMinima().start.tolist()
    explorer.start = [1, 2]
    assert explorer.start == (1.0, 2.0)
    explorer.landscape = Bowl(4.0)
    assert explorer.run().positions[0] == Bowl().start


def test_the_page_chooses_a_landscape_by_its_name_and_gets_the_one_that_was_given() -> None:
    explorer = explorers.descent(Bowl(4.0))
    assert explorer.get_state("landscape") == {"landscape": "Bowl"}
    assert explorer._places["Bowl"]["arguments"] == {"curvature": 4.0}
    explorer.set_state({"landscape": "Ravine", "start": None})
    assert explorer.landscape == Ravine()
    explorer.set_state({"landscape": "Bowl", "start": None})
    assert explorer.landscape == Bowl(4.0)
    explorer.landscape = Bowl(9.0)
    assert explorer._places["Bowl"]["limits"] == [["2/c", 2 / 9]]


def test_what_the_page_sends_arrives() -> None:
    explorer = explorers.descent()
    explorer.set_state(
        {"landscape": "ManyMinima", "start": None, "lr": 2, "noise": 0.3, "compare": "cosine", "T_0": 20}
    )
    explorer.set_state({"start": [1, 2.5]})
    assert explorer.start == (1.0, 2.5)
    assert explorer.lr == 2.0
    assert type(explorer.lr) is float
    assert type(explorer.T_0) is int


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("constant", Constant(0.3)),
        ("step", StepDecay(0.3, decay=0.4, every=7)),
        ("exponential", ExponentialDecay(0.3, decay=0.06)),
        ("cosine", Cosine(0.3, T_max=80, eta_min=0.01)),
        ("cosine warm restarts", CosineWarmRestarts(0.3, T_0=9, T_mult=2, eta_min=0.01)),
    ],
)
def test_the_schedule_follows_the_state(name: str, rule: schedules.Schedule) -> None:
    explorer = explorers.descent(
        lr=0.3,
        schedule=name,
        step_decay=0.4,
        step_every=7,
        exponential_decay=0.06,
        T_0=9,
        T_mult=2,
        eta_min=0.01,
        steps=80,
    )
    assert explorer.as_schedule() == rule
    assert explorer.as_schedule("constant") == Constant(0.3)
    np.testing.assert_array_equal(explorer.run().lr, rule.curve(80))
    with pytest.raises(ValueError, match=r"^name must be None or one of constant, .*, got 'linear'$"):
        explorer.as_schedule("linear")


def test_the_lecture_is_in_reach() -> None:
    """What the scenes of the page show, as numbers."""
    well = explorers.descent(ValleyWithWell(), lr=0.5, steps=80, schedule="exponential", exponential_decay=0.06)
    floor = Bowl()(0.0)
    assert well.run().loss[-1] < floor - 1 < well.run("constant").loss[-1]
    restarts = explorers.descent(ManyMinima(), lr=2.5, steps=200, noise=0.3, schedule="cosine warm restarts", T_0=25)
    ends = restarts.run().positions[25::25]
    assert len(set(ManyMinima().nearest_minimum(ends).tolist())) >= 3
    assert [explorers.descent(lr=lr).run().loss[-1] < 1e-2 for lr in (0.01, 0.3, 1.8, 2.1)] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize("f", EVERY, ids=NAMES)
def test_a_place_says_what_settles_there(f: Landscape) -> None:
    said = place(f)
    json.dumps(said)
    at = np.array(said["minima"][0])
    lowest = float(f(at[0] if f.dim == 1 else at))
    # Just below the sharpest limit a walk from nearby comes nearer; just above it leaves.
    sharpest = min(rate for _, rate in said["limits"])
    near = at + 1e-6
    run = [
        landscapes.descend(f, schedule=share * sharpest, steps=400, start=near[0] if f.dim == 1 else near)
        for share in (0.97, 1.03)
    ]
    ends = [(np.linalg.norm(np.atleast_1d(path.positions[-1]) - at)) for path in run]
    assert ends[0] < 1.5e-6
    assert ends[1] > 1e-5 or run[1].diverged
    assert lowest == min(float(f(np.array(m)[0] if f.dim == 1 else np.array(m))) for m in said["minima"])
    assert eval(said["code"], vars(landscapes)) == f


def test_a_landscape_of_another_shape_is_written_in_full() -> None:
    assert place(Bowl())["code"] == "Bowl()"
    for f in (Bowl(2.0), Ravine(1.0, 30.0, angle=20), ValleyWithWell(width=0.1), ManyMinima(period=1.0)):
        assert eval(place(f)["code"], vars(landscapes)) == f


def test_every_landscape_is_offered() -> None:
    known = {thing for thing in vars(landscapes).values() if isinstance(thing, type) and issubclass(thing, Landscape)}
    assert set(KINDS) == known - {Landscape}
    assert all(words.endswith(".") for _, words in KINDS.values())


def test_the_noise_that_the_page_gets_is_that_of_descend() -> None:
    explorer = explorers.descent(noise=0.3, seed=4, steps=STEPS)
    normals = np.frombuffer(base64.b64decode(explorer._draws["normals"]), dtype="<f8")
    run = explorer.run()
    slope = Bowl().gradient(run.positions[:-1]) + 0.3 * normals[:STEPS]
    np.testing.assert_allclose(run.positions[1:], run.positions[:-1] - 0.1 * slope, rtol=1e-12, atol=1e-12)
    explorer.seed = 5
    assert explorer._draws["seed"] == 5
    assert explorer._draws["normals"] != base64.b64encode(normals.tobytes()).decode()


@pytest.mark.parametrize("f", EVERY, ids=NAMES)
@pytest.mark.parametrize(("momentum", "nesterov"), [(0.0, False), (0.9, False), (0.9, True), (0.0, True)])
def test_the_pictures_walk_is_that_of_descend(f: Landscape, momentum: float, nesterov: bool) -> None:
    lr = min(rate for _, rate in place(f)["limits"]) / 20
    explorer = explorers.descent(
        f, lr=lr, momentum=momentum, nesterov=nesterov, noise=0.1, seed=2, steps=40, schedule="cosine"
    )
    noise = np.random.default_rng(2).standard_normal(2 * STEPS) * 0.1
    found, run = walk(f, explorer.as_schedule().curve(40), f.start, noise, momentum, nesterov), explorer.run()
    np.testing.assert_allclose(found.positions, run.positions, rtol=1e-9)
    np.testing.assert_allclose(found.loss, run.loss, rtol=1e-9)
    np.testing.assert_array_equal(found.lr, run.lr)


def test_the_pictures_walk_ends_where_descend_ends_when_it_diverges() -> None:
    explorer = explorers.descent(Rosenbrock(), lr=1.0)
    run = explorer.run()
    found = walk(Rosenbrock(), explorer.as_schedule().curve(60), Rosenbrock().start, np.zeros(120), 0.0, False)
    assert run.diverged
    assert found.diverged
    assert len(found.loss) == len(run.loss)
    assert len(found.lr) == len(run.lr)


def _texts(svg: str) -> list[str]:
    return ["".join(text.itertext()).strip() for text in ET.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.slow
@pytest.mark.parametrize("f", EVERY, ids=NAMES)
def test_a_picture_goes_with_the_widget(f: Landscape) -> None:
    explorer = explorers.descent(f, lr=1e-3, schedule="cosine", compare="step")
    data, _ = explorer._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    labels = _texts(data["image/svg+xml"])
    assert {"parameter x", "step n", "cosine", "step"} <= set(labels)
    assert len(data["image/svg+xml"]) < 90_000
    assert data["image/svg+xml"] == explorer._repr_mimebundle_()[0]["image/svg+xml"]


@pytest.mark.slow
def test_the_picture_copes_with_a_path_that_leaves() -> None:
    for values in ({"lr": 300.0, "steps": 500}, {"lr": 1e300}, {"landscape": Rosenbrock(), "lr": 5.0}):
        data, _ = explorers.descent(**values)._repr_mimebundle_()
        assert "constant (diverged)" in _texts(data["image/svg+xml"])


@pytest.mark.slow
def test_the_picture_opens_no_pyplot_figure_and_loads_no_torch() -> None:
    code = """
import sys, lrlab.explorers as explorers
assert not {"anywidget", "ipywidgets", "matplotlib", "torch"} & set(sys.modules)
explorers.descent(noise=0.1)._repr_mimebundle_()
assert "matplotlib.pyplot" not in sys.modules and "torch" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr


def test_the_page_is_light() -> None:
    explorer = explorers.descent()
    state: dict[str, Any] = explorer.get_state()
    assert len(json.dumps(state, default=str)) < 100_000


def test_sliders_start_where_python_accepts() -> None:
    explorer = explorers.descent()
    for name, ends in explorer.get_state("_limits")["_limits"].items():
        for end in ends:
            setattr(explorer, name, end)


def test_ripples_and_the_like_can_be_given() -> None:
    assert explorers.descent(Ripples(period=1.0)).run().positions[0] == Ripples(period=1.0).start
