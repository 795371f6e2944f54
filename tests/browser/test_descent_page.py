"""The descent explorer under real keys and a real pointer: in a bare page without a kernel, and in JupyterLab."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from lab_server import Lab
from playwright.sync_api import Browser, Locator, Page, expect

from lrlab import explorers
from lrlab.explorers._descent_places import KINDS
from lrlab.landscapes import Bowl, ManyMinima, Ravine, Ripples, Rosenbrock, ValleyWithWell

pytestmark = [pytest.mark.slow, pytest.mark.browser]

# A model that holds the state as the widget's does, with nobody at the other end: what a published page has.
MOUNT = """async ([source, css, state]) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { default: explorer } = await import(url);
    document.head.insertAdjacentHTML("beforeend", `<style>${css}</style>`);
    const heard = {};
    window.state = state;
    window.model = {
        get: (key) => state[key],
        set: (key, value) => {
            if (JSON.stringify(state[key]) === JSON.stringify(value)) return;
            state[key] = value;
            (heard[`change:${key}`] ?? []).forEach((call) => call());
        },
        save_changes: () => {},
        on: (name, call) => { (heard[name] ??= []).push(call); },
        off: (name, call) => { heard[name] = (heard[name] ?? []).filter((other) => other !== call); },
    };
    window.listeners = () => Object.values(heard).flat().length;
    const el = document.body.appendChild(document.createElement("div"));
    window.unmount = explorer.render({ model: window.model, el });
}"""
FIGURE_1 = {
    "landscape": ManyMinima(),
    "lr": 2.5,
    "steps": 200,
    "noise": 0.3,
    "schedule": "cosine",
    "compare": "cosine warm restarts",
}


@pytest.fixture
def page(browser: Browser) -> Page:
    page = browser.new_page(viewport={"width": 920, "height": 1000})
    page.set_default_timeout(20_000)
    return page


@pytest.fixture
def problems(page: Page) -> list[str]:
    """What the page's console complains about, from now on."""
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    return found


def show(page: Page, **values: Any) -> Locator:
    state = dict(explorers.descent(**values).get_state())
    source, css = str(state.pop("_esm")), str(state.pop("_css"))
    page.set_content("<!doctype html><html lang='en'><title>descent</title><body style='margin: 8px'></body></html>")
    page.evaluate(MOUNT, [source, css, json.loads(json.dumps(state, default=str))])
    explorer = page.locator(".lrlab-descent")
    expect(explorer.locator("[data-panel=loss] [data-line]").first).to_be_attached()
    return explorer


def verdict(explorer: Locator, style: str = "first") -> Locator:
    return explorer.locator(f"[data-verdict={style}]")


def move(slider: Locator, value: float) -> None:
    """To ``value`` on the slider's own scale, as dragging does it."""
    slider.evaluate("""(input, value) => { input.value = value; input.dispatchEvent(new Event("input")); }""", value)


def test_keys_on_the_rate_go_from_settling_through_the_edge_to_diverging(page: Page, problems: list[str]) -> None:
    explorer = show(page, lr=1.9)
    expect(verdict(explorer)).to_contain_text("Oscillating")
    path, loss = explorer.locator("[data-path]"), explorer.locator("[data-line=loss]")
    before = path.get_attribute("d"), loss.get_attribute("d")
    slider = explorer.get_by_role("slider", name="learning rate")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert (path.get_attribute("d"), loss.get_attribute("d")) != before
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^2.0"))
    expect(verdict(explorer)).to_contain_text("Diverging")
    page.keyboard.press("End")
    expect(verdict(explorer)).to_contain_text("It leaves the picture at step 1.")
    expect(explorer.locator("text.left")).to_have_text("leaves at step 1")
    page.keyboard.press("Home")
    expect(verdict(explorer)).to_contain_text("Too small")
    expect(explorer.locator("text.left")).to_have_count(0)
    expect(explorer.locator(".spoken")).to_contain_text("Too small.")  # said once the hand rests
    assert page.evaluate("window.state.lr") == 1e-4
    assert problems == []


