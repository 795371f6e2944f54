"""The decay explorer's Python side: its state, its refusals and the picture it leaves where no widget can run."""

import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from lrlab import explorers
from lrlab.explorers.decay.widget import SCHEDULES, DecayExplorer

SVG = "{http://www.w3.org/2000/svg}"


def test_arguments_are_attributes_and_repr_shows_the_call_that_makes_it_again() -> None:
    explorer = explorers.decay(lr=0.2, step_every=7, show=["time"], goal="tenth", log_y=True)
    assert (explorer.lr, explorer.step_every, explorer.show, explorer.goal) == (0.2, 7, ["time"], "tenth")
    again = eval(repr(explorer), {"explorers": explorers})
    assert repr(again) == repr(explorer)


def test_signature_and_traits_have_the_same_defaults() -> None:
    assert repr(explorers.decay()) == repr(DecayExplorer())


def test_whole_floats_from_the_page_and_whole_ints_from_python_are_taken() -> None:
    explorer = explorers.decay(lr=1)
    assert explorer.lr == 1.0
    assert type(explorer.lr) is float


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("lr", 3, r"lr must be a number from 0.0001 to 1, got 3$"),
        ("lr", float("nan"), r"lr must be a number from 0.0001 to 1, got nan$"),
        ("lr", True, r"lr must be a number from 0.0001 to 1, got True$"),
        ("step_decay", 0.05, r"step_decay must be a number from 0.1 to 1, got 0.05$"),
        ("step_every", 2.5, r"step_every must be a whole number from 1 to 50, got 2.5$"),
        ("time_decay", "a", r"time_decay must be a number from 0.0001 to 1, got 'a'$"),
        ("exponential_decay", -1, r"exponential_decay must be a number from 0.0001 to 1, got -1$"),
        ("steps", 501, r"steps must be a whole number from 20 to 500, got 501$"),
        ("log_y", 1, r"log_y must be True or False, got 1$"),
        ("show", "step", r"show must be a list with names from step, time, inverse, exponential, got 'step'$"),
        ("show", ["cosine"], r"show must be a list with names from .*, got \['cosine'\]$"),
        ("show", [["step"]], r"show must be a list with names from .*, got \[\['step'\]\]$"),
        ("goal", "win", r"goal must be None or one of tenth, meet, got 'win'$"),
    ],
)
def test_bad_values_are_refused_in_one_sentence(name: str, value: object, rule: str) -> None:
    with pytest.raises(ValueError, match=f"^{rule}"):
        explorers.decay(**{name: value})
    explorer = explorers.decay()
    before = repr(explorer)
    with pytest.raises(ValueError, match=f"^{rule}"):
        setattr(explorer, name, value)
    assert repr(explorer) == before


def test_show_keeps_the_order_of_the_page_and_drops_repeats() -> None:
    assert explorers.decay(show=iter(["exponential", "step", "step"])).show == ["step", "exponential"]


def test_the_page_offers_what_python_accepts() -> None:
    explorer = explorers.decay()
    for name, ends in explorer.get_state("_limits")["_limits"].items():
        for end in ends:
            setattr(explorer, name, end)


def test_schedules_follow_the_state() -> None:
    explorer = explorers.decay(lr=0.8, step_decay=0.5, step_every=2, time_decay=0.5, exponential_decay=0.1)
    schedules = explorer.schedules()
    assert tuple(schedules) == SCHEDULES
    assert schedules["step"](1) == pytest.approx(0.4)
    assert schedules["time"](2) == pytest.approx(0.8 / 1.5)
    assert schedules["inverse"](2) == pytest.approx(0.4)


def _texts(svg: str) -> list[str]:
    return ["".join(text.itertext()).strip() for text in ET.fromstring(svg).iter(f"{SVG}text")]


def test_a_picture_goes_with_the_widget() -> None:
    explorer = explorers.decay(show=("step", "inverse"))
    data, _ = explorer._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    assert data["text/plain"] == repr(explorer)
    labels = _texts(data["image/svg+xml"])
    assert {"step-based", "inverse time", "step n", "learning rate"} <= set(labels)
    assert not {"time-based", "exponential"} & set(labels)


@pytest.mark.parametrize("log_y", [False, True])
@pytest.mark.slow
def test_the_picture_copes_with_a_rate_of_zero_and_with_no_line(log_y: bool) -> None:
    for show in (["time"], []):
        explorer = explorers.decay(time_decay=1, steps=500, show=show, log_y=log_y)
        data, _ = explorer._repr_mimebundle_()
        assert len(data["image/svg+xml"]) < 60_000
        assert "step n" in _texts(data["image/svg+xml"])


@pytest.mark.slow
def test_the_picture_opens_no_pyplot_figure_and_importing_loads_no_widget_library() -> None:
    code = """
import sys, lrlab.explorers as explorers
assert not {"anywidget", "ipywidgets", "matplotlib", "torch"} & set(sys.modules)
explorers.decay()._repr_mimebundle_()
assert "matplotlib.pyplot" not in sys.modules and "torch" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
