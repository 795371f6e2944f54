"""Every slide of the lecture has its place: course/README.md says where, and what is on the slide is found there."""

import json
import re
from pathlib import Path

import nbformat
import pytest

COURSE = Path(__file__).parents[1] / "course"
SLIDES = 23
ROW = re.compile(r"^\| (\d*) *\| (.*?) *\| (.*?) *\| \[(\d\d): (.*)\]\((\S+\.ipynb)#(\S+)\) \|$")
CODE, FORMULA, QUOTE = re.compile(r"`([^`]+)`"), re.compile(r"\$([^$]+)\$"), re.compile(r'"([^"]+)"')


def rows():
    lines = (COURSE / "README.md").read_text(encoding="utf-8").splitlines()
    table = [line for line in lines if line.startswith("|")][2:]
    found = [ROW.match(line) for line in table]
    assert None not in found, table[found.index(None)]
    return [match.groups() for match in found]


def plain(text):
    """Without what differs between a slide and a quotation: line breaks, marks of emphasis and quotation."""
    return " ".join(re.sub(r"[*>\"'“”’‘\\]", "", text).split()).lower()


def section(path, heading):
    """A heading's cells, up to the next of its own rank or a higher one: texts and code."""
    found, rank = [], 0
    for cell in nbformat.read(path, as_version=4).cells:
        for part in (
            re.split(r"^(?=#+ )", cell.source, flags=re.MULTILINE) if cell.cell_type == "markdown" else [cell.source]
        ):
            match = re.match(r"(#+) (.*)", part) if cell.cell_type == "markdown" else None
            if match and rank and len(match[1]) <= rank:
                return "\n".join(found)
            if match and match[2] == heading:
                rank = len(match[1])
            if rank:
                found.append(part)
    return "\n".join(found)


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row[3]}-{row[4]}")
def test_what_is_on_a_slide_is_in_its_section(row):
    _, _, on_it, number, heading, file, anchor = row
    assert file.startswith(f"{number}_")
    assert anchor == heading.replace(" ", "-").replace("`", "")
    text = section(COURSE / file, heading)
    assert text, f"{file} has no heading {heading!r}"
    rest = on_it
    for pattern in (CODE, FORMULA, QUOTE):
        for phrase in pattern.findall(rest):
            assert plain(phrase) in plain(text), f"{phrase!r} is not in {heading!r}"
        rest = pattern.sub("", rest)


def test_no_slide_is_left_out():
    numbers = [int(number) for number, *_ in rows() if number]
    assert numbers == list(range(1, SLIDES + 1))


def test_every_notebook_mirrors_a_slide_or_says_that_it_goes_beyond_the_lecture():
    mirroring = {file for *_, file, _ in rows()}
    for path in COURSE.glob("*.ipynb"):
        beyond = "**Slides mirrored:** none" in nbformat.read(path, as_version=4).cells[0].source
        assert (path.name in mirroring) != beyond, path.name


def test_all_of_the_slides_schedulers_and_references_are_named():
    text = (COURSE / "README.md").read_text(encoding="utf-8")
    for name in (
        "StepLR", "MultiStepLR", "ExponentialLR", "ReduceLROnPlateau", "MultiplicativeLR", "CyclicLR", "OneCycleLR",
        "CosineAnnealingWarmRestarts", "Adagrad", "Adadelta", "RMSProp", "Adam",
    ):  # fmt: skip
        assert f"`{name}" in text, name
    assert re.findall(r"\| \[(\d)\]", text) == list("123456")


def test_times_are_the_measured_ones():
    times = json.loads((COURSE / "times.json").read_text(encoding="utf-8"))["seconds"]
    paths = sorted(COURSE.glob("*.ipynb"))
    assert list(times) == [path.stem for path in paths]
    for path in paths:
        title = nbformat.read(path, as_version=4).cells[0].source
        said = re.search(
            r"\*\*Time:\*\* \d+ minutes to read[^.]*; it runs (\d+) s on the bundled digits, (\d+) s on MNIST\.", title
        )
        assert said, f"{path.name} does not say how long it takes"
        assert [int(said[1]), int(said[2])] == [times[path.stem]["digits"], times[path.stem]["mnist"]], path.name
