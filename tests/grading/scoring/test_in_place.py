"""Answers are asked where Validate asks them, and again at the end; no limit of time takes what was earned."""

import copy

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from support.judging import judged, points
from support.made_course import RIGHT, answer, check_cells

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("judge")]

BUSY = "import time\nstop = time.process_time() + 2\nwhile time.process_time() < stop:\n    pass"


@pytest.fixture(scope="module")
def course(new_course):
    return new_course()


def full(course):
    return {c.metadata.nbgrader.grade_id: c.metadata.nbgrader.points for c in check_cells(course.released())}


def with_cells(notebook, *sources, at=None):
    made = copy.deepcopy(notebook)
    at = len(made.cells) if at is None else at
    made.cells[at:at] = map(new_code_cell, sources)
    return made


@pytest.mark.parametrize("spoil", ["half_life = half_life(0.1)", "K = 5", "del half_life"])
def test_what_a_later_cell_spoils_keeps_what_validate_gives_it(course, zygote, spoil):
    half_life = "K = np.log(2)\n\n\ndef half_life(d):\n    return K / d"
    made = with_cells(answer(course.released(), {**RIGHT, "half_life": half_life}), spoil)
    graded = judged(course, course.submit("eve", made))
    assert points(graded) == full(course)
    (note,) = graded.metadata.lrlab.notes
    assert note.startswith("half_life (half-life-check) was asked after its cell and at the end: ")


def test_what_a_later_cell_mends_counts(course, zygote):
    late = with_cells(
        answer(course.released(), {n: s for n, s in RIGHT.items() if n != "half_life"}), RIGHT["half_life"]
    )
    graded = judged(course, course.submit("eve", late))
    assert points(graded) == full(course)
    assert "half_life (half-life-check) was asked" in graded.metadata.lrlab.notes[0]


def test_chance_in_an_answer_is_noted(course, zygote):
    lucky = "asked = []\n\n\ndef half_life(d):\n    asked.append(d)\n    return np.log(2) / d * (1 + len(asked) // 8)"
    graded = judged(course, course.submit("eve", answer(course.released(), {**RIGHT, "half_life": lucky})))
    assert points(graded) == full(course)
    assert "half_life (half-life-check) was asked" in graded.metadata.lrlab.notes[0]


NOTED = """asked, known = [], {}


def half_life(d):
    asked.append(d)
    return known.get(d, 0.0)"""
SERVED = """def gamma_from_decay(d):
    os.write(ask, np.float64(d).tobytes())
    return np.frombuffer(os.read(answered, 8))[0]"""
SERVER = """import os, numpy as np
(asks, ask), (answered, answer) = os.pipe(), os.pipe()
if os.fork() == 0:
    while question := os.read(asks, 8):
        os.write(answer, np.exp(-np.frombuffer(question)).tobytes())"""


def test_what_was_computed_beside_the_calls_counts_for_nothing(course, zygote):
    """In a cell after the first of the two times, or by another process."""
    made = with_cells(
        answer(course.released(), {**RIGHT, "half_life": NOTED, "gamma_from_decay": SERVED}), SERVER, at=1
    )
    made = with_cells(made, "known |= {d: np.log(2) / d for d in asked}\nprint(gamma_from_decay(0.5))")
    graded = judged(course, course.submit("eve", made))
    assert {name for name, score in points(graded).items() if not score} == {
        "half-life-check",
        "gamma-from-decay-check",
    }
    assert [output.output_type for output in graded.cells[-1].outputs] == ["stream"]  # the process goes on


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(
            1, marks=pytest.mark.nightly(reason="it takes seconds; the next test has such cells at the beginning")
        ),
        None,
    ],
)
def test_cells_that_take_all_the_time_cost_no_finished_answer(course, zygote, at):
    made = with_cells(answer(course.released(), RIGHT), *[BUSY] * 4, at=at)
    graded = judged(course, course.submit("eve", made), submission_timeout=4, reserve=60)
    assert points(graded) == full(course)
    nbformat.validate(graded)
    assert graded.metadata.lrlab.waiting == []
    assert "The time of 4 seconds was up." in graded.metadata.lrlab.notes[0]


def test_what_the_time_did_not_reach_is_for_a_person_and_no_zero(course, zygote):
    helped = {**RIGHT, "half_life": "def half_life(d):\n    return helper / d"}
    made = with_cells(answer(course.released(), helped), "helper = np.log(2)", *[BUSY] * 4, at=2)
    graded = judged(course, course.submit("eve", made), submission_timeout=4, reserve=60)
    assert graded.metadata.lrlab.waiting == ["half-life-check"]
    assert "a person has to mark half-life-check" in graded.metadata.lrlab.notes[0]
    assert {name for name, score in points(graded).items() if not score} == {"half-life-check"}


def test_a_process_that_stops_itself_costs_a_restart(course, zygote, monkeypatch):
    monkeypatch.setattr("lrlab.grading.scoring.execution.RECOVERY", 2.0)  # it can't answer
    made = with_cells(answer(course.released(), RIGHT), "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", at=1)
    graded = judged(course, course.submit("eve", made), timeout=2)
    assert points(graded) == full(course)
