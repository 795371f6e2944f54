"""Results kept on disk: read again where nothing changed, made anew where anything did."""

import functools
import importlib
import json
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pytest
import torch

from lrlab import data
from lrlab._files import results_folder
from lrlab.experiments import Recipe, cache, compare, forget
from lrlab.models import CNN, MLP
from lrlab.schedules import Constant, Cosine, Lambda, ReduceOnPlateau

SCHEDULES = {"constant": Constant(0.1), "cosine": Cosine(0.1, T_max=4)}


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setenv("LRLAB_RESULTS", str(tmp_path / "results"))
    return tmp_path / "results"


@pytest.fixture(scope="module")
def few():
    return data.load("digits", max_train=40, max_val=20)


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
    train(data.load("digits", max_train=40, max_val=20))
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


def test_labels_changed_through_numpy_are_run_again(kept, few):
    few = replace(few, train_labels=few.train_labels.clone())
    before = train(few)
    few.train_labels.numpy()[:] = 0
    assert repr(train(few)) != repr(before)
    assert len(files(kept)) == 2


def test_data_made_under_inference_mode(kept):
    with torch.inference_mode():
        few = data.load("digits", max_train=40, max_val=20)
    assert repr(train(few)) == repr(train(few, cache=False))
    assert len(files(kept)) == 1


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


MODULE = """
import functools
from lrlab.models import MLP
from lrlab.schedules import Constant
import torch

WIDTH = 4

def plain(seed):
    return MLP(seed, hidden=WIDTH)

@functools.wraps(MLP)
def wrapped(seed):
    return MLP(seed, hidden=4)

class Factory:
    def __init__(self, hidden):
        self.hidden = hidden
    def build(self, seed):
        return MLP(seed, hidden=self.hidden)
    __call__ = build

class Wide(MLP):
    hidden_units = 4
    def __init__(self, seed):
        super().__init__(seed, hidden=self.hidden_units)

class Disguised(MLP):
    pass

Disguised.__module__, Disguised.__qualname__ = "lrlab.models", "MLP"

class MySGD(torch.optim.SGD):
    pass

class Mine(Constant):
    pass

def factor(n):
    return 1.0
"""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A module of somebody's own, at the name ``somebodys``."""
    (tmp_path / "somebodys.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("somebodys")
    del sys.modules["somebodys"]


@pytest.mark.parametrize(
    "use",
    [
        lambda own: {"model": own.plain},
        lambda own: {"model": own.wrapped},
        lambda own: {"model": partial(own.wrapped)},
        lambda own: {"model": own.Factory(4).build},
        lambda own: {"model": own.Factory(4)},
        lambda own: {"model": own.Wide},
        lambda own: {"model": own.Disguised},
        lambda own: {"model": _Partial(MLP, hidden=4)},
        lambda own: {"optimizer": own.MySGD},
        lambda own: {"optimizer": {"mine": Recipe(own.MySGD)}},
        lambda own: {"optimizer": {"mine": Recipe(partial(own.MySGD, momentum=0.5))}},
        lambda own: {"schedules": {"mine": own.Mine(0.1)}},
        lambda own: {"schedules": {"mine": Lambda(0.1, lr_lambda=own.factor)}},
        lambda own: {"schedules": {"mine": 2 * Lambda(0.1, lr_lambda=own.factor)}},
    ],
)
def test_code_that_is_not_lrlabs_or_torchs_is_never_kept(kept, few, own, use):
    assert train(few, **use(own)).seeds == (0, 1)
    assert files(kept) == []


class _Partial(partial):
    def __call__(self, seed):
        return MLP(seed, hidden=32)


def test_not_kept_while_a_method_of_ours_is_replaced(kept, few, monkeypatch):
    before, build = train(few, model=CNN), CNN.build
    monkeypatch.setattr(CNN, "build", lambda self: build(self).append(torch.nn.ReLU()))
    assert repr(train(few, model=CNN)) != repr(before)
    assert len(files(kept)) == 1


def test_methods_of_our_own_objects_are_not_kept():
    for thing in (Constant(0.1).curve, Constant(0.1).__call__, functools.wraps(MLP)(lambda seed: MLP(seed))):
        with pytest.raises(cache._UnknownError):
            cache._describe(thing)


def test_what_numpy_can_not_hold_is_not_kept():
    for thing in (torch.zeros(1, dtype=torch.bfloat16), torch.eye(2).to_sparse(), np.ma.array([1.0], mask=[True])):
        with pytest.raises(cache._UnknownError):
            cache._describe(thing)


def test_numbers_are_not_taken_for_each_other():
    different = [1, 1.0, "1", "1.0", True, np.float32(1), np.array([1.0]), np.array([[1.0]]), np.array(1.0), [1.0]]
    assert len({json.dumps(cache._describe(thing)) for thing in different}) == len(different)


def test_another_default_dtype_is_run_again(kept, few):
    train(few)
    try:
        torch.set_default_dtype(torch.float64)
        double = few.map_images(torch.Tensor.double)
        train(double)
        torch.set_default_dtype(torch.float32)
        with pytest.raises(RuntimeError):  # and not the result of the network in double precision
            train(double)
    finally:
        torch.set_default_dtype(torch.float32)
    assert len(files(kept)) == 2


def test_not_kept_when_told_so(kept, few, monkeypatch):
    train(few, cache=False)
    monkeypatch.setenv("LRLAB_RESULTS", "off")
    train(few)
    assert files(kept) == []
    assert results_folder() is None
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


def test_a_folder_that_may_not_be_entered_keeps_nothing(kept, few, monkeypatch):
    def refuse(path, *args, **kwargs):
        raise PermissionError

    for name in ("exists", "mkdir", "glob"):
        monkeypatch.setattr(cache.Path, name, refuse)
    assert train(few).seeds == (0, 1)
    assert forget() == 0


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
        "few = data.load('digits', max_train=40, max_val=20)\n"
        "compare({'constant': Constant(0.1), 'cosine': Cosine(0.1, T_max=4)}, few, seeds=[0, 1], batch_size=10,"
        " progress=False, device='cpu')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert len(files(kept)) == 1
