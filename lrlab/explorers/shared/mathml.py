r"""The formulas of :mod:`lrlab.schedules` as MathML, each with the numbers of the moment below it.

latex2mathml converts, through :mod:`lrlab._latex`. What is done here: a slot ``<mn data-number="FIELD">`` takes the
place of each field's symbol, which the page fills; a × stands between a factor and a number; functions are upright; and
a fraction in an exponent, which would be too small to read, becomes a slash.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from xml.etree.ElementTree import Element, fromstring, tostring

from lrlab._latex import FormulaError, mathml

_TOKEN = re.compile(r"\\(?:begin|end|text)\{[^{}]*\}|\\[A-Za-z]+|\\.|[0-9]+(?:\.[0-9]+)?|\S")
_SLOT = re.compile(r"@(\w+)@")
_PARTS = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "munderover": 3}
_UNDER = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}
_THIN = ".17em"


def formulas(latex: str, symbols: Mapping[str, str]) -> list[str]:
    """Return ``latex`` as MathML, one text for each equation in it: as it stands on the slide, and with numbers.

    Args:
        latex: equations, apart by ``\\quad``, ``\\qquad`` or ``,\\;``.
        symbols: the symbol of each field, in LaTeX. A field whose symbol is in no equation gets one for its number.

    Raises:
        ValueError: LaTeX that can't be read.
    """
    slots = {tuple(_TOKEN.findall(symbol)): field for field, symbol in symbols.items()}
    equations = [_equation(part, slots) for part in _split(_TOKEN.findall(latex), _ends_equation)]
    seen = "".join(equations)
    for field, symbol in symbols.items():
        if f'data-number="{field}"' not in seen:
            equations.append(_math([(_convert(symbol), _convert(rf"\text{{@{field}@}}"))]))
    return equations


def symbol(latex: str) -> str:
    """Return one symbol as MathML, for a label; ``ValueError`` for LaTeX that can't be read."""
    return f"<math>{_convert(latex)}</math>"


def _equation(tokens: list[str], slots: Mapping[tuple[str, ...], str]) -> str:
    """One equation, and below it the same with the numbers, if it has any."""
    sides = _split(tokens, lambda token, _: token == "=")
    left, right = (sides[0], sides[1]) if len(sides) == 2 else ([], tokens)
    plain, filled = _convert(" ".join(right)), _convert(" ".join(_with_slots(right, slots)))
    rows = [(_convert(" ".join(left)) if left else None, plain)]
    return _math([*rows, ("" if left else None, filled)] if filled != plain else rows)


def _math(rows: Iterable[tuple[str | None, str]]) -> str:
    cells = ("" if left is None else f"<mtd>{left}</mtd><mtd><mo>=</mo></mtd>" for left, _ in rows)
    lines = (f"<mtr>{before}<mtd>{right}</mtd></mtr>" for before, (_, right) in zip(cells, rows, strict=True))
    return f"<math><mtable>{''.join(lines)}</mtable></math>"  # shared/style.css has fractions in them at full size


def _split(tokens: list[str], ends: Callable[[str, str], bool]) -> list[list[str]]:
    """Return the pieces between top-level tokens for which ``ends(token, the one before)``."""
    pieces: list[list[str]] = [[]]
    depth, before = 0, ""
    for token in tokens:
        depth += token in ("{", r"\{", r"\left", "(") or token.startswith(r"\begin")
        depth -= token in ("}", r"\}", r"\right", ")") or token.startswith(r"\end")
        if depth == 0 and ends(token, before):
            pieces.append([])
        else:
            pieces[-1].append(token)
        before = token
    return [piece[:-1] if piece[-1] == "," else piece for piece in pieces if piece]


def _ends_equation(token: str, before: str) -> bool:
    return token in (r"\quad", r"\qquad") or (token == r"\;" and before == ",")


def _with_slots(tokens: list[str], slots: Mapping[tuple[str, ...], str]) -> list[str]:
    """Return the tokens, with a text ``@FIELD@`` for each symbol that is not a part of another: no T for T_0."""
    filled: list[str] = []
    while tokens:
        for symbol, field in slots.items():
            rest = tokens[len(symbol) :]
            if tuple(tokens[: len(symbol)]) == symbol and rest[:1] != ["_"] and filled[-1:] != ["_"]:
                filled, tokens = [*filled, rf"\text{{@{field}@}}"], rest
                break
        else:
            filled, tokens = [*filled, tokens[0]], tokens[1:]
    return filled


