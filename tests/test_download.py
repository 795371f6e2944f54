"""MNIST's download, against servers on this machine: whole, refused, silent, broken off, damaged, nowhere to write."""

import errno
import gzip
import hashlib
import http.server
import shutil
import socket
import struct
import threading
from collections import namedtuple

import pytest

from lrlab import data
from lrlab.data import DataError, load, torchvision

FILES = {
    "train-images-idx3-ubyte": struct.pack(">IIII", 2051, 20, 28, 28) + bytes(i % 256 for i in range(20 * 784)),
    "train-labels-idx1-ubyte": struct.pack(">II", 2049, 20) + bytes(i % 10 for i in range(20)),
    "t10k-images-idx3-ubyte": struct.pack(">IIII", 2051, 5, 28, 28) + bytes(5 * 784),
    "t10k-labels-idx1-ubyte": struct.pack(">II", 2049, 5) + bytes([9, 8, 7, 6, 5]),
}


def md5(content):
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


class Server(http.server.ThreadingHTTPServer):
    """Serves the four packed files; ``broken`` says which file is cut, damaged or missing, and how."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {f"{name}.gz": gzip.compress(content, mtime=0) for name, content in FILES.items()}
        self.broken = {}
        self.asked = []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.do_GET(body=False)

    def do_GET(self, body=True):
        name = self.path.lstrip("/")
        how = self.server.broken.get(name, "")
        if body:
            self.server.asked.append(name)
        if how == "missing" and body:
            self.send_error(404)
            return
        content = self.server.files[name]
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            if how == "cut":
                content = content[: len(content) // 2]
            elif how == "damaged":
                content = content[:-1] + bytes([content[-1] ^ 1])
            self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def mnist():
    """torchvision's data set, imported where it is used: that takes longer than all tests here."""
    torchvision()
    from torchvision.datasets import MNIST

    return MNIST


@pytest.fixture
def server(monkeypatch, mnist):
    """A server with a tiny MNIST, which torchvision and lrlab take for the real one."""
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setattr(mnist, "mirrors", [server.url])
        monkeypatch.setattr(mnist, "resources", [(name, md5(content)) for name, content in server.files.items()])
        monkeypatch.setattr("lrlab._mnist.MNIST_VALIDATION", 4)
        monkeypatch.setattr("lrlab._mnist.MNIST_MD5", {name: md5(content) for name, content in FILES.items()})
        yield server
        server.shutdown()


@pytest.fixture
def no_network(monkeypatch, mnist, free_port):
    """Mirrors that refuse every connection."""
    monkeypatch.setattr(mnist, "mirrors", [f"http://127.0.0.1:{free_port}/"] * 2)


def left_in(root):
    return [path for path in root.rglob("*") if path.is_file() or path.name.startswith(".")]


def test_downloads_once(server, tmp_path, capsys):
    mnist = load("auto", root=tmp_path)
    assert mnist.name == "mnist"
    assert len(mnist.train_labels) == 16
    assert mnist.train_images.shape == (16, 1, 28, 28)
    assert mnist.val_images.shape == (4, 1, 28, 28)
    assert mnist.train_images[0, 0, 0, 5].item() == pytest.approx(5 / 255)
    assert mnist.test_labels.tolist() == [9, 8, 7, 6, 5]
    assert set(server.asked) == set(server.files)
    assert sorted(path.name for path in left_in(tmp_path)) == sorted(FILES)
    server.asked.clear()
    assert len(load("mnist", root=tmp_path, max_train=3).train_labels) == 3
    assert server.asked == []
    assert "scikit-learn" not in capsys.readouterr().out


def test_a_missing_file_is_downloaded_again(server, tmp_path):
    load("mnist", root=tmp_path)
    (tmp_path / "MNIST" / "raw" / "t10k-labels-idx1-ubyte").unlink()
    assert load("mnist", root=tmp_path).test_labels.tolist() == [9, 8, 7, 6, 5]


@pytest.mark.parametrize("how", ["cut", "damaged", "missing"])
def test_a_download_that_fails_leaves_nothing(server, tmp_path, how, capsys):
    server.broken["t10k-images-idx3-ubyte.gz"] = how
    with pytest.raises(DataError, match=r"^MNIST's download into .* (failed|broke off) \(.*digits") as caught:
        load("mnist", root=tmp_path)
    assert "\n" not in str(caught.value)
    assert left_in(tmp_path) == []
    capsys.readouterr()
    assert load("auto", root=tmp_path).name == "digits"
    assert "digits bundled with scikit-learn" in capsys.readouterr().out.splitlines()[-1]
    server.broken.clear()
    assert load("mnist", root=tmp_path).name == "mnist"


