"""The public cases of this unit, by exercise and group: arguments alone, as reference.py has the right values."""

CASES = {
    "step_decay": [
        (1, 0.1, 0.5, 3),
        (2, 0.1, 0.5, 3),
        ([0, 1, 2, 3, 4, 5], 0.1, 0.5, 3),
        ([39, 9, 19], 1.0, 0.1, 10),
        (4, 0.8, 0.25, 1),
    ],
    "time_decay": [
        (0, 1.0, 0.5),
        (1, 1.0, 0.5),
        ([0, 1, 2, 3, 4], 1.0, 0.5),
        ([5, 2, 3], 0.1, 1.0),
        (4, 0.2, 0.1),
    ],
    "exponential_decay": [
        (0, 0.1, 0.5),
        (2, 0.1, 0.5),
        ([0, 1, 2, 3], 1.0, 0.1),
        ([100, 10], 0.3, 0.02),
    ],
    "gamma_from_decay": [
        (0.0,),
        (0.5,),
        (0.01,),
        (2.0,),
    ],
    "half_life": [
        (1.0,),
        (0.1,),
        (0.004,),
    ],
}
