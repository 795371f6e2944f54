"""Unit "torch schedulers"."""

import copy
import math
import sys

import numpy as np
import torch
from torch.optim import lr_scheduler

from lrlab import schedules
from lrlab.grading.unit import Corpus

corpus = Corpus()
right, wrong = corpus.right, corpus.wrong


@right("lrs_used")
def from_the_group(optimizer, scheduler, steps):
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@right("lrs_used")
def last_lr_after_the_optimizer(optimizer, scheduler, steps):
    rates = np.zeros(steps)
    for n in range(steps):
        optimizer.zero_grad()
        optimizer.step()
        (rates[n],) = scheduler.get_last_lr()
        scheduler.step()
    return rates


@right("lrs_used")
def extended(optimizer, scheduler, steps):
    rates = ()
    while len(rates) < steps:
        rates += tuple(scheduler.get_last_lr())
        optimizer.step()
        print("stepped", file=sys.stderr)
        scheduler.step()
    return rates


@wrong("lrs_used", "read after the step")
def too_late(optimizer, scheduler, steps):
    rates = []
    for _ in range(steps):
        optimizer.step()
        scheduler.step()
        rates.append(scheduler.get_last_lr()[0])
    return rates


@wrong("lrs_used", "scheduler first")
def wrong_order(optimizer, scheduler, steps):
    rates = []
    for _ in range(steps):
        scheduler.step()
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
    return rates


@wrong("lrs_used", "optimizer not stepped")
def scheduler_only(optimizer, scheduler, steps):
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        scheduler.step()
    return rates


@wrong("lrs_used", "lists")
def of_lists(optimizer, scheduler, steps):
    rates = []
    for _ in range(steps):
        rates.append(scheduler.get_last_lr())
        optimizer.step()
        scheduler.step()
    return rates


@wrong("lrs_used", "scheduler not stepped")
def constant(optimizer, scheduler, steps):
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
    return rates


@wrong("lrs_used", "the optimizer steps first")
def steps_apart(optimizer, scheduler, steps):
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        scheduler.step()
    for _ in range(steps):
        optimizer.step()
    return rates


@right("lecture_step_lr")
def step_lr(optimizer):
    return lr_scheduler.StepLR(optimizer, step_size=30, gamma=0.1)


@right("lecture_step_lr")
def lambda_lr(optimizer):
    return torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.1 ** (epoch // 30))


@right("lecture_step_lr")
def many_milestones(optimizer):
    return lr_scheduler.MultiStepLR(optimizer, range(30, 3000, 30), 0.1)


@wrong("lecture_step_lr", "halved")
def half(optimizer):
    return lr_scheduler.StepLR(optimizer, 30, 0.5)


@wrong("lecture_step_lr", "the slide's rate set")
def sets_the_rate(optimizer):
    for group in optimizer.param_groups:
        group["lr"] = 0.05
    return lr_scheduler.StepLR(optimizer, 30)


@wrong("lecture_step_lr", "another optimizer")
def own_optimizer(optimizer):
    return lr_scheduler.StepLR(torch.optim.SGD([torch.zeros(1)], lr=0.05), 30)


@wrong("lecture_step_lr", "stepped already")
def steps_it(optimizer):
    scheduler = lr_scheduler.StepLR(optimizer, 30)
    scheduler.step()
    return scheduler


@wrong("lecture_step_lr", "verbose")
def as_in_2020(optimizer):
    return lr_scheduler.StepLR(optimizer, step_size=30, gamma=0.1, verbose=True)


@wrong("lecture_step_lr", "the scheduler is due")
def no_return(optimizer):
    lr_scheduler.StepLR(optimizer, 30)


@wrong("lecture_step_lr", "lrlab.")
def by_lrlab(optimizer):
    return schedules.Step(0.05, step_size=30, gamma=0.1).torch(optimizer)


@right("lecture_multistep_lr")
def multistep(optimizer):
    return lr_scheduler.MultiStepLR(optimizer, milestones=[30, 80], gamma=0.1)


@right("lecture_multistep_lr")
def multistep_as_lambda(optimizer):
    return lr_scheduler.LambdaLR(optimizer, lambda n: 1.0 if n < 30 else 0.1 if n < 80 else 0.01)


@right("lecture_multistep_lr")
def multiplied(optimizer):
    return lr_scheduler.MultiplicativeLR(optimizer, lambda n: 0.1 if n in {30, 80} else 1.0)


@wrong("lecture_multistep_lr", "milestones as lengths")
def lengths(optimizer):
    return lr_scheduler.MultiStepLR(optimizer, [30, 30 + 80])


@wrong("lecture_multistep_lr", "the other example")
def every_thirty(optimizer):
    return lr_scheduler.StepLR(optimizer, 30)


@wrong("lecture_multistep_lr", "one milestone")
def thirty(optimizer):
    return lr_scheduler.MultiStepLR(optimizer, [30])


@wrong("lecture_multistep_lr", "halved")
def multistep_half(optimizer):
    return lr_scheduler.MultiStepLR(optimizer, [30, 80], gamma=0.5)


@wrong("lecture_multistep_lr", "the scheduler is due")
def returns_the_optimizers_class(optimizer):
    lr_scheduler.MultiStepLR(optimizer, [30, 80])
    return 0.05


@right("time_based")
def with_lambda(optimizer, d):
    return lr_scheduler.MultiplicativeLR(optimizer, lr_lambda=lambda n: 1 / (1 + d * (n - 1)))


@right("time_based")
def with_a_function(optimizer, d):
    def factor(epoch):
        return (1 + d * epoch - d) ** -1

    return torch.optim.lr_scheduler.MultiplicativeLR(optimizer, factor)


@right("time_based")
def one_for_each_group(optimizer, d):
    functions = [lambda n: 1.0 / (1.0 + d * (n - 1)) for _ in optimizer.param_groups]
    return lr_scheduler.MultiplicativeLR(optimizer, functions)


@wrong("time_based", "divides by 1 + d·n too early")
def forgets_minus_one(optimizer, d):
    return lr_scheduler.MultiplicativeLR(optimizer, lambda n: 1 / (1 + d * n))


@wrong("time_based", "closed form")
def closed_form(optimizer, d):
    return lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + d * n))


