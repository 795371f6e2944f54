"""Formulas as MathML: Sphinx's math nodes, set by lrlab's own converter."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.util import logging

from lrlab import _latex

logger = logging.getLogger(__name__)


def mathml(latex: str, node: nodes.Element, *, display: str) -> str:
    """``latex`` as a ``<math>`` element. One that can't be read is a warning with its place, and shown as it is."""
    try:
        return _latex.mathml(latex, display)
    except _latex.FormulaError as error:
        logger.warning("%s: %s", error, latex, location=node)
        return f"<code>{nodes.Text(latex)}</code>"


def visit_inline(self: Any, node: nodes.math) -> None:
    self.body.append(f'<span class="math">{mathml(node.astext(), node, display="inline")}</span>')
    raise nodes.SkipNode


def visit_block(self: Any, node: nodes.math_block) -> None:
    # Reached by the keyboard, since a long formula scrolls in a narrow window.
    self.body.append(self.starttag(node, "div", CLASS="math", tabindex="0"))
    self.body.append(f"{mathml(node.astext(), node, display='block')}</div>\n")
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
