"""Unit "param groups"."""

import copy
import itertools
import operator
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from lrlab.grading.unit import Corpus

corpus = Corpus()
right, wrong = corpus.right, corpus.wrong


@right("read_lrs")
def in_a_loop(optimizer):
    rates = []
    for group in optimizer.param_groups:
        rates.append(group["lr"])
    return rates


@right("read_lrs")
def tuple_by_map(optimizer):
    return tuple(map(operator.itemgetter("lr"), optimizer.param_groups))


@right("read_lrs")
def as_an_array(optimizer):
    return np.array([float(group.get("lr")) for group in optimizer.param_groups])


@right("read_lrs")
def from_the_state_dict(optimizer):
    return torch.tensor([group["lr"] for group in optimizer.state_dict()["param_groups"]])


@wrong("read_lrs", "one number")
def only_the_first(optimizer):
    return optimizer.param_groups[0]["lr"]


@wrong("read_lrs", "last group only")
def overwritten(optimizer):
    for group in optimizer.param_groups:
        rate = group["lr"]
    return rate


@wrong("read_lrs", "first group only")
def returns_too_early(optimizer):
    rates = []
    for group in optimizer.param_groups:
        rates.append(group["lr"])
        return rates
    return rates


@wrong("read_lrs", "defaults")
def the_default(optimizer):
    return [optimizer.defaults["lr"] for _ in optimizer.param_groups]


@wrong("read_lrs", "one for each kind")
def as_a_set(optimizer):
    return list(dict.fromkeys([group["lr"] for group in optimizer.param_groups]))


@wrong("read_lrs", "changes the optimizer")
def pops(optimizer):
    return [group.pop("lr") for group in optimizer.param_groups]


@right("set_lr")
def assigned(optimizer, lr):
    for group in optimizer.param_groups:
        group["lr"] = lr


@right("set_lr")
def by_index(optimizer, lr):
    for i in range(len(optimizer.param_groups)):
        optimizer.param_groups[i].update({"lr": float(lr)})
    return optimizer


@right("set_lr")
def through_the_state_dict(optimizer, lr):
    state = optimizer.state_dict()
    for group in state["param_groups"]:
        group["lr"] = lr
    optimizer.load_state_dict(state)


@wrong("set_lr", "first group only")
def the_first(optimizer, lr):
    optimizer.param_groups[0]["lr"] = lr


@wrong("set_lr", "nothing changed")
def a_new_optimizer(optimizer, lr):
    return torch.optim.SGD([p for group in optimizer.param_groups for p in group["params"]], lr=lr)


@wrong("set_lr", "nothing changed")
def an_attribute(optimizer, lr):
    optimizer.lr = lr


@wrong("set_lr", "More than the learning rates")
def initialised_again(optimizer, lr):
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    optimizer.__init__([{"params": [p]} for p in parameters], lr=lr)


@wrong("set_lr", "builtin float")
def a_numpy_float(optimizer, lr):
    for group in optimizer.param_groups:
        group["lr"] = np.float64(lr)


@wrong("set_lr", "builtin float")
def a_tensor(optimizer, lr):
    for group in optimizer.param_groups:
        group["lr"] = torch.tensor(lr)


@wrong("set_lr", "scaled")
def times(optimizer, lr):
    for group in optimizer.param_groups:
        group["lr"] *= lr


@right("scale_lrs")
def times_factor(optimizer, factor):
    for group in optimizer.param_groups:
        group["lr"] *= factor


@right("scale_lrs")
def read_then_write(optimizer, factor):
    rates = [group["lr"] * factor for group in optimizer.param_groups]
    for group, rate in zip(optimizer.param_groups, rates, strict=True):
        group["lr"] = rate
    warnings.warn("scaled", stacklevel=1)
    return rates


@right("scale_lrs")
def setitem(optimizer, factor):
    return [group.__setitem__("lr", group["lr"] * factor) for group in optimizer.param_groups]


