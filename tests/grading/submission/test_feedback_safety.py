"""What a student writes or shows does nothing in feedback and in formgrader: tried with attacks in Chromium."""

import base64
import html
import itertools
import re
from urllib.parse import urlsplit

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from support.lab_server import QUIET, running
from support.lrlab_command import ONE, lrlab
from support.made_course import RIGHT, UNIT, WRONG, answer, cell, check_cells

from lrlab import _latex
from lrlab.grading.submission import time_limits
from lrlab.grading.submission.feedback_html import (
    ATTRIBUTES,
    DEEPEST,
    LONGEST_MARKDOWN,
    TAGS,
    HideInstructorText,
    KeepInertContent,
    ansi2html,
    clean_html,
    highlight_code,
    markdown2html,
)

# Each tells of itself: by a dialog, by the page's title, or by asking for an address.
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
ATTACKS = {
    "script": "<script>alert(1)</script>",
    "script in capitals": "<ScRiPt>alert(1)</sCrIpT>",
    "script from elsewhere": "<script src='http://evil.test/x.js'></script>",
    "script that is not closed": "<script>alert(1)",
    "script cut by a null": "<scr\0ipt>alert(1)</scr\0ipt>",
    "event of a picture": "<img src=x onerror=alert(1)>",
    "event with a slash": "<img/src=x/onerror=alert(1)>",
    "picture from elsewhere": "<img src='http://evil.test/x.png'>",
    "picture of this server": "<img src='/formgrader/api/assignments'>",
    "picture beside it": "<img src='evil.png'>",
    "picture by its sources": "<img srcset='http://evil.test/y.png 1x'>",
    "event of a body": "<body onload=alert(1)>",
    "event of a detail": "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "event of a focus": "<input autofocus onfocus=alert(1)>",
    "event of an animation": "<style>@keyframes x{}</style><p style='animation-name:x' onanimationstart=alert(1)>x</p>",
    "svg": SVG,
    "svg that animates a link": "<svg><a><animate attributeName=href values=javascript:alert(1) /><text>x</text></a>",
    "math that is markup": (
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=alert(1)&gt;'>"
    ),
    "noscript": "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "frame": "<iframe src='javascript:alert(1)'></iframe>",
    "frame with a text": "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "object": "<object data='http://evil.test/x.swf'></object><embed src='http://evil.test/x.swf'>",
    "style from elsewhere": "<style>@import 'http://evil.test/x.css'; body {background: url(http://evil.test/b.png)}</style>",
    "style of its own": "<p style='position:fixed;inset:0;background:url(http://evil.test/c.png)'>x</p>",
    "sheet": "<link rel=stylesheet href='http://evil.test/y.css'>",
    "refresh": "<meta http-equiv=refresh content='0;url=http://evil.test/'>",
    "base": "<base href='http://evil.test/'>",
    "form": "<form action='http://evil.test/'><button autofocus>Full credit</button></form>",
    "formgrader's field": "<input class='score' id='which-formula-answer' value=4>",
    "formgrader's link": "<a data-link='x' class='btn full-credit' id='statusmessage'>x</a>",
    "video": "<video src='http://evil.test/x.mp4' autoplay onerror=alert(1)></video><audio src='http://evil.test/x.ogg'>",
    "template": "<template><script>alert(1)</script></template>",
    "link to a script": "[click](javascript:alert(1)) <a href='javascript:alert(1)'>click</a>",
    "link to a script, cut": "<a href='jav&#x09;ascript:alert(1)'>click</a>",
    "link to a script, after a control character": "<a href=' &#14;javascript:alert(1)'>click</a>",
    "link to data": "[click](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "link to a file of the submission": "[click](evil.html) <a href='/files/submitted/mallory/evil.html'>click</a>",
    "picture as a script": "![x](javascript:alert(1)) ![x](data:text/html,<script>alert(1)</script>)",
    "svg as a picture": f"![x](data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()})",
    "out of the panel": "</div></div></div></body><script>alert(1)</script>",
    "comment": "<!--><script>alert(1)</script>-->",
    "code's fence": "```<script>alert(1)</script>\n<img src=x onerror=alert(1)>\n```",
    "formula with a link": r"$\href{javascript:alert(1)}{click}$ $\require{unsafe}$ $\style{position:fixed}{x}$",
    "formula with markup": r"$\text{<script>alert(1)</script>}$ $\mbox{</math><img src=x onerror=alert(1)>}$ $a<b>c$",
    "formula with entities": r"$\text{&lt;img src=x onerror=alert(1)&gt;}$ $&#60;script&#62;alert(1)$",
    "formula in an attribute": '<img alt="$x$" src=x onerror=alert(1)> ![$"onerror=alert(1)$](x) [a](http://x/$y$)',
    "formula that is cut": "$x<img src=x$ onerror=alert(1)>",
    "mark of a formula": "$a$ \ue0000\ue001 &#xe000;0&#xe001; <a title='&#xe000;0&#xe001;'>x</a>",
    "in a table": "|a|\n|-|\n|<img src=x onerror=alert(1)>|",
    "reference": "[x]\n\n[x]: javascript:alert(1)",
    "heading": "# <img src=x onerror=alert(1)>",
}
KINDS = {
    "text/html": "<script>alert(1)</script><img src=x onerror=alert(1)><img src='http://evil.test/o.png'>",
    "text/markdown": "<script>alert(1)</script><img src='http://evil.test/m.png'> [click](javascript:alert(1))",
    "text/latex": r"$\href{javascript:alert(1)}{x}$ <script>alert(1)</script>",
    "text/plain": "<script>alert(1)</script>",
    "image/svg+xml": SVG,
    "image/png": "'><script>alert(1)</script>",
    "image/jpeg": "x' onerror='alert(1)",
    "application/javascript": "alert(1)",
    "application/vnd.jupyter.widget-view+json": {"model_id": "</script><script>alert(1)</script>"},
    "text/vnd.mermaid": "</pre><script>alert(1)</script>",
    "application/pdf": "x",
}
# What an honest answer holds must still be seen.
HONEST = (
    "A **bold** claim, `code`, $e^{-dn}$, <sub>low</sub>\n\n| rate | loss |\n|---|---|\n| 0.1 | 2 |\n\n"
    "- one\n- two\n\n[the paper](https://arxiv.org/abs/1608.03983)\n\n```python\nlr = 0.1\n```"
)