@wrong("time_based", "right rates, other class")
def lambda_product(optimizer, d):
    return lr_scheduler.LambdaLR(optimizer, lambda n: 1 / math.prod(1 + d * k for k in range(n)))


@wrong("time_based", "constant factor")
def same_factor(optimizer, d):
    return lr_scheduler.MultiplicativeLR(optimizer, lambda n: 1 / (1 + d))


@wrong("time_based", "lrlab.schedules")
def lrlabs_twin(optimizer, d):
    return schedules.TimeDecay(1.0, decay=d).torch(optimizer)


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


@wrong("plateau_rates", "count not started anew")
def counts_on(losses, lr, factor, patience):
    best, bad, rates = math.inf, 0, []
    for loss in losses:
        rates.append(lr)
        bad = 0 if loss < best else bad + 1
        best = min(best, loss)
        if bad > patience:
            lr *= factor
    return rates


@right("resume")
def load_both(make, state, steps):
    optimizer, scheduler = make()
    scheduler.load_state_dict(state["scheduler"])
    optimizer.load_state_dict(state["optimizer"])
    return from_the_group_again(optimizer, scheduler, steps)


def from_the_group_again(optimizer, scheduler, steps):
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


@right("resume")
def deep_copies(make, state, steps):
    state, (optimizer, scheduler) = copy.deepcopy(state), make()
    for thing, key in ((optimizer, "optimizer"), (scheduler, "scheduler")):
        thing.load_state_dict(state[key])
    return tuple((optimizer.param_groups[0]["lr"], optimizer.step(), scheduler.step())[0] for _ in range(steps))


@right("resume")
def scheduler_steps_only(make, state, steps):
    optimizer, scheduler = make()
    optimizer.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    rates = np.empty(steps)
    for k in range(steps):
        rates[k] = scheduler.get_last_lr()[0]
        scheduler.step()
    return rates


@wrong("resume", "scheduler only")
def only_the_scheduler(make, state, steps):
    optimizer, scheduler = make()
    scheduler.load_state_dict(state["scheduler"])
    return from_the_group_again(optimizer, scheduler, steps)


@wrong("resume", "optimizer only")
def only_the_optimizer(make, state, steps):
    optimizer, scheduler = make()
    optimizer.load_state_dict(state["optimizer"])
    return from_the_group_again(optimizer, scheduler, steps)


@wrong("resume", "nothing loaded")
def afresh(make, state, steps):
    optimizer, scheduler = make()
    return from_the_group_again(optimizer, scheduler, steps)


@wrong("resume", "changes state")
def pops_the_state(make, state, steps):
    optimizer, scheduler = make()
    optimizer.load_state_dict(state.pop("optimizer"))
    scheduler.load_state_dict(state.pop("scheduler"))
    return from_the_group_again(optimizer, scheduler, steps)


@wrong("resume", "read after the step")
def after_the_step(make, state, steps):
    optimizer, scheduler = make()
    optimizer.load_state_dict(state["optimizer"])
    scheduler.load_state_dict(state["scheduler"])
    rates = []
    for _ in range(steps):
        optimizer.step()
        scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
    return rates


@wrong("resume", "AttributeError")
def two_calls_of_make(make, state, steps):
    optimizer, scheduler = make(), make()
    return from_the_group_again(optimizer, scheduler, steps)


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.
EQUIVALENT_MUTANTS = {
    'lrs_used: 0 -> -1, column 44 of `rates.append(optimizer.param_groups[0]["lr"])`': "there is one group",
    "lecture_multistep_lr: first two swapped, column 58 of `return "
    "lr_scheduler.MultiStepLR(optimizer, milestones=[30, 80])`": "torch counts milestones in any order",
    "plateau_rates: 0 -> 1, "
    "column 37 of `best, bad, "
    'rates = float("inf"), 0, '
    "[]`": "the first loss is finite, so it improves on infinity, which sets the count to 0",
    "plateau_rates: 0 -> -1, "
    "column 37 of `best, bad, "
    'rates = float("inf"), 0, '
    "[]`": "the first loss is finite, so it improves on infinity, which sets the count to 0",
    "resume: statement left out, column 8 of `optimizer.step()`": "the scheduler alone makes the rates; torch warns",
}
