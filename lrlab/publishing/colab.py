"""What makes a notebook of a published course run in Google Colab, which opens it alone: a first cell."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath

CELL_ID = "colab-only"
PLACE = "/content/lrlab-course"
# Colab's own torch and notebook stay: the extras `course` and `grade` would replace the notebook server.
PACKAGES = ("anywidget>=0.9", "latex2mathml>=3.77")
CELL = """\
# Only for Google Colab: fetches the course, and installs lrlab beside Colab's own torch. Elsewhere it does nothing.
import sys

if "google.colab" in sys.modules:
    !test -d {place} || git clone --quiet --depth 1 {branch}{repository} {place}
    %pip install --quiet "{place}[torch,plots]" {packages}
    %cd -q {place}/{folder}\
"""
REPOSITORY = re.compile(r"https://[\w.-]+(?::\d+)?(?:/[\w.~-]+)+")


def first_cell(repository: str, name: str, branch: str = "") -> str:
    """Return the text of the first cell of the notebook at the path ``name`` of a repository."""
    folder = PurePosixPath(name).parent.as_posix()
    packages = " ".join(f'"{package}"' for package in PACKAGES)
    option = f"--branch {branch} " if branch else ""
    return CELL.format(repository=repository, place=PLACE, folder=folder, packages=packages, branch=option)


def with_first_cell(content: bytes, source: str) -> bytes:
    """Return a notebook with a first cell of this text."""
    notebook = json.loads(content)
    cell: dict[str, object] = {"cell_type": "code", "execution_count": None, "id": CELL_ID}
    cell |= {"metadata": {}, "outputs": [], "source": source.splitlines(keepends=True)}
    notebook["cells"].insert(0, cell)
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def links(repository: str, branch: str = "main") -> str:
    """Return the part of a README that opens a public repository in a browser, without an installation."""
    owner = repository.removeprefix("https://").removesuffix(".git")
    name = owner.rpartition("/")[2]
    start = "course/00_start_here.ipynb"
    git = repository.replace(":", "%3A").replace("/", "%2F")
    lines = ["## Or in the browser, without installing anything", ""]
    if owner.startswith("github.com/"):
        path = owner.removeprefix("github.com/")
        binder = f"https://mybinder.org/v2/gh/{path}/{branch}?urlpath=lab/tree/{start}"
        lines += [
            f"- [In Binder]({binder}): JupyterLab as at home. The first start takes minutes, and what you write is "
            "gone some minutes after your last click: download it.",
            f"- [In Google Colab](https://colab.research.google.com/github/{path}/blob/{branch}/{start}): run the "
            "first cell first; it installs what Colab lacks. Colab has no *Validate*.",
        ]
    lines += [
        "- On your university's JupyterHub, with nbgitpuller: `https://HUB/hub/user-redirect/git-pull?repo="
        f"{git}&branch={branch}&urlpath=lab/tree/{name}/{start}`",
        "",
        "",
    ]
    return "\n".join(lines)
