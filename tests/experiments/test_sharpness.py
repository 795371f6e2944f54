"""Sharpness against the eigenvalues of the whole Hessian, and along gradient descent."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from lrlab import data, experiments, plots
from lrlab.experiments.sharpness import squared_error
from lrlab.schedules import Constant, LinearWarmup


def small(seed=0):
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 3)).double()
    return model, torch.randn(20, 5).double(), torch.randint(3, (20,))


@pytest.mark.parametrize("loss", [cross_entropy, squared_error])
def test_is_the_largest_eigenvalue_of_the_whole_hessian(loss):
    model, images, labels = small()
    params = dict(model.named_parameters())
    shapes = [(name, p.shape, p.numel()) for name, p in params.items()]

    def value(flat):
        parts = flat.split([count for _, _, count in shapes])
        given = {name: part.view(shape) for (name, shape, _), part in zip(shapes, parts, strict=True)}
        return loss(torch.func.functional_call(model, given, (images,)), labels)

    flat = torch.cat([p.detach().flatten() for p in params.values()])
    whole = torch.linalg.eigvalsh(torch.autograd.functional.hessian(value, flat))[-1].item()
    assert experiments.sharpness(model, images, labels, loss=loss) == pytest.approx(whole, rel=1e-6)
    assert experiments.sharpness(model, images, labels, loss=loss, iterations=3) < whole
    assert all(p.grad is None for p in model.parameters())


def test_of_a_bowl_is_its_curvature():
    line = nn.Linear(1, 1, bias=False)
    images, labels = torch.tensor([[3.0]]), torch.tensor([[1.0]])
    found = experiments.sharpness(line, images, labels, loss=lambda out, y: ((out - y) ** 2).mean())
    assert found == pytest.approx(18)


def test_no_images():
    model, images, labels = small()
    with pytest.raises(ValueError, match=r"^images must be one or more, got none$"):
        experiments.sharpness(model, images[:0], labels[:0])


@pytest.fixture(scope="module")
def runs():
    digits = data.load("digits", max_train=150, max_val=50)
    plan = {
        "low": Constant(0.01),
        "high": Constant(1.0),
        "too high": Constant(40.0),
        "warm": LinearWarmup(1, warmup=50),
    }
    return experiments.track_sharpness(
        plan, digits, updates=150, every=15, images=150, hidden=8, seeds=(0, 1), progress=False, cache=False
    )


@pytest.mark.slow
def test_tracks_rates_losses_and_divergence(runs):
    assert runs.step.tolist() == list(range(0, 150, 15))
    assert runs.limit[0].tolist() == pytest.approx([200] * 10)
    assert runs.limit[3, 0] == pytest.approx(100)
    assert (np.diff(runs.loss[0], axis=1) < 0).all()
    assert np.isfinite(runs.sharpness[:2]).all()
    assert np.isnan(runs.loss[2, :, -1]).all()
    assert runs.late("low").max() < 0.1
    assert 0.9 < runs.late("high").min() <= runs.late("high").max() < 1.4, "it hovers around 2 / rate"
    # All start from the same weights.
    assert np.ptp(runs.sharpness[:, :, 0], axis=0).tolist() == [0, 0]
    assert "2 / rate" in str(runs)
    assert str(runs).startswith("MLP of 8 tanh units, gradient descent on all 150 images, 150 updates\n")


@pytest.mark.slow
def test_has_a_plot(runs):
    axes = plots.sharpness(runs)
    assert [ax.get_ylabel() for ax in axes] == ["training loss", "sharpness"]
    shown = {line.get_label().lstrip("_"): line for line in axes[1].lines}
    np.testing.assert_allclose(shown["high"].get_ydata(), runs.sharpness[1].mean(axis=0))
    np.testing.assert_allclose(shown["2 / rate: high"].get_ydata(), runs.limit[1])
    with pytest.raises(ValueError, match=r"^axes must be two matplotlib Axes, got 1$"):
        plots.sharpness(runs, axes=axes[:1])


def test_no_schedules():
    with pytest.raises(ValueError, match=r"^schedules must have at least one schedule, got none$"):
        experiments.track_sharpness({}, data.load("digits", max_train=20, max_val=10))
