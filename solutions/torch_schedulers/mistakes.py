"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from lrlab.units import Help, Misconception


def _making(make: Callable[..., Any]) -> Callable[..., Any]:
    """A wrong answer from (torch's lr_scheduler, optimizer, …)."""

    def answer(optimizer: Any, *more: Any) -> Any:
        from torch.optim import lr_scheduler

        return make(lr_scheduler, optimizer, *more)

    return answer


def _plateau(**changed: Any) -> Callable[..., Any]:
    """The scheduler of the log with other arguments; None leaves one out."""
    arguments = {"factor": 0.2, "patience": 2, "min_lr": 0.001} | changed
    given = {key: value for key, value in arguments.items() if value is not None}
    return _making(lambda s, optimizer: s.ReduceLROnPlateau(optimizer, **given))


def _rates(optimizer: Any) -> list[float]:
    return [group["lr"] for group in optimizer.param_groups]


def _factors(factor: Callable[..., float], *, first: float = 1.0, shared: bool = False) -> Callable[..., Any]:
    """A MultiplicativeLR whose factor comes from (schedule, n, what it gave before): one memory for each group, or one
    for all."""

    def answer(optimizer: Any, schedule: Callable[[int], float]) -> Any:
        from torch.optim import lr_scheduler

        def one() -> Callable[[int], float]:
            before = first

            def call(n: int) -> float:
                nonlocal before
                now = factor(schedule, n, before)
                before = schedule(n) if shared else now
                return now

            return call

        group = one()
        return lr_scheduler.MultiplicativeLR(optimizer, [group if shared else one() for _ in optimizer.param_groups])

    return answer


def _multiplied(factor: Callable[[Callable[[int], float], int], float]) -> Callable[..., Any]:
    return _factors(lambda schedule, n, before: factor(schedule, n))


def _reset(optimizer: Any) -> Any:
    """The right scheduler of the log, on an optimizer that is set to 0.1."""
    for group in optimizer.param_groups:
        group["lr"] = 0.1
    return _plateau()(optimizer)


def _stepped(scheduler: Any) -> Any:
    scheduler.optimizer.step()
    scheduler.step()
    return scheduler


class _Still:
    """Stands for a scheduler that is attached to another optimizer."""

    def step(self, *_: Any) -> None:
        return None


ELSEWHERE = Misconception(
    "another optimizer",
    "The rates of the optimizer that you were given never change, so your scheduler is attached to another one. Give "
    "it this optimizer.",
    lambda optimizer, *_: _Still(),
)


def _epochs(order: str, *, note: str = "used", read: str = "last", noted: str = "batch") -> Callable[..., Any]:
    """A wrong loop: `order` has o for the batches' optimizer steps and s for the scheduler's, in an epoch; "b" is both
    in the inner loop."""

    def answer(optimizer: Any, scheduler: Any, epochs: int, batches: int) -> list[Any]:
        used: list[Any] = []

        def now() -> Any:
            return scheduler.get_last_lr()[0] if read == "last" else scheduler.get_lr()[0]

        start = [now()] * (epochs * batches)
        for epoch in range(epochs):
            for step in order:
                if step == "x":
                    scheduler.step(epoch)
                if step == "s" or (step == "e" and epoch + 1 < epochs):
                    scheduler.step()
                for batch in range(batches if step in "ob" else 0):
                    if note == "used" and (noted == "batch" or not batch):
                        used.append(now())
                    if step == "b":
                        optimizer.step()
                        scheduler.step()
                    else:
                        optimizer.step()
                if step == "n":
                    used.extend([now()] * batches)
        return start if note == "start" else used

    return answer


def _the_default(optimizer: Any, scheduler: Any, epochs: int, batches: int) -> list[Any]:
    used = []
    for _ in range(epochs):
        for _ in range(batches):
            used.append(optimizer.defaults["lr"])
            optimizer.step()
        scheduler.step()
    return used


def _last_batch_late(optimizer: Any, scheduler: Any, epochs: int, batches: int) -> list[Any]:
    """Each rate is noted at the end of its round, after the scheduler's step in the last one of an epoch."""
    used = []
    for _ in range(epochs):
        for batch in range(batches):
            optimizer.step()
            if batch + 1 == batches:
                scheduler.step()
            used.append(scheduler.get_last_lr()[0])
    return used


def _one_update(optimizer: Any, scheduler: Any, epochs: int, batches: int) -> list[Any]:
    """One update for each epoch, whose rate is noted for all its batches."""
    used: list[Any] = []
    for _ in range(epochs):
        used += scheduler.get_last_lr() * batches
        optimizer.step()
        scheduler.step()
    return used


