"""Each goal that Python knows is one that the page can judge, under the same name."""

import pytest
from playwright.sync_api import Page
from support.every_explorer import EVERY

from lrlab import explorers

pytestmark = [pytest.mark.slow, pytest.mark.browser]

NAMES = """async (source) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { goals } = await import(url);
    return Object.keys(goals);
}"""


@pytest.mark.parametrize("name", sorted(set(explorers.__all__) - {"predict", "quiz"}))  # which have none
def test_page_and_python_know_the_same_goals(page: Page, name: str) -> None:
    explorer = EVERY[name]()
    assert page.evaluate(NAMES, explorer._esm) == list(explorer.traits()["goal"].rules[0].options)
