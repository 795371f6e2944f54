"""Formulas in TeX as MathML, which browsers draw by themselves: no script, no request, and screen readers read it.

A formula may come from a stranger. What it becomes holds only MathML's own elements, with attributes that neither
lead anywhere nor place anything outside of the formula, and its size and the time it takes are limited.
"""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import Converter

LONGEST = 2_000  # characters of one formula
DEEPEST = 40  # elements in elements
ELEMENTS = """
math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow mspace msqrt mstyle msub msubsup msup mtable mtd mtext
mtr munder munderover
"""
PROPERTIES = """
accent columnalign columnlines columnspacing display displaystyle fence form linethickness mathcolor mathvariant maxsize
minsize movablelimits notation rowlines rowspacing scriptlevel separator stretchy width
"""
TAGS, ATTRIBUTES = frozenset(ELEMENTS.split()), frozenset(PROPERTIES.split())
# Words, colours, and lengths below 10; a negative one only as narrow as TeX's own \!.
VALUE = re.compile(r"[a-zA-Z-]+|#[0-9a-fA-F]{3,8}|-0?\.[01]\d*(em|ex)|\d?(\.\d+)?(em|ex|pt|px|mu)?")
# A macro that uses others makes a short text endless.
MACROS = re.compile(r"\\((re)?new(command|environment)|providecommand|[gex]?def|let)(?![a-zA-Z])")


class FormulaError(ValueError):
    """This text can't be set as a formula. One sentence."""


def mathml(latex: str, display: str = "inline") -> str:
    """Return a formula as a ``<math>`` element.

    Args:
        latex: the formula, without ``$`` or other signs around it.
        display: "inline", or "block" for a formula in a line of its own.

    Raises:
        FormulaError: the formula can't be read, has a command that is not known, defines macros, or is too long.
    """
    latex = latex.strip()
    if len(latex) > LONGEST:
        raise FormulaError(f"a formula must have at most {LONGEST} characters, got {len(latex)}")
    if MACROS.search(latex):
        raise FormulaError("a formula must not define macros")
    try:
        root = Converter(display=display).convert_to_element(latex)
        _restrict(root)
        return tostring(root, encoding="unicode", short_empty_elements=False)
    except FormulaError:
        raise
    except Exception as error:  # the converter raises several kinds, none of them documented, and RecursionError
        raise FormulaError(f"this formula could not be read ({type(error).__name__})") from None


def _restrict(root: Element) -> None:
    """Leave only what is listed above, and put characters in place of the converter's entities."""
    row = [root]
    for _ in range(DEEPEST):
        for element in row:
            if element.tag not in TAGS:
                raise FormulaError(f"a formula must not have a {element.tag} in it")
            element.attrib.pop("xmlns", None)  # HTML knows where it is
            for name, value in list(element.attrib.items()):
                if name not in ATTRIBUTES or not all(map(VALUE.fullmatch, value.split())):
                    del element.attrib[name]
            element.text = html.unescape(element.text or "")
            if element.tag == "mi" and element.text.startswith("\\"):
                raise FormulaError(f"the command {element.text} is not known")
        row = [child for element in row for child in element]
        if not row:
            return
    raise FormulaError(f"a formula must be nested at most {DEEPEST} deep")
