"""Clean HTML for pages that show a student's work: formgrader's, and the feedback page.

nbgrader copies Markdown into both unchanged, so a script in it would run with the rights of the person who opens the
page; in formgrader these are the grader's rights, on all of the grader's files. Here everything is denied by default:
only tags of texts and tables stay, only links to other sites, only pictures that are in the notebook, and formulas as
MathML (``formulas.py``). No page requests anything from another host. ``nbgrader_config.py`` plugs these in; the
templates are in ``pages/``.
"""

from __future__ import annotations

import functools
import html
import re
from typing import Any

import bleach  # type: ignore[import-untyped]
from bleach.html5lib_shim import Filter  # type: ignore[import-untyped]
from jinja2 import pass_context
from nbconvert.filters import ansi2html as coloured
from nbconvert.filters import strip_ansi
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]

from lrlab.grading.submission.formulas import OPEN, Formulas
from lrlab.grading.submission.restore_cells import HIDDEN_TESTS
from lrlab.grading.submission.time_limits import TimeLimitExceeded, in_page, start_page, time_limit

TEXTS = """
a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i
img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var
"""
TAGS = frozenset(TEXTS.split())
ATTRIBUTES = {
    ("a", "href"): re.compile(r"(https?://|mailto:)[^\s<>\"']+", re.IGNORECASE),
    ("a", "title"): re.compile(r".{0,300}", re.DOTALL),
    ("details", "open"): re.compile(r"(open)?"),
    ("img", "alt"): re.compile(r".{0,1000}", re.DOTALL),
    ("img", "src"): re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]+"),
    ("img", "width"): re.compile(r"\d{1,4}%?"),
    ("img", "height"): re.compile(r"\d{1,4}%?"),
    ("ol", "start"): re.compile(r"\d{1,6}"),
    ("td", "colspan"): re.compile(r"\d{1,2}"),
    ("td", "rowspan"): re.compile(r"\d{1,2}"),
    ("th", "colspan"): re.compile(r"\d{1,2}"),
    ("th", "rowspan"): re.compile(r"\d{1,2}"),
}
# Formgrader finds its own fields by class, so only the classes of highlighted code stay.
CLASSES = frozenset({"highlight", *filter(None, STANDARD_TYPES.values())})
NO_TEXT = re.compile(r"<(script|style|template|title)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
TAG = re.compile(r"<(/?)[a-zA-Z][^<>]*?(/?)>")
DEEPEST = 60  # nested tags; the serializer recurses
LONGEST_MARKDOWN = 60_000  # characters; a longer text is shown unrendered
LONGEST_HTML = 1_000_000
LONGEST_TEXT = 200_000  # characters of one printed output

PICTURES = ("image/png", "image/jpeg")
SHOWN = ("text/html", "text/markdown", "image/svg+xml", *PICTURES, "text/latex", "text/plain")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
PLAIN_NAME = re.compile(r"[\w.-]{1,100}")
SCHEME = re.compile(r"=== BEGIN MARK SCHEME ===.*?(=== END MARK SCHEME ===|\Z)", re.DOTALL)
MATHJAX = re.compile(r"<!-- Load mathjax -->.*?<!-- End of mathjax configuration -->", re.DOTALL)


class Clean(str):
    """HTML that is clean and has formulas in it, which a second cleaning by nbconvert's templates would remove."""


def _is_allowed(tag: str, name: str, value: str) -> bool:
    if OPEN in value:  # a formula has markup in it, so it may be in texts alone
        return False
    if name == "class":
        return bool(value) and set(value.split()) <= CLASSES
    pattern = ATTRIBUTES.get((tag, name))
    return pattern is not None and pattern.fullmatch(value) is not None


class _ExternalLinks(Filter):
    """Makes links open in a new tab and send no referrer."""

    def __iter__(self) -> Any:
        for token in super().__iter__():
            if token["type"] == "StartTag" and token["name"] == "a" and (None, "href") in token["data"]:
                token["data"][(None, "rel")] = "noopener noreferrer nofollow"
                token["data"][(None, "target")] = "_blank"
            yield token


@functools.cache
def _cleaner() -> bleach.Cleaner:
    return bleach.Cleaner(
        tags=TAGS,
        attributes=_is_allowed,
        protocols={"http", "https", "mailto", "data"},
        strip=True,
        filters=[_ExternalLinks],
    )


@functools.cache
def _highlighter() -> Highlight2HTML:
    return Highlight2HTML(pygments_lexer="python")


def clean_html(element: str | bytes) -> str:
    """Return HTML without scripts, requests and layout that covers the page; replaces nbconvert's filter."""
    if isinstance(element, Clean):
        return element
    text = element.decode("utf-8", "replace") if isinstance(element, bytes) else str(element)
    if len(text) > LONGEST_HTML:
        return _as_text(text)
    try:
        with time_limit():
            cleaned: str = _cleaner().clean(NO_TEXT.sub("", text))
            return _as_text(text) if _depth(cleaned) > DEEPEST else in_page(cleaned)
    except (RecursionError, ValueError, AssertionError, TimeLimitExceeded):
        return _as_text(text)


@pass_context
def markdown2html(context: Any, source: str) -> str:
    """Return Markdown as clean HTML with formulas; replaces nbconvert's filter."""
    if len(source) > LONGEST_MARKDOWN:
        return Clean(_as_text(source))
    try:
        formulas = Formulas(attachments=context.get("cell", {}).get("attachments", {}))
        with time_limit():
            return Clean(formulas.put_back(clean_html(formulas.read(source))))
    except Exception:  # a text that the Markdown parser can't parse is still a text
        return Clean(_as_text(source))


def ansi2html(text: str) -> str:
    """Return a terminal's output as HTML in colours; replaces nbconvert's filter."""
    text = str(text)
    if len(text) > LONGEST_TEXT:
        text = f"{text[:LONGEST_TEXT]}\n[… and {len(text) - LONGEST_TEXT:,} more characters]"
    try:
        with time_limit():
            shown = in_page(coloured(text))
    except TimeLimitExceeded:
        shown = html.escape(strip_ansi(text))
    return shown.replace("\x1b", "")  # the rest of a sequence that was cut


def highlight_code(source: str, language: str | None = None, metadata: Any = None) -> str:
    """Return code in colours, or as plain text if that takes too long; replaces nbconvert's filter."""
    source = str(source)
    try:
        if len(source) > LONGEST_TEXT:
            raise TimeLimitExceeded
        with time_limit():
            return in_page(_highlighter()(source, "python"))
    except TimeLimitExceeded:
        return f'<div class="highlight">{_as_text(source)}</div>'


def without_mathjax(header: str) -> str:
    """Return the head of nbgrader's submission page without the script that it loads from another host."""
    return MATHJAX.sub("", header)


def _as_text(text: str) -> str:
    return f"<pre>{html.escape(text[:LONGEST_HTML])}</pre>"


def _depth(text: str) -> int:
    depth = deepest = 0
    for tag in TAG.finditer(text):
        depth += -1 if tag[1] else 1
        deepest = max(deepest, depth)
    return deepest


class KeepInertContent(Preprocessor):
    """Keeps of a notebook only what a page shows without running it: for ``HTMLExporter.preprocessors``."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        start_page()
        nb.metadata = NotebookNode(language_info=NotebookNode(name="python"))
        for number, cell in enumerate(nb.cells):
            graded = cell.metadata.get("nbgrader")
            cell.metadata = NotebookNode()
            if isinstance(graded, dict) and PLAIN_NAME.fullmatch(str(graded.get("grade_id", ""))):
                cell.metadata["nbgrader"] = graded
            if "id" in cell and not PLAIN_NAME.fullmatch(str(cell["id"])):
                cell["id"] = f"cell-{number}"
            if cell.cell_type == "code":
                cell.outputs = [_inert_output(output) for output in cell.get("outputs", ())]
            elif "attachments" in cell:
                cell.attachments = NotebookNode(
                    {name: data for name, bundle in cell.attachments.items() if (data := _pictures(bundle))}
                )
        return nb, resources


def _inert_output(output: NotebookNode) -> NotebookNode:
    if output.output_type not in ("display_data", "execute_result"):
        return output
    data = NotebookNode({kind: output.data[kind] for kind in SHOWN if isinstance(output.data.get(kind), str)})
    for kind in PICTURES:
        if kind in data and not BASE64.fullmatch(data[kind]):
            del data[kind]
    if "text/latex" in data:  # a text with formulas in it
        data.setdefault("text/markdown", data.pop("text/latex"))
    if not data:
        kinds = ", ".join(sorted(map(str, output.data))) or "nothing"
        data["text/plain"] = f"[not shown here: {kinds[:200]}]"
    kept = NotebookNode(output_type=output.output_type, data=data, metadata=NotebookNode())
    if output.output_type == "execute_result":
        kept.execution_count = output.get("execution_count")
    for kind in PICTURES:
        given = output.get("metadata", {}).get(kind)
        sizes = {k: v for k, v in given.items() if k in ("width", "height")} if isinstance(given, dict) else {}
        if sizes and all(isinstance(v, int) and 0 < v < 10_000 for v in sizes.values()):
            kept.metadata[kind] = NotebookNode(sizes)
    return kept


def _pictures(bundle: Any) -> NotebookNode:
    kinds = ("image/png", "image/jpeg", "image/gif")
    given = bundle if isinstance(bundle, dict) else {}
    return NotebookNode(
        {k: given[k] for k in kinds if isinstance(given.get(k), str) and BASE64.fullmatch(given[k]) is not None}
    )


class HideInstructorText(Preprocessor):
    """Removes hidden tests and mark schemes: for ``GenerateFeedback.preprocessors``."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        part = cell.metadata.get("nbgrader") or {}
        instructors = part.get("task") or part.get("locked") or (part.get("grade") and not part.get("solution"))
        if instructors:
            cell.source = SCHEME.sub("", HIDDEN_TESTS.sub("", cell.source)).strip("\n")
        return cell, resources
