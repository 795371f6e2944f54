"""course/talk.yml: every slide of the lecture once, of cells and questions that there are, in 90 minutes."""

from __future__ import annotations

import json
import re
import threading

import pytest
import talk as server
from coursesite import talk
from support import REPO

SLIDES = talk.slides(REPO)
CELLS = {
    f"{path.name[:2]}/{cell['id']}"
    for path in (REPO / "course").glob("*.ipynb")
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
}


def test_each_slide_of_the_lecture_is_there_once_and_in_order() -> None:
    assert [slide["lecture"] for slide in SLIDES if "lecture" in slide] == list(range(1, 24))


def test_a_slide_shows_cells_and_questions_that_there_are() -> None:
    known = talk.asked(REPO)
    for slide in SLIDES:
        assert set(slide) <= {"title", "lecture", "points", "show", "ask", "notes"}
        assert "title" in slide or "ask" in slide
        assert {name.removeprefix("+") for name in slide.get("show", [])} <= CELLS
        assert slide.get("ask") is None or slide["ask"] in known
        assert all(isinstance(point, str) for point in slide.get("points", []))


def test_a_slide_shows_the_notebook_that_has_its_place() -> None:
    rows = re.findall(r"^\| (\d*) +\|.*\| \[(\d\d): ", (REPO / "course" / "README.md").read_text(), re.MULTILINE)
    places: dict[int, set[str]] = {}
    at = 0
    for number, notebook in rows:
        at = int(number or at)
        places.setdefault(at, set()).add(notebook)
    for slide in SLIDES:
        shown = {name.removeprefix("+")[:2] for name in slide.get("show", [])} or {slide.get("ask", "")[:2]} - {""}
        assert "lecture" not in slide or shown <= places[slide["lecture"]], slide["lecture"]


def test_the_speaker_has_notes_for_ninety_minutes() -> None:
    assert 80 <= sum(slide["notes"]["minutes"] for slide in SLIDES) <= 95
    assert {key for slide in SLIDES for key in slide["notes"]} == {"minutes", *talk.LABELS}


def test_the_speaker_has_something_to_say_to_every_slide() -> None:
    """Minutes alone are for questions, which have their answers; the first and the last slide need only a word."""
    first, *between, last = (slide["notes"] for slide in talk.slides(REPO) if "ask" not in slide)
    assert "say" in first
    assert "say" in last
    more = {"misconception", "asked", "board"}
    assert [notes for notes in between if "say" not in notes or not more & notes.keys()] == []
    assert all(notes.keys() <= {"minutes", "say", *more} for notes in (first, *between, last))
    assert sum("board" in notes for notes in between) >= 20


def test_formulas_are_mathml_and_code_is_code() -> None:
    page = talk.markdown("- $\\eta_0 d^n$ and `step()`")
    assert "<math" in page
    assert "<code>step()</code>" in page


BROWSERS = {  # what a browser does with its arguments, and what the command then says
    "fails": ("exit 3", "did not print the slides"),
    "prints nothing": ("exit 0", "did not print the slides"),
    "hangs": ("exec sleep 60", "did not print the slides within"),
}


@pytest.mark.parametrize("kind", BROWSERS)
@pytest.mark.slow
def test_slides_that_are_not_printed_end_in_a_sentence(kind, tmp_path, monkeypatch, capsys):
    does, words = BROWSERS[kind]
    browser, file = tmp_path / "browser", tmp_path / "talk.pdf"
    browser.write_text(f"#!/bin/sh\n{does}\n")
    browser.chmod(0o755)
    file.write_text("of last week")
    monkeypatch.setattr(server.build_site, "main", lambda _: 0)
    monkeypatch.setattr(server.find_browser, "find", lambda: str(browser))
    monkeypatch.setattr(server.paper, "PRINTING", 0.2 if kind == "hangs" else 20)
    threads = threading.active_count()
    assert server.main(["--pdf", str(file)]) == 1
    said = capsys.readouterr()
    assert words in said.err
    assert "Printed" not in said.out
    assert not file.exists()
    assert threading.active_count() == threads, "the server has stopped"
