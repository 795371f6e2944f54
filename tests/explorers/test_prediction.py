"""The prediction questions: each is well formed and asked before a run, and what it calls true is true."""

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from torch.nn import functional

from lrlab import data, explorers, schedules
from lrlab.explorers.shared import questions
from lrlab.models import MLP

REPO = Path(__file__).resolve().parents[2]
COURSE = sorted((REPO / "course").glob("*.ipynb"))
ALL = questions.load(REPO / "course" / "questions.json")
CALL = re.compile(r'explorers\.predict\("([\w-]+)"\)')


def test_they_are_in_the_order_of_the_course():
    assert len(ALL) == 41
    assert [name[:2] for name in ALL] == sorted(name[:2] for name in ALL)
    assert {name[:2] for name in ALL} == {path.name[:2] for path in COURSE}


def test_their_number_is_the_same_everywhere():
    how = next(cell.source for cell in nbformat.read(COURSE[0], as_version=4).cells if cell.id == "how")
    assert f"the course keeps the score: there are {len(ALL)} of them" in how
    assert f"- **Predictions:** {len(ALL)} questions" in (REPO / "CHANGELOG.md").read_text(encoding="utf-8")


def test_right_answers_are_spread_evenly():
    counts = Counter(question["answer"] for question in ALL.values() if "answer" in question)
    assert max(counts.values()) - min(counts.values()) <= 1
    letters = "".join(question.get("answer", "") for question in ALL.values())
    assert not re.search(r"(.)\1\1", letters), "three times the same letter in a row"


def test_the_right_answer_is_not_the_longest_by_rule():
    """A student who always takes the longest text must not do well by it."""
    longest = [
        max(question["choices"], key=lambda letter: len(question["choices"][letter][0])) == question["answer"]
        for question in ALL.values()
        if "choices" in question
    ]
    assert sum(longest) <= len(longest) / 2


def test_each_is_asked_once_in_its_notebook_with_the_same_words():
    asked = []
    for path in COURSE:
        cells = nbformat.read(path, as_version=4).cells
        for before, cell in pairwise(cells):
            found = CALL.search(cell.source) if cell.cell_type == "code" else None
            if found:
                asked.append(found[1])
                assert found[1][:2] == path.name[:2]
                assert f"**Predict:** {ALL[found[1]]['question']}" in before.source, found[1]
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        here = [name for name in asked if name[:2] == path.name[:2]]
        assert text.count("**Predict:**") == len(here), "each prediction has a place for its answer"
    assert asked == list(ALL)


@pytest.mark.parametrize(
    ("name", "schedule"),
    [
        ("02-recurrence", schedules.TimeDecay(1.0, decay=0.01)),
        ("05-one", schedules.OneCycle(0.1, total_steps=100)),
    ],
)
def test_the_curve_called_true_is_the_schedule(name, schedule):
    sketch = ALL[name]["sketch"]
    np.testing.assert_allclose(sketch["truth"], schedule(np.array(sketch["x"])), atol=1e-4)


def test_the_curve_called_true_is_one_update_of_the_network():
    digits, sketch = data.load("digits"), ALL["01-steep"]["sketch"]
    images, labels = digits.train_images[:64], digits.train_labels[:64]
    losses = []
    for power in sketch["x"]:
        model = MLP(seed=0)
        optimizer = torch.optim.SGD(model.parameters(), lr=10.0**power)
        functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
        losses.append(functional.cross_entropy(model(images), labels).item())
    np.testing.assert_allclose(sketch["truth"], np.clip(losses, sketch["low"], sketch["high"]), atol=0.02)
    unmoved = [losses[0]] * len(losses)
    assert np.abs(np.subtract(unmoved, sketch["truth"])).mean() / 3 > sketch["close"], "a flat line is wrong"