@cache
def _convert(latex: str) -> str:
    """Return what stands in ``<math>``, set as described above."""
    root = fromstring(mathml(latex.replace("{aligned}", "{split}")))  # latex2mathml has no other word for it
    for element in root.iter():
        if len(element) < _PARTS.get(element.tag, 0):
            raise FormulaError("a part of this formula is missing")
        _leaf(element)
    for element in list(root.iter()):
        for exponent in list(element)[1:] if element.tag in ("msup", "msubsup") else []:
            _slashes(exponent)
        if element.tag in _UNDER and element[0].get("largeop"):
            element.tag = _UNDER[element.tag]
    for element in list(root.iter()):
        if element.tag in ("math", "mrow", "mtd"):
            element[:] = list(_spaced(list(element)))
    for element in list(root.iter()):
        element[:] = [_bare(part) for part in element]
    text = "".join(tostring(part, encoding="unicode", short_empty_elements=False) for part in root)
    return text.replace("></mspace>", "/>")  # there are many, and each page of formulas carries them


def _bare(part: Element) -> Element:
    """Return a part without the rows of one thing, and the attributes that say what browsers do anyway."""
    while part.tag == "mrow" and len(part) == 1:
        part = part[0]
    if part.tag == "mtd" or part.get("fence"):
        part.attrib = {}
    return part


def _leaf(element: Element) -> None:
    """Return a letter, a function, a sign or a slot, each as the element that it is."""
    text = element.text or ""
    if element.tag == "mtext" and (slot := _SLOT.fullmatch(text)):
        element.tag, element.text, element.attrib = "mn", "", {"data-number": slot[1]}
    elif element.tag in ("mi", "mo") and len(text) > 1 and text.isalpha() and text != "mod":
        element.tag, element.attrib = "mi", {"class": "upright"}
    elif element.tag == "mi" and text and not text.isalpha():
        element.tag, element.attrib = "mo", {"stretchy": "false"}
    elif text == "/":
        element.attrib = {"lspace": "0.1em", "rspace": "0.1em"}
    elif text in ("∑", "∏"):
        element.attrib = {"largeop": "true"}


def _slashes(element: Element) -> None:
    """Fractions in an exponent on one line, with brackets where they hold more than one thing."""
    for fraction in list(element.iter("mfrac")):
        over, under = (
            [_sign("(", stretchy="false"), part, _sign(")", stretchy="false")]
            if part.find(".//mo") is not None
            else [part]
            for part in fraction
        )
        fraction.tag = "mrow"
        fraction[:] = [*over, _sign("/", lspace="0.1em", rspace="0.1em"), *under]


def _sign(text: str, **attributes: str) -> Element:
    sign = Element("mo", attributes)
    sign.text = text
    return sign


def _spaced(parts: list[Element]) -> Iterable[Element]:
    """Return a row with × before numbers that multiply, and a thin space around functions."""
    row: list[Element] = []
    for part, after in zip(parts, [*parts[1:], None], strict=True):
        before = next((one for one in reversed(row) if one.tag != "mspace"), None)
        number = part[0] if part.tag == "msup" else part
        if before is not None and number.get("data-number") and _is_factor(before):
            while row[-1] is not before:
                row.pop()
            row.append(_sign("×"))
        elif _is_function(part) and row and _is_factor(row[-1]):
            row.append(Element("mspace", width=_THIN))
        row.append(part)
        opens = after is not None and (
            (after.text or "") == "(" or (len(after) > 0 and after[0].get("fence") is not None)
        )
        if _is_function(part) and after is not None and not opens:
            row.append(Element("mspace", width=_THIN))
    return row


def _is_function(part: Element) -> bool:
    return part.get("class") == "upright"


def _is_factor(part: Element) -> bool:
    """Whether a number right behind this needs a sign of multiplication."""
    if part.tag in ("mo", "mtext", "mspace") or _is_function(part):
        return (part.text or "") in (")", "⌋", "⌉")
    return True