def test_the_edge_of_stability_is_marked_and_moves_with_the_momentum(page: Page) -> None:
    explorer = show(page, landscape=Bowl(4.0))
    edge = explorer.locator(".edges")
    expect(edge).to_have_text("2/c = 0.5")
    move(explorer.get_by_role("slider", name="momentum"), 0.5)
    expect(edge).to_have_text("edge 0.75")
    explorer.get_by_role("checkbox", name="Nesterov").check()
    expect(edge).to_have_text("edge 0.375")
    # The mark is where a thumb at that rate would be.
    explorer = show(page, lr=2.0)
    thumb = explorer.locator("[data-key=lr]").evaluate(
        """(input) => {
            const { left, width } = input.getBoundingClientRect();
            return left + 8 + (width - 16) * (input.value - input.min) / (input.max - input.min);
        }"""
    )
    mark = explorer.locator(".edges i").bounding_box()
    assert mark is not None
    assert abs(mark["x"] + mark["width"] / 2 - thumb) < 2


SCENES = {
    "too small": ["Too small"],
    "right": ["Right"],
    "oscillating": ["Oscillating"],
    "diverging": ["Diverging"],
    "a well that only decay finds": ["In the well", "Above the well"],
    "one cosine, warm restarts": ["Settled", "Hopping"],
}


def test_the_scenes_show_what_the_lecture_says_whatever_was_set_before(page: Page, problems: list[str]) -> None:
    explorer = show(page, landscape=Ravine(), lr=0.3, momentum=0.7, noise=0.5, start=(1, 1), eta_min=0.1, T_0=7)
    for name, titles in SCENES.items():
        explorer.get_by_role("button", name=name).click()
        for style, title in zip(("first", "second"), titles, strict=False):
            expect(verdict(explorer, style)).to_contain_text(title)
        expect(explorer.locator("figure:visible")).to_have_count(len(titles))
    expect(explorer.locator("text.visit")).not_to_have_count(0)
    expect(explorer.locator("pre")).to_have_text(
        "descend(ManyMinima(), schedule=Cosine(1.25, T_max=200, eta_min=0), steps=200, noise=0.3, seed=0)"
    )
    assert problems == []


def test_the_ball_is_dragged_and_the_map_pressed(page: Page, problems: list[str]) -> None:
    explorer = show(page, landscape=Ravine(), lr=0.05)
    before = explorer.locator("[data-path]").get_attribute("d")
    handle = explorer.locator("figure:visible circle.start")
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    assert page.evaluate("window.state.start") is None, "a press alone moves nothing"
    page.mouse.move(x + 100, y + 40, steps=5)
    page.mouse.up()
    across, up = page.evaluate("window.state.start")
    assert across > -4
    assert up < 1
    box = handle.bounding_box()
    assert box is not None
    assert abs(box["x"] + box["width"] / 2 - x - 100) < 1.5
    assert abs(box["y"] + box["height"] / 2 - y - 40) < 1.5
    assert explorer.locator("[data-path]").get_attribute("d") != before
    explorer.locator("figure:visible svg.plot").click(position={"x": 200, "y": 100})
    assert page.evaluate("window.state.start") != [across, up]
    page.mouse.move(0, 0)  # far outside, while nothing is held
    assert page.evaluate("window.state.start") != [across, up]

    slider = explorer.get_by_role("slider", name="start y")
    slider.focus()
    before_keys = page.evaluate("window.state.start")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    after = page.evaluate("window.state.start")
    assert after[0] == before_keys[0]
    assert after[1] > before_keys[1]
    assert problems == []


def test_dragged_out_of_the_picture_the_start_stays_on_its_frame(page: Page) -> None:
    explorer = show(page)
    box = explorer.locator("circle.start").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 8, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(5, 5, steps=4)
    page.mouse.up()
    assert page.evaluate("window.state.start") == -3


def test_another_landscape_starts_at_its_own_start(page: Page, problems: list[str]) -> None:
    explorer = show(page, start=1.0, lr=0.001)
    choice = explorer.get_by_role("combobox", name="landscape")
    for kind, (label, words) in KINDS.items():
        choice.select_option(label=label)
        expect(explorer.locator(".words")).to_have_text(words)
        assert page.evaluate("[window.state.landscape, window.state.start]") == [kind.__name__, None]
        expect(explorer.get_by_role("slider", name="start")).to_have_count(kind.dim)
    assert problems == []


