"""Formulas in Markdown: MathML where they are formulas, text where they are none, and never dangerous or slow."""

import gc
import time

import pytest

from lrlab._latex import LONGEST, FormulaError, mathml
from lrlab.grading.submission.feedback_html import clean_html, markdown2html
from lrlab.grading.submission.formulas import MOST, MOST_CHARACTERS


def rendered(source):
    return markdown2html({"cell": {}}, source)


@pytest.mark.parametrize(
    ("source", "blocks"),
    [
        ("so $x^2$ it is", 0),
        (r"so \\(x^2\\) it is", 0),
        ("$$x^2$$", 1),
        ("so\n$$\nx^2\n$$\nit is", 1),
        (r"\\[x^2\\]", 1),
        ("\\begin{align}\nx^2 &= 1\n\\end{align}", 1),
        ("\\begin{equation*}x^2\\end{equation*}", 1),
        ("- $$x^2$$", 1),
        ("| $x^2$ |\n|---|\n| 1 |", 0),
        ("# $x^2$", 0),
    ],
)
def test_a_formula_is_set(source, blocks):
    page = rendered(source)
    assert page.count("<math") == 1
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in page
    assert page.count('display="block"') == blocks
    assert "$" not in page
    assert "\\" not in page
    assert clean_html(page) == page  # nbconvert's templates clean some texts twice


@pytest.mark.parametrize(
    "source",
    [
        "from $5 to $6",
        "it costs $5 and $6.",
        "\\$x\\$",
        "`$x$` and `$$y$$`",
        "`$$` begins and `$$` ends it",
        "```python\na = '$x$'\n$$\n```\n\nand\n\n```\n$$\n```",
        "    a = '$x$'",
        "$5 `a$b`",
        r"$\unknown{x}$",
        r"$x^$",
        r"\begin{itemize}x\end{itemize}",
        r"$\newcommand{\a}{xx}\a$",
        "$" + "x" * (LONGEST + 1) + "$",
    ],
)
def test_what_is_no_formula_stays_as_its_text(source):
    page = rendered(source)
    assert "<math" not in page
    for sign in ("$", "\\begin{"):
        assert page.count(sign) == source.count(sign)


@pytest.mark.slow
def test_only_so_many_formulas_are_set():
    page = rendered("$x$ " * (MOST + 5))
    assert page.count("<math") == MOST
    assert page.count("$x$") == 5
    long = "$" + "x" * 1500 + "$ "
    assert rendered(long * 30).count("<math") == MOST_CHARACTERS // 1500


@pytest.mark.parametrize(
    "latex",
    [
        r"\newcommand{\a}{xx}\newcommand{\b}{\a\a}\b",
        r"\def\a{\a}\a",
        "\\sqrt{" * 60 + "x" + "}" * 60,
        "{" * 900,
        "x_{" * 400,
        r"\left(" * 300,
        "x" * (LONGEST + 1),
        r"\foo",
        "\\",
        "x^",
    ],
)
def test_what_can_not_be_set_is_refused_in_a_sentence(latex):
    with pytest.raises(FormulaError):
        mathml(latex)


def test_nothing_of_a_formula_leads_anywhere_or_reaches_out():
    page = mathml(r"\href{http://evil.test}{x} \class{c}{x} \style{top:0}{x}")
    for word in ("evil", "href", "class", "style", "top:0"):
        assert word not in page
    assert "width" not in mathml(r"\hspace{-9em}x\hspace{99em}\raise{50em}{x}\rule{10em}{10em}")
    assert 'width="0.167em"' in mathml(r"x\,y")
    assert 'mathcolor="red"' in mathml(r"\color{red}{x}")


@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    [
        "$",
        "$$",
        "$x",
        "$x$",
        "\\\\(",
        "\\\\[",
        "\\begin{align}",
        "$\\frac12$",
        "$" + "&" * 1990 + "$ ",
        "`$",
        "$\\",
        "\n$$",
    ],
)
def test_a_hostile_text_takes_no_more_than_its_length_is_worth(part):
    # Four times the work: a search that is quadratic takes sixteen times as long for it. Counted is the processor time
    # of this thread alone, and no collection of garbage: that of a whole run's objects takes up to a second.
    def seconds(length):
        text = part * (length // len(part))
        gc.collect()
        gc.disable()
        try:
            begun = time.thread_time()
            rendered(text)
            return time.thread_time() - begun
        finally:
            gc.enable()

    short = min(seconds(15_000) for _ in range(2))
    assert seconds(60_000) < 10 * max(short, 0.05)
