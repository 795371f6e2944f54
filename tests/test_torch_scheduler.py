"""A schedule attached to an optimizer is a real LRScheduler."""

import copy
import inspect
import io
from functools import partial

import numpy as np
import pytest
import torch
from support.torch_runs import optimizer_of
from support.torch_runs import used as used_of
from torch.optim import Adagrad, Adam, AdamW, lr_scheduler
from torch.optim.lr_scheduler import LRScheduler, SequentialLR, StepLR

from lrlab.schedules import (
    Constant,
    CosineWarmRestarts,
    Cyclic,
    ExponentialDecay,
    InverseTimeDecay,
    Join,
    MultiStep,
    OneCycle,
    Step,
    StepDecay,
    TimeDecay,
)
from lrlab.torch_scheduler import ScheduleLR

DECAY = InverseTimeDecay(0.5, decay=0.1)


def parameter():
    return torch.zeros(1, requires_grad=True)


used = partial(used_of, and_on=True)


@pytest.mark.parametrize(
    "schedule", [DECAY, StepDecay(0.1, decay=0.5, every=3), StepDecay(1, decay=0.1, every=1), TimeDecay(1, decay=0.5)]
)
def test_every_update_uses_the_schedules_rate(schedule):
    optimizer = optimizer_of()
    scheduler = schedule.attach(optimizer)
    assert isinstance(scheduler, LRScheduler)
    assert scheduler.get_last_lr() == [schedule(0)]
    np.testing.assert_allclose(used(optimizer, scheduler, 30)[:, 0], schedule.curve(30), rtol=1e-14)
    assert scheduler.get_last_lr() == [schedule(30)]
    assert type(optimizer.param_groups[0]["lr"]) is float


def test_one_scale_for_each_group():
    optimizer = optimizer_of(2)
    rates = used(optimizer, DECAY.attach(optimizer, scale=[1, 0.1]), 10)
    np.testing.assert_allclose(rates, np.outer(DECAY.curve(10), [1, 0.1]), rtol=1e-15)


def test_one_scale_for_all_reaches_a_group_added_later():
    optimizer = optimizer_of(2)
    scheduler = DECAY.attach(optimizer, scale=2)
    used(optimizer, scheduler, 3)
    optimizer.add_param_group({"params": [parameter()], "lr": 9.0})
    optimizer.step()
    scheduler.step()
    assert [group["lr"] for group in optimizer.param_groups] == [2 * DECAY(4)] * 3


def test_a_list_of_scales_does_not_fit_a_group_added_later():
    optimizer = optimizer_of(2)
    scheduler = DECAY.attach(optimizer, scale=[1, 2])
    optimizer.add_param_group({"params": [parameter()]})
    optimizer.step()
    with pytest.raises(
        ValueError, match=r"^scale must have one factor for each of the optimizer's 3 param groups, got \[1, 2\]$"
    ):
        scheduler.step()


@pytest.mark.parametrize(
    ("scale", "sentence"),
    [
        (-1, r"^scale must be a finite number >= 0, got -1$"),
        (float("nan"), r"^scale must be a finite number >= 0, got nan$"),
        ("2", r"^scale must be a finite number >= 0, got '2'$"),
        ([1, -1], r"^scale must be a finite number >= 0, got -1$"),
        ([1], r"^scale must have one factor for each of the optimizer's 2 param groups, got \[1\]$"),
        ([], r"^scale must have one factor for each of the optimizer's 2 param groups, got \[\]$"),
    ],
)
def test_wrong_scales(scale, sentence):
    for build in (DECAY.attach, DECAY.torch):
        optimizer = optimizer_of(2)
        before = copy.deepcopy(optimizer.state_dict())
        with pytest.raises(ValueError, match=sentence):
            build(optimizer, scale=scale)
        assert optimizer.state_dict() == before


@pytest.mark.parametrize("build", [DECAY.attach, DECAY.torch])
def test_not_an_optimizer(build):
    with pytest.raises(TypeError, match=r"^list is not an Optimizer$"):
        build([parameter()])


# ---- momentum

CYCLES = [Cyclic(0.01, 0.1, step_size_up=3), OneCycle(0.1, total_steps=40), 0.5 * OneCycle(0.1, total_steps=40)]


