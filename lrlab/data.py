"""Training, validation and test images in one call: MNIST, or, offline, the digits bundled with scikit-learn.

The three parts have three jobs. A network learns from the training images. Whatever is *chosen* (a learning rate, a
schedule, the moment to stop) is chosen by its result on the validation images, so that result is flattering: it is the
best of many. The test images are looked at once, at the very end, and show what to expect on new images.

>>> from lrlab import data
>>> digits = data.load("digits")
>>> digits.train_images.shape
torch.Size([1437, 1, 28, 28])
"""

from __future__ import annotations

from lrlab._extras import require

require("torch", "torch", "platformdirs")

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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Literal

import numpy as np
import platformdirs
import torch
from numpy.typing import NDArray
from torch import Tensor

from lrlab._table import Table, Tabular
from lrlab._torchvision import torchvision
from lrlab._validation import COUNT, check

__all__ = ["DataError", "Dataset", "check_data", "folder", "load", "torchvision"]

NAMES = ("auto", "mnist", "digits")
Part = Literal["train", "val", "test"]
PARTS: dict[Part, str] = {"train": "training", "val": "validation", "test": "test"}
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


@dataclass(frozen=True, eq=False, repr=False)
class Dataset(Tabular):
    """Images and labels in memory: ``train_…`` to learn from, ``val_…`` to choose by, ``test_…`` for the end.

    ``…_images``: float32, shape ``(N, 1, 28, 28)``, from 0 (paper) to 1 (ink). ``…_labels``: int64, shape ``(N,)``, the
    digits 0 to 9. ``name``: ``"mnist"`` or ``"digits"``.
    """

    name: str
    train_images: Tensor
    train_labels: Tensor
    val_images: Tensor
    val_labels: Tensor
    test_images: Tensor
    test_labels: Tensor

    def to(self, device: torch.device | str) -> Dataset:
        """Return the same data on ``device``."""
        return self._changed(lambda tensor: tensor.to(device), "images", "labels")

    def map_images(self, change: Callable[[Tensor], Tensor]) -> Dataset:
        """Return the data with ``change`` applied to the images of each part, ``(N, 1, 28, 28)``; the labels stay."""
        return self._changed(change, "images")

    def _changed(self, change: Callable[[Tensor], Tensor], *kinds: str) -> Dataset:
        names = [f"{part}_{kind}" for part in PARTS for kind in kinds]
        changed: dict[str, Any] = {name: change(getattr(self, name)) for name in names}
        return replace(self, **changed)

    def sizes(self) -> str:
        """Say how many images each part has, as in "1,437 training, 180 validation and 180 test images"."""
        train, val, test = (f"{len(getattr(self, f'{part}_labels')):,}" for part in PARTS)
        return f"{train} training, {val} validation and {test} test images"

    def __repr__(self) -> str:
        return f"Dataset({self.name!r}: {self.sizes()})"

    def table(self) -> Table:
        rows = [["", "images", "shape of one", "labels"]]
        for part, name in PARTS.items():
            images, labels = getattr(self, f"{part}_images"), getattr(self, f"{part}_labels")
            known = ", ".join(map(str, labels.unique().tolist()[:10]))
            rows.append([f"{name} ({part}_…)", f"{len(labels):,}", " × ".join(map(str, images.shape[1:])), known])
        return Table(rows, title=repr(self), left=(0, 2, 3))


def check_data(data: Dataset, *parts: Part) -> None:
    """``ValueError`` unless ``parts`` have images and one label for each, as :class:`Dataset` says.

    ``parts``: ``"train"``, ``"val"``, ``"test"``; default the first two, which is what training needs. It asks for what
    torch would say in words of its own, or would not notice: nothing to train on or to validate with, a
    label below 0 (``-100`` is left out of the loss), images of whole numbers. Which labels there are is the model's
    affair: cross-entropy refuses one for which there is no logit.
    """
    if not isinstance(data, Dataset):
        raise ValueError(f"data must be a Dataset, as lrlab.data.load returns it, got a {type(data).__name__}")
    for part in parts or ("train", "val"):
        images, labels = getattr(data, f"{part}_images"), getattr(data, f"{part}_labels")
        for name, values in ((f"{part}_images", images), (f"{part}_labels", labels)):
            if not isinstance(values, Tensor):
                raise ValueError(
                    f"data must have tensors, got a {type(values).__name__} for {name}: use torch.as_tensor"
                )
        if labels.ndim != 1 or labels.dtype != torch.int64:
            shape = tuple(labels.shape)
            raise ValueError(
                f"data must have {part}_labels of torch.int64 in shape (N,), got {labels.dtype} in {shape}"
            )
        if not images.is_floating_point():
            raise ValueError(
                f"data must have {part}_images of floating-point numbers, got {images.dtype}: use .float()"
            )
        if images.ndim == 0 or len(images) == 0 or len(images) != len(labels):
            counts = f"{len(images) if images.ndim else 0} images and {len(labels)} labels"
            raise ValueError(f"data must have {PARTS[part]} images, each with a label, got {counts}")
        lowest = int(labels.min())
        if lowest < 0:
            raise ValueError(f"data must have {part}_labels >= 0, got {lowest}")


