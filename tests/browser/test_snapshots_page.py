"""The snapshot explorer in a page without a kernel: keys and drags change who is in the ensemble and what follows."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from support.bare_page import mount, move
from support.made_snapshots import IMAGES, ensemble

from lrlab import explorers
from lrlab.data import Dataset
from lrlab.experiments.ensembles import Snapshots, ensemble_probabilities

pytestmark = [pytest.mark.slow, pytest.mark.browser]

RESULT, DATA = ensemble()


@pytest.fixture(autouse=True)
def no_problems(problems: list[str]) -> Any:
    """Whatever a test does, the page's console complains about nothing."""
    yield
    assert problems == []


def show(page: Page, result: Snapshots = RESULT, data: Dataset = DATA, **values: Any) -> Locator:
    mount(page, explorers.snapshots(result, data, **values))
    explorer = page.locator(".lrlab-snapshots")
    expect(explorer.locator("[data-line=growing]")).to_be_attached()
    return explorer


def chosen(page: Page) -> list[int]:
    return list(page.evaluate("window.state.chosen"))


def together(numbers: list[int], result: Snapshots = RESULT) -> Any:
    return ensemble_probabilities(result.probabilities[0][[k - 1 for k in numbers]])


def mistakes(numbers: list[int]) -> int:
    return int((together(numbers).argmax(axis=1) != RESULT.labels).sum())


def row(explorer: Locator, name: str) -> str:
    return re.sub(r"\s+", " ", explorer.locator(f"[data-row={name}]").inner_text()).strip()


def heights(explorer: Locator, line: str) -> list[float]:
    """The heights of a line's points, in pixels from the top of the picture."""
    d = explorer.locator(f"path[data-line={line}]").get_attribute("d") or ""
    return [float(point.split()[1]) for point in d[1:].split("L")]


def test_arrow_keys_on_the_slider_grow_the_ensemble_from_the_last_snapshot_back(page: Page) -> None:
    explorer = show(page)
    slider = explorer.get_by_role("slider", name="how many, from the last one back")
    expect(slider).to_have_attribute("aria-valuetext", "all 4")
    slider.focus()
    for numbers, words in (([2, 3, 4], "the last 3"), ([3, 4], "the last 2"), ([4], "the last")):
        before = explorer.locator("[data-line=choice]").get_attribute("d")
        page.keyboard.press("ArrowLeft")
        expect(slider).to_have_attribute("aria-valuetext", words)
        expect(slider).to_be_focused()
        assert chosen(page) == numbers
        wrong = mistakes(numbers)
        assert f"{wrong} of {IMAGES} {100 * wrong / IMAGES:.3g} %" in row(explorer, "choice")
        assert explorer.locator("[data-line=choice]").get_attribute("d") != before
        assert explorer.locator(".taken.in").count() == len(numbers)
    page.keyboard.press("ArrowLeft")
    assert chosen(page) == [4], "one is the least"
    page.keyboard.press("End")
    assert chosen(page) == [1, 2, 3, 4]


def test_space_leaves_single_snapshots_out_and_one_always_stays(page: Page) -> None:
    explorer = show(page)
    for k in (4, 2):
        box = explorer.get_by_role("checkbox", name=f"snapshot {k}")
        box.focus()
        page.keyboard.press("Space")
        expect(box).not_to_be_checked()
    assert chosen(page) == [1, 3]
    expect(explorer.locator("[data-last]")).to_have_text("2, your own choice")
    assert f"{mistakes([1, 3])} of {IMAGES}" in row(explorer, "choice")
    pair = RESULT.disagreement[0][0, 2]
    expect(explorer.locator("[data-diversity]")).to_have_text(
        f"Two of the chosen differ on {100 * pair:.3g} % of the validation images."
    )
    marked = explorer.locator(".differ td.in").evaluate_all("(all) => all.map((cell) => cell.dataset.pair)")
    assert marked == ["1 3", "3 1"]
    explorer.get_by_role("checkbox", name="snapshot 1").uncheck()
    last = explorer.get_by_role("checkbox", name="snapshot 3")
    last.click()
    expect(last).to_be_checked()
    assert chosen(page) == [3]


def test_a_drag_over_the_picture_chooses_from_there_on(page: Page) -> None:
    explorer = show(page, chosen=[1])
    box = explorer.locator(".plot").bounding_box()
    assert box is not None
    ends = [box["x"] + 52 + (box["width"] - 68) * k / 4 for k in (1, 2, 3, 4)]
    middle = box["y"] + box["height"] / 2
    page.mouse.move(ends[3] - 4, middle)
    assert chosen(page) == [1], "only a pressed pointer chooses"
    page.mouse.down()
    assert chosen(page) == [4]
    page.mouse.move(ends[1] + 5, middle)
    assert chosen(page) == [2, 3, 4]
    page.mouse.move(ends[0] - 30, middle + 60)
    assert chosen(page) == [1, 2, 3, 4]
    page.mouse.up()
    page.mouse.move(ends[3], middle)
    assert chosen(page) == [1, 2, 3, 4]


