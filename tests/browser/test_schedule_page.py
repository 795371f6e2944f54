"""The schedule explorer in a page without a kernel: what moves with the hand, what stays in place, what is named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from support.bare_page import mount, move

from lrlab import explorers, palette
from lrlab._formula import Floats
from lrlab._validation import Positive
from lrlab.explorers.shared.catalogue import available
from lrlab.schedules import (
    Constant,
    Cosine,
    CosineWarmRestarts,
    Exponential,
    LinearWarmup,
    MultiStep,
    OneCycle,
    Schedule,
    SnapshotCosine,
    StepDecay,
    WarmupStableDecay,
)

pytestmark = [pytest.mark.slow, pytest.mark.browser]


@dataclass(frozen=True)
class Flat(Schedule):
    lr: Positive

    def rate(self, n: Floats) -> Floats:
        return np.full_like(n, self.lr)


@pytest.fixture(autouse=True)
def no_problems(problems: list[str]) -> Any:
    """Whatever a test does, the page's console complains about nothing."""
    yield
    assert problems == []


def _show(page: Page, *schedule: Schedule, **values: Any) -> Locator:
    mount(page, explorers.schedule(*schedule, **values))
    explorer = page.locator(".lrlab-schedule")
    expect(explorer.locator("[data-line=now]").first).to_be_attached()
    return explorer


def _line(explorer: Locator, key: str = "now") -> str:
    return explorer.locator(f"[data-line={key}]").first.get_attribute("d") or ""


def test_keys_change_picture_formula_and_lines_of_python(page: Page) -> None:
    explorer = _show(page)
    slider = explorer.get_by_role("slider", name="T_max")
    before = _line(explorer)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", "99 steps")
    expect(explorer.locator(".math [data-number=T_max]")).to_have_text("99")
    expect(explorer.locator("[data-code=lrlab]")).to_have_text("Cosine(0.1, T_max=99)")
    expect(explorer.locator("[data-code=torch]")).to_have_text(
        "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n"
        "scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=99)"
    )
    assert _line(explorer) != before
    # The notch at the low end of a logarithmic slider: 0, and one press away the least that is not.
    least = explorer.get_by_role("slider", name="eta_min")
    expect(least).to_have_attribute("aria-valuetext", "0")
    least.focus()
    page.keyboard.press("ArrowRight")
    expect(least).to_have_attribute("aria-valuetext", "10⁻⁶")
    page.keyboard.press("ArrowLeft")
    expect(least).to_have_attribute("aria-valuetext", "0")


def test_another_schedule_keeps_the_rate_and_one_comes_back_to_the_first(page: Page) -> None:
    explorer = _show(page, Cosine(0.3, T_max=70))
    choice = explorer.get_by_role("combobox", name="schedule", exact=True)
    groups = choice.locator("optgroup").evaluate_all("(all) => all.map((one) => one.label)")
    assert groups == ["the lecture's", "torch's", "of the field"]
    assert sorted(choice.locator("option").all_inner_texts()) == sorted(available())
    choice.select_option("StepDecay")
    expect(explorer.locator("[data-code=lrlab]")).to_have_text("StepDecay(0.3, decay=0.5, every=7)")
    expect(explorer.get_by_role("slider", name="every")).to_be_visible()
    expect(explorer.get_by_role("slider", name="T_max")).to_have_count(0)
    choice.select_option("Cosine")
    expect(explorer.locator("[data-code=lrlab]")).to_have_text("Cosine(0.3, T_max=70)")


def test_choices_switches_and_momentum(page: Page) -> None:
    explorer = _show(page, OneCycle(0.1, total_steps=60))
    assert explorer.locator("[data-line=now]").count() == 2, "the momentum is a line of its own"
    before = _line(explorer)
    explorer.get_by_role("combobox", name="anneal_strategy").select_option("linear")
    assert _line(explorer) != before
    explorer.get_by_role("checkbox", name="three_phase").check()
    expect(explorer.locator("[data-code=lrlab]")).to_have_text(
        'OneCycle(0.1, total_steps=60, anneal_strategy="linear", three_phase=True)'
    )
    # It ends before the steps that are shown: past its end there is nothing to read off.
    reader = explorer.get_by_role("slider", name="read off at step n")
    reader.focus()
    page.keyboard.press("Home")
    expect(explorer.locator("[data-rate=now]")).to_have_text("0.004")
    expect(explorer.locator("td[data-momentum=now]")).to_have_text("0.95")
    page.keyboard.press("End")
    expect(explorer.locator("[data-rate=now]")).to_have_text("–")
    expect(explorer.locator("[data-at]")).to_have_text("99")
    explorer.get_by_role("combobox", name="schedule", exact=True).select_option("Linear")
    assert explorer.locator("[data-line=now]").count() == 1


