"""The widget of a prediction; its picture is in view.js beside it."""

from __future__ import annotations

from typing import Any

from traitlets import Bool, Dict, Int, List, Unicode

from lrlab.explorers.shared import questions
from lrlab.explorers.shared.assets import front_end
from lrlab.explorers.shared.explorer import Widget


class Prediction(Widget):
    """See :func:`lrlab.explorers.predict`, which makes one."""

    _esm, _css = front_end("prediction")

    choice = Unicode(None, allow_none=True).tag(sync=True)
    sketch: List[Any] = List().tag(sync=True)
    compared = Bool(False).tag(sync=True)

    # Underscored: the page needs them, students don't.
    _question = Dict().tag(sync=True)
    _count = Int().tag(sync=True)

    def __init__(self, name: str) -> None:
        listed = questions.load()
        if name not in listed:
            raise ValueError(f"name must be one of the questions {', '.join(listed)}, got {name!r}")
        self.name = name
        super().__init__(_question=listed[name], _count=len(listed))

    @property
    def right(self) -> bool | None:
        """Whether the choice or the sketch is right; None before it was made."""
        if "choices" in self._question:
            return None if self.choice is None else self.choice == self._question["answer"]
        return None if not self.sketch else self.distance <= self._question["sketch"]["close"]

    @property
    def distance(self) -> float:
        """How far the sketch is from the truth: the mean distance, as a share of the y axis, 0 to 1."""
        asked = self._question["sketch"]
        pairs = zip(self.sketch, asked["truth"], strict=True)
        return float(
            sum(abs(drawn - true) for drawn, true in pairs) / len(asked["truth"]) / (asked["high"] - asked["low"])
        )

    def __repr__(self) -> str:
        return f"explorers.predict({self.name!r})"

    def beside(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the choices without the answer."""
        choices = self._question.get("choices", {})
        listed = "\n".join(f"({letter}) {text}" for letter, (text, _) in choices.items())
        return {"text/plain": listed or "Sketch the curve on paper."}, {}
