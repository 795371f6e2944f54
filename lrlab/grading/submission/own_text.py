"""Recognize text that a student wrote in a cell of code."""

from __future__ import annotations

import ast
import io
import keyword
import re
import tokenize
from collections.abc import Collection, Iterator

TEXT_MAGICS = ("%%html", "%%latex", "%%markdown")
SHOWING = {"print", "display", "Markdown", "HTML", "Latex"}
# A search looks at the signs of one word at most, or it takes minutes on a line of letters and hyphens.
_SIGNS = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"  # of scripts without spaces between words
LETTER = re.compile(r"\b[^\W\d_]")  # not that of 1e-3
WORD = re.compile(r"[^\W\d_]{2}")
_TWO = r"\b[^\W\d_][\w'’-]{0,40}[^\w\s]{0,5}\s{1,10}[^\w\s]{0,5}\s{0,10}[^\W\d_]"
_FIVE = r"(\b[^\W\d_][\w'’-]{0,40}[,.;:]?\s+){4}[^\W\d_]"
PAIR = re.compile(rf"{_TWO}|{_SIGNS}{{2}}")
SENTENCE = re.compile(rf"{_FIVE}|{_SIGNS}{{4}}")
# "oscillation (divergence)" would be a call, and "e.g. momentum" an attribute.
PROSE = re.compile(rf"^(?!({'|'.join(('print', *keyword.kwlist))})\b)(\w+[ \t]+\(|[\w.]*\.[ \t]+\w)", re.MULTILINE)
# "it is steep", "momentum, Nesterov" and "a or b" would be expressions.
OF_WORDS = (
    *(ast.Name, ast.Constant, ast.Tuple, ast.Compare, ast.BoolOp, ast.UnaryOp),
    *(ast.expr_context, ast.cmpop, ast.boolop, ast.unaryop, ast.operator),
)
MOST_COMMENTS = 500  # lines that are looked at for code


def is_text(source: str) -> bool:
    """Return whether a code cell is nothing but comments with a word that is not code, one string, or a text's magic.

    A short answer must wait for a person, so words that Python would read as well, such as "it is steep", are text.
    """
    text = source.strip()
    if text.startswith(TEXT_MAGICS):
        return True
    quotes = text[:3]
    if quotes in ('"""', "'''"):
        return len(text) >= 6 and text.endswith(quotes) and text.count(quotes) == 2
    lines = text.splitlines()
    if any(line.lstrip()[:1] not in ("", "#") for line in lines):
        return False
    if len(lines) > MOST_COMMENTS:
        return True
    commented = [line for line in lines if not bare_line(line).startswith(("%", "!"))]
    if _is_code("\n".join(line.strip().removeprefix("#").removeprefix(" ") for line in commented)):
        return False
    return any(LETTER.search(line) and not _is_code(bare_line(line)) for line in commented)


def _is_code(comment: str) -> bool:
    """Return whether a comment, without its signs, is statements of Python, or begins one; words alone are none."""
    try:
        tree = ast.parse(f"{comment} pass" if comment.endswith(":") else comment)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return not PROSE.search(comment) and not any(_is_words(statement) for statement in tree.body)


def _is_words(statement: ast.stmt) -> bool:
    """Return whether a statement may as well be words: names with "is", "and", a comma or a hyphen between."""
    match statement:
        case ast.AnnAssign() | ast.Assign(targets=[ast.Name()], value=ast.Name()):
            return True  # "answer: oscillation", "steepest = fastest"
        case ast.Expr(value):
            return all(isinstance(node, OF_WORDS) or _joins_words(node) for node in ast.walk(value))
    return False


def _joins_words(node: ast.AST) -> bool:
    """Return whether this is names with a hyphen, a plus or a slash between."""
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.left, (ast.Name, ast.BinOp))
        and isinstance(node.right, ast.Name)
    )


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
                    yield text, PAIR if name == "print" else WORD  # `print("here")` looks for a mistake
            case ast.Assign(value=ast.Constant(str() as text)):
                yield text, SENTENCE
    for statement in tree.body:
        match statement:
            case ast.Expr(ast.Constant(str() as text)):
                yield text, WORD
