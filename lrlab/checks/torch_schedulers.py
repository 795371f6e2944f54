"""Unit "torch schedulers": torch's own schedulers, used in the right order, resumed, and one of them by hand."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from typing import Any

from lrlab.checks import scenes
from lrlab.checks.drive import Facts, in_some_form
from lrlab.checks.exercise import Case, Exercise, Misconception
from lrlab.checks.plain import Complaint, plain

OURS = ("lrlab.schedules", "lrlab.bridge")
BY_HAND = ("lrlab.schedules", "torch.optim.lr_scheduler")


def _scheduler(optimizer: Any, kind: str, settings: dict[str, Any]) -> Any:
    """One of torch's schedulers, from plain data."""
    from torch.optim import lr_scheduler

    if kind == "LambdaLR":
        return lr_scheduler.LambdaLR(optimizer, lambda n: 1 / (1 + settings["d"] * n))
    return getattr(lr_scheduler, kind)(optimizer, **settings)


def _pair(lr: float, kind: str, settings: dict[str, Any]) -> tuple[Any, Any]:
    optimizer = scenes.optimizer([{"lr": lr}])
    return optimizer, _scheduler(optimizer, kind, settings)


def _words(kind: str, settings: dict[str, Any]) -> str:
    return f"{kind}({', '.join(f'{k}={v}' for k, v in settings.items())})"


def _watch_steps(answer: Callable[..., Any], lr: float, kind: str, settings: dict[str, Any], steps: int) -> Any:
    optimizer, scheduler = _pair(lr, kind, settings)
    events: list[str] = []
    seen: list[Any] = []

    def before(*_: Any) -> None:
        events.append("optimizer")
        seen.append(scenes.rates(optimizer)[0])

    optimizer.register_step_pre_hook(before)
    step = scheduler.step

    def watched(*args: Any, **named: Any) -> Any:
        events.append("scheduler")
        return step(*args, **named)

    scheduler.step = watched
    found = answer(optimizer, scheduler, steps)
    return {"rates": found, "optimizer.step() used": seen, "steps in order": events}


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


lrs_used = Exercise(
    name="lrs_used",
    parameters=("lr", "scheduler", "settings", "steps"),
    cases=(
        Case(
            (0.1, "StepLR", {"step_size": 2, "gamma": 0.5}, 5),
            {
                "rates": [0.1, 0.1, 0.05, 0.05, 0.025],
                "optimizer.step() used": [0.1, 0.1, 0.05, 0.05, 0.025],
                "steps in order": [
                    "optimizer",
                    "scheduler",
                    "optimizer",
                    "scheduler",
                    "optimizer",
                    "scheduler",
                    "optimizer",
                    "scheduler",
                    "optimizer",
                    "scheduler",
                ],
            },
        ),
        Case(
            (1.0, "ExponentialLR", {"gamma": 0.9}, 4),
            {
                "rates": [1.0, 0.9, 0.81, 0.7290000000000001],
                "optimizer.step() used": [1.0, 0.9, 0.81, 0.7290000000000001],
                "steps in order": [
                    "optimizer",
                    "scheduler",
                    "optimizer",
                    "scheduler",
                    "optimizer",
                    "scheduler",
                    "optimizer",
                    "scheduler",
                ],
            },
        ),
        Case(
            (0.5, "LambdaLR", {"d": 0.25}, 1),
            {"rates": [0.5], "optimizer.step() used": [0.5], "steps in order": ["optimizer", "scheduler"]},
        ),
        Case(
            (0.2, "MultiStepLR", {"milestones": [1, 3], "gamma": 0.1}, 6),
            {
                "rates": [
                    0.2,
                    0.020000000000000004,
                    0.020000000000000004,
                    0.0020000000000000005,
                    0.0020000000000000005,
                    0.0020000000000000005,
                ],
                "optimizer.step() used": [
                    0.2,
                    0.020000000000000004,
                    0.020000000000000004,
                    0.0020000000000000005,
                    0.0020000000000000005,
                    0.0020000000000000005,
                ],
                "steps in order": [
                    "optimizer",
                    "scheduler",
                    "optimizer",
                    "scheduler",
                    "optimizer",
                    "scheduler",
                    "optimizer",
                    "scheduler",
                    "optimizer",
                    "scheduler",
                    "optimizer",
                    "scheduler",
                ],
            },
        ),
    ),
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
            "You note the rate, then step the scheduler before the optimizer: what the optimizer uses is the next rate "
            "already.",
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
    hint="In every round: note the rate, optimizer.step(), scheduler.step().",
    problem_hints={
        "optimizer.step() used": "optimizer.step() did not see the rates that belong to these steps.",
        "steps in order": "In every round the optimizer steps first, then the scheduler, `steps` times in all.",
        "due": "a list of rates",
    },
    labels={"rates": ("step",), "optimizer.step() used": ("used by update",), "steps in order": ("call",)},
    show_call=lambda lr, kind, settings, steps: f"lrs_used(SGD at {lr}, {_words(kind, settings)}, {steps})",
    driver=Facts(_watch_steps, torch=True),
)


