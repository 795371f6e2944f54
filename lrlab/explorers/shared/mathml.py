r"""LaTeX to MathML, for the formulas of :mod:`lrlab.schedules` alone: every browser draws MathML without help.

:func:`formulas` gives each equation twice, as it stands on the slide and with a slot ``<mn data-number="FIELD">`` in
place of each field's symbol, which the page fills with the number of the moment. What is not in this file's tables
raises ``ValueError``: the subset grows with the formulas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape

_TOKEN = re.compile(r"\\text\{[^{}]*\}|\\[A-Za-z]+|\\.|[0-9]+(?:\.[0-9]+)?|\S")
_GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "eta": "η", "lambda": "λ", "mu": "μ", "pi": "π", "sigma": "σ"}
_FUNCTIONS = ("cos", "sin", "tanh", "exp", "ln", "log", "min", "max")
_OPERATORS = {"le": "≤", "ge": "≥", "in": "∈", "to": "→", "leftarrow": "←", "cdot": "·", "times": "×", "bmod": "mod"}
_OPERATORS |= {"lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "{": "{", "}": "}", "#": "#"}
_SPACES = {",": 0.17, ":": 0.22, ";": 0.28, "quad": 1.0, "qquad": 2.0, "!": 0.0}
_FUNCTION = '<mi class="upright">'
_SLASH = '<mo lspace="0.1em" rspace="0.1em">/</mo>'
_OPEN, _SHUT = '<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'
_THIN = '<mspace width="0.17em"></mspace>'


def _slot(field: str) -> str:
    return f'<mn data-number="{escape(field)}"></mn>'


def _is_factor(part: str) -> bool:
    """Whether a number right behind this needs a sign of multiplication."""
    starts, ends = ("<mi>", "<mn", "<msub", "<msup", "<mfrac", "<msqrt", "<mrow>"), (")</mo>", "⌋</mo>", "⌉</mo>")
    return (part.startswith(starts) and not part.startswith(_FUNCTION)) or part.endswith(ends)


class _Reader:
    """One pass over the tokens; with ``slots`` the symbols in it become slots."""

    def __init__(self, tokens: list[str], slots: Mapping[str, str]) -> None:
        self.tokens, self.slots, self.at, self.depth = tokens, slots, 0, 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> str:
        token = self.peek()
        if not token or (expected is not None and token != expected):
            raise ValueError(f"expected {expected or 'more'}, got {token or 'the end'}")
        self.at += 1
        return token

    def row(self, *stops: str) -> str:
        """Everything up to one of ``stops``, or to the end."""
        parts: list[str] = []
        while self.at < len(self.tokens) and self.peek() not in stops:
            part = self.scripted()
            before = next((part for part in reversed(parts) if not part.startswith("<mspace")), "")
            if part.startswith(("<mn data-number", "<msup><mn data-number")) and _is_factor(before):
                while parts[-1] != before:
                    parts.pop()
                parts.append("<mo>×</mo>")
            elif part.startswith(_FUNCTION) and parts and _is_factor(parts[-1]):
                parts.append(_THIN)
            parts.append(part)
            if part.startswith(_FUNCTION) and self.peek() not in ("(", r"\left", *stops):
                parts.append(_THIN)
        return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"

    def group(self) -> str:
        """The argument of a command or a script: ``{…}`` or one token."""
        if self.peek() != "{":
            start, base = self.at, self.atom()
            return self.slot(start) or base
        self.take("{")
        found = self.row("}")
        self.take("}")
        return found

    def script(self) -> str:
        """What stands behind ``_`` or ``^``."""
        self.take()
        self.depth += 1
        found = self.group()
        self.depth -= 1
        return found

    def slot(self, start: int) -> str:
        """The slot for what was read since ``start``, if it is a field's symbol; else empty."""
        field = self.slots.get("".join(self.tokens[start : self.at]))
        return _slot(field) if field else ""

    def scripted(self) -> str:
        start = self.at
        base = self.atom()
        large = base.startswith('<mo largeop="true"')
        lower = upper = ""
        if self.peek() == "_":
            lower = self.script()
        if slot := self.slot(start):
            base, lower = slot, ""
        if self.peek() == "^":
            upper = self.script()
        tag = "munder" if large and not upper else "munderover" if large else "msub" if not upper else "msubsup"
        if lower:
            return f"<{tag}>{base}{lower}{upper}</{tag}>"
        return f"<msup>{base}{upper}</msup>" if upper else base

    def atom(self) -> str:
        token = self.take()
        if token[0].isdigit():
            return f"<mn>{token}</mn>"
        if token.isalpha():
            return f"<mi>{token}</mi>"
        if token.startswith(r"\text{"):
            return f"<mtext>{escape(token[6:-1]).replace(' ', '&nbsp;')}</mtext>"
        if token[0] == "\\":
            return self.command(token[1:])
        if token in "{}&^_":
            raise ValueError(f"{token} stands where no formula begins")
        shown = {"-": "−", "*": "∗"}.get(token, escape(token))
        if token == "/":
            return _SLASH
        return f'<mo stretchy="false">{shown}</mo>' if token in "()[]|" else f"<mo>{shown}</mo>"

    def fence(self) -> str:
        """A bracket that grows with what it holds."""
        return self.atom().replace(' stretchy="false"', "")

    def command(self, name: str) -> str:
        if name in _GREEK:
            return f"<mi>{_GREEK[name]}</mi>"
        if name in _FUNCTIONS:
            return f"{_FUNCTION}{name}</mi>"
        if name in _OPERATORS:
            return f'<mo stretchy="false">{_OPERATORS[name]}</mo>'
        if name in _SPACES:
            return f'<mspace width="{_SPACES[name]}em"></mspace>'
        if name in ("sum", "prod"):
            return f'<mo largeop="true">{"∑" if name == "sum" else "∏"}</mo>'
        if name in ("frac", "tfrac"):
            if self.depth:  # a fraction in an exponent would be too small to read
                over, under = (
                    f"<mrow>{_OPEN}{x}{_SHUT}</mrow>" if "<mo" in x else x for x in (self.group(), self.group())
                )
                return f"<mrow>{over}{_SLASH}{under}</mrow>"
            style = "" if name == "frac" else ' displaystyle="false"'
            return f"<mfrac{style}>{self.group()}{self.group()}</mfrac>"
        if name == "sqrt":
            return f"<msqrt>{self.group()}</msqrt>"
        if name == "left":
            opened, inside = self.fence(), self.row(r"\right")
            self.take(r"\right")
            return f"<mrow>{opened}{inside}{self.fence()}</mrow>"
        if name == "begin":
            return self.table()
        raise ValueError(f"\\{name} is not in the tables")

    def table(self) -> str:
        """``cases`` or ``aligned``, behind their ``\\begin``."""
        kind = re.match(r"(cases|aligned)\}", "".join(self.tokens[self.at + 1 : self.at + 9]))
        if kind is None:
            raise ValueError("only cases and aligned can begin")
        self.at += len(kind[1]) + 2
        rows = [self.cells()]
        while self.peek() == r"\\":
            self.take()
            rows.append(self.cells())
        self.take(r"\end")
        self.at += len(kind[1]) + 2
        brace = "<mo>{</mo>" if kind[1] == "cases" else ""
        return f"<mrow>{brace}<mtable>{''.join(rows)}</mtable></mrow>"

    def cells(self) -> str:
        stops = ("&", r"\\", r"\end")
        cells = [self.row(*stops)]
        while self.peek() == "&":
            self.take()
            cells.append(self.row(*stops))
        return f"<mtr>{''.join(f'<mtd>{cell}</mtd>' for cell in cells)}</mtr>"


