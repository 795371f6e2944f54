"""The public cases of this unit, by exercise and group: arguments alone, as reference.py has the right values."""

GRADS = [[2.0, -0.5], [0.25, 0.5], [-4.0, 0.25]]
MATRIX = [[[2.0, -0.5], [0.5, 1.0]], [[0.25, 0.5], [-1.0, 3.0]], [[-4.0, 0.25], [2.0, 0.5]]]
TINY = [[9.313225746154785e-10, -5.960464477539063e-08], [1.862645149230957e-09, 1.4901161193847656e-08]]  # near eps
QUIET = [[0.0, 1.0], [0.5, 0.0]]  # a gradient of 0 at the first step: 0 / 0 where eps is forgotten
LONG = [[2.0, -0.5], [1.0, 0.5], [-4.0, 0.25], [0.5, 1.5], [3.0, -1.0], [-2.0, 0.5], [1.0, 2.0], [0.75, -3.0]]

CASES = {
    "nesterov_step": {
        "first step": [
            ([1.0625, -2.1875], GRADS[:1], {"lr": 0.5, "momentum": 0.75}),
            ([[0.6875, 3.1875], [-1.0625, 2.0625]], MATRIX[:1], {"lr": 1, "momentum": 0.5}),
            ([0.125, -0.25], QUIET[:1], {}),
        ],
        "several steps": [
            ([[0.6875, 3.1875], [-1.0625, 2.0625]], MATRIX, {"lr": 1, "momentum": 0.5}),
            ([1.0625, -2.1875], GRADS, {"lr": [0.5, 0.5, 0.0625], "momentum": 0.75}),
            ([0.125, -0.25], GRADS, {}),
        ],
    },
    "adamw_step": {
        "first step": [
            ([1.0625, -2.1875], GRADS[:1], {"lr": 0.5, "betas": [0.5, 0.75], "weight_decay": 0.25}),
            (
                [[0.6875, 3.1875], [-1.0625, 2.0625]],
                MATRIX[:1],
                {"lr": 1, "betas": [0.5, 0.75], "eps": 0.5, "weight_decay": 0.125},
            ),
            ([0.8125, 1.6875], QUIET[:1], {"weight_decay": 0.5}),
        ],
        "several steps": [
            (
                [[0.6875, 3.1875], [-1.0625, 2.0625]],
                MATRIX,
                {"lr": 1, "betas": [0.75, 0.5], "eps": 0.5, "weight_decay": 0.125},
            ),
            ([1.0625, -2.1875], GRADS, {"lr": [0.5, 0.5, 0.0625], "betas": [0.5, 0.75], "weight_decay": 0.25}),
            ([0.125, -0.25], TINY, {}),
            ([0.03125, -0.015625], GRADS, {}),
        ],
    },
    "lion_step": {
        "first step": [
            ([1.0625, -2.1875], GRADS[:1], {"lr": 0.5, "weight_decay": 0.25}),
            ([[0.6875, 3.1875], [-1.0625, 2.0625]], MATRIX[:1], {"lr": 1, "weight_decay": 0.125}),
            ([0.8125, 1.6875], QUIET[:1], {"weight_decay": 0.5}),
        ],
        "several steps": [
            (
                [[0.6875, 3.1875], [-1.0625, 2.0625]],
                MATRIX,
                {"lr": 1, "betas": [0.75, 0.5], "weight_decay": 0.125},
            ),
            (
                [1.0625, -2.1875],
                [[4.0, -1.0], [-0.5, 0.25], [-0.75, 0.5], [-1.0, 0.5]],
                {"lr": [0.5, 0.5, 0.0625, 0.25], "betas": [0.5, 0.75], "weight_decay": 0.25},
            ),
            ([0.03125, -0.015625], [[4.0, -1.0], [-0.1875, 0.0], [-0.5, 2.0]], {}),
            ([1.0625], [[4.0], [4.0], [4.0], [-32.0]], {"lr": 0.5, "betas": [0.9, 0.6]}),
        ],
    },
    "radam_step": {
        "before the switch": [
            ([1.0625, -2.1875], LONG[:3], {"lr": 0.125, "betas": [0.5, 0.9]}),
            ([0.6875, 3.1875], LONG[:4], {"lr": [0.25, 0.5, 0.125, 0.5], "betas": [0.75, 0.5], "eps": 0.5}),
            ([0.125, -0.25], LONG[:2], {}),
        ],
        "across the switch": [
            ([1.0625, -2.1875], LONG, {"lr": 0.125, "betas": [0.5, 0.9]}),
            ([0.6875, 3.1875], [*LONG, [-2.0, 0.5]], {"lr": [0.125] * 8 + [0.5], "betas": [0.75, 0.75], "eps": 0.5}),
            ([0.125, -0.25], LONG[:7], {}),
            ([0.03125, -0.03125], TINY * 4, {}),
        ],
    },
    "step_length": {
        "SGD and Adagrad": [
            ("SGD", 7, -3.0, 0.1, 0.99),
            ("Adagrad", 1, 5.0, 0.1, 0.99),
            ("Adagrad", 100, -0.25, 0.1, 0.99),
            ("Adagrad", 2500, 3.0, 1, 0.9),
        ],
        "RMSProp": [
            ("RMSProp", 1, 5.0, 0.1, 0.75),
            ("RMSProp", 4, -0.5, 0.1, 0.75),
            ("RMSProp", 2500, 3.0, 1, 0.9),
        ],
        "Adam": [
            ("Adam", 1, 5.0, 0.1, 0.99),
            ("Adam", 20, -0.25, 0.01, 0.99),
            ("Adam", 2500, 3.0, 1, 0.9),
        ],
    },
    "compare_rates": [
        ([0.5, -0.25, 1.0], [[1.0, 2.0, 3.0], [0.5, -1.0, 0.25], [-2.0, 1.0, 2.0], [1.5, 0.5, -1.0]], 1, [0.1, 0.1]),
        (
            [1.0, 0.5, 0.0],
            [[1.0, 0.5, 2.0], [-0.5, 1.0, -1.0], [0.25, -2.0, 1.0], [2.0, 1.0, 0.5], [1.0, -1.0, -2.0]],
            2,
            [0.01, 0.2, 0.05],
        ),
    ],
}


def _step(name):
    """How the table shows the steps of an optimizer."""

    def show(param, grads, hyper):
        settings = "".join(f", {key}={value}" for key, value in hyper.items())
        return f"{name}{settings}: from {param}, gradients {', '.join(map(str, grads))}"

    return show


# How the table shows a call, where a case's arguments are not what the student's function gets.
CALLS = {
    **{name: _step(name) for name in ("nesterov_step", "adamw_step", "lion_step", "radam_step")},
    "compare_rates": lambda weights, rows, size, lrs: (
        f"compare_rates(Linear with weight {weights[:2]} and bias {weights[2]}, batches of {size} of the rows "
        f"{', '.join(map(str, rows))} (two inputs and a target), lrs={lrs})"
    ),
}
