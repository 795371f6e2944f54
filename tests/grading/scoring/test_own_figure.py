"""A figure of the student's own: drawn in the sandbox, kept in the graded notebook and the feedback, marked by hand."""

import html
import re

import nbformat
import pytest
from support.lrlab_command import ONE, lrlab
from support.made_course import cell

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandboxed")]

UNIT, FIGURE = "finding_lr", "own-figure-plot"
DRAWING = """\
import matplotlib.pyplot as plt
from lrlab import data, plots

images = data.load("digits").train_images
fig, ax = plt.subplots(figsize=(3, 2))
ax.plot([0.01, 0.1, 1], [2.0, float(images.max()), 0.5])
ax.set(xscale="log")
plots.finish(ax, xlabel="learning rate", ylabel="loss")
plt.show()"""


def pictures(one):
    return [o for o in one.outputs if "image/png" in o.get("data", {})]


def test_a_figure_is_drawn_in_the_sandbox_and_waits_for_a_person(new_course):
    course = new_course(unit=UNIT)
    released = course.released()
    cell(released, FIGURE).source = DRAWING
    course.submit("ada", released)
    course.submit("bob", course.released())
    lrlab(course, "grade", UNIT, *ONE)
    graded = nbformat.read(course.root / "autograded" / "ada" / UNIT / f"{UNIT}.ipynb", as_version=4)
    assert len(pictures(cell(graded, FIGURE))) == 1, cell(graded, FIGURE).outputs
    scores = course.scores()
    assert scores["ada"]["own_figure_plot"] is None  # to be marked
    assert scores["bob"]["own_figure_plot"] == 0  # nothing was drawn
    course.nbgrader("generate_feedback", UNIT)
    page = (course.root / "feedback" / "ada" / UNIT / f"{UNIT}.html").read_text(encoding="utf-8")
    assert "ax.plot" in html.unescape(re.sub("<[^>]+>", "", page))
    assert len(re.findall(r'<img[^>]+src="data:image/png;base64,', page)) == 1