def _cosine(
    length: Callable[[int, int, int], Any], *, per: str = "update", late: bool = False, ahead: bool = False
) -> Callable[..., Any]:
    """A wrong run from (images, batch size, epochs) -> T_max."""

    def answer(optimizer: Any, images: int, batch_size: int, epochs: int) -> list[Any]:
        from torch.optim import lr_scheduler

        scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=length(images, batch_size, epochs))
        used = []
        for _ in range(epochs):
            for _ in range(0, images, batch_size):
                if ahead:
                    scheduler.step()
                if not late:
                    used.append(optimizer.param_groups[0]["lr"])
                optimizer.step()
                if per == "update":
                    scheduler.step()
                if late:
                    used.append(optimizer.param_groups[0]["lr"])
            if per == "epoch":
                scheduler.step()
        return used

    return answer


def _cosine_by_hand(
    rate: Callable[[float, float, float], float] = lambda own, first, part: own * (1 + math.cos(math.pi * part)) / 2,
    groups: int | None = None,
    restarts: bool = False,
) -> Callable[..., Any]:
    """A wrong run that sets the rates of so many groups itself: from (first rate, that of group 0, part of the run)."""

    def answer(optimizer: Any, images: int, batch_size: int, epochs: int) -> list[Any]:
        updates, used = epochs * _up(images, batch_size), []
        starts = [group["lr"] for group in optimizer.param_groups]
        for n in range(updates):
            length = updates // epochs if restarts else updates
            for group, start in list(zip(optimizer.param_groups, starts, strict=True))[:groups]:
                group["lr"] = rate(start, starts[0], n % length / length)
            used.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
        return used

    return answer


def _up(images: int, batch_size: int) -> int:
    return math.ceil(images / batch_size)


def _fold(
    losses: Sequence[float],
    lr: float,
    factor: float,
    patience: int,
    *,
    after: bool = False,
    ties: bool = False,
    early: int = 0,
    keep_count: bool = False,
    never_reset: bool = False,
    last: bool = False,
    threshold: float = 0.0,
    subtract: bool = False,
    inside: bool = False,
    cooldown: int = 0,
    best_moves: bool = False,
    best: float = math.inf,
    zero_is_none: bool = False,
    ties_left_out: bool = False,
    highest: bool = False,
    less_one: bool = False,
    best_follows: bool = False,
    back: bool = False,
    once: bool = False,
    count_from: int = 0,
    longer: bool = False,
    mean: bool = False,
) -> list[float]:
    """The plateau rule with a switch for each mistake."""
    bad, rates, start, rest = 0, [], lr, 0
    losses = [-loss for loss in losses] if highest else losses
    for k, loss in enumerate(losses):
        if mean and k:
            best = sum(losses[:k]) / k
        if not after:
            rates.append(lr)
        if loss < best * (1 - threshold) or (ties and loss <= best) or (zero_is_none and not best):
            best, bad = loss, bad if never_reset else max(0, bad - 1) if less_one else 0
            lr = start if back else lr
        elif not (ties_left_out and loss == best):
            bad += 1
            if last:
                best = loss
        if rest:
            rest, bad = rest - 1, 0
        if bad > patience - early and (bad or not inside):
            lr = lr - start * (1 - factor) if subtract else lr * factor
            bad, rest = bad if keep_count else count_from, cooldown
            lr = start * factor if once else lr
            best = loss if best_follows else best
            patience = 2 * patience if longer else patience
            if best_moves:
                best = math.inf
        if after:
            rates.append(lr)
    return rates


def _folded(**change: Any) -> Callable[..., Any]:
    return lambda losses, lr, factor, patience: _fold(losses, lr, factor, patience, **change)


def _resuming(
    load: str = "osf",
    *,
    note: str = "before",
    again: bool = False,
    replay: bool = False,
    only_first: bool = False,
    returned: bool = False,
) -> Callable[..., Any]:
    """A wrong resumption: what is done, in order (o, s: a state is loaded; f, b: rates or base_lrs are scaled;
    g: rates of all groups; e: all groups get the first one's)."""

    def answer(make: Callable[[], Any], state: Any, steps: int, factor: float) -> list[float]:
        optimizer, scheduler = make()
        groups = optimizer.param_groups
        for _ in range(state["scheduler"]["last_epoch"] if replay else 0):
            scheduler.step()
        for what in load:
            if what == "o":
                optimizer.load_state_dict(state["optimizer"])
                groups = optimizer.param_groups
            elif what == "s":
                scheduler.load_state_dict(state["scheduler"])
            elif what in "fg":
                for group in groups[: 1 if only_first and what == "f" else None]:
                    group["lr"] *= factor
            elif what == "e":
                scheduler.base_lrs = [scheduler.base_lrs[0] for _ in groups]
                for group in groups:
                    group["lr"] = groups[0]["lr"]
            else:
                old = scheduler.base_lrs
                scheduler.base_lrs = [lr * (1 if only_first and k else factor) for k, lr in enumerate(old)]
        rates = []
        for n in range(steps):
            if again and n:
                for group in groups:
                    group["lr"] *= factor
            if note == "ahead":
                scheduler.step()
            if note != "after":
                rates.append(groups[0]["lr"])
            optimizer.step()
            if note not in ("ahead", "never"):
                scheduler.step()
            if note == "after":
                rates.append(groups[0]["lr"])
        return [rate * factor for rate in rates] if returned else rates

    return answer


