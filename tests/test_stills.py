"""The explorers' still pictures: each explorer cell has one before it, and it is what that explorer draws."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import stills
from nbformat.v4 import new_code_cell, new_markdown_cell

from lrlab import explorers
from lrlab.explorers import descent
from lrlab.landscapes import Bowl

REPO = Path(__file__).resolve().parent.parent
IMAGES = REPO / "course" / "images"
CELLS = [
    pytest.param(path, at, id=stills.name_of(path, cell).removesuffix(".svg"))
    for path in sorted((REPO / "course").glob("*.ipynb"))
    for at, cell in enumerate(nbformat.read(path, as_version=4).cells)
    if stills.explorer_of(cell)
]
IMAGE = re.compile(r"!\[(?P<alt>(?:\\.|[^\]\\])+)\]\(images/(?P<name>[\w-]+\.svg)\)")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def cells_of(path: Path) -> list[Any]:
    return nbformat.read(path, as_version=4).cells


def shown(path: Path, at: int) -> re.Match[str]:
    """The picture in the cell before an explorer cell."""
    before = cells_of(path)[at - 1]
    found = IMAGE.search(before.source)
    assert before.cell_type == "markdown", "run `make stills`"
    assert found, f"no picture before {cells_of(path)[at].id}: run `make stills`"
    return found


def parts(svg: str) -> tuple[str, list[float]]:
    """The text of a picture without its numbers, and the numbers; without what libraries and processors decide."""
    svg = re.sub(r"<metadata>.*?</metadata>|data:image/png;base64,[^\"]*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"(id=\"|#)[a-z]\w*", r"\1", svg)  # made of digits that may differ in the last place
    return NUMBER.sub("0", svg), [float(number) for number in NUMBER.findall(svg)]


def library(svg: str) -> str:
    found = re.search(r"Matplotlib v[\d.]+", svg)
    assert found
    return found[0]


def test_every_explorer_of_every_notebook_is_found() -> None:
    assert len(CELLS) >= 14
    assert len({param.values[0] for param in CELLS}) == 10
    kinds = [stills.explorer_of(cells_of(param.values[0])[param.values[1]]) for param in CELLS]
    assert set(kinds) == set(explorers.__all__) - {"predict", "quiz"}, "no explorer is left out of the course"
    assert kinds[0] == "descent", "one ball and one slider come first"
    assert stills.explorer_of(new_code_cell("w = explorers.decay()\nw")) == "decay"
    assert stills.explorer_of(new_markdown_cell("explorers.decay()")) is None
    assert stills.explorer_of(new_code_cell("from lrlab import explorers")) is None


@pytest.mark.parametrize(("path", "at"), CELLS)
def test_a_picture_stands_before_every_explorer(path: Path, at: int) -> None:
    cells, picture = cells_of(path), shown(path, at)
    assert picture["name"] == stills.name_of(path, cells[at])
    assert len(picture["alt"]) > 40
    assert cells[at - 1].source.startswith(
        f'<details class="{stills.CLASS}" open><summary>{stills.SUMMARY}</summary>\n\n!['
    ), "open"
    assert cells[at - 1].source.endswith(")\n\n</details>")
    assert stills.TAG in cells[at - 1].metadata.tags, "the published course has the explorer itself"
    file = IMAGES / picture["name"]
    assert 1_000 < file.stat().st_size < 60_000
    root = ET.parse(file).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "script" not in {element.tag.rpartition("}")[2] for element in root.iter()}
    ground = next(element for element in root.iter() if element.get("id") == "patch_1")
    assert "fill: none" in str(ET.tostring(ground)), "no ground: it is seen on light and on dark pages"
    assert "fill:#767676}" in file.read_text(encoding="utf-8"), "words of a grey for both"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "at"),
    [param for param in CELLS if stills.explorer_of(cells_of(param.values[0])[param.values[1]]) not in stills.COMPUTED],
)
def test_the_picture_is_what_the_explorer_draws(path: Path, at: int) -> None:
    cells, kept = cells_of(path), (IMAGES / shown(path, at)["name"]).read_text(encoding="utf-8")
    still = stills.drawn(cells, at)
    assert cells[at - 1].source == "".join(stills.fold(stills.name_of(path, cells[at]), still.alt)), "run `make stills`"
    if library(still.svg) != library(kept):
        pytest.skip(f"the picture was drawn by {library(kept)}, and this is {library(still.svg)}")
    text, numbers = parts(still.svg)
    kept_text, kept_numbers = parts(kept)
    assert text == kept_text, "run `make stills`"
    np.testing.assert_allclose(numbers, kept_numbers, atol=0.05, err_msg="run `make stills`")


def test_no_picture_is_left_over() -> None:
    wanted = {stills.name_of(param.values[0], cells_of(param.values[0])[param.values[1]]) for param in CELLS}
    assert {file.name for file in IMAGES.iterdir()} == wanted


@pytest.mark.slow
def test_a_notebook_gets_its_pictures_once_and_keeps_the_rest(tmp_path: Path) -> None:
    source = "how = {'lr': 0.2}\nexplorers.descent(landscapes.Bowl(), **how)"
    cells = [new_code_cell("import nothing_there\nfrom lrlab import explorers, landscapes"), new_code_cell(source)]
    path = tmp_path / "made.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    stills.make(path, tmp_path)
    first = path.read_bytes()
    assert stills.make(path, tmp_path) == [f"made_{cells[1].id}.svg"]
    assert path.read_bytes() == first, "a second time changes nothing"
    after = json.loads(first)["cells"]
    assert [cell["id"] for cell in after] == [cells[0].id, f"{cells[1].id}-still", cells[1].id]
    before = (tmp_path / f"made_{cells[1].id}.svg").read_text(encoding="utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("'lr': 0.2", "'lr': 0.3"), encoding="utf-8")
    stills.make(path, tmp_path)
    assert parts((tmp_path / f"made_{cells[1].id}.svg").read_text(encoding="utf-8"))[1] != parts(before)[1]


@pytest.mark.slow
def test_a_lighter_picture_says_the_same() -> None:
    svg = descent(Bowl(), lr=0.0123)._repr_mimebundle_()[0]["image/svg+xml"]
    light = stills.light(svg.replace(">constant<", ">rate 0.000123<"))
    assert len(light) < 0.8 * len(svg)
    assert "0.000123" in light, "labels keep their digits"
    before, after = (ET.fromstring(text) for text in (svg, light))
    assert [element.tag for element in before.iter()] == [element.tag for element in after.iter()]


def test_brackets_in_a_text_do_not_end_it() -> None:
    text = "".join(stills.fold("a.svg", "a [b](c) of\nT_max"))
    found = IMAGE.search(text)
    assert found
    assert re.sub(r"\\(.)", r"\1", found["alt"]) == "a [b](c) of T_max"


def test_a_notebook_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert stills.main(["--only", "99"]) == 1
    assert "got '99'" in capsys.readouterr().err
