"""The lecture as slides: cells of the executed notebooks, in the order of course/talk.yml, by nbconvert and reveal.js.

reveal.js comes from the package sphinx-revealjs, and is in the site's `_static/reveal`: the slides ask nothing of
another host.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from nbconvert import SlidesExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from coursesite.run import Failure
from lrlab.explorers.shared import questions
from lrlab.grading.submission.formulas import Formulas

Slide = dict[str, Any]
REVEAL = {
    "dist/reset.css": "reset.css",
    "dist/reveal.css": "reveal.css",
    "dist/reveal.js": "reveal.js",
    "plugin/notes/notes.js": "notes.js",
    "LICENSE": "LICENSE",
}
HEADING = re.compile(r"\A#+ .*\n+(\*[★☆]? ?\d+ minutes?\*\n+)?")
LABELS = {
    "say": "Say",
    "misconception": "Misconception",
    "asked": "If they ask",
    "board": "Board",
}


def slides(root: Path) -> list[Slide]:
    """Return what course/talk.yml says of each slide."""
    listed: list[Slide] = yaml.safe_load((root / "course" / "talk.yml").read_text(encoding="utf-8"))
    return listed


def asked(root: Path) -> dict[str, Any]:
    """Return the course's questions by their ids."""
    course = root / "course"
    return {**questions.load(course / "questions.json"), **questions.load(course / "quizzes.json")}


def put_together(root: Path, notebooks: dict[Path, NotebookNode]) -> NotebookNode:
    """Return one notebook of all slides; ``notebooks`` have been executed, and their outputs made ready for a page.

    Raises:
        Failure: a slide names a cell or a question that there is not.
    """
    cells = {f"{path.name[:2]}/{cell.id}": cell for path, notebook in notebooks.items() for cell in notebook.cells}
    pages = {path.name[:2]: f"{path.stem}.html" for path in notebooks}
    known = asked(root)
    every = slides(root)
    shown = [cell for slide in every for cell in _cells(slide, cells, known, pages)]
    shown[0].source = shown[0].source.removeprefix("#")  # the page's heading
    return new_notebook(cells=shown, metadata={"title": every[0]["title"]})


def _cells(slide: Slide, cells: dict[str, NotebookNode], known: dict[str, Any], pages: dict[str, str]) -> Iterator[Any]:
    """Return the cells of one slide: its head, what it shows, the answer to its question, and the notes."""
    shown = [name.removeprefix("+") for name in slide.get("show", [])]
    missing = [name for name in shown if name not in cells] + [
        name for name in [slide.get("ask")] if name and name not in known
    ]
    if missing:
        raise Failure(f"course/talk.yml names {missing[0]}, which is neither a cell of the course nor a question")
    yield _cell(_head(slide, known, pages), "slide")
    for name in slide.get("show", []):
        cell = NotebookNode(cells[name.removeprefix("+")])
        hidden = cell.cell_type == "code" and not name.startswith("+")
        pictures = [output for output in cell.get("outputs", []) if _is_picture(output)]
        if hidden and pictures:  # what the cell prints beside it is for those who read the notebook
            cell = NotebookNode({**cell, "outputs": pictures})
        if cell.cell_type == "markdown":  # the slide has a heading and minutes of its own
            cell = NotebookNode({**cell, "source": HEADING.sub("", cell.source)})
        own = name.removeprefix("+").replace("/", "-")  # ids are unique in one notebook only
        yield NotebookNode({**cell, "id": own, "metadata": NotebookNode({"transient": {"remove_source": hidden}})})
    if "ask" in slide:
        yield _cell(f'<div class="answer">\n\n{_answer(known[slide["ask"]])}\n\n</div>', "fragment")
    yield _cell(_notes(slide), "notes")


def _answer(question: dict[str, Any]) -> str:
    if "sketch" in question:
        return str(question["sketch"]["reason"])
    text, reason = question["choices"][question["answer"]]
    letter = string.ascii_uppercase[list(question["choices"]).index(question["answer"])]
    return f"**{letter}: {text}.** {reason}"


def _is_picture(output: NotebookNode) -> bool:
    page = "".join(output.get("data", {}).get("text/html", ""))
    return "lrlab-mount" in page or "lrlab-figure" in page


def _cell(text: str, kind: str) -> NotebookNode:
    return new_markdown_cell(text, metadata={"slideshow": {"slide_type": kind}})


def _head(slide: Slide, known: dict[str, Any], pages: dict[str, str]) -> str:
    source = [f"slide {slide['lecture']} of the lecture"] if "lecture" in slide else []
    names = [name.removeprefix("+")[:2] for name in slide.get("show", [])] or [slide.get("ask", "")[:2]]
    if names[0] in pages:
        source.append(f'<a href="../course/{pages[names[0]]}">notebook {names[0]}</a>')
    parts = [f"## {slide.get('title', 'What do you think?')}"]
    if source:
        parts.append(f'<p class="from">{" · ".join(source)}</p>')
    parts.append("\n".join(f"- {point}" for point in slide.get("points", [])))
    if "ask" in slide:
        question = known[slide["ask"]]
        # Each choice is Markdown of its own, so that code in it is set as code.
        choices = "".join(f"<li>\n\n{text}\n\n</li>" for text, _ in question.get("choices", {}).values())
        parts += [question["question"], f'<ol class="choices">{choices}</ol>' if choices else ""]
    return "\n\n".join(parts)


def _notes(slide: Slide) -> str:
    notes = slide["notes"]
    said = [f"**{label}:** {notes[key]}" for key, label in LABELS.items() if key in notes]
    minutes = notes["minutes"]
    return "\n\n".join([f"*{minutes} minute{'' if minutes == 1 else 's'}*", *said])


def markdown(source: str) -> str:
    """Return Markdown as HTML, its formulas as MathML."""
    reader = Formulas()
    return reader.put_back(reader.read(source))


def page(notebook: NotebookNode, static: str) -> str:
    """Return the HTML of the slides; ``static`` leads from them to the site's ``_static``."""
    exporter = SlidesExporter(
        template_name="talk",
        extra_template_basedirs=[str(Path(__file__).parent / "templates")],
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    exporter.register_filter("markdown2html", markdown)
    text, _ = exporter.from_notebook_node(notebook, resources={"static": static})
    return str(text)


def build(root: Path, notebooks: dict[Path, NotebookNode], out: Path) -> None:
    """Write the slides into ``out``/talk, and what they need into ``out``/_static.

    Raises:
        Failure: reveal.js is missing, or course/talk.yml names what there is not.
    """
    package = importlib.util.find_spec("sphinx_revealjs")
    if package is None or package.origin is None:
        raise Failure("the slides need the package sphinx-revealjs: pip install -e '.[site]'")
    for name, to in REVEAL.items():
        target = out / "_static" / "reveal" / to
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(Path(package.origin).parent / "_static" / "revealjs" / name, target)
    (out / "talk").mkdir(exist_ok=True)
    text = page(put_together(root, notebooks), "../_static/")
    (out / "talk" / "index.html").write_text(text, encoding="utf-8")
