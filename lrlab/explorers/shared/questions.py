"""The course's prediction questions: where they are, and what makes one well formed.

They are data, in ``course/questions.json``, so that one list serves the notebooks, a lecture hall with clickers, and
exports to other systems. It is a list of objects in the order of the course. Each has

- ``id``: a name of its own, which starts with the notebook's number, as in ``"01-sweep"``;
- ``question``: plain text, ``code`` between backticks; the notebook's cell before the widget has the same sentence.

A question with four choices also has ``choices``: ``{"a": [text, reason], …}`` for ``a`` to ``d``, where the reason
says why it is right or wrong, and ``answer``: the letter of the right one.

The questions of the quizzes, in ``course/quizzes.json``, have the same form, three choices or four, and sometimes a
``picture``: ``file`` (from the course's folder) and ``alt``, its text.

A curve to sketch has ``sketch`` instead: ``x`` (positions, ascending), ``truth`` (a value at each), ``low`` and
``high`` (the ends of the y axis), ``x_name``, ``y_name``, ``close`` (the mean distance from the truth, as a share of
the axis, up to which a sketch counts as right) and ``reason``.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

LETTERS = ("a", "b", "c", "d")  # a quiz may have three choices
FILE = "questions.json"


def find(folder: Path | None = None, name: str = FILE) -> Path:
    """Return the file with the course's questions, or another one of the course's folder.

    It is looked for in the working directory (a notebook's own folder), in a folder ``course`` there, and in ``course``
    beside this package.

    Raises:
        ValueError: there is none.
    """
    here = Path.cwd() if folder is None else folder
    places = [here / name, here / "course" / name, Path(__file__).parents[3] / "course" / name]
    file = next((place for place in places if place.is_file()), None)
    if file is None:
        raise ValueError(
            f"the questions of the course must be in {name} beside the notebook, got no such file in {here}"
        )
    return file


def load(path: Path | None = None) -> dict[str, dict[str, Any]]:
    """Return all questions by their ids, in the order of the course.

    Args:
        path: the file; by default that of :func:`find`.

    Raises:
        ValueError: a question that is not well formed, named with what it lacks.
    """
    listed = json.loads((find() if path is None else path).read_text(encoding="utf-8"))
    questions: dict[str, dict[str, Any]] = {}
    for question in listed:
        fault = _fault(question)
        if fault:
            raise ValueError(f"question {question.get('id')!r} {fault}")
        if question["id"] in questions:
            raise ValueError(f"question {question['id']!r} must have an id of its own, got it twice")
        questions[question["id"]] = question
    return questions


def _fault(question: dict[str, Any]) -> str:
    """Return what is wrong with ``question``, or nothing."""
    for key in ("id", "question"):
        if not isinstance(question.get(key), str) or not question[key].strip():
            return f"must have a text as {key!r}, got {question.get(key)!r}"
    if ("choices" in question) == ("sketch" in question):
        return "must have either 'choices' or a 'sketch'"
    return _fault_of_sketch(question["sketch"]) if "sketch" in question else _fault_of_choices(question)


def _fault_of_choices(question: dict[str, Any]) -> str:
    choices, answer = question["choices"], question.get("answer")
    if tuple(choices) not in (LETTERS, LETTERS[:3]):
        return f"must have the choices a to c or a to d, got {', '.join(choices)}"
    if answer not in choices:
        return f"must have one of {', '.join(choices)} as its answer, got {answer!r}"
    for letter, (text, reason) in choices.items():
        if not text.strip() or not reason.strip():
            return f"must have a text and a reason for {letter}"
    if len({text for text, _ in choices.values()}) < len(choices):
        return "must have choices that differ"
    return ""


def _fault_of_sketch(sketch: dict[str, Any]) -> str:
    missing = {"x", "truth", "low", "high", "x_name", "y_name", "close", "reason"} - set(sketch)
    if missing:
        return f"must have {', '.join(sorted(missing))} in its sketch"
    x, truth = sketch["x"], sketch["truth"]
    if len(x) != len(truth) or len(x) < 5 or x != sorted(set(x)):
        return "must have five or more ascending positions x and a truth for each"
    if not all(math.isfinite(y) and sketch["low"] <= y <= sketch["high"] for y in truth):
        return f"must have a truth between low ({sketch['low']}) and high ({sketch['high']})"
    return "" if 0 < sketch["close"] < 0.5 else "must have 'close' between 0 and 0.5"
