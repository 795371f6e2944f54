"""Predictions: questions that are answered before a cell is run and compared with the result afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lrlab.explorers.prediction.widget import Prediction


def predict(name: str) -> Prediction:
    """Ask a question of the course before a cell is run, and compare the answer with what came out.

    Most have four choices, some ask for a curve to sketch. First answers are counted over the course, in the browser.

    Args:
        name: the question's ``id`` in ``course/questions.json``, such as ``"01-sweep"``.

    Returns:
        The widget. Its ``choice`` (``"a"`` to ``"d"``) or ``sketch`` (a value for each position) is the answer, and
        ``right`` says whether that is right.

    Raises:
        ValueError: there is no such question, or one is not well formed.
    """
    from lrlab.explorers.prediction.widget import Prediction

    return Prediction(name)
