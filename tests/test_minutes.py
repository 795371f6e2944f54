"""The minutes below the headings are those of the rule, and the two routes fit their lectures."""

import subprocess
import sys
from pathlib import Path

import minutes
import nbformat
import pytest

COURSE = sorted((Path(__file__).resolve().parents[1] / "course").glob("*.ipynb"))
SECTIONS = {path: list(minutes.sections(path)) for path in COURSE}


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_minutes_are_those_of_the_rule(path):
    for section in SECTIONS[path]:
        assert section.written == section.minutes, f"{section.heading}: run `python tools/minutes.py --write`"
    total = sum(section.minutes for section in SECTIONS[path])
    assert f"**Time:** {total} minutes" in nbformat.read(path, as_version=4).cells[0].source


def test_the_routes_fill_their_lectures():
    every = [section for found in SECTIONS.values() for section in found]
    core = sum(section.minutes for section in every if section.sign == "★")
    both = core + sum(section.minutes for section in every if section.sign == "☆")
    assert 80 <= core <= 90
    assert 165 <= both <= 180


@pytest.mark.parametrize("route", ["★", "★☆"])
@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
def test_a_route_needs_no_cell_of_the_sections_that_it_skips(path, route):
    """Every name is defined where it is used, in the cells before the first heading and of the route's sections."""
    signs = {section.heading: section.sign for section in SECTIONS[path]}
    taught, code = True, []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            sign = signs.get(cell.source.splitlines()[0].removeprefix("## "))
            taught = bool(sign) and sign in route
        elif cell.cell_type == "code" and taught:
            code.append(cell.source)
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821", "--quiet", "-"]
    found = subprocess.run(ruff, input="\n".join(code), capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_each_lecture_notebook_has_a_part_in_the_longer_route():
    for path, found in SECTIONS.items():
        beside = path.name.startswith(("00", "09"))  # the way in; and what came after the lecture, to read at home
        assert beside or any(section.sign for section in found), path.name


def test_an_explorer_a_prediction_and_a_question_take_time(tmp_path):
    path = tmp_path / "made.ipynb"
    cells = [
        nbformat.v4.new_markdown_cell("# Title\n\n**Time:** 9 minutes"),
        nbformat.v4.new_markdown_cell("## One\n\n*★ 7 minutes*\n\n" + "word " * 128),
        nbformat.v4.new_code_cell('explorers.predict("01-sweep")'),
        nbformat.v4.new_code_cell("explorers.decay()"),
        nbformat.v4.new_markdown_cell("## Quiz\n\nChoose."),
        nbformat.v4.new_code_cell('explorers.quiz("00")'),
        nbformat.v4.new_markdown_cell("## Where to go next\n\n" + "word " * 500),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    one, quiz = minutes.sections(path)
    assert one == ("made", "One", "★", 4, 7)
    assert quiz == ("made", "Quiz", "", 5, None)
    minutes.write(path)
    written = nbformat.read(path, as_version=4).cells
    assert written[0].source.endswith("**Time:** 9 minutes")
    assert written[1].source.startswith("## One\n\n*★ 4 minutes*\n\nword")
    assert written[4].source.startswith("## Quiz\n\n*5 minutes*\n\nChoose.")
