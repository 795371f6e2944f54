"""Warm-up beside none, and the grid of rates and batch sizes: what is held equal, what is reported."""

import re
import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from lrlab import data, train
from lrlab.experiments.batch_size import BatchSizeGrid, batch_size_grid
from lrlab.experiments.sweep import sweep
from lrlab.experiments.warmup import compare_warmup, dead_units
from lrlab.models import CNN, MLP
from lrlab.schedules import Constant, Cosine

SMALL = partial(MLP, hidden=8)


@pytest.fixture(scope="module")
def few():
    return data.load("digits", max_train=200, max_val=60)  # 4 updates an epoch


@pytest.fixture(scope="module")
def digits():
    return data.load("digits")


def warmups(few, **arguments):
    settings = {"lr": 0.1, "warmup": 3, "epochs": 2, "seeds": [0], "model": SMALL, "device": "cpu", "progress": False}
    return compare_warmup(few, **(settings | arguments))


def grid(few, lrs=(0.1, 0.01), sizes=(50, 25), **arguments):
    settings = {"epochs": 2, "seeds": [0, 1], "model": SMALL, "device": "cpu", "progress": False}
    return batch_size_grid(lrs, sizes, few, **(settings | arguments))


# ---- warm-up


def test_only_the_first_updates_differ(few):
    result = warmups(few, lr=[0.1, 0.2], warmup=[3, 5], seeds=(4, 2))
    assert result.lrs.tolist() == [0.1, 0.2]
    assert result.warmups.tolist() == [0, 3, 5]
    for i, lr in enumerate(result.lrs):
        cosine = Cosine(lr, T_max=8).curve(8)
        for j, length in enumerate(result.warmups):
            for k in range(2):
                run = result.histories[i][j][k]
                np.testing.assert_allclose(run.lr[length:], cosine[length:], rtol=1e-12)
                np.testing.assert_allclose(run.lr[:length], cosine[:length] * np.arange(1, length + 1) / max(length, 1))
                assert run.loss[0] == result.histories[0][0][k].loss[0]  # the same weights and the same batch
    assert result.histories[0][0][0].loss[0] != result.histories[0][0][1].loss[0]


