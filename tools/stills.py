"""Still pictures of the course's explorers, for places that show a notebook without running it, such as GitHub.

    make stills                             all of them, and the markdown cells that show them
    python tools/stills.py --only 05 06     those of some notebooks

Each explorer cell of course/*.ipynb gets ``course/images/NOTEBOOK_CELL.svg``, the picture that its explorer itself
sends along with its output, and before it a markdown cell with that picture, folded, and its alternative text. The
published course has explorers that move, so those cells carry the tag that leaves them out there.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from coursesite.run import Failure, chosen
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
EXPLORER = re.compile(r"\bexplorers\.(\w+)\(")
COMPUTED = {"cooldown", "curvature", "searches", "snapshots", "training"}  # what they show comes out of the cells above
SUMMARY = "Static preview (for GitHub and other viewers that don't run widgets)"
CLASS = "lrlab-preview"  # by which a running explorer finds it, to hide it
TAG = "remove-cell"  # MyST-NB's
SVG = "image/svg+xml"
WORDS = re.compile(r"<text [^>]*>")
FONTS = re.compile(r" font-family: [^;\"]+;")
INK = re.compile(r"; fill: #767676(?=\")")
SHEET = "text{font-family:'DejaVu Sans',Verdana,sans-serif;fill:#767676}"
MARK = re.compile(r'<path id="(\w+)"[^>]*? style="([^"]*)"')
USE = re.compile(r'(<use xlink:href="#(\w+)"[^>]*?) style="([^"]*)"/>')
STRAIGHT = re.compile(r' transform="rotate\(-0 [^)]*\)"')
LONG = re.compile(r"(?<![\w.])-?\d+\.\d{3,}(?![\w.])")


class Still(NamedTuple):
    svg: str
    alt: str


def explorer_of(cell: Any) -> str | None:
    """Return the name of the explorer that this cell of a notebook shows; None if it shows none."""
    call = EXPLORER.search("".join(cell["source"])) if cell["cell_type"] == "code" else None
    return call[1] if call and call[1] not in ("predict", "quiz") else None  # their text is enough


def name_of(path: Path, cell: Any) -> str:
    """Return the file name of the still picture of an explorer cell."""
    return f"{path.stem}_{cell['id']}.svg"


def drawn(cells: list[Any], at: int) -> Still:
    """Return the picture of the explorer that ``cells[at]`` makes, from that cell and the imports above it alone."""
    *body, last = ast.parse("".join(cells[at]["source"])).body
    if not isinstance(last, ast.Expr):
        raise ValueError(f"the explorer must be the last line of its cell, got {ast.unparse(last)!r}")
    used = {node.id for node in ast.walk(ast.parse("".join(cells[at]["source"]))) if isinstance(node, ast.Name)}
    names: dict[str, Any] = {}
    for cell in cells[:at]:
        for line in _imports(cell):
            line.names = [one for one in line.names if (one.asname or one.name).partition(".")[0] in used]
            if line.names:
                exec(ast.unparse(line), names)
    exec(ast.unparse(ast.Module(body, [])), names)
    data, metadata = eval(ast.unparse(last), names)._repr_mimebundle_()
    return Still(light(data[SVG]), metadata[SVG]["alt"])


def _imports(cell: Any) -> list[ast.Import | ast.ImportFrom]:
    if cell["cell_type"] != "code":
        return []
    try:
        lines = ast.parse("".join(cell["source"])).body
    except SyntaxError:  # a magic
        return []
    return [line for line in lines if isinstance(line, (ast.Import, ast.ImportFrom))]


def run(path: Path, at: int) -> Still:
    """Return the same, after a run of all cells above it on the digits that are bundled with scikit-learn."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = notebook.cells[: at + 1]
    client = NotebookClient(notebook, timeout=900, kernel_name="python3", resources={"metadata": {"path": path.parent}})
    client.execute(env={**os.environ, "LRLAB_DATASET": "digits"})
    output = next(one for one in notebook.cells[-1].outputs if SVG in one.get("data", {}))
    return Still(light(output.data[SVG]), output.metadata[SVG]["alt"])


def light(svg: str) -> str:
    """``svg`` without what makes it large: millionths of a point, fonts by the dozen, styles said twice, indents."""

    def shortened(tag: re.Match[str]) -> str:  # and never what stands between tags: those are the labels
        return LONG.sub(lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), tag[0])

    short = re.sub(r"<[^>]*>", shortened, svg)
    words = WORDS.sub(lambda tag: INK.sub("", FONTS.sub("", tag[0])), STRAIGHT.sub("", short))
    plain = words.replace("</style>", f"{SHEET}</style>", 1) if SHEET not in words else words
    own = dict(MARK.findall(plain))
    once = USE.sub(lambda use: f"{use[1]}/>" if own.get(use[2]) == use[3] else use[0], plain)
    return "\n".join(line.strip() for line in once.splitlines()) + "\n"


def fold(name: str, alt: str) -> list[str]:
    """Return the lines of the markdown cell that shows a picture: open on GitHub; an explorer that runs beside it hides
    it.
    """
    alt = re.sub(r"([\\\[\]_*`<$])", r"\\\1", " ".join(alt.split()))
    text = f'<details class="{CLASS}" open><summary>{SUMMARY}</summary>\n\n![{alt}](images/{name})\n\n</details>'
    return text.splitlines(keepends=True)


def place(notebook: dict[str, Any], explorer: str, lines: list[str]) -> None:
    """Put ``lines`` into the markdown cell right before the explorer cell with that id, which is made if need be."""
    cells, own = notebook["cells"], f"{explorer}-still"
    at = next(i for i, cell in enumerate(cells) if cell["id"] == explorer)
    if at == 0 or cells[at - 1]["id"] != own:
        cells.insert(at, {"cell_type": "markdown", "id": own, "metadata": {"tags": [TAG]}, "source": lines})
    else:
        cells[at - 1]["source"] = lines


def make(path: Path, images: Path) -> list[str]:
    """Draw the pictures of one notebook into ``images``, and show them in it; the names of the files."""
    notebook, made = json.loads(path.read_text(encoding="utf-8")), {}
    for at, cell in enumerate(notebook["cells"]):
        kind = explorer_of(cell)
        if kind:
            still = run(path, at) if kind in COMPUTED else drawn(notebook["cells"], at)
            (images / name_of(path, cell)).write_text(still.svg, encoding="utf-8", newline="\n")
            made[cell["id"]] = fold(name_of(path, cell), still.alt)
    notebook = json.loads(path.read_text(encoding="utf-8"))  # again: some pictures take a minute
    for explorer, lines in made.items():
        place(notebook, explorer, lines)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return [f"{path.stem}_{explorer}.svg" for explorer in made]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="stills.py", description="Draw the still pictures of the course's explorers.")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="notebooks to take, or how their names begin")
    only = parser.parse_args(arguments).only
    try:
        every = chosen(ROOT, only)
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 1
    images = ROOT / "course" / "images"
    images.mkdir(exist_ok=True)
    for path in every:
        for name in make(path, images):
            print(f"  {name}  {(images / name).stat().st_size / 1000:.0f} kB", flush=True)
    if only is None:
        kept = {name_of(path, cell) for path in every for cell in nbformat.read(path, as_version=4).cells}
        for old in images.glob("*.svg"):
            if old.name not in kept:
                old.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
