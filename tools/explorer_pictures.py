"""Draw the explorers that README.md and docs/students.md show.

    python tools/explorer_pictures.py      needs Chromium (tools/find_browser.py), and trains on the bundled digits

They are docs/descent.png, schedule.png and snapshots.png, and docs/playground.webp, which moves: the playground while
its learning rate is dragged.
"""

from __future__ import annotations

import io
import math
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]

import anywidget  # noqa: E402
import find_browser  # noqa: E402
import torch  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402
from support.bare_page import mount, move, rest  # noqa: E402

from lrlab import data, experiments, explorers, landscapes, models  # noqa: E402
from lrlab.schedules import Cosine, OneCycle, StepDecay  # noqa: E402

WIDTH = 860  # from here on controls stand in columns
COLORS = 128  # keeps apart all that the palette keeps apart
FRAMES, MILLISECONDS = 26, 150


def pictures() -> dict[str, anywidget.AnyWidget]:
    """Return what to draw, by the picture's name."""
    digits = data.load("digits")
    # As in notebook 06, section 4: with wrong labels, snapshots differ, and together do better.
    draw = torch.Generator().manual_seed(0)
    wrong = torch.rand(500, generator=draw) < 0.2
    labels = digits.train_labels[:500]
    other = (labels + torch.randint(1, 10, (500,), generator=draw)) % 10
    noisy = replace(digits, train_images=digits.train_images[:500], train_labels=torch.where(wrong, other, labels))
    runs = experiments.snapshots(noisy, model=models.MLP, lr=0.05, epochs=60)
    pins = [Cosine(0.1, T_max=99), StepDecay(0.1, decay=0.3, every=30)]
    return {
        "descent": explorers.descent(
            landscapes.ValleyWithWell(), schedule="exponential", compare="constant", lr=0.5, steps=80, goal="well"
        ),
        "schedule": explorers.schedule(OneCycle(0.1, total_steps=100), compare=pins, goal="warmup"),
        "snapshots": explorers.snapshots(runs, noisy, chosen=[3, 4, 5], goal="fewest"),
    }


def draw_stills(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": WIDTH + 16, "height": 1000}, device_scale_factor=1.5)
    for name, explorer in pictures().items():
        mount(page, explorer, unfold=False)
        rest(page, 500)
        shot = page.locator(".lrlab-explorer").screenshot()
        Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLORS).save(ROOT / "docs" / f"{name}.png", optimize=True)


def draw_playground(browser: Browser) -> None:
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
    first, *others = frames
    out = ROOT / "docs" / "playground.webp"
    first.save(out, save_all=True, append_images=others, duration=MILLISECONDS, loop=0, quality=30, method=6)


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser.find())
        draw_stills(browser)
        draw_playground(browser)
        browser.close()


if __name__ == "__main__":
    main()