def test_a_run_without_warmup_is_what_fit_alone_gives(few):
    result = warmups(few, seeds=[1, 3], then="constant")
    model = SMALL(3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scheduler = Constant(0.1).attach(optimizer)
    alone = train.fit(model, few, optimizer, scheduler=scheduler, seed=3, epochs=2, progress=False, device="cpu")
    assert result.histories[0][0][1].loss.tolist() == alone.loss.tolist()
    assert result.val_accuracy[0, 0, 1] == alone.val_accuracy[-1]
    assert result.val_loss[0, 0, 1] == alone.val_loss[-1]
    assert result.dead[0, 0, 1] == dead_units(model, few.val_images)


def test_a_comparison_at_one_rate(few):
    result = warmups(few, lr=[0.1, 0.2], seeds=(0, 1))
    found = result.comparison(0.2)
    assert found.labels == ("no warm-up", "3 updates of warm-up")
    assert found.final("3 updates of warm-up").tolist() == result.val_accuracy[1, 1].tolist()
    with pytest.raises(ValueError, match=r"^lr must be one of \[0.1, 0.2\], got 0.3$"):
        result.comparison(0.3)


def test_repr_is_a_table_of_rates_and_lengths(few):
    result = warmups(few, lr=[0.1, 1e30], seeds=(0, 1))
    ran, head, names, fine, gone = repr(result).splitlines()
    assert ran == "MLP(hidden=8), SGD(momentum=0.9), cosine, batches of 64, 2 epochs"
    assert head.endswith("2 seeds: mean ± standard deviation")
    assert names.split("  ")[0] == "lr"
    accuracy = 100 * result.val_accuracy[0, 0]
    assert f"{accuracy.mean():.2f} ± {accuracy.std(ddof=1):.2f}" in fine
    assert gone.split("  ")[0] == "1e+30"
    assert gone.count("–, 2 of 2 lost") == 2
    assert "±" not in repr(warmups(few))


def test_lost_is_diverged_or_no_better_than_guessing(few):
    assert warmups(few, lr=1e30).lost.all()  # diverged
    idle = warmups(few, lr=0.05)
    assert (idle.val_loss < np.log(10)).all()
    assert idle.lost.all()  # has learned next to nothing
    assert not warmups(few, lr=0.1, epochs=20).lost.any()
    diverged = warmups(few, lr=1e30)
    assert np.isnan(diverged.val_loss).all()
    assert np.isnan(diverged.dead).all()


@pytest.mark.slow
def test_enough_updates_by_default(digits):
    result = warmups(digits, epochs=None, warmup=200)
    assert len(result.histories[0][0][0].step) == 460


def test_dead_units_are_those_that_never_fire(few):
    model = SMALL(0)
    with torch.no_grad():
        model.layers[1].bias[:] = 1e6
    assert dead_units(model, few.val_images) == 0
    with torch.no_grad():
        model.layers[1].bias[:2] = -1e6
    model.train()
    assert dead_units(model, few.val_images) == 0.25
    assert model.training
    assert not any(layer._forward_hooks for layer in model.modules())
    cnn = CNN(0)
    with torch.no_grad():
        cnn.layers[0].bias[:] = 1.0
        cnn.layers[3].bias[:] = 1e6
        cnn.layers[0].bias[:3] = -1e6  # 3 of 8 + 16 channels
    assert dead_units(cnn, few.val_images) == pytest.approx(3 / 24)
    assert np.isnan(dead_units(nn.Sequential(nn.Flatten(), nn.Linear(784, 10)), few.val_images))


@pytest.mark.slow(reason="trains with and without warm-up")
def test_on_the_digits_warmup_saves_a_rate_that_is_too_high_without_it(digits):
    result = compare_warmup(digits, lr=0.5, seeds=(0, 1, 2), progress=False, device="cpu")
    without, after = result.val_accuracy[0]
    # With every seed by a lot. How far a single run gets at this rate hangs on the last digit, and so on the threads
    # and the processor: the bounds are for the mean.
    assert (after > without + 0.2).all()
    assert without.mean() < 0.7
    assert after.min() > 0.9
    assert after.mean() > 0.97
    cold, warm = (np.array([run.loss.max() for run in runs]) for runs in result.histories[0])
    assert cold.min() > 2.5  # above what it started from
    assert (warm < cold).all()
    assert (result.dead[0, 1] < result.dead[0, 0]).all()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"lr": 0}, "lr must be a finite number > 0, got 0"),
        ({"lr": []}, "lr must be at least one, each once, got ()"),
        ({"lr": [0.1, 0.1]}, "lr must be at least one, each once, got (0.1, 0.1)"),
        ({"warmup": 0}, "warmup must be a whole number >= 1, got 0"),
        ({"warmup": 8}, "warmup must be less than the 8 updates of the training run, got 8"),
        ({"warmup": "long"}, "warmup must be a whole number >= 1, got 'long'"),
        ({"seeds": [-1]}, "seeds must be a whole number >= 0 of at most 63 bits, got -1"),
        ({"then": "linear"}, "then must be 'cosine' or 'constant', got 'linear'"),
    ],
)
def test_wrong_arguments_of_the_warmup(few, arguments, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        warmups(few, **arguments)


# ---- batch sizes


def test_every_rate_with_every_batch_size(few):
    result = grid(few)
    assert result.lrs.tolist() == [0.01, 0.1]
    assert result.batch_sizes.tolist() == [25, 50]
    assert result.updates.tolist() == [16, 8]  # the same images, in more or fewer updates
    assert result.val_loss.shape == result.val_accuracy.shape == (2, 2, 2)
    for i, size in enumerate((25, 50)):
        for j, lr in enumerate((0.01, 0.1)):
            for k, seed in enumerate((0, 1)):
                model = SMALL(seed)
                optimizer = torch.optim.SGD(model.parameters(), lr=lr)
                alone = train.fit(model, few, optimizer, epochs=2, batch_size=size, seed=seed, progress=False)
                assert result.val_loss[i, j, k] == pytest.approx(alone.val_loss[-1], rel=1e-4)
                assert result.val_accuracy[i, j, k] == pytest.approx(alone.val_accuracy[-1], abs=0.02)


@pytest.mark.slow
def test_optimizers_arguments_and_a_model_that_is_not_built_in(few):
    plain, momentum = grid(few), grid(few, momentum=0.9)
    assert (plain.val_loss != momentum.val_loss).all()
    own = grid(few, model=lambda seed: nn.Sequential(nn.Flatten(), SMALL(seed).layers[1], nn.ReLU(), nn.Linear(8, 10)))
    assert np.isfinite(own.val_loss).all()
    assert np.isfinite(grid(few, optimizer=torch.optim.Adam).val_loss).all()


def test_diverged_runs_are_nan(few):
    result = grid(few, lrs=[0.1, 1e30])
    assert np.isfinite(result.val_loss[:, 0]).all()
    assert np.isnan(result.val_loss[:, 1]).all()
    assert np.isnan(result.val_accuracy[:, 1]).all()
    assert result.best_lrs.tolist() == [0.1, 0.1]
    assert repr(result).splitlines()[3].split()[-1] == "–"


def test_ctrl_c_returns_what_is_done(few, tmp_path, monkeypatch):
    monkeypatch.setenv("LRLAB_RESULTS", str(tmp_path))
    module = sys.modules["lrlab.experiments.batch_size"]
    calls = []

    def first_only(*args, **kwargs):
        calls.append(kwargs["batch_size"])
        found = sweep(*args, **kwargs)
        return replace(found, interrupted=True, val_loss=found.val_loss * np.nan) if len(calls) == 2 else found

    monkeypatch.setattr(module, "sweep", first_only)
    result = grid(few, sizes=(50, 25, 20))
    assert calls == [20, 25]
    assert result.interrupted
    assert np.isfinite(result.val_loss[0]).all()
    assert np.isnan(result.val_loss[1:]).all()
    assert repr(result).splitlines()[-1] == "interrupted before all was done"
    assert not list(tmp_path.glob("batch_size_grid-*"))  # what is not whole is not kept
    assert not grid(few).interrupted


@pytest.mark.slow
def test_epochs_by_default_leave_the_largest_batch_enough_updates(few):
    assert grid(few, lrs=[0.1], sizes=[50, 100], epochs=None, seeds=[0]).epochs == 50


@pytest.fixture
def made():
    nan = np.nan
    losses = [[[1, 5], [2, 1], [9, 9]], [[3, 3], [2, 2], [nan, 0]], [[nan, nan], [nan, nan], [nan, nan]]]
    return BatchSizeGrid(
        batch_sizes=np.array([8, 32, 128]),
        lrs=np.array([0.01, 0.1, 1.0]),
        seeds=(0, 1),
        epochs=3,
        updates=np.array([1200, 300, 75]),
        val_loss=np.array(losses, dtype=float),
        val_accuracy=np.ones((3, 3, 2)),
    )


def test_the_best_rate_of_each_batch_size(made):
    # By the mean over the seeds; a rate at which one seed diverged is out, and where all did there is none.
    np.testing.assert_array_equal(made.best_lrs, [0.1, 0.1, np.nan])
    np.testing.assert_array_equal(made.best_lrs_by_seed, [[0.01, 0.1], [0.1, 1.0], [np.nan, np.nan]])


def test_repr_of_the_grid_marks_the_best(made):
    assert repr(made).splitlines() == [
        "last validation loss, mean of 2 seeds, by batch size and learning rate (* the row's best)",
        "batch  updates    0.01     0.1       1",
        "    8    1,200  3.000   1.500*  9.000",
        "   32      300  3.000   2.000*       –",
        "  128       75       –       –       –",
    ]


@pytest.mark.slow(reason="trains with five batch sizes")
def test_on_the_digits_smaller_batches_suit_smaller_rates(digits):
    rates = [0.01, 0.03, 0.1, 0.3, 1.0]
    result = batch_size_grid(rates, [8, 32, 128], digits, epochs=10, device="cpu", progress=False)
    # Seed by seed: one run that ends badly at a high rate can move the best of the mean losses.
    smallest, _, largest = np.log(result.best_lrs_by_seed)
    assert (smallest <= largest).all()
    assert smallest.mean() < largest.mean()


@pytest.mark.parametrize(
    ("lrs", "sizes", "arguments", "sentence"),
    [
        ([], [8], {}, "lrs must be at least one, each once, got ()"),
        ([0.1, -1], [8], {}, "lrs must be a finite number > 0, got -1"),
        ([0.1], [], {}, "batch_sizes must be at least one, each once, got ()"),
        ([0.1], [8, 8], {}, "batch_sizes must be at least one, each once, got (8, 8)"),
        ([0.1], [8.5], {}, "batch_sizes must be a whole number >= 1, got 8.5"),
        ([0.1], [201], {}, "batch_sizes must be at most the 200 training images, got 201"),
        ([0.1], [8], {"seeds": []}, "seeds must be at least one, each once, got ()"),
        ([0.1], [8], {"epochs": 0}, "epochs must be a whole number >= 1, got 0"),
    ],
)
def test_wrong_arguments_of_the_grid(few, lrs, sizes, arguments, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        grid(few, lrs, sizes, **arguments)


# ---- both


def test_results_are_kept_on_disk(few, tmp_path, monkeypatch):
    monkeypatch.setenv("LRLAB_RESULTS", str(tmp_path))
    first = warmups(few), grid(few)
    for module in ("warmup", "sweep"):  # the package's functions hide their modules; training now would fail
        monkeypatch.setattr(sys.modules[f"lrlab.experiments.{module}"], "fit", None)
    monkeypatch.setattr("lrlab.experiments.batched.train", None)
    second = warmups(few), grid(few)
    assert len(list(tmp_path.glob("compare_warmup-*.npz"))) == len(list(tmp_path.glob("batch_size_grid-*.npz"))) == 1
    for one, other in zip(first, second, strict=True):
        assert repr(one) == repr(other)
        np.testing.assert_array_equal(one.val_loss, other.val_loss)


@pytest.mark.slow
def test_mnist_too(mnist_root):
    some = data.load("mnist", root=mnist_root, max_train=256, max_val=100)
    assert warmups(some, model=CNN).val_loss.shape == (1, 2, 1)
    assert grid(some, model=MLP).val_loss.shape == (2, 2, 2)


def test_on_cuda(few, cuda):
    np.testing.assert_allclose(warmups(few, device=cuda).val_loss, warmups(few).val_loss, rtol=1e-2)
    np.testing.assert_allclose(grid(few, device=cuda).val_loss, grid(few).val_loss, rtol=1e-2)
