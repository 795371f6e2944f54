"""Results kept on disk: read again where nothing changed, made anew where anything did."""

import subprocess
import sys
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pytest
import torch

from lrlab import data
from lrlab.experiments import cache, compare, forget
from lrlab.models import CNN, MLP
from lrlab.schedules import Constant, Cosine, Lambda, ReduceOnPlateau

SCHEDULES = {"constant": Constant(0.1), "cosine": Cosine(0.1, T_max=4)}


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setenv("LRLAB_RESULTS", str(tmp_path / "results"))
    return tmp_path / "results"


@pytest.fixture(scope="module")
def few():
    return data.load("digits", max_train=40, max_test=20)


def files(folder):
    return sorted(folder.glob("*"))


def train(few, **changed):
    arguments = {"seeds": [0, 1], "batch_size": 10, "progress": False, "device": "cpu"}
    return compare(changed.pop("schedules", SCHEDULES), few, **(arguments | changed))


def test_the_second_time_it_is_read_and_equal(kept, few, monkeypatch):
    first = train(few)
    monkeypatch.setattr("lrlab.experiments.comparison.fit", None)  # training now would fail
    second = train(few, progress=True)
    assert len(files(kept)) == 1
    assert second.seeds == first.seeds
    assert second.labels == first.labels
    for label in first.labels:
        for ours, theirs in zip(second.histories[label], first.histories[label], strict=True):
            assert vars(ours).keys() == vars(theirs).keys()
            for name, value in vars(theirs).items():
                np.testing.assert_array_equal(getattr(ours, name), value)
                assert type(getattr(ours, name)) is type(value)
    assert repr(second) == repr(first)


def test_an_equal_data_set_loaded_anew_is_the_same(kept, few):
    train(few)
    train(data.load("digits", max_train=40, max_test=20))
    assert len(files(kept)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"schedules": {"constant": Constant(0.2)}},
        {"schedules": {"Constant": Constant(0.1), "cosine": Cosine(0.1, T_max=4)}},
        {"schedules": {"plateau": ReduceOnPlateau(0.1)}},
        {"epochs": 2},
        {"batch_size": 20},
        {"seeds": [1, 0]},
        {"model": CNN},
        {"model": partial(MLP, hidden=16)},
        {"optimizer": torch.optim.Adam},
        {"momentum": 0.5},
    ],
    ids=["rate", "label", "plateau", "epochs", "batch", "seeds", "model", "width", "optimizer", "momentum"],
)
def test_a_changed_argument_is_run_anew(kept, few, changed):
    train(few)
    train(few, **changed)
    assert len(files(kept)) == 2


def test_changed_images_are_run_anew(kept, few):
    few = replace(few, train_images=few.train_images.clone())
    train(few)
    few.train_images[0, 0, 0, 0] = 1.0  # in place: the object is the same
    train(few)
    assert len(files(kept)) == 2


def test_a_changed_version_is_run_anew(kept, few, monkeypatch):
    train(few)
    monkeypatch.setattr(cache, "_source", lambda: "another")
    train(few)
    monkeypatch.setattr(torch, "__version__", "3")
    train(few)
    assert len(files(kept)) == 3


def test_not_kept_where_it_can_not_be_told_what_made_it(kept, few):
    def local(seed):
        return MLP(seed)

    for unclear in (
        {"model": local},
        {"model": lambda seed: MLP(seed)},
        {"schedules": {"mine": Lambda(0.1, lr_lambda=lambda n: 1.0)}},
        {"seeds": (seed for seed in (0, 1))},
    ):
        assert train(few, **unclear).seeds == (0, 1)
    assert files(kept) == []


def test_not_kept_when_told_so(kept, few, monkeypatch):
    train(few, cache=False)
    monkeypatch.setenv("LRLAB_RESULTS", "off")
    train(few)
    assert files(kept) == []
    assert cache.folder() is None
    assert forget() == 0


@pytest.mark.parametrize("damage", [b"", b"not a zip", None], ids=["empty", "garbage", "cut short"])
def test_a_damaged_file_is_made_anew(kept, few, damage):
    whole = train(few)
    (path,) = files(kept)
    path.write_bytes(path.read_bytes()[:200] if damage is None else damage)
    assert repr(train(few)) == repr(whole)
    assert repr(cache._load(path)) == repr(whole)


def test_nothing_of_another_package_is_made_from_a_file(kept, few):
    train(few)
    (path,) = files(kept)
    np.savez(path, tree=np.array('{"class": ["subprocess", "Popen"], "fields": {"args": "true"}}'))
    with pytest.raises(ValueError, match="not a class of lrlab: subprocess"):
        cache._load(path)


def test_no_place_to_keep_it_is_no_error(tmp_path, few, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LRLAB_RESULTS", str(tmp_path / "file" / "results"))
    assert train(few).seeds == (0, 1)


def test_forget_deletes_them(kept, few):
    train(few)
    train(few, epochs=2)
    assert forget() == 2
    assert files(kept) == []


def test_an_interrupted_result_is_not_kept(kept):
    @dataclass(frozen=True)
    class Half:
        interrupted: bool

    @cache.cached
    def experiment(part: int, *, cache: bool = True):
        return Half(interrupted=True)

    experiment(1)
    assert files(kept) == []


@pytest.mark.slow
def test_the_same_key_in_another_process(kept, few):
    train(few)
    code = (
        "from lrlab import data; from lrlab.experiments import compare; from lrlab.schedules import Constant, Cosine\n"
        "few = data.load('digits', max_train=40, max_test=20)\n"
        "compare({'constant': Constant(0.1), 'cosine': Cosine(0.1, T_max=4)}, few, seeds=[0, 1], batch_size=10,"
        " progress=False, device='cpu')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert len(files(kept)) == 1
