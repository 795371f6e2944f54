"""From a schedule's fields to what moves them in the page: a slider, a choice, a switch, a line of milestones.

A control is plain data that the page reads. Its range comes from the field's rule (``lrlab._validation``), so a
new schedule has its sliders at once; ``_BY_NAME`` says more where a rule says too little to be handy. A value beyond a
slider's ends widens it.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_args

from lrlab import _validation as rules
from lrlab._formula import validators_of
from lrlab._validation import Validator
from lrlab.schedules import Schedule

Control = dict[str, Any]


def _slider(low: float, high: float, step: float, **more: Any) -> Control:
    return {"kind": "number", "low": low, "high": high, "step": step, **more}


def _log(low: float, high: float, **more: Any) -> Control:
    return _slider(low, high, 0.01, log=True, **more)  # the step is a part of a decade: 2.3 %


def _whole(low: int, high: int, **more: Any) -> Control:
    return _slider(low, high, 1, whole=True, **more)


def _steps(low: int, **more: Any) -> Control:
    """Return a number of steps; the page takes the slider as far as the steps that it shows."""
    return _whole(low, 200, unit="steps", **more)


# ``notch``: a value of its own one step below the slider's low end.
_BY_RULE: dict[Validator, Control] = {
    rules.POSITIVE: _log(1e-4, 1),
    rules.NON_NEGATIVE: _log(1e-4, 1, notch=0),
    rules.FRACTION: _slider(0.01, 1, 0.01),
    rules.BELOW_1: _slider(0.01, 0.99, 0.01),
    rules.UNIT: _slider(0, 1, 0.01),
    rules.MOMENTUM: _slider(0, 0.99, 0.01),
    rules.STEPS: _steps(0),
    rules.COUNT: _steps(1),
    get_args(rules.OptionalCount)[1]: _steps(1, notch=None),
    rules.SWITCH: {"kind": "switch"},
    rules.MILESTONES: {"kind": "steps"},
}
# Where a rule alone leaves too wide a range or says no unit. Taken only where the field's rule allows it.
_BY_NAME: dict[str, Control] = {
    "eta_min": _log(1e-6, 0.1, notch=0),
    "gamma": _slider(0.01, 1, 0.01),
    "Exponential.gamma": _slider(0.9, 1, 0.001),
    "Cyclic.gamma": _slider(0.9, 1, 0.001),
    "power": _slider(0, 5, 0.1),
    "div_factor": _log(1, 100),
    "final_div_factor": _log(1, 1e6),
    "T_mult": _whole(1, 5),
    "SnapshotCosine.cycles": _whole(1, 20, at_most="updates"),
}
_FIXED = {"Cyclic.scale_mode"}  # it matters to a scale_fn alone


def _accepts(rule: Validator, value: Any) -> bool:
    try:
        rule.convert(value)
    except Exception:  # whatever a rule of the user's own raises
        return False
    return True


def control(name: str, field: str, rule: Validator, value: Any) -> Control | None:
    """Return what moves ``field`` of the schedule class ``name``, from its ``rule`` and a ``value``; None if nothing
    can.
    """
    if f"{name}.{field}" in _FIXED:
        return None
    chosen = None
    for key in (f"{name}.{field}", field):
        wanted = _BY_NAME.get(key)
        if chosen is None and wanted and all(_accepts(rule, wanted[end]) for end in ("low", "high")):
            chosen = wanted
    chosen = chosen or _BY_RULE.get(rule) or _probed(rule, value)
    return {**chosen, "words": rule.description} if chosen and chosen["kind"] == "steps" else chosen


def _probed(rule: Validator, value: Any) -> Control | None:
    """Return a control for a rule that no table knows: of its options, or a range around ``value`` that it accepts."""
    if isinstance(value, str):
        return {"kind": "choice", "options": list(rule.options)} if value in rule.options else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, int) and not _accepts(rule, value + 0.5):
        low = next(n for n in (0, 1, value) if _accepts(rule, n))
        high = next(n for n in (200, max(10, 2 * value), value) if _accepts(rule, n))
        return _whole(low, high)
    if 0 <= value <= 1 and _accepts(rule, 0.01) and _accepts(rule, 0.99):
        return _slider(0 if _accepts(rule, 0) else 0.01, 1 if _accepts(rule, 1) else 0.99, 0.01)
    if value <= 0:
        return None
    factors = [factor for factor in (100, 10, 3, 1.5, 1) if _accepts(rule, value * factor)]
    shares = [factor for factor in (100, 10, 3, 1.5, 1) if _accepts(rule, value / factor)]
    return _log(value / shares[0], value * factors[0])


def controls(schedule: Schedule) -> dict[str, Control]:
    """Return a control for each field of ``schedule`` that can have one, by the field's name."""
    cls: Any = type(schedule)  # mypy takes a dataclass's own __hash__ for the class's
    by_field, rules = {}, validators_of(cls)
    for field in fields(schedule):
        value = getattr(schedule, field.name)
        rule = rules.get(field.name, Validator("a value of its own", lambda value: value))
        made = control(type(schedule).__name__, field.name, rule, value) if field.init else None
        if made:
            by_field[field.name] = made
    return by_field
