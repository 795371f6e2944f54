"""What a rule takes and gives, and which values its arguments may have."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import numpy as np

from lrlab._validation import (
    COUNT,
    MOMENTUM,
    NON_NEGATIVE,
    POSITIVE,
    SWITCH,
    UNIT,
    Validator,
    check,
    one_of,
    or_none,
)

P = ParamSpec("P")
Values = Any  # a numpy array, a torch tensor or a number: whatever has operators
State = Any  # a mapping from names to such values, or None before the first step
Step = tuple[Values, dict[str, Any]]


def _two_betas(value: Any) -> tuple[float, float]:
    first, second = value
    return MOMENTUM.convert(first), MOMENTUM.convert(second)


def _three(value: Any) -> tuple[float, float, float]:
    a, b, c = map(float, value)
    return a, b, c


ARGUMENTS: dict[str, Validator] = {
    "lr": NON_NEGATIVE,
    "lr_decay": NON_NEGATIVE,
    "weight_decay": NON_NEGATIVE,
    "initial_accumulator_value": NON_NEGATIVE,
    "eps": NON_NEGATIVE,
    "rho": UNIT,
    "alpha": UNIT,  # torch forgets the upper bound, beyond which the mean of squares may be negative
    "momentum": NON_NEGATIVE,
    "betas": Validator("two numbers >= 0 and < 1", _two_betas),
    "centered": SWITCH,
    "amsgrad": SWITCH,
    "maximize": SWITCH,
    "nesterov": SWITCH,
    "ns_coefficients": Validator("three numbers", _three),
    "ns_steps": COUNT,
    "adjust_lr_fn": or_none(one_of("original", "match_rms_adamw")),
    "d0": POSITIVE,
}


def checked(rule: Callable[P, Step]) -> Callable[P, Step]:
    """``rule`` with its arguments checked first, so that its body is the formula alone."""
    signature = inspect.signature(rule)

    @wraps(rule)
    def step(*args: P.args, **kwargs: P.kwargs) -> Step:
        bound = signature.bind(*args, **kwargs)
        arguments = bound.arguments
        shape, given = tuple(np.shape(arguments["param"])), tuple(np.shape(arguments["grad"]))
        if shape != given:
            raise ValueError(f"grad must have the shape of param, {shape}, got {given}")
        for name in arguments.keys() & ARGUMENTS.keys():
            arguments[name] = check(name, ARGUMENTS[name], arguments[name])
        arguments["state"] = arguments.get("state") or {}
        return rule(*bound.args, **bound.kwargs)

    return step
