"""ReduceOnPlateau is a fold: against torch metric by metric, and its quirks by name."""

import copy
import math
import pickle
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples
from support.torch_runs import optimizer_of
from torch.optim.lr_scheduler import ReduceLROnPlateau, SequentialLR

from lrlab import data, train
from lrlab.models import MLP
from lrlab.schedules import ReduceOnPlateau

METRIC = st.floats(-2, 2) | st.sampled_from([0.0, 1.0, math.nan, math.inf, -math.inf])
PLATEAUS = st.builds(
    ReduceOnPlateau,
    st.floats(1e-6, 10),
    mode=st.sampled_from(["min", "max"]),
    factor=st.floats(0.05, 0.99),
    patience=st.integers(0, 4),
    threshold=st.sampled_from([0.0, 1e-4, 0.1, 1.5]),
    threshold_mode=st.sampled_from(["rel", "abs"]),
    cooldown=st.integers(0, 3),
    min_lr=st.floats(0, 0.1),
    eps=st.sampled_from([0.0, 1e-8, 1e-3]),
)


def torchs_rates(scheduler, optimizer, metrics):
    rates = []
    for metric in metrics:
        rates.append([group["lr"] for group in optimizer.param_groups])
        scheduler.step(metric)
    return np.array(rates)


@settings(max_examples=examples(300), derandomize=True, deadline=None, database=None)
@given(plateau=PLATEAUS, metrics=st.lists(METRIC, min_size=1, max_size=60))
def test_equals_torch(plateau, metrics):
    optimizer = optimizer_of()
    scheduler = plateau.torch(optimizer)
    assert type(scheduler) is ReduceLROnPlateau
    assert plateau(metrics).tolist() == torchs_rates(scheduler, optimizer, metrics)[:, 0].tolist()
    last = plateau.states(metrics)[-1]
    assert last.lr == scheduler.get_last_lr()[0]
    assert (last.best, last.bad, last.cooldown) == (
        scheduler.best,
        scheduler.num_bad_epochs,
        scheduler.cooldown_counter,
    )


@settings(max_examples=examples(50), derandomize=True, deadline=None, database=None)
@given(plateau=PLATEAUS, metrics=st.lists(METRIC, min_size=2, max_size=40), at=st.integers(1, 39))
def test_saved_and_resumed_at_a_random_metric(plateau, metrics, at):
    at = min(at, len(metrics) - 1)
    state = plateau.states(metrics[:at])[-1]
    rest = [state := plateau.update(state, metric) for metric in metrics[at:]]
    assert rest == plateau.states(metrics)[at + 1 :] or any(map(math.isnan, metrics))
    optimizer = optimizer_of()
    scheduler = plateau.attach(optimizer)
    torchs_rates(scheduler, optimizer, metrics[:at])
    saved = copy.deepcopy([optimizer.state_dict(), scheduler.state_dict()])
    optimizer = optimizer_of()
    scheduler = plateau.attach(optimizer)
    optimizer.load_state_dict(saved[0])
    scheduler.load_state_dict(saved[1])
    assert torchs_rates(scheduler, optimizer, metrics[at:])[:, 0].tolist() == plateau(metrics)[at:].tolist()


def test_two_param_groups():
    plateau, optimizer = ReduceOnPlateau(0.1, patience=0, factor=0.5, min_lr=0.03), optimizer_of(2)
    rates = torchs_rates(plateau.torch(optimizer, scale=[1, 0.1]), optimizer, [1] * 5)
    np.testing.assert_allclose(rates, np.outer(plateau([1] * 5), [1, 0.1]), rtol=1e-15)


# ---- quirks, by name


def test_acts_on_bad_metric_patience_plus_one():
    assert ReduceOnPlateau(1, patience=2)([5, 5, 5, 5, 5]).tolist() == [1, 1, 1, 1, 0.1]


def test_an_equal_metric_is_bad():
    assert ReduceOnPlateau(1, patience=0, threshold=0)([5, 5, 5]).tolist() == [1, 1, 0.1]


def test_nan_is_a_bad_metric_and_leaves_the_best_alone():
    plateau = ReduceOnPlateau(1, patience=1)
    assert plateau([5, math.nan, math.nan, math.nan]).tolist() == [1, 1, 1, 0.1]
    states = plateau.states([5, math.nan, 4])
    assert [state.best for state in states[1:]] == [5, 5, 4]
    assert [state.bad for state in states[1:]] == [0, 1, 0]
    assert plateau([math.nan] * 4).tolist() == [1, 1, 0.1, 0.1]


