"""Labels of runs and schedules that are shown together: each thing has one of its own, and none is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

__all__ = ["labelled", "numbered"]


def labelled(
    name: str, things: Any, kind: type, label_of: Callable[[Any], str], *, words: str
) -> list[tuple[str, Any]]:
    """Label and thing, as given, or each under ``label_of(thing)``; ``run 1``, ``run 2``, … where that is empty.

    One thing of ``kind`` is taken for a list of one. ``words`` say what ``things`` must be.

    Raises:
        ValueError: two of a list carry the same label, or ``things`` are no collection.
    """
    if isinstance(things, Mapping):
        return list(things.items())
    several = [things] if isinstance(things, kind) else things
    if isinstance(several, str) or not isinstance(several, Iterable):
        raise ValueError(f"{name} must be {words}, got {things!r}")
    pairs = [(label_of(thing) or f"run {number}", thing) for number, thing in enumerate(several, start=1)]
    for label, many in Counter(label for label, _ in pairs).items():
        if many > 1:
            raise ValueError(f"{name} must have labels that differ, got {label!r} twice")
    return pairs


def numbered(labels: Iterable[str]) -> list[str]:
    """Return ``labels``; one that is there several times becomes ``label (1)``, ``label (2)``, …"""
    labels = list(labels)
    many, seen, result = Counter(labels), Counter[str](), []
    for label in labels:
        seen[label] += 1
        result.append(f"{label} ({seen[label]})" if many[label] > 1 else label)
    return result