@wrong("scale_lrs", "first group only")
def scales_the_first(optimizer, factor):
    optimizer.param_groups[0]["lr"] *= factor


@wrong("scale_lrs", "first group's rate for all")
def all_like_the_first(optimizer, factor):
    new = optimizer.param_groups[0]["lr"] * factor
    for group in optimizer.param_groups:
        group["lr"] = new


@wrong("scale_lrs", "set to the factor")
def sets(optimizer, factor):
    for group in optimizer.param_groups:
        group["lr"] = factor


@wrong("scale_lrs", "nothing changed")
def local_variable(optimizer, factor):
    for group in optimizer.param_groups:
        lr = group["lr"]
        lr *= factor


@wrong("scale_lrs", "nothing changed")
def scales_a_copy(optimizer, factor):
    for group in copy.deepcopy(optimizer).param_groups:
        group["lr"] *= factor


@wrong("scale_lrs", "builtin float")
def numpy_product(optimizer, factor):
    for group, lr in zip(
        optimizer.param_groups, np.array([g["lr"] for g in optimizer.param_groups]) * factor, strict=True
    ):
        group["lr"] = lr


@wrong("scale_lrs", "More than the learning rates")
def momentum_too(optimizer, factor):
    for group in optimizer.param_groups:
        group["lr"] *= factor
        group["weight_decay"] = group["weight_decay"] * factor + 0.01


@right("two_speed_sgd")
def two_dictionaries(body, head, body_lr, head_lr, momentum):
    return torch.optim.SGD(
        [{"params": body.parameters(), "lr": body_lr}, {"params": head.parameters(), "lr": head_lr}],
        momentum=momentum,
    )


@right("two_speed_sgd")
def added_group(body, head, body_lr, head_lr, momentum):
    optimizer = torch.optim.SGD(body.parameters(), lr=body_lr, momentum=momentum)
    optimizer.add_param_group({"params": list(head.parameters()), "lr": head_lr})
    return optimizer


@right("two_speed_sgd")
def all_in_the_groups(body, head, body_lr, head_lr, momentum):
    groups = []
    for module, lr in ((body, body_lr), (head, head_lr)):
        groups.append({"params": [p for _, p in module.named_parameters()], "lr": lr, "momentum": momentum})
    return torch.optim.SGD(groups, lr=body_lr)


@wrong("two_speed_sgd", "head first")
def head_before_body(body, head, body_lr, head_lr, momentum):
    return two_dictionaries(head, body, head_lr, body_lr, momentum)


@wrong("two_speed_sgd", "rates swapped")
def swapped(body, head, body_lr, head_lr, momentum):
    return two_dictionaries(body, head, head_lr, body_lr, momentum)


@wrong("two_speed_sgd", "momentum in the body only")
def momentum_of_one(body, head, body_lr, head_lr, momentum):
    return torch.optim.SGD(
        [
            {"params": body.parameters(), "lr": body_lr, "momentum": momentum},
            {"params": head.parameters(), "lr": head_lr},
        ]
    )


@wrong("two_speed_sgd", "one group")
def single_group(body, head, body_lr, head_lr, momentum):
    return torch.optim.SGD(itertools.chain(body.parameters(), head.parameters()), lr=body_lr, momentum=momentum)


@wrong("two_speed_sgd", "all of the body's")
def first_layer_only(body, head, body_lr, head_lr, momentum):
    return torch.optim.SGD(
        [{"params": body[0].parameters(), "lr": body_lr}, {"params": head.parameters(), "lr": head_lr}],
        momentum=momentum,
    )


@wrong("two_speed_sgd", "torch.optim.SGD is due")
def adam(body, head, body_lr, head_lr, momentum):
    return torch.optim.RMSprop(
        [{"params": body.parameters(), "lr": body_lr}, {"params": head.parameters(), "lr": head_lr}],
        momentum=momentum,
    )