class Context(dict):
    """A template's context, with one cell."""

    eval_ctx = None


def rendered(source: str, **attachments: dict[str, str]) -> str:
    return markdown2html(Context(cell={"attachments": attachments}), source)


def assert_inert(page: str) -> None:
    """By a reader of its own, of all tags and attributes: only those that are named."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attributes):
            assert tag in TAGS | _latex.TAGS, tag
            for name, value in attributes:
                if tag in _latex.TAGS:
                    assert name in _latex.ATTRIBUTES, (tag, name, value)
                    assert re.fullmatch(r"[\w#. -]*", value), (tag, name, value)
                elif name in ("rel", "target"):
                    assert tag == "a"
                elif name != "class":
                    assert ATTRIBUTES[tag, name].fullmatch(value or ""), (tag, name, value)

    Reader().feed(page)


@pytest.mark.parametrize("name", ATTACKS)
def test_markdown_is_cleaned(name):
    assert_inert(rendered(ATTACKS[name]))
    assert_inert(clean_html(ATTACKS[name]))


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from([*ATTACKS.values(), *"<>\"'&;`$[]()!\n\0 ", "</p>", "javascript:", "data:", "on"]), max_size=8
    )
)
def test_markdown_is_cleaned_however_it_is_put_together(parts):
    assert_inert(rendered("".join(parts)))


def test_what_is_honest_stays():
    page = rendered(HONEST)
    for wanted in (
        "<strong>bold</strong>",
        "<code>code</code>",
        '<math display="inline"><mrow><msup><mi>e</mi>',
        "<sub>low</sub>",
        "<td>2</td>",
        "<li>two</li>",
    ):
        assert wanted in page
    assert re.search(r'<a [^>]*href="https://arxiv.org/abs/1608.03983"', page)
    assert 'rel="noopener noreferrer nofollow"' in page
    assert 'class="highlight"' in page
    dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    assert f"data:image/png;base64,{dot}" in rendered("![dot](attachment:dot.png)", **{"dot.png": {"image/png": dot}})


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["<div>" * 3000, "> " * 3000, "[" * 50_000, "*a **b " * 2000, "\\\\(" * 20_000, "<b>" * (DEEPEST + 1) + "x"],
)
def test_depth_and_length_are_no_trouble(text):
    assert_inert(rendered(text))
    assert len(rendered("x" * (LONGEST_MARKDOWN + 1))) > LONGEST_MARKDOWN


SLOW = {
    "formatting that is opened again": "".join(f"<b class=x{k}>" for k in range(1000)) + "<p>x</p>" * 4000,
    "deep": "<div>" * 60_000,
    "blanks": "a" + " " * 59_000 + "b",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_what_takes_too_long_is_shown_as_text(name, monkeypatch):
    """Each of these alone takes ten seconds to hours without a limit."""
    monkeypatch.setattr(time_limits, "TEXT_SECONDS", 0.2)
    time_limits.start_page()
    page = markdown2html(Context(), SLOW[name])
    assert page.startswith("<pre>")
    assert_inert(page)
    assert not time_limits._active


def test_code_that_takes_too_long_is_shown_without_colours(monkeypatch):
    time_limits.start_page()
    assert 'class="mi">1<' in highlight_code("x = 1")
    monkeypatch.setattr(time_limits, "TEXT_SECONDS", 0.02)
    assert highlight_code("x = '<b>'\n" * 15_000).startswith('<div class="highlight"><pre>x = &#x27;&lt;b&gt;')
    assert not time_limits._active


def test_all_texts_of_a_page_have_one_time(monkeypatch):
    monkeypatch.setattr(time_limits, "PAGE_SECONDS", 0)
    time_limits.start_page()
    assert markdown2html(Context(), "**spent**") == clean_html("**spent**") == "<pre>**spent**</pre>"
    assert ansi2html("\x1b[31m<spent>") == "&lt;spent&gt;"
    monkeypatch.undo()
    KeepInertContent().preprocess(new_notebook(), {})
    assert "<strong>another page</strong>" in markdown2html(Context(), "**another page**")


def test_all_texts_of_a_page_have_so_much_markup(monkeypatch):
    code = "f'{" * 1000
    assert len(highlight_code(code)) > 20 * len(code)
    monkeypatch.setattr(time_limits, "PAGE_CHARACTERS", 100_000)
    KeepInertContent().preprocess(new_notebook(), {})
    shown = [highlight_code(code) for _ in range(20)]
    assert "<span" in shown[0]
    assert "<span" not in shown[-1]
    assert sum(map(len, shown)) < 100_000 + 20 * 10 * len(code)
    assert clean_html("<b>" + "x" * 100_000) == "<pre>&lt;b&gt;" + "x" * 100_000 + "</pre>"
    assert ansi2html("\x1b[31m" + "x" * 100_000) == "x" * 100_000
    assert "<strong>a little</strong>" in markdown2html(Context(), "**a little**")


@pytest.mark.slow
def test_colours_of_a_terminal_and_the_end_of_a_long_text():
    time_limits.start_page()
    assert ansi2html("\x1b[31m<b>") == '<span class="ansi-red-fg">&lt;b&gt;</span>'
    shown = ansi2html("\x1b[1mX\x1b[0m" * 40_000)
    assert "[… and 160,000 more characters]" in shown
    assert "\x1b" not in shown


def test_outputs_keep_only_what_a_page_can_show():
    outputs = [new_output("display_data", {kind: data}) for kind, data in KINDS.items()]
    outputs[0].metadata = {"text/html": {"isolated": True}}
    outputs.append(
        new_output("display_data", {"image/png": "iVBO"}, metadata={"image/png": {"width": "1' onerror='alert(1)"}})
    )
    notebook = new_notebook(cells=[new_code_cell(outputs=outputs, metadata={"tags": ["'><script>"]})])
    notebook.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {}}
    (only,), metadata = (made := KeepInertContent().preprocess(notebook, {})[0]).cells, made.metadata
    assert set(metadata) == {"language_info"}
    assert only.metadata == {}
    kinds = [set(output.data) for output in only.outputs]
    assert all(
        k <= {"text/html", "text/markdown", "text/latex", "text/plain", "image/svg+xml", "image/png"} for k in kinds
    )
    assert all(output.metadata == {} for output in only.outputs)
    assert only.outputs[5].data == {"text/plain": "[not shown here: image/png]"}


def test_graders_material_is_taken_out_of_the_instructors_cells_alone():
    hidden = "assert f(1) == 1\n### BEGIN HIDDEN TESTS\nassert f(271828) == 3\n### END HIDDEN TESTS"
    scheme = "Do it.\n=== BEGIN MARK SCHEME ===\n1 point: any\n=== END MARK SCHEME ==="
    flags = {"grade": True, "solution": False, "locked": True, "task": False, "grade_id": "check"}
    notebook = new_notebook(
        cells=[
            new_code_cell(hidden, metadata={"nbgrader": flags}),
            new_markdown_cell(scheme, metadata={"nbgrader": flags | {"task": True, "grade": False, "locked": False}}),
            new_code_cell("### BEGIN HIDDEN TESTS"),
        ]
    )
    made, _ = HideInstructorText().preprocess(notebook, {})
    assert [c.source for c in made.cells] == ["assert f(1) == 1", "Do it.", "### BEGIN HIDDEN TESTS"]


# In a browser, through nbgrader's own commands.


def showing() -> str:
    """A cell's text that shows every kind of output there is."""
    return (
        "from IPython.display import display\n"
        f"for kind, data in {KINDS!r}.items():\n    display({{kind: data}}, raw=True)\n"
        f"for attack in {list(ATTACKS.values())!r}:\n"
        "    display({'text/html': attack}, raw=True)\n    display({'text/markdown': attack}, raw=True)\n"
        "    print(attack)\n"
        "display({'text/html': '<script>alert(1)</script>'}, metadata={'text/html': {'isolated': True}}, raw=True)\n"
        "import sys\nprint('<script>alert(1)</script>', file=sys.stderr)\n"
        "raise ValueError('<script>alert(1)</script><img src=x onerror=alert(1)>')"
    )