def _attached(answer: Callable[..., Any], lrs: Sequence[float], epochs: Sequence[int], *more: Any) -> dict[str, Any]:
    """The rates that an optimizer uses at some epochs with the scheduler that the answer attaches to it."""
    optimizer = scenes.optimizer([{"lr": lr} for lr in lrs])
    scheduler = answer(optimizer, *more)
    if not callable(getattr(scheduler, "step", None)):
        raise Complaint(
            f"The answer returns something of type {type(scheduler).__name__}; the scheduler is due (is there a "
            f"`return`?)."
        )
    at: dict[str, Any] = {}
    for epoch in range(max(epochs) + 1):
        if epoch in epochs:
            at[f"n = {epoch}"] = [plain(rate) for rate in scenes.rates(optimizer)]
        optimizer.step()
        scheduler.step()
    return {"rates": at, "class": type(scheduler).__name__}


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


def _other(optimizer: Any) -> Any:
    """A new optimizer beside the one given."""
    return scenes.optimizer([{"lr": group["lr"]} for group in optimizer.param_groups])


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

lecture_step_lr = Exercise(
    name="lecture_step_lr",
    parameters=("lrs", "epochs"),
    cases=(
        Case(
            ([0.05], [0, 1, 28, 29, 30, 31, 59, 60, 61, 89, 90, 91]),
            {
                "rates": {
                    "n = 0": [0.05],
                    "n = 1": [0.05],
                    "n = 28": [0.05],
                    "n = 29": [0.05],
                    "n = 30": [0.005],
                    "n = 31": [0.005],
                    "n = 59": [0.005],
                    "n = 60": [0.0005],
                    "n = 61": [0.0005],
                    "n = 89": [0.0005],
                    "n = 90": [5e-05],
                    "n = 91": [5e-05],
                }
            },
        ),
        Case(
            ([0.4, 0.01], [0, 15, 29, 30, 45, 60, 120]),
            {
                "rates": {
                    "n = 0": [0.4, 0.01],
                    "n = 15": [0.4, 0.01],
                    "n = 29": [0.4, 0.01],
                    "n = 30": [0.04, 0.001],
                    "n = 45": [0.04, 0.001],
                    "n = 60": [0.004, 0.0001],
                    "n = 120": [4e-05, 1e-06],
                }
            },
        ),
    ),
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
            "Every drop comes one epoch early. Has the scheduler taken a step already? Return it as it is when made.",
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
    hint="Every 30 epochs, to a tenth, starting from whatever rate the optimizer has.",
    labels={"rates": ("", "group")},
    show_call=lambda lrs, epochs: f"lecture_step_lr(SGD at {', '.join(map(str, lrs))}), rates used at epoch n",
    driver=Facts(_attached, watch=OURS, torch=True),
)