def test_an_interrupted_download_leaves_nothing(server, mnist, tmp_path, monkeypatch):
    def interrupted(self, root, **kwargs):
        (data.Path(root) / "half").write_text("half a file")
        raise KeyboardInterrupt

    monkeypatch.setattr(mnist, "__init__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load("mnist", root=tmp_path)
    assert left_in(tmp_path) == []


def test_without_network_the_digits_and_one_line(no_network, tmp_path, capsys):
    assert load("auto", root=tmp_path).name == "digits"
    assert capsys.readouterr().out == (
        f"MNIST is not in {tmp_path} and its servers can't be reached, so these are the digits bundled with "
        "scikit-learn, at 28 x 28: 1,437 training, 180 validation and 180 test images.\n"
    )
    assert left_in(tmp_path) == []


def test_without_network_mnist_is_an_error(no_network, tmp_path):
    with pytest.raises(
        DataError, match=r'servers can\'t be reached; use data.load\("digits"\), which needs no network$'
    ):
        load("mnist", root=tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(200)  # else it would be waited for
def test_a_server_that_never_answers_is_given_up_on(monkeypatch, mnist, tmp_path, capsys):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # the backlog accepts, and nobody reads
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        monkeypatch.setattr(mnist, "mirrors", [url, url])
        assert load("auto", root=tmp_path).name == "digits"
    assert "can't be reached" in capsys.readouterr().out


def test_one_of_two_servers_is_enough(server, mnist, monkeypatch, tmp_path, free_port):
    monkeypatch.setattr(mnist, "mirrors", [f"http://127.0.0.1:{free_port}/", server.url])
    assert load("mnist", root=tmp_path).name == "mnist"


@pytest.mark.parametrize("status", [403, 405, 501])
def test_a_server_that_refuses_head_is_reached(server, monkeypatch, tmp_path, status):
    monkeypatch.setattr(Handler, "do_HEAD", lambda self: self.send_error(status))
    assert load("mnist", root=tmp_path).name == "mnist"


@pytest.mark.parametrize("name", ["mnist", "auto"])
def test_a_folder_that_may_not_be_entered(tmp_path, monkeypatch, name):
    def refuse(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(data.Path, "is_file", refuse)
    with pytest.raises(DataError, match=r"MNIST/raw can't be looked into \(Permission denied\); check its permissions"):
        load(name, root=tmp_path)


def test_the_default_timeout_is_put_back(server, tmp_path):
    assert socket.getdefaulttimeout() is None
    load("mnist", root=tmp_path)
    assert socket.getdefaulttimeout() is None


# ---- nowhere to write


def test_a_folder_that_can_not_be_made(server, tmp_path):
    (tmp_path / "file").write_text("no folder")
    root = tmp_path / "file" / "cache"
    with pytest.raises(DataError, match=rf"^{root} can't be written \(.*\); set LRLAB_DATA to another folder"):
        load("auto", root=root)


def test_a_folder_without_permission(server, tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(data.Path, "mkdir", refuse)
    with pytest.raises(DataError, match=rf"^{tmp_path} can't be written \(Permission denied\); set LRLAB_DATA"):
        load("auto", root=tmp_path)


def test_a_full_disk(server, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 10**6, 10**6))
    with pytest.raises(DataError, match=rf"^{tmp_path} lacks the 70 MB that MNIST needs; set LRLAB_DATA"):
        load("auto", root=tmp_path)
    assert server.asked == []


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.ENOSPC, "lacks the 70 MB"), (errno.EROFS, r"can't be written \(Read-only file system\)")],
)
def test_the_disk_fails_during_the_download(server, mnist, tmp_path, monkeypatch, number, sentence):
    def fail(self, *args, **kwargs):
        raise OSError(number, "No space left on device" if number == errno.ENOSPC else "Read-only file system")

    monkeypatch.setattr(mnist, "download", fail)
    with pytest.raises(DataError, match=f"^{tmp_path} {sentence}"):
        load("auto", root=tmp_path)
    assert left_in(tmp_path) == []


def test_a_file_that_can_not_be_read(server, tmp_path, monkeypatch):
    load("mnist", root=tmp_path)

    def refuse(self, *args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(data.Path, "open", refuse)
    with pytest.raises(DataError, match=r"ubyte can't be read \(Permission denied\); check its permissions$"):
        load("auto", root=tmp_path)
