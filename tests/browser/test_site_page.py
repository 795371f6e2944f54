"""The built site in a real browser: no kernel, no other host, and also without scripts or on a narrow dark screen."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import nbformat
import pytest

pytest.importorskip("myst_nb")

from coursesite import sheets, weigh
from nbformat.v4 import new_code_cell, new_markdown_cell
from playwright.sync_api import Browser, Locator, Page, Response, Route, ViewportSize, expect
from support import small_site
from support.axe_rules import violations
from support.bare_page import mount, move, rest
from support.every_explorer import EVERY
from support.warm_kernel import warm_kernels

pytestmark = [
    pytest.mark.slow(reason="the first builds the site"),
    pytest.mark.browser,
    pytest.mark.xdist_group("site"),
]

LONG = (
    r"$$\eta_n = \eta_0 \cdot d^{\lfloor n / r \rfloor} + "
    + " + ".join(rf"\frac{{{k}}}{{n + {k}}}" for k in range(24))
    + "$$"
)
MIDDLES = """(block) => [block, block.querySelector("mrow")].map((one) => {
    const { left, right } = one.getBoundingClientRect();
    return (left + right) / 2;
})"""
EVERYTHING = [
    new_markdown_cell("# Every explorer"),
    new_code_cell("from support.every_explorer import EVERY"),
    *(new_code_cell(f"EVERY[{name!r}]()") for name in EVERY),
    new_code_cell("from support.made_results import made_comparison\nmade_comparison()"),
]
FIGURE = "import matplotlib.pyplot as plt\nfrom lrlab import plots\n_ = plt.plot([3, 1, 2], label='loss')"
TABLE = """| schedule | formula | in lrlab | in PyTorch |
|---|---|---|---|
| inverse-time decay | $\\eta_0 / (1 + d\\,n)$ | `InverseTimeDecay` | `LambdaLR` with a function of your own |"""
WIDE = "print(*range(60))  # a line of code that is too long for the column of a narrow page, and one of output"
NOTEBOOKS = {
    "00_schedule": [
        new_markdown_cell(
            f"# A schedule\n\nIts rate $\\eta_n$ on a terrace:\n\n{LONG}\n\nNext: [a descent](01_descent.ipynb)."
        ),
        new_markdown_cell("In short:\n\n$$\\eta_{n+1} = d\\,\\eta_n$$"),
        new_code_cell("from lrlab import explorers, schedules\nexplorers.schedule(schedules.Cosine(0.1, T_max=100))"),
        new_code_cell(FIGURE),
        new_code_cell(WIDE),
    ],
    "01_descent": [
        new_markdown_cell(
            f"# A descent\n\n## Down the bowl\n\n{TABLE}\n\nMade with [these versions](../constraints.txt)."
        ),
        new_code_cell("from lrlab import explorers\nexplorers.descent(lr=0.1)"),
    ],
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Path:
    """The site of these notebooks."""
    notebooks = {**NOTEBOOKS, "02_every": EVERYTHING}
    return small_site.build(tmp_path_factory.mktemp("course"), notebooks, warm_kernels(shared_folder))


@pytest.fixture(scope="module")
def site(built: Path) -> Iterator[str]:
    """Its address on this machine."""
    with small_site.serving(built) as address:
        yield address


@pytest.fixture
def elsewhere() -> list[str]:
    """What a page asked other hosts for, in vain."""
    return []


def shut_in(page: Page, site: str, elsewhere: list[str]) -> Page:
    def refuse(route: Route) -> None:
        elsewhere.append(route.request.url)
        route.abort()

    page.route(re.compile(f"^(?!data:|blob:|{re.escape(site)})"), refuse)
    return page


@pytest.fixture(scope="module")
def viewport() -> ViewportSize:
    return {"width": 1280, "height": 900}


@pytest.fixture
def page(page: Page, site: str, elsewhere: list[str]) -> Page:
    """It keeps nothing of what an earlier test kept there."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Storage.clearDataForOrigin", {"origin": site.rstrip("/"), "storageTypes": "all"})
    devtools.detach()
    return shut_in(page, site, elsewhere)


