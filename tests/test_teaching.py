"""What docs/teaching.md says of the routes is what the notebooks say."""

import re
from pathlib import Path

import expected
import minutes
import pytest

COURSE = sorted(minutes.COURSE.glob("*.ipynb"))
GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "teaching.md").read_text(encoding="utf-8")


def test_the_minutes_of_the_routes_are_those_of_the_notebooks():
    sections = [section for path in sorted(minutes.COURSE.glob("*.ipynb")) for section in minutes.sections(path)]
    core, both = (sum(s.minutes for s in sections if s.sign and s.sign in signs) for signs in ("★", "★☆"))
    found = [int(number) for number in re.findall(r"^\| .* \| about (\d+) \|$", GUIDE, flags=re.MULTILINE)]
    assert found == pytest.approx([core, both, sum(s.minutes for s in sections)], rel=0.1)


def test_the_sections_that_it_names_are_there():
    headings = {section.heading for path in minutes.COURSE.glob("*.ipynb") for section in minutes.sections(path)}
    assert set(re.findall(r"\*(\d · [^*]+)\*", GUIDE)) <= headings


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.name[:2])
def test_the_notes_for_a_notebook_have_what_a_lesson_needs(path):
    notes = (expected.NOTES / f"{path.name[:2]}.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", notes, flags=re.MULTILINE)
    parts = ["Plan", "On the board", "What goes wrong", "If they ask", "Ask at the end", "Minutes", "The predictions"]
    assert [heading.split(" (")[0] for heading in headings] == [*parts, "What the cells print"]
    assert expected.lists(path) in notes, "run python tools/expected.py --lists"
    assert notes.count("the bundled digits:") == notes.count("MNIST:\n") > 0
