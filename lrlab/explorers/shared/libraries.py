"""The same curves in other libraries: which call of optax, Keras, timm and transformers makes which schedule.

Only curves that are the same to rounding are here, at every step or up to one that is named: a nightly test holds them
to that with the packages installed (tests/explorers/test_libraries.py). The page fills in the numbers of the moment
(shared/python.js).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """A line of Python, with the schedule's fields in braces.

    Args:
        code: an expression: for timm and transformers a scheduler of ``optimizer``, else a function of the step.
        only: choices under which the curve is the same: ``{"tail": "linear"}``.
        least: the lowest values for which it is: ``{"total_iters": 1}``.
        until: the field that is the last step at which it is the same; empty if there is no last one.
    """

    code: str
    only: Mapping[str, Any] = field(default_factory=dict)
    least: Mapping[str, int] = field(default_factory=dict)
    until: str = ""


_KERAS = "keras.optimizers.schedules."
_ITERATIONS = {"total_iters": 1}
_UPDATES = "t_in_epochs=False)  # then scheduler.step_update(n)"
_WSD = (
    "optax.join_schedules([optax.linear_schedule({lr} / {warmup}, {lr}, {warmup} - 1), "
    "optax.constant_schedule({lr}), TAIL], [{warmup}, {warmup} + {stable}])"
)
_COSINE = "optax.cosine_decay_schedule({lr}, {decay})"

SAME: dict[str, dict[str, tuple[Call, ...]]] = {
    "Constant": {
        "optax": (Call("optax.constant_schedule({lr})"),),
        "transformers": (Call("transformers.get_constant_schedule(optimizer)"),),
    },
    "StepDecay": {
        "optax": (Call("lambda n: optax.exponential_decay({lr}, {every}, {decay}, staircase=True)(n + 1)"),),
        "Keras": (Call(f"lambda n: {_KERAS}ExponentialDecay({{lr}}, {{every}}, {{decay}}, staircase=True)(n + 1)"),),
    },
    "InverseTimeDecay": {"Keras": (Call(f"{_KERAS}InverseTimeDecay({{lr}}, decay_steps=1, decay_rate={{decay}})"),)},
    "ExponentialDecay": {
        "optax": (Call("optax.exponential_decay({lr}, transition_steps=1, decay_rate=math.exp(-{decay}))"),),
        "Keras": (Call(f"{_KERAS}ExponentialDecay({{lr}}, decay_steps=1, decay_rate=math.exp(-{{decay}}))"),),
        "timm": (
            Call(
                "timm.scheduler.StepLRScheduler(optimizer, decay_t=1, decay_rate=math.exp(-{decay}), " + _UPDATES,
            ),
        ),
    },
    "Step": {
        "optax": (Call("optax.exponential_decay({lr}, {step_size}, {gamma}, staircase=True)"),),
        "Keras": (Call(f"{_KERAS}ExponentialDecay({{lr}}, {{step_size}}, {{gamma}}, staircase=True)"),),
        "timm": (
            Call(f"timm.scheduler.StepLRScheduler(optimizer, decay_t={{step_size}}, decay_rate={{gamma}}, {_UPDATES}"),
        ),
    },
    "MultiStep": {
        "optax": (Call("optax.piecewise_constant_schedule({lr}, {m: {gamma} for m in {milestones}})"),),
        "Keras": (
            Call(
                f"{_KERAS}PiecewiseConstantDecay([m - 1 for m in {{milestones}}], "
                "[{lr} * {gamma} ** k for k in range(len({milestones}) + 1)])"
            ),
        ),
        "timm": (
            Call(
                "timm.scheduler.MultiStepLRScheduler(optimizer, decay_t=[m + 1 for m in {milestones}], "
                f"decay_rate={{gamma}}, {_UPDATES}"
            ),
        ),
    },
    "Exponential": {
        "optax": (Call("optax.exponential_decay({lr}, transition_steps=1, decay_rate={gamma})"),),
        "Keras": (Call(f"{_KERAS}ExponentialDecay({{lr}}, decay_steps=1, decay_rate={{gamma}})"),),
        "timm": (Call("timm.scheduler.StepLRScheduler(optimizer, decay_t=1, decay_rate={gamma}, " + _UPDATES),),
    },
    "ConstantFactor": {
        "optax": (
            Call(
                "optax.piecewise_constant_schedule({lr} * {factor}, {{total_iters}: 1 / {factor}})", least=_ITERATIONS
            ),
        ),
        "Keras": (
            Call(
                f"{_KERAS}PiecewiseConstantDecay([{{total_iters}} - 1], [{{lr}} * {{factor}}, {{lr}}])",
                least=_ITERATIONS,
            ),
        ),
    },
    "Linear": {
        "optax": (Call("optax.linear_schedule({lr} * {start_factor}, {lr} * {end_factor}, {total_iters})"),),
        "Keras": (
            Call(
                f"{_KERAS}PolynomialDecay({{lr}} * {{start_factor}}, {{total_iters}}, {{lr}} * {{end_factor}})",
                least=_ITERATIONS,
            ),
        ),
        "transformers": (
            Call(
                "transformers.get_linear_schedule_with_warmup(optimizer, 0, {total_iters})",
                only={"start_factor": 1.0, "end_factor": 0.0},
                least=_ITERATIONS,
            ),
        ),
    },
    "Polynomial": {
        "optax": (Call("optax.polynomial_schedule({lr}, 0.0, {power}, {total_iters})"),),
        "Keras": (Call(f"{_KERAS}PolynomialDecay({{lr}}, {{total_iters}}, 0.0, power={{power}})", least=_ITERATIONS),),
        "timm": (
            Call(
                f"timm.scheduler.PolyLRScheduler(optimizer, t_initial={{total_iters}}, power={{power}}, {_UPDATES}",
                least=_ITERATIONS,
                until="total_iters",
            ),
        ),
        "transformers": (
            Call(
                "transformers.get_polynomial_decay_schedule_with_warmup(optimizer, 0, {total_iters}, lr_end=0.0, "
                "power={power})",
                least=_ITERATIONS,
            ),
        ),
    },
    "SWA": {
        "optax": (
            Call(
                "optax.cosine_decay_schedule({lr}, {anneal_epochs}, alpha={swa_lr} / {lr})",
                only={"anneal_strategy": "cos"},
                least={"anneal_epochs": 1},
            ),
            Call(
                "optax.linear_schedule({lr}, {swa_lr}, {anneal_epochs})",
                only={"anneal_strategy": "linear"},
                least={"anneal_epochs": 1},
            ),
        ),
        "Keras": (
            Call(
                f"{_KERAS}CosineDecay({{lr}}, {{anneal_epochs}}, alpha={{swa_lr}} / {{lr}})",
                only={"anneal_strategy": "cos"},
                least={"anneal_epochs": 1},
            ),
        ),
    },
    "LinearWarmup": {"optax": (Call("optax.linear_schedule({lr} / {warmup}, {lr}, {warmup} - 1)"),)},
    "WarmupStableDecay": {
        "optax": tuple(
            Call(_WSD.replace("TAIL", tail), only={"tail": name}, least={"warmup": 1})
            for name, tail in (("linear", "optax.linear_schedule({lr}, 0.0, {decay})"), ("cosine", _COSINE))
        ),
        "transformers": tuple(
            Call(
                "transformers.get_wsd_schedule(optimizer, num_warmup_steps=0, num_decay_steps={decay}, "
                f'num_stable_steps={{stable}}, decay_type="{theirs}")',
                only={"tail": name, "warmup": 0},
            )
            for name, theirs in (("linear", "linear"), ("cosine", "cosine"), ("sqrt", "1-sqrt"))
        ),
    },
    "Cosine": {
        "optax": (Call("optax.cosine_decay_schedule({lr}, {T_max}, alpha={eta_min} / {lr})", until="T_max"),),
        "Keras": (Call(f"{_KERAS}CosineDecay({{lr}}, {{T_max}}, alpha={{eta_min}} / {{lr}})", until="T_max"),),
        "timm": (
            Call(
                f"timm.scheduler.CosineLRScheduler(optimizer, t_initial={{T_max}}, lr_min={{eta_min}}, {_UPDATES}",
                until="T_max",
            ),
        ),
        "transformers": (
            Call(
                "transformers.get_cosine_with_min_lr_schedule_with_warmup(optimizer, 0, {T_max}, min_lr={eta_min})",
                until="T_max",
            ),
        ),
    },
    "CosineWarmRestarts": {
        "optax": (
            Call(
                "lambda n: optax.cosine_decay_schedule({lr}, {T_0}, alpha={eta_min} / {lr})(n % {T_0})",
                only={"T_mult": 1},
            ),
        ),
        "Keras": (
            Call(
                f"{_KERAS}CosineDecayRestarts({{lr}}, {{T_0}}, t_mul={{T_mult}}.0, m_mul=1.0, "
                "alpha={eta_min} / {lr})"
            ),
        ),
        "timm": (
            Call(
                "timm.scheduler.CosineLRScheduler(optimizer, t_initial={T_0}, cycle_mul={T_mult}, lr_min={eta_min}, "
                f"cycle_limit=1000, {_UPDATES}"
            ),
        ),
    },
    "SnapshotCosine": {
        "optax": (
            Call(
                "lambda n: optax.cosine_decay_schedule({lr}, math.ceil({updates} / {cycles}))"
                "(n % math.ceil({updates} / {cycles}))"
            ),
        ),
        "Keras": (
            Call(f"{_KERAS}CosineDecayRestarts({{lr}}, math.ceil({{updates}} / {{cycles}}), t_mul=1.0, m_mul=1.0)"),
        ),
        "timm": (
            Call(
                "timm.scheduler.CosineLRScheduler(optimizer, t_initial=math.ceil({updates} / {cycles}), "
                f"cycle_limit=1000, {_UPDATES}"
            ),
        ),
    },
    "OneCycle": {
        "optax": (
            Call(
                'optax.piecewise_interpolate_schedule("cosine", {max_lr} / {div_factor}, '
                "{{pct_start} * {total_steps} - 1: {div_factor}, "
                "{total_steps} - 1: 1 / {div_factor} / {final_div_factor}})",
                only={"anneal_strategy": "cos", "three_phase": False},
            ),
        ),
    },
}


LIBRARIES = ("optax", "Keras", "timm", "transformers")


def same(name: str) -> list[dict[str, Any]]:
    """Return the calls for the schedule ``name`` as the page reads them, the libraries in a fixed order."""
    return [
        {"library": library, **{key: value for key, value in asdict(call).items() if value}}
        for library in LIBRARIES
        for call in SAME.get(name, {}).get(library, ())
    ]
