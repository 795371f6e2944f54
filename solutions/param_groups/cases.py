"""The public cases of this unit, by exercise and group: arguments alone, as reference.py has the right values."""

ONE = [{"lr": 0.5, "momentum": 0.9}]
TWO = [{"lr": 0.02, "momentum": 0.5}, {"lr": 0.1, "momentum": 0.9}]
THREE = [{"lr": 0.004}, {"lr": 0.3, "weight_decay": 0.1}, {"lr": 0.07}]
RESTING = [{"lr": 0.2}, {"lr": 0.0}, {"lr": 0.1}]  # the second group doesn't learn
SCHEDULED = [{"lr": 0.05, "initial_lr": 0.4}, {"lr": 0.01, "initial_lr": 0.8}]  # a scheduler has run on them
WHOLE = [{"lr": 1}, {"lr": 2}, {"lr": 0}]

CASES = {
    "lr_of": [
        ("SGD", ONE, [2], [0, 1]),
        ("SGD", TWO, [2, 1], [1, 0]),
        ("Adam", THREE, [1, 3, 2], [1, 2]),
        ("SGD", SCHEDULED, [2, 2], [0, 0]),
        ("SGD", TWO, [2, 1], None),
        ("SGD", RESTING, [1, 3, 1], [1, 1]),
    ],
    "rescale_lrs": [
        ("SGD", ONE, 0.05),
        ("SGD", TWO, 0.03),
        ("Adam", THREE, 0.6),
        ("SGD", WHOLE, 1),
        ("SGD", SCHEDULED, 0.2),
    ],
    "decay_groups": [
        (["Linear", "LayerNorm", "Linear"], 0.1),
        (["Conv1d", ["BatchNorm1d", ["PReLU", "Linear without bias"]], "Embedding"], 0.02),
        (["frozen Linear", "LayerNorm", "Linear", "LayerNorm"], 0.5),
        (["shared Linear", "PReLU", "shared Linear"], 1),
    ],
    "one_rate_for_all": [
        ([2.0, 1.0], 1),
        ([20.0, 0.1], 30),
        ([0.5, 4.0, 1.0], 10),
        ([3, 3], 3),
        ([40.0, 1.0], 20),
        ([0.5, 0.25], 2),
        ([6.0, 2.0], 1),  # the two ends are equal: 0.25
    ],
    "train_and_unfreeze": {
        "head alone": [
            ("0.8 / (1 + n)", 0.1, 5, 0.0, 2, "list"),
            ("0.1 + 0.2 n", 0.1, 3, 0.5, 3, "generator"),
            ("0.5 · 0.5ⁿ", 0.25, 9, 0.9, 4, "list"),
        ],
        "unfreezing": [
            ("0.5 · 0.5ⁿ", 0.1, 2, 0.5, 2, "generator"),
            ("0.8 / (1 + n)", 0.25, 1, 0.0, 3, "list"),
            ("0.1 + 0.2 n", 0.5, 0, 0.9, 2, "list"),
        ],
    },
    "several_runs": [
        ([{"lr": 0.7}], [0.1, 0.3], 0.5, 3),
        ([{"lr": 0.7}, {"lr": 0.02}], [0.4, 0.2, 0.1], 1.0, 2),
        (SCHEDULED, [0.1], 0.25, 3),
    ],
}


def _rates(kind, groups):
    return f"{kind} with rates {', '.join(str(group['lr']) for group in groups)}"


def _lr_of(kind, groups, counts, place):
    which = "a tensor of another model" if place is None else f"tensor {place[1]} of group {place[0]}"
    return f"lr_of({_rates(kind, groups)}; {which})"


def _several_runs(groups, starts, d, steps):
    before = ", which had a scheduler before" if any("initial_lr" in group for group in groups) else ""
    count = f"{len(groups)} group{'s' * (len(groups) > 1)}"
    return f"several_runs(SGD with {count}{before}; starts={starts}, d={d}, steps={steps})"


# How the table shows a call, where a case's arguments are not what the student's function gets.
CALLS = {
    "lr_of": _lr_of,
    "rescale_lrs": lambda kind, groups, highest: f"rescale_lrs({_rates(kind, groups)}; highest={highest})",
    "decay_groups": lambda layers, weight_decay: f"decay_groups({layers}, {weight_decay})".replace("'", ""),
    "train_and_unfreeze": lambda schedule, ratio, start, momentum, size, given: (
        f"train_and_unfreeze(…, {given} of batches of {size}, schedule {schedule}, ratio={ratio}, start={start})"
    ),
    "several_runs": _several_runs,
}
