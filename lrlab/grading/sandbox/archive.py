"""The files beside a submitted notebook, as a tar for the sandbox."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path
from typing import Any

from lrlab._files import open_regular
from lrlab.grading.sandbox.limits import MIB

MOST_BYTES = 16 * MIB  # of all files together


def pack_files(folder: Path | None, archive: Any) -> list[str]:
    """Write the regular files of a folder to ``archive``, an open binary file.

    Notebooks stay out: the graded one has hidden tests.

    Returns:
        The names of the files that are left out: links, hidden ones, notebooks, and what exceeds MOST_BYTES.
    """
    left = MOST_BYTES
    out = []
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for parent, folders, names in os.walk(folder) if folder is not None else ():
            out += [os.path.relpath(os.path.join(parent, name), folder) for name in folders if name.startswith(".")]
            folders[:] = [name for name in sorted(folders) if not name.startswith(".")]
            for name in sorted(names):
                path = os.path.join(parent, name)
                out.append(os.path.relpath(path, folder))
                if name.lower().endswith(".ipynb") or name.startswith("."):
                    continue
                try:
                    file = open_regular(path)
                except OSError:
                    continue
                with file:
                    status = os.fstat(file.fileno())
                    if status.st_nlink > 1 or status.st_size > left:
                        continue
                    content = file.read(status.st_size)
                entry = tarfile.TarInfo(os.path.relpath(path, folder))
                entry.size = len(content)
                left -= len(content)
                tar.addfile(entry, io.BytesIO(content))
                out.pop()
    return out
