"""The public cases of this unit, by exercise and group: arguments alone, as reference.py has the right values."""

# One case: groups with rates and other settings; the optimizer has made an update, so its buffers are filled.
ONE = [{"lr": 0.5, "momentum": 0.9}]


TWO = [{"lr": 0.1, "momentum": 0.9}, {"lr": 0.02, "momentum": 0.5}]


THREE = [{"lr": 0.3}, {"lr": 0.004, "weight_decay": 0.1}, {"lr": 0.07}]


SAME = [{"lr": 0.25}, {"lr": 0.25}]

CASES = {
    "read_lrs": [
        ("SGD", ONE),
        ("SGD", TWO),
        ("Adam", THREE),
        ("SGD", SAME),
    ],
    "set_lr": [
        ("SGD", ONE, 0.05),
        ("SGD", TWO, 0.03),
        ("Adam", THREE, 0.001),
    ],
    "scale_lrs": [
        ("SGD", ONE, 0.1),
        ("SGD", TWO, 0.5),
        ("Adam", THREE, 3.0),
    ],
    "two_speed_sgd": [
        (0.001, 0.1, 0.9),
        (0.5, 0.02, 0.0),
    ],
    "train_with_decay": {
        "one group": [
            ("0.8 / (1 + n)", 1, 0.0, 4, "list"),
            ("0.1 + 0.2 n", 1, 0.0, 3, "list"),
        ],
        "everything": [
            ("0.5 · 0.5ⁿ", 2, 0.5, 2, "generator"),
        ],
    },
}
