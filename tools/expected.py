"""What the teacher's notes in docs/teaching take from the course: minutes, predictions, and what the notebooks print.

    python tools/expected.py --lists    write the minutes of the sections, and the predictions with their answers
    python tools/expected.py --write    also run each notebook on the digits and on MNIST, and write what they print
    python tools/expected.py --write --only 01 02     those of some notebooks

MNIST must be on this machine (LRLAB_DATA names its folder). Of the outputs only those that differ between the two are
written: a class may ask about them. Numbers can differ in the last digits on another machine.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import minutes
from coursesite.run import Failure, chosen, run_all
from nbformat import NotebookNode

from lrlab.explorers.shared import questions

ROOT = Path(__file__).resolve().parent.parent
NOTES = ROOT / "docs" / "teaching"
LISTS = "## Minutes"
HEADING = "## What the cells print"
LONGEST = 12  # lines of one output
PROGRESS = re.compile(r"^.*\d+%\|.*$\n?", re.MULTILINE)
NAMES = {"digits": "the bundled digits", "mnist": "MNIST"}


def printed(cell: NotebookNode) -> str:
    """Return the text that a code cell printed or showed, without pictures and progress bars."""
    texts = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and output.name == "stdout":
            texts.append(output.text)
        elif output.output_type == "execute_result" and not {"image/svg+xml", "image/png"} & set(output.data):
            texts.append(f"{output.data.get('text/plain', '')}\n")
    return PROGRESS.sub("", "".join(texts)).strip()


def lists(path: Path) -> str:
    """Return the minutes of a notebook's sections, and its predictions with their answers."""
    lines = [LISTS, "", "`python tools/expected.py --lists` makes this list and the next.", ""]
    lines += ["| Section | Minutes | Route |", "|---|---|---|"]
    lines += [f"| {one.heading} | {one.minutes} | {one.sign or '–'} |" for one in minutes.sections(path)]
    lines += ["", "## The predictions", ""]
    for name, asked in questions.load(path.parent / questions.FILE).items():
        if name.startswith(path.name[:2]):
            if "sketch" in asked:
                answer = f"(a sketch) {asked['sketch']['reason']}"
            else:
                text, reason = asked["choices"][asked["answer"]]
                answer = f"**{asked['answer']}: {text}.** {reason}"
            lines.append(f"- `{name}`: {asked['question']} {answer}")
    return "\n".join(lines)


def section(runs: dict[str, NotebookNode]) -> Iterator[str]:
    """Yield the lines for one notebook, from its run on each data set."""
    yield HEADING
    yield ""
    yield "Only cells whose output depends on the data. `python tools/expected.py --write` makes this list."
    for cells in zip(*(run.cells for run in runs.values()), strict=True):
        texts = dict(zip(runs, map(printed, cells), strict=True))
        if cells[0].cell_type != "code" or len(set(texts.values())) == 1:
            continue
        if max(len(text.splitlines()) for text in texts.values()) > LONGEST:
            continue
        yield f"\n**`{cells[0].id}`**"
        for name, text in texts.items():
            yield f"\n{NAMES[name]}:\n\n```text\n{text}\n```"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="expected.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--lists", action="store_true", help="write minutes and predictions alone, without running anything"
    )
    what.add_argument("--write", action="store_true", help="write all of it into docs/teaching")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="notebooks to take, or how their names begin")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "build" / "expected", help="where executed notebooks are kept"
    )
    options = parser.parse_args(arguments)
    runs: dict[str, dict[Path, NotebookNode]] = {}
    try:
        paths = chosen(ROOT, options.only)
        for name in NAMES if options.write else ():
            os.environ["LRLAB_DATASET"] = name
            runs[name] = run_all(paths, ROOT, options.work / name)
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    for path in paths:
        notes = NOTES / f"{path.name[:2]}.md"
        written, _, printed_before = notes.read_text(encoding="utf-8").partition(HEADING)
        outputs = HEADING + printed_before
        if options.write:
            outputs = "\n".join(section({name: notebooks[path] for name, notebooks in runs.items()})) + "\n"
        text = written.partition(LISTS)[0].rstrip()
        notes.write_text(f"{text}\n\n{lists(path)}\n\n{outputs}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
