"""Quizzes: questions at the end of a notebook; each choice answers with a sentence of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lrlab.explorers.quiz.widget import Quiz


def quiz(notebook: str) -> Quiz:
    """Ask the questions of a notebook's quiz. Whatever is chosen answers at once, with its own sentence.

    First answers are counted, in the browser; after that any choice can be tried.

    Args:
        notebook: the notebook's number, such as ``"02"``; its questions are in ``course/quizzes.json``.

    Returns:
        The widget. Its ``chosen`` has the letter chosen for each question, by the question's id, and ``right`` counts
        the right ones.

    Raises:
        ValueError: no question of that notebook, or one is not well formed.
    """
    from lrlab.explorers.quiz.widget import Quiz

    return Quiz(notebook)
