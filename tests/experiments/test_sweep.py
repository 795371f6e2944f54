"""A sweep trains many rates at once, and each as if it were alone."""

import re
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from lrlab import data, train
from lrlab.experiments import batched
from lrlab.experiments.sweep import Sweep, log_grid, refine, sweep
from lrlab.models import CNN, MLP
from lrlab.schedules import Cosine

QUIET = {"progress": False, "device": "cpu"}
RATES = (1e-3, 1e-2, 3e-2)


@pytest.fixture(scope="module")
def few():
    return data.load("digits", max_train=150, max_val=60)


def alone(lr, few, *, model, optimizer, seed, epochs, schedule=None, **arguments):
    network = model(seed)
    update = optimizer(network.parameters(), lr=lr, **arguments)
    scheduler = schedule.attach(update, scale=lr) if schedule else None
    return train.fit(network, few, update, scheduler=scheduler, seed=seed, epochs=epochs, batch_size=32, **QUIET)


@pytest.mark.slow
@pytest.mark.parametrize("model", [MLP, CNN])
@pytest.mark.parametrize(
    ("optimizer", "arguments"),
    [
        (torch.optim.SGD, {}),
        (torch.optim.SGD, {"momentum": 0.9}),
        (torch.optim.SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 1e-2}),
        (torch.optim.Adam, {}),
        (torch.optim.AdamW, {"weight_decay": 0.1}),
        (torch.optim.Adagrad, {}),
    ],
    ids=["SGD", "momentum", "nesterov", "Adam", "AdamW", "Adagrad"],
)
def test_each_run_is_what_fit_alone_gives(few, model, optimizer, arguments):
    result = sweep(
        RATES, few, model=model, optimizer=optimizer, seeds=(3, 0), epochs=2, batch_size=32, **arguments, **QUIET
    )
    assert result.together
    assert result.loss.shape == (3, 2, 10)
    for i, lr in enumerate(RATES):
        for j, seed in enumerate((3, 0)):
            run = alone(lr, few, model=model, optimizer=optimizer, seed=seed, epochs=2, **arguments)
            np.testing.assert_allclose(result.loss[i, j], run.loss, rtol=1e-4)
            assert result.val_loss[i, j] == pytest.approx(run.val_loss[-1], rel=1e-4)
            assert result.val_accuracy[i, j] == pytest.approx(run.val_accuracy[-1], abs=1.01 / 60)


def test_a_schedule_multiplies_every_rate(few):
    shape = Cosine(1, T_max=10)
    result = sweep(RATES, few, schedule=shape, epochs=2, batch_size=32, momentum=0.9, **QUIET)
    for i, lr in enumerate(RATES):
        run = alone(lr, few, model=MLP, optimizer=torch.optim.SGD, seed=0, epochs=2, schedule=shape, momentum=0.9)
        np.testing.assert_allclose(result.loss[i, 0], run.loss, rtol=1e-4)


def test_other_models_go_one_by_one_through_the_same_call(few):
    def plain(seed):
        torch.manual_seed(seed)
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 10))

    result = sweep(RATES, few, model=plain, epochs=2, batch_size=32, **QUIET)
    assert not result.together
    run = alone(RATES[1], few, model=plain, optimizer=torch.optim.SGD, seed=0, epochs=2)
    assert result.loss[1, 0].tolist() == run.loss.tolist()
    assert result.val_loss[1, 0] == run.val_loss[-1]


def test_other_optimizers_go_one_by_one(few):
    class Own(torch.optim.SGD):
        pass

    result = sweep(RATES, few, optimizer=Own, batch_size=32, **QUIET)
    assert not result.together
    np.testing.assert_allclose(result.loss, sweep(RATES, few, batch_size=32, **QUIET).loss, rtol=1e-4)


