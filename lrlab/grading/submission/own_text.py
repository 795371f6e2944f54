"""Recognize text that a student wrote in a cell of code."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Collection, Iterator

TEXT_MAGICS = ("%%html", "%%latex", "%%markdown")
SHOWING = {"print", "display", "Markdown", "HTML", "Latex"}
# A search looks at the signs of one word at most, or it takes minutes on a line of letters and hyphens.
_WORDS = r"(\b[^\W\d_][\w'’-]{{0,40}}[,.;:]?\s+){{{}}}[^\W\d_]|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{{{}}}"
WORD = re.compile(r"[^\W\d_]{2}")
PHRASE = re.compile(_WORDS.format(2, 3))  # three words, or signs of a script without spaces
SENTENCE = re.compile(_WORDS.format(4, 4))
CODE_SIGN = re.compile(r"[=(\[@]|:$|^(import|from|return|del|raise)\b")  # "it is steep" would be Python as well
MOST_COMMENTS = 500  # lines that are looked at for code


def is_text(source: str) -> bool:
    """Return whether a code cell has nothing but comments that are no code, one string, or a text's magic."""
    text = source.strip()
    if text.startswith(TEXT_MAGICS):
        return True
    quotes = text[:3]
    if quotes in ('"""', "'''"):
        return len(text) >= 6 and text.endswith(quotes) and text.count(quotes) == 2
    lines = text.splitlines()
    if any(line.lstrip()[:1] not in ("", "#") for line in lines):
        return False
    bare = [bare_line(line) for line in lines[:MOST_COMMENTS]]
    return len(lines) > MOST_COMMENTS or bool(PHRASE.search(" ".join(line for line in bare if not _is_code(line))))


def _is_code(line: str) -> bool:
    """Return whether a line of a comment is a statement of Python, or begins one; words alone are none."""
    if not CODE_SIGN.search(line):
        return False
    try:
        ast.parse(f"{line} pass" if line.endswith(":") else line)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def has_text(source: str, released: Collection[str]) -> bool:
    """Return whether a code cell shows text that it does not compute, or has a sentence in it.

    Args:
        source: the cell's text.
        released: lines of the instructor's, as ``bare_line`` returns them, which are not the student's text.
    """
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!"))]
    code = "\n".join(lines)
    try:
        tree = ast.parse(code)
        comments = [token.string for token in _tokens(code) if token.type == tokenize.COMMENT]
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return any(SENTENCE.search(line) for line in lines if bare_line(line) not in released)
    if any(SENTENCE.search(comment) for comment in comments if bare_line(comment) not in released):
        return True
    return any(least.search(text) for text, least in _strings(tree))


def bare_line(line: str) -> str:
    """Return a line without its indentation and the sign of a comment."""
    return line.strip().lstrip("# ")


def _tokens(code: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(code).readline)


def _strings(tree: ast.Module) -> Iterator[tuple[str, re.Pattern[str]]]:
    """Yield the texts that are shown, or kept in a variable, each with what makes it an answer."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name), args=[_, *_] as given) if name in SHOWING:
                if all(isinstance(each, ast.Constant) and isinstance(each.value, str) for each in given):
                    text = " ".join(str(each.value) for each in given if isinstance(each, ast.Constant))
                    yield text, PHRASE if name == "print" else WORD  # `print("here")` looks for a mistake
            case ast.Assign(value=ast.Constant(str() as text)):
                yield text, SENTENCE
    for statement in tree.body:
        match statement:
            case ast.Expr(ast.Constant(str() as text)):
                yield text, WORD
