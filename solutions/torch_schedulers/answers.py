"""Unit "torch schedulers"."""

import copy
import math
import sys

import numpy as np
import torch
from torch.optim import lr_scheduler

from lrlab import schedules
from lrlab.units import Corpus

corpus = Corpus()
right, wrong = corpus.right, corpus.wrong


@right("scheduler_of_log")
def reduce_on_plateau(optimizer):
    return lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.2, patience=2, min_lr=0.001)


@right("scheduler_of_log")
def by_position_and_threshold(optimizer):
    return torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "min", 0.2, 2, threshold=0.0, min_lr=1e-3)


@right("scheduler_of_log")
def a_rate_for_each_group(optimizer):
    lowest = [0.001 for _ in optimizer.param_groups]
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, min_lr=lowest, patience=2, factor=1 / 5)
    print(scheduler.get_last_lr(), file=sys.stderr)
    return scheduler


@right("scheduler_of_log")
def in_absolute_terms(optimizer):
    return lr_scheduler.ReduceLROnPlateau(
        optimizer, mode="min", factor=0.2, patience=2, threshold=1e-6, threshold_mode="abs", min_lr=0.001
    )


@wrong("scheduler_of_log", "drops at run A's epochs")
def milestones(optimizer):
    return lr_scheduler.MultiStepLR(optimizer, milestones=[9, 13, 17], gamma=0.2)


@wrong("scheduler_of_log", "drops every four epochs")
def stairs(optimizer):
    return lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.2)


@wrong("scheduler_of_log", "patience one too high")
def patience_three(optimizer):
    return lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.2, patience=3, min_lr=0.001)


@wrong("scheduler_of_log", "no lowest rate")
def without_min_lr(optimizer):
    return lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.2, patience=2)


@wrong("scheduler_of_log", "default factor")
def a_tenth(optimizer):
    return lr_scheduler.ReduceLROnPlateau(optimizer, patience=2, min_lr=0.001)


@wrong("scheduler_of_log", "another optimizer")
def own_optimizer(optimizer):
    own = torch.optim.SGD([torch.zeros(1)], lr=0.1)
    return lr_scheduler.ReduceLROnPlateau(own, factor=0.2, patience=2, min_lr=0.001)


@wrong("scheduler_of_log", "verbose")
def as_in_2020(optimizer):
    return lr_scheduler.ReduceLROnPlateau(optimizer, "min", factor=0.2, patience=2, min_lr=0.001, verbose=True)


@wrong("scheduler_of_log", "It should return the scheduler")
def no_return(optimizer):
    lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.2, patience=2, min_lr=0.001)


@wrong("scheduler_of_log", "lrlab.")
def by_lrlab(optimizer):
    return schedules.ReduceOnPlateau(0.1, factor=0.2, patience=2, min_lr=0.001).torch(optimizer)


@right("as_multiplicative")
def quotient(optimizer, schedule):
    return lr_scheduler.MultiplicativeLR(optimizer, lambda n: schedule(n) / schedule(n - 1))


@right("as_multiplicative")
def with_a_function(optimizer, schedule):
    def factor(epoch):
        now, before = schedule(epoch), schedule(epoch - 1)
        return now / before

    return torch.optim.lr_scheduler.MultiplicativeLR(optimizer, lr_lambda=factor)


@right("as_multiplicative")
def one_for_each_group(optimizer, schedule):
    functions = [lambda n: schedule(n) * schedule(n - 1) ** -1 for _ in optimizer.param_groups]
    return lr_scheduler.MultiplicativeLR(optimizer, functions)


@right("as_multiplicative")
def remembers_the_last(optimizer, schedule):
    class Quotient:
        def __init__(self):
            self.last = schedule(0)

        def __call__(self, n):
            factor, self.last = schedule(n) / self.last, schedule(n)
            return factor

    return lr_scheduler.MultiplicativeLR(optimizer, [Quotient() for _ in optimizer.param_groups])


@wrong("as_multiplicative", "schedule itself as factor")
def the_schedule(optimizer, schedule):
    return lr_scheduler.MultiplicativeLR(optimizer, schedule)


@wrong("as_multiplicative", "LambdaLR")
def lambda_lr(optimizer, schedule):
    return lr_scheduler.LambdaLR(optimizer, schedule)


@wrong("as_multiplicative", "one step ahead")
def next_quotient(optimizer, schedule):
    return lr_scheduler.MultiplicativeLR(optimizer, lambda n: schedule(n + 1) / schedule(n))