@pytest.fixture(scope="module")
def attacked(new_course):
    """A course in which mallory's answers are attacks, and ada's are honest and wrong; graded, with feedback."""
    course = new_course()
    released = course.released()
    bad = answer(released, RIGHT, "\n\n".join(ATTACKS.values()))
    cell(bad, "half-life-answer").source += f"\n{showing()}"
    for number, attack in enumerate(ATTACKS.values()):
        bad.cells += [new_markdown_cell(attack, id=f"m{number}"), nbformat.v4.new_raw_cell(attack, id=f"r{number}")]
    path = course.submit("mallory", bad)
    (path.parent / "evil.html").write_text("<script>alert(1)</script>", encoding="utf-8")
    course.submit("ada", answer(released, WRONG, HONEST))
    lrlab(course, "grade", UNIT, *ONE)
    course.nbgrader("generate_feedback", UNIT)
    return course


class Witness:
    """A page whose dialogs, errors and requests are written down; what goes elsewhere is not let out."""

    def __init__(self, page, own: str) -> None:
        self.page, self.own = page, own
        self.dialogs: list[str] = []
        self.asked: list[str] = []
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: (self.dialogs.append(dialog.message), dialog.dismiss()))
        page.route("**/*", self._route)

    def _route(self, route) -> None:
        parts = urlsplit(route.request.url)
        if parts.scheme in ("data", "blob"):
            route.continue_()
        elif route.request.url.startswith(self.own):
            self.asked.append(route.request.url)
            route.continue_()
        else:
            self.asked.append(route.request.url)
            route.abort()

    def foreign(self) -> list[str]:
        return [url for url in self.asked if not url.startswith(self.own) or "evil" in url or "/api/assignments" in url]

    def click_all(self, scope: str) -> None:
        """Every link of the student's: none leads into this site or to a script."""
        for href in self.page.eval_on_selector_all(f"{scope} a[href]", "all => all.map(a => a.getAttribute('href'))"):
            assert re.match(r"https?://|mailto:|#", href), href


GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 24, 28)"}
PADDING = "(cell) => parseFloat(getComputedStyle(cell).paddingLeft)"


def look(page) -> dict[str, int]:
    """What a page of texts has none of."""
    return page.evaluate(
        """() => Object.fromEntries(["iframe", "object", "embed", "form", "base", "svg", "video", "audio",
            "math :is([href], [src], [style], [class], [id])",
            "#notebook script", "#notebook style", "#notebook link", "#notebook meta",
            ":is(.rendered_html, .output_subarea) [style]:not(span[style^='color: rgb('])"]  // colours of a terminal
            .map((each) => [each, document.querySelectorAll(each).length]).filter(([, count]) => count))"""
    )


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.xdist_group("feedback safety")
def test_the_feedback_page_does_nothing(attacked, browser_path):
    from playwright.sync_api import sync_playwright

    course = attacked
    path = course.root / "feedback" / "mallory" / UNIT / f"{UNIT}.html"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=QUIET)
        page = chromium.new_page()
        witness = Witness(page, path.as_uri())
        page.goto(path.as_uri(), wait_until="load")
        page.wait_for_timeout(1000)
        assert witness.dialogs == witness.errors == []
        assert witness.foreign() == []
        assert look(page) == {}
        assert page.locator("script").count() == 0
        witness.click_all("#notebook")
        assert page.locator("text=Full credit").count() <= 4 * len(KINDS)  # as a text, never as a button
        assert page.locator("button").count() == 0
        chromium.close()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.xdist_group("feedback safety")