@pytest.mark.parametrize("model", [MLP, CNN])
def test_a_run_that_diverges_ends_and_changes_nothing_for_the_others(few, model):
    calm = sweep([1e-2, 3e-2], few, model=model, epochs=2, batch_size=32, **QUIET)
    result = sweep([3e-2, 1e38, 1e-2], few, model=model, epochs=2, batch_size=32, **QUIET)
    assert result.diverged.tolist() == [[False], [False], [True]]
    assert result.done.all()
    np.testing.assert_allclose(result.loss[:2], calm.loss, rtol=1e-4)
    np.testing.assert_allclose(result.val_loss[:2], calm.val_loss, rtol=1e-4)
    end = np.isfinite(result.loss[2, 0]).sum()
    assert 0 < end < 10
    assert np.isnan(result.loss[2, 0, end:]).all()
    assert np.isnan(result.val_accuracy[2, 0])
    assert result.best in (1e-2, 3e-2)
    assert "1 of 1 diverged" in repr(result)


def test_all_diverge(few):
    result = sweep([1e37, 1e38], few, epochs=2, batch_size=32, **QUIET)
    assert result.diverged.all()
    assert repr(result).count("diverged") == 2
    with pytest.raises(ValueError, match=r"^losses must have a finite one, got none$"):
        _ = result.best


@pytest.mark.parametrize("together", [True, False])
def test_ctrl_c_returns_what_is_done(few, monkeypatch, together):
    done = []

    def interrupted(original):
        def run(*args, **kwargs):
            if len(done) == 1:
                raise KeyboardInterrupt
            done.append(1)
            return original(*args, **kwargs)

        return run

    if together:
        monkeypatch.setattr(batched, "train", interrupted(batched.train))
        optimizer = torch.optim.SGD
    else:
        module = sys.modules["lrlab.experiments.sweep"]  # the function has the module's name
        monkeypatch.setattr(module, "fit", interrupted(train.fit))
        optimizer = type("Own", (torch.optim.SGD,), {})
    result = sweep(RATES, few, optimizer=optimizer, seeds=(0, 1), batch_size=32, **QUIET)
    assert result.interrupted
    assert result.done.tolist() == (
        [[True, False]] * 3 if together else [[True, False], [False, False], [False, False]]
    )
    assert np.isfinite(result.val_loss[result.done]).all()
    assert not result.diverged.any()
    assert f"interrupted: {result.done.sum()} of 6 runs done" in repr(result)


def made(losses, lrs=None):
    losses = np.array(losses, dtype=float)
    lrs = np.geomspace(1e-3, 10, len(losses)) if lrs is None else np.array(lrs)
    done = np.ones(losses.shape, dtype=bool)
    return Sweep(lrs, tuple(range(losses.shape[1])), losses[..., None], losses, 1 - losses / 10, done, True, False)


def test_an_interrupted_sweep_compares_the_seeds_that_all_rates_are_done_with():
    whole = made([[3, 3], [2, 1], [1, 4]])
    done = np.array([[True, True], [True, True], [True, False]])
    part = replace(whole, done=done, val_loss=np.where(done, whole.val_loss, np.nan), interrupted=True)
    assert whole.best == whole.lrs[1]
    assert part.best == part.lrs[2]
    assert part.mean_val_loss.tolist() == [3, 2, 1]
    assert part.final("val_accuracy").tolist() == whole.val_accuracy[:, :1].tolist()
    assert repr(part).splitlines()[0] == "1 seed"
    assert repr(part).splitlines()[4].endswith("best")
    one = replace(part, seeds=(0,), done=done[:, 1:], val_loss=part.val_loss[:, 1:])
    assert one.best == one.lrs[1]  # of those that are done


def test_best_is_the_lowest_mean_and_no_rate_that_diverged():
    result = made([[3, 3], [2, 1.5], [1, np.nan], [1, 1.2], [9, 9]])
    assert result.best == result.lrs[3]
    assert result.mean_val_loss[1] == 1.75
    assert repr(result).splitlines()[5].endswith("best")
    np.testing.assert_allclose(result.finer(5), np.geomspace(result.lrs[2], result.lrs[4], 5))


