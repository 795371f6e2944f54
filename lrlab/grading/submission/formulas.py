"""Markdown with formulas: each is taken out before the text is cleaned, and put back as MathML afterwards.

So the HTML cleaner never parses MathML, through which such cleaners have been bypassed. A formula is what JupyterLab
shows as one, except that a dollar sign before or after a space, or before a digit, is money: $5 and $6.
"""

from __future__ import annotations

import html
import re
from typing import Any, ClassVar

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, MathBlockParser, MathInlineParser

from lrlab._latex import LONGEST, FormulaError, mathml

OPEN, CLOSE = "\ue000", "\ue001"  # around a formula's number in the text; from Unicode's private area
PLACE = re.compile(f"{OPEN}(\\d{{1,4}}){CLOSE}")
MOST = 300  # formulas in one text, and characters of all of them; those after that stay TeX
MOST_CHARACTERS = 20_000
ENVIRONMENT = re.compile(r"(equation|align|aligned|gather|split|multline|cases|array|smallmatrix|[bBpvV]?matrix)\*?")
_UP_TO = f"{{1,{LONGEST}}}?"  # no formula is longer, and an unlimited search takes seconds on a hostile text


class _Inline(MathInlineParser):
    SPECIFICATION: ClassVar[dict[str, str]] = {
        **MathInlineParser.SPECIFICATION,
        "block_math_tex": rf"(?s:(?<!\\)\$\$(?P<math_block_tex>[^`]{_UP_TO})(?<!\\)\$\$)",
        "block_math_latex": rf"(?s:(?<!\\)\\\\\[(?P<math_block_latex>(?:(?!\\\\\[).){_UP_TO})(?<!\\)\\\\\])",
        "inline_math_tex": r"(?s:(?<![$\\])\$(?=\S)(?P<math_inline_tex>(?:\\.|[^$\\`])+)(?<!\s)\$(?![$\d]))",
        "inline_math_latex": rf"(?s:(?<!\\)\\\\\((?P<math_inline_latex>(?:(?!\\\\\().){_UP_TO})(?<!\\)\\\\\))",
        "latex_environment": (
            rf"(?s:\\begin\{{(?P<math_env_name>[a-z]{{1,20}}\*?)\}}(?P<math_env_body>.{_UP_TO})"
            r"\\end\{(?P=math_env_name)\})"
        ),
    }


class _Block(MathBlockParser):
    SPECIFICATION: ClassVar[dict[str, str]] = {
        **MathBlockParser.SPECIFICATION,
        # Only at the start of a line: `$$` within one may be code.
        "multiline_math": (
            rf"^ {{0,3}}(?s:\$\$.{_UP_TO}(?<!\\)\$\$|\\\\\[(?:(?!\\\\\[).){_UP_TO}\\\\\]|"
            rf"\\begin\{{(?P<math_env_name>[a-z]{{1,20}}\*?)\}}.{_UP_TO}\\end\{{(?P=math_env_name)\}})"
        ),
    }


class Formulas(IPythonRenderer):
    """Renders one Markdown text, and keeps its formulas."""

    def __init__(self, **options: Any) -> None:
        super().__init__(escape=False, exclude_anchor_links=True, **options)
        self.set: dict[str, str] = {}
        self.characters = 0

    def read(self, source: str) -> str:
        """Return the text as HTML, not yet cleaned, with a mark in place of each formula."""
        source = source.replace(OPEN, "\ufffd").replace(CLOSE, "\ufffd")
        return str(MarkdownWithMath(renderer=self, block=_Block(), inline=_Inline(hard_wrap=False)).render(source))

    def put_back(self, cleaned: str) -> str:
        """Return cleaned HTML with each formula in its place. A mark that occurs again, or is not ours, is dropped."""
        return PLACE.sub(lambda mark: self.set.pop(mark[1], ""), cleaned)

    def block_math(self, body: str) -> str:
        return self._taken_out(body, "block", f"$${body}$$")

    def inline_math(self, body: str) -> str:
        return self._taken_out(body, "inline", f"${body}$")

    def latex_environment(self, name: str, body: str) -> str:
        text = f"\\begin{{{name}}}{body}\\end{{{name}}}"
        return self._taken_out(text, "block", text) if ENVIRONMENT.fullmatch(name) else html.escape(text, quote=False)

    def _taken_out(self, latex: str, display: str, text: str) -> str:
        self.characters += len(latex)
        if len(self.set) < MOST and self.characters <= MOST_CHARACTERS:
            try:
                number = str(len(self.set))
                self.set[number] = mathml(latex, display)
                return f"{OPEN}{number}{CLOSE}"
            except FormulaError:
                pass
        return html.escape(text, quote=False)
