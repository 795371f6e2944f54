"""The two networks: shapes, sizes, and weights that depend on the seed alone."""

import pytest
import torch

from lrlab.models import CNN, MLP

BOTH = pytest.mark.parametrize("model", [MLP, CNN])


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


@BOTH
def test_logits_for_each_image(model):
    assert model()(torch.rand(5, 1, 28, 28)).shape == (5, 10)


@pytest.mark.parametrize(("model", "count"), [(MLP(), 101_770), (CNN(), 9_098), (MLP(hidden=3), 784 * 3 + 3 + 40)])
def test_size_as_documented(model, count):
    assert len(weights(model)) == count
    assert all(p.requires_grad for p in model.parameters())


@BOTH
def test_the_seed_alone_decides(model):
    torch.manual_seed(1)
    first = weights(model(7))
    torch.manual_seed(2)
    assert torch.equal(weights(model(7)), first)
    assert not torch.equal(weights(model(8)), first)
    assert torch.equal(weights(model()), weights(model(0)))


@BOTH
def test_the_global_random_state_is_left_alone(model):
    before = torch.get_rng_state()
    model(3)
    assert torch.equal(torch.get_rng_state(), before)


@BOTH
@pytest.mark.parametrize("seed", [-1, 1.5, "0", None, True])
def test_wrong_seed(model, seed):
    with pytest.raises(ValueError, match=f"^seed must be a whole number >= 0 of at most 63 bits, got {seed!r}$"):
        model(seed)


def test_wrong_width():
    with pytest.raises(ValueError, match=r"^hidden must be a whole number >= 1, got 0$"):
        MLP(hidden=0)
