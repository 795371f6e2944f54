"""How many examples hypothesis tries: a few in every run, all of them at night."""

from hypothesis import settings

FEW, MOST = 10, 300


def register() -> None:
    """Two profiles; `--hypothesis-profile=night` takes the second."""
    settings.register_profile("every-run", max_examples=FEW, derandomize=True, deadline=None, database=None)
    settings.register_profile("night", max_examples=MOST, deadline=None, database=None)
    settings.load_profile("every-run")


def examples(number: int) -> int:
    """All `number` at night; in every run a third of them, at least three and at most `FEW`."""
    return number if settings.default.max_examples == MOST else min(number, FEW, max(3, number // 3))