def test_a_choice_is_right_or_wrong():
    widget = explorers.predict("02-drop")
    assert widget.right is None
    widget.choice = ALL["02-drop"]["answer"]
    assert widget.right
    widget.choice = next(letter for letter in "abcd" if letter != ALL["02-drop"]["answer"])
    assert not widget.right
    assert repr(widget) == "explorers.predict('02-drop')"


def test_a_sketch_is_right_if_it_is_close():
    widget = explorers.predict("02-recurrence")
    assert widget.right is None
    truth = np.array(ALL["02-recurrence"]["sketch"]["truth"])
    widget.sketch = truth.tolist()
    assert widget.distance == 0
    assert widget.right
    widget.sketch = np.linspace(1, 0.5, len(truth)).tolist()  # the closed form, roughly
    assert not widget.right


def test_where_no_widget_can_be_the_choices_are_listed():
    data, _ = explorers.predict("02-drop")._repr_mimebundle_()
    assert data["text/plain"].splitlines()[0].startswith("(a) ")
    assert len(data["text/plain"].splitlines()) == 4
    assert "application/vnd.jupyter.widget-view+json" in data


def test_an_unknown_question():
    with pytest.raises(ValueError, match=r"^name must be one of the questions 00-first, .*, got '99'$"):
        explorers.predict("99")


GOOD = {"id": "x", "question": "Why?", "choices": {k: [k, "because"] for k in "abcd"}, "answer": "c"}
SKETCH = {"x": [0, 1, 2, 3, 4], "truth": [0.5] * 5, "low": 0, "high": 1, "x_name": "n", "y_name": "η", "close": 0.1}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"question": " "}, "must have a text as 'question', got ' '"),
        ({"answer": "e"}, "must have one of a, b, c, d as its answer, got 'e'"),
        ({"answer": None}, "must have one of a, b, c, d as its answer, got None"),
        ({"choices": {"a": ["x", "y"]}}, "must have the choices a to c or a to d, got a"),
        ({"choices": {k: [k, ""] for k in "abcd"}}, "must have a text and a reason for a"),
        ({"choices": {k: ["same", "y"] for k in "abcd"}}, "must have choices that differ"),
        ({"sketch": SKETCH}, "must have either 'choices' or a 'sketch'"),
    ],
)
def test_a_question_that_is_not_well_formed(tmp_path, change, fault):
    path = tmp_path / "questions.json"
    path.write_text(json.dumps([GOOD | change]))
    with pytest.raises(ValueError, match=f"^question 'x' {re.escape(fault)}$"):
        questions.load(path)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, "must have reason in its sketch"),
        ({"reason": "r", "truth": [0.5] * 4}, "must have five or more ascending positions x and a truth for each"),
        ({"reason": "r", "x": [0, 2, 1, 3, 4]}, "must have five or more ascending positions x and a truth for each"),
        ({"reason": "r", "truth": [2.0] * 5}, "must have a truth between low (0) and high (1)"),
        ({"reason": "r", "close": 0}, "must have 'close' between 0 and 0.5"),
    ],
)
def test_a_sketch_that_is_not_well_formed(tmp_path, change, fault):
    path = tmp_path / "questions.json"
    path.write_text(json.dumps([{"id": "x", "question": "Draw.", "sketch": SKETCH | change}]))
    with pytest.raises(ValueError, match=f"^question 'x' {re.escape(fault)}$"):
        questions.load(path)


def test_an_id_given_twice(tmp_path):
    path = tmp_path / "questions.json"
    path.write_text(json.dumps([GOOD, GOOD]))
    with pytest.raises(ValueError, match=r"^question 'x' must have an id of its own, got it twice$"):
        questions.load(path)


def test_found_beside_the_notebook_in_course_and_beside_the_package(tmp_path):
    assert questions.find(REPO / "course") == REPO / "course" / "questions.json"
    assert questions.find(REPO) == REPO / "course" / "questions.json"
    assert questions.find(tmp_path) == REPO / "course" / "questions.json"
