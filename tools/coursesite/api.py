"""The API pages: a page for each public module, from its docstrings, with links both ways to the notebooks.

`lay_out` writes the pages, which say below each docstring which notebooks use it, and at the end of each notebook what
it uses of lrlab.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

MODULES = {
    "schedules": "learning-rate schedules",
    "torch_scheduler": "schedules attached to PyTorch's optimizers",
    "experiments": "sweeps, comparisons, range tests and more",
    "experiments.claims": "what the course claims, and the runs that show it",
    "train": "one training run",
    "data": "digits",
    "models": "networks",
    "plots": "pictures of results",
    "explorers": "pictures that follow your hand",
    "landscapes": "losses to walk on",
    "adaptive": "update rules in a few lines",
    "optimizers": "optimizers that PyTorch lacks",
    "suggest": "learning rates read off a range test",
    "checks": "checks of exercises",
    "leaderboard": "the capstone's table",
    "devices": "where tensors are",
}


def public(name: str) -> list[str]:
    """Return the public names of ``lrlab.NAME``: those it lists, or those that it defines."""
    module = importlib.import_module(f"lrlab.{name}")
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return sorted(listed)
    return sorted(
        key
        for key, value in vars(module).items()
        if key[0] != "_" and getattr(value, "__module__", "") == module.__name__ and not isinstance(value, TypeVar)
    )


def words(module: ModuleType, key: str) -> str:
    """Return what the line below a constant says of it, where it is written or in the module that it comes from.

    Sphinx looks in the first alone, and otherwise shows what Python says of every dict.
    """
    body = ast.parse(inspect.getsource(module)).body
    for node in body:
        if isinstance(node, ast.ImportFrom) and node.module and any(one.name == key for one in node.names):
            return words(importlib.import_module(node.module), key)
    for node, below in pairwise(body):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == key for target in targets):
            text = below.value if isinstance(below, ast.Expr) else None
            return str(text.value) if isinstance(text, ast.Constant) and isinstance(text.value, str) else ""
    return ""


def used(notebook: NotebookNode) -> set[str]:
    """Return the public names that the code of ``notebook`` uses, as ``schedules.Cosine``."""
    names = imported(notebook)
    names_used: set[str] = set()
    for tree in _trees(notebook):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
                names_used.add(f"{names[node.value.id]}.{node.attr}")
            elif isinstance(node, ast.Name) and node.id in names:
                names_used.add(names[node.id])
    every = {f"{module}.{name}" for module in MODULES for name in public(module)}
    return names_used & every


def imported(notebook: NotebookNode) -> dict[str, str]:
    """Return what the code of ``notebook`` imports from lrlab, as ``schedules.Cosine``, by its name there."""
    return {
        alias.asname or alias.name: f"{node.module.partition('.')[2]}.{alias.name}".lstrip(".")
        for tree in _trees(notebook)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "lrlab"
        for alias in node.names
    }


def _trees(notebook: NotebookNode) -> Iterator[ast.Module]:
    for cell in notebook.cells:
        if cell.cell_type == "code":
            yield ast.parse(re.sub(r"^\s*[%!].*$", "", cell.source, flags=re.MULTILINE))


def lay_out(source: Path, notebooks: dict[Path, NotebookNode]) -> None:
    """Write the API pages into ``source``/api, and add to each notebook what it uses."""
    folder = source / "api"
    folder.mkdir()
    users: dict[str, list[str]] = {}
    for path, notebook in notebooks.items():
        names = sorted(used(notebook))
        for name in names:
            users.setdefault(name, []).append(path.stem)
        if names:
            links = ", ".join(f"{{py:obj}}`{name} <lrlab.{name}>`" for name in names)
            notebook.cells.append(new_markdown_cell(f"**Used here:** {links}.", id="used-here"))
    rows = "\n".join(f"- [`lrlab.{name}`]({name}.md): {what}" for name, what in MODULES.items())
    text = f"# lrlab, module by module\n\n{rows}\n"
    (folder / "index.md").write_text(text, encoding="utf-8")
    for name in MODULES:
        (folder / f"{name}.md").write_text("\n".join(_page(name, users)), encoding="utf-8")


def _page(name: str, users: dict[str, list[str]]) -> Iterator[str]:
    # In no list of pages: fifteen more at the side would hide the notebooks. The index leads to each.
    yield f"---\norphan: true\n---\n\n# `lrlab.{name}`\n\nOne of [all modules](index.md).\n"
    yield f"```{{eval-rst}}\n.. automodule:: lrlab.{name}\n"
    module = importlib.import_module(f"lrlab.{name}")
    for key in public(name):
        value = getattr(module, key)
        kind = "class" if isinstance(value, type) else "function" if callable(value) else "data"
        if kind == "data":
            yield f".. py:data:: {key}\n   :module: lrlab.{name}\n"
            yield textwrap.indent(inspect.cleandoc(words(module, key)), "   ")
        else:
            yield f".. auto{kind}:: lrlab.{name}.{key}"
        if kind == "class":
            yield "   :members:"
        # What follows an object's docstring.
        notebooks = users.get(f"{name}.{key}", [])
        if notebooks:
            links = ", ".join(f":doc:`notebook {stem[:2]} </course/{stem}>`" for stem in notebooks)
            yield f"\n   In the course: {links}."
        yield ""
    yield "```"
