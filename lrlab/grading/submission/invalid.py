"""The error of a submission that can't be graded."""

from __future__ import annotations

from typing import Any, NoReturn


class InvalidSubmission(Exception):
    """A submission that no program can grade. The message is one sentence that says why."""


def refuse(reason: str) -> NoReturn:
    """Raise InvalidSubmission with the reason as a sentence."""
    raise InvalidSubmission(f"{reason[0].upper()}{reason[1:]}.")


def kind_of(value: Any) -> str:
    """Return the type of a JSON value in words."""
    names = {type(None): "nothing", dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return names.get(type(value), "a number")
