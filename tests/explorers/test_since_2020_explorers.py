"""The explorers of curvature and of cool-downs, without a page."""

import dataclasses
import re

import numpy as np
import pytest
from support.made_results import made_cooldowns, made_sharpness

from lrlab import explorers


def test_what_each_run_shows_is_said():
    words = {run["label"]: run["words"] for run in explorers.curvature(made_sharpness())._runs}
    assert "stays below 2/η = 10" in words["0.2"]
    assert "reaches 2/η = 2.5 by update" in words["0.8"]
    assert "edge of stability" in words["0.8"]
    assert "starts above 2/η = 1.25, comes down to it" in words["1.6"]
    assert words["5"] == "the loss diverges with 1 of 3 seeds."


def changed(runs, **values):
    return dataclasses.replace(runs, **values)


def test_a_limit_that_is_not_reached_is_not_said_to_be():
    found = made_sharpness()
    close = found.sharpness.copy()
    close[1] *= 0.9
    words = explorers.curvature(changed(found, sharpness=close))._runs[1]["words"]
    assert words.startswith("the sharpness comes close to 2/η = 2.5 without reaching it, and is 0.9")
    loss = found.loss.copy()
    loss[2, :, -1] = 2 * loss[2, :, 0]
    assert "still falls" in explorers.curvature(found)._runs[2]["words"]
    assert "still falls" not in explorers.curvature(changed(found, loss=loss))._runs[2]["words"]


@pytest.mark.slow
def test_runs_are_called_what_they_are():
    found = made_sharpness()
    assert "Learning rate 0.8: the sharpness" in explorers.curvature(found).still().alt
    named = explorers.curvature(changed(found, labels=("cosine", "step", "0.1", "constant")))
    assert "Run step: the sharpness" in named.still().alt
    assert "Learning rate" not in named.still().alt
    with pytest.raises(ValueError, match=r"^label must be one of 0\.2, 0\.8, 1\.6, 5, got ''$"):
        explorers.curvature(found, label="")


def test_seeds_that_diverge_are_counted():
    found = made_cooldowns()
    cooled, plateau, cosine = (values.copy() for values in (found.cooled, found.plateau, found.cosine))
    cooled[3, 0], plateau[3, :2], cosine[3, 1] = np.nan, np.nan, np.inf
    gone = explorers.cooldown(changed(found, cooled=cooled, plateau=plateau, cosine=cosine))
    assert gone._branches[3]["words"] == (
        "Cooled down from update 160 to 200, the run diverges with 1 of 3 seeds; "
        "left on its plateau it diverges with 2 of 3 seeds. "
        "A cosine for 200 updates alone diverges with 1 of 3 seeds."
    )
    assert gone._targets["plateau"] == 200


def test_the_goals_are_what_the_runs_reach():
    found = made_sharpness()
    assert explorers.curvature(found)._targets == {"edge": "0.8", "flattest": "1.6"}
    low = made_sharpness()
    calm = type(low)(low.labels[:1], low.seeds, low.step, low.lr[:1], low.loss[:1], low.sharpness[:1])
    assert explorers.curvature(calm).label == "0.2"
    with pytest.raises(ValueError, match=r"^goal must be None or one of flattest with these results, got 'edge'$"):
        explorers.curvature(calm, goal="edge")

    cooled = explorers.cooldown(made_cooldowns())
    assert cooled._targets["plateau"] == 160
    assert cooled.start == 40
    assert "Cooled down from update 160 to 200, the run ends" in cooled._branches[3]["words"]
    assert "A cosine for 200 updates alone ends at 0.3" in cooled._branches[3]["words"]
    assert "cosine" not in cooled._branches[2]["words"]
    assert cooled._branches[3]["rates"][160] == pytest.approx(0.3)
    assert cooled._branches[3]["rates"][200] == 0


def test_the_nearest_moment_is_taken_and_others_are_refused():
    explorer = explorers.cooldown(made_cooldowns(), start=171)
    assert explorer.start == 160
    assert repr(explorer) == "explorers.cooldown(…, start=160, cosines=True, goal=None)"
    with pytest.raises(ValueError, match=r"^start must be a whole number from 0 to 320, got 321$"):
        explorer.start = 321
    assert explorer.start == 160
    runs = explorers.curvature(made_sharpness(), label="0.8")
    with pytest.raises(ValueError, match=r"^label must be one of 0.2, 0.8, 1.6, 5, got 0.8$"):
        runs.label = 0.8


@pytest.mark.parametrize(
    ("make", "what"),
    [(explorers.curvature, "runs must be the result of experiments.track_sharpness"),
     (explorers.cooldown, "runs must be the result of experiments.cooldowns")],
)  # fmt: skip
def test_other_results_are_refused(make, what):
    with pytest.raises(ValueError, match=re.escape(f"{what}, got 3")):
        make(3)


@pytest.mark.slow
def test_the_still_pictures_say_what_they_show():
    svg, alt = explorers.curvature(made_sharpness()).still()
    assert "<svg" in svg
    assert "Learning rate 0.8: the sharpness reaches 2/η = 2.5" in alt
    svg, alt = explorers.cooldown(made_cooldowns()).still()
    assert "plateau" in svg
    assert "Cooled down from update 320 to 400" in alt


def test_a_cosine_for_some_budgets_only_is_what_the_table_and_the_plot_show():
    from lrlab import plots

    found = made_cooldowns()
    assert [row[0] for row in found.table().rows[1:]] == ["100", "200", "300", "400"]
    line = plots.cooldowns(found).containers[2].lines[0]
    assert line.get_xdata().tolist() == [100, 200, 300, 400]
    assert np.isfinite(line.get_ydata()).all()
