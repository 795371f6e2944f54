"""The widget of a quiz; view.js beside it shows it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import anywidget
from traitlets import Dict, List

from lrlab.explorers.shared import questions
from lrlab.explorers.shared.assets import bundle_css, bundle_js, deflated

FILE = "quizzes.json"


class Quiz(anywidget.AnyWidget):
    """See :func:`lrlab.explorers.quiz`, which makes one."""

    _esm = deflated(bundle_js("quiz/view.js"))
    _css = bundle_css("shared/style.css", "prediction/style.css", "quiz/style.css")

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

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return the live widget; where none can run, the questions without the answers."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        lines = []
        for number, question in enumerate(self._questions, start=1):
            lines.append(f"{number}. {question['question']}")
            lines += [f"   ({letter}) {text}" for letter, (text, _) in question["choices"].items()]
        return {**data, "text/plain": "\n".join(lines)}, metadata


def _shown(question: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return ``question`` with its picture in it, so that the page need not fetch one."""
    picture = question.get("picture")
    if picture is None:
        return question
    drawn = base64.b64encode((folder / picture["file"]).read_bytes()).decode()
    return {**question, "picture": {"alt": picture["alt"], "src": f"data:image/svg+xml;base64,{drawn}"}}