@wrong("as_multiplicative", "upside down")
def inverse(optimizer, schedule):
    return lr_scheduler.MultiplicativeLR(optimizer, lambda n: schedule(n - 1) / schedule(n))


@wrong("as_multiplicative", "stepped already")
def steps_it(optimizer, schedule):
    scheduler = lr_scheduler.MultiplicativeLR(optimizer, lambda n: schedule(n) / schedule(n - 1))
    optimizer.step()
    scheduler.step()
    return scheduler


@wrong("as_multiplicative", "it should return the scheduler")
def returns_the_function(optimizer, schedule):
    return lambda n: schedule(n) / schedule(n - 1)


@right("run_epochs")
def last_lr_before_the_step(optimizer, scheduler, epochs, batches):
    used = []
    for _ in range(epochs):
        for _ in range(batches):
            used.append(scheduler.get_last_lr()[0])
            optimizer.step()
        scheduler.step()
    return used


@right("run_epochs")
def from_the_group(optimizer, scheduler, epochs, batches):
    used = np.zeros((epochs, batches))
    for epoch in range(epochs):
        for batch in range(batches):
            optimizer.step()
            used[epoch, batch] = optimizer.param_groups[0]["lr"]
        scheduler.step()
    return used.ravel()


@right("run_epochs")
def one_loop(optimizer, scheduler, epochs, batches):
    used = ()
    for n in range(epochs * batches):
        optimizer.zero_grad()
        used += tuple(scheduler.get_last_lr())
        optimizer.step()
        if (n + 1) % batches == 0:
            print("an epoch is over")
            scheduler.step()
    return used


@right("run_epochs")
def rate_of_the_epoch(optimizer, scheduler, epochs, batches):
    used = []
    for _ in range(epochs):
        used += batches * scheduler.get_last_lr()
        for _ in range(batches):
            optimizer.step()
        scheduler.step()
    return used


@wrong("run_epochs", "not corrected")
def the_script(optimizer, scheduler, epochs, batches):
    used = []
    for _ in range(epochs):
        scheduler.step()
        for _ in range(batches):
            optimizer.step()
            used.append(scheduler.get_lr()[0])
    return used


@wrong("run_epochs", "scheduler still first")
def only_the_reading_corrected(optimizer, scheduler, epochs, batches):
    used = []
    for _ in range(epochs):
        scheduler.step()
        for _ in range(batches):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
    return used


@wrong("run_epochs", "get_lr still there")
def only_the_order_corrected(optimizer, scheduler, epochs, batches):
    used = []
    for _ in range(epochs):
        for _ in range(batches):
            optimizer.step()
            used.append(scheduler.get_lr()[0])
        scheduler.step()
    return used


@wrong("run_epochs", "a step for each batch")
def inner_loop(optimizer, scheduler, epochs, batches):
    used = []
    for _ in range(epochs):
        for _ in range(batches):
            used.append(scheduler.get_last_lr()[0])
            optimizer.step()
            scheduler.step()
    return used


@wrong("run_epochs", "noted after the scheduler's step")
def notes_late(optimizer, scheduler, epochs, batches):
    used = []
    for _ in range(epochs):
        for _ in range(batches):
            optimizer.step()
        scheduler.step()
        used += scheduler.get_last_lr() * batches
    return used


@wrong("run_epochs", "lists of rates")
def of_lists(optimizer, scheduler, epochs, batches):
    used = []
    for _ in range(epochs):
        for _ in range(batches):
            used.append(scheduler.get_last_lr())
            optimizer.step()
        scheduler.step()
    return used


@wrong("run_epochs", "the optimizer takes a step for each batch")
def never_trains(optimizer, scheduler, epochs, batches):
    used = []
    for _ in range(epochs):
        used += scheduler.get_last_lr() * batches
        scheduler.step()
    return used


@right("cosine_run")
def counts_the_batches(optimizer, images, batch_size, epochs):
    per_epoch = math.ceil(images / batch_size)
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs * per_epoch)
    used = []
    for _ in range(epochs):
        for _ in range(per_epoch):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return used


@right("cosine_run")
def with_lambda(optimizer, images, batch_size, epochs):
    total = len(range(0, images, batch_size)) * epochs
    scheduler = lr_scheduler.LambdaLR(optimizer, lambda n: (1 + math.cos(math.pi * n / total)) / 2)
    used = np.zeros(total)
    for n in range(total):
        used[n] = scheduler.get_last_lr()[0]
        optimizer.step()
        scheduler.step()
    return used