def load(
    name: str | None = None,
    *,
    root: str | os.PathLike[str] | None = None,
    max_train: int | None = None,
    max_val: int | None = None,
    max_test: int | None = None,
) -> Dataset:
    """MNIST, or the digits bundled with scikit-learn, as tensors for training, validation and test.

    The split is the same each time. MNIST comes with 60,000 training images and 10,000 test images, written by other
    people; the last 10,000 training images become the validation images: 50,000, 10,000 and 10,000. The digits are
    shuffled with seed 0: 1,437 are for training (four fifths), and the other 360 are halved digit by digit, so that
    validation and test have 180 images each, and as many of each digit, give or take one.

    Args:
        name: ``"mnist"``: from the cache, else downloaded. ``"digits"``: 1,797 digits, 8 x 8, enlarged into a 28 x 28
            frame as MNIST's are; no network, no files. ``"auto"``: MNIST, and where it is neither cached nor
            reachable within 3 seconds, the digits, with one line that says so. Default: the environment
            variable ``LRLAB_DATASET``, else ``"auto"``.
        root: the folder that holds or gets ``MNIST/raw``, laid out as torchvision does it. Default: the environment
            variable ``LRLAB_DATA``, else the user's cache folder.
        max_train, max_val, max_test: keep at most the first so many images; default all. Each part comes shuffled.

    Raises:
        ValueError: an unknown name or a count below 1.
        DataError: a damaged file (never replaced by other data in silence), a folder that can't be read or written, a
            full disk, or, with ``name="mnist"``, no network.
    """
    name = name or os.environ.get("LRLAB_DATASET") or "auto"
    if name not in NAMES:
        raise ValueError(f"name must be one of {', '.join(map(repr, NAMES))}, got {name!r}")
    for argument, most in (("max_train", max_train), ("max_val", max_val), ("max_test", max_test)):
        if most is not None:
            check(argument, COUNT, most)
    if name == "digits":
        found = _digits()
    else:
        try:
            found = _mnist(folder(root))
        except _NoNetworkError as reason:
            if name == "mnist":
                raise DataError(f'{reason}; use data.load("digits"), which needs no network') from None
            found = _digits()
            print(f"{reason}, so these are the digits bundled with scikit-learn, at 28 x 28: {found.sizes()}.")
    return replace(
        found,
        train_images=found.train_images[:max_train],
        train_labels=found.train_labels[:max_train],
        val_images=found.val_images[:max_val],
        val_labels=found.val_labels[:max_val],
        test_images=found.test_images[:max_test],
        test_labels=found.test_labels[:max_test],
    )


def folder(root: str | os.PathLike[str] | None = None) -> Path:
    """Where :func:`load` looks for MNIST and puts it: ``root``, else ``LRLAB_DATA``, else the user's cache folder."""
    return Path(root or os.environ.get("LRLAB_DATA") or platformdirs.user_cache_path("lrlab")).expanduser()


# ---- the bundled digits


def _digits() -> Dataset:
    require("course", "sklearn")
    from sklearn.datasets import load_digits

    bunch = load_digits()
    small = torch.from_numpy(bunch.images / 16).float().unsqueeze(1)
    # MNIST's digits fill 20 x 20 pixels in the middle of 28 x 28; so do these.
    images = torch.nn.functional.interpolate(small, size=(20, 20), mode="bilinear", align_corners=False)
    images = torch.nn.functional.pad(images, (4, 4, 4, 4))
    labels = torch.from_numpy(bunch.target).long()
    parts = digits_order(bunch.target).values()
    return Dataset("digits", *(tensor[part] for part in parts for tensor in (images, labels)))


def digits_order(labels: NDArray[np.int64]) -> dict[Part, Tensor]:
    """Return which of scikit-learn's digits are for training, validation and test, in the order of each part."""
    # The file is ordered by writer, so shuffle before the split; the seed makes it the same each time.
    order = torch.from_numpy(np.random.default_rng(0).permutation(len(labels)))
    train, rest = order[:1437], order[1437:]  # four fifths, one fifth
    # Halve the rest digit by digit: every second one of each goes to the test, and both halves stay shuffled.
    second = torch.zeros(len(rest), dtype=torch.bool)
    second[torch.from_numpy(labels)[rest].argsort(stable=True)[1::2]] = True
    return {"train": train, "val": rest[~second], "test": rest[second]}


# ---- MNIST


class _NoNetworkError(Exception):
    """MNIST is not in the cache, and it can't be downloaded now."""


def _mnist(root: Path) -> Dataset:
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
    parts = *(tensor[part] for part in kept for tensor in learn), images(test_images), labels(test_labels)
    return Dataset("mnist", *parts)


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
            found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    except OSError as error:
        raise DataError(f"{path} can't be read ({error.strerror}); check its permissions") from None
    if found != MNIST_MD5[path.name]:
        raise DataError(
            f"{path} is damaged ({path.stat().st_size:,} bytes, MD5 {found}, expected {MNIST_MD5[path.name]}); "
            "delete that file and run again to download it again"
        )


def _download(root: Path, raw: Path) -> None:
    """Bring MNIST's four files to ``raw``, all or none: a download that is cut off leaves nothing behind."""
    torchvision()
    from torchvision.datasets import MNIST

    if not _reachable([mirror + MNIST.resources[1][0] for mirror in MNIST.mirrors]):
        raise _NoNetworkError(f"MNIST is not in {root} and its servers can't be reached")
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
                raise _NoNetworkError(f"MNIST's download into {root} broke off ({error})") from None
            except RuntimeError as error:  # torchvision's own: every mirror failed, or the sum was wrong
                last = str(error).strip().splitlines()[-1]
                raise _NoNetworkError(f"MNIST's download into {root} failed ({last})") from None
            for file in MNIST_MD5:
                os.replace(Path(scratch) / "MNIST" / "raw" / file, raw / file)


@contextmanager
def _clear_write_errors(root: Path) -> Iterator[None]:
    instead = 'set LRLAB_DATA to another folder, or use data.load("digits")'
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DataError(f"{root} has not the {MNIST_BYTES // 10**6} MB free that MNIST needs; {instead}") from None
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
