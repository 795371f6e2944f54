"""How the answers of unit "decay_formulas" are called, and what is compared."""

from __future__ import annotations

from lrlab.checks.call import Answer, Facts
from lrlab.checks.exercise import Adapter
from lrlab.checks.serialize import Unusable, WrongType

UNAVAILABLE = ("lrlab.schedules",)
LIBRARY = ("torch.optim.lr_scheduler",)
KEYS = ("formula", "lr0", "d", "r")


def _read_log(answer: Answer, log: list[str]) -> Facts:
    given = list(log)
    result = answer(given)
    if not isinstance(result, dict):
        raise WrongType(result)
    unknown = sorted(str(key) for key in result if key not in KEYS)
    if unknown:
        raise Unusable(
            f"The dictionary that read_log returned has the key {unknown[0]!r}. The keys are formula, lr0, d, and r "
            "for the step-based formula."
        )
    return {**result, "changed": [] if given == log else ["log"]}


ADAPTERS = (
    Adapter("step_decay", ("n", "lr0", "d", "r"), watch=LIBRARY),
    Adapter("time_decay", ("n", "lr0", "d"), watch=LIBRARY),
    Adapter("exponential_decay", ("n", "lr0", "d"), watch=LIBRARY),
    Adapter("gamma_from_decay", ("d",)),
    Adapter("half_life", ("d",)),
    Adapter("read_log", ("log",), _read_log),
)
