"""Everything that trains does so on another device than the CPU, with the CPU's results: here a pretended one."""

import copy
from functools import partial

import numpy as np
import pytest
import torch
from support import pretended
from torch.optim import SGD, Adagrad, Adam, NAdam

from lrlab import adaptive, data, devices, plots, train
from lrlab.experiments import (
    Recipe,
    batch_size_grid,
    batched,
    compare,
    compare_warmup,
    range_test,
    snapshots,
    sweep,
)
from lrlab.experiments.batched.cnn import StackedCNN
from lrlab.experiments.warmup import dead_units
from lrlab.models import CNN, MLP
from lrlab.schedules import Cosine, ReduceOnPlateau

PLACES = ("cpu", pretended.NAME)
TINY = partial(MLP, hidden=12)
OPTIMIZERS = {
    "SGD": (SGD, {}),
    "momentum": (SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 1e-2}),
    "Adam": (Adam, {}),
    "NAdam": (NAdam, {}),
    "Adagrad": (Adagrad, {}),
}
EVERY = pytest.mark.parametrize("name", OPTIMIZERS)
NIGHT = pytest.mark.nightly(reason="each takes two seconds; the others are in every run")
MODELS = pytest.mark.parametrize("model", [TINY, CNN], ids=["MLP", "CNN"])


@pytest.fixture(scope="module")
def few():
    return data.load("digits", max_train=200, max_val=60)


@pytest.fixture(autouse=True)
def device():
    pretended.register()
    # `model.to` then moves the parameters themselves, which an optimizer holds on to, as it does to a GPU.
    torch.__future__.set_swap_module_params_on_conversion(True)
    try:
        with pretended.Pretended():
            yield torch.device(pretended.NAME, 0)
    finally:
        torch.__future__.set_swap_module_params_on_conversion(False)


def test_the_device_is_as_strict_as_a_gpu(device):
    there = torch.arange(6.0).reshape(2, 3).to(device)
    assert (there.device, (2 * there).sum().item()) == (device, 30)
    with pytest.raises(RuntimeError, match="same device"):
        there + torch.ones(3)
    with pytest.raises(RuntimeError, match="numpy"):
        there.numpy()
    np.testing.assert_array_equal(there.T.cpu().numpy(), [[0, 3], [1, 4], [2, 5]])


@EVERY
@MODELS
def test_fit_moves_model_and_optimizer(few, model, name):
    optimizer, arguments = OPTIMIZERS[name]

    def losses(place):
        network = model(0)
        update = optimizer(network.parameters(), lr=0.01, **arguments)  # Adagrad has its sums from here on, on the CPU
        history = train.fit(network, few, update, epochs=2, progress=False, device=place)
        assert {parameter.device.type for parameter in network.parameters()} == {place}
        return np.concatenate([history.loss, history.val_loss, history.val_accuracy])

    np.testing.assert_array_equal(*map(losses, PLACES))


@EVERY
def test_fit_goes_on_elsewhere(few, name):
    optimizer, arguments = OPTIMIZERS[name]

    def losses(*places):
        network = TINY(0)
        update = optimizer(network.parameters(), lr=0.01, **arguments)
        runs = [train.fit(network, few, update, seed=i, progress=False, device=at) for i, at in enumerate(places)]
        return np.concatenate([run.loss for run in runs])

    np.testing.assert_array_equal(losses("cpu", "cpu"), losses("cpu", pretended.NAME))


@pytest.mark.parametrize("name", ["Adam", "Adagrad"])
def test_range_test_moves_model_and_optimizer_and_puts_both_back(few, name):
    optimizer, arguments = OPTIMIZERS[name]

    def losses(place):
        network = TINY(0)
        update = optimizer(network.parameters(), lr=0.01, **arguments)
        before = [parameter.detach().clone() for parameter in network.parameters()]
        kept = {parameter: copy.deepcopy(state) for parameter, state in update.state.items()}
        found = range_test(network, few, update, progress=False, device=place)
        assert {parameter.device.type for parameter in network.parameters()} == {"cpu"}
        assert all(torch.equal(a, b) for a, b in zip(before, network.parameters(), strict=True))
        assert len(update.state) == len(kept)
        for parameter, state in kept.items():
            assert all(torch.equal(value, update.state[parameter][key]) for key, value in state.items())
        return found.loss

    np.testing.assert_array_equal(*map(losses, PLACES))


