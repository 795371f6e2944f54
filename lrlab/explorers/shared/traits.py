"""One trait that refuses a bad value with the sentence that the rest of lrlab uses, and the rules of the explorers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from traitlets import TraitType

from lrlab import _validation
from lrlab._validation import SWITCH, Validator, among, as_list, check, number

Step = Callable[[Any, str, Any], Any]


class Ruled(TraitType[Any, Any]):
    """A value that obeys some rules, one after the other.

    Args:
        default: the value at first; None where None is allowed, which then obeys no rule.
        rules: each a :class:`~lrlab._validation.Validator`, or, where it depends on the explorer, a function that gets
            the explorer, the trait's name and the value, and returns the value or raises ``ValueError``.
        ends: where its slider ends in the page.
    """

    def __init__(self, default: Any, *rules: Validator | Step, ends: tuple[float, float] | None = None) -> None:
        super().__init__(default, allow_none=default is None)
        self.rules, self.ends = rules, ends

    def validate(self, obj: Any, value: Any) -> Any:
        if isinstance(value, Iterator):  # else it would be empty by the time that a message quotes it
            value = list(value)
        name = self.name or "value"
        for rule in self.rules:
            value = check(name, rule, value) if isinstance(rule, Validator) else rule(obj, name, value)
        return value


def between(default: float, low: float, high: float, *, whole: bool = False) -> Ruled:
    """Return the trait for a number from ``low`` to ``high``, both allowed, where its slider ends too."""
    words = f"a {'whole ' if whole else ''}number from {low:g} to {high:g}"
    convert = _validation.whole(int(low), high) if whole else number(lambda value: low <= value <= high)
    return Ruled(default, Validator(words, convert), ends=(low, high))


def switch(default: bool) -> Ruled:
    """Return the trait for True or False."""
    return Ruled(default, SWITCH)


def one_of(names: Iterable[str], *, none: bool = False) -> Validator:
    """Return the rule for a choice of ``names``; ``none``: whether its words say that None is allowed as well."""
    known = tuple(names)
    return Validator(f"{'None or ' if none else ''}one of {', '.join(known)}", among(known), known)


def choice(names: Iterable[str]) -> Ruled:
    """Return the trait for one of ``names``, or None, which it is at first."""
    return Ruled(None, one_of(names, none=True))


def some_of(names: Iterable[str], words: str = "names") -> Validator:
    """Return the rule for any of ``names``, each once, kept in their order; given as any iterable of strings."""
    known = tuple(names)

    def clean(value: Any) -> list[str]:
        given = as_list(value)
        if any(one not in known for one in given):
            raise ValueError
        return [one for one in known if one in given]

    return Validator(f"a list with {words} from {', '.join(known)}", clean, known)


def limits(traits: dict[str, Any]) -> dict[str, list[float]]:
    """Return where the sliders end, by the names of the traits."""
    return {name: list(trait.ends) for name, trait in traits.items() if isinstance(trait, Ruled) and trait.ends}