lecture_multistep_lr = Exercise(
    name="lecture_multistep_lr",
    parameters=("lrs", "epochs"),
    cases=(
        Case(
            ([0.05], [0, 1, 28, 29, 30, 31, 60, 78, 79, 80, 81, 120]),
            {
                "rates": {
                    "n = 0": [0.05],
                    "n = 1": [0.05],
                    "n = 28": [0.05],
                    "n = 29": [0.05],
                    "n = 30": [0.005],
                    "n = 31": [0.005],
                    "n = 60": [0.005],
                    "n = 78": [0.005],
                    "n = 79": [0.005],
                    "n = 80": [0.0005],
                    "n = 81": [0.0005],
                    "n = 120": [0.0005],
                }
            },
        ),
        Case(
            ([0.4, 0.01], [0, 15, 29, 30, 79, 80, 110, 160]),
            {
                "rates": {
                    "n = 0": [0.4, 0.01],
                    "n = 15": [0.4, 0.01],
                    "n = 29": [0.4, 0.01],
                    "n = 30": [0.04, 0.001],
                    "n = 79": [0.04, 0.001],
                    "n = 80": [0.004, 0.0001],
                    "n = 110": [0.004, 0.0001],
                    "n = 160": [0.004, 0.0001],
                }
            },
        ),
    ),
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
            "Every drop comes one epoch early. Has the scheduler taken a step already? Return it as it is when made.",
            _making(lambda s, optimizer: _stepped(s.MultiStepLR(optimizer, [30, 80], 0.1))),
        ),
    ),
    hint="To a tenth at epoch 30, and again at epoch 80, starting from whatever rate the optimizer has.",
    labels={"rates": ("", "group")},
    show_call=lambda lrs, epochs: f"lecture_multistep_lr(SGD at {', '.join(map(str, lrs))}), rates used at epoch n",
    driver=Facts(_attached, watch=OURS, torch=True),
)

time_based = Exercise(
    name="time_based",
    parameters=("lrs", "epochs", "d"),
    cases=(
        Case(
            ([1.0], [0, 1, 2, 3, 4], 0.5),
            {
                "rates": {
                    "n = 0": [1.0],
                    "n = 1": [1.0],
                    "n = 2": [0.6666666666666666],
                    "n = 3": [0.3333333333333333],
                    "n = 4": [0.13333333333333333],
                },
                "class": "MultiplicativeLR",
            },
        ),
        Case(
            ([0.2, 0.01], [0, 1, 2, 5, 9], 0.1),
            {
                "rates": {
                    "n = 0": [0.2, 0.01],
                    "n = 1": [0.2, 0.01],
                    "n = 2": [0.18181818181818182, 0.00909090909090909],
                    "n = 5": [0.08325008325008325, 0.004162504162504162],
                    "n = 9": [0.01133579564952114, 0.0005667897824760569],
                },
                "class": "MultiplicativeLR",
            },
        ),
    ),
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
                lambda s, optimizer, d: s.LambdaLR(optimizer, lambda n: math.prod(1 / (1 + d * k) for k in range(n)))
            ),
        ),
        Misconception(
            "two steps late",
            "Your divisions begin one step too late: the third rate is lr / (1 + d).",
            _making(lambda s, optimizer, d: s.MultiplicativeLR(optimizer, lambda n: 1 / (1 + d * max(n - 2, 0)))),
        ),
    ),
    hint="Print n inside the function and see with which n torch calls it first. Which factor is due then?",
    problem_hints={"class": "A torch.optim.lr_scheduler.MultiplicativeLR is due."},
    labels={"rates": ("", "group")},
    show_call=lambda lrs, epochs, d: f"time_based(SGD at {', '.join(map(str, lrs))}, d={d}), rates used at step n",
    driver=Facts(_attached, watch=OURS, torch=True),
)


def _plateau(
    answer: Callable[..., Any], losses: Sequence[float], lr: float, factor: float, patience: int
) -> dict[str, Any]:
    def call(form: Any) -> dict[str, Any]:
        given = form(losses)
        found = answer(given, lr, factor, patience)
        return {"rates": found, "changed": [] if list(given) == list(losses) else ["losses"]}

    return in_some_form(call)


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