def test_the_picture_shows_the_errors_of_the_result(page: Page) -> None:
    explorer = show(page, chosen=[2, 3])
    own, growing = heights(explorer, "own"), heights(explorer, "growing")
    # Heights fall in proportion to errors, on an axis around them all.
    level = explorer.locator("[data-line=single]").get_attribute("d") or ""
    errors = [*RESULT.errors[0], *RESULT.ensemble_errors[0, ::-1], RESULT.single_errors[0]]
    there = np.array([*own, *growing, float(level.split()[1].split("L")[0])])
    slope, start = np.polyfit(errors, there, 1)
    assert slope < 0
    np.testing.assert_allclose(there, start + slope * np.array(errors), atol=0.2)
    assert np.ptp(there) > 60
    assert heights(explorer, "own-rate")[0] < heights(explorer, "own-rate")[-1]


def test_the_digits_are_the_validation_images_and_the_answers_the_snapshots_own(page: Page) -> None:
    explorer = show(page, chosen=[1, 2, 4])
    found = RESULT.disputed(0)
    assert explorer.locator(".tile").count() == 24
    for place in (0, 5, 23):
        pixels = (
            explorer.locator(".tile img")
            .nth(place)
            .evaluate(
                """(image) => {
                    const pen = document.createElement("canvas").getContext("2d");
                    pen.drawImage(image, 0, 0);
                    return Array.from(pen.getImageData(0, 0, 28, 28).data);
                }"""
            )
        )
        ink = DATA.val_images[int(found.index[place]), 0].numpy()
        np.testing.assert_array_equal(np.reshape(pixels, (28, 28, 4))[..., 0], 255 - np.rint(255 * ink))
    answers = together([1, 2, 4]).argmax(axis=1)
    for place in range(24):
        index, label = found.index[place], found.label[place]
        good = "✓ right" if answers[index] == label else "✗ wrong"
        expect(explorer.locator(".tile").nth(place)).to_have_text(re.compile(rf"^\s*{label}: {good}$"))
    radio = explorer.get_by_role("radio").first
    radio.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    index, label = int(found.index[2]), found.label[2]
    assert page.evaluate("window.state.digit") == index
    caption = explorer.locator(".says caption")
    expect(caption).to_have_text(f"validation image {index}: it is a {label}")
    for k in range(1, 5):
        given = RESULT.probabilities[0, k - 1, index]
        cells = explorer.locator(f"[data-who='{k}']").locator("th, td").all_inner_texts()
        assert cells[0] == (f"snapshot {k}" if k != 3 else "snapshot 3 · left out")
        assert cells[1] == f"{given.argmax()} {'✓ right' if given.argmax() == label else '✗ wrong'}"
        assert cells[2:4] == [f"{given.max():.2f}", f"{given[label]:.2f}"]
    cells = explorer.locator("[data-who=together]").locator("th, td").all_inner_texts()
    assert cells[1][0] == str(answers[index])
    expect(explorer.get_by_role("img", name=f"validation image {index}: a {label}")).to_be_visible()


def test_the_smallest_winning_ensemble_is_recognised(page: Page) -> None:
    explorer = show(page, goal="beat", chosen=[1, 2, 3, 4])
    single = round(IMAGES * RESULT.single_errors[0])
    winners = [trio for trio in ([1, 2, 3], [1, 2, 4], [1, 3, 4], [2, 3, 4]) if mistakes(trio) < single]
    assert winners
    assert mistakes([1, 2, 3, 4]) < single
    now, reached = explorer.locator("[data-goal=now]"), explorer.locator("[data-goal=met]")
    expect(now).to_have_text(re.compile(r"Fewer can do it too\.$"))
    expect(reached).to_have_text("")
    for k in range(1, 5):
        if k not in winners[0]:
            explorer.get_by_role("checkbox", name=f"snapshot {k}").uncheck()
    expect(reached).to_have_text("Reached!")
    assert page.evaluate("window.state.goal_met") is True
    expect(now).to_have_text(f"3 snapshots make {mistakes(winners[0])}, the single model {single}.")
    expect(explorer.locator(".verdict")).to_have_text(re.compile("^✓ your choice: better than the single model, by"))
    explorer.get_by_role("checkbox", name=f"snapshot {winners[0][0]}").uncheck()
    expect(reached).to_have_text("")
    assert page.evaluate("window.state.goal_met") is False


