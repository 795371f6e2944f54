"""The training loop: what it records, what it fixes, when it stops."""

import math
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim import SGD, Adagrad, lr_scheduler

from lrlab import data, devices, train
from lrlab.models import CNN, MLP
from lrlab.schedules import Constant, Step, StepDecay
from lrlab.train import History, fit


@pytest.fixture(scope="module")
def few():
    """250 training images: at 64 a batch, four updates an epoch, the last of 58."""
    return data.load("digits", max_train=250, max_val=60)


def train_mlp(few, *, schedule=None, lr=0.1, model_seed=0, **arguments):
    model = MLP(model_seed, hidden=16)
    optimizer = SGD(model.parameters(), lr=lr)
    scheduler = schedule.attach(optimizer) if schedule else None
    return model, fit(model, few, optimizer, scheduler=scheduler, progress=False, device="cpu", **arguments)


class Recorder(nn.Module):
    """Remembers every batch that it trains on: the images it sees, one number each."""

    def __init__(self, dropout=0.0):
        super().__init__()
        self.layer = nn.Sequential(nn.Dropout(dropout), nn.Linear(784, 10))
        self.seen = []

    def forward(self, images):
        if self.training:
            self.seen.append(images.sum(dim=(1, 2, 3)).tolist())
        return self.layer(images.flatten(1))


# ---- what is recorded


def test_lengths_and_meaning(few):
    model, history = train_mlp(few, epochs=3, label="run")
    assert history.step.tolist() == list(range(12))
    assert len(history.lr) == len(history.loss) == 12
    assert history.epoch_end.tolist() == [4, 8, 12]
    assert len(history.val_loss) == len(history.val_accuracy) == 3
    assert (history.val_loss[-1], history.val_accuracy[-1]) == train.evaluate(model, few)
    assert history.loss[0] == pytest.approx(math.log(10), rel=0.1)
    assert history.seconds > 0
    assert not history.diverged
    assert repr(history) == f"History(run: 12 updates, 3 epochs, accuracy {history.val_accuracy[-1]:.2%})"


def test_the_rate_used_by_each_update_is_recorded(few):
    schedule = StepDecay(0.5, decay=0.5, every=3)
    _, history = train_mlp(few, schedule=schedule, epochs=3)
    assert history.lr.tolist() == schedule.curve(12).tolist()


def test_the_rate_recorded_is_the_one_that_moves_the_weights(few):
    model = MLP(0, hidden=4)
    optimizer = SGD(model.parameters(), lr=1.0)
    moved = []

    def before(optimizer, args, kwargs):
        moved.append(optimizer.param_groups[0]["lr"])

    optimizer.register_step_pre_hook(before)
    scheduler = Step(0.3, step_size=2).attach(optimizer)
    history = fit(model, few, optimizer, scheduler=scheduler, epochs=2, progress=False)
    assert history.lr.tolist() == moved


def test_a_schedule_per_epoch(few):
    schedule = Step(0.5, step_size=1, gamma=0.5)
    _, history = train_mlp(few, schedule=schedule, epochs=3, per="epoch")
    assert history.lr.tolist() == np.repeat(schedule.curve(3), 4).tolist()


def test_without_a_schedule_the_optimizers_rate(few):
    _, history = train_mlp(few, lr=0.25)
    assert set(history.lr) == {0.25}


def test_plateau_is_given_the_validation_loss(few):
    model = MLP(0, hidden=16)
    optimizer = SGD(model.parameters(), lr=1e-9)  # nothing improves, by any measure
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.1, patience=0, eps=0)
    seen = []
    step = scheduler.step
    scheduler.step = lambda loss: seen.append(loss) or step(loss)
    history = fit(model, few, optimizer, scheduler=scheduler, per="epoch", epochs=4, progress=False)
    assert seen == history.val_loss.tolist()
    np.testing.assert_allclose(history.lr[::4], [1e-9, 1e-9, 1e-10, 1e-11], rtol=1e-12)


def test_smooth_loss():
    losses = np.array([4.0, 2.0, 6.0, 0.0, 1.0])
    run = History(np.arange(5), losses, losses, *[np.array([])] * 3, seconds=0.0, diverged=False)
    assert run.smooth_loss(1).tolist() == losses.tolist()
    np.testing.assert_allclose(run.smooth_loss(2), [4, 3, 4, 3, 0.5])
    np.testing.assert_allclose(run.smooth_loss(100), [4, 3, 4, 3, 2.6])
    np.testing.assert_allclose(run.smooth_loss(), run.smooth_loss(25))
    with pytest.raises(ValueError, match=r"^window must be a whole number >= 1, got 0$"):
        run.smooth_loss(0)


