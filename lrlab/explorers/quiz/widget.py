"""The widget of a quiz; view.js beside it shows it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from traitlets import Dict, List

from lrlab.explorers.shared import questions
from lrlab.explorers.shared.assets import front_end
from lrlab.explorers.shared.explorer import Widget

FILE = "quizzes.json"


class Quiz(Widget):
    """See :func:`lrlab.explorers.quiz`, which makes one."""

    _esm, _css = front_end("quiz", "prediction/style.css")

    chosen: Dict[str, str] = Dict().tag(sync=True)

    # Underscored: the page needs them, students don't.
    _questions: List[Any] = List().tag(sync=True)

    def __init__(self, notebook: str) -> None:
        path = questions.find(name=FILE)
        listed = questions.load(path).values()
        numbers = sorted({question["id"][:2] for question in listed})
        if notebook not in numbers:
            raise ValueError(f"notebook must be one of {', '.join(numbers)}, got {notebook!r}")
        self.notebook = notebook
        super().__init__(_questions=[_shown(one, path.parent) for one in listed if one["id"].startswith(notebook)])

    @property
    def right(self) -> int:
        """How many questions have their right answer chosen now."""
        return sum(self.chosen.get(question["id"]) == question["answer"] for question in self._questions)

    def __repr__(self) -> str:
        return f"explorers.quiz({self.notebook!r})"

    def beside(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the questions without the answers."""
        lines = []
        for number, question in enumerate(self._questions, start=1):
            lines.append(f"{number}. {question['question']}")
            lines += [f"   ({letter}) {text}" for letter, (text, _) in question["choices"].items()]
        return {"text/plain": "\n".join(lines)}, {}


def _shown(question: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return ``question`` with its picture in it, so that the page need not fetch one."""
    picture = question.get("picture")
    if picture is None:
        return question
    drawn = base64.b64encode((folder / picture["file"]).read_bytes()).decode()
    return {**question, "picture": {"alt": picture["alt"], "src": f"data:image/svg+xml;base64,{drawn}"}}
