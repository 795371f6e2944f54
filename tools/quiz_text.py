"""The quizzes as text, for GitHub and other viewers that don't run widgets.

    python tools/quiz_text.py               writes the cell with the id `quiz-still` of each notebook

Their one source is course/quizzes.json.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

COURSE = Path(__file__).resolve().parent.parent / "course"
CLASS = "lrlab-preview"  # by which a running quiz finds it, to hide it
SAYS = "The quiz as text, with its answers (for GitHub and other viewers that don't run widgets)"


def _html(text: str) -> str:
    """Backticks as elements: inside of ``<summary>`` nothing else is read."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text)


def text(questions: list[dict[str, Any]]) -> str:
    """Return the questions of one notebook as Markdown, each answer folded."""
    parts = [f'<details class="{CLASS}"><summary>{SAYS}</summary>']
    for number, question in enumerate(questions, start=1):
        if "picture" in question:
            parts.append(f"![{question['picture']['alt']}]({question['picture']['file']})")
        choices = [f"({letter}) {_html(words)}" for letter, (words, _) in question["choices"].items()]
        asked = "<br>\n".join([f"<b>{number}.</b> {_html(question['question'])}", *choices])
        reasons = {letter: reason for letter, (_, reason) in question["choices"].items()}
        right = f"**{question['answer']}.** {reasons.pop(question['answer'])}"
        wrong = [f"({letter}) {reason}" for letter, reason in reasons.items()]
        parts.append(f"<details><summary>{asked}</summary>\n\n{' '.join([right, *wrong])}\n</details>")
    return "\n\n".join([*parts, "</details>"])


def texts() -> dict[str, str]:
    """Return the text of each notebook's quiz, by the notebook's number."""
    questions = json.loads((COURSE / "quizzes.json").read_text(encoding="utf-8"))
    numbers = sorted({question["id"][:2] for question in questions})
    return {number: text([one for one in questions if one["id"].startswith(number)]) for number in numbers}


def main() -> None:
    for number, words in texts().items():
        (path,) = COURSE.glob(f"{number}_*.ipynb")
        notebook = json.loads(path.read_text(encoding="utf-8"))
        (cell,) = [cell for cell in notebook["cells"] if cell["id"] == "quiz-still"]
        cell["source"] = words.splitlines(keepends=True)
        path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
