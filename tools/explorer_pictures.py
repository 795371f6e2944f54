"""Draw the explorers that README.md and docs/students.md show.

    python tools/explorer_pictures.py      needs Chromium (tools/find_browser.py), and trains on the bundled digits

They are docs/descent.png, schedule.png and snapshots.png, and docs/playground.webp, which moves: the playground while
its learning rate is dragged. Each still has a dark one beside it, docs/NAME-dark.png, and
holds in its own text what its explorer showed, so that tests/browser/test_readme_pictures.py notices a change.
"""

from __future__ import annotations

import io
import math
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]

import anywidget  # noqa: E402
import find_browser  # noqa: E402
import torch  # noqa: E402
from PIL import Image  # noqa: E402
from PIL.PngImagePlugin import PngInfo  # noqa: E402
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402
from support.bare_page import dress, mount, move, rest  # noqa: E402

from lrlab import data, experiments, explorers, landscapes, models  # noqa: E402
from lrlab.schedules import Cosine, OneCycle, StepDecay  # noqa: E402

WIDTH = 860  # from here on controls stand in columns
COLORS = 128  # keeps apart all that the palette keeps apart
FRAMES, MILLISECONDS = 26, 150
NUMBER = re.compile(r"−?\d[\d.]*(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
JUDGED = re.compile(r"^(?:✓\nright|✗\nwrong)$", re.MULTILINE)
# The words in sight, in their order, then each kind of line and mark with its colour: what one can tell apart.
SHOWN = """() => {
    const page = document.querySelector(".lrlab-explorer");
    const walk = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
    const words = [];
    while (walk.nextNode()) {
        const said = walk.currentNode.data.replace(/\\s+/g, " ").trim();
        const at = walk.currentNode.parentElement;
        if (said && at.checkVisibility({ visibilityProperty: true })) words.push(said);
    }
    const drawn = [...page.querySelectorAll(".plot :is(.line, .area, .mark, .spots, .way, .ball)")].map((one) => {
        const { stroke, fill } = getComputedStyle(one);
        return `${one.parentElement.getAttribute("class") ?? ""} ${one.getAttribute("class")}: ${stroke}, ${fill}`;
    });
    return [...words, ...new Set(drawn)].join("\\n");
}"""


def _descent() -> anywidget.AnyWidget:
    return explorers.descent(
        landscapes.ValleyWithWell(), schedule="exponential", compare="constant", lr=0.5, steps=80, goal="well"
    )


def _schedule() -> anywidget.AnyWidget:
    pins = [Cosine(0.1, T_max=99), StepDecay(0.1, decay=0.3, every=30)]
    return explorers.schedule(OneCycle(0.1, total_steps=100), compare=pins, goal="warmup")


def _snapshots() -> anywidget.AnyWidget:
    digits = data.load("digits")
    # As in notebook 06, section 4: with wrong labels, snapshots differ, and together do better.
    draw = torch.Generator().manual_seed(0)
    wrong = torch.rand(500, generator=draw) < 0.2
    labels = digits.train_labels[:500]
    other = (labels + torch.randint(1, 10, (500,), generator=draw)) % 10
    noisy = replace(digits, train_images=digits.train_images[:500], train_labels=torch.where(wrong, other, labels))
    runs = experiments.snapshots(noisy, model=models.MLP, lr=0.05, epochs=60)
    return explorers.snapshots(runs, noisy, chosen=[3, 4, 5], goal="fewest")


PICTURES: dict[str, Callable[[], anywidget.AnyWidget]] = {
    "descent": _descent,
    "schedule": _schedule,
    "snapshots": _snapshots,
}
"""What makes the explorer of each picture, by the picture's name."""

THEMES = {"descent": ("light", "dark"), "schedule": ("light", "dark"), "snapshots": ("light",)}
"""JupyterLab's themes in which each is drawn."""


def path_of(name: str, theme: str) -> Path:
    """Return where a picture is."""
    return ROOT / "docs" / f"{name}{'-dark' if theme == 'dark' else ''}.png"


def show(page: Page, explorer: anywidget.AnyWidget, theme: str) -> str:
    """Put an explorer on a page in a theme; return what it shows there, whatever the training run behind it gave."""
    mount(page, explorer, unfold=False)
    dress(page, theme)
    rest(page, 500)
    return of_any_run(page.evaluate(SHOWN))


def of_any_run(shown: str) -> str:
    """Return the words with 0 for each number, and ✓ for each image.

    Another processor rounds otherwise, so that a training run ends elsewhere: in its last digits, and in images that it
    gets right only just.
    """
    return JUDGED.sub("✓", NUMBER.sub("0", shown))


def draw_stills(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": WIDTH + 16, "height": 1000}, device_scale_factor=1.5)
    for name, make in PICTURES.items():
        explorer = make()
        for theme in THEMES[name]:
            about = PngInfo()
            about.add_itxt("shown", show(page, explorer, theme), zip=True)
            shot = page.locator(".lrlab-explorer").screenshot()
            picture = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLORS)
            picture.save(path_of(name, theme), optimize=True, pnginfo=about)


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
