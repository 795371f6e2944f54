"""The range test measures what it says, and leaves no trace, whatever ends it."""

import copy
import re
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from lrlab import data, suggest, train
from lrlab.experiments.range_test import RangeTest, range_test
from lrlab.models import CNN, MLP

QUIET = {"progress": False, "device": "cpu"}
OPTIMIZERS = {
    "SGD": lambda model: torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9),
    "Adam": lambda model: torch.optim.Adam(model.parameters(), lr=1e-3),
    "two groups": lambda model: torch.optim.SGD(
        [{"params": list(model.parameters())[:2], "lr": 0.01}, {"params": list(model.parameters())[2:], "lr": 0.1}]
    ),
}


class Drops(nn.Module):
    """Dropout and batch norm: random state, and buffers that a forward pass changes."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(784, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.5), nn.Linear(16, 10)
        )

    def forward(self, images):
        return self.layers(images)


@pytest.fixture(scope="module")
def few():
    return data.load("digits", max_train=300, max_val=50)


def everything(model, optimizer):
    """All that a range test must put back."""
    return copy.deepcopy(
        {
            "model": model.state_dict(),
            "grads": [p.grad for p in model.parameters()],
            "modes": [m.training for m in model.modules()],
            "optimizer": optimizer.state_dict(),
            "random": torch.random.get_rng_state(),
        }
    )


def assert_same(before, after):
    if isinstance(before, torch.Tensor):
        assert torch.equal(before, after)
    elif isinstance(before, dict):
        assert before.keys() == after.keys()
        for key in before:
            assert_same(before[key], after[key])
    elif isinstance(before, (list, tuple)):
        assert len(before) == len(after)
        for b, a in zip(before, after, strict=True):
            assert_same(b, a)
    else:
        assert before == after


# ---- what it measures


def test_one_update_at_each_rate_and_the_rate_is_set_before_it(few):
    model, rates = MLP(0, hidden=8), []

    class Watched(torch.optim.SGD):
        def step(self, closure=None):
            rates.append(self.param_groups[0]["lr"])
            return super().step(closure)

    result = range_test(model, few, Watched(model.parameters(), lr=0.1), low=1e-4, high=1e-1, steps=20, **QUIET)
    np.testing.assert_array_equal(rates, result.lr)
    np.testing.assert_allclose(result.lr, np.geomspace(1e-4, 1e-1, 20))
    assert result.stopped is None


def test_losses_are_those_of_a_loop_by_hand(few):
    model = MLP(3)
    optimizer = torch.optim.SGD(model.parameters(), lr=1)
    result = range_test(model, few, optimizer, low=1e-3, high=1, steps=8, seed=5, **QUIET)
    order, losses = torch.Generator().manual_seed(5), []
    batches = [b for _ in range(2) for b in torch.randperm(300, generator=order).split(64)][:8]
    for rate, batch in zip(np.geomspace(1e-3, 1, 8), batches, strict=True):
        optimizer.param_groups[0]["lr"] = float(rate)
        loss = functional.cross_entropy(model(few.train_images[batch]), few.train_labels[batch])
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert result.loss.tolist() == losses


def test_smoothing_is_a_bias_corrected_average(few):
    model = MLP(0)
    result = range_test(model, few, OPTIMIZERS["SGD"](model), high=0.1, steps=10, smoothing=0.8, **QUIET)
    weights = [0.8 ** np.arange(n, -1, -1.0) for n in range(10)]
    expected = [(w * result.loss[: n + 1]).sum() / w.sum() for n, w in enumerate(weights)]
    np.testing.assert_allclose(result.smooth_loss, expected, rtol=1e-12)
    model = MLP(0)
    plain = range_test(model, few, OPTIMIZERS["SGD"](model), high=0.1, steps=10, smoothing=0, **QUIET)
    np.testing.assert_array_equal(plain.smooth_loss, plain.loss)


def test_linear_ramp(few):
    model = MLP(0)
    result = range_test(model, few, OPTIMIZERS["SGD"](model), low=0.01, high=0.1, steps=10, ramp="linear", **QUIET)
    np.testing.assert_allclose(result.lr, np.linspace(0.01, 0.1, 10))


def test_groups_keep_their_ratio(few):
    model, seen = MLP(0), []
    optimizer = OPTIMIZERS["two groups"](model)
    optimizer.register_step_pre_hook(lambda o, *_: seen.append([group["lr"] for group in o.param_groups]))
    result = range_test(model, few, optimizer, high=0.1, steps=10, **QUIET)
    np.testing.assert_allclose(seen, np.outer(result.lr, [1, 10]))


def test_same_seed_same_result_and_another_seed_another(few):
    def test(seed):
        model = MLP(0)
        return range_test(model, few, OPTIMIZERS["SGD"](model), steps=20, seed=seed, **QUIET).loss.tolist()

    assert test(1) == test(1) != test(2)


# ---- what stops it


def test_stops_where_the_smoothed_loss_is_many_times_its_lowest(few):
    model = MLP(0)
    result = range_test(model, few, OPTIMIZERS["SGD"](model), high=100, diverge=2, steps=60, **QUIET)
    assert result.stopped == "diverged"
    assert len(result.lr) == len(result.loss) == len(result.smooth_loss) < 60
    assert result.smooth_loss[-1] > 2 * result.smooth_loss.min()
    assert (result.smooth_loss[:-1] <= 2 * np.minimum.accumulate(result.smooth_loss)[:-1]).all()


def test_stops_on_a_loss_that_is_not_finite(few):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))  # no ReLU that dies, and keeps the loss finite
    optimizer = torch.optim.SGD(model.parameters(), lr=1)
    result = range_test(model, few, optimizer, low=1e-3, high=1e38, steps=60, diverge=1e300, **QUIET)
    assert result.stopped == "not finite"
    assert not np.isfinite(result.loss[-1])
    assert np.isfinite(result.loss[:-1]).all()
    assert result.suggestions["minimum_over_10"] is not None  # what is not finite is left out


# ---- what it leaves behind


@pytest.mark.parametrize("make", OPTIMIZERS)
@pytest.mark.parametrize("used", [False, True], ids=["fresh", "in use"])
def test_everything_is_put_back(few, make, used):
    model = Drops()
    optimizer = OPTIMIZERS[make](model)
    if used:
        train.fit(model, few, optimizer, **QUIET)
        model.layers[4].eval()
    before = everything(model, optimizer)
    range_test(model, few, optimizer, high=100, **QUIET)
    assert_same(before, everything(model, optimizer))


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_training_goes_on_as_if_there_had_been_no_test(few, make):
    runs = []
    for tested in (False, True):
        torch.manual_seed(7)
        model = Drops()
        optimizer = OPTIMIZERS[make](model)
        train.fit(model, few, optimizer, **QUIET)
        if tested:
            range_test(model, few, optimizer, **QUIET)
        runs.append([*train.fit(model, few, optimizer, **QUIET).loss.tolist(), torch.rand(1).item()])
    assert runs[0] == runs[1]


class Centred(nn.Module):
    """Puts a new tensor in the place of its buffer at every step, as hand-written averages do."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(784, 10)
        self.register_buffer("mean", torch.zeros(784))

    def forward(self, images):
        pixels = images.flatten(1)
        self.mean = 0.9 * self.mean + 0.1 * pixels.mean(dim=0)
        return self.layer(pixels - self.mean)