@pytest.mark.parametrize(
    ("model", "name"),
    [
        *(pytest.param(TINY, name, id=f"MLP-{name}") for name in OPTIMIZERS),
        *(pytest.param(CNN, name, id=f"CNN-{name}") for name in ("SGD", "Adam")),
        *(pytest.param(CNN, name, marks=NIGHT, id=f"CNN-{name}") for name in ("momentum", "NAdam", "Adagrad")),
    ],
)
def test_sweep_at_once(few, model, name):
    optimizer, arguments = OPTIMIZERS[name]
    # The last run diverges and leaves the stack.
    how = {"model": model, "optimizer": optimizer, "epochs": 2, "batch_size": 32, "progress": False, **arguments}
    here, there = (sweep([1e-3, 0.01, 1e30], few, seeds=(0, 3), device=place, **how) for place in PLACES)
    assert there.together is batched.can_train(model(0), few, partial(optimizer, **arguments))
    assert here.diverged[2].all()
    np.testing.assert_array_equal(there.diverged, here.diverged)
    np.testing.assert_allclose(there.loss, here.loss, rtol=1e-4)
    np.testing.assert_allclose(there.val_loss, here.val_loss, rtol=1e-4)


def test_a_sweep_of_cnns_there_is_one_stack(few, monkeypatch):
    kept = []
    losses = StackedCNN.losses
    monkeypatch.setattr(StackedCNN, "losses", lambda stack, *batch: kept.append(len(stack)) or losses(stack, *batch))
    rates = np.geomspace(1e-3, 0.1, 6)
    here, there = (sweep(rates, few, model=CNN, progress=False, device=place) for place in PLACES)
    assert kept == 4 * [4, 2] + 4 * [6]
    np.testing.assert_allclose(there.loss, here.loss, rtol=1e-4)


def test_sweep_of_another_model(few):
    def other(seed):
        torch.manual_seed(seed)
        return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10))

    here, there = (sweep([1e-3, 0.01], few, model=other, progress=False, device=place) for place in PLACES)
    assert not there.together
    np.testing.assert_array_equal(there.loss, here.loss)


def test_compare(few):
    schedules = {"cosine": Cosine(1, T_max=8), "plateau": ReduceOnPlateau(1.0, patience=0)}
    optimizers = {"SGD": Recipe(lr=0.1, arguments={"momentum": 0.9}), "Adagrad": Recipe(Adagrad, lr=0.01)}
    how = {"optimizer": optimizers, "model": TINY, "epochs": 2, "seeds": (0, 1), "progress": False}
    here, there = (compare(schedules, few, device=place, **how) for place in PLACES)
    assert len(here.labels) == 4
    for label in here.labels:
        for one, other in zip(here.histories[label], there.histories[label], strict=True):
            np.testing.assert_array_equal(one.val_loss, other.val_loss)


def test_warmup_and_batch_size(few):
    for experiment in (
        partial(compare_warmup, few, lr=[0.1, 0.5], warmup=3, epochs=2, seeds=(0, 1), model=TINY),
        partial(batch_size_grid, [0.01, 0.1], [32, 64], few, epochs=2, seeds=(0, 1), model=TINY),
    ):
        here, there = (experiment(progress=False, device=place) for place in PLACES)
        np.testing.assert_allclose(there.val_loss, here.val_loss, rtol=1e-4)


def test_a_model_there_and_images_here(few, device):
    def found(network):
        return *train.evaluate(network, few), dead_units(network, few.val_images)

    here = found(TINY(0))
    assert found(TINY(0).to(device)) == here
    network = TINY(0).to(device)
    train.evaluate(network, few.to(device))
    assert devices.device_of(network) == device
    assert devices.device_of(torch.nn.ReLU()) == torch.device("cpu")


def test_pictures_of_images_there(few, device):
    there = few.to(device)
    plots.digits(there.val_images[:3], there.val_labels[:3])


def test_snapshots(few):
    how = {"cycles": 2, "epochs": 4, "independent": ("short",), "progress": False}
    here, there = (snapshots(few, device=place, **how) for place in PLACES)
    np.testing.assert_array_equal(there.probabilities, here.probabilities)
    assert {value.device.type for value in there.states[0][0].values()} == {"cpu"}
    images = few.to(pretended.NAME).val_images
    plots.disagreements(there.disputed(), images, most=3)


@pytest.mark.parametrize("name", [name for name in adaptive.__all__ if name.endswith("_step")])
def test_update_rules(name):
    rule = getattr(adaptive, name)

    def after(place):
        param, state = torch.linspace(-1, 1, 6, device=place).reshape(2, 3), None  # Muon wants a matrix
        for scale in range(1, 6):
            param, state = rule(param, scale * param**2, state)
        return param.cpu().numpy()

    np.testing.assert_array_equal(*map(after, PLACES))
