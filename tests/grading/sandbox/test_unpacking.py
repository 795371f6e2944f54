"""Files that come with a submission are unpacked in the sandbox on every Python, and nothing but files."""

import contextlib
import io
import os
import stat
import tarfile
import tempfile

import pytest

from lrlab.grading.sandbox.archive import pack_files
from lrlab.grading.sandbox.init.kernel import unpack_files


@pytest.fixture(params=["with filters", "without filters"])
def home(request, tmp_path, monkeypatch):
    """The home in the sandbox; without filters the Python is one such as Debian 12's 3.11.2."""
    if request.param == "without filters":

        def extractall(self, path=".", members=None, *, numeric_owner=False):
            raise AssertionError("it knows no filter")

        monkeypatch.setattr(tarfile.TarFile, "extractall", extractall)
        monkeypatch.delattr(tarfile, "data_filter", raising=False)
    elif not hasattr(tarfile, "data_filter"):
        pytest.skip("this Python's tarfile has no filters")
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")
    return tmp_path / "home"


def descriptor(file):
    file.seek(0)
    return os.dup(file.fileno())


def test_files_and_folders_arrive(home, tmp_path):
    (tmp_path / "given" / "deep" / "er").mkdir(parents=True)
    (tmp_path / "given" / "data.csv").write_text("1,2", encoding="utf-8")
    (tmp_path / "given" / "deep" / "er" / "ä.py").write_text("x = 1", encoding="utf-8")
    with tempfile.TemporaryFile() as archive:
        pack_files(tmp_path / "given", archive)
        unpack_files(descriptor(archive))
    assert (home / "data.csv").read_text(encoding="utf-8") == "1,2"
    assert (home / "deep" / "er" / "ä.py").read_text(encoding="utf-8") == "x = 1"


def members(kind):
    def entry(name, type=tarfile.REGTYPE, target=""):
        made = tarfile.TarInfo(name)
        made.type, made.linkname, made.size = type, target, 4 * (type == tarfile.REGTYPE)
        return made

    return {
        "a name above": [entry("../outside")],
        "a name elsewhere": [entry("/tmp/lrlab-outside")],
        "a link above": [entry("link", tarfile.SYMTYPE, ".."), entry("link/outside")],
        "a hard link": [entry("link", tarfile.LNKTYPE, "../secret")],
        "a device": [entry("null", tarfile.CHRTYPE)],
    }[kind]


@pytest.mark.parametrize("kind", ["a name above", "a name elsewhere", "a link above", "a hard link", "a device"])
def test_nothing_else_does(home, tmp_path, kind):
    (tmp_path / "secret").write_text("kept", encoding="utf-8")
    with tempfile.TemporaryFile() as archive:
        with tarfile.open(fileobj=archive, mode="w") as tar:
            for entry in members(kind):
                tar.addfile(entry, io.BytesIO(b"mine"))
        with contextlib.suppress(tarfile.TarError, OSError):
            unpack_files(descriptor(archive))
    assert not (tmp_path / "outside").exists()
    assert not os.path.exists("/tmp/lrlab-outside")
    there = [path for path in home.rglob("*") if not path.is_dir() or path.is_symlink()]
    assert all(stat.S_ISREG(path.lstat().st_mode) and path.stat().st_nlink == 1 for path in there)