def test_a_buffer_that_is_replaced_comes_back(few):
    model = Centred()
    buffer = model.mean
    range_test(model, few, torch.optim.SGD(model.parameters(), lr=0.1), **QUIET)
    assert model.mean is buffer
    assert not buffer.any()


def test_parameters_of_other_models_keep_their_gradients(few):
    model, other = MLP(0, hidden=4), nn.Parameter(torch.ones(3))
    other.grad = torch.full((3,), 2.0)
    range_test(model, few, torch.optim.Adam([*model.parameters(), other], lr=0.1), **QUIET)
    assert other.tolist() == [1, 1, 1]
    assert other.grad.tolist() == [2, 2, 2]


@pytest.mark.parametrize("ended_by", [KeyboardInterrupt, RuntimeError])
def test_everything_is_put_back_also_when_it_is_cut_short(few, ended_by):
    model = Drops()
    optimizer = OPTIMIZERS["Adam"](model)
    train.fit(model, few, optimizer, **QUIET)
    before, updates = everything(model, optimizer), []

    def stop(*_):
        updates.append(1)
        if len(updates) == 7:
            raise ended_by

    handle = optimizer.register_step_post_hook(stop)
    with pytest.raises(ended_by):
        range_test(model, few, optimizer, **QUIET)
    handle.remove()
    assert_same(before, everything(model, optimizer))