def test_reads_off_under_the_pointer_and_says_it(page: Page) -> None:
    explorer = _show(page, Exponential(0.1, gamma=0.9), steps_per_epoch=20)
    explorer.locator(".plot").hover(position={"x": 60, "y": 60})
    expect(explorer.locator("[data-rate=now]")).to_have_text("0.1")
    reader = explorer.get_by_role("slider", name="read off at step n")
    reader.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(explorer.locator("[data-at]")).to_have_text("10 (epoch 0.5)")
    expect(explorer.locator("[aria-live=polite]")).to_have_text("At step 10: the rate is 0.0349")
    expect(explorer.locator(".plot")).to_contain_text("epoch (20 steps each)")
    move(explorer.get_by_role("slider", name="steps in an epoch"), 1)
    expect(explorer.locator(".plot")).to_contain_text("step n")
    explorer.get_by_role("checkbox", name="logarithmic axis").check()
    expect(explorer.locator(".plot")).to_contain_text("0.0001")
    # Fewer steps take the reader along.
    page.keyboard.press("End")
    move(explorer.get_by_role("slider", name="steps shown"), 40)
    page.evaluate("window.model.set('steps', 8)")
    expect(explorer.locator("[data-at]")).to_have_text("7")


def test_pins_stay_keep_their_letters_and_go(page: Page) -> None:
    explorer = _show(page)
    pin = explorer.get_by_role("button", name="pin this curve to compare")
    for steps in (80, 60, 40, 20):
        move(explorer.get_by_role("slider", name="T_max"), steps)
        pin.click()
    expect(pin).to_be_disabled()
    move(explorer.get_by_role("slider", name="T_max"), 100)
    assert len({_line(explorer, key) for key in ("now", "A", "B", "C", "D")}) == 5
    looks = explorer.locator(".plot [data-line]").evaluate_all(
        "(all) => all.map((one) => [getComputedStyle(one).stroke, getComputedStyle(one).strokeDasharray].join())"
    )
    assert len(set(looks)) == 5, "each has its own colour and dashes"
    kept = _line(explorer, "C")
    explorer.get_by_role("button", name="remove B, Cosine(0.1, T_max=60)").click()
    expect(explorer.locator("[data-line=B]")).to_have_count(0)
    expect(pin).to_be_focused()
    assert _line(explorer, "C") == kept
    expect(explorer.locator("[data-words=C]")).to_have_text("Cosine(0.1, T_max=40)")
    pin.click()
    expect(explorer.locator("[data-words=B]")).to_have_text("Cosine(0.1, T_max=100)")
    expect(explorer.locator("[data-words=D]")).to_have_text("Cosine(0.1, T_max=20)")


def test_milestones_are_written_and_what_is_no_list_is_refused(page: Page) -> None:
    explorer = _show(page, MultiStep(0.1, milestones=(30, 80)))
    field = explorer.get_by_role("textbox", name="milestones")
    before = _line(explorer)
    field.fill("10, x")
    expect(explorer.get_by_role("alert")).to_have_text(
        'milestones must be a list of whole numbers >= 0, at least one, got "10, x"'
    )
    expect(field).to_have_attribute("aria-invalid", "true")
    assert _line(explorer) == before
    field.fill("60, 20")
    expect(explorer.get_by_role("alert")).to_be_hidden()
    expect(field).to_have_attribute("aria-invalid", "false")
    expect(explorer.locator("[data-code=lrlab]")).to_have_text("MultiStep(0.1, milestones=(20, 60))")
    expect(explorer.locator(".math [data-number=milestones]")).to_have_text("{20, 60}")


def test_a_count_that_another_one_bounds_gives_way(page: Page) -> None:
    explorer = _show(page, SnapshotCosine(0.1, updates=100, cycles=12))
    move(explorer.get_by_role("slider", name="updates"), 5)
    expect(explorer.locator("[data-code=lrlab]")).to_have_text("SnapshotCosine(0.1, updates=5, cycles=5)")
    move(explorer.get_by_role("slider", name="cycles"), 9)
    expect(explorer.locator("[data-code=lrlab]")).to_have_text("SnapshotCosine(0.1, updates=5, cycles=5)")


