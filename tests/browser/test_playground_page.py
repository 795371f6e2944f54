"""The playground's page: it trains as torch does, answers each control, keeps what is held, and never blocks."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from support.bare_page import mount, move, rest

from lrlab import explorers, schedules
from lrlab.explorers.playground.widget import Playground
from lrlab.schedules import Constant, Cosine, PiecewiseLinear, warmup

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("playground")]

VERDICT = "[data-verdict]"


@pytest.fixture(autouse=True)
def _with_workers(kept: Page) -> None:
    """A page without an address gets no workers, and would train itself."""


def shown(page: Page) -> str:
    return page.locator("[data-line=loss-now]").get_attribute("d") or ""


def settled(page: Page) -> None:
    """Until the page has told Python of its runs."""
    page.wait_for_function("window.state._results.length > 0")


def changed(page: Page, before: str) -> str:
    page.wait_for_function(
        "(before) => document.querySelector('[data-line=loss-now]').getAttribute('d') !== before", arg=before
    )
    return shown(page)


def read_back(page: Page, widget: Playground) -> Playground:
    """Python's widget with what the page has set, as a kernel would get it."""
    state = page.evaluate("window.state")
    results = {"_results": state.pop("_results")}  # which come after what they are of
    widget.set_state(state)
    widget.set_state(results)
    return widget


def test_the_page_draws_what_torch_computes_and_python_reads_it(page: Page, problems: list[str]) -> None:
    widget = explorers.playground(Constant(0.1), updates=60, seeds=2)
    mount(page, widget)
    settled(page)
    move(page.locator("[data-rate]"), -0.5)
    page.wait_for_function("window.state._results.length === 2 && window.state.schedule.values.lr > 0.3")
    page.locator("[data-fold=schedule] summary").click()
    page.get_by_label("schedule", exact=True).select_option("Cosine")
    move(page.locator("[data-warmup]"), 10)
    expect(page.locator("[data-code=lrlab]")).to_contain_text("warmup(Cosine(0.316, T_max=60), 10)")
    expect(page.locator("[data-lines] code")).to_contain_text("warmup(Cosine(")  # of the run that is drawn
    rest(page, 600)  # and Python has been told
    read_back(page, widget)
    assert widget.schedule == warmup(Cosine(0.316, T_max=60), 10)
    for mine, torchs in zip(widget.results, widget.fit(), strict=True):
        np.testing.assert_allclose(mine.loss, torchs.loss, rtol=1e-9)
        np.testing.assert_allclose(mine.val_loss, torchs.val_loss, rtol=1e-9)
        assert mine.val_accuracy.tolist() == torchs.val_accuracy.tolist()
        assert mine.lr.tolist() == torchs.lr.tolist()
    assert len(page.workers) > 1
    assert problems == []


def test_python_gets_the_runs_as_soon_as_the_hand_has_rested(page: Page) -> None:
    mount(page, explorers.playground(Constant(0.1), updates=40))
    settled(page)
    page.evaluate("window.model.save_changes = () => { window.sent = window.state._results.length; }")
    page.evaluate("window.model.set('_results', [])")
    move(page.locator("[data-rate]"), -0.5)
    settled(page)
    assert page.evaluate("window.sent") == 1


def test_each_control_answers_with_another_curve(page: Page, problems: list[str]) -> None:
    mount(page, explorers.playground(updates=40, show=["network", "schedule", "measures"]))
    expect(page.locator(VERDICT)).to_contain_text("Too low")
    now = shown(page)
    places = {"width": 8, "momentum": 0.9, "weight_decay": -1, "batch_size": 7, "noise": 0.5, "seed": 5, "seeds": 3}
    for key, place in places.items():
        move(page.locator(f"[data-key={key}]"), place)
        now = changed(page, now)
    page.locator("[data-nesterov]").check()
    now = changed(page, now)
    for key, value in [
        ("activation", "tanh"),
        ("model", "softmax"),
        ("optimizer", "Adam"),
        ("optimizer", "ScheduleFreeSGD"),
        ("data", "spirals"),
    ]:
        page.locator(f"[data-choice={key}]").select_option(value)
        now = changed(page, now)
    expect(page.locator("canvas")).to_be_visible()
    words = page.locator("canvas").get_attribute("aria-label")
    move(page.locator("[data-reader]"), 10)
    assert page.locator("canvas").get_attribute("aria-label") != words
    for name in schedules.catalogue():
        if page.locator(f"[data-name] option[value={name}]").count():
            page.locator("[data-name]").select_option(name)
            expect(page.locator("[data-code=lrlab]")).to_contain_text(f"schedule = {name}(")
            assert page.evaluate("window.state.schedule.name") == name
    page.locator("[data-ratio]").check()
    page.locator("[data-sharp]").check()
    expect(page.locator("[data-line=sharp]")).to_have_count(1)
    expect(page.locator("[data-line=ratio-now]")).to_have_count(1)
    assert problems == []


