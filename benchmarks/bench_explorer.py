"""How long after a key press an explorer's new picture is on the screen, in JupyterLab; what a page weighs, and keeps.

    python benchmarks/bench_explorer.py                         all of it, in some ten minutes
    python benchmarks/bench_explorer.py schedule descent        of these alone how quickly they follow, in a minute
    python benchmarks/bench_explorer.py --beside ../before      beside another checkout of the repository, in turn

All explorers stand in one notebook, and beside them the decay explorer's exponential schedule as `ipywidgets.interact`
draws it with inline matplotlib. In turn, a few changes each, a slider of each is moved `--changes` times (default 120)
by its arrow keys, never at its end, and each picture is waited for; the median is in milliseconds, from the key event's
own time stamp to the first task after the frame that shows the change. A screen shows a frame every 16.7 ms, so up to
as much of it is waiting. Work is what the page's main thread computes for a change: processor time, which a busy
machine hardly changes, the median of the rounds; script, style and layout are parts of it. Then each slider is moved 60
times at 30 Hz, as by a held key, and the pictures drawn are counted, in three rounds. At last every explorer stands
alone on a page: its weight is that of script, style and data as they are sent, and its growth is what the page's heap
and document hold after 2,000 more changes of a slider than after the first 1,000, garbage collected before both.
Needs the `test` extra and a browser.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPO / "tests"), str(REPO / "tools")]

import find_browser  # noqa: E402
from playwright.sync_api import CDPSession, Page, sync_playwright  # noqa: E402
from support.bare_page import mount  # noqa: E402
from support.every_explorer import EVERY  # noqa: E402
from support.lab_server import QUIET, running, write_notebook  # noqa: E402

# What to run in a cell, what of it is on the page, and in that the slider (or the row of digits) to move.
INTERACT = "interact, inline"
THINGS = {
    "decay": ("explorers.decay()", ".lrlab-decay", "input[data-key=exponential_decay]"),
    INTERACT: ("interact(exponential, d=FloatSlider(0.01, min=0.001, max=0.1, step=0.001));", None, ".noUi-handle"),
    "schedule": (
        "explorers.schedule(schedules.OneCycle(0.1, total_steps=100), compare=[schedules.Cosine(0.1, T_max=100)])",
        ".lrlab-schedule",
        "input[data-field=max_lr]",
    ),
    "descent": (
        "explorers.descent(landscapes.ManyMinima(), noise=0.3, steps=200)",
        ".lrlab-descent",
        "input[data-key=lr]",
    ),
    "searches": ("explorers.searches(made_range_test(), made_sweep())", ".lrlab-searches", "input[type=range]"),
    "training": ("explorers.training(made_comparison())", ".lrlab-training", "input[type=range]"),
    "snapshots": ("explorers.snapshots(*ensemble(cycles=5))", ".lrlab-snapshots", ".tile input:checked"),
    "curvature": ("explorers.curvature(made_sharpness())", ".lrlab-curvature", "input[type=range]"),
    "cooldown": ("explorers.cooldown(made_cooldowns())", ".lrlab-cooldown", "input[type=range]"),
    "playground": ("explorers.playground()", ".lrlab-playground", "[data-rate]"),
}
SETUP = """import matplotlib.pyplot as plt
from ipywidgets import FloatSlider, interact
from support.made_results import made_comparison, made_cooldowns, made_range_test, made_sharpness, made_sweep
from support.made_snapshots import ensemble
from lrlab import explorers, landscapes, schedules

