"""Parse what comes back from a student's process. Nothing in it is trusted."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, NoReturn

from lrlab.checks.call import Outcome
from lrlab.checks.exercise import Exercise
from lrlab.checks.reply import SIGNED, signature
from lrlab.checks.serialize import LARGEST
from lrlab.grading.submission.cells import replace_surrogates
from lrlab.grading.submission.notebook import is_deep

LONGEST_REPLY = 2_000_000  # characters
LONGEST_TEXT = 300  # of a message, or of what a call printed
LONGEST_WORD = 80  # of a type's name
DEEPEST = 30
KINDS = ("number", "array", "list", "none", "odd", "error", "facts", "refused")


def verified(signed: Any, key: bytes, question: Sequence[str]) -> str | None:
    """Return a reply's text if it is signed for this question with the kernel's key; otherwise None."""
    if not isinstance(signed, str) or len(signed) > LONGEST_REPLY:
        return None
    given, text = signed[:SIGNED], signed[SIGNED:]
    return text if compare_digest(given.encode(), signature(key, question, text).encode()) else None


@dataclass(frozen=True)
class Reply:
    """An outcome for each call; or, if the answer is not a function, the type of what it is."""

    outcomes: tuple[Outcome, ...] = ()
    absent: str = ""


def parse_reply(text: Any, exercise: Exercise, count: int) -> Reply | None:
    """Return a reply with exactly ``count`` outcomes; None if the text can't be used at all."""
    if not isinstance(text, str) or len(text) > LONGEST_REPLY:
        return None
    try:
        reply = json.loads(text, parse_constant=_no_constant, parse_int=_whole)
    except (ValueError, RecursionError):
        return None
    if not isinstance(reply, dict) or is_deep(reply, DEEPEST):
        return None
    if isinstance(reply.get("absent"), str):
        return Reply(absent=_word(reply["absent"]) or "undefined")
    given = reply.get("outcomes")
    if not isinstance(given, list):
        return None
    outcomes = [parse_outcome(one, exercise) for one in given[:count]]
    return Reply(tuple(outcomes + [Outcome(kind="odd", type="nothing")] * (count - len(outcomes))))


def parse_outcome(given: Any, exercise: Exercise) -> Outcome:
    """Return one call's outcome; anything wrong with it makes it of kind "odd", which is never right."""
    odd = Outcome(kind="odd", type="unknown")
    kind = given.get("kind") if isinstance(given, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        return odd
    outcome: dict[str, Any] = {"kind": kind}
    for key in ("type", "message", "line", "printed"):
        if isinstance(given.get(key), str):
            outcome[key] = _word(given[key]) if key == "type" else _text(given[key])
    for key in ("integers", "single", "lists"):
        if given.get(key) is True:
            outcome[key] = True
    if given.get("changed"):
        outcome["changed"] = _changed(given["changed"], len(exercise.parameters))
    if kind in ("number", "array", "list"):
        values, shape = given.get("values"), given.get("shape")
        if not _are_values(values) or not _is_shape(shape) or math.prod(shape) != len(values):
            return odd
        outcome |= {"values": values, "shape": shape}
    if kind == "facts":
        if not isinstance(given.get("facts"), dict):
            return odd
        outcome["facts"] = given["facts"]
        if isinstance(other := given.get("otherwise"), dict):
            outcome["otherwise"] = parse_outcome(
                {key: value for key, value in other.items() if key != "otherwise"}, exercise
            )
    if kind in ("error", "refused"):
        outcome.setdefault("type", "unknown")
    return Outcome(**outcome)  # type: ignore[typeddict-item]


def _changed(given: Any, parameters: int) -> list[int | str]:
    """Return the arguments that a call changed; the first one if the reply does not name any."""
    known: list[int | str] = []
    for one in given[:5] if isinstance(given, list) else ():
        if isinstance(one, str):
            known.append(_word(one))
        elif _is_whole(one) and 0 <= one < parameters:
            known.append(one)
    return known or [0]


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"JSON has no number {name}")


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_TEXT:  # a float holds up to 1e308
        raise ValueError("an integer beyond every float")
    return int(digits)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_values(values: Any) -> bool:
    return (
        isinstance(values, list)
        and len(values) <= LARGEST
        and all(isinstance(v, float) or _is_whole(v) or v in ("nan", "inf", "-inf") for v in values)
    )


def _is_shape(shape: Any) -> bool:
    return isinstance(shape, list) and len(shape) <= 32 and all(_is_whole(s) and 0 <= s <= LARGEST for s in shape)


def _text(text: str) -> str:
    return replace_surrogates(text[:LONGEST_TEXT])


def _word(text: str) -> str:
    return " ".join(_text(text).split())[:LONGEST_WORD]
