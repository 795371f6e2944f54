"""What the checks call right is what torch does, on every public and hidden case."""

import numpy as np
import pytest
import torch
from support.corpus import cells
from support.torch_runs import used
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
    def make(last, base_lr, max_lr, up, down=None, gamma=1.0):
        how = {"mode": mode, "gamma": gamma, "cycle_momentum": False}
        return walked(last + 1, lambda o: lr_scheduler.CyclicLR(o, base_lr, max_lr, up, down, **how))

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
        ("triangular2", cyclic("triangular2")),
        ("exp_range", cyclic("exp_range")),
        ("one_cycle", one_cycle),
        ("cosine_restarts", restarts),
    ],
    ids=["triangular2", "exp_range", "one_cycle", "cosine_restarts"],
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
        ("nesterov_step", lambda weights, **how: torch.optim.SGD(weights, nesterov=True, **({"momentum": 0.9} | how))),
        ("adamw_step", torch.optim.AdamW),
        ("radam_step", torch.optim.RAdam),
    ],
    ids=["nesterov", "adamw", "radam"],
)
def test_updates(name, optimizer):
    for case in cases(name):
        start, grads, hyper = case.args
        lrs = hyper.get("lr") if isinstance(hyper.get("lr"), list) else None
        weight = torch.nn.Parameter(torch.tensor(start, dtype=torch.float64))
        made = optimizer([weight], **(hyper | ({"lr": lrs[0]} if lrs else {})))
        for k, (grad, expected) in enumerate(zip(grads, case.expected["params"], strict=True)):
            made.param_groups[0]["lr"] = lrs[k] if lrs else made.param_groups[0]["lr"]
            weight.grad = torch.tensor(grad, dtype=torch.float64)
            made.step()
            np.testing.assert_allclose(weight.detach().numpy(), expected, rtol=1e-10, err_msg=str(case.args))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "optimizer"),
    [
        ("SGD", torch.optim.SGD),
        ("Adagrad", torch.optim.Adagrad),
        ("RMSProp", torch.optim.RMSprop),
        ("Adam", torch.optim.Adam),
    ],
)
def test_step_lengths(method, optimizer):
    for case in cases("step_length"):
        name, n, g, lr, alpha = case.args
        if name == method:
            how = {"alpha": alpha} if method == "RMSProp" else {}
            weight = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
            made = optimizer([weight], lr=lr, **how, **({"eps": 0} if method != "SGD" else {}))
            for _ in range(n):
                before = weight.item()
                weight.grad = torch.full((1,), g, dtype=torch.float64)
                made.step()
            np.testing.assert_allclose(abs(weight.item() - before), case.expected, rtol=1e-9, err_msg=str(case.args))


def test_a_fair_comparison():
    for case in cases("compare_rates"):
        weights, rows, size, lrs = case.args
        table = torch.tensor(rows, dtype=torch.float64)
        for lr, expected in zip(lrs, case.expected["losses"], strict=True):
            weight = torch.tensor(weights, dtype=torch.float64, requires_grad=True)
            optimizer = torch.optim.Adam([weight], lr=lr)
            for part, right in zip(table.split(size), expected, strict=True):
                loss = (part[:, :2] @ weight[:2] + weight[2] - part[:, 2]).square().mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                np.testing.assert_allclose(loss.item(), right, rtol=1e-9, err_msg=str(case.args))


def test_ground_covered():
    for case in cases("ground_covered"):
        weight = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
        optimizer = torch.optim.SGD([weight], lr=1.0, momentum=0.5)
        for lr, momentum in zip(*case.args, strict=True):
            optimizer.param_groups[0].update(lr=lr, momentum=momentum)
            weight.grad = torch.ones(1, dtype=torch.float64)
            optimizer.step()
        np.testing.assert_allclose(-weight.item(), case.expected["distance"], rtol=1e-12, err_msg=str(case.args))


def test_one_cycle_to_its_end():
    for case in cases("train_one_cycle"):
        rows, size, epochs, max_lr = case.args
        batches = [*torch.tensor(rows, dtype=torch.float64).split(size)] * epochs
        weights = torch.tensor([0.5, 0.5], dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([weights], lr=1.0)
        scheduler = lr_scheduler.OneCycleLR(optimizer, max_lr, total_steps=len(batches), cycle_momentum=False)
        for batch, rate in zip(batches, case.expected["rates used"], strict=True):
            np.testing.assert_allclose(optimizer.param_groups[0]["lr"], rate, rtol=1e-9, err_msg=str(case.args))
            optimizer.zero_grad()
            (weights[0] * batch[:, 0] + weights[1] - batch[:, 1]).square().mean().backward()
            optimizer.step()
            scheduler.step()
        np.testing.assert_allclose(weights.tolist(), case.expected["weights"], rtol=1e-9, err_msg=str(case.args))


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


def test_runs_that_are_resumed():
    """A run that was never stopped uses, from the checkpoint on, the rates that the factor multiplies."""
    for case in cases("resume_scaled"):
        lrs, kind, settings, done, by_hand, steps, factor = case.args
        optimizer, scheduler = from_data(lrs, kind, settings)
        used(optimizer, scheduler, done, and_on=True)
        for group in optimizer.param_groups:
            group["lr"] *= by_hand
        planned = used(optimizer, scheduler, steps, and_on=True)
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
            assert lrs[int(np.argmin(slopes))] == case.expected["learning rate"]
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