def test_a_scheduler_goes_on_from_where_it_was(few):
    model = MLP(0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2)
    range_test(model, few, optimizer, **QUIET)
    assert scheduler.get_last_lr() == [optimizer.param_groups[0]["lr"]] == [0.1]
    assert optimizer.param_groups[0]["initial_lr"] == 0.1


# ---- what comes of it


@pytest.mark.slow
def test_suggestions_are_those_of_the_three_rules(few):
    model = CNN(0)
    result = range_test(model, few, OPTIMIZERS["SGD"](model), **QUIET)
    assert result.suggestions == suggest.all_of(result.lr, result.smooth_loss)
    assert 1e-4 < result.suggestions["valley"] < 1
    for rule in result.suggestions:
        assert rule in repr(result)


def test_repr_without_an_answer():
    flat = RangeTest(np.geomspace(1, 100, 3), np.arange(3.0), np.arange(3.0), "diverged")
    assert repr(flat) == ("RangeTest(3 rates from 1 to 100, diverged at 100; steepest –, valley –, minimum_over_10 –)")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"low": 0}, "low must be a finite number > 0, got 0"),
        ({"high": float("inf")}, "high must be a finite number > 0, got inf"),
        ({"low": 1, "high": 1}, "high must be a number > low (1), got 1.0"),
        ({"steps": 1}, "steps must be a whole number >= 2, got 1"),
        ({"steps": 0.5}, "steps must be a whole number >= 2, got 0.5"),
        ({"ramp": "log"}, "ramp must be 'exponential' or 'linear', got 'log'"),
        ({"batch_size": 0}, "batch_size must be a whole number >= 1, got 0"),
        ({"smoothing": 1}, "smoothing must be a number >= 0 and < 1, got 1"),
        ({"diverge": 1}, "diverge must be a number > 1, got 1"),
        ({"seed": -1}, "seed must be a whole number >= 0 of at most 63 bits, got -1"),
    ],
)
def test_wrong_argument(few, arguments, sentence):
    model = MLP(0)
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        range_test(model, few, OPTIMIZERS["SGD"](model), **arguments, **QUIET)


def test_wrong_data(few):
    model = MLP(0)
    for images, labels in ((0, 0), (20, 19)):
        broken = replace(few, train_images=few.train_images[:images], train_labels=few.train_labels[:labels])
        with pytest.raises(
            ValueError, match=rf"^data must have training images, each with a label, got {images} images"
        ):
            range_test(model, broken, OPTIMIZERS["SGD"](model), **QUIET)


def test_on_cuda_the_model_comes_back_to_where_it_was(few, cuda):
    model = MLP(0)
    optimizer = OPTIMIZERS["Adam"](model)
    before = everything(model, optimizer)
    range_test(model, few, optimizer, progress=False, device=cuda)
    assert_same(before, everything(model, optimizer))
