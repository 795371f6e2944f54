"""What people read is plain English: no turn of phrase that the style sheet in CONTRIBUTING.md rules out."""

import ast
import re
import subprocess

from support import REPO

WORDS = (
    "whoever|somebody|nobody|anew|for ever|meanwhile|at no time|as good as the same|over-fit(?:ting)?|half-way|holds 0"
    "|toward"  # here and below, one spelling: towards, and -ize
)
ENDS = "(?:normal|general|recogn|parametr|initial|standard)is(?:e|es|ed|ing|ation)"
IDIOMS = re.compile(rf"\b(?:{WORDS})\b|{ENDS}\b")
READ = ["*.md", "*.py", "*.js", "*.yml", "*.json", "*.ipynb", "*.html", "Makefile"]


def test_no_turn_of_phrase_that_a_beginner_stumbles_over() -> None:
    """In notebooks, exercises, guides, messages, docstrings and comments; the tests' own words are not looked at."""
    listed = subprocess.run(["git", "ls-files", *READ], cwd=REPO, capture_output=True, text=True, check=True).stdout
    found = {
        f"{name}: {match}"
        for name in listed.splitlines()
        if not name.startswith("tests/")
        for match in IDIOMS.findall((REPO / name).read_text(encoding="utf-8").lower())
    }
    assert found == set()


MARKED_UP = re.compile(r":[\w:]+:`[^`]+`|``[^`]+``")  # a role; code
OTHER_DIALECT = re.compile(r"`|^\s*:(?:param|returns?|raises)\b|^\s*-{5,}$", re.MULTILINE)


def test_docstrings_are_written_in_one_dialect() -> None:
    """That of Sphinx: code between double backticks, roles for names that have a page, Google's sections."""
    found = []
    for path in (REPO / "lrlab").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if not OTHER_DIALECT.search(MARKED_UP.sub("", source)):
            continue  # most files: nowhere, so in no docstring
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Expr(value=ast.Constant(value=str(text))) if OTHER_DIALECT.search(MARKED_UP.sub("", text)):
                    found.append(f"{path.relative_to(REPO)}:{node.lineno}")
    assert found == []
