"""Lay out what Sphinx reads, and have it build the pages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import find_browser
import nbformat

from coursesite import api, cards, explorers, figures, gallery, sheets, talk, weight
from coursesite.run import Failure, chosen, run_all
from lrlab.explorers import playground, schedule
from lrlab.schedules import Cosine

LINK = re.compile(r"(?<!\\)\]\((?P<target>[\w./-]+\.(?:ipynb|md|py|txt|yml|png|svg|jpg|webp))\)")
NOTE = """```{note}
You are reading the published course. Explorers and quizzes work on this page. Where the text asks you to run a cell,
read on: it has been run, and what it shows is below it. To run and change cells yourself, get the course on
[your own computer](../docs/students.md).
```"""
MADE = {
    "playground": playground,
    "workbench": lambda: playground(seeds=4, show=("schedule", "network")),
    "gallery": lambda: schedule(Cosine(0.1, T_max=99)),
}
GUIDES = ("students", "teaching", "instructors", "learning-platforms", "jupyterhub", "cluster", "library")  # of docs/
WITH_EXPLORERS = ("index.md", "playground.md", "gallery.md")
PICTURES = {".png", ".svg", ".jpg", ".webp"}


def build(root: Path, out: Path, *, only: list[str] | None = None, work: Path | None = None) -> int:
    """Run the notebooks of ``root``/course and build the site into ``out``; how many notebooks there are in it.

    ``only``: the names or first letters of the notebooks to take, default all. ``work``: where executed notebooks are
    kept from one build to the next, default beside ``out``. ``Failure`` says what could not be run or built.
    """
    work = work or out.with_name(f"{out.name}-work")
    notebooks = run_all(chosen(root, only), root, work / "executed")
    build_pages(root, out, notebooks, work)
    return len(notebooks)


def build_pages(root: Path, out: Path, notebooks: dict[Path, nbformat.NotebookNode], work: Path) -> None:
    """Build ``notebooks``, which have been executed, and the pages of docs/site around them."""
    source, fresh = work / "source", out.with_name(f"{out.name}.new")
    for folder in (source, fresh):
        shutil.rmtree(folder, ignore_errors=True)
    lay_out(root, source, notebooks)
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going", "-j", "auto"]
    command += ["-d", str(work / "doctrees"), str(source), str(fresh)]
    tools = str(Path(__file__).resolve().parent.parent)
    if subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": tools}).returncode:
        raise Failure(f"Sphinx could not build the pages: see its warnings above; what it read is in {source}")
    for path in notebooks:  # to download: as they are in the repository, without outputs
        shutil.copy(path, fresh / "_sources" / "course" / path.name)
    for map_ in fresh.rglob("*.map"):  # for those who debug the theme
        map_.unlink()
    sheets.build(root, fresh, find_browser.find())
    if set(chosen(root, None)) <= set(notebooks) and (root / "course" / "talk.yml").exists():
        talk.build(root, notebooks, fresh)  # it shows cells of all notebooks
    weight.slim(fresh)
    shutil.rmtree(out, ignore_errors=True)
    fresh.rename(out)  # so that a site that is being looked at never lacks half of its pages for long


def lay_out(root: Path, source: Path, notebooks: dict[Path, nbformat.NotebookNode]) -> None:
    """Write into ``source`` what the site is made of, with the paths of the repository, so that all links hold."""
    shutil.copytree(root / "docs" / "site", source, ignore=shutil.ignore_patterns("__pycache__"))
    (source / "course").mkdir()
    home = source / "index.md"
    home.write_text(cards.cards(home.read_text(encoding="utf-8"), notebooks, source / "_static"), encoding="utf-8")
    pages = set(notebooks)
    api.lay_out(source, notebooks)
    for path, notebook in notebooks.items():
        # Cells for where nothing runs, such as pictures of the explorers; MyST-NB leaves them out by the same tag.
        notebook.cells = [cell for cell in notebook.cells if "remove-cell" not in cell.metadata.get("tags", [])]
        explorers.publish(notebook, source / "_static", up="../")
        figures.publish(notebook, source / "_static", up="../")
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = linked(cell.source, path.parent, root, source, pages)
        notebook.cells.insert(1, nbformat.v4.new_markdown_cell(NOTE, id="published"))
        nbformat.write(notebook, source / "course" / path.name)
    for page in WITH_EXPLORERS:
        text = gallery.put((source / page).read_text(encoding="utf-8"), root, {path.stem for path in notebooks})
        (source / page).write_text(explorers.put(text, MADE, source / "_static", up=""), encoding="utf-8")
    guides = [root / "docs" / f"{name}.md" for name in GUIDES]
    notes = sorted((root / "docs" / "teaching").glob("*.md"))
    (source / "docs" / "teaching").mkdir(parents=True)
    for guide in (*guides, *notes):
        text = linked(guide.read_text(encoding="utf-8"), guide.parent, root, source, {*pages, *guides, *notes})
        hidden = "---\norphan: true\n---\n\n" if guide in notes else ""  # docs/teaching.md leads to them
        (source / guide.relative_to(root)).write_text(hidden + text, encoding="utf-8")


def linked(text: str, folder: Path, root: Path, source: Path, pages: set[Path]) -> str:
    """``text`` with its links to files that are no ``pages`` of the site, and its pictures, led to copies of them.

    Links that lead nowhere stay as they are: Sphinx names them.
    """

    def download(link: re.Match[str]) -> str:
        path = (folder / link["target"]).resolve()
        if path in pages or not path.is_file() or not path.is_relative_to(root):
            return link[0]
        name = Path("files") / path.relative_to(root)
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, source / name)
        return f"]({'' if path.suffix in PICTURES else 'path:'}/{name.as_posix()})"

    return LINK.sub(download, text)
