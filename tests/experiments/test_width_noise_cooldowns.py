"""Rates across width, gradient noise and cool-downs: the arithmetic of each, on runs of a few updates."""

import numpy as np
import pytest
import torch
from torch import nn

from lrlab import data, experiments, models, plots
from lrlab.experiments._loop import batches, update
from lrlab.experiments.width import network
from lrlab.schedules import WarmupStableDecay
from lrlab.train import evaluate

QUICK = {"progress": False, "cache": False}


@pytest.fixture(scope="module")
def few():
    return data.load("digits", max_train=240, max_val=60)


@pytest.mark.slow
def test_width_transfer(few):
    found = experiments.width_transfer([0.001, 0.03], [4, 16], few, updates=8, seeds=(0, 1), **QUICK)
    assert found.loss.shape == (2, 2, 2, 2)
    assert found.loss[0, 0].tolist() == found.loss[1, 0].tolist(), "at the narrowest width both are the same"
    assert (found.loss[0, 1] != found.loss[1, 1]).all()
    assert found.price("mup")[0] == 0
    assert set(found.best("standard")) <= {0.001, 0.03}
    assert found.best_by_seed("mup").shape == (2, 2)
    assert str(found).startswith("MLP with two hidden layers, Adam, batches of 32, 8 updates\n")
    assert str(found).count("*") == 4 + 1, "one a row, and the legend"
    ax = plots.width_transfer(found)
    assert len(ax) == 2
    for ask in (found.mean, found.best, found.best_by_seed, found.price):
        with pytest.raises(ValueError, match=r"^way must be 'standard' or 'mup', got 'other'$"):
            ask("other")
    model = network(16, 1)  # with all pixels: the experiment leaves out those that are blank in every image
    optimizer = torch.optim.Adam(model.parameters())
    for _, batch in zip(range(8), batches(few, 32, 1), strict=False):
        update(model, optimizer, few, batch, 0.03)
    assert found.loss[0, 1, 1, 1] == pytest.approx(evaluate(model, few)[0], rel=1e-3)


def transfer(loss):
    """A result with the widths 4 and 16, two rates and two seeds: losses under both parametrizations."""
    return experiments.WidthTransfer(
        np.array([0.001, 0.03]), np.array([4, 16]), (0, 1), 8, np.broadcast_to(loss, (2, 2, 2, 2))
    )


def test_a_width_at_which_a_run_diverged_at_each_rate_has_no_best_rate_and_no_mark():
    gone = transfer([[[0.5, 0.7], [0.9, 0.9]], [[np.nan, 0.2], [0.3, np.nan]]])
    assert gone.best("mup").tolist() == pytest.approx([0.001, np.nan], nan_ok=True)
    assert gone.best_by_seed("mup").tolist() == [[0.001, 0.001], [0.03, 0.001]], "each seed came through somewhere"
    assert gone.price("mup").tolist() == pytest.approx([0, np.nan], nan_ok=True)
    for ax in plots.width_transfer(gone):
        marks = [line for line in ax.lines if line.get_marker() == "o"]
        assert [mark.get_xdata().tolist() for mark in marks] == [[0.001]]


def test_a_price_needs_the_best_rate_of_the_narrowest_network():
    one_rate_left = transfer([[[0.5, 0.5], [np.nan, 0.1]], [[0.4, 0.4], [0.25, 0.25]]])
    assert one_rate_left.price("mup").tolist() == pytest.approx([0, 0.15])
    diverged_there = transfer([[[0.5, 0.5], [0.6, 0.6]], [[np.nan, 0.4], [0.25, 0.25]]])
    assert diverged_there.price("mup").tolist() == pytest.approx([0, np.nan], nan_ok=True)
    none_left = transfer([[[np.nan, 0.5], [0.5, np.nan]], [[0.4, 0.4], [0.25, 0.25]]])
    assert np.isnan(none_left.price("mup")).all()
    nothing_left = transfer(np.nan)
    assert np.isnan(nothing_left.price("mup")).all()
    assert [len(ax.lines) for ax in plots.width_transfer(nothing_left)] == [2, 2]


