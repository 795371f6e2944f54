"""The mistakes known in this unit: each has a name, a hint, and code that makes it. Students never get this file."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from lrlab.grading.unit import Help, Misconception


def _making(make: Callable[..., Any]) -> Callable[..., Any]:
    """A wrong answer from (torch's lr_scheduler, optimizer, …)."""

    def answer(optimizer: Any, *more: Any) -> Any:
        from torch.optim import lr_scheduler

        return make(lr_scheduler, optimizer, *more)

    return answer


def _set_first(optimizer: Any, lr: float) -> Any:
    for group in optimizer.param_groups:
        group["lr"] = lr
    return optimizer


def _stepped(scheduler: Any) -> Any:
    scheduler.optimizer.step()
    scheduler.step()
    return scheduler


class _Still:
    """Stands for a scheduler that belongs to another optimizer."""

    def step(self) -> None:
        return None


ATTACH = (
    Misconception(
        "another optimizer",
        "The rates of the optimizer given never change: the scheduler belongs to another one, or to none. "
        "Give it this optimizer.",
        lambda optimizer, *_: _Still(),
    ),
)


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
    every: bool = False,
    best_moves: bool = False,
) -> list[float]:
    """The plateau rule with a switch for each mistake."""
    best, bad, rates, start = math.inf, 0, [], lr
    for loss in losses:
        if not after:
            rates.append(lr)
        if loss < best * (1 - threshold) or (ties and loss <= best):
            best, bad = loss, bad if never_reset else 0
        else:
            bad += 1
            if last:
                best = loss
        if bad > patience - early:
            lr = lr - start * (1 - factor) if subtract else lr * factor
            bad = bad if keep_count else 0
            if best_moves:
                best = math.inf
        if every and loss >= best and bad:
            lr = lr * factor
        if after:
            rates.append(lr)
    return rates


def _folded(**change: Any) -> Callable[..., Any]:
    return lambda losses, lr, factor, patience: _fold(losses, lr, factor, patience, **change)


def _recorded(
    note: str = "before", order: str = "os", more: int = 0, optimizer_steps: bool = True, as_list: bool = False
) -> Callable[..., Any]:
    """A wrong record: noted at another time, steps in another order (o optimizer, s scheduler), too many or too few."""

    def answer(optimizer: Any, scheduler: Any, steps: int) -> list[Any]:
        def now() -> Any:
            return scheduler.get_last_lr() if as_list else optimizer.param_groups[0]["lr"]

        rates = []
        for _ in range(steps + more):
            if note == "before":
                rates.append(now())
            for which in order:
                if which == "s":
                    scheduler.step()
                elif optimizer_steps:
                    optimizer.step()
            if note == "after":
                rates.append(now())
        return rates

    return answer


def _resuming(load: str = "os", note: str = "before") -> Callable[..., Any]:
    """A wrong resumption: what is loaded (o optimizer, s scheduler), and when the rate is noted."""

    def answer(make: Callable[[], Any], state: Any, steps: int) -> list[float]:
        optimizer, scheduler = make()
        if "o" in load:
            optimizer.load_state_dict(state["optimizer"])
        if "s" in load:
            scheduler.load_state_dict(state["scheduler"])
        rates = []
        for _ in range(steps):
            if note == "before":
                rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
            if note == "after":
                rates.append(optimizer.param_groups[0]["lr"])
        return rates

    return answer


