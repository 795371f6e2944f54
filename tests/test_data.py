"""The data in one call: bundled digits, MNIST from the cache, and what happens without either."""

import numpy as np
import pytest
import torch

from lrlab import data
from lrlab.data import DataError, Dataset, load

# ---- the bundled digits


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load("digits")


def test_digits_are_shaped_like_mnist(digits):
    assert digits.name == "digits"
    assert digits.train_images.shape == (1437, 1, 28, 28)
    assert digits.val_images.shape == (180, 1, 28, 28)
    assert digits.test_images.shape == (180, 1, 28, 28)
    for images in (digits.train_images, digits.val_images, digits.test_images):
        assert images.dtype == torch.float32
        assert images.min() == 0
        assert 0.9 < images.max() <= 1
        assert (images[:, :, :4] == 0).all()  # MNIST's margin
        assert (images[:, :, :, -4:] == 0).all()
    for labels in (digits.train_labels, digits.val_labels, digits.test_labels):
        assert labels.dtype == torch.int64
    assert digits.train_labels.shape == (1437,)
    assert digits.val_labels.shape == (180,)
    assert digits.test_labels.shape == (180,)


def test_digits_of_every_class_in_each_part(digits):
    every = (digits.train_labels, digits.val_labels, digits.test_labels)
    shares = np.array([np.bincount(labels, minlength=10) / len(labels) for labels in every])
    assert np.abs(shares - 0.1).max() < 0.04
    assert torch.bincount(digits.train_labels).min() > 100
    counts = np.rint(180 * shares[1:])
    assert np.abs(counts[0] - counts[1]).max() <= 1


def test_validation_and_test_digits_are_shuffled(digits):
    for labels in (digits.val_labels, digits.test_labels):
        assert len(set(labels[:20].tolist())) > 5


def test_digits_are_the_same_each_time(digits):
    torch.manual_seed(123)
    again = load("digits")
    assert torch.equal(again.train_images, digits.train_images)
    assert torch.equal(again.test_labels, digits.test_labels)


def test_no_digit_in_two_parts(digits):
    seen = {image.numpy().tobytes() for image in digits.train_images}
    for images in (digits.val_images, digits.test_images):
        assert not seen & {image.numpy().tobytes() for image in images}
        seen |= {image.numpy().tobytes() for image in images}


def test_digits_keep_the_image_with_its_label(digits):
    from sklearn.datasets import load_digits

    bunch = load_digits()
    small = torch.nn.functional.interpolate(digits.test_images[:, :, 4:24, 4:24], size=(8, 8), mode="area")
    originals = torch.from_numpy(bunch.images / 16).float().flatten(1)
    nearest = torch.cdist(small.flatten(1), originals).argmin(dim=1)
    assert (torch.from_numpy(bunch.target)[nearest] == digits.test_labels).float().mean() > 0.99


def test_repr_and_device(digits):
    assert repr(digits) == "Dataset('digits': 1,437 training, 180 validation and 180 test images)"
    moved = digits.to("meta")
    assert moved.name == "digits"
    assert {t.device.type for t in vars(moved).values() if isinstance(t, torch.Tensor)} == {"meta"}


def test_images_changed_and_labels_kept(digits):
    turned = digits.map_images(lambda pixels: 1 - pixels)
    for part in ("train", "val", "test"):
        assert torch.equal(getattr(turned, f"{part}_images"), 1 - getattr(digits, f"{part}_images"))
        assert getattr(turned, f"{part}_labels") is getattr(digits, f"{part}_labels")


# ---- what is asked for


def test_at_most_so_many(digits):
    few = load("digits", max_train=100, max_val=9, max_test=7)
    assert torch.equal(few.train_images, digits.train_images[:100])
    assert torch.equal(few.train_labels, digits.train_labels[:100])
    assert torch.equal(few.val_images, digits.val_images[:9])
    assert torch.equal(few.val_labels, digits.val_labels[:9])
    assert torch.equal(few.test_images, digits.test_images[:7])
    assert torch.equal(few.test_labels, digits.test_labels[:7])
    assert len(load("digits", max_train=10**9).train_labels) == 1437


@pytest.mark.parametrize("name", ["max_train", "max_val", "max_test"])
@pytest.mark.parametrize("value", [0, -5, 2.5, "10", True])
def test_counts_below_one(name, value):
    with pytest.raises(ValueError, match=f"^{name} must be a whole number >= 1, got {value!r}$"):
        load("digits", **{name: value})


def test_unknown_name(monkeypatch):
    sentence = r"^name must be 'auto', 'mnist' or 'digits', got 'cifar'$"
    with pytest.raises(ValueError, match=sentence):
        load("cifar")
    monkeypatch.setenv("LRLAB_DATASET", "cifar")
    with pytest.raises(ValueError, match=sentence):
        load()


def test_the_environment_names_the_data_set(monkeypatch, tmp_path):
    monkeypatch.setenv("LRLAB_DATASET", "digits")
    monkeypatch.setattr(data, "read_mnist", lambda root: pytest.fail("asked for MNIST"))
    assert load().name == "digits"


def test_the_environment_names_the_folder(monkeypatch, tmp_path):
    asked = []

    def fake(root):
        asked.append(root)
        return [torch.zeros(1)] * 6

    monkeypatch.setattr(data, "read_mnist", fake)
    monkeypatch.delenv("LRLAB_DATASET", raising=False)
    monkeypatch.setenv("LRLAB_DATA", str(tmp_path / "a"))
    load()
    load("mnist", root=tmp_path / "b")
    load("mnist", root="~/c")
    monkeypatch.setenv("LRLAB_DATA", "")
    monkeypatch.setattr(data.platformdirs, "user_cache_path", lambda name: tmp_path / name)
    load("mnist")
    assert asked == [tmp_path / "a", tmp_path / "b", data.Path.home() / "c", tmp_path / "lrlab"]


# ---- MNIST itself


def test_mnist(mnist_root):
    mnist = load("mnist", root=mnist_root)
    assert mnist.train_images.shape == (50_000, 1, 28, 28)
    assert mnist.val_images.shape == (10_000, 1, 28, 28)
    assert mnist.test_images.shape == (10_000, 1, 28, 28)
    assert mnist.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert mnist.test_labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert torch.bincount(torch.cat([mnist.train_labels, mnist.val_labels])).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949,
    ]  # fmt: skip
    assert mnist.train_images.dtype == torch.float32
    assert (mnist.train_images.min(), mnist.train_images.max()) == (0, 1)
    assert mnist.train_images.mean().item() == pytest.approx(0.1307, abs=3e-4)
    assert mnist.train_labels.dtype == torch.int64


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["truncated", "one bit flipped", "empty"])
@pytest.mark.parametrize("file", ["t10k-images-idx3-ubyte", "train-labels-idx1-ubyte"])
def test_damaged_mnist_names_the_file(mnist_root, tmp_path, file, damage, capsys):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for path in (mnist_root / "MNIST" / "raw").iterdir():
        (raw / path.name).symlink_to(path)
    content = bytearray((raw / file).read_bytes())
    if damage == "one bit flipped":
        content[-1] ^= 1
    else:
        content = content[: len(content) // 2] if damage == "truncated" else b""
    (raw / file).unlink()
    (raw / file).write_bytes(content)
    for name in ("mnist", "auto"):  # never other data in silence
        with pytest.raises(DataError, match=f"^{raw / file} is damaged .*delete that file and run again"):
            load(name, root=tmp_path)
    assert capsys.readouterr().out == ""