def exponential(d):
    plt.figure(figsize=(7, 3.4))
    plt.plot(schedules.ExponentialDecay(0.1, decay=d).curve(100))
    plt.xlabel("step n")
    plt.ylabel("learning rate")
    plt.show()"""
TURN = 6  # changes in one direction, and in one go
PATIENCE = {INTERACT: 350}  # milliseconds for a picture to arrive before the next key; others take 150
# A frame shows a change if something in a drawing, or an image that has been decoded, was new before it was painted.
RECORD = """(root) => {
    const { target } = window.measured = { target: root, times: [], drawn: 0 };
    const record = window.measured;
    let pressed = null, changed = false, watching = false;
    const frame = new MessageChannel();
    const watch = () => requestAnimationFrame(() => frame.port2.postMessage(0)); // runs once the frame has been painted
    const begin = () => { if (!watching) { watching = true; watch(); } };
    frame.port1.onmessage = () => {
        if (changed) {
            changed = false;
            record.drawn += 1;
            if (pressed !== null) record.times.push(performance.now() - pressed);
            pressed = null;
        }
        watching = pressed !== null && performance.now() - pressed < 3000;
        if (watching) watch();
    };
    const pressing = (event) => { pressed = event.timeStamp; begin(); };
    addEventListener("keydown", pressing, true);
    const seen = new MutationObserver((records) => records.forEach(({ target: at, addedNodes }) => {
        const images = [at, ...addedNodes].flatMap((node) =>
            node instanceof HTMLImageElement ? [node] : node === at ? [] : [...(node.querySelectorAll?.("img") ?? [])]);
        images.forEach(async (image) => { await image.decode(); changed = true; begin(); });
        if (at instanceof SVGElement || at instanceof HTMLCanvasElement) { changed = true; begin(); }
    }));
    seen.observe(target, { subtree: true, childList: true, attributes: true, characterData: true });
    record.stop = () => { removeEventListener("keydown", pressing, true); seen.disconnect(); };
}"""


def ready(page: Page, name: str) -> None:
    """Bring one of THINGS into view, its slider in focus, with a recorder."""
    _, root_at, slider_at = THINGS[name]
    root = page.locator(root_at).first if root_at else page.locator(".jp-Cell:has(.noUi-handle)").first
    root.evaluate("(root) => root.scrollIntoView({ block: 'center' })")
    root.locator(slider_at).first.focus()
    page.wait_for_timeout(200)
    root.evaluate(RECORD)


def key(change: int) -> str:
    return "ArrowRight" if change // TURN % 2 == 0 else "ArrowLeft"


@dataclass
class Measured:
    """What one explorer needed: milliseconds from key to picture, work in each round, pictures and rates at 30 Hz."""

    times: list[float] = field(default_factory=list)
    work: list[dict[str, float]] = field(default_factory=list)
    drawn: list[tuple[int, float]] = field(default_factory=list)

    def spent(self, part: str) -> float:
        return statistics.median(round_[part] for round_ in self.work)


def processor(devtools: CDPSession) -> dict[str, float]:
    """Milliseconds of processor time that the page's main thread has taken so far, without what this script asked."""
    found = {one["name"]: 1000 * one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
    parts = {"script": "ScriptDuration", "style": "RecalcStyleDuration", "layout": "LayoutDuration"}
    asked = found["DevToolsCommandDuration"]
    return {"all": found["TaskDuration"] - asked} | {name: found[key] for name, key in parts.items()}


def change(page: Page, devtools: CDPSession, name: str, measured: Measured, changes: int = 2 * TURN) -> None:
    """Change it so many times, the next key coming after the picture."""
    ready(page, name)
    before = processor(devtools)
    for number in range(changes):
        page.keyboard.press(key(number))
        page.wait_for_timeout(PATIENCE.get(name, 150))
    after = processor(devtools)
    measured.times += page.evaluate("() => { window.measured.stop(); return window.measured.times; }")
    measured.work.append({part: (after[part] - before[part]) / changes for part in after})


def held_down(page: Page, name: str, changes: int = 60, hertz: int = 30) -> tuple[int, float]:
    """How many pictures were drawn of so many changes at that rate; and the rate that the keys really had."""
    ready(page, name)
    begun = time.perf_counter()
    for number in range(changes):
        time.sleep(max(0.0, begun + number / hertz - time.perf_counter()))
        page.keyboard.press(key(number))
    real = (changes - 1) / (time.perf_counter() - begun)
    page.wait_for_timeout(1500)
    return page.evaluate("() => { window.measured.stop(); return window.measured.drawn; }"), real


def responses(path: str, names: list[str], changes: int, checkouts: dict[str, Path]) -> None:
    """Open everything in one notebook of each checkout, measure in turn, print."""
    measured = {(name, where): Measured() for name in names for where in checkouts}
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        playwright = stack.enter_context(sync_playwright())
        pages: dict[str, tuple[Page, CDPSession]] = {}
        for number, (where, checkout) in enumerate(checkouts.items()):
            folder = home / f"folder{number}"
            notebook = write_notebook(folder, SETUP, *(THINGS[name][0] for name in names))
            python_path = f"{checkout}{os.pathsep}{checkout / 'tests'}"
            lab = stack.enter_context(running(folder, home / f"jupyter{number}", PYTHONPATH=python_path))
            browser = playwright.chromium.launch(executable_path=path, args=QUIET)
            stack.callback(browser.close)
            page = browser.new_page(viewport={"width": 1366, "height": 900})
            lab.open(page, notebook)
            lab.run_all(page)
            if lab.errors(page):
                sys.exit(f"The notebook ends with {lab.errors(page)[0]}")
            devtools = page.context.new_cdp_session(page)
            devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
            pages[where] = page, devtools
            for name in names:  # the first changes pay for what is compiled and loaded once
                change(page, devtools, name, Measured())
        for _ in range(max(1, changes // (2 * TURN))):
            for name in names:
                for where, (page, devtools) in pages.items():
                    change(page, devtools, name, measured[name, where])
        for _ in range(3):
            for name in names:
                for where, (page, _devtools) in pages.items():
                    measured[name, where].drawn.append(held_down(page, name))
    show(measured, max(1, changes // (2 * TURN)) * 2 * TURN)


def show(measured: dict[tuple[str, str], Measured], count: int) -> None:
    """Print a row for each explorer, and two where there is another checkout."""
    print(
        f"{'explorer':18}{'':8}{'median ms':>11}{'95th percentile':>17}{'pictures':>14}"
        f"{'of 60 at 30 Hz':>17}{'keys Hz':>9}{'work ms':>10}{'script':>8}{'style':>7}{'layout':>8}"
    )
    for (name, where), found in measured.items():
        slow = statistics.quantiles(found.times, n=20)[-1]
        rate = statistics.median(rate for _, rate in found.drawn)
        of_60 = " ".join(str(many) for many, _ in sorted(found.drawn))
        pictures = f"{len(found.times)} of {count}"
        print(
            f"{name:18}{where:8}{statistics.median(found.times):>11.1f}{slow:>17.1f}{pictures:>14}{of_60:>17}{rate:>9.1f}"
            f"{found.spent('all'):>10.2f}{found.spent('script'):>8.2f}{found.spent('style'):>7.2f}{found.spent('layout'):>8.2f}"
        )
    for where in {where for _, where in measured}:
        if {(INTERACT, where), ("decay", where)} <= measured.keys():
            times = [statistics.median(measured[name, where].times) for name in (INTERACT, "decay")]
            print(
                f"The same curve takes interact {times[0] / times[1]:.1f} times as long as decay (target: at least 5)."
            )
    print("Targets for explorers: a median of at most 20 ms, and at least 58 of 60 changes at 30 Hz.\n")


WARM, MANY = 1000, 2000  # the first thousand also pay for what the browser compiles, once


def held(devtools: CDPSession) -> tuple[float, int]:
    """Kilobytes of the page's heap, and nodes of its documents, once all garbage is collected."""
    devtools.send("HeapProfiler.collectGarbage")
    found = {metric["name"]: metric["value"] for metric in devtools.send("Performance.getMetrics")["metrics"]}
    return found["JSHeapUsedSize"] / 1000, int(found["Nodes"])


def growth(page: Page, name: str) -> tuple[float, int]:
    """What more the page holds, in kilobytes and nodes, after MANY more changes."""
    mount(page, EVERY[name]())
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    page.locator("input[type=range]:visible").last.focus()

    def move(times: int) -> None:
        for press in range(times):
            page.keyboard.press("ArrowRight" if press % 2 else "ArrowLeft")
        page.wait_for_timeout(1000)  # what waits for a resting hand is done too

    move(WARM)
    heap, nodes = held(devtools)
    move(MANY)
    more_heap, more_nodes = held(devtools)
    return more_heap - heap, more_nodes - nodes


def weight(name: str) -> float:
    """Kilobytes of script, style and data, as they are sent to the page."""
    state = EVERY[name]().get_state()
    return (
        sum(len((text if isinstance(text, str) else json.dumps(text, default=str)).encode()) for text in state.values())
        / 1000
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"explorers, of {', '.join(THINGS)}; default all")
    parser.add_argument("--changes", type=int, default=120, help="of each slider, default 120")
    parser.add_argument(
        "--beside", type=Path, metavar="FOLDER", help="another checkout, measured in turn with this one"
    )
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in THINGS]
    if unknown:
        parser.error(f"NAME must be one of {', '.join(THINGS)}; got {unknown[0]!r}")
    path = find_browser.find()
    if path is None:
        sys.exit(f"This measurement needs a browser: {find_browser.HOW}.")
    others = {"before": asked.beside.resolve()} if asked.beside else {}
    responses(path, asked.names or list(THINGS), asked.changes, {**others, "now" if others else "": REPO})
    if asked.names:
        return
    print(f"{'explorer':10}{'weight kB':>11}{f'heap kB, {MANY:,} changes on':>30}{'nodes':>8}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        for name in EVERY:
            page = browser.new_page(viewport={"width": 920, "height": 900})
            heap, nodes = growth(page, name)
            page.close()
            print(f"{name:10}{weight(name):>11.1f}{heap:>+30.1f}{nodes:>+8}")
        browser.close()


if __name__ == "__main__":
    main()