@right("cosine_run")
def by_hand(optimizer, images, batch_size, epochs):
    total = (images // batch_size + (images % batch_size > 0)) * epochs
    first, used = [group["lr"] for group in optimizer.param_groups], ()
    for n in range(total):
        for group, lr in zip(optimizer.param_groups, first, strict=True):
            group["lr"] = lr * math.cos(math.pi * n / total / 2) ** 2
        used += (optimizer.param_groups[0]["lr"],)
        optimizer.step()
    return used


@right("cosine_run")
def one_long_restart(optimizer, images, batch_size, epochs):
    batches = [min(batch_size, images - k) for _ in range(epochs) for k in range(0, images, batch_size)]
    scheduler = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=len(batches))
    used = []
    for _ in batches:
        used += scheduler.get_last_lr()[:1]
        optimizer.step()
        scheduler.step()
    return torch.tensor(used, dtype=torch.float64)


@wrong("cosine_run", "not corrected")
def epochs_in_t_max(optimizer, images, batch_size, epochs):
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    used = []
    for _ in range(epochs):
        for _ in range(0, images, batch_size):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return used


@wrong("cosine_run", "smaller last batch forgotten")
def rounds_down(optimizer, images, batch_size, epochs):
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs * (images // batch_size))
    used = []
    for _ in range(epochs):
        for _ in range(0, images, batch_size):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return used


@wrong("cosine_run", "or took another number of steps")
def drops_the_last_batch(optimizer, images, batch_size, epochs):
    total = epochs * (images // batch_size)
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=total)
    used = []
    for _ in range(total):
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return used


@wrong("cosine_run", "a step for each epoch")
def outer_loop(optimizer, images, batch_size, epochs):
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
    used = []
    for _ in range(epochs):
        for _ in range(0, images, batch_size):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
        scheduler.step()
    return used


@wrong("cosine_run", "batches of all epochs at once")
def one_long_epoch(optimizer, images, batch_size, epochs):
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=math.ceil(epochs * images / batch_size))
    used = []
    for _ in range(epochs):
        for _ in range(0, images, batch_size):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return used


@wrong("cosine_run", "a part of an update")
def a_float(optimizer, images, batch_size, epochs):
    scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs * images / batch_size)
    used = []
    for _ in range(epochs):
        for _ in range(0, images, batch_size):
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
    return used


@right("plateau_rates")
def three_variables(losses, lr, factor, patience):
    best, bad, rates = None, 0, []
    for loss in losses:
        rates.append(lr)
        if best is None or loss < best:
            best = loss
            bad = 0
            continue
        bad += 1
        if bad == patience + 1:
            lr *= factor
            bad = 0
    return rates


@right("plateau_rates")
def by_running_minimum(losses, lr, factor, patience):
    losses = np.asarray(losses)
    before = np.concatenate([[np.inf], np.minimum.accumulate(losses)[:-1]])
    rates, bad = np.full(len(losses), lr), 0
    for k, better in enumerate(losses < before):
        bad = 0 if better else bad + 1
        if bad > patience:
            rates[k + 1 :] *= factor
            bad = 0
    return rates


@right("plateau_rates")
def for_lists_only(losses, lr, factor, patience):
    if not losses:
        return []
    queue, best, bad, rates = losses.copy(), math.inf, 0, ()
    while queue:
        loss = queue.pop(0)
        rates = (*rates, lr)
        bad = bad + 1 if loss >= best else 0
        best = min(best, loss)
        if bad > patience:
            lr, bad = lr * factor, 0
    return rates


@right("plateau_rates")
def counts_the_reductions(losses, lr, factor, patience):
    best, bad, reductions = losses[0], 0, [0]
    for loss in losses[1:]:
        reductions.append(reductions[-1] + (bad > patience))
        bad = 0 if bad > patience else bad
        best, bad = (loss, 0) if loss < best else (best, bad + 1)
    return lr * np.power(float(factor), reductions)


@wrong("plateau_rates", "one bad loss too early")
def impatient(losses, lr, factor, patience):
    best, bad, rates = math.inf, 0, []
    for loss in losses:
        rates.append(lr)
        bad = 0 if loss < best else bad + 1
        best = min(best, loss)
        if bad >= patience:
            lr, bad = lr * factor, 0
    return rates


@wrong("plateau_rates", "rate after the loss")
def notes_afterwards(losses, lr, factor, patience):
    best, bad, rates = math.inf, 0, []
    for loss in losses:
        bad = 0 if loss < best else bad + 1
        best = min(best, loss)
        if bad > patience:
            lr, bad = lr * factor, 0
        rates.append(lr)
    return rates