def test_only_the_sliders_of_the_chosen_schedules_are_there(page: Page) -> None:
    explorer = show(page)
    card = explorer.get_by_role("group", name="schedule", exact=True)
    expect(card.get_by_role("slider")).to_have_count(0)
    card.get_by_role("combobox", name="schedule").select_option("step")
    expect(card.get_by_role("slider")).to_have_count(2)
    card.get_by_role("combobox", name="compare").select_option("cosine warm restarts")
    expect(card.get_by_role("slider")).to_have_count(5)
    card.get_by_role("combobox", name="compare").select_option("with nothing")
    expect(card.get_by_role("slider")).to_have_count(2)
    assert page.evaluate("window.state.compare") is None
    rate = explorer.locator("[data-line=lr]")
    before = rate.get_attribute("d")
    move(card.get_by_role("slider", name="factor"), 0.2)
    assert rate.get_attribute("d") != before


def test_a_lowest_rate_of_nothing_is_at_the_left_end(page: Page) -> None:
    explorer = show(page, schedule="cosine")
    slider = explorer.get_by_role("slider", name="lowest rate")
    assert slider.evaluate("(input) => input.value === input.min")
    slider.focus()
    page.keyboard.press("End")
    assert page.evaluate("window.state.eta_min") == 1
    page.keyboard.press("Home")
    assert page.evaluate("window.state.eta_min") == 0


def test_the_step_is_scrubbed_by_keys_and_on_the_panels(page: Page) -> None:
    explorer = show(page, lr=0.5)
    values, ball = explorer.locator("[data-values=first]"), explorer.locator("circle.ball")
    expect(values).to_contain_text("next rate –")
    scrub = explorer.get_by_role("slider", name="step n")
    scrub.focus()
    page.keyboard.press("Home")
    expect(values).to_contain_text(re.compile(r"x 2\s+loss 2\s+next rate 0.5"))
    expect(scrub).to_have_attribute("aria-valuetext", "step 0: loss 2")
    first = ball.get_attribute("cx")
    page.keyboard.press("ArrowRight")
    expect(values).to_contain_text(re.compile(r"x 1\s+loss 0.5\s+next rate 0.5"))
    assert ball.get_attribute("cx") != first
    explorer.locator("[data-panel=lr]").click(position={"x": 45, "y": 60})
    assert int(scrub.input_value()) <= 1
    # A rate that changes leaves the step; at the end it stays at the end.
    scrub.focus()
    page.keyboard.press("End")
    move(explorer.get_by_role("slider", name="number of steps"), 100)
    expect(explorer.locator("[data-at]")).to_have_text("100 of 100")


def test_it_plays_when_asked_and_stops(page: Page) -> None:
    explorer = show(page, steps=20)
    button = explorer.locator("[data-play]")
    expect(button).to_have_text("play")
    button.click()
    expect(explorer.locator("[data-at]")).to_have_text(re.compile(r"^[1-9] of 20"))
    expect(button).to_have_text("pause")
    button.click()
    stopped = explorer.locator("[data-at]").inner_text()
    page.wait_for_timeout(400)
    expect(explorer.locator("[data-at]")).to_have_text(stopped)
    button.click()
    expect(explorer.locator("[data-at]")).to_have_text("20 of 20", timeout=10_000)
    expect(button).to_have_text("play")


