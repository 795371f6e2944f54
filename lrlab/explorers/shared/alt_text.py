"""What the still pictures show, in words: the text that stands for one where it is not seen.

Each goes with its picture as ``metadata["image/svg+xml"]["alt"]``, where nbconvert has the text of other images.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from lrlab.explorers.descent.landscape_data import KINDS
from lrlab.explorers.searches.static_svg import RULES, unpacked
from lrlab.explorers.shared.results import Floats

if TYPE_CHECKING:
    from lrlab.experiments.snapshots import Snapshots
    from lrlab.explorers.shared.static_svg import Line
    from lrlab.landscapes import Descent, Landscape


def with_alt(
    bundle: tuple[dict[str, Any], dict[str, Any]], svg: str, alt: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A widget's mime ``bundle`` with its still picture and what that shows in words."""
    data, metadata = bundle
    return {**data, "image/svg+xml": svg}, {**metadata, "image/svg+xml": {"alt": alt}}


def rates(lines: Sequence[Line], *, log_y: bool) -> str:
    """Schedules over the steps."""
    axis = ", on a logarithmic axis" if log_y else ""
    if not lines:
        return f"Learning rate over the steps{axis}: no schedule is shown."
    said = []
    for line in lines:
        momentum = "" if line.momentum is None else f"; momentum {_course(line.momentum)}"
        said.append(f"{line.label}: {_course(line.rates)}{momentum}.")
    last = max(len(line.rates) for line in lines) - 1
    return f"Learning rate over the steps 0 to {last:,}{axis}. {' '.join(said)}"


def descents(f: Landscape, walks: Mapping[str, Descent]) -> str:
    """Paths on a landscape, by the names of their schedules, and their losses."""
    said = []
    for name, run in walks.items():
        steps = len(run.loss) - 1
        start, end = (f"{_place(run.positions[at])}, loss {_number(run.loss[at])}" for at in (0, -1))
        after = f"step {steps:,}, the last before it overflows" if run.diverged else f"step {steps:,}"
        said.append(f"{name}: from {start}, to {end}, at {after}.")
    return f"Gradient descent on a landscape ({KINDS[type(f)][0]}), and its loss over the steps. {' '.join(said)}"


def searches(sweep: dict[str, Any] | None, test: dict[str, Any] | None, lr: float) -> str:
    """A sweep of rates and a range test; the arguments are what the page gets."""
    said = []
    if sweep is not None:
        lrs, losses = sweep["lrs"], np.array(sweep["loss"], dtype=np.float64)  # None becomes NaN
        said.append(
            f"Training loss over {sweep['updates']:,} steps at {len(lrs)} learning rates from {_number(lrs[0])} to "
            f"{_number(lrs[-1])}, and the validation loss at the end against the rate: {_lowest(lrs, losses)}"
        )
        here = _number(losses[lrs.index(lr)]) if lr in lrs else "not measured"
        said.append(f"Chosen: rate {_number(lr)}, validation loss {here}.")
        gone = [_number(rate) for rate, count in zip(lrs, sweep["diverged"], strict=True) if count]
        said += [f"Diverged: {', '.join(gone)}."] if gone else []
        said += _suggested(sweep["suggestions"])
    if test is not None:
        lrs, losses = test["lr"], unpacked(test["smooth"])
        said.append(
            f"Range test: training loss while the rate rises from {_number(lrs[0])} to {_number(lrs[-1])}: "
            f"{_lowest(lrs, losses)}"
        )
        said += _suggested(test["suggestions"])
    return " ".join(said)


def training(runs: Sequence[dict[str, Any]], steps: Sequence[int], step: int) -> str:
    """Training runs; the arguments are what the page gets."""
    said = [f"Learning rate, training loss and validation accuracy over the steps; a mark at step {step:,}."]
    for run in runs:
        lr, loss = (unpacked(run[name]["mean"]) for name in ("lr", "loss"))
        accuracy = run["accuracy"]["mean"]
        end = "no accuracy measured" if not accuracy else f"accuracy at the end {_percent(accuracy[-1])}"
        gone, of, _ = run["diverged"]
        lost = f"; {gone} of {of} diverged" if gone else ""
        ends = f"loss from {_number(loss[0])} to {_number(loss[-1])}; {end}"
        said.append(f"{run['label']}: rate {_course(lr, steps)}; {ends}{lost}.")
    return " ".join(said) if runs else f"{said[0]} No run is shown."


def snapshots(result: Snapshots, run: int, chosen: Sequence[int], error: float, pictures: int) -> str:
    """An ensemble of the result's ``run``-th run: each snapshot, the chosen together, digits in dispute."""
    alone = ", ".join(_percent(one) for one in result.errors[run])
    single = result.single_errors[run]
    beside = "diverged" if np.isnan(single) else f"has {_percent(single)}"
    return (
        f"Snapshots at the ends of {result.schedule.cycles} cycles of the learning rate. Test error of each: {alone}. "
        f"Snapshots {', '.join(map(str, chosen))} together have {_percent(error)}; the single model {beside}. "
        f"Beside: how often two snapshots differ. Below: {pictures} test digits that they do not agree on."
    )


def _course(values: Floats, steps: Sequence[int] | None = None) -> str:
    """Rates in words: ``from 0.1 to 0.001``, and what they do in between; ``steps`` says when, by default at each."""
    first, last = _number(values[0]), _number(values[-1])
    if (values == values[0]).all():
        return f"constant at {first}"
    said = [f"from {first} to {last}"]
    for name, n in (("highest", int(np.argmax(values))), ("lowest", int(np.argmin(values)))):
        if _number(values[n]) not in (first, last):  # told apart by what is read, and not by rounding
            said.append(f"{name} {_number(values[n])} at step {n if steps is None else steps[n]:,}")
    ways = np.sign(np.diff(values))
    ways = ways[ways != 0]
    again = int(((ways[:-1] < 0) & (ways[1:] > 0)).sum())
    said += [f"after falling it rises again {'once' if again == 1 else f'{again} times'}"] if again else []
    return ", ".join(said)


def _lowest(lrs: Sequence[float], losses: Floats) -> str:
    if not np.isfinite(losses).any():
        return "finite at none of them."
    at = int(np.nanargmin(losses))
    return f"lowest, {_number(losses[at])}, at {_number(lrs[at])}."


def _suggested(suggestions: Mapping[str, float | None]) -> list[str]:
    found = [f"{RULES[rule][0]} {_number(rate)}" for rule, rate in suggestions.items() if rate is not None]
    return [f"Suggested: {', '.join(found)}."] if found else []


def _place(at: ArrayLike) -> str:
    parts = np.atleast_1d(at)
    return f"x = {_number(parts[0])}" if len(parts) == 1 else f"({', '.join(_number(part) for part in parts)})"


def _percent(fraction: float | None) -> str:
    return "unknown" if fraction is None or np.isnan(fraction) else f"{fraction:.2%}"


def _number(value: float) -> str:
    """Three digits, and the minus sign that is read as one."""
    return f"{value:.3g}".replace("-", "−") if np.isfinite(value) else "not finite"