@wrong("plateau_rates", "an equal loss counts as better")
def ties(losses, lr, factor, patience):
    best, bad, rates = math.inf, 0, []
    for loss in losses:
        rates.append(lr)
        bad = 0 if loss <= best else bad + 1
        best = min(best, loss)
        if bad > patience:
            lr, bad = lr * factor, 0
    return rates


@wrong("plateau_rates", "compared with the loss before")
def last_loss(losses, lr, factor, patience):
    last, bad, rates = math.inf, 0, []
    for loss in losses:
        rates.append(lr)
        bad = 0 if loss < last else bad + 1
        last = loss
        if bad > patience:
            lr, bad = lr * factor, 0
    return rates


@wrong("plateau_rates", "calls torch.optim.lr_scheduler")
def by_torch(losses, lr, factor, patience):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=lr)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor=factor, patience=patience, threshold=0)
    rates = []
    for loss in losses:
        rates.append(optimizer.param_groups[0]["lr"])
        scheduler.step(loss)
    return rates


@wrong("plateau_rates", "count goes on")
def counts_on(losses, lr, factor, patience):
    best, bad, rates = math.inf, 0, []
    for loss in losses:
        rates.append(lr)
        bad = 0 if loss < best else bad + 1
        best = min(best, loss)
        if bad > patience:
            lr *= factor
    return rates


@wrong("plateau_rates", "one bad loss too early, among the bad ones")
def impatient_among_the_bad(losses, lr, factor, patience):
    best, bad, rates = math.inf, 0, []
    for loss in losses:
        rates.append(lr)
        if loss < best:
            best, bad = loss, 0
        else:
            bad += 1
            if bad >= patience:
                lr, bad = lr * factor, 0
    return rates


@wrong("plateau_rates", "cooldown")
def rests_after_a_drop(losses, lr, factor, patience):
    best, bad, resting, rates = math.inf, 0, False, []
    for loss in losses:
        rates.append(lr)
        if loss < best:
            best, bad = loss, 0
        elif not resting:
            bad += 1
        resting = False
        if bad > patience:
            lr, bad, resting = lr * factor, 0, True
    return rates


def stepped(optimizer, scheduler, steps):
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@right("resume_scaled")
def loads_then_scales(make, state, steps, factor):
    optimizer, scheduler = make()
    scheduler.load_state_dict(state["scheduler"])
    optimizer.load_state_dict(state["optimizer"])
    for group in optimizer.param_groups:
        group["lr"] *= factor
    scheduler.base_lrs = [factor * lr for lr in scheduler.base_lrs]
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@right("resume_scaled")
def scales_a_copy_of_the_state(make, state, steps, factor):
    state, (optimizer, scheduler) = copy.deepcopy(state), make()
    for group in state["optimizer"]["param_groups"]:
        group["lr"] = group["lr"] * factor
        group["initial_lr"] = group["initial_lr"] * factor
    for k, lr in enumerate(state["scheduler"]["base_lrs"]):
        state["scheduler"]["base_lrs"][k] = lr * factor
    for thing, key in ((optimizer, "optimizer"), (scheduler, "scheduler")):
        thing.load_state_dict(state[key])
    return tuple((optimizer.param_groups[0]["lr"], optimizer.step(), scheduler.step())[0] for _ in range(steps))


@right("resume_scaled")
def a_twin_for_the_plan(make, state, steps, factor):
    (twin, scheduler), (optimizer, _) = make(), make()
    twin.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    optimizer.load_state_dict(state["optimizer"])
    rates = np.empty(steps)
    for k in range(steps):
        for group, planned in zip(optimizer.param_groups, twin.param_groups, strict=True):
            group["lr"] = factor * planned["lr"]
        rates[k] = optimizer.param_groups[0]["lr"]
        optimizer.step()
        scheduler.step()
    return rates


@right("resume_scaled")
def scaled_for_a_moment(make, state, steps, factor):
    optimizer, scheduler = make()
    optimizer.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(copy.deepcopy(state["scheduler"]))
    rates = []
    for _ in range(steps):
        planned = [group["lr"] for group in optimizer.param_groups]
        for group in optimizer.param_groups:
            group["lr"] *= factor
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        for group, lr in zip(optimizer.param_groups, planned, strict=True):
            group["lr"] = lr
        scheduler.step()
    return rates