@wrong("two_speed_sgd", "an optimizer is due")
def no_return(body, head, body_lr, head_lr, momentum):
    torch.optim.SGD(body.parameters(), lr=body_lr)


@right("train_with_decay")
def the_usual_loop(model, optimizer, batches, schedule):
    criterion, used = nn.CrossEntropyLoss(), []
    for n, (x, y) in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = schedule(n)
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
        used.append(optimizer.param_groups[0]["lr"])
    return used


@right("train_with_decay")
def counts_itself(model, optimizer, batches, schedule):
    n = 0
    model.train()
    for batch in batches:
        lr = schedule(n)
        for group in optimizer.param_groups:
            group.update(lr=lr)
        loss = functional.nll_loss(functional.log_softmax(model(batch[0]), dim=1), batch[1])
        model.zero_grad(set_to_none=False)
        loss.backward()
        optimizer.step()
        print(f"{n}: {loss.item():.3f}")
        n += 1
    return tuple(schedule(k) for k in range(n))


@right("train_with_decay")
def clears_after_the_step(model, optimizer, batches, schedule):
    rates = np.array([])
    optimizer.zero_grad()
    for inputs, labels in batches:
        rate = schedule(len(rates))
        for k in range(len(optimizer.param_groups)):
            optimizer.param_groups[k]["lr"] = rate
        functional.cross_entropy(model(inputs), labels).backward()
        optimizer.step()
        optimizer.zero_grad()
        rates = np.append(rates, rate)
    return rates


@wrong("train_with_decay", "rate set after the update")
def set_afterwards(model, optimizer, batches, schedule):
    used = []
    for n, (x, y) in enumerate(batches):
        optimizer.zero_grad()
        functional.cross_entropy(model(x), y).backward()
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        for group in optimizer.param_groups:
            group["lr"] = schedule(n)
    return used


@wrong("train_with_decay", "first group only")
def one_group(model, optimizer, batches, schedule):
    used = []
    for n, (x, y) in enumerate(batches):
        optimizer.param_groups[0]["lr"] = schedule(n)
        optimizer.zero_grad()
        functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        used.append(schedule(n))
    return used


@wrong("train_with_decay", "gradients not cleared")
def piles_up(model, optimizer, batches, schedule):
    used = []
    for n, (x, y) in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = schedule(n)
        functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        used.append(schedule(n))
    return used


@wrong("train_with_decay", "What optimizer.step() saw differs")
def rebuilds_the_optimizer(model, optimizer, batches, schedule):
    used = []
    for n, (x, y) in enumerate(batches):
        optimizer = torch.optim.SGD(model.parameters(), lr=schedule(n))
        optimizer.zero_grad()
        functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        used.append(schedule(n))
    return used


@wrong("train_with_decay", "one step ahead")
def counts_from_one(model, optimizer, batches, schedule):
    used = []
    for n, (x, y) in enumerate(batches, start=1):
        for group in optimizer.param_groups:
            group["lr"] = schedule(n)
        optimizer.zero_grad()
        functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        used.append(schedule(n))
    return used


@wrong("train_with_decay", "has no len()")
def wants_a_list(model, optimizer, batches, schedule):
    used = []
    for n in range(len(batches)):
        x, y = batches[n]
        for group in optimizer.param_groups:
            group["lr"] = schedule(n)
        optimizer.zero_grad()
        functional.cross_entropy(model(x), y).backward()
        optimizer.step()
        used.append(schedule(n))
    return used


@wrong("train_with_decay", "weights come out otherwise")
def softmax_twice(model, optimizer, batches, schedule):
    used = []
    for n, (x, y) in enumerate(batches):
        for group in optimizer.param_groups:
            group["lr"] = schedule(n)
        optimizer.zero_grad()
        functional.cross_entropy(model(x).softmax(1), y).backward()
        optimizer.step()
        used.append(schedule(n))
    return used


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.
EQUIVALENT_MUTANTS = {}
