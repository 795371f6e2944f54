"""The pictures of the quizzes are the ones that the tool draws, and show what the answers say of them."""

import re
from pathlib import Path

import numpy as np
import quiz_plots

FOLDER = Path(__file__).resolve().parents[1] / "course" / "quiz"
PLOTS = quiz_plots.plots()


def test_each_notebook_has_one():
    assert {path.stem for path in FOLDER.iterdir()} == set(PLOTS) == {f"{n:02}" for n in range(10)}


def test_the_curves_are_what_the_answers_say():
    creeps, right, runs_away = (values[-1] / values[0] for values in PLOTS["00"].curves.values())
    assert right < creeps < 1 < runs_away
    x = PLOTS["01"].curves["x"]
    assert (np.sign(x[1:]) == -np.sign(x[:-1])).all()
    assert abs(x[-1]) < abs(x[0])
    bends = [np.sign(np.diff(np.log(values), 2).mean().round(6)) for values in PLOTS["02"].curves.values()]
    assert bends == [0, -1, 1]
    adagrad, rmsprop = PLOTS["07"].curves["B"], PLOTS["07"].curves["C"]
    assert (np.diff(adagrad) < 0).all()
    assert abs(np.diff(rmsprop[-20:])).max() < 0.01 * rmsprop[-1]
    assert PLOTS["06"].curves["logged"].tolist().count(0.1) == 3
    cooled, wave, plateau = PLOTS["09"].curves.values()
    assert (cooled[:81] == plateau[:81]).all()
    assert cooled[-1] < 0.01
    assert (np.diff(wave) < 0).all()


def test_a_picture_is_small_and_as_the_tool_draws_it():
    for number, plot in PLOTS.items():
        kept = (FOLDER / f"{number}.svg").read_text(encoding="utf-8")
        assert len(kept) < 40_000
        assert "<script" not in kept
        for label in plot.curves if len(plot.curves) > 1 else ():
            assert re.search(rf">{label}<", kept)
        assert f">{plot.ylabel}<" in kept
    ticks = re.findall(r">(0\.\d+)<", (FOLDER / "03.svg").read_text(encoding="utf-8"))
    assert {"0.02", "0.04", "0.06", "0.08", "0.10"} <= set(ticks), "numbers to read off"


def test_a_phone_shows_letters_that_can_be_read():
    """A page of 390 pixels leaves 330 for a picture in a notebook."""
    for number in PLOTS:
        kept = (FOLDER / f"{number}.svg").read_text(encoding="utf-8")
        width = float(re.search(r'viewBox="0 0 ([\d.]+)', kept)[1])
        sizes = [float(size) for size in re.findall(r"font(?:-size)?: (?:[\w ]* )?([\d.]+)px", kept)]
        assert min(sizes) * 330 / width >= 11, number