@wrong("resume_scaled", "not scaled")
def the_old_plan(make, state, steps, factor):
    optimizer, scheduler = make()
    optimizer.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    return stepped(optimizer, scheduler, steps)


@wrong("resume_scaled", "noted rates not scaled")
def groups_only(make, state, steps, factor):
    optimizer, scheduler = make()
    optimizer.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    for group in optimizer.param_groups:
        group["lr"] *= factor
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@wrong("resume_scaled", "noted rates not scaled")
def initial_lr_too(make, state, steps, factor):
    optimizer, scheduler = make()
    optimizer.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    for group in optimizer.param_groups:
        group["lr"] *= factor
        group["initial_lr"] *= factor
    return stepped(optimizer, scheduler, steps)


@wrong("resume_scaled", "replayed")
def replays(make, state, steps, factor):
    optimizer, scheduler = make()
    for _ in range(state["scheduler"]["last_epoch"]):
        scheduler.step()
    for group in optimizer.param_groups:
        group["lr"] *= factor
    scheduler.base_lrs = [lr * factor for lr in scheduler.base_lrs]
    return stepped(optimizer, scheduler, steps)


@wrong("resume_scaled", "other rates than `factor` times")
def copies_two_numbers(make, state, steps, factor):
    optimizer, scheduler = make()
    for group, saved in zip(optimizer.param_groups, state["optimizer"]["param_groups"], strict=True):
        group["lr"] = saved["lr"] * factor
    scheduler.last_epoch = state["scheduler"]["last_epoch"]
    scheduler.base_lrs = [lr * factor for lr in scheduler.base_lrs]
    return stepped(optimizer, scheduler, steps)


@wrong("resume_scaled", "changes state")
def pops_the_state(make, state, steps, factor):
    optimizer, scheduler = make()
    optimizer.load_state_dict(state.pop("optimizer"))
    scheduler.load_state_dict(state.pop("scheduler"))
    for group in optimizer.param_groups:
        group["lr"] *= factor
    scheduler.base_lrs = [lr * factor for lr in scheduler.base_lrs]
    return stepped(optimizer, scheduler, steps)


@wrong("resume_scaled", "changes state")
def scales_the_state_itself(make, state, steps, factor):
    optimizer, scheduler = make()
    for group in state["optimizer"]["param_groups"]:
        group["lr"] *= factor
    state["scheduler"]["base_lrs"] = [lr * factor for lr in state["scheduler"]["base_lrs"]]
    optimizer.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    return stepped(optimizer, scheduler, steps)