def test_updates_to_a_loss_counts_to_the_end_of_the_first_window_below_it():
    losses = np.full((3, 2, 60), 2.0)
    losses[0, :, 30:] = 0.4  # the mean of the updates 31 to 55, counted from 1, is the first to be at 0.4
    losses[1, 0, 10:] = 0.4  # one seed alone
    losses[2, 1, 20:] = np.nan  # diverged
    zeros = np.zeros((3, 2))
    made = Sweep(np.array([0.1, 0.2, 0.3]), (0, 1), losses, zeros, zeros, zeros == 0, True, False)
    np.testing.assert_array_equal(made.updates_to(0.5), [54.0, np.nan, np.nan])  # 24 of 25, and one at 2
    np.testing.assert_array_equal(made.updates_to(0.5, window=1), [31.0, np.nan, np.nan])
    np.testing.assert_array_equal(made.updates_to(1.3, window=1), [31.0, 11.0, np.nan])
    np.testing.assert_array_equal(made.updates_to(1.3, window=1000), [60.0, np.nan, np.nan])  # all there are
    with pytest.raises(ValueError, match=r"^target must be .*, got 0$"):
        made.updates_to(0)


def test_log_grid_and_refine():
    np.testing.assert_allclose(log_grid(1e-6, 0.1, 6), [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1])
    lrs, losses = [0.1, 1e-3, 10, 1, 0.01], [0.5, 2, np.nan, np.inf, 1]
    np.testing.assert_allclose(refine(lrs, losses, 3), [0.01, 0.1, 1])
    np.testing.assert_allclose(refine([1, 2, 4], [1, 2, 3], 3), [1, 2**0.5, 2])  # the best is at the end
    np.testing.assert_allclose(refine([1, 2, 4], [3, 2, -np.inf], 3), [1, 2, 4])  # -inf is not finite


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda few: sweep([], few), "lrs must be at least one, each once, got ()"),
        (lambda few: sweep([0.1, 0.1], few), "lrs must be at least one, each once, got (0.1, 0.1)"),
        (lambda few: sweep([0.1, 0], few), "lrs must be a finite number > 0, got 0"),
        (lambda few: sweep([0.1], few, seeds=[]), "seeds must be at least one, each once, got ()"),
        (lambda few: sweep([0.1], few, batch_size=0), "batch_size must be a whole number >= 1, got 0"),
        (lambda few: log_grid(1, 1, 3), "high must be a number > low (1), got 1.0"),
        (lambda few: log_grid(1, 2, 1), "num must be a whole number >= 2, got 1"),
        (lambda few: refine([1, 2], [1], 3), "lrs must be two or more rates, with one loss each, got (2,) and (1,)"),
        (lambda few: refine([1, 2], [np.nan] * 2, 3), "losses must have a finite one, got none"),
    ],
    ids=range(9),
)
def test_wrong_argument(few, make, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        make(few)


@pytest.mark.parametrize(("images", "labels"), [(0, 0), (5, 4)])
def test_wrong_data(few, images, labels):
    for part, kind in (("train", "training"), ("val", "validation")):
        tensors = dict(vars(few))
        tensors |= {f"{part}_images": few.train_images[:images], f"{part}_labels": few.train_labels[:labels]}
        sentence = f"data must have {kind} images, each with a label, got {images} images and {labels} labels"
        with pytest.raises(ValueError, match=f"^{sentence}$"):
            sweep([0.1], data.Dataset(**tensors), **QUIET)


@pytest.mark.parametrize("model", [MLP, CNN])
def test_on_cuda(few, model, cuda):
    here, there = (sweep(RATES, few, model=model, progress=False, device=place) for place in ("cpu", cuda))
    np.testing.assert_allclose(there.loss, here.loss, rtol=1e-3)
