"""Lion, Muon, schedule-free and Prodigy against torch's class, or the in-place formulas of the authors' code."""

import math

import numpy as np
import pytest
import torch

from lrlab.adaptive import (
    lion_step,
    muon_step,
    prodigy_step,
    schedule_free_adamw_step,
    schedule_free_sgd_step,
)
from lrlab.adaptive.since_2020 import orthogonalized


def gradients(steps, shape, seed=0):
    return np.random.default_rng(seed).normal(size=(steps, *shape))


def walk(rule, start, grads, **options):
    param, state, path = start, None, []
    for grad in grads:
        param, state = rule(param, grad, state, **options)
        path.append(param)
    return np.array(path), state


@pytest.mark.parametrize("shape", [(4, 7), (7, 4), (5, 5)])
@pytest.mark.parametrize("options", [{}, {"nesterov": False, "adjust_lr_fn": "match_rms_adamw", "weight_decay": 0.3}])
def test_muon_is_torchs(shape, options, monkeypatch):
    # Torch orthogonalizes in bfloat16; in double precision the two agree to rounding.
    monkeypatch.setattr(torch.Tensor, "bfloat16", lambda self: self.clone())
    grads = gradients(12, shape)
    param = torch.ones(shape, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.Muon([param], lr=0.1, **options)
    ours, state = walk(muon_step, torch.ones(shape, dtype=torch.float64), torch.tensor(grads), lr=0.1, **options)
    for grad, mine in zip(grads, ours, strict=True):
        param.grad = torch.tensor(grad)
        optimizer.step()
        np.testing.assert_allclose(mine, param.detach().numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(state["momentum_buffer"], optimizer.state[param]["momentum_buffer"], rtol=1e-12)
    arrays, _ = walk(muon_step, np.ones(shape), grads, lr=0.1, **options)
    np.testing.assert_allclose(arrays, ours, rtol=1e-9)


def test_orthogonalized_has_singular_values_near_one():
    for shape in [(6, 30), (30, 6)]:
        found = np.linalg.svd(orthogonalized(gradients(1, shape)[0]), compute_uv=False)
        assert ((found > 0.6) & (found < 1.25)).all()


def test_muon_takes_matrices_only():
    with pytest.raises(ValueError, match=r"^param must be a matrix for Muon, got shape \(3,\)$"):
        muon_step(np.ones(3), np.ones(3))


def test_lion_moves_each_coordinate_by_the_rate():
    grads = gradients(30, (5,))
    path, _ = walk(lion_step, np.zeros(5), grads, lr=0.5)
    assert np.abs(np.diff(path, axis=0)).tolist() == np.full((29, 5), 0.5).tolist()
    momentum = np.zeros(5)  # algorithm 2 of the paper, in place
    param = np.ones(5)
    ours, state = walk(lion_step, np.ones(5), grads, lr=0.1, betas=(0.8, 0.95), weight_decay=0.2)
    for grad, mine in zip(grads, ours, strict=True):
        update = np.sign(momentum * 0.8 + grad * 0.2) + 0.2 * param
        param = param - 0.1 * update
        momentum = momentum * 0.95 + grad * 0.05
        np.testing.assert_allclose(mine, param, rtol=1e-12)
    np.testing.assert_allclose(state["exp_avg"], momentum, rtol=1e-12)


def authors_schedule_free(start, grads, rates, beta, decay, scale=lambda grad, k: grad):
    """The authors' code, which updates y and z in place and never computes x."""
    y, z, total, highest = start.copy(), start.copy(), 0.0, 0.0
    path = []
    for k, (grad, lr) in enumerate(zip(grads, rates, strict=True)):
        highest = max(lr, highest)
        weight = highest**2
        total += weight
        c = weight / total
        g = scale(grad, k) + decay * y
        y += c * (z - y)
        y += lr * (beta * (1 - c) - 1) * g
        z -= lr * g
        path.append(y.copy())
    return np.array(path), z


@pytest.mark.parametrize("rates", [np.full(40, 0.3), np.minimum(1, np.arange(1, 41) / 10) * 0.3])
def test_schedule_free_sgd_is_the_authors(rates):
    grads, start = gradients(40, (6,)), np.ones(6)
    param, state, path = start, None, []
    for grad, lr in zip(grads, rates, strict=True):
        param, state = schedule_free_sgd_step(param, grad, state, lr=lr, momentum=0.8, weight_decay=0.1)
        path.append(param)
    theirs, z = authors_schedule_free(start, grads, rates, 0.8, 0.1)
    np.testing.assert_allclose(path, theirs, rtol=1e-10)
    np.testing.assert_allclose(state["z"], z, rtol=1e-10)


def test_schedule_free_evaluates_the_mean_of_all_points():
    grads = gradients(25, (3,))
    param, state, points = np.zeros(3), None, []
    for grad in grads:
        param, state = schedule_free_sgd_step(param, grad, state, lr=0.1)
        points.append(state["z"])
        np.testing.assert_allclose(state["x"], np.mean(points, axis=0), rtol=1e-10)


def test_schedule_free_adamw_is_the_authors():
    grads, start, v = gradients(40, (6,)), np.ones(6), np.zeros(6)

    def scaled(grad, k):
        v[:] = 0.99 * v + 0.01 * grad**2
        return grad / (np.sqrt(v / (1 - 0.99 ** (k + 1))) + 1e-8)

    options = {"lr": 0.02, "betas": (0.85, 0.99), "weight_decay": 0.1}
    ours, state = walk(schedule_free_adamw_step, start, grads, **options)
    theirs, z = authors_schedule_free(start, grads, [0.02] * 40, 0.85, 0.1, scaled)
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)
    np.testing.assert_allclose(state["z"], z, rtol=1e-10)
    np.testing.assert_allclose(state["exp_avg_sq"], v, rtol=1e-10)


def test_prodigy_is_the_authors():
    """The authors' loop, with numerator and denominator kept as they keep them."""
    target = np.linspace(-2, 2, 8)
    param, state = np.zeros(8), None
    p, m, v, s = np.zeros(8), np.zeros(8), np.zeros(8), np.zeros(8)
    d, d_max, numerator, d0, beta3 = 1e-6, 1e-6, 0.0, 1e-6, math.sqrt(0.999)
    for _ in range(200):
        param, state = prodigy_step(param, param - target, state, weight_decay=0.01)
        grad, dlr = p - target, d
        numerator = numerator * beta3 + (d / d0) * dlr * np.dot(grad, -p)
        m = 0.9 * m + 0.1 * d * grad
        v = 0.999 * v + 0.001 * d * d * grad * grad
        s = beta3 * s + (d / d0) * dlr * grad
        d_hat = numerator / np.abs(s).sum()
        if d == d0:
            d = max(d, d_hat)
        d_max = max(d_max, d_hat)
        d = d_max
        p = p - 0.01 * dlr * p
        p = p - dlr * m / (np.sqrt(v) + d * 1e-8)
        np.testing.assert_allclose(param, p, rtol=1e-8, atol=1e-12)
        assert state["d"] == pytest.approx(d, rel=1e-9)
    assert d > 1000 * d0, "it finds its rate"


def test_prodigy_waits_for_a_gradient():
    param, state = prodigy_step(np.ones(2), np.zeros(2))
    assert param.tolist() == [1, 1]
    assert state["d"] == 1e-6
