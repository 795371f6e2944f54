"""What docs/teaching.md says of the routes is what the notebooks say."""

import re
from pathlib import Path

import minutes
import pytest

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "teaching.md").read_text(encoding="utf-8")


def test_the_minutes_of_the_routes_are_those_of_the_notebooks():
    sections = [section for path in sorted(minutes.COURSE.glob("*.ipynb")) for section in minutes.sections(path)]
    core, both = (sum(s.minutes for s in sections if s.sign and s.sign in signs) for signs in ("★", "★☆"))
    found = [int(number) for number in re.findall(r"^\| .* \| about (\d+) \|$", GUIDE, flags=re.MULTILINE)]
    assert found == pytest.approx([core, both, sum(s.minutes for s in sections)], rel=0.1)


def test_the_sections_that_it_names_are_there():
    headings = {section.heading for path in minutes.COURSE.glob("*.ipynb") for section in minutes.sections(path)}
    assert set(re.findall(r"\*(\d · [^*]+)\*", GUIDE)) <= headings
