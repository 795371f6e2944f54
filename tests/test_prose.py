"""What people read is plain English: no turn of phrase that the style sheet in CONTRIBUTING.md rules out."""

import ast
import re
import subprocess

from support import REPO

# The last line is one spelling: -ize, towards.
IDIOMS = (
    "whoever|somebody|nobody|anew|for ever|meanwhile|at no time|as good as the same|over-fit(?:ting)?|half-way|holds 0"
    r"|\w*(?:normal|general|recogn|parametr|initial|standard)is(?:e|es|ed|ing|ation)|toward"
)
READ = ["*.md", "*.py", "*.js", "*.yml", "*.json", "*.ipynb", "*.html", "Makefile"]


def test_no_turn_of_phrase_that_a_beginner_stumbles_over() -> None:
    """In notebooks, exercises, guides, messages, docstrings and comments; the tests' own words are not looked at."""
    listed = subprocess.run(["git", "ls-files", *READ], cwd=REPO, capture_output=True, text=True, check=True).stdout
    found = {
        f"{name}: {match}"
        for name in listed.splitlines()
        if not name.startswith("tests/")
        for match in re.findall(rf"\b(?:{IDIOMS})\b", (REPO / name).read_text(encoding="utf-8"), re.IGNORECASE)
    }
    assert found == set()


MARKED_UP = re.compile(r":[\w:]+:`[^`]+`|``[^`]+``")  # a role; code


def test_docstrings_are_written_in_one_dialect() -> None:
    """That of Sphinx: code between double backticks, roles for names that have a page, Google's sections."""
    found = []
    for path in (REPO / "lrlab").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    if "`" in MARKED_UP.sub("", text) or re.search(
                        r"^\s*:(?:param|returns?|raises)\b|^\s*-{5,}$", text, re.M
                    ):
                        found.append(f"{path.relative_to(REPO)}:{node.lineno}")
    assert found == []
