"""Numbers and rates in words, for the texts that stand for still pictures where these are not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lrlab._formula import Floats


def course(values: Floats, steps: Sequence[int] | None = None) -> str:
    """Rates in words: ``from 0.1 to 0.001``, and what they do in between; ``steps`` says when, by default at each."""
    first, last = number(values[0]), number(values[-1])
    if (values == values[0]).all():
        return f"constant at {first}"
    said = [f"from {first} to {last}"]
    for name, n in (("highest", int(np.argmax(values))), ("lowest", int(np.argmin(values)))):
        if number(values[n]) not in (first, last):  # told apart by what is read, and not by rounding
            said.append(f"{name} {number(values[n])} at step {n if steps is None else steps[n]:,}")
    ways = np.sign(np.diff(values))
    ways = ways[ways != 0]
    again = int(((ways[:-1] < 0) & (ways[1:] > 0)).sum())
    said += [f"after falling it rises again {'once' if again == 1 else f'{again} times'}"] if again else []
    return ", ".join(said)


def percent(fraction: float | None) -> str:
    return "unknown" if fraction is None or np.isnan(fraction) else f"{fraction:.2%}"


def number(value: float) -> str:
    """Three digits, and the minus sign that is read as one."""
    return f"{value:.3g}".replace("-", "−") if np.isfinite(value) else "not finite"
