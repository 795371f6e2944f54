"""What the notebooks print on both data sets, for the teacher's notes in docs/teaching.

    python tools/expected.py --write    run each notebook on the digits and on MNIST, and write what they print

MNIST must be on this machine (LRLAB_DATA names its folder). Only what differs between the two is written: it is what a
class may ask about. Numbers can differ in the last digits on another machine.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from coursesite.run import Failure, run_all
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parent.parent
NOTES = ROOT / "docs" / "teaching"
HEADING = "## What the cells print"
LONGEST = 12  # lines of one output
PROGRESS = re.compile(r"^.*\d+%\|.*$\n?", re.MULTILINE)
NAMES = {"digits": "the bundled digits", "mnist": "MNIST"}


def printed(cell: NotebookNode) -> str:
    """Return the text that a code cell printed or showed, without pictures and progress bars."""
    found = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and output.name == "stdout":
            found.append(output.text)
        elif output.output_type == "execute_result" and not {"image/svg+xml", "image/png"} & set(output.data):
            found.append(f"{output.data.get('text/plain', '')}\n")
    return PROGRESS.sub("", "".join(found)).strip()


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
    parser.add_argument("--write", action="store_true", required=True, help="write them into docs/teaching")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "build" / "expected", help="where executed notebooks are kept"
    )
    options = parser.parse_args(arguments)
    paths = sorted((ROOT / "course").glob("*.ipynb"))
    found: dict[str, dict[Path, NotebookNode]] = {}
    for name in NAMES:
        os.environ["LRLAB_DATASET"] = name
        try:
            found[name] = run_all(paths, ROOT, options.work / name)
        except Failure as failure:
            print(f"\n{failure}", file=sys.stderr)
            return 1
    for path in paths:
        notes = NOTES / f"{path.name[:2]}.md"
        text = notes.read_text(encoding="utf-8").partition(HEADING)[0].rstrip()
        lines = section({name: notebooks[path] for name, notebooks in found.items()})
        notes.write_text(f"{text}\n\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
