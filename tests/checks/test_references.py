"""What the checks call right is what torch does, on every public and hidden case."""

import numpy as np
import pytest
import torch
from support.corpus import cells
from torch.optim import lr_scheduler


def cases(name):
    return [case for tried in cells(name).values() for some in tried for case in some]


def walked(steps, make):
    """The rates that a scheduler of torch's gives an optimizer, before each of its steps."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(rates)


def cyclic(mode):
    def make(last, base_lr, max_lr, step_size):
        return walked(
            last + 1,
            lambda o: lr_scheduler.CyclicLR(o, base_lr, max_lr, step_size, mode=mode, cycle_momentum=False),
        )

    return make


def one_cycle(last, total_steps, *rest):
    return walked(total_steps, lambda optimizer: _OneCycle(optimizer, total_steps, *rest))


class _OneCycle:
    """torch's OneCycleLR, which refuses the step after the last update; nothing reads the rate after that."""

    def __init__(self, optimizer, total_steps, max_lr, pct_start, div_factor, final_div_factor):
        self.torchs = lr_scheduler.OneCycleLR(
            optimizer,
            max_lr,
            total_steps,
            pct_start=pct_start,
            div_factor=div_factor,
            final_div_factor=final_div_factor,
            cycle_momentum=False,
        )
        self.left = total_steps - 1

    def step(self):
        if self.left:
            self.torchs.step()
            self.left -= 1


def restarts(last, lr, T_0, T_mult, eta_min):
    def make(optimizer):
        optimizer.param_groups[0]["lr"] = lr
        return lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0, T_mult, eta_min)

    return walked(last + 1, make)


@pytest.mark.parametrize(
    ("name", "torchs"),
    [
        ("triangular", cyclic("triangular")),
        ("triangular2", cyclic("triangular2")),
        ("one_cycle", one_cycle),
        ("cosine_restarts", restarts),
    ],
    ids=["triangular", "triangular2", "one_cycle", "cosine_restarts"],
)
@pytest.mark.filterwarnings("ignore")
def test_rates(name, torchs):
    for case in cases(name):
        n, *rest = case.args
        rates = torchs(int(np.max(n)), *rest)[n]
        np.testing.assert_allclose(rates, case.expected, rtol=1e-9, err_msg=str(case.args))


@pytest.mark.parametrize(
    ("name", "optimizer"),
    [
        ("adagrad_step", torch.optim.Adagrad),
        ("rmsprop_step", torch.optim.RMSprop),
        ("adadelta_step", torch.optim.Adadelta),
        ("adam_step", torch.optim.Adam),
    ],
    ids=["adagrad", "rmsprop", "adadelta", "adam"],
)
def test_updates(name, optimizer):
    for case in cases(name):
        start, grads, hyper = case.args
        weight = torch.nn.Parameter(torch.tensor(start, dtype=torch.float64))
        made = optimizer([weight], **hyper)
        for grad, expected in zip(grads, case.expected["params"], strict=True):
            weight.grad = torch.tensor(grad, dtype=torch.float64)
            made.step()
            np.testing.assert_allclose(weight.detach().numpy(), expected, rtol=1e-10, err_msg=str(case.args))


def test_plateau():
    for case in cases("plateau_rates"):
        losses, lr, factor, patience = case.args
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=lr)
        scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor=factor, patience=patience, threshold=0)
        rates = []
        for loss in losses:
            rates.append(optimizer.param_groups[0]["lr"])
            scheduler.step(loss)
        np.testing.assert_allclose(rates, case.expected["rates"], rtol=1e-12)


def from_data(lrs, kind, settings):
    """An optimizer at these rates, and torch's scheduler of this kind on it."""
    optimizer = torch.optim.SGD([{"params": [torch.zeros(1)], "lr": lr} for lr in lrs])
    if kind == "LambdaLR":
        return optimizer, lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + settings["d"] * n))
    return optimizer, getattr(lr_scheduler, kind)(optimizer, **settings)


def stepped(optimizer, scheduler, steps):
    rates = []
    for _ in range(steps):
        rates.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        scheduler.step()
    return np.array(rates)


def test_runs_that_are_resumed():
    """A run that was never stopped uses, from the checkpoint on, the rates that the factor multiplies."""
    for case in cases("resume_scaled"):
        lrs, kind, settings, done, by_hand, steps, factor = case.args
        optimizer, scheduler = from_data(lrs, kind, settings)
        stepped(optimizer, scheduler, done)
        for group in optimizer.param_groups:
            group["lr"] *= by_hand
        planned = stepped(optimizer, scheduler, steps)
        np.testing.assert_allclose(factor * planned, case.expected["rates used"], rtol=1e-9, err_msg=str(case.args))


def test_the_scheduler_of_the_log():
    for case in cases("scheduler_of_log"):
        lrs, losses = case.args
        arguments = {"factor": 0.2, "patience": 2, "min_lr": 0.001}
        optimizer, scheduler = from_data(lrs, "ReduceLROnPlateau", arguments)
        for loss, expected in zip(losses, case.expected["rates"], strict=True):
            np.testing.assert_allclose([group["lr"] for group in optimizer.param_groups], expected, rtol=1e-9)
            scheduler.step(loss)


@pytest.mark.parametrize("name", ["log_grid", "steepest_lr"])
def test_numpys_tools(name):
    for case in cases(name):
        if name == "log_grid":
            np.testing.assert_allclose(np.geomspace(*case.args), case.expected["rates"], rtol=1e-12)
        else:
            lrs, losses = case.args
            slopes = np.gradient(losses, np.log(lrs))
            assert lrs[int(np.argmin(slopes))] == case.expected["rate"]
            assert np.sort(slopes)[1] - np.min(slopes) > 0.01  # no tie, however it is computed


def test_votes_and_choices():
    for case in cases("majority_vote"):
        p = torch.tensor(case.args[0], dtype=torch.float64)
        votes = torch.nn.functional.one_hot(p.argmax(-1), p.shape[-1]).sum(0)
        assert (votes + p.mean(0) / 2).argmax(-1).tolist() == case.expected["classes"], case.args
    for case in cases("greedy_ensemble"):
        table, labels, size = torch.tensor(case.args[0], dtype=torch.float64), torch.tensor(case.args[1]), case.args[2]
        chosen: list[int] = []
        for _ in range(size):
            means = [table[[*chosen, k]].mean(0) for k in range(len(table))]
            losses = torch.stack([torch.nn.functional.nll_loss(mean.log(), labels) for mean in means])
            chosen.append(int(losses.argmin()))
            assert losses.sort().values.diff()[0] > 1e-3  # no tie, however it is computed
        assert chosen == case.expected["members"], case.args
