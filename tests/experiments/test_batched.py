"""Copies trained together are what each is when trained alone; those that diverge leave the others as they were."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import SGD, Adagrad, Adam, AdamW, NAdam, RMSprop
from torch.optim.lr_scheduler import LambdaLR

from lrlab import data, train
from lrlab.experiments import batched
from lrlab.experiments.batched.mlp import DenseImages, SparseImages, StackedMLP, TwoLayers
from lrlab.models import CNN, MLP
from lrlab.schedules import Constant, Cosine

RTOL = 1e-4
RATES = (1e-3, 0.02, 0.1)
STAYS = Constant(1.0)
TINY = partial(MLP, hidden=12)


@pytest.fixture(scope="module")
def few():
    """Four updates an epoch, the last of 8 images."""
    return data.load("digits", max_train=200, max_val=60)


@pytest.fixture(scope="module")
def thin(few):
    """The same digits in so little ink that the zeros are skipped."""
    return replace(
        few,
        train_images=few.train_images * (few.train_images > 0.7),
        val_images=few.val_images * (few.val_images > 0.7),
    )


def together(model, few, rates=RATES, optimizer=SGD, *, epochs=2, schedule=STAYS, seed=3, tick=None, **arguments):
    """Losses ``(rates, updates)``, validation loss and accuracy."""
    place = few.train_images.device
    rates = np.outer(rates, schedule.curve(train.count_updates(few, epochs=epochs)))
    losses = np.full(rates.shape, np.nan)
    found = batched.train(
        model(seed).to(place),
        few,
        rates,
        losses,
        optimizer=optimizer,
        arguments=arguments,
        batch_size=64,
        seed=seed,
        tick=tick or (lambda: None),
    )
    return losses, *found


def alone(model, few, lr, optimizer=SGD, *, epochs=2, schedule=STAYS, seed=3, **arguments):
    network = model(seed)
    update = optimizer(network.parameters(), lr=lr, **arguments)
    device = few.train_images.device
    scheduler = schedule.attach(update, scale=lr)
    return train.fit(network, few, update, scheduler=scheduler, epochs=epochs, seed=seed, device=device, progress=False)


def assert_as_alone(model, few, rates, *args, rtol=RTOL, **kwargs):
    losses, val_loss, val_accuracy = together(model, few, rates, *args, **kwargs)
    for i, lr in enumerate(rates):
        run = alone(model, few, lr, *args, **kwargs)
        np.testing.assert_allclose(losses[i], run.loss, rtol=rtol)
        np.testing.assert_allclose(val_loss[i], run.val_loss[-1], rtol=rtol)
        assert val_accuracy[i] == pytest.approx(run.val_accuracy[-1], abs=0.5 / len(few.val_labels))
    assert len({*losses[:, -1]}) == len(rates)  # each had its own rate


@pytest.mark.parametrize(("optimizer", "arguments"), [(SGD, {"momentum": 0.9}), (Adam, {}), (SGD, {"nesterov": False})])
@pytest.mark.slow
def test_copies_that_are_dropped_and_branched_are_what_they_are_one_by_one(few, optimizer, arguments, monkeypatch):
    def walk():
        copies = batched.copies_of(TINY(3), few, optimizer, arguments)(TINY(3), 3)
        places, rates = torch.arange(192).split(32), np.array(RATES)
        for batch in places[:3]:
            copies.update(batch, rates)
        copies.keep([2, 0, 2])  # the second is dropped, the third goes on twice
        for batch in places[3:]:
            copies.update(batch, np.array([0.1, 0.05, 0.001]))
        return copies.losses([0, 1, 2, 0])

    stacked = walk()
    monkeypatch.setattr(batched.copies, "can_train", lambda *_: False)
    apart = walk()
    np.testing.assert_allclose(stacked, apart, rtol=RTOL)
    assert len(set(apart.round(6))) == 3, "three different runs"
    assert stacked[0] == stacked[3]


OPTIMIZERS = {
    "SGD": (SGD, RATES, {}),
    "momentum": (SGD, RATES, {"momentum": 0.9}),
    "nesterov": (SGD, RATES, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    "dampening": (SGD, RATES, {"momentum": 0.9, "dampening": 0.5, "weight_decay": 0.01}),
    "maximize": (SGD, (1e-4, 1e-3), {"maximize": True, "weight_decay": 10.0}),
    "Adam": (Adam, (1e-4, 1e-3, 1e-2), {}),
    "Adam decay": (Adam, (1e-4, 1e-3, 1e-2), {"betas": (0.8, 0.99), "weight_decay": 0.1, "amsgrad": True}),
    "AdamW": (AdamW, (1e-4, 1e-3, 1e-2), {"weight_decay": 0.1}),
    "foreach": (AdamW, (1e-4, 1e-3, 1e-2), {"foreach": True}),
    "Adagrad": (Adagrad, (1e-3, 1e-2), {"lr_decay": 0.1}),
    "RMSprop": (RMSprop, (1e-4, 1e-3), {"momentum": 0.9}),
    "NAdam": (NAdam, (1e-4, 1e-3), {}),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("ink", ["few", "thin"])
def test_the_mlp_as_alone(name, ink, request):
    optimizer, rates, arguments = OPTIMIZERS[name]
    assert_as_alone(TINY, request.getfixturevalue(ink), rates, optimizer, **arguments)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["SGD", "momentum", "Adam"])
def test_the_cnn_as_alone(name, few):
    optimizer, rates, arguments = OPTIMIZERS[name]
    assert_as_alone(CNN, few, rates, optimizer, **arguments)


NIGHT = pytest.mark.nightly(
    reason="a CNN in double precision, twelve times; with Adam, and the MLP with each, every time"
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "name"),
    [
        *(pytest.param(TINY, name, id=f"MLP-{name}") for name in OPTIMIZERS),
        *(pytest.param(CNN, name, id=f"CNN-{name}", marks=() if name == "Adam" else NIGHT) for name in OPTIMIZERS),
    ],
)
def test_in_double_precision_only_the_last_digits_differ(model, name, few, thin):
    """In single precision rounding now and then tips a ReLU or the greatest of four over: then losses part for good."""
    optimizer, rates, arguments = OPTIMIZERS[name]
    for images in (few, thin):
        exact = replace(images, train_images=images.train_images.double(), val_images=images.val_images.double())
        assert_as_alone(lambda seed: model(seed).double(), exact, rates, optimizer, rtol=1e-10, **arguments)


@pytest.mark.parametrize(("model", "width"), [(TINY, 32), (CNN, 4)])
@pytest.mark.slow
def test_more_copies_than_one_stack_holds(model, width, few):
    rates = np.geomspace(1e-3, 0.1, width + 1)
    losses, val_loss, _ = together(model, few, rates, epochs=1)
    for i in (0, width - 1, width):
        run = alone(model, few, rates[i], epochs=1)
        np.testing.assert_allclose(losses[i], run.loss, rtol=RTOL)
        np.testing.assert_allclose(val_loss[i], run.val_loss[-1], rtol=RTOL)


def test_the_rates_follow_a_schedule(few):
    assert_as_alone(TINY, few, RATES, schedule=Cosine(1.0, T_max=8))


def test_rare_ink_is_what_skips_the_zeros(few, thin):
    ink = torch.arange(784)[(few.train_images != 0).any(dim=0).flatten()]
    assert isinstance(StackedMLP.images(few, ink)[0], DenseImages)
    assert isinstance(StackedMLP.images(thin, ink)[0], SparseImages)


def test_sparse_and_dense_batches_are_the_same_matrix(thin):
    ink = torch.arange(100, 700)
    chosen = torch.tensor([5, 0, 17])
    dense, dense_transposed = DenseImages(thin.train_images, ink).batch(chosen, 2)
    sparse, sparse_transposed = SparseImages(thin.train_images, ink).batch(chosen, 2)
    assert dense.shape == (3, 601)
    assert (dense[:, -1] == 1).all()
    for matrix, other in ((dense, sparse), (dense_transposed, sparse_transposed)):
        for copies in (1, 2):  # the last stack may hold fewer than the list was made for
            tables = torch.randn(copies, matrix.shape[1], 6)
            torch.testing.assert_close(other @ tables, matrix @ tables)


@pytest.mark.parametrize("images", [DenseImages, SparseImages])
def test_gradients_against_differences(images):
    torch.manual_seed(0)
    pictures = (torch.rand(5, 1, 28, 28) * (torch.rand(5, 1, 28, 28) > 0.8)).double()
    batch = images(pictures, torch.arange(300, 310)).batch(torch.arange(4), 2)
    shapes = (2, 11, 3), (2, 10, 3), (2, 10, 1)
    parameters = [torch.randn(shape, dtype=torch.float64, requires_grad=True) for shape in shapes]
    assert torch.autograd.gradcheck(lambda *p: TwoLayers.apply(*p, *batch), parameters)


def test_images_without_any_ink(few):
    blank = replace(few, train_images=few.train_images * 0, val_images=few.val_images * 0)
    assert_as_alone(TINY, blank, RATES)


# ---- divergence


@pytest.mark.parametrize("name", ["SGD", "momentum", "Adam"])
@pytest.mark.parametrize("ink", ["few", "thin"])
def test_a_run_that_diverges_changes_nothing_for_the_others(name, ink, request):
    images = request.getfixturevalue(ink)
    optimizer, (_, low, high), arguments = OPTIMIZERS[name]
    rates = np.outer((low, low / 2, high, high / 2), np.ones(8))
    rates[0, 0] = rates[2, 3] = 1e30  # at once, and when each has a state of its own
    losses = np.full((4, 8), np.nan)
    same = {"optimizer": optimizer, "arguments": arguments, "batch_size": 64, "seed": 0, "tick": lambda: None}
    val_loss, _ = batched.train(TINY(0), images, rates, losses, **same)
    for i, own in enumerate(rates):
        network = TINY(0)
        update = optimizer(network.parameters(), lr=1.0, **arguments)
        scheduler = LambdaLR(update, lambda n, own=own: own[min(n, 7)])
        run = train.fit(network, images, update, scheduler=scheduler, epochs=2, device="cpu", progress=False)
        assert run.diverged == (i in (0, 2))
        good = len(run.loss) - run.diverged
        np.testing.assert_allclose(losses[i, :good], run.loss[:good], rtol=RTOL)
        assert np.isnan(losses[i, good:]).all()
        np.testing.assert_allclose(val_loss[i], np.nan if run.diverged else run.val_loss[-1], rtol=RTOL)


def test_once_all_have_diverged_it_is_over(few):
    ticks = []
    losses, val_loss, _ = together(TINY, few, (1e30, 1e31), epochs=10, tick=lambda: ticks.append(1))
    assert np.isnan(val_loss).all()
    assert np.isnan(losses[:, -1]).all()
    assert len(ticks) < 10


# ---- around it


def test_the_network_and_the_random_state_are_left_alone(few):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    network = MLP(0, hidden=8)
    weights = [p.clone() for p in network.parameters()]
    together(lambda seed: network, few)
    assert all(torch.equal(a, b) for a, b in zip(weights, network.parameters(), strict=True))
    assert torch.equal(torch.get_rng_state(), before)


def test_an_interruption_keeps_the_losses_until_then(few):
    ticks = []

    def tick():
        ticks.append(1)
        if len(ticks) == 3:
            raise KeyboardInterrupt

    rates = np.full((2, 8), 0.1)
    losses = np.full((2, 8), np.nan)
    with pytest.raises(KeyboardInterrupt):
        batched.train(TINY(0), few, rates, losses, optimizer=SGD, arguments={}, batch_size=64, seed=0, tick=tick)
    assert np.isfinite(losses[:, :3]).all()
    assert np.isnan(losses[:, 3:]).all()


class Wider(MLP):
    def forward(self, images):
        return 2 * super().forward(images)


def changed(network, change):
    change(network)
    return network


@pytest.mark.parametrize(
    ("network", "optimizer", "answer"),
    [
        (MLP(0), SGD, True),
        (MLP(0, hidden=5), partial(SGD, momentum=0.9), True),
        (CNN(0), AdamW, True),
        (Wider(0), SGD, False),
        (nn.Sequential(MLP(0)), SGD, False),
        (changed(MLP(0), lambda m: m.layers.append(nn.Dropout(0.5))), SGD, False),
        (changed(MLP(0), lambda m: m.layers[1].weight.requires_grad_(False)), SGD, False),
        (MLP(0).double(), SGD, False),  # beside images in single precision
        (MLP(0).half(), SGD, False),
        (MLP(0), torch.optim.LBFGS, False),
        (MLP(0), torch.optim.Adafactor, False),
        (MLP(0), lambda parameters, lr: SGD(parameters, lr=lr), False),
    ],
    ids=range(12),
)
def test_what_it_can_train(network, optimizer, answer, few):
    assert batched.can_train(network, few, optimizer) is answer
    assert not batched.can_train(network, replace(few, val_images=few.val_images[..., :20]), optimizer)


def test_it_can_train_in_double_precision(few):
    exact = replace(few, train_images=few.train_images.double(), val_images=few.val_images.double())
    assert batched.can_train(CNN(0).double(), exact, SGD)
    assert not batched.can_train(CNN(0), exact, SGD)
    assert not batched.can_train(CNN(0).double(), replace(exact, val_images=few.val_images), SGD)


def test_a_partial_brings_its_arguments(few):
    fast, *_ = together(TINY, few, RATES, partial(SGD, momentum=0.9))
    same, *_ = together(TINY, few, RATES, SGD, momentum=0.9)
    assert fast.tolist() == same.tolist()


def test_wrong_arguments_are_the_optimizers_own_errors(few):
    with pytest.raises(ValueError, match="Invalid momentum value: -1"):
        together(TINY, few, RATES, SGD, momentum=-1)
    with pytest.raises(TypeError, match="spin"):
        together(TINY, few, RATES, Adam, spin=1)


@pytest.mark.slow
@pytest.mark.parametrize(("optimizer", "rates"), [(SGD, (0.01, 0.1)), (Adam, (1e-4, 1e-3))], ids=["SGD", "Adam"])
def test_on_mnist(optimizer, rates, mnist_root):
    some = data.load("mnist", root=mnist_root, max_train=64 * 30, max_val=500)
    assert_as_alone(MLP, some, rates, optimizer, epochs=1)


@pytest.mark.parametrize("model", [TINY, CNN], ids=["MLP", "CNN"])
@pytest.mark.parametrize("name", ["SGD", "momentum", "Adam"])
def test_on_cuda(model, name, few, cuda):
    optimizer, rates, arguments = OPTIMIZERS[name]
    assert_as_alone(model, few.to(cuda), rates, optimizer, **arguments)
