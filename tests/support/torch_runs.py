"""Runs of torch's schedulers, for the tests that compare."""

import numpy as np
import torch
from torch.optim import SGD


def optimizer_of(groups=1, **arguments):
    """SGD without a gradient, so that a step is nearly free; its own rate must not matter."""
    params = [{"params": [torch.zeros(1, requires_grad=True)]} for _ in range(groups)]
    return SGD(params, **({"lr": 0.123} | arguments))


def used(optimizer, scheduler, steps, key="lr", *, and_on=False):
    """What each of ``steps`` updates uses in every param group, shape ``(steps, groups)``.

    ``and_on``: the scheduler steps after the last of them, too; one of a fixed length can't.
    """
    values = []
    for n in range(steps):
        values.append([group[key] for group in optimizer.param_groups])
        optimizer.step()
        if n < steps - 1 or and_on:
            scheduler.step()
    return np.array(values)


def assert_equals_torch(schedule, name, steps, highest, scales=(1.0, 0.25)):
    """``schedule`` against torch's class of that name, on two param groups of different scale."""
    optimizer = optimizer_of(len(scales))
    scheduler = schedule.torch(optimizer, scale=list(scales))
    assert type(scheduler).__name__ == name
    expected = np.outer(schedule.curve(steps), scales)
    np.testing.assert_allclose(expected, used(optimizer, scheduler, steps), rtol=1e-10, atol=1e-14 * highest)