def test_a_schedule_is_drawn_by_hand_and_python_has_it(page: Page) -> None:
    widget = explorers.playground(Constant(0.2), updates=60, show=["schedule", "python"])
    mount(page, widget)
    settled(page)  # what stands above the handles has its place
    page.locator("[data-name]").select_option("drawn")
    settled(page)  # the handles come with the new run, and the hint above them takes a line
    handle = page.locator("[data-handle='3']")
    box = handle.bounding_box()
    assert box
    page.mouse.move(box["x"] + 4, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 4, box["y"] + 44, steps=4)
    page.mouse.up()
    move(page.locator("[data-point]"), 7)
    move(page.locator("[data-height]"), -3)
    settled(page)
    read_back(page, widget)
    assert isinstance(widget.schedule, PiecewiseLinear)
    rates = [rate for _, rate in widget.schedule.points]
    assert rates[0] == 0.2
    assert rates[3] < 0.15  # it was dragged down by 40 of the picture's 100 pixels
    assert rates[6] == 0.001
    line = page.locator("[data-code=lrlab]").inner_text()
    found = re.search(r"schedule = (.*)", line)
    assert found
    assert eval(found[1], vars(schedules)) == widget.schedule


def test_what_is_held_stays_and_a_sweep_grows(page: Page) -> None:
    mount(page, explorers.playground(Constant(0.01), updates=60, goal="three"))
    settled(page)
    page.get_by_role("button", name="Hold as A").click()
    expect(page.locator("[data-line=loss-A]")).to_have_count(1)
    held = page.locator("[data-line=loss-A]").get_attribute("d")
    move(page.locator("[data-rate]"), 0.9)
    page.wait_for_function("window.state.schedule.values.lr > 7")
    page.get_by_role("button", name="Hold as B").click()
    move(page.locator("[data-rate]"), 0)
    expect(page.locator(".goal")).to_contain_text("A is too low. B is too high.")
    assert page.locator("[data-line=loss-A]").get_attribute("d") == held
    page.get_by_role("button", name="Sweep 24").click()
    page.wait_for_function("document.querySelectorAll('[data-swept]').length === 24")
    assert not page.evaluate("window.state.goal_met")
    page.locator("[data-fold=network] summary").click()
    move(page.locator("[data-key=updates]"), 250)
    page.wait_for_function("window.state.goal_met")


def test_a_hidden_mistake_is_found(page: Page) -> None:
    mount(page, explorers.playground(Constant(0.3), updates=40, show=["measures"]))
    page.get_by_role("button", name="hidden mistake").click()
    mistake = page.evaluate("window.state._mistake")
    answer = page.locator("[data-answer]")
    wrong = "scale" if mistake != "scale" else "zeros"
    page.locator("[data-case]").select_option(wrong)
    expect(answer).to_contain_text("No.")
    page.locator("[data-case]").select_option(mistake)
    expect(answer).to_contain_text("Yes")
    assert page.evaluate("window.state._mistake") == ""


def test_divergence_is_shown_and_the_page_goes_on(page: Page, problems: list[str]) -> None:
    mount(page, explorers.playground(Constant(1e5), model="softmax", weight_decay=1.0, momentum=0.9))
    expect(page.locator(VERDICT)).to_contain_text("diverges: the loss stops being finite at update")
    expect(page.locator("[data-diverged=now]")).to_have_count(1)
    move(page.locator("[data-rate]"), -1)
    expect(page.locator(VERDICT)).not_to_contain_text("diverges")
    assert problems == []


def test_where_workers_are_forbidden_the_page_trains_itself(page: Page) -> None:
    page.evaluate("delete window.Worker")
    widget = explorers.playground(updates=40, seeds=3)
    mount(page, widget)
    settled(page)
    assert page.workers == []
    read_back(page, widget)
    for mine, torchs in zip(widget.results, widget.fit(), strict=True):
        np.testing.assert_allclose(mine.loss, torchs.loss, rtol=1e-9)


