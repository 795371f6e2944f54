"""What the course says of torch's schedulers where no cell of a notebook shows it."""

import warnings
from collections.abc import Callable
from typing import Any

import pytest
from support.torch_runs import optimizer_of, used
from torch.optim import lr_scheduler

MAKERS: dict[str, Callable[[Any], Any]] = {
    "StepLR": lambda optimizer: lr_scheduler.StepLR(optimizer, step_size=3),
    "MultiStepLR": lambda optimizer: lr_scheduler.MultiStepLR(optimizer, milestones=[3]),
    "ExponentialLR": lambda optimizer: lr_scheduler.ExponentialLR(optimizer, gamma=0.9),
    "CosineAnnealingLR": lambda optimizer: lr_scheduler.CosineAnnealingLR(optimizer, T_max=10),
    "MultiplicativeLR": lambda optimizer: lr_scheduler.MultiplicativeLR(optimizer, lambda n: 0.9),
    "LambdaLR": lambda optimizer: lr_scheduler.LambdaLR(optimizer, lambda n: 0.9**n),
    "CosineAnnealingWarmRestarts": lambda optimizer: lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=10),
    "CyclicLR": lambda optimizer: lr_scheduler.CyclicLR(optimizer, 0.01, 0.1, cycle_momentum=False),
    "OneCycleLR": lambda optimizer: lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=10, cycle_momentum=False),
}


@pytest.mark.parametrize("name", MAKERS)
def test_a_scheduler_notes_where_it_starts(name: str) -> None:
    """Notebooks 03 and 04: nearly all of them do; ``ReduceLROnPlateau`` doesn't."""
    optimizer = optimizer_of()
    MAKERS[name](optimizer)
    assert "initial_lr" in optimizer.param_groups[0]
    optimizer = optimizer_of()
    lr_scheduler.ReduceLROnPlateau(optimizer)
    assert "initial_lr" not in optimizer.param_groups[0]


@pytest.mark.parametrize("name", [name for name in MAKERS if name not in ("CyclicLR", "OneCycleLR")])
def test_which_ones_start_from_an_old_note(name: str) -> None:
    """The notes for notebook 03 and the sheet of traps: those that compute the rate from the first one."""
    optimizer = optimizer_of(lr=0.1)
    lr_scheduler.LambdaLR(optimizer, lambda n: 1.0)
    optimizer.param_groups[0]["lr"] = 0.02
    [[first]] = used(optimizer, MAKERS[name](optimizer), 1)
    assert first == (0.1 if name in ("LambdaLR", "CosineAnnealingWarmRestarts") else 0.02)


@pytest.mark.parametrize("order", [1, -1])
def test_a_chain_with_a_lambda_is_no_product(order: int) -> None:
    """Notebook 04: and torch doesn't warn."""
    optimizer = optimizer_of(lr=0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ramp = lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=5)
        decay = lr_scheduler.LambdaLR(optimizer, lambda n: 0.9**n)
        rates = used(optimizer, lr_scheduler.ChainedScheduler([ramp, decay][::order]), 4)[:, 0]
    product = [0.1 * (0.1 + 0.9 * n / 5) * 0.9**n for n in range(4)]
    assert rates[1:].tolist() != pytest.approx(product[1:], rel=0.05)


def test_what_a_warm_up_in_front_does_to_two_schedulers() -> None:
    """Notebook 04, the table at its end."""
    optimizer = optimizer_of(lr=0.1)
    ramp = lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=3)
    with pytest.raises(ValueError, match="does not support `ReduceLROnPlateau`"):
        lr_scheduler.SequentialLR(optimizer, [ramp, lr_scheduler.ReduceLROnPlateau(optimizer)], milestones=[3])
    optimizer = optimizer_of(lr=0.1)
    parts = [
        lr_scheduler.LinearLR(optimizer, start_factor=0.1, total_iters=3),
        lr_scheduler.MultiplicativeLR(optimizer, lambda n: 0.5),
    ]
    rates = used(optimizer, lr_scheduler.SequentialLR(optimizer, parts, milestones=[3]), 5)[:, 0]
    assert rates == pytest.approx([0.01, 0.04, 0.07, 0.035, 0.0175])


def test_last_epoch_is_an_index_as_an_argument_and_a_count_as_an_attribute() -> None:
    """Notebook 04: forty epochs are done, the last of them is number 39."""
    optimizer = optimizer_of(lr=0.005)
    optimizer.param_groups[0]["initial_lr"] = 0.05
    scheduler = lr_scheduler.StepLR(optimizer, step_size=30, last_epoch=39)
    assert scheduler.last_epoch == 40
    used(optimizer, scheduler, 20, and_on=True)
    assert scheduler.last_epoch == 60
    assert scheduler.get_last_lr() == pytest.approx([0.0005])


def test_only_a_negative_rate_is_refused() -> None:
    """The prediction ``00-rates``."""
    assert optimizer_of(lr=1e9).param_groups[0]["lr"] == 1e9
    with pytest.raises(ValueError, match="Invalid learning rate: -1"):
        optimizer_of(lr=-1)