def test_smooth_loss_forgets_a_spike_with_its_window():
    losses = np.array([1.0, 1e300, 2.0, 3.0, 4.0, np.inf, 5.0, 6.0, 7.0])
    run = History(np.arange(9), losses, losses, *[np.array([])] * 3, seconds=0.0, diverged=False)
    assert run.smooth_loss(2)[3:5].tolist() == [2.5, 3.5]
    assert run.smooth_loss(2)[7:].tolist() == [5.5, 6.5]
    none = History(*[np.array([])] * 6, seconds=0.0, diverged=False)
    assert none.smooth_loss().tolist() == []


# ---- what is fixed


def test_same_seed_same_run(few):
    torch.manual_seed(1)
    one, first = train_mlp(few, seed=3, epochs=2)
    torch.manual_seed(2)
    two, second = train_mlp(few, seed=3, epochs=2)
    assert first.loss.tolist() == second.loss.tolist()
    assert first.val_loss.tolist() == second.val_loss.tolist()
    for a, b in zip(one.parameters(), two.parameters(), strict=True):
        assert torch.equal(a, b)
    _, third = train_mlp(few, seed=4, epochs=2)
    assert third.loss.tolist() != first.loss.tolist()


def test_dropout_follows_the_seed_and_the_global_state_is_left_alone(few):
    def run(seed):
        model = nn.Sequential(nn.Dropout(0.5), MLP(0, hidden=8))
        return fit(model, few, SGD(model.parameters(), lr=0.1), seed=seed, progress=False).loss.tolist()

    torch.manual_seed(11)
    before = torch.get_rng_state()
    first = run(5)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(12)
    assert run(5) == first
    assert run(6) != first


def test_the_random_state_of_apples_gpu_is_put_back_as_well(monkeypatch):
    state = ["before"]
    monkeypatch.setattr(torch.mps, "get_rng_state", lambda: state[0])
    monkeypatch.setattr(torch.mps, "set_rng_state", lambda value: state.__setitem__(0, value))
    before = torch.get_rng_state()
    with suppress(KeyboardInterrupt), devices.random_state_kept(torch.device("mps")):
        torch.manual_seed(5)
        state[0] = "after"
        raise KeyboardInterrupt
    assert state == ["before"]
    assert torch.equal(torch.get_rng_state(), before)


def test_every_model_sees_the_same_images_in_the_same_order(few):
    runs = []
    for dropout in (0.0, 0.5):  # which draws random numbers of its own
        model = Recorder(dropout)
        fit(model, few, SGD(model.parameters(), lr=0.1), seed=9, epochs=2, progress=False)
        runs.append(model.seen)
    assert runs[0] == runs[1]
    epochs = [[image for batch in half for image in batch] for half in (runs[0][:4], runs[0][4:])]
    assert [len(batch) for batch in runs[0]] == [64, 64, 64, 58] * 2
    assert sorted(epochs[0]) == sorted(epochs[1]) == sorted(few.train_images.sum(dim=(1, 2, 3)).tolist())
    assert epochs[0] != epochs[1]  # shuffled anew


def test_the_data_are_not_changed(few):
    before = few.train_images.clone(), few.train_labels.clone()
    train_mlp(few)
    assert torch.equal(few.train_images, before[0])
    assert torch.equal(few.train_labels, before[1])


# ---- when it stops


def test_a_run_that_diverges_stops_there(few):
    _, history = train_mlp(few, lr=1e30, epochs=5)
    assert history.diverged
    assert not np.isfinite(history.loss[-1])
    assert np.isfinite(history.loss[:-1]).all()
    assert len(history.step) == len(history.lr) == len(history.loss) < 20
    assert history.epoch_end.tolist() == [] or history.epoch_end[-1] < len(history.loss)
    assert repr(history).endswith(", diverged)")


def test_a_scheduler_is_not_stepped_after_divergence(few):
    model = MLP(0, hidden=16)
    optimizer = SGD(model.parameters(), lr=1.0)
    scheduler = Constant(1e30).attach(optimizer)
    history = fit(model, few, optimizer, scheduler=scheduler, epochs=5, progress=False)
    assert history.diverged
    assert scheduler.last_epoch == len(history.loss) - 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"epochs": 0}, "epochs must be a whole number >= 1, got 0"),
        ({"epochs": 1.5}, "epochs must be a whole number >= 1, got 1.5"),
        ({"batch_size": -1}, "batch_size must be a whole number >= 1, got -1"),
        ({"seed": -1}, "seed must be a whole number >= 0 of at most 63 bits, got -1"),
        ({"per": "step"}, "per must be 'update' or 'epoch', got 'step'"),
        ({"device": "gpu"}, "device must be 'auto' or a device that this machine has, got 'gpu'"),
    ],
)
def test_wrong_arguments(few, arguments, sentence):
    model = MLP(0, hidden=4)
    before = [p.clone() for p in model.parameters()]
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        fit(model, few, SGD(model.parameters(), lr=0.1), progress=False, **arguments)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_plateau_per_update(few):
    model = MLP(0, hidden=4)
    optimizer = SGD(model.parameters(), lr=0.1)
    with pytest.raises(ValueError, match=r"^per must be 'epoch' for ReduceLROnPlateau, which needs a validation loss"):
        fit(model, few, optimizer, scheduler=lr_scheduler.ReduceLROnPlateau(optimizer), progress=False)


