"""The quizzes: well formed, spread evenly, the same in widget and text; and what a choice does without a page."""

import json
import re
from collections import Counter
from pathlib import Path

import nbformat
import pytest
import quiz_text

from lrlab import explorers
from lrlab.explorers.shared import questions

COURSE = Path(__file__).resolve().parents[2] / "course"
ALL = questions.load(COURSE / "quizzes.json")
NOTEBOOKS = {path.name[:2]: path for path in sorted(COURSE.glob("*.ipynb"))}


def of(notebook: str) -> list[dict]:
    return [question for name, question in ALL.items() if name.startswith(notebook)]


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_each_notebook_has_five_to_seven_questions_and_one_about_a_curve(notebook):
    asked = of(notebook)
    assert 5 <= len(asked) <= 7
    assert [question["id"] for question in asked] == [f"{notebook}-{k}" for k in range(1, len(asked) + 1)]
    pictures = [question["picture"] for question in asked if "picture" in question]
    assert [picture["file"] for picture in pictures] == [f"quiz/{notebook}.svg"]
    assert len(pictures[0]["alt"]) >= 60


def test_keys_are_spread_evenly():
    counts = Counter(question["answer"] for question in ALL.values())
    assert max(counts.values()) - min(counts.values()) <= 3, counts


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_no_key_is_right_in_more_than_half_of_a_notebook(notebook):
    counts = Counter(question["answer"] for question in of(notebook))
    assert max(counts.values()) <= len(of(notebook)) / 2, counts


def test_the_right_answer_is_not_the_longest_by_rule():
    longest = [
        max(question["choices"], key=lambda letter: len(question["choices"][letter][0])) == question["answer"]
        for question in ALL.values()
    ]
    assert sum(longest) <= 0.4 * len(longest)


def test_every_choice_answers_with_a_sentence_of_its_own():
    for name, question in ALL.items():
        assert question["question"].endswith((".", "?")), name
        for text, reason in question["choices"].values():
            assert text[0] != "(", name
            assert re.search(r"[.)]$", reason), (name, reason)
            assert not re.search(r"\([a-d]\)", reason), (
                f"{name}: the reader of a choice doesn't see the others' letters"
            )


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_the_text_in_the_notebook_is_that_of_the_data(notebook):
    cells = {cell.id: cell for cell in nbformat.read(NOTEBOOKS[notebook], as_version=4).cells}
    assert cells["quiz-still"].source == quiz_text.texts()[notebook], "run `python tools/quiz_text.py`"
    assert "remove-cell" in cells["quiz-still"].metadata.tags, "the site shows the questions themselves"


def test_python_reads_what_was_chosen():
    quiz = explorers.quiz("02")
    assert quiz.right == 0
    quiz.chosen = {"02-1": "a", "02-2": "b"}
    assert quiz.right == 1
    assert repr(quiz) == "explorers.quiz('02')"


def test_without_a_front_end_the_questions_are_text():
    data, _ = explorers.quiz("00")._repr_mimebundle_()
    assert data["text/plain"].startswith("1. The gradient for a weight is 4")
    assert "(c) it falls by 0.4" in data["text/plain"]


def test_a_notebook_without_a_quiz_is_named():
    with pytest.raises(ValueError, match=r"^notebook must be one of 00, 01, .*, got '77'$"):
        explorers.quiz("77")


def test_a_damaged_question_is_named(tmp_path):
    damaged = [{**ALL["00-1"], "choices": {"a": ["yes", "Right."], "b": ["no", "Wrong."]}}]
    (tmp_path / "quizzes.json").write_text(json.dumps(damaged))
    with pytest.raises(ValueError, match="question '00-1' must have the choices a to c or a to d, got a, b"):
        questions.load(tmp_path / "quizzes.json")