def test_values_beyond_a_slider_widen_it_and_it_does_not_shrink_in_the_hand(page: Page) -> None:
    explorer = _show(page, Cosine(50.0, T_max=3000), steps=3000)
    rate, length = explorer.get_by_role("slider", name="lr"), explorer.get_by_role("slider", name="T_max")
    assert float(rate.get_attribute("max") or 0) == pytest.approx(np.log10(50))
    assert length.get_attribute("max") == "3000"
    move(length, 100)
    assert length.get_attribute("max") == "3000"
    expect(explorer.get_by_role("slider", name="steps shown")).to_have_attribute("aria-valuetext", "3000 steps")
    assert len(_line(explorer)) < 60_000, "no more points than the picture has pixels"


def test_a_rate_beyond_all_bounds_leaves_a_picture(page: Page) -> None:
    for log_y in (False, True):
        explorer = _show(page, Exponential(0.1, gamma=3.0), steps=2000, log_y=log_y)
        assert "NaN" not in explorer.locator(".plot").inner_html()
        assert "Infinity" not in explorer.locator(".plot").inner_html()
        explorer = _show(page, Exponential(1e-300, gamma=0.01), log_y=log_y)
        assert "NaN" not in explorer.locator(".plot").inner_html()


def test_ones_own_schedule_without_a_kernel_keeps_its_picture(page: Page) -> None:
    explorer = _show(page, Flat(0.1), compare=[Flat(0.2)])
    before = _line(explorer)
    move(explorer.get_by_role("slider", name="lr"), -2)
    assert _line(explorer) == before
    expect(explorer.locator("[data-code=torch]")).to_contain_text(".attach(optimizer)")
    explorer.get_by_role("combobox", name="schedule", exact=True).select_option("Cosine")
    assert _line(explorer) != before
    assert _line(explorer, "A")


def test_the_goal_is_recognised(page: Page) -> None:
    explorer = _show(page, goal="tenth")
    goal = explorer.locator("[data-goal=met]")
    expect(goal).to_have_text("")
    move(explorer.get_by_role("slider", name="eta_min"), -2)
    expect(goal).to_have_text("Reached!")
    assert page.evaluate("window.state.goal_met") is True
    move(explorer.get_by_role("slider", name="eta_min"), -3)
    expect(goal).to_have_text("")
    assert page.evaluate("window.state.goal_met") is False


def test_the_code_is_selected_where_the_clipboard_is_barred(page: Page) -> None:
    explorer = _show(page)
    explorer.get_by_role("button", name="copy the code for lrlab").click()
    assert page.evaluate("String(getSelection())").strip() == "Cosine(0.1, T_max=100)"
    expect(explorer.locator("[data-copied]")).to_have_text("Selected: press Ctrl+C")


# For each schedule, drags every slider over its whole way and watches where things are.
DRAG = """async (el) => {
    const jumps = [];
    const { _entries } = window.state;
    for (const name of Object.keys(_entries)) {
        window.model.set("schedule", { name, values: _entries[name].start });
        await null; // drawn once all that comes with it has come
        const sliders = [...el.querySelectorAll(".sliders input[type=range]")];
        const where = () => [el.offsetHeight, ...sliders.map((one) => {
            const { x, y, width } = one.getBoundingClientRect();
            return [x, y, width].map(Math.round);
        })].join();
        const first = where();
        for (const slider of sliders) {
            const [min, max, before] = [slider.min, slider.max, slider.value].map(Number);
            for (const part of [0, 0.13, 0.5, 0.77, 1]) {
                slider.value = min + part * (max - min);
                slider.dispatchEvent(new Event("input"));
                if (where() !== first) jumps.push([name, slider.dataset.field, part, first, where()]);
            }
            slider.value = before;
            slider.dispatchEvent(new Event("input"));
        }
    }
    return jumps;
}"""
# What is wider than its place. The list of curves and the lines of code are cut, and say so.
CUT = """async (el) => {
    const cut = [];
    const { _entries } = window.state;
    for (const name of Object.keys(_entries)) {
        window.model.set("schedule", { name, values: _entries[name].start });
        await null; // drawn once all that comes with it has come
        for (const one of el.querySelectorAll(".math, .slider, .top, td, thead th, button, .panel, .goal")) {
            const wider = one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0;
            if (wider) cut.push([name, one.className || one.outerHTML]);
        }
        const frame = el.querySelector(".plot").getBoundingClientRect();
        for (const text of el.querySelectorAll(".plot text")) {
            const { left, right, width } = text.getBoundingClientRect();
            if (width && (left < frame.left - 1 || right > frame.right + 1)) cut.push([name, text.textContent]);
        }
        if (document.documentElement.scrollWidth > innerWidth) cut.push([name, "page"]);
    }
    return cut;
}"""


