"""What people read is plain English: no turn of phrase that the style sheet in CONTRIBUTING.md rules out."""

import re
import subprocess

from support import REPO

IDIOMS = (
    "whoever|somebody|nobody|anew|for ever|meanwhile|at no time|as good as the same|over-fit(?:ting)?|half-way|holds 0"
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
