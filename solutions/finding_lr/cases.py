"""The public cases of this unit, by exercise and group: arguments alone, as reference.py has the right values."""

STARTS = list(range(10))

CASES = {
    "log_grid": [
        (1e-4, 1.0, 5),
        (0.5, 2.0, 3),
        (1e-6, 1e-2, 9),
        (0.03, 0.3, 2),
        (1, 100, 4),
    ],
    "refine": {
        "inside": [
            ([0.001, 0.01, 0.1, 1.0], [2.0, 0.9, 0.4, 1.5], 5),
            ([0.001, 0.004, 0.05, 0.3, 2.0], [2.1, 1.0, 0.5, 0.7, 2.2], 4),
        ],
        "ends and broken runs": [
            ([0.001, 0.01, 0.1, 1.0], [0.3, 0.5, 0.9, 1.5], 3),
            ([0.001, 0.01, 0.1], [0.9, 0.8, 0.2], 4),
            ([0.001, 0.02, 0.1, 1.0, 5.0], [2.0, 0.9, 0.4, "nan", "-inf"], 3),
            ([0.002, 0.02, 0.1, 0.7, 4.0], [2.0, "nan", 0.4, 0.8, 1.9], 3),
        ],
    },
    "with_warmup": [
        ("0.4", 4, [0, 1, 2, 3, 4, 50]),
        ("0.8 · 0.9ⁿ", 5, [7, 0, 3, 4, 5]),
        ("1 / (1 + n)", 0, [0, 1, 9]),
        ("1 / (1 + n)", 1, [0, 1, 2]),
    ],
    "find_lr": {
        "200 updates": [
            (200, 1.0, 1, [11, 12, 13], 0.7),
            (200, 20.0, 2, [14, 15, 16], 0.7),
            (200, 0.06, 3, [17, 18, 19], 0.7),
        ],
        "60 updates": [
            (60, 0.4, 4, [21, 22, 23], 0.7),
            (60, 0.04, 5, [24, 25, 26], 0.7),
            (60, 12.0, 6, [27, 28, 29], 0.7),
        ],
    },
    "my_schedule": {
        "a start": [
            (250, STARTS, 0.8),
        ],
        "the goal": [
            (250, STARTS, 0.93),
        ],
    },
}

# How the table shows a call, where a case's arguments are not what the student's function gets.
CALLS = {
    "with_warmup": lambda schedule, steps, at: f"with_warmup(schedule {schedule}, {steps}), at n",
    "find_lr": lambda budget, scale, seed, starts, goal: f"find_lr(probe, {budget}), loss {goal} or less",
    "my_schedule": lambda total_steps, seeds, goal: f"my_schedule({total_steps}), accuracy {goal} or more",
}
