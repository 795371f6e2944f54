"""What the arguments of schedules are, in a sentence each, and the symbols of their formulas that are no arguments."""

from __future__ import annotations

import re

ARGUMENTS = {
    "lr": "The learning rate that the schedule starts from, or rises to after a warm-up.",
    "swa_lr": "The learning rate that it goes to, and keeps while weights are averaged.",
    "anneal_epochs": "In how many steps it gets from the first learning rate to the other.",
    "anneal_strategy": "Whether it goes along a cosine wave or a straight line.",
    "factor": "What the learning rate is multiplied by at first.",
    "total_iters": "After how many steps it has arrived.",
    "T_max": "After how many steps the cosine is at its lowest; beyond, it rises again.",
    "eta_min": "The lowest learning rate.",
    "T_0": "How many steps the first cycle has.",
    "T_mult": "How many times as long each cycle is as the one before.",
    "base_lr": "The learning rate at the foot of each cycle.",
    "max_lr": "The highest learning rate.",
    "step_size_up": "How many steps a cycle rises.",
    "step_size_down": "How many steps a cycle falls; None for as many as it rises.",
    "mode": "How the cycles change: all alike, each half as high, or lower by a factor at every step.",
    "gamma": "The factor of each drop: the smaller, the deeper.",
    "base_momentum": "The momentum where the learning rate is highest.",
    "max_momentum": "The momentum where the learning rate is lowest.",
    "decay": "How quickly it decays: the larger, the quicker.",
    "warmup": "In how many steps it rises to the full learning rate.",
    "start_factor": "Which part of the learning rate it starts with.",
    "end_factor": "Which part of the learning rate it ends with.",
    "milestones": "The steps at which the learning rate drops.",
    "total_steps": "How many steps the whole schedule has: all updates of the training run.",
    "pct_start": "Which part of the steps the rise takes, from 0 to 1.",
    "three_phase": "Whether it first falls as long as it rose, and only then to the end.",
    "div_factor": "How many times lower than the highest learning rate it starts.",
    "final_div_factor": "How many times lower than its start it ends.",
    "power": "The shape of the way down: 1 is a straight line, 2 falls earlier.",
    "updates": "How many updates the whole training run has.",
    "cycles": "How many cycles there are, each with a snapshot at its end.",
    "step_size": "After how many steps it drops, again and again.",
    "every": "After how many steps it drops, again and again.",
    "stable": "For how many steps it stays at the full learning rate.",
    "tail": "The shape of the last part, from the full learning rate to 0.",
    # Of one schedule:
    "Cyclic.gamma": "The factor by which exp_range lowers the cycles at every step.",
    "Exponential.gamma": "What each learning rate is multiplied by to get the next one.",
    "StepDecay.decay": "The factor of each drop: the smaller, the deeper.",
    "WarmupStableDecay.decay": "In how many steps it falls to 0 at the end.",
    "ConstantFactor.total_iters": "For how many steps the factor applies.",
}
"""What an argument is, by its name; or by the name of its class, a dot and its name, which goes first."""
# Letters stand in <i>, indices in <sub>. The learning rate and the step are in all formulas.
_SYMBOLS = {
    "Lambda": "f: your function, which gives a factor for each step",
    "Multiplicative": "f: your function, which gives a factor for each step; k: the steps up to t",
    "PiecewiseLinear": "i: the last point up to it; n_i: the step of that point; η_i: its learning rate",
    "Join": "s_0: the first schedule; s_1: the one after it, which counts its own steps; t: a step of its own",
    "Product": "s_0: one schedule; s_1: the other one; t: the step in their own formulas",
    "Scaled": "s: the schedule that is scaled",
    "SWA": "p: the part of the way that is done; α: how far along the wave or the line that is",
    "CosineWarmRestarts": "i: the cycle, from 0; T_i: its length; S_i: its first step; k: the cycles before it",
    "Cyclic": "h_t: the height in the cycle, from 0 to 1 and back; σ_t: what the mode multiplies it by; "
    "c: the cycle, from 1; S: its length",
    "OneCycle": "a: where a phase starts; b: where it ends; p_t: the part of it that is done; "
    "u_t: how far it is then from a to b",
    "MultiStep": "m: a milestone; #: how many of them",
    "SnapshotCosine": "C: the steps of a cycle",
    "WarmupStableDecay": "p: the part of the last phase that is done; f: the factor that its shape gives",
}


def symbols(schedule: str, latex: str) -> str:
    """Return what the symbols of a formula mean that are no arguments, as HTML; first the rate and the step."""
    step = step_of(latex)
    common = f"η_{step}: the learning rate at step {step}; {step}: the step, counted from 0" if step else ""
    return "; ".join(filter(None, [_marked(common), further_symbols(schedule)]))


def step_of(latex: str) -> str:
    """Return the letter of the step in a formula, t or n; nothing where it has none."""
    letter = re.search(r"\\eta_([tn])", latex)
    return letter[1] if letter else ""


def further_symbols(schedule: str) -> str:
    """Return the same of all symbols but those of the learning rate and the step."""
    return _marked(_SYMBOLS.get(schedule, ""))


def _marked(words: str) -> str:
    with_index = re.sub(r"(?<!\w)(\w)_(\w):", r"<i>\1</i><sub>\2</sub>:", words)
    return re.sub(r"(^|; )(\w):", r"\1<i>\2</i>:", with_index)
