"""The guides in docs/: what they link to is there, and the commands that they name exist, with their options."""

import argparse
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from lrlab import cli

REPO = Path(__file__).resolve().parent.parent
GUIDES = ["docs/cluster.md", "docs/instructors.md", "docs/jupyterhub.md", "docs/learning-platforms.md"]
OTHERS = {"--user", "--pty", "--ntasks", "--cpus", "--mem"}  # of other programs, in the same line


def text(name: str) -> str:
    return (REPO / name).read_text(encoding="utf-8")


def anchors(name: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text(name), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", [*GUIDES, "tools/student/README.md"])
def test_links_lead_to_what_is_committed(name: str) -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=REPO, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    folders = {"/".join(file.split("/")[:depth]) for file in tracked for depth in range(1, file.count("/") + 1)}
    links = re.findall(r"\]\((?!https:)([^)\s]+)\)", text(name))
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        place = os.path.normpath(os.path.join(os.path.dirname(name), path))
        assert place in {*tracked, *folders}, link
        assert not anchor or anchor in anchors(place), link


def test_the_example_s_points_are_those_of_its_unit() -> None:
    cells = json.loads(text("assignments/decay_formulas/decay_formulas.ipynb"))["cells"]
    points = sum(cell["metadata"].get("nbgrader", {}).get("points", 0) for cell in cells)
    found = re.findall(r"\b13(?: /| so far, of) (\d+)", text("docs/instructors.md"))
    assert [int(number) for number in found] == [points] * 3


def options() -> dict[str, set[str]]:
    """The options of each command."""
    (commands,) = (a for a in cli._parser()._actions if isinstance(a, argparse._SubParsersAction))
    return {
        name: {option for action in parser._actions for option in action.option_strings}
        for name, parser in commands.choices.items()
    }


@pytest.mark.parametrize("name", GUIDES)
def test_commands_and_their_options_exist(name: str) -> None:
    known = options()
    found = re.findall(r"(?:^ {4}|`)(?:sudo |OMP_NUM_THREADS=1 )?lrlab ([a-z]+)([^`\n#;]*)", text(name), re.MULTILINE)
    assert len(found) >= 4
    for command, rest in found:
        assert command in known, command
        assert set(re.findall(r"(?<=\s)--[a-z]+", rest)) <= known[command] | OTHERS, (command, rest)
