"""Execute the course's notebooks, once for each state of what their outputs depend on."""

from __future__ import annotations

import hashlib
import os
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from lrlab.data import folder

TIMEOUT = 900  # seconds for a cell: longer than any of the course takes on a slow machine
# The kernel's own warnings would run into the list of what is done; those of the notebooks are outputs, and stay.
KERNEL = ["--log-level=ERROR"]


class Failure(Exception):
    """Which cell of which notebook stopped, and why."""


def chosen(root: Path, only: list[str] | None) -> list[Path]:
    """Return the course's notebooks in their order, or those whose names begin as ``only`` says."""
    every = sorted((root / "course").glob("*.ipynb"))
    unknown = [name for name in only or [] if not any(path.name.startswith(name) for path in every)]
    if unknown:
        names = ", ".join(path.stem for path in every)
        raise Failure(f"--only must name notebooks of course/, or how they begin: {names}; got {unknown[0]!r}")
    return [path for path in every if not only or path.name.startswith(tuple(only))]


def environment() -> dict[str, str]:
    """Return what the kernels get: MNIST where this machine has it, else the digits, and never a download."""
    have_mnist = (folder() / "MNIST" / "raw").is_dir()
    return {"LRLAB_DATASET": "mnist" if have_mnist else "digits", **os.environ}


def read(path: Path) -> nbformat.NotebookNode:
    """Return the notebook at ``path``; ``Failure`` names one that is half written."""
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises what json and its validator raise
        place = f"{path.parent.name}/{path.name}"
        raise Failure(f"{place} is no notebook that can be read: {str(error).splitlines()[0]}") from None


def digest(path: Path, root: Path) -> str:
    """Return a name for all that the outputs of ``path`` depend on: its cells, the package, the versions, the data."""
    cells = [[cell.cell_type, cell.source, cell.get("id", "")] for cell in read(path).cells]
    package = sorted(p for p in (root / "lrlab").rglob("*") if p.suffix in {".py", ".js", ".css"})
    sha = hashlib.sha256(repr((cells, sys.version, environment()["LRLAB_DATASET"], KERNEL)).encode())
    for file in (*package, root / "constraints.txt"):
        sha.update(file.read_bytes())
    return sha.hexdigest()[:20]


def executed(path: Path, root: Path, cache: Path) -> nbformat.NotebookNode:
    """Return the notebook with its outputs and its widgets' state, from ``cache`` if nothing has changed since."""
    kept = cache / f"{path.stem}-{digest(path, root)}.ipynb"
    if kept.exists():
        return nbformat.read(kept, as_version=4)
    notebook = execute(path)
    cache.mkdir(parents=True, exist_ok=True)
    for old in cache.glob(f"{path.stem}-*.ipynb"):
        old.unlink()
    # Under another name first: a build that is stopped here must not leave half a notebook behind.
    partial = kept.with_suffix(".partial")
    nbformat.write(notebook, partial)
    partial.rename(kept)
    return notebook


def execute(path: Path) -> nbformat.NotebookNode:
    """Run ``path`` from top to bottom, in its folder. ``Failure`` names the cell that stopped."""
    place = f"{path.parent.name}/{path.name}"
    at = 0

    def start(cell: nbformat.NotebookNode, cell_index: int) -> None:
        nonlocal at
        at = cell_index

    notebook = read(path)
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        extra_arguments=list(KERNEL),
        on_cell_start=start,
        resources={"metadata": {"path": path.parent}},
    )
    try:
        client.execute(env=environment())
    except CellExecutionError as error:
        raise Failure(f"{_where(place, notebook, at)}: {error.ename}: {error.evalue}") from None
    except CellTimeoutError:
        raise Failure(f"{_where(place, notebook, at)}: still running after {TIMEOUT} s") from None
    except DeadKernelError:
        raise Failure(f"{_where(place, notebook, at)}: the kernel died") from None
    return notebook


def _where(place: str, notebook: nbformat.NotebookNode, at: int) -> str:
    cell = notebook.cells[at]
    name = f" (id {cell.id})" if "id" in cell else ""
    first = next((line for line in cell.source.splitlines() if line.strip()), "")
    return f"{place}, cell {at + 1} of {len(notebook.cells)}{name}, which begins with {first!r}"


def run_all(paths: list[Path], root: Path, cache: Path) -> dict[Path, nbformat.NotebookNode]:
    """All of ``paths``, executed; one that fails does not keep the others from being tried, and all are named."""
    done, failures = {}, []
    for path in paths:
        print(f"  {path.name} … ", end="", flush=True)
        begun = time.monotonic()
        try:
            done[path] = executed(path, root, cache)
            print(f"{time.monotonic() - begun:.0f} s", flush=True)
        except Failure as failure:
            failures.append(str(failure))
            print("failed", flush=True)
    if failures:
        raise Failure("\n".join(failures))
    return done
