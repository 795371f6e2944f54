"""Each goal that Python knows is one that the page can judge, under the same name; its levels are kept."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from support.bare_page import AGAIN, mount
from support.every_explorer import EVERY

from lrlab import explorers
from lrlab.explorers.shared.assets import bundle_js
from lrlab.landscapes import ManyMinima, Ravine
from lrlab.schedules import OneCycle, WarmupStableDecay

pytestmark = [pytest.mark.slow, pytest.mark.browser]

NAMES = """async (source) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { goals } = await import(url);
    return Object.keys(goals);
}"""


@pytest.mark.parametrize("name", sorted(set(explorers.__all__) - {"predict", "quiz"}))  # which have none
def test_page_and_python_know_the_same_goals(page: Page, name: str) -> None:
    explorer = EVERY[name]()
    assert page.evaluate(NAMES, bundle_js(f"{name}/view.js")) == list(explorer.traits()["goal"].rules[0].options)


def test_a_goal_has_levels_and_those_that_were_reached_are_kept(kept: Page, problems: list[str]) -> None:
    def begin(lr: float) -> None:
        mount(kept, explorers.descent(lr=lr, goal="converge"))

    name, met, on = kept.locator("[data-goal=name]"), kept.locator("[data-goal=met]"), kept.locator("[data-next]")
    begin(0.01)
    expect(name).to_have_text("Goal 1 of 3:")
    expect(on).to_be_hidden()
    kept.evaluate("window.model.set('lr', 0.9)")
    expect(met).to_have_text("Reached!")
    on.click()
    expect(name).to_have_text("Goal 2 of 3:")
    expect(met).to_have_text("Reached!")
    assert kept.evaluate("window.state.goal_met") is True
    begin(0.01)
    expect(name).to_have_text("Goal 3 of 3:")
    expect(kept.locator("[data-goal=text]")).to_have_text(
        re.compile(r"^On the bowl, .+\. The same in a single step\.$")
    )
    expect(met).to_have_text("")
    kept.evaluate("window.model.set('lr', 1)")  # straight to the minimum
    expect(met).to_have_text("Reached!")
    expect(on).to_be_hidden()
    assert problems == []


def test_a_goal_reached_with_one_schedule_is_open_with_another(kept: Page) -> None:
    """Notebooks 05 and 09 ask for the same with two schedules."""
    mount(kept, explorers.schedule(OneCycle(0.1, total_steps=100, pct_start=0.1), goal="warmup"))
    expect(kept.locator("[data-goal=met]")).to_have_text("Reached!")
    for schedule, level in (
        (WarmupStableDecay(0.1, warmup=1, stable=60, decay=30), 1),
        (OneCycle(0.1, total_steps=9), 2),
    ):
        mount(kept, explorers.schedule(schedule, steps=100, goal="warmup"))
        expect(kept.locator("[data-goal=name]")).to_have_text(f"Goal {level} of 2:")
        expect(kept.locator("[data-goal=text]")).to_contain_text("Start at a tenth of the highest")


def test_a_goal_is_that_of_the_schedule_which_the_notebook_gave(kept: Page) -> None:
    """Also where it is reached by another one, and seen in a new view, as of a cell's output."""
    mount(kept, explorers.schedule(OneCycle(0.1, total_steps=100), goal="tenth"))
    name = kept.locator("[data-goal=name]")
    expect(name).to_have_text("Goal 1 of 2:")
    values = {"lr": 0.1, "start_factor": 1, "end_factor": 0.1, "total_iters": 99}
    kept.evaluate("(schedule) => window.model.set('schedule', schedule)", {"name": "Linear", "values": values})
    expect(kept.locator("[data-goal=met]")).to_have_text("Reached!")
    kept.evaluate("window.unmount()")
    kept.evaluate("document.querySelector('.lrlab-schedule').remove()")
    kept.evaluate(AGAIN)
    expect(name).to_have_text("Goal 2 of 2:")
    mount(kept, explorers.schedule(OneCycle(0.1, total_steps=100), goal="tenth"))
    expect(name).to_have_text("Goal 2 of 2:")


HARDEST: dict[str, dict[str, Any]] = {
    "ravine": {"landscape": Ravine(), "lr": 0.0479, "momentum": 0.87, "nesterov": True},
    "hop": {
        "landscape": ManyMinima(),
        "schedule": "cosine warm restarts",
        "T_0": 20,
        "lr": 1.78,
        "noise": 0.3,
        "steps": 200,
    },
}


@pytest.mark.parametrize("goal", HARDEST)
def test_the_hardest_level_can_be_reached(kept: Page, goal: str) -> None:
    mount(kept, explorers.descent(goal=goal, **HARDEST[goal]))
    expect(kept.locator("[data-goal=name]")).to_have_text("Goal 1 of 3:")
    for _ in range(2):
        kept.locator("[data-next]").click()
    expect(kept.locator("[data-goal=name]")).to_have_text("Goal 3 of 3:")
    expect(kept.locator("[data-goal=met]")).to_have_text("Reached!")
