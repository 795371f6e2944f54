"""MNIST's four files: got from the network, all or none, held to their sums, and read."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import socket
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

from torch import Tensor

from lrlab._extras import require
from lrlab._torchvision import torchvision

MNIST_VALIDATION = 10_000  # of its 60,000 training images, the last
# MD5 of MNIST's four files once unpacked. torchvision checks a sum only while it downloads, so a file that was
# cut short or damaged later would pass unseen.
MNIST_MD5 = {
    "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
    "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
    "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
}
MNIST_BYTES = 70_000_000  # the four files, packed and unpacked, with a little to spare
DECIDE_SECONDS = 3.0  # how long to wait for any sign of a network
STALL_SECONDS = 20.0  # how long a download may stand still


class DataError(RuntimeError):
    """A data set that can't be had, with what to do about it in one sentence."""


class NoNetworkError(Exception):
    """MNIST is not in the cache, and it can't be downloaded now."""


def read_mnist(root: Path) -> tuple[Tensor, ...]:
    """Return images and labels for training, validation and test, from ``root`` or, first, from the network.

    Raises:
        NoNetworkError: they are neither there nor to be had.
        DataError: a damaged file, or a folder or a disk that does not serve.
    """
    require("course", "torchvision")
    raw = root / "MNIST" / "raw"
    if not _all_there(raw):
        _download(root, raw)
    for file in MNIST_MD5:
        _verify(raw / file)
    torchvision()
    from torchvision.datasets.mnist import read_image_file, read_label_file

    def images(file: str) -> Tensor:
        return read_image_file(str(raw / file)).unsqueeze(1).float().div_(255)

    def labels(file: str) -> Tensor:
        return read_label_file(str(raw / file))

    train_images, train_labels, test_images, test_labels = MNIST_MD5
    learn = images(train_images), labels(train_labels)
    kept = slice(None, -MNIST_VALIDATION), slice(-MNIST_VALIDATION, None)
    return *(tensor[part] for part in kept for tensor in learn), images(test_images), labels(test_labels)


def _all_there(raw: Path) -> bool:
    try:
        return all((raw / file).is_file() for file in MNIST_MD5)
    except OSError as error:  # a folder on the way that this user may not enter: before Python 3.14 it raises
        raise DataError(
            f"{raw} can't be looked into ({error.strerror}); check its permissions, set LRLAB_DATA to another folder, "
            'or use data.load("digits")'
        ) from None


def _verify(path: Path) -> None:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    except OSError as error:
        raise DataError(f"{path} can't be read ({error.strerror}); check its permissions") from None
    if digest != MNIST_MD5[path.name]:
        raise DataError(
            f"{path} is damaged ({path.stat().st_size:,} bytes, MD5 {digest}, expected {MNIST_MD5[path.name]}); "
            "delete that file and run again to download it again"
        )


def _download(root: Path, raw: Path) -> None:
    """Bring MNIST's four files to ``raw``, all or none: a download that is cut off leaves nothing behind."""
    torchvision()
    from torchvision.datasets import MNIST

    if not _reachable([mirror + MNIST.resources[1][0] for mirror in MNIST.mirrors]):
        raise NoNetworkError(f"MNIST is not in {root} and its servers can't be reached")
    with _clear_write_errors(root):
        raw.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(raw).free
        if free < MNIST_BYTES:
            raise OSError(errno.ENOSPC, "No space left on device")
        with tempfile.TemporaryDirectory(prefix=".download-", dir=raw) as scratch:
            try:
                with _socket_timeout(STALL_SECONDS):
                    MNIST(scratch, download=True)
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
                    raise
                raise NoNetworkError(f"MNIST's download into {root} broke off ({error})") from None
            except RuntimeError as error:  # torchvision's own: every mirror failed, or the sum was wrong
                last = str(error).strip().splitlines()[-1]
                raise NoNetworkError(f"MNIST's download into {root} failed ({last})") from None
            for file in MNIST_MD5:
                os.replace(Path(scratch) / "MNIST" / "raw" / file, raw / file)


@contextmanager
def _clear_write_errors(root: Path) -> Iterator[None]:
    instead = 'set LRLAB_DATA to another folder, or use data.load("digits")'
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DataError(f"{root} lacks the {MNIST_BYTES // 10**6} MB that MNIST needs; {instead}") from None
        raise DataError(f"{root} can't be written ({error.strerror}); {instead}") from None


@contextmanager
def _socket_timeout(seconds: float) -> Iterator[None]:
    """torchvision's download waits forever on a silent server; the default timeout is its only handle."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _reachable(urls: list[str]) -> bool:
    """Whether any of ``urls`` answers within ``DECIDE_SECONDS``; a look-up that hangs is left behind."""
    answers: Queue[bool] = Queue()

    def ask(url: str) -> None:
        try:
            request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "lrlab"})
            with urllib.request.urlopen(request, timeout=DECIDE_SECONDS):
                answers.put(True)
        except urllib.error.HTTPError:  # some refuse to be asked by HEAD: an answer is a sign of a network all the same
            answers.put(True)
        except (OSError, ValueError):
            answers.put(False)

    for url in urls:
        threading.Thread(target=ask, args=(url,), daemon=True).start()
    deadline = time.monotonic() + DECIDE_SECONDS
    try:
        return any(answers.get(timeout=max(0.0, deadline - time.monotonic())) for _ in urls)
    except Empty:
        return False