# ---- counting, evaluating, devices


def test_counting(few):
    assert train.count_updates(few) == 4
    assert train.count_updates(few, batch_size=50, epochs=3) == 15
    assert train.count_updates(few, batch_size=1000) == 1
    assert train.epochs_for(few, 4) == 1
    assert train.epochs_for(few, 5) == 2
    assert train.epochs_for(few, 100, batch_size=50) == 20
    with pytest.raises(ValueError, match=r"^updates must be a whole number >= 1, got 0$"):
        train.epochs_for(few, 0)
    with pytest.raises(ValueError, match=r"^batch_size must be a whole number >= 1, got 0$"):
        train.count_updates(few, batch_size=0)


def test_evaluate_is_exact_over_several_chunks():
    digits = data.load("digits")
    large = data.Dataset("large", *[digits.train_images, digits.train_labels] * 3)  # two chunks to validate
    model = nn.Sequential(nn.Dropout(0.9), MLP(1))
    with torch.no_grad():
        logits = model[1](large.val_images)
    loss, accuracy = train.evaluate(model, large)
    assert loss == pytest.approx(nn.functional.cross_entropy(logits, large.val_labels).item(), rel=1e-5)
    assert accuracy == (logits.argmax(dim=1) == large.val_labels).double().mean().item()


def test_evaluate_looks_at_the_part_that_is_asked_for(few):
    model = MLP(1)
    for part in ("train", "val", "test"):
        images, labels = getattr(few, f"{part}_images"), getattr(few, f"{part}_labels")
        right = (model(images).argmax(dim=1) == labels).double().mean().item()
        assert train.evaluate(model, few, part)[1] == right
    assert train.evaluate(model, few) == train.evaluate(model, few, "val")
    with pytest.raises(ValueError, match=r"^part must be 'train', 'val' or 'test', got 'validation'$"):
        train.evaluate(model, few, "validation")


def test_training_never_looks_at_the_test_images(few):
    blind = replace(few, test_images=few.test_images[:0], test_labels=few.test_labels[:0])
    _, run = train_mlp(few)
    _, same = train_mlp(blind)
    assert same.val_loss.tolist() == run.val_loss.tolist()


def test_validation_does_not_switch_training_off(few):
    modes = []

    class Watch(Recorder):
        def forward(self, images):
            modes.append(self.training)
            return super().forward(images)

    model = Watch()
    fit(model, few, SGD(model.parameters(), lr=0.1), epochs=2, progress=False)
    assert modes == ([True] * 4 + [False]) * 2


def test_devices():
    assert devices.pick_device("cpu") == torch.device("cpu")
    assert devices.pick_device() == devices.pick_device("auto")
    assert devices.pick_device("auto").type in ("cpu", "cuda", "mps")
    assert train.pick_device is devices.pick_device  # notebook 00 calls it that


def test_on_cuda_the_optimizer_moves_with_the_model(few, cuda):
    losses = {}
    for place in ("cpu", cuda):
        network = MLP(0)
        update = Adagrad(network.parameters(), lr=0.01)  # has its sums from here on, on the CPU
        losses[place] = fit(network, few, update, epochs=2, progress=False, device=place).loss
    np.testing.assert_allclose(losses[cuda], losses["cpu"], rtol=1e-3)


def test_the_progress_bar_can_be_silenced(few, capsys):
    train_mlp(few)
    assert capsys.readouterr() == ("", "")


# ---- does it learn?


@pytest.mark.slow
@pytest.mark.parametrize(("model", "epochs"), [(MLP, 8), (CNN, 10)])
def test_learns_the_digits(model, epochs):
    digits = data.load("digits")
    network = model(0)
    history = fit(network, digits, SGD(network.parameters(), lr=0.05, momentum=0.9), epochs=epochs, progress=False)
    assert history.val_accuracy[-1] > 0.9
    assert history.smooth_loss()[-1] < history.loss[0] / 4


def test_learns_at_all(few):
    _, history = train_mlp(few, epochs=40)  # at its default rate: a high one is chaos, and can end anywhere
    assert history.val_accuracy[-1] > 0.75
    assert history.loss[-1] < history.loss[0] / 3