def _read(tokens: list[str], slots: Mapping[str, str]) -> str:
    return _Reader(tokens, slots).row()


def _split(tokens: list[str], ends: Callable[[str, str], bool]) -> list[list[str]]:
    """The pieces between top-level tokens for which ``ends(token, the one before)``."""
    pieces: list[list[str]] = [[]]
    depth, before = 0, ""
    for token in tokens:
        depth += token in ("{", r"\{", r"\left", r"\begin", "(")
        depth -= token in ("}", r"\}", r"\right", r"\end", ")")
        if depth == 0 and ends(token, before):
            pieces.append([])
        else:
            pieces[-1].append(token)
        before = token
    return [piece[:-1] if piece[-1] == "," else piece for piece in pieces if piece]


def _ends_equation(token: str, before: str) -> bool:
    return token in (r"\quad", r"\qquad") or (token == r"\;" and before == ",")


def _row(left: str, right: str) -> str:
    return f"<mtr><mtd>{left}</mtd><mtd><mo>=</mo></mtd><mtd>{right}</mtd></mtr>"


def _equation(tokens: list[str], slots: Mapping[str, str]) -> str:
    """One equation: as it is, and below it with the numbers, if it has any."""
    sides = _split(tokens, lambda token, _: token == "=")
    right = sides[1] if len(sides) == 2 else tokens
    plain, filled = _read(right, {}), _read(right, slots)
    if len(sides) == 2:
        rows = _row(_read(sides[0], {}), plain) + (_row("", filled) if filled != plain else "")
    else:
        rows = "".join(f"<mtr><mtd>{one}</mtd></mtr>" for one in dict.fromkeys((plain, filled)))
    return _math(rows)


def _math(rows: str) -> str:
    return f'<math><mtable displaystyle="true">{rows}</mtable></math>'


def formulas(latex: str, symbols: Mapping[str, str]) -> list[str]:
    """``latex`` as MathML, one text for each equation in it.

    ``symbols``: the symbol of each field, in LaTeX. A field whose symbol is in no equation gets one for its number.
    ``ValueError`` for LaTeX beyond this file's tables.
    """
    slots = {"".join(_TOKEN.findall(symbol)): field for field, symbol in symbols.items()}
    found = [_equation(part, slots) for part in _split(_TOKEN.findall(latex), _ends_equation)]
    seen = "".join(found)
    for field, text in symbols.items():
        if _slot(field) not in seen:
            found.append(_math(_row(_read(_TOKEN.findall(text), {}), _slot(field))))
    return found


def symbol(latex: str) -> str:
    """One symbol, for a label."""
    return f"<math>{_read(_TOKEN.findall(latex), {})}</math>"