MISTAKES = {
    "scheduler_of_log": Help(
        labels={"rates": ("epoch", "group")},
        hint="Before each drop of a log, count the epochs whose loss was not below the lowest loss so far. Then divide "
        "a rate by the one before.",
        problem_hints={"should_return": "the scheduler"},
        misconceptions=(
            ELSEWHERE,
            Misconception(
                "drops at run A's epochs",
                "You drop at the epochs of run A. In run B the rate drops at other epochs, so this program decides by "
                "the loss.",
                _making(lambda s, optimizer: s.MultiStepLR(optimizer, [9, 13, 17], gamma=0.2)),
            ),
            Misconception(
                "drops every four epochs",
                "You drop every four epochs. In the logs the drops come after losses that did not improve, and their "
                "distances differ.",
                _making(lambda s, optimizer: s.StepLR(optimizer, 4, gamma=0.2)),
            ),
            Misconception(
                "patience one too high",
                "Your scheduler waits for one bad epoch too many. `patience` bad epochs are allowed; the *next* one "
                "lowers the rate. Three bad epochs before a drop are a patience of 2.",
                _plateau(patience=3),
            ),
            Misconception(
                "patience one too low",
                "Your scheduler drops one bad epoch too early. In run A, epochs 3 and 4 are bad and nothing happens: "
                "two bad epochs are allowed.",
                _plateau(patience=1),
            ),
            Misconception(
                "larger threshold",
                "Your threshold is so large that small improvements count as bad. In the logs each loss below the "
                "lowest "
                "so far is an improvement, but for torch's default of a ten-thousandth.",
                _plateau(threshold=0.1),
            ),
            Misconception(
                "default patience",
                "Your patience is torch's default, 10. How many bad epochs do the logs show before a drop?",
                _plateau(patience=None),
            ),
            Misconception(
                "default factor",
                "Your factor is torch's default, 0.1. In the logs 0.1 is followed by 0.02.",
                _plateau(factor=None),
            ),
            Misconception(
                "no lowest rate",
                "Your rate falls below 0.001. In run A it doesn't: 0.004 is followed by 0.001 (and not by 0.0008), and "
                "then it stays.",
                _plateau(min_lr=0),
            ),
            Misconception(
                "a highest loss wanted",
                'With mode="max" a *higher* value is the better one. A loss should fall.',
                _plateau(mode="max"),
            ),
            Misconception(
                "drops at run B's epochs",
                "You drop at the epochs of run B. In run A the rate drops at other epochs, so this program decides by "
                "the loss.",
                _making(lambda s, optimizer: s.MultiStepLR(optimizer, [4, 12], gamma=0.2)),
            ),
            Misconception(
                "patience two too high",
                "Your patience is too high. `patience` bad epochs are allowed, and the *next* one lowers the rate: "
                "count "
                "the bad epochs in a row before a drop.",
                _plateau(patience=4),
            ),
            Misconception(
                "no patience",
                "Your scheduler drops at the first bad epoch. In run A, epochs 3 and 4 are bad and nothing happens: "
                "two "
                "bad epochs are allowed.",
                _plateau(patience=0),
            ),
            Misconception(
                "1 - factor",
                "Your factor is what a drop takes off. `factor` is what stays: the new rate divided by the one before.",
                _plateau(factor=0.8),
            ),
            Misconception(
                "factor 0.5",
                "Your factor is 0.5. In the logs 0.1 is followed by 0.02: divide the new rate by the one before.",
                _plateau(factor=0.5),
            ),
            Misconception(
                "lowest rate 0.004",
                "Your rate stops at 0.004. In run A it goes on to 0.001, and stays there.",
                _plateau(min_lr=0.004),
            ),
            *(
                Misconception(
                    f"lowest rate as a share{of}",
                    "Your lowest rate moves along with the optimizer's first rates. `min_lr` is a rate and no share: "
                    "the logs stop at 0.001.",
                    _making(
                        lambda s, optimizer, first=first: s.ReduceLROnPlateau(
                            optimizer, factor=0.2, patience=2, min_lr=[lr / 100 for lr in first(_rates(optimizer))]
                        )
                    ),
                )
                for of, first in (("", list), (" of the first group's", lambda rates: rates[:1] * len(rates)))
            ),
            Misconception(
                "rate set to 0.1",
                "You set the rates to 0.1. The optimizer brings its own first rates: leave them as they are.",
                _reset,
            ),
            Misconception(
                "cooldown of one",
                "Your scheduler ignores the first loss after a drop (cooldown=1). In run A the drops at epochs 9 and "
                "13 "
                "are four epochs apart: one better loss and three bad ones, all of them counted.",
                _plateau(cooldown=1),
            ),
            Misconception(
                "cooldown",
                "Your scheduler ignores losses after a drop (cooldown). In run A the drops at epochs 9 and 13 are four "
                "epochs apart: one better loss and three bad ones, all of them counted.",
                _plateau(cooldown=2),
            ),
        ),
    ),
    "as_multiplicative": Help(
        labels={"rates": ("epoch", "group"), "rates after a change by hand": ("epoch", "group")},
        causes=("rates", "rates after a change by hand"),
        hint="With which n does torch call your function first, and from which rate to which does that factor lead?",
        problem_hints={
            "should_return": "the scheduler",
            "class": "Return a torch.optim.lr_scheduler.MultiplicativeLR.",
            "rates after a change by hand": "After the epochs the check halves the rates by hand. The scheduler "
            "should go "
            "on from there: the factor depends on n alone, and not on the rate.",
        },
        misconceptions=(
            ELSEWHERE,
            Misconception(
                "schedule itself as factor",
                "You give the schedule itself (schedule(0) is 1, so to divide by it changes nothing). "
                "MultiplicativeLR multiplies the rate *before* by your factor, so the "
                "factors pile up. Which factor leads from schedule(n - 1) to schedule(n)?",
                _making(lambda s, optimizer, f: s.MultiplicativeLR(optimizer, lambda n: f(n))),
            ),
            Misconception(
                "LambdaLR",
                "The rates are right, but they come from another class. Here the scheduler should be a "
                "MultiplicativeLR, whose function gives the factor from one rate to the next.",
                _making(lambda s, optimizer, f: s.LambdaLR(optimizer, lambda n: f(n))),
            ),
            Misconception(
                "one step ahead",
                "Your factors come one step too early. torch calls the function with n = 1 first, for the step from "
                "schedule(0) to schedule(1).",
                _making(lambda s, optimizer, f: s.MultiplicativeLR(optimizer, lambda n: f(n + 1) / f(n))),
            ),
            Misconception(
                "one step late",
                "Your factors come one step too late. torch calls the function with n = 1 first, for the step from "
                "schedule(0) to schedule(1).",
                _making(
                    lambda s, optimizer, f: s.MultiplicativeLR(optimizer, lambda n: f(n - 1) / f(n - 2) if n > 1 else 1)
                ),
            ),
            Misconception(
                "divided by the last factor",
                "You divide schedule(n) by the last *factor*. Divide it by the last value of the schedule, "
                "schedule(n - 1): that is where the rate is.",
                _factors(lambda schedule, n, before: schedule(n) / before),
            ),
            Misconception(
                "one memory for all groups",
                "Your function keeps the last value of the schedule, and torch calls it once for each group: the "
                "second "
                "group divides by the new value. Work out schedule(n - 1) instead.",
                _factors(lambda schedule, n, before: schedule(n) / before, shared=True),
            ),
            Misconception(
                "LambdaLR with the factors",
                "Your factors are right, but LambdaLR multiplies the *first* rate by them. MultiplicativeLR "
                "multiplies the "
                "rate before.",
                _making(lambda s, optimizer, f: s.LambdaLR(optimizer, lambda n: f(n) / f(n - 1) if n else 1.0)),
            ),
            Misconception(
                "difference",
                "Your factor is the difference of two values of the schedule. The rate is multiplied by it, so take "
                "their "
                "quotient.",
                _multiplied(lambda schedule, n: schedule(n) - schedule(n - 1)),
            ),
            Misconception(
                "1 and the difference",
                "Your factor is 1 + schedule(n) - schedule(n - 1). The rate is multiplied by it, so take the quotient.",
                _multiplied(lambda schedule, n: 1 + schedule(n) - schedule(n - 1)),
            ),
            Misconception(
                "two steps apart",
                "You divide values that are two steps apart. One step of the scheduler leads from schedule(n - 1) to "
                "schedule(n).",
                _multiplied(lambda schedule, n: schedule(n) / schedule(max(n - 2, 0))),
            ),
            Misconception(
                "product",
                "You multiply schedule(n) by schedule(n - 1). Divide by it: the rate before has it already.",
                _multiplied(lambda schedule, n: schedule(n) * schedule(n - 1)),
            ),
            Misconception(
                "first rate kept",
                "Your factor leads back to the first rate times schedule(n), so a change by hand is overwritten. "
                "Divide "
                "schedule(n) by schedule(n - 1): the factor doesn't look at the rate.",
                _making(
                    lambda s, optimizer, f: (
                        lambda first: s.MultiplicativeLR(
                            optimizer, lambda n: first * f(n) / optimizer.param_groups[0]["lr"]
                        )
                    )(optimizer.param_groups[0]["lr"])
                ),
            ),
            Misconception(
                "divided by the rate",
                "You divide by the learning rate. Divide by the value of the schedule before, schedule(n - 1).",
                _making(
                    lambda s, optimizer, f: s.MultiplicativeLR(
                        optimizer, lambda n: f(n) / optimizer.param_groups[0]["lr"]
                    )
                ),
            ),
            Misconception(
                "upside down",
                "Your factor is upside down. Divide the *new* value by the one before.",
                _making(lambda s, optimizer, f: s.MultiplicativeLR(optimizer, lambda n: f(n - 1) / f(n))),
            ),
            Misconception(
                "one factor for all steps",
                "Your factor is the same at every step. It depends on n.",
                _making(lambda s, optimizer, f: s.MultiplicativeLR(optimizer, lambda n: f(1) / f(0))),
            ),
            Misconception(
                "stepped already",
                "Your scheduler has taken a step already, so every rate comes one epoch early. Return it as it is when "
                "made.",
                _making(lambda s, optimizer, f: _stepped(s.MultiplicativeLR(optimizer, lambda n: f(n) / f(n - 1)))),
            ),
        ),
    ),
    "run_epochs": Help(
        labels={
            "rates": ("rate returned for update",),
            "rates used": ("rate used by update", "group"),
            "order of steps": ("call",),
        },
        causes=("rates used", "rates"),
        hint="In an epoch: for each batch note the rate and step the optimizer; after the last batch step the "
        "scheduler.",
        problem_hints={
            "rates used": "optimizer.step() used other rates than it should: in epoch 0 the one that the optimizer "
            "came with, and a new one after each scheduler.step().",
            "rates": "What you return is not what the updates used. Note the rate right before optimizer.step(), once "
            "for each batch.",
            "order of steps": "In each epoch the optimizer takes a step for each batch, then the scheduler takes one.",
            "should_return": "a list of rates",
        },
        misconceptions=(
            Misconception(
                "not corrected",
                "This is what the script does. It has two faults: when does the scheduler take its step, and what does "
                "get_lr() return?",
                _epochs("so", read="get_lr"),
            ),
            Misconception(
                "scheduler still first",
                "The scheduler takes its step before the epoch, so the first rate is never used. Step it after the "
                "epoch's batches.",
                _epochs("so"),
            ),
            Misconception(
                "get_lr still there",
                "The optimizer uses the right rates, but you note others: get_lr() computes the scheduler's *next* "
                'move. Read get_last_lr() or the group\'s "lr".',
                _epochs("os", read="get_lr"),
            ),
            Misconception(
                "the default",
                "You note the optimizer's default, which no scheduler changes. The rate in use is each group's own: "
                "`param_groups`.",
                _the_default,
            ),
            Misconception(
                "a step for each batch",
                "Your scheduler takes a step for each batch. It counts epochs here: one step after the last batch of "
                "an epoch.",
                _epochs("b"),
            ),
            Misconception(
                "no step after the last epoch",
                "The scheduler takes no step after the last epoch. The rates are right, but a run that continues "
                "from here would use the last rate for one epoch too many.",
                _epochs("oe"),
            ),
            Misconception(
                "noted after the scheduler's step",
                "You note the rates after scheduler.step(): those are the rates of the *next* epoch.",
                _epochs("osn", note="no"),
            ),
            Misconception(
                "scheduler never stepped",
                "scheduler.step() is never called, so the rate never changes.",
                _epochs("o"),
            ),
            Misconception(
                "lists of rates",
                "You note the list that get_last_lr() returns, one entry for each group. Note its first entry: "
                "get_last_lr()[0].",
                lambda *a: [[rate] for rate in _epochs("os")(*a)],
            ),
            Misconception(
                "noted before the run",
                "You note the rate once, before the loops (or read the first rate, initial_lr or base_lrs). Read the "
                "rate in use right before each optimizer.step().",
                _epochs("os", note="start"),
            ),
            Misconception(
                "epoch given to step",
                "You call scheduler.step(epoch): that *sets* the scheduler to this epoch, so every rate comes one "
                "epoch "
                "late. Call step() without an argument.",
                _epochs("ox"),
            ),
            Misconception(
                "last batch noted late",
                "In the last batch of an epoch you note the rate after scheduler.step(): that is the rate of the "
                "*next* "
                "epoch. Note it before.",
                _last_batch_late,
            ),
            Misconception(
                "one update for each epoch",
                "You take one optimizer step for each epoch. Take one for each batch.",
                _one_update,
            ),
            Misconception(
                "once for each epoch",
                "You note one rate for each epoch. Note one for each update, so `batches` in an epoch.",
                _epochs("os", noted="epoch"),
            ),
        ),
    ),
    "cosine_run": Help(
        labels={"rates": ("rate returned for update",), "rates used": ("rate used by update", "group")},
        causes=("rates used", "rates"),
        hint="How often is scheduler.step() called in the whole run? That is what T_max counts.",
        problem_hints={
            "rates used": "optimizer.step() used other rates than half a cosine over all updates of the run, or took "
            "another number of steps: one for each batch of each epoch.",
            "rates": "What you return is not what the updates used. Note the rate right before optimizer.step(), once "
            "for each batch.",
            "should_return": "a list of rates",
        },
        misconceptions=(
            Misconception(
                "not corrected",
                "This is what the script does: T_max is a number of epochs, while the scheduler takes a step for each "
                "batch. So the rate is at 0 after a few updates, and climbs again.",
                _cosine(lambda images, batch_size, epochs: epochs),
            ),
            Misconception(
                "smaller last batch forgotten",
                "You count the full batches only. Where the images don't divide evenly, each epoch has one more, "
                "smaller batch, and that is an update, too.",
                _cosine(lambda images, batch_size, epochs: epochs * (images // batch_size)),
            ),
            Misconception(
                "a step for each epoch",
                "Your scheduler takes a step for each epoch, so the rate is a staircase. It should fall with every "
                "update: keep its step in the inner loop and count updates in T_max.",
                _cosine(lambda images, batch_size, epochs: epochs, per="epoch"),
            ),
            Misconception(
                "cosine of one epoch",
                "Your cosine is as long as one epoch, so the rate climbs again in the second. T_max counts the updates "
                "of all epochs.",
                _cosine(lambda images, batch_size, epochs: _up(images, batch_size)),
            ),
            Misconception(
                "restart in each epoch",
                "Your rate jumps back to the first one in each epoch. The run has a single half cosine, over the "
                "updates "
                "of all epochs.",
                _cosine_by_hand(restarts=True),
            ),
            Misconception(
                "one update too short",
                "Your T_max is one too small: the last update would have the rate 0. The rate 0 comes after the last "
                "update.",
                _cosine(lambda images, batch_size, epochs: epochs * _up(images, batch_size) - 1),
            ),
            Misconception(
                "one update too long",
                "Your T_max is one too large. It counts the calls of scheduler.step() down to 0, which is the number "
                "of "
                "updates.",
                _cosine(lambda images, batch_size, epochs: epochs * _up(images, batch_size) + 1),
            ),
            Misconception(
                "one batch too many",
                "You count one more batch in each epoch, also where the images divide evenly. Then there is no smaller "
                "last batch: round images / batch_size up.",
                _cosine(lambda images, batch_size, epochs: epochs * (images // batch_size + 1)),
            ),
            Misconception(
                "batch size counted",
                "Your T_max is the batch size times the epochs. An epoch has ⌈images / batch_size⌉ batches.",
                _cosine(lambda images, batch_size, epochs: epochs * batch_size),
            ),
            Misconception(
                "scheduler first",
                "The scheduler takes its step before the optimizer, so the first rate is never used. Step it after "
                "optimizer.step().",
                _cosine(lambda images, batch_size, epochs: epochs * _up(images, batch_size), ahead=True, per="none"),
            ),
            Misconception(
                "updates in T_max, a step for each epoch",
                "T_max counts updates, but your scheduler takes a step for each epoch, so the rate hardly falls. "
                "Step it "
                "after every update.",
                _cosine(lambda images, batch_size, epochs: epochs * _up(images, batch_size), per="epoch"),
            ),
            Misconception(
                "first group only",
                "You change the first group's rate only. Every group follows the cosine, each from its own first rate.",
                _cosine_by_hand(groups=1),
            ),
            Misconception(
                "first group's rate for all",
                "You give all groups the rate of the first. Each follows the cosine from its own first rate.",
                _cosine_by_hand(lambda own, first, part: first * (1 + math.cos(math.pi * part)) / 2),
            ),
            Misconception(
                "whole cosine",
                "Your rate comes down and climbs again: that is a whole cosine. Half of one, down to 0, is as long "
                "as the "
                "run.",
                _cosine_by_hand(lambda own, first, part: own * (1 + math.cos(2 * math.pi * part)) / 2),
            ),
            Misconception(
                "quarter of a cosine",
                "You use cos(π n / 2N) alone, a quarter of a cosine. Half of one is ½ (1 + cos(π n / N)).",
                _cosine_by_hand(lambda own, first, part: own * math.cos(math.pi * part / 2)),
            ),
            Misconception(
                "rounded to the nearest",
                "You round images / batch_size to the nearest whole number. A smaller last batch is a whole update: "
                "round "
                "up.",
                _cosine(lambda images, batch_size, epochs: epochs * round(images / batch_size)),
            ),
            Misconception(
                "images counted",
                "Your T_max counts images. The scheduler takes a step for each batch.",
                _cosine(lambda images, batch_size, epochs: epochs * images),
            ),
            Misconception(
                "batches of all epochs at once",
                "You divide the images of all epochs together by the batch size. Each epoch has its own smaller last "
                "batch, so round up for one epoch first.",
                _cosine(lambda images, batch_size, epochs: _up(epochs * images, batch_size)),
            ),
            Misconception(
                "a part of an update",
                "Your T_max is a number of updates with a fraction. A smaller last batch is a whole update: round up "
                "for each epoch.",
                _cosine(lambda images, batch_size, epochs: epochs * images / batch_size),
            ),
            Misconception(
                "noted after the step",
                "You note the rate after scheduler.step(): that is the rate of the *next* update.",
                _cosine(lambda images, batch_size, epochs: epochs * _up(images, batch_size), late=True),
            ),
        ),
    ),
    "plateau_rates": Help(
        labels={"rates": ("loss",)},
        hint=(
            "Go through the losses and keep three things up to date: the rate, the lowest loss so far, and the number "
            "of bad losses in a row."
        ),
        problem_hints={"should_return": "a list with one rate for each loss"},
        misconceptions=(
            Misconception(
                "rate after the loss",
                "You note the rate after you have looked at the loss. Note the rate in use *when the loss was "
                "measured*, so the first one is lr.",
                _folded(after=True),
            ),
            Misconception(
                "one bad loss too early",
                "You lower the rate at the patience-th bad loss. `patience` bad losses are allowed; the next one "
                "lowers the rate.",
                _folded(early=1),
            ),
            Misconception(
                "one bad loss too early, among the bad ones",
                "You lower the rate at the patience-th bad loss. `patience` bad losses are allowed; the next one "
                "lowers the rate.",
                _folded(early=1, inside=True),
            ),
            Misconception(
                "one bad loss too late",
                "You wait for one bad loss too many: `patience` bad losses are allowed, and the next one lowers the "
                "rate.",
                _folded(early=-1),
            ),
            Misconception(
                "an equal loss counts as better",
                "A loss equal to the lowest so far is no improvement: it has to be smaller.",
                _folded(ties=True),
            ),
            Misconception(
                "count goes on",
                "After a reduction the count of bad losses starts at 0 again. Yours goes on, so every further bad loss "
                "lowers the rate.",
                _folded(keep_count=True),
            ),
            Misconception(
                "improvement does not reset",
                "A better loss sets the count of bad losses back to 0: only bad losses in a row count.",
                _folded(never_reset=True),
            ),
            Misconception(
                "compared with the loss before",
                "You compare each loss with the one before. A loss is bad if it is not below the *lowest* loss so far.",
                _folded(last=True),
            ),
            Misconception(
                "torch's default threshold",
                "You ask for an improvement by 0.01 percent, torch's default threshold. Here the threshold is 0: any "
                "smaller loss is an improvement.",
                _folded(threshold=1e-4),
            ),
            Misconception(
                "best forgotten",
                "You forget the lowest loss at a reduction. It stays: a later loss must be below it to be an "
                "improvement.",
                _folded(best_moves=True),
            ),
            Misconception(
                "cooldown",
                "You don't count the first loss after a reduction (torch's cooldown=1). Its default is 0: the count "
                "starts at once.",
                _folded(cooldown=1),
            ),
            Misconception(
                "first loss counted as bad",
                "You take the first loss for the lowest before you look at it, so it counts as bad. It is an "
                "improvement: "
                "begin with inf, or with the second loss.",
                lambda losses, *more: _fold(losses, *more, best=losses[0]),
            ),
            Misconception(
                "lowest loss begins at 0",
                "Your lowest loss begins at 0, so every positive loss is bad. Begin with inf.",
                _folded(best=0.0),
            ),
            Misconception(
                "lowest loss begins at 1",
                "Your lowest loss begins with a number that the losses may exceed. Begin with inf.",
                _folded(best=1.0),
            ),
            Misconception(
                "0 taken for none",
                "A lowest loss of 0 counts as none in your code: in Python 0 is false (`not best`, `best or …`). Ask "
                "with "
                "`is None`, or begin with inf.",
                _folded(zero_is_none=True),
            ),
            Misconception(
                "equal losses left out",
                "A loss equal to the lowest so far doesn't count in your code. It is bad like every loss that is not "
                "smaller.",
                _folded(ties_left_out=True),
            ),
            Misconception(
                "highest loss",
                "You wait for a *higher* loss. An improvement is a loss below the lowest so far.",
                _folded(highest=True),
            ),
            Misconception(
                "divided by factor",
                "You divide by factor, so the rate grows. Each reduction multiplies by it.",
                lambda losses, lr, factor, patience: _fold(losses, lr, 1 / factor, patience),
            ),
            Misconception(
                "patience grows",
                "Your patience grows with each reduction. It stays the same: every time, more than `patience` bad "
                "losses "
                "in a row.",
                _folded(longer=True),
            ),
            Misconception(
                "compared with the mean so far",
                "You compare each loss with the mean of those before it. A loss is bad if it is not below the "
                "*lowest* loss "
                "so far.",
                _folded(mean=True),
            ),
            Misconception(
                "improvement takes one off",
                "An improvement takes one off your count of bad losses. It sets the count to 0: only bad losses in a "
                "row "
                "count.",
                _folded(less_one=True),
            ),
            Misconception(
                "best follows at a reduction",
                "At a reduction you take the bad loss for the lowest so far. The lowest stays: a later loss must be "
                "below "
                "it to be an improvement.",
                _folded(best_follows=True),
            ),
            Misconception(
                "back to the first rate",
                "After an improvement your rate is back at lr. A reduction stays.",
                _folded(back=True),
            ),
            Misconception(
                "one reduction only",
                "Your rate falls once and then stays. Every reduction multiplies the rate before it by factor.",
                _folded(once=True),
            ),
            Misconception(
                "count begins at 1",
                "After a reduction your count begins at 1. It starts at 0 again: the loss that led to the reduction is "
                "used up.",
                _folded(count_from=1),
            ),
            Misconception(
                "1 - factor",
                "You multiply by 1 - factor. factor is what stays of the rate, not what is taken off.",
                lambda losses, lr, factor, patience: _fold(losses, lr, 1 - factor, patience),
            ),
            Misconception(
                "subtracted", "You subtract. Each reduction multiplies the rate by factor.", _folded(subtract=True)
            ),
        ),
    ),
    "resume_scaled": Help(
        labels={"rates": ("rate returned for update",), "rates used": ("rate used by update", "group")},
        causes=("rates used", "rates"),
        hint="make(), load both state dicts, then scale. What does the scheduler multiply: the rate before, or a rate "
        "that it has noted?",
        problem_hints={
            "rates used": "optimizer.step() used other rates than `factor` times those of a run that goes on "
            "unchanged, or another number of them.",
            "rates": "What you return is not what the updates used. Note the first group's rate right before "
            "optimizer.step().",
            "should_return": "a list of rates",
            "changed": "Change what you have loaded, or work on copy.deepcopy(state).",
        },
        misconceptions=(
            Misconception(
                "not scaled",
                "Your run continues at the rates of the old plan. Multiply them by factor, after both states are "
                "loaded: loading overwrites what was scaled before.",
                _resuming("os"),
            ),
            Misconception(
                "nothing loaded",
                "Your run starts from the beginning. Load both parts of the state into what make() returns.",
                _resuming("fb"),
            ),
            Misconception(
                "scheduler not loaded",
                "You load the optimizer only. The scheduler then counts its steps from 0 again.",
                _resuming("ofb"),
            ),
            Misconception(
                "optimizer not loaded",
                "Your first rate comes from the start of the old run. The current rate is in the optimizer's groups, "
                "as "
                'group["lr"]: load the optimizer\'s state, and multiply that.',
                _resuming("sfb"),
            ),
            Misconception(
                "noted rates not scaled",
                "Your first rate is right, and then the old plan is back (with a scheduler that starts from the rates "
                "in its `base_lrs`, such as LambdaLR). Scale these as well.",
                _resuming("osf"),
            ),
            Misconception(
                "noted rates only",
                "You scale the scheduler's `base_lrs` only. The first update uses the rate in the optimizer's groups, "
                "and many schedulers multiply that one further: scale it as well.",
                _resuming("osb"),
            ),
            Misconception(
                "first group only",
                "You scale the first group's rate only. Scale the rates of all groups (and all of `base_lrs`).",
                _resuming("osfb", only_first=True),
            ),
            Misconception(
                "first group's rate only",
                "You scale the first group's rate only. Scale the rates of all groups (and all of `base_lrs`).",
                _resuming("osf", only_first=True),
            ),
            Misconception(
                "returned rates only",
                "You multiply what you return, while optimizer.step() still uses the rates of the old plan. Scale "
                'group["lr"] itself.',
                _resuming("os", returned=True),
            ),
            Misconception(
                "scaled at every update",
                "You multiply by factor before every update, so the factors pile up. Scale once.",
                _resuming("osfb", again=True),
            ),
            Misconception(
                "scaled twice",
                "You multiply the rates by factor twice. Loading a state dict that is scaled already is enough, or "
                "scale "
                "what you have loaded.",
                _resuming("osffbb"),
            ),
            Misconception(
                "scheduler first",
                "Your scheduler takes its step before the optimizer, so the rate of the checkpoint is skipped. Take "
                "the "
                "optimizer's step first.",
                _resuming("osfb", note="ahead"),
            ),
            Misconception(
                "noted rates of the first group only",
                "You scale all groups' rates, but only the first of the rates in `base_lrs`. Scale all of these as "
                "well.",
                _resuming("osgb", only_first=True),
            ),
            Misconception(
                "divided by factor",
                "You divide by factor. The run continues at factor *times* the rates of the old plan.",
                lambda make, state, steps, factor: _resuming("osfb")(make, state, steps, 1 / factor),
            ),
            Misconception(
                "first group's rate for all",
                "You give all groups the rate of the first. Multiply each group's own rate by factor.",
                _resuming("osfbe"),
            ),
            Misconception(
                "scheduler never stepped",
                "scheduler.step() is never called, so the rate never changes.",
                _resuming("osfb", note="never"),
            ),
            Misconception(
                "replayed",
                "You go on from the rate that the plan has there. What happened to the run in between, such as a rate "
                "that was changed by hand, is only in the optimizer's state: load it, too.",
                _resuming("fb", replay=True),
            ),
            Misconception(
                "read after the step",
                "You note each rate after scheduler.step(). The first rate to return is the one that the next update "
                "uses.",
                _resuming("osfb", note="after"),
            ),
        ),
    ),
}
