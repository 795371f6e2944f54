"""How quickly the playground answers: slider moved until the complete new curve of 250 updates is painted.

    python benchmarks/bench_playground.py [CHANGES]

In Chromium, on a bare page: medians of CHANGES (default 60) moves with one seed and with four, in turns; beside them
the same 250 updates by ``train.fit``; pictures a second while the slider is dragged; a run by the kernel in WebAssembly
and by that in JavaScript; what the explorer weighs, and what more the page and all renderers hold after 500 runs. It
needs a browser (tools/find_browser.py).
"""

from __future__ import annotations

import re
import statistics
import sys
import time
from dataclasses import asdict
from itertools import count
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]

import find_browser  # noqa: E402
from bench_explorer import held, weight  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from support.bare_page import mount  # noqa: E402
from support.lab_server import QUIET  # noqa: E402

from lrlab import data, explorers, train  # noqa: E402
from lrlab.explorers.playground.fit import Settings  # noqa: E402
from lrlab.explorers.shared.assets import bundle_js  # noqa: E402

# Move the slider; resolve with the milliseconds until the frame after the curve of that very learning rate.
ANSWER = """(place) => new Promise((resolve) => {
    const line = () => document.querySelector("[data-lines] code")?.textContent ?? "";
    const drawn = () => Number(line().match(/^Constant\\((.+)\\)$/)?.[1]); // 1.0 is 1
    const input = document.querySelector("[data-rate]");
    const begun = performance.now();
    input.value = place;
    input.dispatchEvent(new Event("input"));
    const asked = window.state.schedule.values.lr;
    const look = new MutationObserver(() => {
        if (drawn() !== asked) return;
        look.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun), 0));
    });
    look.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
})"""
# Drag for so many milliseconds, an event a frame; resolve with pictures a second.
DRAG = """(long) => new Promise((resolve) => {
    const input = document.querySelector("[data-rate]");
    let pictures = 0;
    let last = "";
    const begun = performance.now();
    const look = new MutationObserver(() => {
        const now = document.querySelector("[data-line=loss-now]")?.getAttribute("d");
        pictures += Number(now !== last);
        last = now;
    });
    look.observe(document.body, { subtree: true, childList: true, attributes: true });
    const frame = () => {
        const gone = performance.now() - begun;
        if (gone > long) { look.disconnect(); return resolve((1000 * pictures) / gone); }
        input.value = -2 + 2 * Math.abs(((gone / 1000) % 2) - 1);
        input.dispatchEvent(new Event("input"));
        requestAnimationFrame(frame);
    };
    frame();
})"""


ADDRESS = "http://playground.test/"
# Places on the slider, from 0.01 to 1; one comes again after 200 others, as the page keeps the last 160 runs.
PLACES = (-2 + (89 * n % 201) / 100 for n in count(1))


def fit_seconds() -> float:
    """250 updates of the same network by ``train.fit``: 64 inputs, 32 units, batches of 32."""
    digits = data.load("digits").map_images(lambda images: torch.nn.functional.interpolate(images, size=(8, 8)))
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    begun = time.perf_counter()
    history = train.fit(model, digits, optimizer, epochs=6, batch_size=32, progress=False)
    return (time.perf_counter() - begun) * 250 / len(history.step)


# In a worker, the fastest of 30 runs in milliseconds; after "plain" without WebAssembly.
WORKER = """
onmessage = async ({ data: [plain, spec] }) => {
    if (plain) delete globalThis.WebAssembly;
    take_digits(await unpacked_digits());
    const times = Array.from({ length: 30 }, (_, seed) => {
        const begun = performance.now();
        train({ ...spec, seed });
        return performance.now() - begun;
    });
    postMessage(Math.min(...times));
};"""
IN_WORKER = """([source, plain, spec]) => new Promise((resolve) => {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(url, { type: "module" });
    worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
    worker.postMessage([plain, spec]);
})"""


def kernels(page: Page) -> tuple[float, float]:
    """Milliseconds of a run by the kernel in WebAssembly and by that in JavaScript: the fastest of 90 each."""
    source = bundle_js("playground/train.js") + bundle_js("playground/unpack.js") + WORKER
    spec = {**asdict(Settings()), "rates": [0.1] * 250}
    times = [[page.evaluate(IN_WORKER, [source, plain, spec]) for plain in (False, True)] for _ in range(3)]
    compiled, plain = (min(found) for found in zip(*times, strict=True))
    return compiled, plain


def resident(browser: Browser) -> float:
    """Kilobytes of memory of the browser's renderers, workers included; NaN where there is no /proc."""
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    files = [Path(f"/proc/{one['id']}/status") for one in found if one["type"] == "renderer"]
    if not all(file.exists() for file in files):
        return float("nan")
    return float(sum(int(re.findall(r"RssAnon:\s*(\d+)", file.read_text())[0]) for file in files))


def growth(browser: Browser, page: Page) -> tuple[float, float]:
    """Kilobytes that the page's heap and all renderers hold more after 500 runs, once as many have warmed it up."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def runs() -> tuple[float, float]:
        for _ in range(500):
            page.evaluate(ANSWER, next(PLACES))
        return held(devtools)[0], resident(browser)

    before = runs()
    after = runs()
    return after[0] - before[0], after[1] - before[1]


def main() -> None:
    changes = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    path = find_browser.find()
    if path is None:
        sys.exit(f"This measurement needs a browser: {find_browser.HOW}.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        pages = {}
        for seeds in (1, 4):
            pages[seeds] = browser.new_page(viewport={"width": 920, "height": 900})
            # At an address: a page of none, such as about:blank, gets no workers, and trains itself.
            pages[seeds].route(ADDRESS, lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
            pages[seeds].goto(ADDRESS)
            mount(pages[seeds], explorers.playground(seeds=seeds))
            pages[seeds].wait_for_function("window.state._results.length > 0")
            if not pages[seeds].workers:
                sys.exit("The page has no workers, so this would measure another thing.")
            for _ in range(20):  # what is compiled once
                pages[seeds].evaluate(ANSWER, next(PLACES))
        times: dict[int, list[float]] = {1: [], 4: []}
        fits: list[float] = []
        for _ in range(max(1, changes // 10)):
            for seeds, page in pages.items():
                page.bring_to_front()
                times[seeds] += [page.evaluate(ANSWER, next(PLACES)) for _ in range(10)]
            fits.append(1000 * fit_seconds())
        for seeds, target in ((1, 60), (4, 120)):
            found = times[seeds]
            print(f"{seeds} seed{'s' if seeds > 1 else ''}: median {statistics.median(found):.0f} ms, fastest "
                  f"{min(found):.0f} ms (target: at most {target})")  # fmt: skip
        ratio = statistics.median(fits) / statistics.median(times[1])
        print(
            f"train.fit: median {statistics.median(fits):.0f} ms, {ratio:.1f} times as long as the page with one seed"
        )
        pages[1].bring_to_front()
        print(f"pictures a second while dragging: {pages[1].evaluate(DRAG, 4000):.0f} (target: at least 20)")
        compiled, plain = kernels(pages[1])
        print(f"a run by WebAssembly: {compiled:.1f} ms, by JavaScript {plain / compiled:.1f} times as long")
        print(f"weight: {weight('playground'):.0f} kB (target: at most 180)")
        heap, renderers = growth(browser, pages[1])
        print(f"after 500 more runs: heap {heap:+.0f} kB, renderers {renderers:+.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()