def test_a_minority_that_is_right_together_is_recognised(page: Page) -> None:
    explorer = show(page, goal="against")
    found = RESULT.disputed(0)
    answers, shown = together([1, 2, 3, 4]).argmax(axis=1), found.index[:24]
    wrong = (found.answers[:24] != found.label[:24, None]).sum(axis=1)
    good = (answers[shown] == found.label[:24]) & (wrong > 2)
    assert good.any()
    assert not good.all()
    reached = explorer.locator("[data-goal=met]")
    for place in (int(np.flatnonzero(~good)[0]), int(good.argmax())):
        explorer.locator(".tile").nth(place).click()
        expect(reached).to_have_text("Reached!" if good[place] else "")
        assert page.evaluate("window.state.goal_met") is bool(good[place])
    expect(explorer.locator("[data-goal=now]")).to_have_text("3 of the 4 chosen are wrong here; together: right.")


def test_after_a_goal_come_the_next_ones_that_the_run_has(kept: Page) -> None:
    explorer = show(kept, goal="beat")
    name, text, on = (explorer.locator(f"[data-{which}]") for which in ("goal=name", "goal=text", "next"))
    expect(name).to_have_text("Goal 1 of 3:")
    single = round(IMAGES * RESULT.single_errors[0])
    winner = next(trio for trio in ([1, 2, 3], [1, 2, 4], [1, 3, 4], [2, 3, 4]) if mistakes(trio) < single)
    kept.evaluate("(some) => window.model.set('chosen', some)", winner)
    on.click()
    expect(name).to_have_text("Goal 2 of 3:")
    expect(text).to_contain_text("the fewest mistakes of all")
    assert kept.evaluate("window.state.goal_met") is True, "Python knows of the first"
    explorer = show(kept, SAME, goal="fewest")
    expect(explorer.locator("[data-goal=name]")).to_have_text("Goal:")


SAME = replace(RESULT, probabilities=np.repeat(RESULT.probabilities[:, :1], 4, axis=1))
GONE = replace(RESULT, single_probabilities=np.full_like(RESULT.single_probabilities, np.nan))


GOOD = ensemble(single=9.0)[0]


@pytest.mark.parametrize(
    ("goal", "result", "reason"),
    [
        ("fewest", RESULT, ""),
        ("fewest", SAME, ""),
        ("beat", GOOD, "No ensemble of this run has fewer mistakes than the single model. "),
        ("beat", GONE, "No ensemble of this run has fewer mistakes than the single model. "),
        ("against", SAME, "No digit of this run is right together and wrong for most. "),
    ],
)
def test_every_run_has_an_ensemble_that_reaches_the_goal(page: Page, goal: str, result: Snapshots, reason: str) -> None:
    """Those with which `beat` or `against` is in reach are above; without it, they ask for what every run has."""
    explorer = show(page, result, goal=goal)
    words = f"{reason}Find the smallest ensemble, two snapshots or more, that makes the fewest mistakes of all."
    expect(explorer.locator("[data-goal=text]")).to_have_text(words)
    several = [list(some) for size in (2, 3, 4) for some in combinations((1, 2, 3, 4), size)]
    wrong = [int((together(some, result).argmax(axis=1) != result.labels).sum()) for some in several]
    least, best = min(wrong), several[int(np.argmin(wrong))]  # the first of them, so the smallest
    reached, now = explorer.locator("[data-goal=met]"), explorer.locator("[data-goal=now]")
    expect(now).to_have_text("One snapshot is no ensemble yet.")
    page.evaluate("(some) => window.model.set('chosen', some)", [1, 2, 3, 4])
    more = "Fewer snapshots can do it too." if wrong[-1] == least else f"The fewest of any ensemble: {least}."
    expect(now).to_contain_text(more)
    expect(reached).to_have_text("")
    page.evaluate("(some) => window.model.set('chosen', some)", best)
    expect(reached).to_have_text("Reached!")
    expect(now).to_have_text(f"These {len(best)} get {least} of {IMAGES} wrong.")


def test_snapshots_that_agree_on_every_digit_show_none(page: Page) -> None:
    explorer = show(page, SAME)
    expect(explorer.locator(".count")).to_have_text("The snapshots agree on every validation image.")
    expect(explorer.locator(".digits")).to_be_hidden()
    move(explorer.get_by_role("slider"), 2)
    assert chosen(page) == [3, 4]


def test_a_single_model_that_diverged_is_no_line_and_nothing_to_beat(page: Page) -> None:
    explorer = show(page, GONE, goal="beat")
    expect(explorer.locator("[data-line=single]")).to_have_count(0)
    expect(explorer.locator(".verdict")).to_contain_text("The single model diverged")
    assert "diverged" in row(explorer, "single")


