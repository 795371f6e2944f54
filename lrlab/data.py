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

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import platformdirs
import torch
from numpy.typing import NDArray
from torch import Tensor

from lrlab._mnist import DataError, NoNetworkError, read_mnist
from lrlab._table import Table, Tabular
from lrlab._torchvision import torchvision
from lrlab._validation import COUNT, check, one_of

__all__ = ["DataError", "Dataset", "check_data", "folder", "load", "torchvision"]

NAMES = ("auto", "mnist", "digits")
Part = Literal["train", "val", "test"]
PARTS: dict[Part, str] = {"train": "training", "val": "validation", "test": "test"}


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

    ``parts``: ``"train"``, ``"val"``, ``"test"``; default the first two, which is what training needs. It finds what
    torch would report in other words, or not notice: nothing to train on or to validate with, a
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
    name = check("name", one_of(*NAMES), name or os.environ.get("LRLAB_DATASET") or "auto")
    limits: dict[Part, int | None] = {"train": max_train, "val": max_val, "test": max_test}
    for part, most in limits.items():
        if most is not None:
            check(f"max_{part}", COUNT, most)
    if name == "digits":
        dataset = _digits()
    else:
        try:
            dataset = Dataset("mnist", *read_mnist(folder(root)))
        except NoNetworkError as reason:
            if name == "mnist":
                raise DataError(f'{reason}; use data.load("digits"), which needs no network') from None
            dataset = _digits()
            print(f"{reason}, so these are the digits bundled with scikit-learn, at 28 x 28: {dataset.sizes()}.")
    names = [(f"{part}_{kind}", most) for part, most in limits.items() for kind in ("images", "labels")]
    first: dict[str, Any] = {name: getattr(dataset, name)[:most] for name, most in names}
    return replace(dataset, **first)


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