@pytest.mark.parametrize("width", [360, 600, 920, 1200])
def test_nothing_jumps_while_a_slider_is_dragged_and_nothing_is_cut_off(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    explorer = _show(page, compare=[StepDecay(0.1, decay=0.5, every=7), OneCycle(0.1, total_steps=100)], log_y=True)
    assert explorer.evaluate(DRAG) == []
    assert explorer.evaluate(CUT) == []


def test_every_control_has_a_name_and_shows_its_focus(page: Page) -> None:
    explorer = _show(page, OneCycle(0.1, total_steps=60), compare=[MultiStep(0.1, milestones=(3,))])
    controls = [one for one in explorer.locator("input, select, button, pre, summary").all() if one.is_visible()]
    reached = set()
    page.locator("body").click(position={"x": 1, "y": 1})
    for _ in range(len(controls) + 3):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
                const one = document.activeElement, { outlineStyle, outlineWidth } = getComputedStyle(one);
                const words = one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent;
                return [one.tagName, words.trim(), outlineStyle !== "none" && outlineWidth !== "0px"];
            }"""
        )
        if found[0] != "BODY":
            reached.add(tuple(found))
    assert len(reached) == len(controls), "each is reached by the tabulator, and has a name of its own"
    assert all(words and visible for _, words, visible in reached), reached
    assert all(one.get_attribute("data-lm-suppress-shortcuts") for one in controls), "the arrow keys are its own"
    for slider in explorer.get_by_role("slider").all():
        assert slider.get_attribute("aria-valuetext"), slider


def test_a_view_that_is_closed_leaves_no_listener(page: Page) -> None:
    _show(page)
    assert page.evaluate("window.listeners()") > 5
    page.evaluate("window.unmount()")
    assert page.evaluate("window.listeners()") == 0
    page.evaluate("window.model.set('steps', 50)")


@pytest.mark.parametrize("name", sorted(available()))
def test_every_schedule_has_a_picture_a_formula_and_a_hint(page: Page, name: str) -> None:
    explorer = _show(page, available()[name].base)
    assert len(_line(explorer)) > 10
    assert explorer.locator(".math math").count() >= 1
    assert all(text.strip() for text in explorer.locator(".math [data-number]").all_text_contents())
    expect(explorer.locator("[data-hint]")).not_to_be_empty()


def test_a_composition_is_drawn_and_has_its_formula(page: Page) -> None:
    joined = [Constant(0.1), CosineWarmRestarts(0.1, T_0=10)]
    explorer = _show(page, WarmupStableDecay(0.1, warmup=5, stable=5, decay=5) * Constant(0.5), compare=joined)
    expect(explorer.locator("[data-words=now]")).to_contain_text("Product((WarmupStableDecay(0.1, warmup=5")
    assert explorer.locator(".sliders input").count() == 0
    assert explorer.locator(".math math").count() == 1


def test_handles_are_dragged_on_the_curve(page: Page) -> None:
    explorer = _show(page, OneCycle(0.1, total_steps=100))
    expect(explorer.locator(".handle")).to_have_count(2)
    box = explorer.locator("[data-handle='0']").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y + 60, steps=5)
    peak, part = page.evaluate("[state.schedule.values.max_lr, state.schedule.values.pct_start]")
    assert 0.02 < peak < 0.09, "half as high, on the axis that was there"
    assert 0.35 < part < 0.6
    page.mouse.move(x + 120, y - 400)
    page.mouse.up()
    assert page.evaluate("state.schedule.values.max_lr") > peak
    page.mouse.move(x, y)
    assert page.evaluate("state.schedule.values.pct_start") == part, "once it is let go, it stays"


def test_a_milestone_stops_before_the_next_one(page: Page) -> None:
    explorer = _show(page, MultiStep(0.1, milestones=[30, 40, 80], gamma=0.5), steps=100)
    boxes = [
        explorer.locator(f"[data-handle='{i}']").bounding_box() for i in (1, 3)
    ]  # the first is the learning rate's
    (x, y), (far, _) = ((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes if box)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(far, y, steps=8)
    assert page.evaluate("state.schedule.values.milestones") == [39, 40, 80]
    page.mouse.move(x, y, steps=8)
    page.mouse.up()
    assert page.evaluate("state.schedule.values.milestones") == [30, 40, 80]


def test_a_warmup_has_one_handle_for_both(page: Page) -> None:
    explorer = _show(page, LinearWarmup(0.1, warmup=40), steps=100)
    expect(explorer.locator(".handle")).to_have_count(1)
    box = explorer.locator("[data-handle='0']").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=4)
    page.mouse.up()
    lr, warmup = page.evaluate("[state.schedule.values.lr, state.schedule.values.warmup]")
    assert 0.05 < lr < 0.1
    assert warmup > 42


def test_what_it_does_to_a_training_is_that_of_the_nearest_run(page: Page) -> None:
    explorer = _show(page, Cosine(0.1, T_max=100), steps=100)
    answer = explorer.locator("[data-trained]")
    expect(answer).to_have_text(re.compile(r"^9\d\.\d % right \(nearest run: cosine; 0\.1\)$"))
    explorer.locator(".trained summary").click()
    drawn = explorer.get_by_role("img", name="Training loss over the updates")
    expect(drawn.locator("path.now")).to_have_count(1)
    faint = drawn.locator("path.peers").count()
    words = explorer.locator("[data-trained-more]")
    expect(words).to_contain_text("seeds), place ")
    expect(words).not_to_contain_text("another shape")
    best = drawn.locator("path.now").get_attribute("d")
    explorer.get_by_role("slider", name="lr").focus()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(answer).to_contain_text("cosine; 1)")
    assert drawn.locator("path.now").get_attribute("d") != best
    change = "(lr) => model.set('schedule', { name: 'Cosine', values: { ...state.schedule.values, lr } })"
    for lr, there in ((9, "cosine; 5)"), (50, "no run was like it"), (0.001, "no run was like it")):
        page.evaluate(change, lr)
        expect(answer).to_contain_text(there)
    _show(page, MultiStep(0.1, milestones=[5, 50], gamma=0.3), steps=100)
    expect(words).to_contain_text("Yours has another shape: on average")
    expect(words).to_contain_text("of the highest learning rate away")
    assert faint >= 9


def test_a_schedule_is_chosen_by_its_shape(page: Page) -> None:
    explorer = _show(page)
    explorer.get_by_text("all schedules, by their shapes").click()
    cut = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"
    expect(explorer.locator("[data-shape]").first).to_be_visible()
    assert explorer.locator("[data-shape]").evaluate_all(cut) == []
    shape = explorer.get_by_role("button", name="WarmupStableDecay")
    assert (shape.locator("path").get_attribute("d") or "").count("L") > 20
    shape.click()
    expect(explorer.get_by_role("combobox", name="schedule", exact=True)).to_have_value("WarmupStableDecay")
    expect(explorer.locator(".handle")).to_have_count(3)


def test_a_schedule_has_the_colour_that_it_has_in_every_figure(page: Page) -> None:
    """By its kind, whether it moves or is pinned; of two of a kind one gets a free colour."""
    pins = [Cosine(0.1, T_max=100), StepDecay(0.1, decay=0.5, every=20), Cosine(0.2, T_max=100)]
    explorer = _show(page, Constant(0.1), compare=pins)
    names = ("blue", "vermilion", "green", "purple", "orange", "neutral")

    def expected(*kinds: str) -> None:
        wanted = [palette.LIGHT[names[look]] for look in palette.looks(kinds)]
        keys = ("now", "A", "B", "C")[: len(kinds)]
        strokes = [
            page.evaluate(f"getComputedStyle(document.querySelector('[data-line={key}]')).stroke") for key in keys
        ]
        assert strokes == [f"rgb({', '.join(str(int(color[i : i + 2], 16)) for i in (1, 3, 5))})" for color in wanted]

    expected("Constant", "Cosine", "StepDecay", "Cosine")
    explorer.locator("[data-name]").select_option("OneCycle")
    expected("OneCycle", "Cosine", "StepDecay", "Cosine")
    page.evaluate("window.model.set('compare', [])")
    explorer.locator("[data-name]").select_option("Cyclic")  # of no kind
    expected("Cyclic")
