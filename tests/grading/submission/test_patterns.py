"""Patterns that the grader searches a student's texts for: in none of them a search begins again at every sign."""

import gc
import re
import time

import pytest

from lrlab.grading.scoring import execution, preprocessor
from lrlab.grading.submission import feedback_html, feedback_page, own_text, unused_work
from lrlab.grading.submission.cells import LARGEST_SOURCE

LENGTHS = (LARGEST_SOURCE // 50, LARGEST_SOURCE // 5)
PATTERNS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in (execution, preprocessor, feedback_html, feedback_page, own_text, unused_work)
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern)
}
PARTS = {
    "letters": ("", "word", ""),
    "letters and hyphens": ("", "a-", ""),
    "letters and spaces": ("a", " ", "b"),
    "imports": ("", "import ", ""),
    "from": ("", "from ", ""),
    "a heading": ("## a", " ", "b"),
    "an empty heading": ("##", " ", ""),
    "hashes": ("## a ", "# ", "b"),
    "lines": ("", "a\n", ""),
    "empty lines": ("from", "\n", "x"),
    "tags": ("", "<a", ""),
    "scripts": ("", "<script>", ""),
    "schemes": ("", "=== BEGIN MARK SCHEME ===", ""),
    "checks": ("", "from lrlab.checks import check ", ""),
    "spaces after checks": ("from lrlab.checks import check", " ", "x"),
}


def seconds(pattern, text: str) -> float:
    gc.disable()
    try:
        began = time.process_time()
        for _ in pattern.finditer(text):
            pass
        return time.process_time() - began
    finally:
        gc.enable()


@pytest.mark.parametrize("name", PATTERNS)
def test_ten_times_the_text_takes_ten_times_as_long(name):
    for kind, (first, part, last) in PARTS.items():
        short, long = (seconds(PATTERNS[name], first + part * (length // len(part)) + last) for length in LENGTHS)
        assert long < 30 * short + 0.05, kind  # a search from every sign takes a hundred times as long
