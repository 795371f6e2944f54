"""The pictures of README.md and docs/students.md show the explorers as they are today, in light and in dark."""

from __future__ import annotations

import re

import explorer_pictures as pictures
import pytest
from PIL import Image
from playwright.sync_api import Page
from support import REPO

pytestmark = [pytest.mark.slow, pytest.mark.browser]
DRAWN = [(name, theme) for name, themes in pictures.THEMES.items() for theme in themes]


def test_every_picture_is_there_and_shown() -> None:
    texts = [(REPO / name).read_text(encoding="utf-8") for name in ("README.md", "docs/students.md")]
    shown = {name for text in texts for name in re.findall(r"([\w-]+)\.png", text)}
    assert {pictures.path_of(*drawn).stem for drawn in DRAWN} == shown
    for drawn in DRAWN:
        with Image.open(pictures.path_of(*drawn)) as picture:
            assert (sum(picture.convert("RGB").getpixel((2, 2))) > 382) == (drawn[1] == "light")


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_a_picture_is_of_today(page: Page, name: str) -> None:
    page.set_viewport_size({"width": pictures.WIDTH + 16, "height": 1000})
    explorer = pictures.PICTURES[name]()
    for theme in pictures.THEMES[name]:
        with Image.open(pictures.path_of(name, theme)) as picture:
            before = picture.info.get("shown", "")
        assert pictures.of_any_run(before).splitlines() == pictures.show(page, explorer, theme).splitlines(), (
            "run `python tools/explorer_pictures.py`, look at the pictures, and commit them"
        )