def test_mup_first_update_changes_outputs_alike_at_every_width(few):
    """What μP is for: at one rate, a first update of Adam moves the outputs by much the same at each width."""

    def moved(times, width):
        model = network(width, 0, output_scale=times**-0.5)
        matrices = [layer.weight for layer in model if isinstance(layer, nn.Linear)][1:]
        scaled = {id(weight) for weight in matrices}
        optimizer = torch.optim.Adam(
            [
                {"params": [p for p in model.parameters() if id(p) not in scaled], "lr": 0.001},
                {"params": matrices, "lr": 0.001 / times},
            ]
        )
        before = model(few.train_images).detach()
        nn.functional.cross_entropy(model(few.train_images), few.train_labels).backward()
        optimizer.step()
        return float((model(few.train_images).detach() - before).abs().mean())

    assert moved(16, 1024) < 2 * moved(1, 64)
    assert moved(1, 1024) > 5 * moved(1, 64), "under the standard parametrisation it grows with the width"


def test_noise_scale_of_a_known_gradient():
    """A bias alone: the gradients are softmax minus label, so that their mean and their spread are known."""
    digits = data.load("digits", max_train=400, max_val=20)

    class Bias(nn.Module):
        def __init__(self):
            super().__init__()
            self.bias = nn.Parameter(torch.arange(10.0))

        def forward(self, images):
            return self.bias.expand(len(images), 10)

    model = Bias()
    each = torch.softmax(model.bias.detach(), 0) - nn.functional.one_hot(digits.train_labels, 10).float()
    mean = each.mean(dim=0)
    right = float(((each - mean) ** 2).sum() / (len(each) - 1) / (mean @ mean))
    found = [experiments.noise_scale(model, digits, batch_size=4, count=100, seed=seed) for seed in range(5)]
    assert np.mean(found) == pytest.approx(right, rel=0.05)
    assert model.bias.grad is None
    with pytest.raises(ValueError, match=r"^count must be at least 2 batches of batch_size \(300\) images, got 1$"):
        experiments.noise_scale(model, digits, batch_size=300)


@pytest.mark.slow
def test_updates_to_target(few):
    found = experiments.updates_to_target(
        [0.00001, 0.01], [8, 60], few, target=1.0, images=2400, hidden=16, seeds=(0, 1), **QUICK
    )
    assert np.isnan(found.updates[:, 0]).all(), "at the low rate the images run out"
    assert found.best_lrs.tolist() == [0.01, 0.01]
    assert (found.fewest[1] < found.fewest[0]).all(), "larger batches need fewer updates"
    assert (found.fewest[1] * 60 > found.fewest[0] * 8).all(), "and more images"
    assert "images" in str(found)
    none = experiments.updates_to_target([0.01], [8], few, target=1e-9, images=80, seeds=(0,), **QUICK)
    assert np.isnan(none.best_lrs).all()
    assert "–" in str(none)


@pytest.mark.slow
def test_cooldowns_are_the_runs_that_their_schedules_make(few):
    found = experiments.cooldowns(0.2, [20, 40], few, cosine_lr=0.3, share=0.25, seeds=(0, 1), momentum=0.5, **QUICK)
    assert found.decay.tolist() == [5, 10]
    assert found.updates == (45, 60)
    schedule = WarmupStableDecay(0.2, warmup=0, stable=15, decay=5)
    model = models.MLP(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.5)
    for n, batch in zip(range(20), batches(few, 32, 1), strict=False):
        update(model, optimizer, few, batch, schedule(n))
    assert found.cooled[0, 1] == pytest.approx(evaluate(model, few)[0], rel=1e-5)
    assert np.isfinite([found.plateau, found.cosine]).all()
    assert "45 from one plateau, 60 by cosines" in str(found)
    assert str(found).startswith("MLP, SGD(momentum=0.5), batches of 32\n")
    ax = plots.cooldowns(found)
    assert len(ax.get_legend().get_texts()) == 3


def test_a_cooldown_longer_than_its_budget(few):
    with pytest.raises(ValueError, match=r"^updates must be at least warmup \+ decay \(14\), got 10$"):
        experiments.cooldowns(0.1, [10], few, share=0.4, warmup=10, **QUICK)
