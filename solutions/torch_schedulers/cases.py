"""The public cases of this unit, by exercise and group: arguments alone, as reference.py has the right values."""

# The two logs of the prompt.
RUN_A = [0.95, 0.80, 0.71, 0.74, 0.72, 0.69, 0.70, 0.73, 0.69, 0.55, 0.56, 0.58]
RUN_A += [0.57, 0.52, 0.53, 0.54, 0.525, 0.51, 0.515, 0.512, 0.514, 0.513]
RUN_B = [0.90, 0.91, 0.92, 0.95, 0.70, 0.60, 0.52, 0.53, 0.51, 0.52, 0.55, 0.54, 0.50, 0.49]

CASES = {
    "scheduler_of_log": [
        ([0.1], RUN_A),
        ([0.1], RUN_B),
        ([0.4, 0.004], [1.0, *[2.0] * 12]),
    ],
    "as_multiplicative": [
        ([1.0], "1 / (1 + n)²", 4),
        ([0.2, 0.01], "1 / (1 + 0.5 n)", 5),
        ([0.4], "(3 + cos n) / 4", 6),
    ],
    "run_epochs": [
        (0.1, "StepLR", {"step_size": 2, "gamma": 0.5}, 5, 1),
        (1.0, "ExponentialLR", {"gamma": 0.9}, 3, 2),
        (0.2, "MultiStepLR", {"milestones": [1, 3], "gamma": 0.1}, 5, 2),
    ],
    "cosine_run": [
        ([0.1], 6, 2, 2),
        ([0.1], 7, 2, 2),
        ([0.4, 0.02], 10, 4, 3),
    ],
    "plateau_rates": {
        "one plateau": [
            ([1.0, 0.8, 0.9, 0.85, 0.7, 0.6], 0.1, 0.5, 1),
            ([1.0, 0.9, 0.95, 0.93, 0.94, 0.92, 0.8], 1.0, 0.1, 2),
            ([0.5, 0.6, 0.4, 0.5, 0.3], 0.2, 0.5, 0),
            ([1, 0, 3, 2, -1, 0, 0, -2, -3], 0.1, 0.5, 1),
        ],
        "several": [
            ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], 0.8, 0.5, 1),
            ([1.0, 1.2, 0.9, 1.1, 0.95, 0.8, 0.85, 0.82, 0.81, 0.9, 0.85], 0.1, 0.25, 1),
            ([0.5, 0.49998, 0.49996, 0.49994, 0.49992, 0.6, 0.7, 0.55], 0.1, 0.5, 1),
            ([3.0, 4.0, 4.0, 3.5, 3.6, 3.4, 2.0], 0.1, 0.5, 1),
            ([2e4, 3e4, 2e4, 2.4e4, 2.6e4, 1e4, 1.2e4], 0.4, 0.5, 1),
            ([1.0, 1.5, 1.2, 0.9, 1.4, 1.1, 0.8, 0.7], 0.1, 0.5, 2),
        ],
    },
    "resume_scaled": {
        "recurrences": [
            ([0.8], "StepLR", {"step_size": 3, "gamma": 0.5}, 4, 1.0, 6, 0.5),
            ([1.0, 0.01], "ExponentialLR", {"gamma": 0.9}, 3, 0.5, 4, 3.0),
            ([0.1], "CosineAnnealingLR", {"T_max": 10}, 6, 2.0, 3, 0.1),
        ],
        "closed forms": [
            ([0.8], "LambdaLR", {"d": 0.5}, 2, 1.0, 4, 0.5),
            ([0.1, 0.01], "CosineAnnealingWarmRestarts", {"T_0": 2, "T_mult": 2}, 3, 1.0, 6, 0.25),
            ([0.5], "LambdaLR", {"d": 0.25}, 4, 0.1, 3, 2.0),
        ],
    },
}


def _from(lrs):
    return f"from {' and '.join(map(str, lrs))}"


def _words(kind, settings):
    if kind == "LambdaLR":
        return f"LambdaLR with 1 / (1 + {settings['d']} n)"
    return f"{kind}({', '.join(f'{k}={v}' for k, v in settings.items())})"


def _resume_scaled(lrs, kind, settings, done, by_hand, steps, factor):
    halted = f"{done} steps" + (f", rate × {by_hand} by hand" if by_hand != 1 else "")
    return f"resume_scaled(…, {steps}, {factor}): {_words(kind, settings)} {_from(lrs)}, {halted}"


# How the table shows a call, where a case's arguments are not what the student's function gets.
CALLS = {
    "scheduler_of_log": lambda lrs, losses: f"scheduler_of_log(SGD {_from(lrs)}), losses {', '.join(map(str, losses))}",
    "as_multiplicative": lambda lrs, schedule, epochs: (
        f"as_multiplicative(SGD {_from(lrs)}, {schedule}), {epochs} epochs"
    ),
    "run_epochs": lambda lr, kind, settings, epochs, batches: (
        f"run_epochs(SGD from {lr}, {_words(kind, settings)}, {epochs}, {batches})"
    ),
    "cosine_run": lambda lrs, *sizes: f"cosine_run(SGD {_from(lrs)}, {', '.join(map(str, sizes))})",
    "resume_scaled": _resume_scaled,
}