MISTAKES = {
    "lrs_used": Help(
        hint="In every round: note the rate, optimizer.step(), scheduler.step().",
        problem_hints={
            "optimizer.step() used": "optimizer.step() did not see the rates that belong to these steps.",
            "steps in order": "In every round the optimizer steps first, then the scheduler, `steps` times in all.",
            "due": "a list of rates",
        },
        misconceptions=(
            Misconception(
                "read after the step",
                "You note the rate after scheduler.step(), when it is the rate of the *next* update. Note what is used "
                "before optimizer.step() uses it.",
                _recorded("after"),
            ),
            Misconception(
                "scheduler first",
                "You step the scheduler before the optimizer, so the first rate is never used. The order is optimizer, "
                "then scheduler.",
                _recorded("after", "so"),
            ),
            Misconception(
                "scheduler first, noted before",
                "You note the rate, then step the scheduler before the optimizer: what the optimizer uses is the "
                "next rate already.",
                _recorded("before", "so"),
            ),
            Misconception(
                "optimizer not stepped",
                "Your rates are right, but optimizer.step() is never called: nothing would be trained.",
                _recorded(optimizer_steps=False),
            ),
            Misconception(
                "scheduler not stepped",
                "scheduler.step() is never called, so the rate never changes.",
                _recorded(order="o"),
            ),
            Misconception("one step short", "You stop one step too early.", _recorded(more=-1)),
            Misconception("one step too many", "You take one step too many.", _recorded(more=1)),
            Misconception(
                "lists",
                "get_last_lr() gives a list with an entry for each group: the number in it, [0], is due.",
                _recorded(as_list=True),
            ),
        ),
    ),
    "lecture_step_lr": Help(
        hint="Every 30 epochs, to a tenth, starting from whatever rate the optimizer has.",
        misconceptions=(
            *ATTACH,
            Misconception(
                "gamma in place of the step size",
                "Your rate falls every 10 epochs: a step is 30 epochs long.",
                _making(lambda s, optimizer: s.StepLR(optimizer, 10, 0.1)),
            ),
            Misconception(
                "halved",
                "Your factor is 0.5; the slide's rates fall to a tenth.",
                _making(lambda s, optimizer: s.StepLR(optimizer, 30, 0.5)),
            ),
            Misconception(
                "the slide's rate set",
                "You set the rate to 0.05. The optimizer brings its own; the slide only *assumes* 0.05.",
                _making(lambda s, optimizer: s.StepLR(_set_first(optimizer, 0.05), 30, 0.1)),
            ),
            Misconception(
                "stepped already",
                "Every drop comes one epoch early. Has the scheduler taken a step already? Return it as it is when "
                "made.",
                _making(lambda s, optimizer: _stepped(s.StepLR(optimizer, 30, 0.1))),
            ),
            Misconception(
                "the other example",
                "Those are the milestones 30 and 80 of the slide after; this one drops every 30 epochs.",
                _making(lambda s, optimizer: s.MultiStepLR(optimizer, [30, 80], 0.1)),
            ),
            Misconception(
                "two drops only",
                "Your rate stays after the second drop: it goes on falling every 30 epochs.",
                _making(lambda s, optimizer: s.MultiStepLR(optimizer, [30, 60], 0.1)),
            ),
        ),
    ),
    "lecture_multistep_lr": Help(
        hint="To a tenth at epoch 30, and again at epoch 80, starting from whatever rate the optimizer has.",
        misconceptions=(
            *ATTACH,
            Misconception(
                "the other example",
                "Yours falls every 30 epochs, as in the slide before; here the milestones are 30 and 80.",
                _making(lambda s, optimizer: s.StepLR(optimizer, 30, 0.1)),
            ),
            Misconception(
                "milestones as lengths",
                "Your second drop comes 80 epochs after the first. Milestones are counted from the start: 30 and 80.",
                _making(lambda s, optimizer: s.MultiStepLR(optimizer, [30, 110], 0.1)),
            ),
            Misconception(
                "one milestone",
                "You have only one drop: the milestones are 30 and 80.",
                _making(lambda s, optimizer: s.MultiStepLR(optimizer, [30], 0.1)),
            ),
            Misconception(
                "every 30 and every 80",
                "Yours drops at further epochs: only at 30 and 80.",
                _making(lambda s, optimizer: s.MultiStepLR(optimizer, [30, 60, 80], 0.1)),
            ),
            Misconception(
                "halved",
                "Your factor is 0.5; the slide's rates fall to a tenth.",
                _making(lambda s, optimizer: s.MultiStepLR(optimizer, [30, 80], 0.5)),
            ),
            Misconception(
                "the slide's rate set",
                "You set the rate to 0.05. The optimizer brings its own; the slide only *assumes* 0.05.",
                _making(lambda s, optimizer: s.MultiStepLR(_set_first(optimizer, 0.05), [30, 80], 0.1)),
            ),
            Misconception(
                "stepped already",
                "Every drop comes one epoch early. Has the scheduler taken a step already? Return it as it is when "
                "made.",
                _making(lambda s, optimizer: _stepped(s.MultiStepLR(optimizer, [30, 80], 0.1))),
            ),
        ),
    ),
    "time_based": Help(
        hint="Print n inside the function and see with which n torch calls it first. Which factor is due then?",
        problem_hints={"class": "A torch.optim.lr_scheduler.MultiplicativeLR is due."},
        misconceptions=(
            *ATTACH,
            Misconception(
                "divides by 1 + d·n too early",
                "Your divisions begin one step too early: torch calls the function with 1 first, and the first "
                "division, by 1 + d·0, belongs there. So the function needs n - 1.",
                _making(lambda s, optimizer, d: s.MultiplicativeLR(optimizer, lambda n: 1 / (1 + d * n))),
            ),
            Misconception(
                "closed form",
                "That is the closed form η₀ / (1 + d·n). The lecture's is a recurrence: each rate is the one before, "
                "divided.",
                _making(lambda s, optimizer, d: s.LambdaLR(optimizer, lambda n: 1 / (1 + d * n))),
            ),
            Misconception(
                "closed form multiplied up",
                "MultiplicativeLR multiplies the *present* rate; you give it the whole quotient since the start.",
                _making(
                    lambda s, optimizer, d: s.MultiplicativeLR(
                        optimizer, lambda n: math.prod(1 / (1 + d * k) for k in range(n))
                    )
                ),
            ),
            Misconception(
                "constant factor",
                "You divide by 1 + d at every step: the divisor grows with the step.",
                _making(lambda s, optimizer, d: s.MultiplicativeLR(optimizer, lambda n: 1 / (1 + d))),
            ),
            Misconception(
                "multiplied",
                "Your rate grows: divide by 1 + d·n.",
                _making(lambda s, optimizer, d: s.MultiplicativeLR(optimizer, lambda n: 1 + d * (n - 1))),
            ),
            Misconception(
                "right rates, other class",
                "The rates are right, but by another class: here a MultiplicativeLR is due, whose function gives the "
                "factor from one rate to the next.",
                _making(
                    lambda s, optimizer, d: s.LambdaLR(
                        optimizer, lambda n: math.prod(1 / (1 + d * k) for k in range(n))
                    )
                ),
            ),
            Misconception(
                "two steps late",
                "Your divisions begin one step too late: the third rate is lr / (1 + d).",
                _making(lambda s, optimizer, d: s.MultiplicativeLR(optimizer, lambda n: 1 / (1 + d * max(n - 2, 0)))),
            ),
        ),
    ),
    "plateau_rates": Help(
        hint=(
            "Walk through the losses with three things in hand: the rate, the best loss so far, the number of bad "
            "ones in a row."
        ),
        problem_hints={"due": "a list with one rate for each loss"},
        misconceptions=(
            Misconception(
                "rate after the loss",
                "You note the rate after the loss has been looked at. The rate in use *when the loss was measured* is "
                "due, so the first one is lr.",
                _folded(after=True),
            ),
            Misconception(
                "one bad loss too early",
                "You reduce at the patience-th bad loss. patience bad losses are borne; the next one reduces the rate.",
                _folded(early=1),
            ),
            Misconception("one bad loss too late", "You wait for one bad loss too many.", _folded(early=-1)),
            Misconception(
                "an equal loss counts as better",
                "A loss equal to the best is no improvement: it has to be smaller.",
                _folded(ties=True),
            ),
            Misconception(
                "count not started anew",
                "After a reduction the count of bad losses starts again at 0; yours goes on, and reduces at every "
                "further one.",
                _folded(keep_count=True),
            ),
            Misconception(
                "improvement does not reset",
                "A better loss sets the count of bad ones back to 0: they have to come in a row.",
                _folded(never_reset=True),
            ),
            Misconception(
                "compared with the loss before",
                "You compare with the loss before. Bad is what is no better than the *best* loss so far.",
                _folded(last=True),
            ),
            Misconception(
                "torch's default threshold",
                "You ask for an improvement by 0.01 percent, torch's default threshold; here the threshold is 0: any "
                "smaller loss counts.",
                _folded(threshold=1e-4),
            ),
            Misconception(
                "best forgotten",
                "You forget the best loss at a reduction: it stays what it was.",
                _folded(best_moves=True),
            ),
            Misconception(
                "subtracted", "You subtract: each reduction multiplies the rate by factor.", _folded(subtract=True)
            ),
        ),
    ),
    "resume": Help(
        hint="make(), load both state dicts, then note, optimizer.step(), scheduler.step(), as in exercise 1.",
        problem_hints={
            "due": "a list of rates",
            "changed": "Load a copy of it (copy.deepcopy), or leave its entries alone.",
        },
        misconceptions=(
            Misconception(
                "nothing loaded",
                "Your rates start from the beginning: load both parts of the state into what make() gives.",
                _resuming(""),
            ),
            Misconception(
                "scheduler only",
                "You load the scheduler only. The rate itself lives in the optimizer's groups: load the optimizer's "
                "state too.",
                _resuming("s"),
            ),
            Misconception(
                "optimizer only",
                "You load the optimizer only: the scheduler then counts its steps from 0 again, and comes to its drops "
                "too late.",
                _resuming("o"),
            ),
            Misconception(
                "read after the step",
                "You note each rate after scheduler.step(); the first rate due is the one that the next update uses.",
                _resuming(note="after"),
            ),
        ),
    ),
}