def test_nothing_moves_by_itself_where_the_system_asks_for_calm(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    explorer = show(page, steps=20)
    button = explorer.get_by_role("button", name="one step on")
    for step in (0, 1, 2):
        button.click()
        expect(explorer.locator("[data-at]")).to_have_text(f"{step} of 20")
    page.wait_for_timeout(400)
    expect(explorer.locator("[data-at]")).to_have_text("2 of 20")


@pytest.mark.parametrize(
    ("goal", "start", "steps"),
    [
        ("converge", {"steps": 100, "lr": 0.02}, [("learning rate", -0.5)]),
        (
            "well",
            {"landscape": ValleyWithWell(), "lr": 0.5, "steps": 80, "schedule": "exponential"},
            [("decay", -1.22)],
        ),
        (
            "hop",
            {"landscape": Ripples(), "steps": 200, "noise": 0.3, "schedule": "cosine warm restarts"},
            [("learning rate", 0.4)],
        ),
    ],
    ids=["converge", "well", "hop"],
)
def test_a_goal_is_recognised_when_it_is_reached(
    page: Page, goal: str, start: dict[str, Any], steps: list[tuple[str, float]]
) -> None:
    if goal == "well":
        start = {**start, "exponential_decay": 0.01}
    explorer = show(page, goal=goal, **start)
    expect(explorer.locator(".goal")).to_be_visible()
    expect(explorer.locator("[data-goal=met]")).to_have_text("")
    expect(explorer.locator(".scenes")).to_be_hidden()  # they would give it away
    assert page.evaluate("window.state.goal_met") is False
    for name, value in steps:
        move(explorer.get_by_role("slider", name=name), value)
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")
    assert page.evaluate("window.state.goal_met") is True


def test_values_beyond_a_slider_widen_it_and_it_does_not_shrink_in_the_hand(page: Page, problems: list[str]) -> None:
    explorer = show(page, lr=100.0, eta_min=1e-6, schedule="cosine", start=20.0, seed=12)
    slider = explorer.locator("[data-key=lr]")
    assert float(slider.get_attribute("max") or 0) == pytest.approx(2)
    expect(explorer.locator("[data-number=lr]")).to_have_text("100")
    assert float(explorer.locator("[data-key=eta_min]").get_attribute("min") or 0) < -6
    move(slider, 0.5)
    assert float(slider.get_attribute("max") or 0) == pytest.approx(2)
    start = explorer.get_by_role("slider", name="start x")
    widest = start.get_attribute("max")
    assert float(widest or 0) > 20
    move(start, 1)
    assert start.get_attribute("max") == widest
    assert problems == []


def test_another_seed_without_a_kernel_says_what_it_needs(page: Page) -> None:
    explorer = show(page, noise=0.3)
    before = explorer.locator("[data-path]").get_attribute("d")
    move(explorer.get_by_role("slider", name="seed"), 3)
    expect(explorer.locator(".note")).to_have_text(re.compile("needs a running kernel"))
    expect(explorer.locator(".note")).to_be_visible()
    assert explorer.locator("[data-path]").get_attribute("d") == before
    move(explorer.get_by_role("slider", name="seed"), 0)
    expect(explorer.locator(".note")).to_be_hidden()


def test_nothing_jumps_while_a_slider_is_dragged(page: Page) -> None:
    for width in (360, 600, 920):
        page.set_viewport_size({"width": width, "height": 900})
        explorer = show(page, landscape=ValleyWithWell(), schedule="exponential", compare="constant", steps=80)
        slider = explorer.get_by_role("slider", name="learning rate")
        where = set()
        for value in (-4, -2, -1, -0.3, 0, 0.3, 0.6, 1):
            move(slider, value)
            box = slider.bounding_box()
            assert box is not None
            where.add((round(box["y"]), round(explorer.bounding_box()["height"])))  # type: ignore[index]
        assert len(where) == 1, (width, where)


def test_nothing_is_cut_off_at_any_width(page: Page) -> None:
    for width in (360, 480, 600, 720, 1100):
        page.set_viewport_size({"width": width, "height": 900})
        for values in (FIGURE_1, {"landscape": Rosenbrock(), "lr": 0.001, "goal": "converge"}):
            explorer = show(page, **values)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            texts = explorer.evaluate(
                """(el) => [...el.querySelectorAll("svg.plot")].flatMap((svg) => {
                    const frame = svg.getBoundingClientRect();
                    return [...svg.querySelectorAll("text")].filter((one) => !one.closest(".clip")).flatMap((text) => {
                        const { left, right, width } = text.getBoundingClientRect();
                        const cut = width > 0 && (left < frame.left - 1 || right > frame.right + 1);
                        return cut ? [text.textContent] : [];
                    });
                })"""
            )
            assert texts == [], (width, texts)


def test_every_control_has_a_name_and_shows_its_focus(page: Page) -> None:
    explorer = show(page, **FIGURE_1)
    controls = explorer.locator("input, select, button, summary, pre").all()
    reached = set()
    page.locator("body").click(position={"x": 1, "y": 1})
    for _ in range(len(controls) + 5):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
                const one = document.activeElement, { outlineStyle, outlineWidth } = getComputedStyle(one);
                const words = one.labels?.[0]?.textContent ?? one.getAttribute("aria-label") ?? one.textContent;
                return [one.tagName, words.trim(), outlineStyle !== "none" && outlineWidth !== "0px"];
            }"""
        )
        if found[0] != "BODY":
            reached.add(tuple(found))
    assert all(words and visible for _, words, visible in reached), reached
    shown = [control for control in controls if control.is_visible()]
    assert len(reached) >= len(shown) - 1, "each is reached by the tabulator"
    # The arrow keys are the control's own: JupyterLab would move between cells.
    assert all(
        control.get_attribute("data-lm-suppress-shortcuts")
        for control in controls
        if control.get_attribute("type") != "checkbox"
    )
    names = explorer.get_by_role("slider").evaluate_all("(all) => all.map((one) => one.labels[0].textContent.trim())")
    assert len(names) == len(set(names))
    for slider in explorer.get_by_role("slider").all():
        assert slider.get_attribute("aria-valuetext"), slider


def test_a_view_that_is_closed_leaves_no_listener(page: Page, problems: list[str]) -> None:
    show(page)
    assert page.evaluate("window.listeners()") > 10
    page.evaluate("window.unmount()")
    assert page.evaluate("window.listeners()") == 0
    page.evaluate("window.model.set('lr', 1)")
    assert problems == []


# ---- JupyterLab -------------------------------------------------------------------------------------------------


def _soon(found: Callable[[], bool]) -> None:
    """Wait for what the page sends to the kernel: it holds a change back while an earlier one is on its way."""
    end = time.monotonic() + 20
    while not found():
        assert time.monotonic() < end, "the kernel did not get the change"
        time.sleep(0.1)


def test_python_and_page_hold_one_state(
    lab: Callable[[Path], Lab], page: Page, problems: list[str], tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    cells = ("from lrlab import explorers, landscapes", "w = explorers.descent(goal='converge', steps=100, lr=0.02)\nw")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / "explorer.ipynb")
    jupyter = lab(folder)
    page.set_viewport_size({"width": 1366, "height": 1000})
    jupyter.open(page, "explorer.ipynb")
    jupyter.run_all(page)
    assert jupyter.errors(page) == []
    explorer = page.locator(".lrlab-descent")

    # The page's keys reach Python, and the goal with them.
    slider = explorer.get_by_role("slider", name="learning rate")
    slider.focus()
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    expect(slider).to_be_focused()
    expect(explorer.locator("[data-goal=met]")).to_have_text("Reached!")
    _soon(lambda: jupyter.ask(page, "print(w.goal_met)") == "True")
    chosen = float(slider.get_attribute("aria-valuetext") or "nan")
    assert float(jupyter.ask(page, "print(w.lr)")) == pytest.approx(chosen, rel=1e-3)
    shown = explorer.locator("[data-values=first] [data-loss]").inner_text()
    assert jupyter.ask(page, "print(w.run().loss[-1] < 1e-6)") == "True"
    assert "10⁻" in shown

    # Python moves the page: another landscape, made for the purpose, and a start on it.
    jupyter.ask(page, "w.landscape = landscapes.Ravine(1.0, 50.0)")
    expect(explorer.get_by_role("combobox", name="landscape")).to_have_value("Ravine")
    expect(explorer.locator(".edges")).to_contain_text("across 0.04")
    jupyter.ask(page, "w.start = (3, -1)")
    expect(explorer.locator("[data-start='1']")).to_have_text("−1")
    assert "start must be None or two numbers with a finite loss, got 3" in jupyter.ask(page, "w.start = 3")

    # And back: the page's choice is an object in Python, its noise is Python's.
    explorer.get_by_role("combobox", name="landscape").select_option("ManyMinima")
    _soon(
        lambda: (
            jupyter.ask(page, "print(w.landscape, w.start)")
            == jupyter.ask(page, "print(landscapes.ManyMinima(), None)")
        )
    )
    jupyter.ask(page, "w.noise = 0.3")
    path = explorer.locator("[data-path]")
    before = path.get_attribute("d")
    seed = explorer.get_by_role("slider", name="seed")
    seed.focus()
    page.keyboard.press("ArrowRight")
    expect(path).not_to_have_attribute("d", before or "")
    expect(explorer.locator(".note")).to_be_hidden()
    end = explorer.locator("[data-values=first] b").first
    _soon(lambda: jupyter.ask(page, "print(w.seed)") == "1")
    in_python = float(jupyter.ask(page, "print(w.run().positions[-1, 0])"))
    assert float(end.inner_text().replace("−", "-")) == pytest.approx(in_python, rel=1e-2)
    assert problems == []