@pytest.mark.parametrize(
    ("barred", "reason"),
    [
        (
            "delete window.Worker; URL.createObjectURL = () => 'blob:none'",
            "this page allows neither workers nor a script",
        ),
        ("delete window.DecompressionStream", "this browser can't unpack the digits"),
    ],
    ids=["no script", "no digits"],
)
def test_where_no_run_can_start_the_page_says_so(page: Page, barred: str, reason: str) -> None:
    mount(page, explorers.playground(), inside=f"() => {{ {barred}; window.again(); }}")  # waits until it is not busy
    expect(page.locator(VERDICT)).to_contain_text(f"No run can start, because {reason}")


def test_the_optimizer_that_is_chosen_says_what_it_does(page: Page) -> None:
    mount(page, explorers.playground(updates=40, optimizer="Lion", show=["network", "python"]))
    choice = page.get_by_label("optimizer", exact=True)
    sentence = page.locator(f"#{choice.get_attribute('aria-describedby')}")
    expect(sentence).to_contain_text("the gradients give only the sign")
    choice.select_option(label="schedule-free SGD")
    expect(sentence).to_contain_text("a mean of all its points")
    expect(page.locator("[data-code=lrlab]")).to_contain_text('optimizer="ScheduleFreeSGD"')
    expect(page.locator("[data-key=momentum]")).to_be_disabled()


def test_a_goal_that_is_reached_leads_to_a_harder_one(page: Page) -> None:
    mount(page, explorers.playground(warmup(Constant(0.3), 50), optimizer="Adam", goal="warmup", show=["schedule"]))
    expect(page.locator("[data-goal=met]")).to_have_text("Reached!")
    page.locator("[data-next]").click()
    expect(page.locator(".goal")).to_contain_text("Goal 2 of 2: Now by a warm-up and the schedule that follows it")
    expect(page.locator("[data-goal=met]")).to_be_empty()
    page.locator("[data-name]").select_option("Cosine")
    move(page.locator("[data-warmup]"), 25)
    expect(page.locator("[data-goal=met]")).to_have_text("Reached!")


# Move the slider so many times, by its smallest step, and each time once the run of the last place is drawn.
MOVES = """async (many) => {
    const input = document.querySelector("[data-rate]");
    const drawn = () => document.querySelector("[data-lines] code").textContent;
    for (let i = 0; i < many; i++) {
        const before = drawn();
        window.moves = (window.moves ?? 0) + 1;
        input.value = -2 + 0.01 * window.moves;
        input.dispatchEvent(new Event("input"));
        for (let frames = 0; drawn() === before; frames++) {
            if (frames > 3000) throw new Error(`no picture after ${before}`);
            await new Promise(requestAnimationFrame);
        }
    }
}"""


def test_forty_more_changes_take_no_more_memory(page: Page) -> None:
    mount(page, explorers.playground(updates=20, seeds=4))
    settled(page)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def held_after(changes: int) -> tuple[float, float]:
        page.evaluate(MOVES, changes)
        rest(page, 600)  # and Python has been told
        devtools.send("HeapProfiler.collectGarbage")
        found = {metric["name"]: metric["value"] for metric in devtools.send("Performance.getMetrics")["metrics"]}
        return found["JSHeapUsedSize"], found["Nodes"]

    heap, nodes = held_after(42)  # four results each; the page keeps 160
    after, more_nodes = held_after(40)
    assert after < heap + 100_000
    assert more_nodes <= nodes + 20


ASK = """async ([source, state, text]) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const { default: explorer } = await import(url);
    return explorer.address.read(text, (key) => state[key]);
}"""


def test_an_address_says_the_state_and_nothing_that_the_controls_could_not(page: Page) -> None:
    widget = explorers.playground()
    state = json.loads(json.dumps(widget.get_state(), default=str))
    source = str(state.pop("_esm"))

    def said(**values: object) -> object:
        return page.evaluate(ASK, [source, state, quote(json.dumps(values))])

    cosine = {"name": "Cosine", "values": {"lr": 0.5, "T_max": 9, "eta_min": 0}, "warmup": 3}
    good = {"optimizer": "Adam", "width": 8, "momentum": 0.5, "schedule": cosine}
    assert said(**good) == good
    sizes = {"width": 1e9, "updates": 1e9, "seeds": 1.5, "noise": "x"}
    bad = {"optimizer": "LBFGS", **sizes, "schedule": {"name": "toString"}}
    assert said(**bad) == {}
    assert said(schedule={"name": "drawn", "points": [[0, 1], [0, 2]]}) == {}
    assert page.evaluate(ASK, [source, state, "%E0%A4%A"]) == {}