@pytest.fixture(autouse=True)
def no_problems(problems: list[str], elsewhere: list[str]) -> Iterator[None]:
    """Whatever a test does, its page asks no other host for anything and its console complains about nothing."""
    yield
    assert problems == []
    assert elsewhere == []


def drag(page: Page, slider: Locator, start: float, end: float) -> None:
    """The mouse over a slider, from one fraction of its width to another."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * start, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, y, steps=6)
    page.mouse.up()


def changed(page: Page, before: list[str], parts: list[Locator], attributes: list[str | None]) -> list[str]:
    """Each of ``parts`` is not what it was ``before``; returns what they are now."""
    for part, attribute, old in zip(parts, attributes, before, strict=True):
        never = re.compile(f"^{re.escape(old)}$")
        if attribute:
            expect(part).not_to_have_attribute(attribute, never)
        else:
            expect(part).not_to_have_text(never)
    return read(parts, attributes)


def read(parts: list[Locator], attributes: list[str | None]) -> list[str]:
    found = [
        part.get_attribute(name) if name else part.text_content() for part, name in zip(parts, attributes, strict=True)
    ]
    assert all(found)
    return [str(text) for text in found]


def test_the_schedule_explorer_answers_keys_and_the_mouse(page: Page, site: str) -> None:
    page.goto(f"{site}course/00_schedule.html")
    explorer = page.locator(".lrlab-schedule")
    expect(explorer).to_be_visible()
    expect(page.locator(".lrlab-still")).to_have_count(0)
    line, formula = explorer.locator("[data-line=now]"), explorer.locator(".math")
    python, torch = explorer.locator("[data-code=lrlab]"), explorer.locator("[data-code=torch]")
    parts, attributes = [line, formula, python, torch], ["d", None, None, None]
    expect(python).to_have_text("Cosine(0.1, T_max=100)")
    slider = explorer.get_by_role("slider", name="T_max")
    before = read(parts, attributes)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    before = changed(page, before, parts, attributes)
    expect(python).to_have_text("Cosine(0.1, T_max=99)")
    drag(page, slider, 0.5, 0.2)
    changed(page, before, parts, attributes)


def test_an_address_shows_what_was_set_of_several_explorers(page: Page, site: str) -> None:
    page.goto(f"{site}course/02_every.html")
    for explorer, slider in ((".lrlab-decay", "d of exponential decay"), (".lrlab-descent", "T0 steps")):
        one = page.locator(explorer).get_by_role("slider", name=slider)
        one.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("run=.*run[2-9]="))
    url, words = "", ["decay", "descent"]
    while url != page.url:  # the address follows the keys when the hand has rested
        url = page.url
        page.wait_for_timeout(1500)
    before = [page.locator(f".lrlab-{word} .main output").all_inner_texts() for word in words]
    page.goto("about:blank")
    page.goto(url)
    for word, text in zip(words, before, strict=True):
        expect(page.locator(f".lrlab-{word} .main output")).to_have_text(text)


def test_the_descent_explorer_answers_keys_and_the_mouse(page: Page, site: str) -> None:
    page.goto(f"{site}course/01_descent.html")
    explorer = page.locator(".lrlab-descent")
    expect(explorer).to_be_visible()
    explorer.get_by_text("the same in Python").click()
    parts = [
        explorer.locator("[data-path]"),
        explorer.locator("[data-line=loss]"),
        explorer.locator("[data-values=first]"),
        explorer.locator("pre"),
    ]
    attributes: list[str | None] = ["d", "d", None, None]
    expect(parts[-1]).to_contain_text("0.1")
    slider = explorer.get_by_role("slider", name="learning rate")
    before = read(parts, attributes)
    slider.focus()
    page.keyboard.press("ArrowRight")
    before = changed(page, before, parts, attributes)
    drag(page, slider, 0.6, 0.3)
    before = changed(page, before, parts, attributes)
    handle = explorer.locator("figure:visible circle.start")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 60, y, steps=5)
    page.mouse.up()
    changed(page, before, parts, attributes)


def test_formulas_and_figures_are_drawn(page: Page, site: str) -> None:
    page.goto(f"{site}course/00_schedule.html")
    formulas = page.locator(".bd-article > section math, .bd-article > section > .math math")
    assert formulas.count() >= 2
    for formula in formulas.all():
        assert formula.evaluate("(one) => one.namespaceURI").endswith("/MathML")
        box = formula.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) > 4
    expect(page.locator(".bd-article mfrac").first).to_be_visible()
    short = page.locator(".bd-article div.math").nth(1).evaluate(MIDDLES)
    assert abs(short[0] - short[1]) < 2, "a display formula stands in the middle"
    figure = page.get_by_role("img", name=re.compile("loss, from 3 to 2, lowest 1"))
    figure.scroll_into_view_if_needed()
    expect(figure).to_be_visible()
    page.wait_for_function("(one) => one.complete && one.naturalWidth > 0", arg=figure.element_handle())
    assert figure.evaluate("(one) => one.src.endsWith('.svg')"), "sharp on every screen"
    assert figure.evaluate("(one) => Math.abs(one.naturalWidth - one.width) < 2"), "and as wide as its page was told"
    for scheme in ("light", "dark"):
        page.evaluate("(one) => { document.documentElement.dataset.theme = one; }", scheme)
        ground = figure.evaluate("(one) => [one, one.parentNode].map((each) => getComputedStyle(each).backgroundColor)")
        assert ground == ["rgba(0, 0, 0, 0)"] * 2, f"no ground of its own on a {scheme} page"


def goal_and_picture_stay_below_the_page_s_bar(page: Page) -> None:
    """Where there is something unfolded to look at below them. And they cover nothing before the page is scrolled."""
    explorer = page.locator(".lrlab-descent")
    expect(explorer).to_be_visible()
    before, after = explorer.evaluate("""(explorer) => {
        const top = (one) => one.getBoundingClientRect().top;
        const stage = explorer.querySelector(".stage");
        explorer.querySelector("details").open = true;
        explorer.scrollIntoView({ behavior: "instant" });
        scrollBy({ top: -150, behavior: "instant" });
        const before = top(stage) - top(explorer);
        scrollBy({ top: 300, behavior: "instant" });
        return [before, top(stage) / parseFloat(getComputedStyle(document.documentElement).fontSize)];
    }""")
    assert before <= 8
    assert after == pytest.approx(3, abs=0.1)


def a_table_of_results_is_readable_in_the_dark(page: Page) -> None:
    """On the page's own ground, in its text's colour, with its columns apart."""
    table = page.locator("div.cell_output .text_html > table")
    expect(table).to_be_visible()
    ground, color, text, padding = table.evaluate("""(table) => [
        getComputedStyle(table.parentElement).backgroundColor,
        getComputedStyle(table.querySelector("td")).color,
        getComputedStyle(document.querySelector(".bd-article p")).color,
        parseFloat(getComputedStyle(table.querySelector("td")).paddingLeft),
    ]""")
    assert ground == "rgba(0, 0, 0, 0)"
    assert color == text
    assert padding >= 6


def images_in_explorers_are_as_in_jupyterlab(page: Page) -> None:
    """Else the theme frames them, and takes colour away."""
    for images, its_filter in ((".lrlab-descent .ground img", "none"), (".lrlab-snapshots .tile img", "invert(1)")):
        image = page.locator(images).first
        for name, value in {"padding": "0px", "border-radius": "0px", "filter": its_filter}.items():
            expect(image).to_have_css(name, value)
        expect(image).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def a_table_has_its_intervals_as_bars_in_the_colour_of_its_text(page: Page) -> None:
    table = page.locator("table", has_text="standard deviation; paired differences")
    bars = table.locator("td svg")
    assert bars.count() == 9
    bars.first.scroll_into_view_if_needed()
    for scheme in ("light", "dark"):
        page.evaluate("(one) => { document.documentElement.dataset.theme = one; }", scheme)
        colours = bars.first.evaluate("(one) => [getComputedStyle(one).stroke, getComputedStyle(one.parentNode).color]")
        assert colours[0] == colours[1]
    box = bars.first.bounding_box()
    assert box is not None
    assert box["width"] == 96


def test_goals_and_tables_of_a_page_with_every_explorer(page: Page, site: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{site}course/02_every.html")  # takes two seconds of a core
    images_in_explorers_are_as_in_jupyterlab(page)
    a_table_of_results_is_readable_in_the_dark(page)
    a_table_has_its_intervals_as_bars_in_the_colour_of_its_text(page)
    goal_and_picture_stay_below_the_page_s_bar(page)


def test_a_card_leads_to_its_notebook(page: Page, site: str) -> None:
    page.goto(site)
    cards = page.locator(".lrlab-cards a")
    expect(cards).to_have_count(3)
    expect(cards.nth(1)).to_contain_text("A descent")
    cards.nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A descent")


# How dark the left and the right edge of a block of code are, beside its middle, below the text.
EDGES = """(picture) => new Promise((done) => {
    const image = new Image();
    image.onload = () => {
        const { width, height } = image;
        const canvas = Object.assign(document.createElement("canvas"), { width, height });
        const pen = canvas.getContext("2d");
        pen.drawImage(image, 0, 0);
        const light = (x) => pen.getImageData(x, height - 4, 1, 1).data[1];
        done([4, width - 4].map((x) => Math.abs(light(x) - light(Math.round(width / 2)))));
    };
    image.src = `data:image/png;base64,${picture}`;
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_code_that_goes_on_says_so(page: Page, site: str, scheme: Literal["light", "dark"]) -> None:
    """By a shade at the edge beyond which there is more, and, for keyboard and ear, by a stop with a name."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}course/00_schedule.html")
    for place, name in ((".cell_input", "code"), (".cell_output", "output")):
        block = page.locator(f"{place} pre", has_text="59" if name == "output" else "too long").last
        expect(block).to_have_attribute("aria-label", f"{name}, scrolls sideways")
        expect(block).to_have_role("group")

        def edges(block: Locator = block) -> list[int]:
            picture = base64.b64encode(block.screenshot()).decode()
            return list(page.evaluate(EDGES, picture))

        left, right = edges()
        assert left < 4
        assert right > 20
        block.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("(one) => one.scrollLeft > 10", arg=block.element_handle())
        block.evaluate("(one) => { one.scrollLeft = 1e6; }")
        left, right = edges()
        assert left > 20
        assert right < 4
    short = page.locator(".cell_input pre", has_text="explorers.schedule(").last
    assert short.evaluate("(one) => one.scrollWidth > one.clientWidth"), "at 390 pixels this goes on, too"
    page.set_viewport_size({"width": 1366, "height": 768})
    assert short.evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_a_name_in_a_table_stays_whole_on_a_phone(page: Page, site: str) -> None:
    """Then the table scrolls, with a shade at its edge."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}course/01_descent.html")
    name = page.locator("td code", has_text="InverseTimeDecay")
    lines = name.evaluate("(one) => one.getBoundingClientRect().height / parseFloat(getComputedStyle(one).lineHeight)")
    assert lines < 1.8
    table = page.locator(".pst-scrollable-table-container")
    assert table.evaluate("(one) => one.scrollWidth > one.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(table).to_have_css("background-attachment", "local, local, scroll, scroll, scroll")


PRINTED = """() => [...document.querySelectorAll(".bd-article .cell_output table:not(.lrlab-explorer table)")].map(
    (one) => one.scrollWidth - one.closest(".output").clientWidth)"""


def test_on_paper_a_heading_stays_with_its_text_and_no_table_is_cut(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 680, "height": 900})  # of A4 between its margins
    page.emulate_media(media="print")
    page.goto(f"{site}course/02_every.html")
    beyond = page.evaluate(PRINTED)
    assert beyond
    assert max(beyond) <= 0
    page.goto(f"{site}course/00_schedule.html")
    expect(page.locator(".bd-article h1 + p").first).to_have_css("break-after", "avoid")
    page.goto(f"{site}course/01_descent.html")
    step = page.locator(".lrlab-descent .scrub .slider").first
    expect(step).to_be_visible()
    assert step.evaluate("(one) => one.getBoundingClientRect().height") < 25, "one line"
    page.emulate_media(media="null")  # "screen" would hold for PDFs, too


def test_a_page_weighs_at_most_600_kb(page: Page, site: str) -> None:
    heard: list[Response] = []
    page.on("response", lambda response: heard.append(response))
    page.goto(f"{site}course/00_schedule.html")
    page.get_by_role("img", name=re.compile("loss, from 3 to 2")).scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert any(one.url.endswith(".svg") for one in heard)
    assert not any("searchindex" in one.url for one in heard)  # which grows with the site
    assert sum(len(one.body()) for one in heard) < 600_000


def test_theme_and_explorers_leave_the_pages_room(built: Path) -> None:
    """What they weigh stays far below the limit, so that no notebook's text, figures and states reach it."""
    assert weigh.weigh(built / "docs" / "library.html", built) < 155_000, "a page of words"
    every = sum(file.stat().st_size for file in (built / "_static" / "explorers").iterdir())
    assert every < 200_000, "all kinds of explorers at once; a notebook has at most six"


SIGNS_OF_A_FONT = """() => [...document.querySelectorAll("*")].flatMap((one) => ["::before", "::after"]
    .map((kind) => [one, getComputedStyle(one, kind)])
    .filter(([, style]) => /[\ue000-\uf8ff]/.test(style.content))
    .map(([one]) => one.outerHTML))"""


def test_the_search_finds_a_word_and_leads_to_its_page(page: Page, site: str) -> None:
    page.goto(f"{site}search.html?q=terrace")
    found = page.locator("#search-results li a").first
    expect(found).to_contain_text("A schedule")
    found.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A schedule")


def test_what_the_search_shows_of_a_page_begins_with_its_text(page: Page, site: str) -> None:
    page.goto(f"{site}search.html?q=descent")
    shown = page.locator("#search-results .context")
    expect(shown.first).to_contain_text("A descent")
    assert not [text for text in shown.all_inner_texts() if "System Settings" in text], "of the theme's menus"


BEFORE_ITS_WORDS = """(form) => {
    const input = form.querySelector("input");
    const words = input.getBoundingClientRect().left + parseFloat(getComputedStyle(input).paddingLeft);
    return words - form.querySelector("i").getBoundingClientRect().right;
}"""


def test_the_sign_of_a_search_field_stands_before_its_words(page: Page, site: str) -> None:
    page.goto(f"{site}search.html")
    assert page.locator(".bd-article-container form.bd-search").evaluate(BEFORE_ITS_WORDS) >= 4
    page.goto(f"{site}docs/library.html")
    page.keyboard.press("Control+k")
    dialog = page.locator("#pst-search-dialog form.bd-search")
    expect(dialog).to_be_visible()
    assert dialog.evaluate(BEFORE_ITS_WORDS) >= 4


def test_the_index_of_names_fits_a_phone(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{site}genindex.html")
    expect(page.get_by_role("link", name="Cosine", exact=False).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_one_gets_from_page_to_page(page: Page, site: str) -> None:
    page.goto(site)
    page.locator(".bd-article").get_by_role("link", name="A schedule", exact=True).click()
    expect(page).to_have_url(re.compile("/course/00_schedule.html"))
    page.locator(".bd-article").get_by_role("link", name="a descent").click()
    expect(page).to_have_url(re.compile("/course/01_descent.html"))
    page.get_by_role("link", name=re.compile("previous")).click()
    expect(page).to_have_url(re.compile("/course/00_schedule.html"))
    page.locator(".bd-sidebar-primary").get_by_role("link", name="For instructors").click()
    expect(page.locator(".bd-article")).to_contain_text("What to know.")


def test_the_notebook_is_there_to_download(page: Page, site: str) -> None:
    page.goto(f"{site}course/00_schedule.html")
    link = page.locator("a.btn-download-source-button").evaluate("(one) => one.href")
    answer = page.request.get(link)
    assert answer.ok
    notebook = nbformat.reads(answer.text(), as_version=4)
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in NOTEBOOKS["00_schedule"]]
    assert not any(cell.get("outputs") for cell in notebook.cells)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_without_scripts_a_picture_stands_there_and_says_what_it_shows(
    browser: Browser, site: str, elsewhere: list[str], name: str
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = shut_in(context.new_page(), site, elsewhere)
    page.goto(f"{site}course/{name}.html")
    still = page.locator(".lrlab-still")
    expect(still).to_have_count(1)
    still.scroll_into_view_if_needed()
    expect(still).to_be_visible()
    words = "Learning rate over the steps 0 to 99" if "schedule" in name else "Gradient descent on a landscape (bowl)"
    expect(still).to_have_attribute("alt", re.compile(re.escape(words)))
    box = still.bounding_box()
    assert box is not None
    assert box["height"] > 100
    assert page.request.get(site + "course/" + str(still.get_attribute("src"))).ok


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_nothing_is_wider_than_a_narrow_dark_screen(page: Page, site: str, name: str) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.emulate_media(color_scheme="dark")
    page.goto(f"{site}course/{name}.html")
    expect(page.locator(".lrlab-explorer")).to_be_visible()
    expect(page.locator(".lrlab-still")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(map(int, re.findall(r"\d+", ground)[:3])) < 60, "dark, as the system asks"
    assert page.evaluate("document.body.dataset.jpThemeLight") == "false", "and the explorers are told"
    for output in page.locator(".text_html:has(.lrlab-mount, .lrlab-figure)").all():
        expect(output).to_have_css("background-color", "rgba(0, 0, 0, 0)")  # the theme would frame it in light grey


# What is drawn beside its explorer: not what is in pictures, said only, or scrolled or cut off by what it is in.
OUTSIDE = """(explorer) => {
    const box = explorer.getBoundingClientRect();
    const seen = (one) => {
        if (one.closest(".spoken") || one.parentNode.closest("svg, math")) return false;
        for (let up = one.parentNode; up !== explorer; up = up.parentNode) {
            if (getComputedStyle(up).overflowX !== "visible") return false;
        }
        return true;
    };
    return [...explorer.querySelectorAll("*")].filter(seen).filter((one) => {
        const { left, right, width } = one.getBoundingClientRect();
        return width && (left < box.left - 1 || right > box.right + 1);
    }).map((one) => `${one.outerHTML.slice(0, 80)} ${one.getBoundingClientRect().right} > ${box.right}`);
}"""


WIDGET = ".lrlab-explorer, .lrlab-prediction"


@pytest.mark.parametrize(
    "scheme",
    ["light", pytest.param("dark", marks=pytest.mark.nightly(reason="colours move nothing; light is in every run"))],
)
def test_nothing_leaves_an_explorer(page: Page, site: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site}course/02_every.html")
    expect(page.locator(WIDGET)).to_have_count(len(EVERY))
    schedule = page.locator(".lrlab-schedule")
    schedule.get_by_label("schedule", exact=True).select_option("Cyclic")
    for name, place in [("step_size_up", 37), ("base_lr", -2.123), ("max_lr", -0.777), ("base_momentum", 0.63)]:
        move(schedule.locator(f"[data-field={name}]"), place)
    for width in (1366, 1024, 390):
        page.set_viewport_size({"width": width, "height": 800})
        rest(page, 300)  # they find their new width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for explorer in page.locator(WIDGET).all():
            assert explorer.evaluate(OUTSIDE) == []
        pin = schedule.locator("[data-pin]").bounding_box()
        whole = schedule.bounding_box()
        assert pin
        assert whole
        assert pin["x"] + pin["width"] <= whole["x"] + whole["width"] + 1


# How an element is laid out, but for what hangs on its width.
LAID_OUT = """(explorer) => {
    const names = ["display", "tableLayout", "borderCollapse", "fontSize", "fontWeight", "textAlign", "boxSizing",
        "whiteSpace", "padding", "borderWidth", "marginTop", "marginBottom", "textTransform", "appearance"];
    return [...explorer.querySelectorAll("*")].filter((one) => !one.closest("svg, math")).map((one) => {
        const style = getComputedStyle(one);
        return [one.tagName, one.className, ...names.map((name) => `${name}: ${style[name]}`)].join("; ");
    });
}"""


def test_the_page_s_styles_do_not_reach_into_an_explorer(page: Page, browser: Browser, site: str) -> None:
    page.goto(f"{site}course/02_every.html")
    bare = browser.new_page()
    reached = []
    for name, make in EVERY.items():
        explorer = page.locator(".lrlab-prediction:not(.lrlab-quiz)" if name == "predict" else f".lrlab-{name}")
        expect(explorer).to_be_visible()  # they come one after the other
        width = explorer.evaluate("(one) => one.getBoundingClientRect().width")
        bare.set_viewport_size({"width": round(width) + 16, "height": 900})
        mount(bare, make())
        rest(bare, 300)
        inside, alone = explorer.evaluate(LAID_OUT), bare.locator(WIDGET).evaluate(LAID_OUT)
        assert len(alone) > 10
        reached += [(name, *pair) for pair in zip(inside, alone, strict=True) if pair[0] != pair[1]]
    assert reached == []


PAGES = [
    "index",
    "search",
    "gallery",
    "api/torch_scheduler",
    "api/schedules",
    *(f"sheets/{name}" for name in sheets.FILES),
    *(f"course/{name}" for name in NOTEBOOKS),
]
NIGHT = pytest.mark.nightly(reason="axe takes seconds; every run looks at each page in one of the two schemes")
# Axe takes half a minute for a page of a hundred like parts, of which another page has a few.
LONG_PAGES = {"api/schedules": (), "gallery": (360,)}  # and the widths of every run
WIDTHS = (360, 1280)


def looked_at() -> Iterator[object]:
    """Each page in both schemes, of which one is for every run, with its widths."""
    for at, name in enumerate(PAGES):
        for dark, scheme in enumerate(("light", "dark")):
            now = LONG_PAGES.get(name, WIDTHS) if (at + dark) % 2 == 0 else ()
            if now:
                yield pytest.param(name, scheme, now, id=f"{name}-{scheme}")
            if later := tuple(width for width in WIDTHS if width not in now):
                yield pytest.param(name, scheme, later, marks=NIGHT, id=f"{name}-{scheme}-{later[-1]}")


@pytest.mark.parametrize(("name", "scheme", "widths"), list(looked_at()))
def test_axe_finds_nothing_and_no_sign_needs_a_font_of_icons(
    page: Page, site: str, name: str, scheme: Literal["light", "dark"], widths: tuple[int, ...]
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": widths[0], "height": 900})
    page.goto(f"{site}{name}.html", wait_until="load")
    explorer = page.locator(".lrlab-explorer")
    if name.startswith("course/"):
        expect(explorer).to_be_visible()
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        rest(page, 300)  # what hangs on the width finds its place
        found += [(width, sign) for sign in page.evaluate(SIGNS_OF_A_FONT)]
        found += [(width, broken) for broken in violations(page)]
    assert found == []


def test_no_sign_of_a_long_page_needs_a_font_of_icons(page: Page, site: str) -> None:
    page.goto(f"{site}api/schedules.html", wait_until="load")
    assert page.evaluate(SIGNS_OF_A_FONT) == []


def test_it_works_from_a_folder_too(browser: Browser, built: Path, problems: list[str]) -> None:
    page = browser.new_context(offline=True).new_page()
    found: list[str] = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.goto((built / "course" / "00_schedule.html").as_uri())
    python = page.locator(".lrlab-schedule [data-code=lrlab]")
    expect(python).to_have_text("Cosine(0.1, T_max=100)")
    page.get_by_role("slider", name="T_max").focus()
    page.keyboard.press("ArrowLeft")
    expect(python).to_have_text("Cosine(0.1, T_max=99)")
    assert found == []


def test_a_card_of_the_gallery_brings_its_sliders_and_a_link_keeps_them(page: Page, site: str) -> None:
    page.goto(f"{site}gallery.html")
    explorer = page.locator(".lrlab-schedule")
    card = page.locator("#WarmupStableDecay")
    card.get_by_role("button").press("Enter")
    expect(explorer.get_by_label("schedule", exact=True)).to_be_focused()
    expect(explorer.locator("[data-code=lrlab]")).to_have_text("WarmupStableDecay(0.1, warmup=10, stable=60, decay=29)")
    expect(explorer.locator("[data-code=optax]")).to_contain_text("optax.join_schedules")
    assert page.locator(".lrlab-gallery .lrlab-mount").count() == 1, "among the cards"
    move(explorer.locator("[data-field=stable]"), 40)
    expect(explorer.locator("[data-code=optax]")).to_contain_text("10 + 40")
    explorer.locator("[data-field=tail]").select_option("sqrt")
    expect(explorer.locator("[data-code=optax]")).to_contain_text("no such curve with these numbers")
    page.wait_for_url(re.compile("#run=.*sqrt"))
    page.goto("about:blank")
    page.go_back()
    words = 'WarmupStableDecay(0.1, warmup=10, stable=40, decay=29, tail="sqrt")'
    expect(page.locator(".lrlab-schedule [data-code=lrlab]")).to_have_text(words)
    page.goto(
        f"{site}gallery.html#run=%7B%22schedule%22%3A%7B%22name%22%3A%22Cosine%22%2C%22values%22%3A%7B%22T_max%22%3A-3%7D%7D%7D"
    )
    page.reload()
    expect(page.locator(".lrlab-schedule [data-code=lrlab]")).to_have_text("Cosine(0.1, T_max=40, eta_min=0.01)")
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_notebook_leads_to_the_api_pages_and_back(page: Page, site: str) -> None:
    page.goto(f"{site}course/00_schedule.html")
    page.locator(".bd-article").get_by_role("link", name="schedules.Cosine").click()
    expect(page).to_have_url(re.compile(r"/api/schedules\.html#lrlab\.schedules\.Cosine$"))
    cosine = page.locator("dl:has(> [id='lrlab.schedules.Cosine'])")
    expect(cosine.locator("math").first).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    cosine.get_by_role("link", name="notebook 00").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("A schedule")


@pytest.mark.parametrize("name", sheets.FILES)
def test_a_cheat_sheet_is_one_page_on_paper(page: Page, site: str, name: str) -> None:
    page.goto(f"{site}sheets/{name}.html")
    printed = page.request.get(page.get_by_role("link", name="PDF").evaluate("(link) => link.href")).body()
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert b"file:" not in printed, "no link to the folder in which the site was built"
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(f"{site}sheets.html")
    expect(page.locator(f"a[href='sheets/{name}.pdf']")).to_have_text("PDF")
