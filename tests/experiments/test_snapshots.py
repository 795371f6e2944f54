"""Snapshot ensembles: when the copies are taken, what they are, and how their answers are put together."""

import re
import sys
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from lrlab import data, train
from lrlab.experiments.ensembles import Snapshots, ensemble_probabilities
from lrlab.experiments.snapshots import snapshots
from lrlab.models import CNN, MLP
from lrlab.schedules import Constant, Cosine, Lambda, MultiStep, SnapshotCosine

SMALL = partial(MLP, hidden=8)


@pytest.fixture(scope="module")
def few():
    return data.load("digits", max_train=200, max_val=60)  # 4 updates an epoch


@pytest.fixture(scope="module")
def result(few):
    return run(few, cycles=3, epochs=6, seeds=(2, 0), independent=["short", "full"])


def run(few, **arguments):
    return snapshots(few, **({"model": SMALL, "device": "cpu", "progress": False} | arguments))


def by_hand(few, seed, schedule, epochs):
    """The model that `fit` alone gives."""
    model = SMALL(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    scheduler = schedule.attach(optimizer)
    train.fit(model, few, optimizer, scheduler=scheduler, seed=seed, epochs=epochs, progress=False, device="cpu")
    return model


def softmax(model, few):
    model.eval()
    with torch.no_grad():
        return model(few.val_images).softmax(dim=1).numpy()


# ---- the runs


def test_a_snapshot_is_the_model_at_its_cycles_end(result, few):
    schedule = SnapshotCosine(0.05, updates=24, cycles=3)
    assert result.schedule == schedule
    for k in range(3):
        model = by_hand(few, 2, schedule, epochs=2 * (k + 1))
        for key, value in model.state_dict().items():
            assert torch.equal(result.states[0][k][key], value)
        np.testing.assert_allclose(result.probabilities[0, k], softmax(model, few), rtol=1e-5)


def test_snapshots_are_copies_of_their_own(result):
    weights = [state["layers.1.weight"] for run in result.states for state in run]
    assert len({tensor.data_ptr() for tensor in weights}) == 6
    assert not torch.equal(weights[0], weights[1])


def test_a_copy_is_taken_before_the_rate_jumps_up(result):
    for history in result.histories:
        assert history.lr.tolist() == result.schedule.curve(24).tolist()
        assert history.lr[result.schedule.ends[0] - 1] < 0.005
        assert history.lr[result.schedule.ends[0]] == 0.05


def test_the_single_model_starts_alike_and_has_the_same_budget(result, few):
    for cycled, single in zip(result.histories, result.single_histories, strict=True):
        assert cycled.loss[0] == single.loss[0]  # same weights, same batch
        assert cycled.loss[1] == single.loss[1]  # both start at lr, so the second still agrees
        assert cycled.loss[-1] != single.loss[-1]
        assert len(cycled.step) == len(single.step) == 24
        assert single.lr.tolist() == Cosine(0.05, T_max=24).curve(24).tolist()
    assert result.histories[0].loss[0] != result.histories[1].loss[0]
    model = by_hand(few, 0, Cosine(0.05, T_max=24), epochs=6)
    np.testing.assert_allclose(result.single_probabilities[1], softmax(model, few), rtol=1e-5)


def test_the_single_models_schedule_can_be_chosen(few):
    step = run(few, cycles=2, epochs=2, single="step", lr=0.1)
    assert step.single_histories[0].lr.tolist() == MultiStep(0.1, milestones=[4, 6], gamma=0.1).curve(8).tolist()
    np.testing.assert_allclose(step.single_histories[0].lr, [0.1] * 4 + [0.01] * 2 + [0.001] * 2)
    own = run(few, cycles=2, epochs=2, single=Constant(0.03))
    assert own.single_histories[0].lr.tolist() == [0.03] * 8


def test_independent_models_have_weights_and_budgets_of_their_own(result, few):
    assert list(result.independent_probabilities) == ["short", "full"]
    for kind, epochs in (("short", 2), ("full", 6)):
        found = result.independent_probabilities[kind]
        assert found.shape == (2, 3, 60, 10)
        for place, seeds in enumerate([(6, 7, 8), (0, 1, 2)]):
            for i, seed in enumerate(seeds):
                model = by_hand(few, seed, Cosine(0.05, T_max=4 * epochs), epochs)
                np.testing.assert_allclose(found[place, i], softmax(model, few), rtol=1e-5)


def test_the_same_call_gives_the_same(result, few):
    state = torch.random.get_rng_state()
    again = run(few, cycles=3, epochs=6, seeds=(2, 0))
    np.testing.assert_array_equal(again.probabilities, result.probabilities)
    np.testing.assert_array_equal(again.single_probabilities, result.single_probabilities)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_it_is_kept_on_disk_whatever_the_single_models_schedule(few, tmp_path, monkeypatch):
    monkeypatch.setenv("LRLAB_RESULTS", str(tmp_path))
    arguments = {"cycles": 2, "epochs": 2, "single": Lambda(**Lambda.example)}
    first = run(few, **arguments)
    monkeypatch.setattr(sys.modules["lrlab.experiments.snapshots"], "fit", None)  # training now would fail
    second = run(few, **arguments)
    assert repr(second) == repr(first)
    assert second.schedule == first.schedule
    assert torch.equal(second.states[0][1]["layers.1.weight"], first.states[0][1]["layers.1.weight"])


@pytest.mark.slow
def test_epochs_by_default_are_whole_in_every_cycle_and_enough():
    some = data.load("digits", max_train=640, max_val=10)  # 10 updates an epoch
    assert run(some, cycles=3).schedule == SnapshotCosine(0.05, updates=1020, cycles=3)


def test_running_statistics_are_copied_too_and_used(few):
    class Normed(nn.Module):
        def __init__(self, seed):
            super().__init__()
            self.inner, self.norm = SMALL(seed), nn.BatchNorm1d(10)

        def forward(self, images):
            return self.norm(self.inner(images))

    result = run(few, cycles=2, epochs=2, model=Normed, seeds=[0])
    first, second = (state["norm.running_mean"] for state in result.states[0])
    assert not torch.equal(first, second)
    model = Normed(0)
    model.load_state_dict(result.states[0][0])
    np.testing.assert_allclose(result.probabilities[0, 0], softmax(model, few), rtol=1e-5)


def test_other_optimizers_and_their_arguments(few):
    adam = run(few, cycles=2, epochs=2, optimizer=torch.optim.Adam, lr=0.001, betas=(0.8, 0.9))
    assert np.isfinite(adam.errors).all()
    plain, momentum = run(few, cycles=2, epochs=2, momentum=0.0), run(few, cycles=2, epochs=2)
    assert plain.histories[0].loss[2] != momentum.histories[0].loss[2]


@pytest.mark.slow
def test_mnist_and_the_cnn(mnist_root):
    some = data.load("mnist", root=mnist_root, max_train=256, max_val=100)
    result = run(some, cycles=2, epochs=2, model=CNN)
    assert result.probabilities.shape == (1, 2, 100, 10)
    assert result.labels.tolist() == some.val_labels.tolist()


class Breaks(nn.Module):
    """Its sixth batch in training is the last that it answers with numbers."""

    def __init__(self, seed):
        super().__init__()
        self.inner, self.batches = SMALL(seed), 0

    def forward(self, images):
        self.batches += self.training
        return self.inner(images) * (float("nan") if self.training and self.batches > 6 else 1.0)


def test_a_run_that_diverges_keeps_the_snapshots_that_it_had(few):
    broken = run(few, cycles=3, epochs=3, model=Breaks)
    assert broken.histories[0].diverged
    assert len(broken.states[0]) == 1
    assert np.isfinite(broken.errors[0]).tolist() == [True, False, False]
    assert np.isnan(broken.ensemble_errors).all()  # the last snapshot is in each
    assert (broken.answers[0, 1:] == -1).all()
    assert np.isfinite(broken.disagreement[0]).tolist() == [[True, False, False], [False] * 3, [False] * 3]
    with pytest.raises(ValueError, match=r"^seed must be one whose run did not diverge, got 0$"):
        broken.disputed()


def test_runs_that_diverge_at_once_are_marked(few):
    lost = run(few, cycles=2, epochs=2, lr=1e30, seeds=(0, 1), independent=["short"])
    assert all(history.diverged for history in lost.histories)
    assert lost.states == ((), ())
    assert lost.probabilities.shape == (2, 2, 60, 10)
    for errors in (lost.errors, lost.ensemble_errors, lost.single_errors, lost.difference, lost.ensemble_losses):
        assert np.isnan(errors).all()
    assert repr(lost).splitlines()[3].split() == ["snapshot", "k", "–", "–"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"cycles": 0}, "cycles must be a whole number >= 1, got 0"),
        ({"cycles": 9, "epochs": 2}, "cycles must be a whole number <= updates (8), got 9"),
        ({"cycles": 5, "epochs": 2}, "cycles must be a number that 8 updates can be cut into, got 5"),
        ({"epochs": 0}, "epochs must be a whole number >= 1, got 0"),
        ({"lr": -1}, "lr must be a finite number > 0, got -1"),
        ({"seeds": []}, "seeds must be at least one, each once, got ()"),
        ({"seeds": [3, 3]}, "seeds must be at least one, each once, got (3, 3)"),
        ({"single": "best"}, "single must be 'cosine', 'step' or a schedule, got 'best'"),
        ({"independent": "short"}, "independent must be a list of 'short' and 'full', got 'short'"),
        ({"independent": ["long"]}, "independent must be a list of 'short' and 'full', got ['long']"),
        (
            {"independent": ["short"], "cycles": 2, "epochs": 3},
            "epochs must be a multiple of the cycles (2) for 'short' models, got 3",
        ),
    ],
)
def test_wrong_arguments(few, arguments, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        run(few, **arguments)


# ---- what is made of the probabilities


def sure(answers, *, of=0.9, classes=3):
    """Probabilities that give ``of`` to each of ``answers`` and share out the rest."""
    of = np.broadcast_to(of, np.shape(answers))[..., None]
    chosen = np.arange(classes) == np.asarray(answers)[..., None]
    return np.where(chosen, of, (1 - of) / (classes - 1)).astype(np.float32)


@pytest.fixture
def made():
    """Two seeds, three snapshots, each a little surer than the one before; four images, which are 0, 1, 2 and 2."""
    answers = [[[1, 0, 0, 2], [0, 1, 1, 2], [0, 1, 2, 2]], [[0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 0, 2]]]
    return Snapshots(
        seeds=(4, 7),
        schedule=SnapshotCosine(0.1, updates=9, cycles=3),
        labels=np.array([0, 1, 2, 2]),
        probabilities=sure(answers, of=[[[0.8], [0.85], [0.9]]]),
        single_probabilities=sure([[0, 1, 2, 0], [0, 1, 2, 2]]),
        independent_probabilities={"short": sure([[[0, 1, 2, 2], [0, 0, 0, 0], [0, 0, 0, 0]]] * 2)},
        histories=(),
        single_histories=(),
        states=(),
    )


def test_errors_of_the_snapshots_and_of_the_single_model(made):
    assert made.errors.tolist() == [[0.75, 0.25, 0.0], [0.75, 0.75, 0.25]]
    assert made.single_errors.tolist() == [0.25, 0.0]


def test_the_ensemble_grows_from_the_last_snapshot_backwards(made):
    last, two, three = made.ensemble_errors.T
    assert last.tolist() == made.errors[:, -1].tolist()
    # The last is the surest: one against one it wins. With the second seed, two that say 0 everywhere outvote it.
    assert two.tolist() == [0.0, 0.25]
    assert three.tolist() == [0.0, 0.75]
    assert made.difference.tolist() == [-0.25, 0.75]
    # The independent models have no order in time: the first, the first two, ….
    assert made.independent_errors("short").tolist() == [[0.0, 0.75, 0.75]] * 2


def test_cross_entropies(made):
    assert made.single_losses[1] == pytest.approx(-np.log(0.9))
    assert made.single_losses[0] == pytest.approx(-(3 * np.log(0.9) + np.log(0.05)) / 4)
    assert made.ensemble_losses[0, 0] == pytest.approx(-np.log(0.9))
    mean = np.array([0.1 + 0.85 + 0.9, 0.1 + 0.85 + 0.9, 0.1 + 0.075 + 0.9, 0.8 + 0.85 + 0.9]) / 3
    assert made.ensemble_losses[0, 2] == pytest.approx(-np.log(mean).mean(), rel=1e-6)


def test_disagreement(made):
    first = made.disagreement[0]
    assert first.tolist() == [[0, 0.75, 0.75], [0.75, 0, 0.25], [0.75, 0.25, 0]]


def test_of_equally_disputed_images_first_those_the_ensemble_is_least_sure_of(made):
    halves = replace(
        made, probabilities=sure([[[0, 0], [1, 1]]], of=[[[0.9, 0.6], [0.5, 0.5]]]), labels=np.zeros(2, int)
    )
    assert halves.disputed(4).index.tolist() == [1, 0]


def test_disputed_images_the_most_disputed_first(made):
    found = made.disputed()
    assert found.index.tolist() == [2, 0, 1]  # three answers before two; on the fourth all agree
    assert found.label.tolist() == [2, 0, 1]
    assert found.answers.tolist() == [[0, 1, 2], [1, 0, 0], [0, 1, 1]]
    assert found.ensemble.tolist() == [2, 0, 1]
    assert repr(found) == "Disputed(3 images, the ensemble is right on 3)"
    assert len(made.disputed(7)) == 2
    with pytest.raises(ValueError, match=r"^seed must be one of \(4, 7\), got 0$"):
        made.disputed(0)


def test_repr_is_the_papers_table(made):
    head, ks, each, grown, single, short = repr(made).splitlines()
    assert head.startswith("9 updates in 3 cycles;")
    assert head.endswith("2 seeds: mean ± standard deviation")
    assert ks.split() == ["k", "1", "2", "3"]
    assert "75.00 ± 0.00" in each
    assert grown.split("  ")[-1].strip() == "37.50 ± 53.03"
    assert "12.50 ± 17.68" in single
    assert short.startswith("k short models together")


def test_one_seed_has_no_spread_to_report(few):
    assert "±" not in repr(run(few, cycles=2, epochs=2))


def test_the_softmax_is_averaged_and_not_the_logits():
    # One model is very sure of class 1, two lean to class 0: their probabilities win, their logits would not.
    logits = np.array([[[0.0, 20.0]], [[1.0, 0.0]], [[9.0, 0.0]], [[1.0, 0.0]]])
    assert logits.mean(axis=0).argmax() == 1
    mean = ensemble_probabilities(logits, logits=True)
    assert mean.argmax() == 0
    np.testing.assert_allclose(mean, torch.tensor(logits).softmax(dim=-1).mean(dim=0).numpy(), rtol=1e-12)
    np.testing.assert_array_equal(mean, ensemble_probabilities(torch.tensor(logits), logits=True))
    assert mean.dtype == np.float64
    np.testing.assert_allclose(ensemble_probabilities(logits + 1e4, logits=True), mean)  # no overflow


def test_probabilities_are_averaged_as_they_are():
    given = sure([[0, 1], [0, 2]])
    np.testing.assert_allclose(ensemble_probabilities(given), [[0.9, 0.05, 0.05], [0.05, 0.475, 0.475]], rtol=1e-6)


@pytest.mark.parametrize(
    ("outputs", "sentence"),
    [
        (np.ones((2, 3)), r"outputs must have the shape \(models, batch, classes\), got \(2, 3\)"),
        (np.ones((0, 2, 3)), r"outputs must have the shape \(models, batch, classes\), got \(0, 2, 3\)"),
        (
            [[[3.0, -1.0]]],
            r"outputs must be probabilities, >= 0 with the sum 1 over the classes \(or say logits=True\), "
            r"got a sum of 2 and a lowest number of -1",
        ),
        ([[[2.0, -1.0]]], r"outputs must be probabilities, .* got a sum of 1 and a lowest number of -1"),
    ],
    ids=["two-axes", "no-model", "logits", "negative"],
)
def test_what_is_no_probability(outputs, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        ensemble_probabilities(outputs)


def test_on_cuda(few, result, cuda):
    there = run(few, cycles=3, epochs=6, seeds=(2, 0), device=cuda)
    assert there.states[0][0]["layers.1.weight"].device.type == "cpu"
    np.testing.assert_allclose(there.probabilities, result.probabilities, atol=1e-3)
