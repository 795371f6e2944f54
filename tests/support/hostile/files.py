"""What is no notebook, or no file of the student's."""

import gzip
import json
import os
import socket
import zipfile

import nbformat

from support.made_course import RIGHT, UNIT, answer

from . import FULL, hostile, write

NAME = f"{UNIT}.ipynb"


def holding(name, content):
    """A submission whose notebook file holds these bytes; a function makes them of a right notebook's text."""

    @hostile(name, None)
    def make(released, folder):
        folder.mkdir(parents=True, exist_ok=True)
        text = nbformat.writes(answer(released, RIGHT))
        made = content(text) if callable(content) else content
        (folder / NAME).write_bytes(made if isinstance(made, bytes) else made.encode("utf-8"))


def changed(**keys):
    return lambda text: json.dumps(json.loads(text) | keys)


holding("an empty file", b"")
holding("a truncated notebook", lambda text: text[: len(text) // 2])
holding("not UTF-8", lambda text: text.replace("step", "st\u00e9p").encode("latin-1", "replace"))
holding("UTF-16", lambda text: text.encode("utf-16"))
holding("a gzip of a notebook", lambda text: gzip.compress(text.encode()))
holding("a web page", "<!DOCTYPE html><script>alert(1)</script>")
holding("Python instead of JSON", "print('hello')")
holding("a list", "[]")
holding("NaN as the version", lambda text: text.replace('"nbformat": 4', '"nbformat": NaN'))
holding("a number of a million digits", lambda text: text.replace('"nbformat": 4', '"nbformat": ' + "4" * 1_000_000))
holding("a float beyond all floats", lambda text: text.replace('"nbformat": 4', '"nbformat": 1e9999'))
holding(
    "nested a million deep",
    lambda text: text.replace('"metadata": {', '"x": ' + "[" * 10**6 + "]" * 10**6 + ', "metadata": {', 1),
)
holding("an old format", changed(nbformat=3))
holding("a new format", changed(nbformat=5))
holding("no cells", changed(cells=None))
holding("a cell that is a number", changed(cells=[7]))
holding("a cell whose text is an object", changed(cells=[{"cell_type": "code", "metadata": {}, "source": {"a": 1}}]))
holding("too many cells", changed(cells=[{"cell_type": "code", "metadata": {}, "source": "pass"}] * 1001))
holding("20 MB of spaces", lambda text: text + " " * 20_000_000)


def linking(name, target):
    @hostile(name, None)
    def make(released, folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NAME).symlink_to(target)


@hostile("a link to a neighbour's notebook", None)
def _neighbours(released, folder):
    other = write(answer(released, RIGHT), folder.parents[2] / "elsewhere" / UNIT)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).symlink_to(other)


linking("a link to the passwords", "/etc/passwd")
linking("a link to nowhere", "nowhere")
linking("a link to itself", NAME)
linking("a link to an endless device", "/dev/zero")


@hostile("a folder that is a link to a neighbour's", None)
def _linked_folder(released, folder):
    other = write(answer(released, RIGHT), folder.parents[2] / "elsewhere-too" / UNIT)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(other.parent)


@hostile("a pipe that nobody writes to", None)
def _fifo(released, folder):
    folder.mkdir(parents=True, exist_ok=True)
    os.mkfifo(folder / NAME)


@hostile("a folder in the notebook's place", None)
def _folder(released, folder):
    (folder / NAME).mkdir(parents=True)


@hostile("a socket in the notebook's place", None)
def _socket(released, folder):
    folder.mkdir(parents=True, exist_ok=True)
    before = os.getcwd()
    os.chdir(folder)  # a socket's path may have a hundred letters
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(NAME)
    finally:
        os.chdir(before)


@hostile("a zip that writes outside", None)
def _zip(released, folder):
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / NAME, "w") as archive:
        archive.writestr(f"../../neighbour/{UNIT}/{NAME}", nbformat.writes(released))


@hostile("a notebook of another name", None)
def _renamed(released, folder):
    write(answer(released, RIGHT), folder).rename(folder / "my homework.ipynb")


@hostile("a link beside a right notebook", None)
def _link_beside(released, folder):
    write(answer(released, RIGHT), folder)
    (folder / "data.csv").symlink_to("../../../gradebook.db")


@hostile("a pipe beside a right notebook", None)
def _fifo_beside(released, folder):
    write(answer(released, RIGHT), folder)
    os.mkfifo(folder / "data.csv")


@hostile("a thousand files beside a right notebook", None)
def _many(released, folder):
    write(answer(released, RIGHT), folder)
    for number in range(1000):
        (folder / f"{number}.txt").touch()


@hostile("files named like modules", FULL)
def _shadowing(released, folder):
    write(answer(released, RIGHT), folder)
    for name in ("numpy", "lrlab", "json", "ipykernel_launcher", "IPython", "torch", "random", "sitecustomize"):
        (folder / f"{name}.py").write_text("raise SystemExit('shadowed')\n")
