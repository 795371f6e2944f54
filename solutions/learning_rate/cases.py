"""The public cases of this unit, by exercise and group: arguments alone, as reference.py has the right values."""

CASES = {
    "gradient_descent": {
        "positions": [
            ("x²", 1.0, 0.1, 3),
            ("x²", -4.0, 0.75, 2),
            ("x⁴/4 - 2x", 0.5, 0.25, 4),
        ],
        "exactly": [
            ("x²", 2.5, 0.1, 0),
            ("x² with noise", 1.0, 0.25, 4),
        ],
    },
    "largest_stable_lr": [
        (1.0,),
        (4.0,),
        (0.1,),
    ],
    "steps_to_reach": {
        "within reach": [
            (1.0, 8.0, 0.5, 1.5),
            (1.0, 8.0, 0.5, 1.0),
            (2.0, -3.0, 0.1, 0.01),
            (1.0, 5.0, 0.02, 0.01),
            (4.0, 5.0, 0.45, 0.3),
            (1.0, 0.3, 0.1, 0.5),
        ],
        "rate too high": [
            (1.0, 2.0, 3.0, 0.01),
            (4.0, 1.0, 0.5, 0.01),
            (1.0, -0.1, 2.5, 0.2),
        ],
    },
    "best_lr": {
        "finite losses": [
            ([0.001, 0.01, 0.1, 1.0], [2.1, 0.7, 0.4, 1.9]),
            ([1.0, 0.03, 0.3, 0.1], [2.5, 0.9, 0.2, 0.5]),
        ],
        "losses that are not finite": [
            ([0.01, 0.1, 1.0, 10.0], [0.6, 0.8, "nan", "inf"]),
            ([10.0, 0.3, 0.1, 3.0], ["-inf", 0.8, 0.5, "nan"]),
            ([3.0, 0.2, 1.0], ["nan", 0.9, "inf"]),
        ],
    },
}
