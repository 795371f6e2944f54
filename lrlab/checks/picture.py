"""A small picture of a wrong answer: your curve beside the correct one, at the points that the table shows."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from lrlab.checks.compare import Part, Verdict
from lrlab.checks.render import call_text, number, pair, position, shown_parts
from lrlab.checks.serialize import is_number

if TYPE_CHECKING:
    from lrlab.checks.exercise import Exercise

LEAST = 3  # points of a curve
WIDTH, HEIGHT = 360, 150
LEFT, RIGHT, TOP, BOTTOM = 58, 8, 8, 28
MINE = "#d55e00"  # on a light ground and on a dark one; the correct curve has the colour of the text
FACTS = ("rates", "positions")  # facts whose name begins so are values over time, where their index counts:
COUNTED = re.compile(r"(update|epoch|step|rate|loss)$")


class Curve(NamedTuple):
    """The shown points of one call, from left to right. What is no finite number is NaN."""

    call: str
    axis: str
    places: list[float]
    mine: list[float]
    wanted: list[float]
    right: list[bool]
    words: str
    """How many points are right, and the first that is not."""

    @property
    def is_log(self) -> bool:
        """Whether the correct values spread over decades, so that a linear axis would show the largest alone."""
        low, high = min(self.wanted), max(self.wanted)
        return low > 0 and high >= 100 * low


def curve(exercise: Exercise, verdict: Verdict) -> Curve | None:
    """Return the curve of a wrong call; None where its result is none, or shows no difference."""
    for fact, (shown, _) in shown_parts(verdict).items():
        axis = _axis(exercise, verdict, str(fact))
        wrong = [part for part in shown if not part.right and len(part.path) > 1]
        if not axis or not wrong:
            continue
        same = [part for part in shown if part.path[2:] == wrong[0].path[2:]]  # of one group
        places = [(_at(verdict, part), part) for part in same if not math.isnan(_finite(part.wanted))]
        points = sorted(((at, part) for at, part in places if at is not None), key=lambda point: point[0])
        parts = [part for _, part in points]
        first = next((part for part in parts if not part.right), None)
        if first is None or len({at for at, _ in points}) < LEAST:
            continue
        of = f"{sum(part.right for part in parts)} of {len(parts)} points are right"
        words = f"{of}. The first difference is at {position(exercise, verdict, first)}: {_instead(first)}."
        return Curve(
            call_text(exercise, verdict.case, lists=verdict.outcome.get("lists") is True),
            axis,
            [at for at, _ in points],
            [_finite(part.mine) for part in parts],
            [_finite(part.wanted) for part in parts],
            [part.right for part in parts],
            words,
        )
    return None


def _axis(exercise: Exercise, verdict: Verdict, fact: str) -> str:
    """Return what is counted along the curve of a fact, or of the one value; "" where it is no curve."""
    if not verdict.has_facts:
        return exercise.parameters[0]
    label = (exercise.labels.get(fact) or ("",))[0]
    if not fact.startswith(FACTS):
        return ""
    return "n" if label == "" else label if COUNTED.search(label) else ""


def _at(verdict: Verdict, part: Part) -> float | None:
    """Where a point is along the axis."""
    if len(part.path) < 2:
        return None
    index = part.path[1]
    if isinstance(index, str):
        found = re.fullmatch(r"n = (\d+)", index)
        return float(found[1]) if found else None
    if verdict.has_facts:
        return float(index)
    first = verdict.case.args[0]
    at = first[index] if isinstance(first, list) and index < len(first) else None
    return float(at) if isinstance(at, int | float) else None


def _finite(value: Any) -> float:
    return float(value) if is_number(value) else math.nan


def _instead(part: Part) -> str:
    mine, wanted = _finite(part.mine), _finite(part.wanted)
    if math.isnan(mine):
        return f"no finite number instead of {number(wanted)}"
    return " instead of ".join(pair(mine, wanted, False))


def svg(found: Curve) -> str:
    """Return the curve as inline SVG, with words for those who don't see it."""
    low, high = _range(found)
    y = _scale(low, high, HEIGHT - BOTTOM, TOP, log=found.is_log)
    x = _scale(found.places[0], found.places[-1], LEFT + 6, WIDTH - RIGHT - 6)
    right = [(x(at), y(value)) for at, value in zip(found.places, found.wanted, strict=True)]
    mine = [
        (x(at), math.nan if math.isnan(value) else y(min(max(value, low), high)))
        for at, value in zip(found.places, found.mine, strict=True)
    ]
    dots = "".join(
        _mark(*at, same, low <= value <= high)
        for at, same, value in zip(mine, found.right, found.mine, strict=True)
        if not math.isnan(value)
    )
    bottom = HEIGHT - BOTTOM
    ends = "".join(
        [
            f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{number(value, 3)}</text>'
            for value in _ticks(found)
        ]
        + [
            f'<text x="{x(at):.1f}" y="{HEIGHT - 12}" text-anchor="middle">{number(at)}</text>'
            for at in (found.places[0], found.places[-1])
        ]
    )
    words = f"Your values beside the correct ones for {found.call}: {found.words}"
    return (
        f'<svg role="img" aria-label="{html.escape(words)}" width="{WIDTH}" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'style="max-width: 100%; height: auto; display: block" fill="none" stroke-width="1.75">'
        f'<path stroke="currentColor" opacity=".35" stroke-width="1" d="M{LEFT} {TOP}V{bottom}H{WIDTH - RIGHT}"/>'
        f'<path stroke="currentColor" stroke-dasharray="5 4" d="{_path(right)}"/>'
        + "".join(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="4" stroke="currentColor"/>' for a, b in right)
        + f'<path stroke="{MINE}" d="{_path(mine)}"/>{dots}'
        f'<g fill="currentColor" font-size="11" font-family="sans-serif">{ends}'
        f'<text x="{(LEFT + WIDTH) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{html.escape(found.axis)}</text>'
        "</g></svg>"
    )


def _mark(x: float, y: float, same: bool, inside: bool) -> str:
    """Return a dot where the value is right, a cross where it is wrong, an arrow where it is outside the picture."""
    if same:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{MINE}"/>'
    if inside:
        return f'<path stroke="{MINE}" stroke-width="2.25" d="M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8"/>'
    up = 8 if y < HEIGHT / 2 else -8
    return f'<path fill="{MINE}" d="M{x - 5:.1f} {y + up:.1f}h10l-5 {-up}z"/>'


def _range(found: Curve) -> tuple[float, float]:
    """Return the ends of the axis: all correct values, and of yours those that are not much further away."""
    low, high = min(found.wanted), max(found.wanted)
    if found.is_log:
        return low / (high / low) ** 0.08, high * (high / low) ** 0.08
    room = 2 * (high - low or abs(high) or 1.0)
    seen = [low, high, *(v for v in found.mine if low - room <= v <= high + room)]
    low, high = min(seen), max(seen)
    pad = 0.08 * (high - low or abs(high) or 1.0)
    return low - pad, high + pad


def _ticks(found: Curve) -> Sequence[float]:
    return sorted({min(found.wanted), max(found.wanted)})


def _scale(low: float, high: float, start: float, end: float, *, log: bool = False) -> Callable[[float], float]:
    if log:
        linear = _scale(math.log(low), math.log(high), start, end)
        return lambda value: linear(math.log(value))
    return lambda value: start + (end - start) * (value - low) / (high - low)


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Return the data of a line through points, with a gap where one is missing."""
    data, pen = "", "M"
    for x, y in points:
        if math.isnan(y):
            pen = "M"
            continue
        data += f"{pen}{x:.1f} {y:.1f}"
        pen = "L"
    return data
