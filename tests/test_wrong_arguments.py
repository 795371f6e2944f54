"""What no experiment can work with is refused by all of them in the same words, before anything is trained."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch
from torch.optim import LBFGS, SGD

from lrlab import data, experiments, suggest, train
from lrlab.models import MLP
from lrlab.schedules import Constant, Cosine, Cyclic, OneCycle, ReduceOnPlateau

QUIET = {"progress": False, "device": "cpu"}
ALONE = {**QUIET, "cache": False}


@pytest.fixture(scope="module")
def few():
    return data.load("digits", max_train=40, max_val=20)


def with_model(run):
    def call(found):
        model = MLP(0, hidden=4)
        return run(model, found, SGD(model.parameters(), lr=0.1))

    return call


ENTRIES = {
    "fit": with_model(lambda model, d, o: train.fit(model, d, o, **QUIET)),
    "range_test": with_model(lambda model, d, o: experiments.range_test(model, d, o, **QUIET)),
    "evaluate": lambda d: train.evaluate(MLP(0), d),
    "count_updates": train.count_updates,
    "epochs_for": lambda d: train.epochs_for(d, 10),
    "sweep": lambda d: experiments.sweep([0.1], d, **ALONE),
    "compare": lambda d: experiments.compare({"a": Constant(0.1)}, d, seeds=[0], **ALONE),
    "compare_warmup": lambda d: experiments.compare_warmup(d, lr=0.1, warmup=1, seeds=[0], **ALONE),
    "batch_size_grid": lambda d: experiments.batch_size_grid([0.1], [8], d, seeds=[0], **ALONE),
    "snapshots": lambda d: experiments.snapshots(d, cycles=1, epochs=1, **ALONE),
}
PARTS = dict.fromkeys(ENTRIES, ("train", "val")) | {
    **dict.fromkeys(("range_test", "count_updates", "epochs_for"), ("train",)),
    "evaluate": ("val",),
}
BROKEN = {
    "nothing": (lambda i, y: (i[:0], y[:0]), "images, each with a label, got 0 images and 0 labels"),
    "a label missing": (lambda i, y: (i, y[1:]), "images, each with a label, got "),
    "below 0": (lambda i, y: (i, y.where(y > 0, -100)), "_labels >= 0, got -100"),
    "one-hot": (lambda i, y: (i, torch.eye(10)[y]), "_labels of torch.int64 in shape .* got torch.float32 in "),
    "bytes": (lambda i, y: (i.byte(), y), "_images of floating-point numbers, got torch.uint8"),
    "arrays": (lambda i, y: (i.numpy(), y.numpy()), "tensors, got a ndarray for "),
}


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize(("entry", "part"), [(entry, part) for entry in ENTRIES for part in PARTS[entry]])
def test_wrong_data(few, entry, part, how):
    change, sentence = BROKEN[how]
    images, labels = change(getattr(few, f"{part}_images"), getattr(few, f"{part}_labels"))
    broken = replace(few, **{f"{part}_images": images, f"{part}_labels": labels})
    with pytest.raises(ValueError, match=f"^data must have .*{sentence}"):
        ENTRIES[entry](broken)


@pytest.mark.parametrize("entry", ENTRIES)
def test_what_is_no_data(entry):
    with pytest.raises(ValueError, match=r"^data must be a Dataset, as lrlab\.data\.load returns it, got a list$"):
        ENTRIES[entry]([])


def test_dead_units_of_no_images(few):
    with pytest.raises(ValueError, match=r"^images must be one or more, got none$"):
        experiments.warmup.dead_units(MLP(0), few.val_images[:0])


# ---- arguments of another kind


def test_a_schedule_of_another_kind(few):
    for schedule in (ReduceOnPlateau(1.0), 0.5, Cosine):
        with pytest.raises(ValueError, match=r"^schedule must be a schedule, got "):
            experiments.sweep([0.1], few, schedule=schedule, **ALONE)


def test_an_optimizer_that_needs_a_closure(few):
    model, sentence = MLP(0), r"^optimizer must make an update from one gradient, got LBFGS, "
    for run in (train.fit, experiments.range_test):
        with pytest.raises(ValueError, match=sentence):
            run(model, few, LBFGS(model.parameters()), **QUIET)
    for call in (
        lambda **given: experiments.sweep([0.1], few, **given),
        lambda **given: experiments.compare({"a": Constant(0.1)}, few, **given),
    ):
        with pytest.raises(ValueError, match=sentence):
            call(optimizer=LBFGS, seeds=[0], **ALONE)


def test_a_scheduler_of_another_optimizer(few):
    model = MLP(0)
    mine, other = SGD(model.parameters(), lr=0.1), SGD(model.parameters(), lr=0.1)
    with pytest.raises(ValueError, match=r"^scheduler must belong to the optimizer that is given"):
        train.fit(model, few, mine, scheduler=Constant(0.1).attach(other), **QUIET)


@pytest.mark.parametrize("seed", [2**63, 2**64, 10**30])
def test_a_seed_beyond_torch(few, seed):
    for call in (lambda: MLP(seed), lambda: experiments.sweep([0.1], few, seeds=[seed], **ALONE)):
        with pytest.raises(ValueError, match=f"^seeds? must be a whole number >= 0 of at most 63 bits, got {seed}$"):
            call()
    MLP(2**63 - 1)


@pytest.mark.parametrize("model", [MLP, lambda seed: torch.nn.Sequential(MLP(seed))], ids=["ours", "another"])
def test_a_rate_beside_the_experiments_own(few, model):
    sentence = r"^optimizer must get its learning rate from the experiment, got lr=0\.5"
    for call in (
        lambda **given: experiments.sweep([0.1], few, **given),
        lambda **given: experiments.compare({"a": Constant(0.1)}, few, **given),
        lambda **given: experiments.compare_warmup(few, lr=0.1, warmup=1, epochs=2, batch_size=8, **given),
        lambda **given: experiments.batch_size_grid([0.1], [8], few, **given),
        lambda **given: experiments.snapshots(few, cycles=1, epochs=1, **given),
    ):
        with pytest.raises(ValueError, match=sentence):
            call(optimizer=partial(partial(SGD, lr=0.5), momentum=0.9), model=model, seeds=[0], **ALONE)


# ---- what numpy can read is not always a number


@pytest.mark.parametrize(
    "step", ["3", ["1", "2"], b"3", 10**400, [10**400], 1 + 2j, None, np.datetime64(3, "D"), [None]]
)
def test_what_is_no_step(step):
    with pytest.raises(ValueError, match=r"^step must be a finite number >= 0 or an array of them, got "):
        Cosine(0.1, T_max=10)(step)


def test_tensors_that_require_grad_are_numbers():
    one = torch.tensor(3.0, requires_grad=True)
    assert Cosine(0.1, T_max=10)(one) == Cosine(0.1, T_max=10)(3)
    losses = [torch.tensor(loss, requires_grad=True) for loss in (2.3, 2.2, 1.0, 0.6, 9.0)]
    assert suggest.valley([0.001, 0.01, 0.1, 1.0, 10.0], losses) == 0.01
    assert suggest.valley([0.001, 0.01, 0.1, 1.0, 10.0], torch.stack(losses)) == 0.01


def test_a_cycle_is_exact_at_a_late_step():
    assert Cyclic(0.1, 0.3, step_size_up=3, step_size_down=4)(10**12 + 3) == pytest.approx(0.25, rel=1e-15)


def test_nan_is_no_probability():
    with pytest.raises(ValueError, match=r"^outputs must be probabilities"):
        experiments.ensemble_probabilities([[[np.nan, 1.0]]])


def test_the_message_past_the_end_of_a_join_counts_as_the_caller_does():
    from lrlab.schedules import warmup

    with pytest.raises(ValueError, match=r"^step must be <= 15, where the last of the schedules ends, got 16$"):
        warmup(OneCycle(0.1, total_steps=10), 5)(16)