def momenta(optimizer, scheduler, steps):
    found = []
    for n in range(steps):
        group = optimizer.param_groups[0]
        found.append(group["betas"][0] if "betas" in group else group["momentum"])
        optimizer.step()
        if n < steps - 1:
            scheduler.step()
    return found


@pytest.mark.parametrize("schedule", CYCLES)
@pytest.mark.parametrize(
    "make", [lambda: optimizer_of(2, momentum=0.5), lambda: Adam([parameter()])], ids=["SGD", "Adam"]
)
def test_momentum_is_cycled_on_request(schedule, make):
    optimizer = make()
    scheduler = schedule.attach(optimizer, cycle_momentum=True)
    assert momenta(optimizer, scheduler, 40) == schedule.momentum(range(40)).tolist()
    twins = make()
    np.testing.assert_allclose(
        momenta(twins, schedule.torch(twins, cycle_momentum=True), 40), schedule.momentum(range(40)), rtol=1e-13
    )


def test_adams_second_beta_stays():
    optimizer = Adam([parameter()], betas=(0.9, 0.98))
    momenta(optimizer, CYCLES[0].attach(optimizer, cycle_momentum=True), 5)
    assert optimizer.param_groups[0]["betas"][1] == 0.98


def test_joined_cycles_share_the_momentum():
    joined = Join([CYCLES[1], CYCLES[0]], milestones=[40])
    optimizer, twins = optimizer_of(momentum=0.5), optimizer_of(momentum=0.5)
    expected = joined.momentum(range(60)).tolist()
    assert momenta(optimizer, joined.attach(optimizer, cycle_momentum=True), 60) == expected
    np.testing.assert_allclose(momenta(twins, joined.torch(twins, cycle_momentum=True), 60), expected, rtol=1e-13)


@pytest.mark.parametrize("build", ["attach", "torch"])
def test_momentum_that_is_not_there(build):
    optimizer = optimizer_of()
    with pytest.raises(
        ValueError, match=r"^cycle_momentum must be False for a schedule without momentum, got InverseTimeDecay\("
    ):
        getattr(DECAY, build)(optimizer, cycle_momentum=True)
    with pytest.raises(ValueError, match=r"^cycle_momentum must be True or False, got 1$"):
        getattr(CYCLES[0], build)(optimizer, cycle_momentum=1)
    plain = Adagrad([parameter()])
    with pytest.raises(
        ValueError, match=r"^cycle_momentum must be False for Adagrad, which has no momentum, got True$"
    ):
        getattr(CYCLES[0], build)(plain, cycle_momentum=True)


# ---- how rates are worked out


@pytest.mark.parametrize("schedule", [TimeDecay(1, decay=1e-4), OneCycle(0.1, total_steps=3_000)])
def test_thousands_of_steps_through_every_block(schedule):
    optimizer = optimizer_of()
    rates = used(optimizer, schedule.attach(optimizer), 2_999)[:, 0]
    np.testing.assert_allclose(rates, schedule.curve(2_999), rtol=1e-14)


def test_one_cycle_attached_ends_as_it_does_alone():
    optimizer = optimizer_of()
    scheduler = OneCycle(0.1, total_steps=5).attach(optimizer)
    used(optimizer, scheduler, 5)
    assert scheduler.get_last_lr() == [OneCycle(0.1, total_steps=5)(5)]
    optimizer.step()
    with pytest.raises(ValueError, match=r"^step must be <= total_steps \(5\), got 6$"):
        scheduler.step()


def test_attached_memory_is_proportional_to_the_steps_taken():
    optimizer = optimizer_of()
    scheduler = TimeDecay(1, decay=1e-4).attach(optimizer)
    for _ in range(1_000):
        optimizer.step()
        scheduler.step()
    assert len(scheduler._ahead[1]) <= 1_000


def test_a_fractional_epoch():
    schedule, optimizer = CosineWarmRestarts(0.1, T_0=3), optimizer_of()
    scheduler = schedule.attach(optimizer)
    for epoch in (0.5, 2.25, 3.0, 4.75):
        optimizer.step()
        with pytest.warns(UserWarning, match="epoch parameter"):
            scheduler.step(epoch)
        assert optimizer.param_groups[0]["lr"] == schedule(epoch)


# ---- saving and resuming


def through_a_file(state):
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


