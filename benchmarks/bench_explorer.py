"""How long after a key press an explorer's new picture is on the screen, in JupyterLab; what a page weighs, and keeps.

    python benchmarks/bench_explorer.py [CHANGES]

In each explorer a slider is moved CHANGES times (default 360) by its arrow keys, never at its end, and the median is in
milliseconds, from the key event's own time stamp to the first task after the frame that shows the change. Then every
explorer stands alone on a page: its weight is that of script, style and data as they are sent, and its growth is what
the page's heap and document hold after 2,000 more changes of a slider than after the first 1,000, garbage collected
before both.
Needs the `test` extra and a browser.
"""

import json
import statistics
import sys
import tempfile
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPO / "tests"), str(REPO / "tests" / "browser"), str(REPO / "tools")]

import find_browser  # noqa: E402
from bare_page import mount  # noqa: E402
from every_explorer import EVERY  # noqa: E402
from lab_server import QUIET, running, write_notebook  # noqa: E402
from playwright.sync_api import CDPSession, Page, sync_playwright  # noqa: E402

# What to run, and in it the slider to move and the line to watch.
EXPLORERS = {
    "decay": ("explorers.decay()", "input[data-key=exponential_decay]", "[data-line=exponential]"),
    "schedule": (
        "explorers.schedule(schedules.OneCycle(0.1, total_steps=100), compare=[schedules.Cosine(0.1, T_max=100)])",
        "input[data-field=max_lr]",
        "[data-line=now]",
    ),
    "descent": (
        "explorers.descent(landscapes.ManyMinima(), noise=0.3, steps=200)",
        "input[data-key=lr]",
        "[data-path]",
    ),
}
RECORD = """(slider, line_at) => {
    window.painted = [];
    let pressed, before;
    const line = () => document.querySelector(line_at).getAttribute("d");
    addEventListener("keydown", (event) => { pressed = event.timeStamp; before = line(); }, true);
    slider.addEventListener("input", () => requestAnimationFrame(() => {
        const frame = new MessageChannel();
        frame.port1.onmessage = () => { if (line() !== before) window.painted.push(performance.now() - pressed); };
        frame.port2.postMessage(0); // runs once this frame has been painted
    }));
}"""


def measure(page: Page, name: str, changes: int) -> list[float]:
    """Milliseconds from key to picture, for each change that arrived."""
    _, slider_at, line_at = EXPLORERS[name]
    slider = page.locator(f".lrlab-{name} {slider_at}")
    slider.evaluate(RECORD, f".lrlab-{name} {line_at}")
    slider.focus()
    for change in range(changes):
        page.keyboard.press("ArrowRight" if change // 20 % 2 == 0 else "ArrowLeft")
        page.wait_for_timeout(33)  # 30 presses a second, about what a held key gives
    page.wait_for_timeout(300)
    return page.evaluate("window.painted")


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

    def change(times: int) -> None:
        for press in range(times):
            page.keyboard.press("ArrowRight" if press % 2 else "ArrowLeft")
        page.wait_for_timeout(1000)  # what waits for a resting hand is done too

    change(WARM)
    heap, nodes = held(devtools)
    change(MANY)
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
    changes = int(sys.argv[1]) if len(sys.argv) > 1 else 360
    path = find_browser.find()
    if path is None:
        sys.exit(f"This measurement needs a browser: {find_browser.HOW}.")
    print(f"{'explorer':10}{'median ms':>11}{'95th percentile':>17}{'pictures drawn':>16}")
    for name, (call, _, _) in EXPLORERS.items():
        with tempfile.TemporaryDirectory() as home:
            folder = Path(home) / "folder"
            notebook = write_notebook(folder, f"from lrlab import explorers, landscapes, schedules\n\n{call}")
            with running(folder, Path(home) / "jupyter") as lab, sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=path, args=QUIET)
                page = browser.new_page(viewport={"width": 1366, "height": 900})
                lab.open(page, notebook)
                lab.run_all(page)
                times = measure(page, name, changes)
                browser.close()
        slow = statistics.quantiles(times, n=20)[-1]
        print(f"{name:10}{statistics.median(times):>11.1f}{slow:>17.1f}{f'{len(times)} of {changes}':>16}")

    print(f"\n{'explorer':10}{'weight kB':>11}{f'heap kB, {MANY:,} changes on':>30}{'nodes':>8}")
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
