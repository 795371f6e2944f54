"""Draw the README's moving picture, docs/playground.webp: the playground while its learning rate is dragged.

python tools/playground_picture.py      needs Chromium (tools/find_browser.py)
"""

from __future__ import annotations

import io
import math
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]

import find_browser  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from support.bare_page import mount, move  # noqa: E402

from lrlab import explorers  # noqa: E402

OUT = ROOT / "docs" / "playground.webp"
FRAMES, MILLISECONDS = 26, 150


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser.find())
        page = browser.new_page(viewport={"width": 760, "height": 500})
        mount(page, explorers.playground(seeds=4))
        page.wait_for_function("window.state._results.length === 4")
        frames = []
        for n in range(FRAMES):  # there and back, from far too low to too high
            line = page.locator("[data-line=loss-now]").get_attribute("d")
            move(page.locator("[data-rate]"), -1.0 - 1.5 * math.cos(2 * math.pi * n / FRAMES))
            page.wait_for_function(
                "(line) => document.querySelector('[data-line=loss-now]').getAttribute('d') !== line", arg=line
            )
            frames.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
        browser.close()
    first, *others = frames
    first.save(OUT, save_all=True, append_images=others, duration=MILLISECONDS, loop=0, quality=30, method=6)
    print(f"{OUT.relative_to(ROOT)}: {OUT.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