def test_python_moves_the_page_also_to_another_run(page: Page) -> None:
    explorer = show(page)
    page.evaluate("window.model.set('chosen', [2])")
    expect(explorer.get_by_role("checkbox", name="snapshot 2")).to_be_checked()
    expect(explorer.get_by_role("checkbox", name="snapshot 4")).not_to_be_checked()
    other = explorers.snapshots(RESULT, DATA, seed=2)
    page.evaluate(
        "([run, digit]) => { window.model.set('_run', run); window.model.set('digit', digit); }",
        [other._run, other.digit],
    )
    wrong = round(IMAGES * RESULT.single_errors[1])
    expect(explorer.locator("[data-row=single]")).to_contain_text(f"{wrong} of {IMAGES}")
    expect(explorer.locator(".says caption")).to_have_text(
        f"validation image {other.digit}: it is a {RESULT.labels[other.digit]}"
    )


def test_what_changed_is_spoken_once_the_hand_rests(page: Page) -> None:
    explorer = show(page)
    spoken = explorer.locator("[aria-live=polite]")
    expect(spoken).to_have_text("")
    move(explorer.get_by_role("slider"), 2)
    expect(spoken).to_have_text(re.compile(r"^Snapshots 3 and 4 together: [\d.]+ % wrong; .* single model"))


# Where the slider and the digits are, with each number of snapshots.
PLACES = """async (explorer, cycles) => {
    const where = [], slider = explorer.querySelector("input[data-many]"), tiles = explorer.querySelector(".tiles");
    for (let many = 1; many <= cycles; many++) {
        slider.value = many;
        slider.dispatchEvent(new Event("input"));
        await new Promise(requestAnimationFrame);
        where.push([slider, tiles].map((one) => Math.round(one.getBoundingClientRect().y)));
    }
    return where;
}"""


def test_nothing_jumps_and_nothing_is_cut_off_at_any_width(page: Page) -> None:
    wide, data = ensemble(cycles=10)
    for width in (360, 480, 600, 740, 920):
        page.set_viewport_size({"width": width, "height": 900})
        for result, images in ((RESULT, DATA), (wide, data)):
            explorer = show(page, result, images, goal="beat")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            where = explorer.evaluate(PLACES, result.schedule.cycles)
            assert len(where) == result.schedule.cycles
            assert len(set(map(tuple, where))) == 1, (width, where)
            cut = explorer.locator(".plot").evaluate(
                """(svg) => {
                    const frame = svg.getBoundingClientRect();
                    return [...svg.querySelectorAll("text")].filter((text) => {
                        const { left, right } = text.getBoundingClientRect();
                        return left < frame.left - 1 || right > frame.right + 1;
                    }).map((text) => text.textContent);
                }"""
            )
            assert cut == [], (width, cut)
            narrow = explorer.locator("table").evaluate_all(
                """(all) => all.filter((one) => one.scrollWidth > one.parentElement.clientWidth + 1)
                    .map((one) => one.caption.innerText)"""
            )
            assert narrow == [], width


def test_every_control_is_reached_by_the_tabulator_and_shows_its_focus(page: Page) -> None:
    explorer = show(page)
    found = []
    page.locator("body").click(position={"x": 1, "y": 1})
    for _ in range(7):
        page.keyboard.press("Tab")
        found.append(
            page.evaluate(
                """() => {
                    const one = document.activeElement, shown = one.closest(".tile") ?? one;
                    const { outlineStyle, outlineWidth } = getComputedStyle(shown);
                    return [one.getAttribute("aria-label") ?? one.labels[0].textContent.trim(),
                        outlineStyle !== "none" && outlineWidth !== "0px", one.dataset.lmSuppressShortcuts ?? ""];
                }"""
            )
        )
    names = [name for name, _, _ in found]
    assert names[:5] == ["how many, from the last one back", *(f"snapshot {k}" for k in range(1, 5))]
    assert names[5].startswith("validation image")
    assert names[6] == "what each snapshot says of the digit"
    # The arrow keys are the control's own: JupyterLab would move between cells.
    assert all(visible and own == "true" for _, visible, own in found), found
    assert explorer.get_by_role("radiogroup", name="digits on which the snapshots disagree").count() == 1


def test_a_view_that_is_closed_leaves_no_listener(page: Page) -> None:
    show(page)
    assert page.evaluate("window.listeners()") >= 4
    page.evaluate("window.unmount()")
    assert page.evaluate("window.listeners()") == 0
    page.evaluate("window.model.set('chosen', [1])")