@wrong("resume_scaled", "not scaled")
def loads_last(make, state, steps, factor):
    optimizer, scheduler = make()
    for group in optimizer.param_groups:
        group["lr"] *= factor
    scheduler.base_lrs = [lr * factor for lr in scheduler.base_lrs]
    optimizer.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    return stepped(optimizer, scheduler, steps)


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.
@wrong("cosine_run", "optimizer.step() used other rates")
def whole_batches_only(optimizer, images, batch_size, epochs):
    updates = epochs * (images // batch_size)
    scheduler, rates = lr_scheduler.CosineAnnealingLR(optimizer, updates), []
    for _ in range(updates):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@wrong("plateau_rates", "cooldown")
def with_torchs_threshold_and_a_cooldown(losses, lr, factor, patience):
    best, bad, pause, rates = math.inf, 0, 0, []
    for loss in losses:
        rates.append(lr)
        better = loss < best * (1 - 1e-4)
        best, bad = (loss, 0) if better else (best, bad + 1)
        if pause:
            pause, bad = pause - 1, 0
        if bad > patience:
            lr, bad, pause = lr * factor, 0, 1
    return rates


@wrong("resume_scaled", "first group only")
def first_group_scaled(make, state, steps, factor):
    optimizer, scheduler = make()
    optimizer.load_state_dict(copy.deepcopy(state["optimizer"]))
    scheduler.load_state_dict(copy.deepcopy(state["scheduler"]))
    optimizer.param_groups[0]["lr"] *= factor
    scheduler.base_lrs[0] *= factor
    used = []
    for _ in range(steps):
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return used


@wrong("resume_scaled", "returned rates only")
def result_scaled(make, state, steps, factor):
    optimizer, scheduler = make()
    optimizer.load_state_dict(copy.deepcopy(state["optimizer"]))
    scheduler.load_state_dict(copy.deepcopy(state["scheduler"]))
    used = []
    for _ in range(steps):
        used.append(factor * optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return used


@right("plateau_rates")
def improvements_first(losses, lr, factor, patience):
    losses = np.asarray(losses, dtype=float)
    before = np.concatenate([[np.inf], np.minimum.accumulate(losses)[:-1]])
    out = np.empty(len(losses))
    bad = 0
    for i, better in enumerate(losses < before):
        out[i] = lr
        bad = 0 if better else bad + 1
        if bad == patience + 1:
            lr, bad = lr * factor, 0
    return out


@wrong("plateau_rates", "1 - factor")
def taken_off(losses, lr, factor, patience):
    best, bad, rates = float("inf"), 0, []
    for loss in losses:
        rates.append(lr)
        if loss < best:
            best, bad = loss, 0
        else:
            bad += 1
            if bad > patience:
                lr, bad = lr * (1 - factor), 0
    return rates


@wrong("run_epochs", "lists of rates")
def whole_lists(optimizer, scheduler, epochs, batches):
    used = []
    for _epoch in range(epochs):
        for _batch in range(batches):
            used.append(scheduler.get_last_lr())
            optimizer.step()
        scheduler.step()
    return used


@wrong("as_multiplicative", "divided by the last factor")
def divides_by_the_last_factor(optimizer, schedule):
    class Factor:
        def __init__(self):
            self.last = 1.0

        def __call__(self, n):
            self.last = schedule(n) / self.last
            return self.last

    return lr_scheduler.MultiplicativeLR(optimizer, [Factor() for _ in optimizer.param_groups])


@wrong("plateau_rates", "first loss counted as bad")
def begins_with_the_first_loss(losses, lr, factor, patience):
    best, bad, rates = losses[0], 0, []
    for loss in losses:
        rates.append(lr)
        best, bad = (loss, 0) if loss < best else (best, bad + 1)
        if bad > patience:
            lr, bad = lr * factor, 0
    return rates


EQUIVALENT_MUTANTS = {
    'plateau_rates: 0 -> 1, column 37 of `best, bad, rates = float("inf"), 0, []`': "the first loss is finite, so it "
    "improves on infinity, which sets the count to 0",
    'plateau_rates: 0 -> -1, column 37 of `best, bad, rates = float("inf"), 0, []`': "the first loss is finite, so it "
    "improves on infinity, which sets the count to 0",
}


@wrong("scheduler_of_log", "lowest rate as a share")
def a_hundredth_of_each_rate(optimizer):
    return lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=0.2, patience=2, min_lr=[g["lr"] / 100 for g in optimizer.param_groups]
    )


@wrong("scheduler_of_log", "lowest rate as a share of the first group's")
def a_hundredth_of_the_first_rate(optimizer):
    return lr_scheduler.ReduceLROnPlateau(optimizer, "min", 0.2, 2, min_lr=optimizer.param_groups[0]["lr"] / 100)


@wrong("scheduler_of_log", "larger threshold")
def one_tenth_better(optimizer):
    return lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.2, patience=2, min_lr=0.001, threshold=0.1)


@wrong("as_multiplicative", "schedule itself as factor")
def divided_by_the_first(optimizer, schedule):
    return lr_scheduler.MultiplicativeLR(optimizer, lambda n: schedule(n) / schedule(0))


@wrong("cosine_run", "restart in each epoch")
def warm_restarts(optimizer, images, batch_size, epochs):
    per_epoch, used = math.ceil(images / batch_size), []
    scheduler = lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=per_epoch)
    for _ in range(per_epoch * epochs):
        used.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return used


@wrong("plateau_rates", "patience grows")
def more_patient_each_time(losses, lr, factor, patience):
    best, bad, used = float("inf"), 0, []
    for loss in losses:
        used.append(lr)
        if loss < best:
            best, bad = loss, 0
        else:
            bad += 1
        if bad > patience:
            lr, bad, patience = lr * factor, 0, patience * 2
    return used


@wrong("plateau_rates", "compared with the mean so far")
def below_the_mean(losses, lr, factor, patience):
    used, bad = [], 0
    for k, loss in enumerate(losses):
        used.append(lr)
        bad = 0 if k == 0 or loss < sum(losses[:k]) / k else bad + 1
        if bad > patience:
            lr, bad = lr * factor, 0
    return used


@wrong("resume_scaled", "optimizer not loaded")
def from_the_noted_rate(make, state, steps, factor):
    optimizer, scheduler = make()
    optimizer.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    for group in optimizer.param_groups:
        group["lr"] = group["initial_lr"] * factor
    scheduler.base_lrs = [lr * factor for lr in scheduler.base_lrs]
    used = []
    for _ in range(steps):
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return used
