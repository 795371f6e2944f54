"""The site of a few notebooks, built as `make site` builds it, and served on this machine."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import pytest
from coursesite import api, pages
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from support import REPO, TESTS


def build(root: Path, notebooks: Mapping[str, Sequence[NotebookNode]], jupyter_path: str) -> Path:
    """Build the site of ``notebooks``, cells by name, in the empty folder ``root``; return where it is.

    ``jupyter_path``: where Jupyter finds the kernel that runs them.
    """
    (root / "course").mkdir()
    for name, cells in notebooks.items():
        nbformat.write(new_notebook(cells=list(cells)), root / "course" / f"{name}.ipynb")
    (root / "constraints.txt").touch()
    shutil.copytree(REPO / "docs" / "site", root / "docs" / "site")
    for name in pages.GUIDES:
        (root / "docs" / f"{name}.md").write_text(f"# For {name}\n\nWhat to know.\n", encoding="utf-8")
    for name in ("schedules.yml", "traps.yml"):
        shutil.copy(REPO / "docs" / name, root / "docs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(TESTS))
        patch.setenv("JUPYTER_PATH", jupyter_path)
        patch.setattr(api, "MODULES", {name: api.MODULES[name] for name in ("schedules", "torch_scheduler")})
        assert pages.build(root, root / "site") == len(notebooks)
    return root / "site"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of ``folder`` on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
