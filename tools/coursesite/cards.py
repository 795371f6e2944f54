"""The cards of the site's home: of each notebook its picture, what one learns in it, and its minutes."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

MARK = "<!-- cards -->"
PICTURE = re.compile(r"!\[(?P<alt>[^\]]*(?:\\\][^\]]*)*)\]\((?P<file>images/[\w.-]+\.svg)\)")
TIME = re.compile(r"\*\*Time:\*\* (\d+ minutes)")
ROW = r"^\| [^|]*\*\*{number} [^|]*\| (?P<what>[^|]+) \|"


def cards(text: str, notebooks: Mapping[Path, NotebookNode], static: Path) -> str:
    """``text`` of the home page, the mark replaced by a list of cards; their pictures go into ``static``."""
    if MARK not in text:
        return text
    every = sorted(notebooks.items())
    map_ = "\n".join(cell.source for path, notebook in every if path.name.startswith("00") for cell in notebook.cells)
    made = "".join(_card(path, notebook, map_, static) for path, notebook in every)
    return text.replace(MARK, f'<ol class="lrlab-cards">{made}</ol>')


def _card(path: Path, notebook: NotebookNode, map_: str, static: Path) -> str:
    words = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    title = next((line.removeprefix("# ") for text in words for line in text.splitlines() if line.startswith("# ")), "")
    number, _, rest = path.stem.partition("_")
    what = re.search(ROW.format(number=number), map_, re.MULTILINE)
    minutes = next(filter(None, map(TIME.search, words)), None)
    picture = next(filter(None, map(PICTURE.search, words)), None)
    image = ""
    if picture and (path.parent / picture["file"]).is_file():
        name = Path(picture["file"]).name
        (static / "figures").mkdir(parents=True, exist_ok=True)
        shutil.copy(path.parent / picture["file"], static / "figures" / name)
        image = f'<img src="_static/figures/{name}" alt="" loading="lazy">'  # the words beside it say it all
    lines = [
        f"<b>{html.escape(_plain(title or rest.replace('_', ' ')))}</b>",
        f"<span>{html.escape(_plain(what['what']))}.</span>" if what else "",
        f"<small>{minutes[1]}</small>" if minutes else "",
    ]
    return f'<li><a href="course/{path.stem}.html">{image}{"".join(lines)}</a></li>'


def _plain(text: str) -> str:
    """Without the marks of code and emphasis, with a capital first letter."""
    words = re.sub(r"[`*]", "", text).strip()
    return words[:1].upper() + words[1:]
