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
        schedule: the name of the schedule.
        library: one of ``LIBRARIES``.
        code: an expression: for timm and transformers a scheduler of ``optimizer``, else a function of the step.
        only: choices under which the curve is the same: ``{"tail": "linear"}``.
        least: the lowest values for which it is: ``{"total_iters": 1}``.
        until: the field that is the last step at which it is the same; empty if there is no last one.
    """

    schedule: str
    library: str
    code: str
    only: Mapping[str, Any] = field(default_factory=dict)
    least: Mapping[str, int] = field(default_factory=dict)
    until: str = ""


LIBRARIES = ("optax", "Keras", "timm", "transformers")
_KERAS = "keras.optimizers.schedules."
_OPTAX_WSD = (
    "optax.join_schedules([optax.linear_schedule({lr} / {warmup}, {lr}, {warmup} - 1), "
    "optax.constant_schedule({lr}), TAIL], [{warmup}, {warmup} + {stable}])"
)
_WSD = (
    "transformers.get_wsd_schedule(optimizer, num_warmup_steps=0, num_decay_steps={decay}, "
    "num_stable_steps={stable}, decay_type="
)
_ITERATIONS = {"total_iters": 1}
_ANNEAL = {"anneal_epochs": 1}


def _keras(schedule: str, code: str, **when: Any) -> Call:
    return Call(schedule, "Keras", _KERAS + code, **when)


def _timm(schedule: str, scheduler: str, arguments: str, **when: Any) -> Call:
    updates = "t_in_epochs=False)  # then scheduler.step_update(n)"
    return Call(schedule, "timm", f"timm.scheduler.{scheduler}Scheduler(optimizer, {arguments}, {updates}", **when)


CALLS = (
    Call("Constant", "optax", "optax.constant_schedule({lr})"),
    Call("Constant", "transformers", "transformers.get_constant_schedule(optimizer)"),
    Call("StepDecay", "optax", "lambda n: optax.exponential_decay({lr}, {every}, {decay}, staircase=True)(n + 1)"),
    Call(
        "StepDecay", "Keras", "lambda n: " + _KERAS + "ExponentialDecay({lr}, {every}, {decay}, staircase=True)(n + 1)"
    ),
    _keras("InverseTimeDecay", "InverseTimeDecay({lr}, decay_steps=1, decay_rate={decay})"),
    Call(
        "ExponentialDecay", "optax", "optax.exponential_decay({lr}, transition_steps=1, decay_rate=math.exp(-{decay}))"
    ),
    _keras("ExponentialDecay", "ExponentialDecay({lr}, decay_steps=1, decay_rate=math.exp(-{decay}))"),
    _timm("ExponentialDecay", "StepLR", "decay_t=1, decay_rate=math.exp(-{decay})"),
    Call("Step", "optax", "optax.exponential_decay({lr}, {step_size}, {gamma}, staircase=True)"),
    _keras("Step", "ExponentialDecay({lr}, {step_size}, {gamma}, staircase=True)"),
    _timm("Step", "StepLR", "decay_t={step_size}, decay_rate={gamma}"),
    Call("MultiStep", "optax", "optax.piecewise_constant_schedule({lr}, {m: {gamma} for m in {milestones}})"),
    _keras(
        "MultiStep",
        "PiecewiseConstantDecay([m - 1 for m in {milestones}], "
        "[{lr} * {gamma} ** k for k in range(len({milestones}) + 1)])",
    ),
    _timm("MultiStep", "MultiStepLR", "decay_t=[m + 1 for m in {milestones}], decay_rate={gamma}"),
    Call("Exponential", "optax", "optax.exponential_decay({lr}, transition_steps=1, decay_rate={gamma})"),
    _keras("Exponential", "ExponentialDecay({lr}, decay_steps=1, decay_rate={gamma})"),
    _timm("Exponential", "StepLR", "decay_t=1, decay_rate={gamma}"),
    Call(
        "ConstantFactor",
        "optax",
        "optax.piecewise_constant_schedule({lr} * {factor}, {{total_iters}: 1 / {factor}})",
        least=_ITERATIONS,
    ),
    _keras("ConstantFactor", "PiecewiseConstantDecay([{total_iters} - 1], [{lr} * {factor}, {lr}])", least=_ITERATIONS),
    Call("Linear", "optax", "optax.linear_schedule({lr} * {start_factor}, {lr} * {end_factor}, {total_iters})"),
    _keras("Linear", "PolynomialDecay({lr} * {start_factor}, {total_iters}, {lr} * {end_factor})", least=_ITERATIONS),
    Call(
        "Linear",
        "transformers",
        "transformers.get_linear_schedule_with_warmup(optimizer, 0, {total_iters})",
        only={"start_factor": 1.0, "end_factor": 0.0},
        least=_ITERATIONS,
    ),
    Call("Polynomial", "optax", "optax.polynomial_schedule({lr}, 0.0, {power}, {total_iters})"),
    _keras("Polynomial", "PolynomialDecay({lr}, {total_iters}, 0.0, power={power})", least=_ITERATIONS),
    _timm("Polynomial", "PolyLR", "t_initial={total_iters}, power={power}", least=_ITERATIONS, until="total_iters"),
    Call(
        "Polynomial",
        "transformers",
        "transformers.get_polynomial_decay_schedule_with_warmup(optimizer, 0, {total_iters}, "
        "lr_end=0.0, power={power})",
        least=_ITERATIONS,
    ),
    Call(
        "SWA",
        "optax",
        "optax.cosine_decay_schedule({lr}, {anneal_epochs}, alpha={swa_lr} / {lr})",
        only={"anneal_strategy": "cos"},
        least=_ANNEAL,
    ),
    Call(
        "SWA",
        "optax",
        "optax.linear_schedule({lr}, {swa_lr}, {anneal_epochs})",
        only={"anneal_strategy": "linear"},
        least=_ANNEAL,
    ),
    _keras(
        "SWA",
        "CosineDecay({lr}, {anneal_epochs}, alpha={swa_lr} / {lr})",
        only={"anneal_strategy": "cos"},
        least=_ANNEAL,
    ),
    Call("LinearWarmup", "optax", "optax.linear_schedule({lr} / {warmup}, {lr}, {warmup} - 1)"),
    *(
        Call("WarmupStableDecay", "optax", _OPTAX_WSD.replace("TAIL", call), only={"tail": tail}, least={"warmup": 1})
        for tail, call in {
            "linear": "optax.linear_schedule({lr}, 0.0, {decay})",
            "cosine": "optax.cosine_decay_schedule({lr}, {decay})",
        }.items()
    ),
    *(
        Call("WarmupStableDecay", "transformers", f'{_WSD}"{theirs}")', only={"tail": tail, "warmup": 0})
        for tail, theirs in {"linear": "linear", "cosine": "cosine", "sqrt": "1-sqrt"}.items()
    ),
    Call("Cosine", "optax", "optax.cosine_decay_schedule({lr}, {T_max}, alpha={eta_min} / {lr})", until="T_max"),
    _keras("Cosine", "CosineDecay({lr}, {T_max}, alpha={eta_min} / {lr})", until="T_max"),
    _timm("Cosine", "CosineLR", "t_initial={T_max}, lr_min={eta_min}", until="T_max"),
    Call(
        "Cosine",
        "transformers",
        "transformers.get_cosine_with_min_lr_schedule_with_warmup(optimizer, 0, {T_max}, min_lr={eta_min})",
        until="T_max",
    ),
    Call(
        "CosineWarmRestarts",
        "optax",
        "lambda n: optax.cosine_decay_schedule({lr}, {T_0}, alpha={eta_min} / {lr})(n % {T_0})",
        only={"T_mult": 1},
    ),
    _keras(
        "CosineWarmRestarts", "CosineDecayRestarts({lr}, {T_0}, t_mul={T_mult}.0, m_mul=1.0, alpha={eta_min} / {lr})"
    ),
    _timm("CosineWarmRestarts", "CosineLR", "t_initial={T_0}, cycle_mul={T_mult}, lr_min={eta_min}, cycle_limit=1000"),
    Call(
        "SnapshotCosine",
        "optax",
        "lambda n: optax.cosine_decay_schedule({lr}, math.ceil({updates} / {cycles}))"
        "(n % math.ceil({updates} / {cycles}))",
    ),
    _keras("SnapshotCosine", "CosineDecayRestarts({lr}, math.ceil({updates} / {cycles}), t_mul=1.0, m_mul=1.0)"),
    _timm("SnapshotCosine", "CosineLR", "t_initial=math.ceil({updates} / {cycles}), cycle_limit=1000"),
    Call(
        "OneCycle",
        "optax",
        'optax.piecewise_interpolate_schedule("cosine", {max_lr} / {div_factor}, '
        "{{pct_start} * {total_steps} - 1: {div_factor}, {total_steps} - 1: 1 / {div_factor} / {final_div_factor}})",
        only={"anneal_strategy": "cos", "three_phase": False},
    ),
)


def same(name: str) -> list[dict[str, Any]]:
    """Return the calls for the schedule ``name`` as the page reads them, the libraries in a fixed order."""
    calls = sorted((call for call in CALLS if call.schedule == name), key=lambda call: LIBRARIES.index(call.library))
    return [{key: value for key, value in asdict(call).items() if value and key != "schedule"} for call in calls]
