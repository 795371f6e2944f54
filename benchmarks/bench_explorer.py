"""How long after a key press an explorer's new picture is on the screen, in JupyterLab.

    python benchmarks/bench_explorer.py [CHANGES]

In each explorer a slider is moved CHANGES times (default 360) by its arrow keys, never at its end, and the median is in
milliseconds, from the key event's own time stamp to the first task after the frame that shows the change. Needs the
`test` extra and a browser.
"""

import statistics
import sys
import tempfile
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPO / "tests"), str(REPO / "tools")]

import find_browser  # noqa: E402
from lab_server import QUIET, running, write_notebook  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

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


if __name__ == "__main__":
    main()