plateau_rates = Exercise(
    name="plateau_rates",
    parameters=("losses", "lr", "factor", "patience"),
    cases=(
        Case(
            ([1.0, 0.8, 0.9, 0.85, 0.7, 0.6], 0.1, 0.5, 1), {"rates": [0.1, 0.1, 0.1, 0.1, 0.05, 0.05]}, "one plateau"
        ),
        Case(
            ([1.0, 0.9, 0.95, 0.93, 0.94, 0.92, 0.8], 1.0, 0.1, 2),
            {"rates": [1.0, 1.0, 1.0, 1.0, 1.0, 0.1, 0.1]},
            "one plateau",
        ),
        Case(([0.5, 0.6, 0.4, 0.3], 0.2, 0.5, 0), {"rates": [0.2, 0.2, 0.1, 0.1]}, "one plateau"),
        Case(
            ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], 0.8, 0.5, 1),
            {"rates": [0.8, 0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.1]},
            "several",
        ),
        Case(
            ([1.0, 1.2, 0.9, 1.1, 0.95, 0.8, 0.85, 0.82, 0.81, 0.9, 0.85], 0.1, 0.25, 1),
            {"rates": [0.1, 0.1, 0.1, 0.1, 0.1, 0.025, 0.025, 0.025, 0.00625, 0.00625, 0.0015625]},
            "several",
        ),
        Case(
            ([0.5, 0.49998, 0.49996, 0.49994, 0.49992, 0.6, 0.7, 0.55], 0.1, 0.5, 1),
            {"rates": [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.05]},
            "several",
        ),
    ),
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
    hint="Walk through the losses with three things in hand: the rate, the best loss so far, the number of bad ones "
    "in a row.",
    problem_hints={"due": "a list with one rate for each loss"},
    labels={"rates": ("loss",)},
    driver=Facts(_plateau, watch=BY_HAND),
)


def _resumed(
    answer: Callable[..., Any], lr: float, kind: str, settings: dict[str, Any], done: int, steps: int
) -> dict[str, Any]:
    optimizer, scheduler = _pair(lr, kind, settings)
    for _ in range(done):
        optimizer.step()
        scheduler.step()
    state = copy.deepcopy({"optimizer": optimizer.state_dict(), "scheduler": scheduler.state_dict()})
    before = plain(state)
    found = answer(lambda: _pair(lr, kind, settings), state, steps)
    return {"rates": found, "changed": [] if plain(state) == before else ["state"]}


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


resume = Exercise(
    name="resume",
    parameters=("lr", "scheduler", "settings", "done", "steps"),
    cases=(
        Case((0.8, "StepLR", {"step_size": 3, "gamma": 0.5}, 4, 6), {"rates": [0.4, 0.4, 0.2, 0.2, 0.2, 0.1]}),
        Case(
            (1.0, "ExponentialLR", {"gamma": 0.9}, 3, 4),
            {"rates": [0.7290000000000001, 0.6561, 0.5904900000000001, 0.531441]},
        ),
        Case(
            (0.1, "CosineAnnealingLR", {"T_max": 10}, 6, 3),
            {"rates": [0.034549150281252626, 0.020610737385376346, 0.009549150281252632]},
        ),
    ),
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
    hint="make(), load both state dicts, then note, optimizer.step(), scheduler.step(), as in exercise 1.",
    problem_hints={
        "due": "a list of rates",
        "changed": "Load a copy of it (copy.deepcopy), or leave its entries alone.",
    },
    labels={"rates": ("step",)},
    show_call=lambda lr, kind, settings, done, steps: (
        f"resume(make, state after {done} steps at {lr}, {steps}), {_words(kind, settings)}"
    ),
    driver=Facts(_resumed, torch=True),
)

EXERCISES = (lrs_used, lecture_step_lr, lecture_multistep_lr, time_based, plateau_rates, resume)