def test_below_zero_a_constant_counts_as_improving():
    assert ReduceOnPlateau(1, patience=0)([-5] * 10).tolist() == [1] * 10
    assert ReduceOnPlateau(1, patience=0, threshold_mode="abs")([-5] * 3).tolist() == [1, 1, 0.1]


def test_a_drop_of_no_more_than_eps_is_left_out():
    assert ReduceOnPlateau(1e-8, patience=0)([1] * 5).tolist() == [1e-8] * 5


def test_cooldown_counts_nothing():
    plateau = ReduceOnPlateau(1, patience=0, cooldown=2, factor=0.5)
    assert plateau([1] * 8).tolist() == [1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]


def test_never_below_min_lr():
    assert ReduceOnPlateau(1, patience=0, min_lr=0.05)([1] * 6).tolist() == [1, 1, 0.1, 0.05, 0.05, 0.05]


def test_max_waits_for_higher_metrics():
    assert ReduceOnPlateau(1, mode="max", patience=0)([0.1, 0.2, 0.3, 0.3, 0.2]).tolist() == [1, 1, 1, 1, 0.1]


def test_barred_from_sequential_lr():
    optimizer = optimizer_of()
    with pytest.raises(ValueError, match="does not support `ReduceLROnPlateau`"):
        SequentialLR(optimizer, [ReduceOnPlateau(0.1).attach(optimizer)], milestones=[])


# ---- an object like the schedules


def test_nothing_measured_yet():
    plateau = ReduceOnPlateau(0.1)
    assert plateau([]).shape == (0,)
    assert plateau.states([]) == [plateau.start()]
    assert plateau.start().lr == 0.1


def test_frozen_equal_pickled_shown():
    plateau = ReduceOnPlateau(0.1, patience=3)
    assert pickle.loads(pickle.dumps(plateau)) == plateau == eval(repr(plateau)) != ReduceOnPlateau(0.1)
    assert hash(plateau) == hash(ReduceOnPlateau(0.1, patience=3))
    assert r"\eta_0 = 0.1,\; f = 0.1,\; p = 3" in plateau._repr_latex_()
    with pytest.raises(AttributeError):
        plateau.lr = 1


def test_in_fit_the_validation_loss_drives_it():
    digits = data.load("digits", max_train=100, max_val=50)
    model = MLP(0)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    plateau = ReduceOnPlateau(1e-6, patience=0, eps=0, threshold=0.5)  # the loss will not halve
    run = train.fit(
        model, digits, optimizer, scheduler=plateau.attach(optimizer), per="epoch", epochs=4, progress=False
    )
    assert run.lr[:: len(run.lr) // 4].tolist() == plateau(run.val_loss).tolist()
    assert run.lr[-1] == pytest.approx(1e-8)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"lr": 0}, "lr must be a finite number > 0, got 0"),
        ({"mode": "mean"}, "mode must be 'min' or 'max', got 'mean'"),
        ({"factor": 1}, "factor must be a number > 0 and < 1, got 1"),
        ({"factor": 0}, "factor must be a number > 0 and < 1, got 0"),
        ({"patience": -1}, "patience must be a whole number >= 0, got -1"),
        ({"patience": 1.5}, "patience must be a whole number >= 0, got 1.5"),
        ({"threshold": -1}, "threshold must be a finite number >= 0, got -1"),
        ({"threshold_mode": "both"}, "threshold_mode must be 'rel' or 'abs', got 'both'"),
        ({"cooldown": None}, "cooldown must be a whole number >= 0, got None"),
        ({"min_lr": [0.1]}, "min_lr must be a finite number >= 0, got [0.1]"),
        ({"eps": math.nan}, "eps must be a finite number >= 0, got nan"),
    ],
)
def test_wrong_argument(arguments, sentence):
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        ReduceOnPlateau(**({"lr": 0.1} | arguments))


@pytest.mark.parametrize("metric", ["low", None, [1]])
def test_a_metric_that_is_no_number(metric):
    with pytest.raises(ValueError, match=f"^metric must be a number, got {re.escape(repr(metric))}$"):
        ReduceOnPlateau(0.1)([1, metric])


def test_not_an_optimizer():
    with pytest.raises(TypeError, match=r"^list is not an Optimizer$"):
        ReduceOnPlateau(0.1).torch([])
