"""How long after a key press the decay explorer's new picture is on the screen, in JupyterLab.

    python benchmarks/bench_explorer.py [CHANGES]

Moves a slider CHANGES times (default 360) by its arrow keys and prints the median in milliseconds, from the key
event's own time stamp to the first task after the frame that shows the change. Needs the `test` extra and a browser.
"""

import statistics
import sys
import tempfile
from pathlib import Path

import nbformat

REPO = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPO / "tests"), str(REPO / "tools")]

import find_browser  # noqa: E402
from lab_server import QUIET, running  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

RECORD = """(slider) => {
    window.painted = [];
    let pressed, before;
    const line = () => document.querySelector(".lrlab-decay [data-line=exponential]").getAttribute("d");
    addEventListener("keydown", (event) => { pressed = event.timeStamp; before = line(); }, true);
    slider.addEventListener("input", () => requestAnimationFrame(() => {
        const frame = new MessageChannel();
        frame.port1.onmessage = () => { if (line() !== before) window.painted.push(performance.now() - pressed); };
        frame.port2.postMessage(0); // runs once this frame has been painted
    }));
}"""


def measure(page: Page, changes: int) -> list[float]:
    """Milliseconds from key to picture, for each change that arrived."""
    slider = page.locator(".lrlab-decay input[data-key=exponential_decay]")
    slider.evaluate(RECORD)
    slider.focus()
    for change in range(changes):
        page.keyboard.press("ArrowRight" if change // 100 % 2 == 0 else "ArrowLeft")
        page.wait_for_timeout(33)  # 30 presses a second, about what a held key gives
    page.wait_for_timeout(300)
    return page.evaluate("window.painted")


def main() -> None:
    changes = int(sys.argv[1]) if len(sys.argv) > 1 else 360
    path = find_browser.find()
    if path is None:
        sys.exit(f"This measurement needs a browser: {find_browser.HOW}.")
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "folder"
        folder.mkdir()
        cell = nbformat.v4.new_code_cell("from lrlab import explorers\n\nexplorers.decay()")
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel}), folder / "bench.ipynb")
        with running(folder, Path(home) / "jupyter") as lab, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=QUIET)
            page = browser.new_page(viewport={"width": 1366, "height": 900})
            lab.open(page, "bench.ipynb")
            lab.run_all(page)
            times = measure(page, changes)
            browser.close()
    slow = statistics.quantiles(times, n=20)[-1]
    print(f"key press to painted picture: median {statistics.median(times):.1f} ms, 95th percentile {slow:.1f} ms")
    print(f"pictures drawn: {len(times)} of {changes} changes")


if __name__ == "__main__":
    main()
