"""How many minutes each section of the course takes, counted by one rule and written below its heading.

    python tools/minutes.py                 the sections, and the two routes
    python tools/minutes.py --write         puts the minutes below the headings and into the first cells

No class has been timed. The rule: 130 words a minute (technical text, read once and thought about), three quarters
of a minute for a code cell, one minute for a prediction or a question of a quiz, two for another explorer, half a
minute for what folds out. Below a heading is ``*★ 6 minutes*``; the sign says which route the section belongs to, and
is set by hand:

- ``★``: the core, one lecture of 90 minutes;
- ``☆``: with the core, two lectures of 90 minutes;
- no sign: for reading at home.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

COURSE = Path(__file__).resolve().parent.parent / "course"
QUESTIONS = json.loads((COURSE / "quizzes.json").read_text(encoding="utf-8"))
SIGNS = {"★": "90 minutes", "☆": "2 × 90 minutes, with ★"}
BELOW = re.compile(r"\A(## .*\n)\n\*([★☆]? ?)(\d+) minutes?\*\n")
TITLE = re.compile(r"(\*\*Time:\*\* )\d+( minutes)")
NOT_TIMED = ("Where to go next",)


class Section(NamedTuple):
    """A section of a notebook: its heading, the sign of its route, its minutes by the rule and those written down."""

    notebook: str
    heading: str
    sign: str
    minutes: int
    written: int | None


def _source(cell: Any) -> str:
    return "".join(cell["source"])


def _shown(cell: Any) -> bool:
    return "remove-cell" not in cell["metadata"].get("tags", [])


def _minutes(cell: Any) -> float:
    text = _source(cell)
    if cell["cell_type"] == "markdown":
        return len(BELOW.sub(r"\1", text).split()) / 130 + text.count("<details>") / 2
    if "explorers.predict(" in text:
        return 1
    quiz = re.search(r'explorers\.quiz\("(\d\d)"\)', text)
    if quiz:
        return sum(question["id"].startswith(quiz[1]) for question in QUESTIONS)
    return 2 if "explorers." in text else 0.75


def sections(path: Path) -> Iterator[Section]:
    """Yield the timed sections of a notebook."""
    timed: list[tuple[str, float]] = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if not _shown(cell):
            continue
        text = _source(cell)
        if cell["cell_type"] == "markdown" and text.startswith("## "):
            timed.append((text, 0.0))
        if timed:
            timed[-1] = (timed[-1][0], timed[-1][1] + _minutes(cell))
    for text, minutes in timed:
        heading = text.splitlines()[0].removeprefix("## ")
        if heading in NOT_TIMED:
            continue
        below = BELOW.match(text)
        sign, written = (below[2].strip(), int(below[3])) if below else ("", None)
        yield Section(path.stem, heading, sign, max(1, round(minutes)), written)


def write(path: Path) -> None:
    """Put the minutes of ``path`` below its headings, and their sum into its first cell."""
    timed = {section.heading: section for section in sections(path)}
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        text = _source(cell)
        section = timed.get(text.splitlines()[0].removeprefix("## ")) if text.startswith("## ") else None
        if section and cell["cell_type"] == "markdown":
            plain = BELOW.sub(r"\1", text)
            head, _, rest = plain.partition("\n")
            unit = "minute" if section.minutes == 1 else "minutes"
            below = f"*{section.sign + ' ' if section.sign else ''}{section.minutes} {unit}*"
            text = "\n".join([head, "", below, *([rest] if rest else [])])
            cell["source"] = text.splitlines(keepends=True)
    first = notebook["cells"][0]
    total = sum(section.minutes for section in timed.values())
    first["source"] = TITLE.sub(rf"\g<1>{total}\g<2>", _source(first)).splitlines(keepends=True)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the minutes into the notebooks")
    options = parser.parse_args()
    routes = dict.fromkeys(("★", "☆", ""), 0)
    for path in sorted(COURSE.glob("*.ipynb")):
        if options.write:
            write(path)
        timed = list(sections(path))
        print(f"{path.stem}: {sum(section.minutes for section in timed)} minutes")
        for section in timed:
            routes[section.sign] += section.minutes
            print(f"  {section.sign or ' '} {section.minutes:3}  {section.heading}")
    print(f"★ {routes['★']} minutes; ★ and ☆ {routes['★'] + routes['☆']} minutes; all {sum(routes.values())} minutes")


if __name__ == "__main__":
    main()