@pytest.mark.parametrize("scale", [1.0, [1.0, 0.1]])
@pytest.mark.parametrize("at", [0, 1, 7, 23])
def test_resumes_where_it_was_saved(at, scale):
    optimizer = optimizer_of(2, momentum=0.9)
    scheduler = DECAY.attach(optimizer, scale=scale)
    used(optimizer, scheduler, at)
    states = through_a_file({"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()})
    uncut = used(optimizer, scheduler, 20)

    optimizer = optimizer_of(2, momentum=0.9)
    scheduler = DECAY.attach(optimizer, scale=scale)
    optimizer.load_state_dict(states["optimizer"])
    scheduler.load_state_dict(states["scheduler"])
    np.testing.assert_array_equal(used(optimizer, scheduler, 20), uncut)


def test_loading_keeps_schedule_and_scale():
    optimizer = optimizer_of()
    scheduler = DECAY.attach(optimizer, scale=2)
    assert set(scheduler.state_dict()) == {"held"} | set(LRScheduler.state_dict(scheduler)) - {
        *("schedule", "scale", "cycle_momentum", "_factors", "_ahead", "_in_order_from")
    }
    scheduler.load_state_dict(Constant(1).attach(optimizer_of()).state_dict())
    assert scheduler.schedule == DECAY
    assert scheduler.scale == 2


# ---- among torch's schedulers


def test_first_in_a_sequence():
    optimizer = optimizer_of(lr=0.5)
    pieces = [DECAY.attach(optimizer), StepLR(optimizer, step_size=2, gamma=0.1)]
    rates = used(optimizer, SequentialLR(optimizer, pieces, milestones=[5]), 10)[:, 0]
    np.testing.assert_array_equal(rates[:5], DECAY.curve(5))
    np.testing.assert_allclose(rates[5:], Step(0.5, step_size=2).curve(5), rtol=1e-14)


def test_last_in_a_sequence_starts_at_its_own_step_0():
    optimizer = optimizer_of(lr=0.25)
    pieces = [StepLR(optimizer, step_size=2, gamma=0.1), DECAY.attach(optimizer)]
    rates = used(optimizer, SequentialLR(optimizer, pieces, milestones=[5]), 10)[:, 0]
    np.testing.assert_allclose(rates[:5], Step(0.25, step_size=2).curve(5), rtol=1e-14)
    np.testing.assert_array_equal(rates[5:], DECAY.curve(5))


@pytest.mark.parametrize("schedule", [DECAY, Step(0.5, step_size=3), MultiStep(0.2, milestones=[4]), Constant(0.7)])
def test_an_earlier_scheduler_leaves_no_trace(schedule):
    optimizer = optimizer_of(lr=0.9)
    used(optimizer, StepLR(optimizer, step_size=1), 5)
    assert optimizer.param_groups[0]["initial_lr"] == 0.9  # stale: torch's next scheduler would start from it
    for build in (schedule.attach, schedule.torch):
        rates = used(optimizer, build(optimizer), 10)[:, 0]
        np.testing.assert_allclose(rates, schedule.curve(10), rtol=1e-13)


def test_twin_scales_each_group():
    optimizer = optimizer_of(2)
    schedule = ExponentialDecay(0.5, decay=0.1)
    rates = used(optimizer, schedule.torch(optimizer, scale=[1, 0.1]), 10)
    np.testing.assert_allclose(rates, np.outer(schedule.curve(10), [1, 0.1]), rtol=1e-13)


def test_direct_use():
    optimizer = optimizer_of()
    scheduler = ScheduleLR(optimizer, DECAY, scale=3)
    assert optimizer.param_groups[0]["lr"] == 3 * DECAY(0)
    assert scheduler.last_epoch == 0


def test_what_the_course_says_of_torch_s_signatures():
    """Notebook 04: who takes `last_epoch`, and that `verbose` is gone; 07: Adam and AdamW differ by default."""
    takes = {
        name: set(inspect.signature(getattr(lr_scheduler, name)).parameters)
        for name in lr_scheduler.__all__
        if name != "LRScheduler"
    }
    assert {name for name, names in takes.items() if "last_epoch" not in names} == {
        "ReduceLROnPlateau",
        "ChainedScheduler",
    }
    assert not any("verbose" in names for names in takes.values())
    assert [method([parameter()]).defaults["weight_decay"] for method in (Adam, AdamW)] == [0, 0.01]