def test_the_feedback_page_can_be_read(attacked, browser_path):
    from playwright.sync_api import sync_playwright

    path = attacked.root / "feedback" / "ada" / UNIT / f"{UNIT}.html"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=QUIET)
        page = chromium.new_page()
        page.goto(path.as_uri(), wait_until="load")
        for width, (scheme, ground) in itertools.product((1280, 390), GROUNDS.items()):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate("document.documentElement.scrollWidth") == width, f"{scheme} scrolls sideways"
            assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground, (width, scheme)
            paddings = page.eval_on_selector_all("table td", f"all => all.map({PADDING})")
            assert len(paddings) > 20
            assert min(paddings) >= 5, (width, scheme)
            assert page.locator("#notebook math").count() > 30
            assert "$" not in page.locator("#notebook").inner_text(), (width, scheme)
        chromium.close()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.xdist_group("feedback safety")
def test_formgrader_does_nothing(attacked, browser_path, tmp_path):
    from playwright.sync_api import sync_playwright

    course = attacked
    with running(course.root, tmp_path / "home", PATH="/usr/bin:/bin") as lab, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=QUIET)
        context = chromium.new_context()
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.goto(f"{lab.url}/api/status?token={lab.token}")  # from here on the browser is known
        page.goto(f"{lab.url}/formgrader/gradebook/{UNIT}/{UNIT}")
        page.locator("tbody a").first.wait_for()
        addresses = page.eval_on_selector_all("tbody a", "all => all.map(a => a.href)")
        seen = set()
        for address in sorted({a for a in addresses if "/submissions/" in a}):
            page = context.new_page()
            witness = Witness(page, lab.url)
            page.goto(address, wait_until="load")
            page.locator("#which-formula-answer.score").wait_for()
            page.wait_for_timeout(1000)
            seen.add("mallory" if "mallory" in page.content() else "ada")
            assert witness.dialogs == witness.errors == []
            assert witness.foreign() == []
            assert look(page) == {}
            assert page.locator("#notebook math").count() > 30
            assert page.locator("#notebook .rendered_html td").first.evaluate(PADDING) >= 5
            witness.click_all("#notebook")
            graded = len(check_cells(course.released())) + 1  # and the written answer
            assert page.locator("input.score").count() == graded  # none that a student made
            assert page.locator("#notebook [data-link]").count() == 0
        assert seen == {"ada", "mallory"}
        chromium.close()


@pytest.mark.slow
@pytest.mark.xdist_group("feedback safety")
def test_a_failed_check_shows_value_case_and_hint_and_nothing_hidden(attacked):
    course = attacked
    page = html.unescape((course.root / "feedback" / "ada" / UNIT / f"{UNIT}.html").read_text(encoding="utf-8"))
    text = re.sub(r"<[^>]+>", "", page)
    assert re.search(r"step_decay\(2, 0\.1, 0\.5, 3\)\s+0\.1\s+0\.05\s+✗ wrong", text)  # case, value, right value
    assert "as torch's StepLR does" in " ".join(text.split())  # the hint
    for word in ("reference.py", "HIDDEN TESTS", "hidden_cases", str(course.root)):
        assert word not in page
    assert "**Points.**" not in page
