"""The public cases of this unit, by exercise and group: arguments alone, as reference.py has the right values."""

GRADS = [[2.0, -0.5], [0.25, 0.5], [-4.0, 0.25]]
TINY = [[9.313225746154785e-10, -5.960464477539063e-08], [1.862645149230957e-09, 1.4901161193847656e-08]]  # near eps
QUIET = [[0.0, 1.0], [0.5, 0.0]]  # a gradient of 0 at the first step: 0 / 0 where eps is forgotten

CASES = {
    "adagrad_step": {
        "given rates": [
            ([1.0625, -2.1875], GRADS, {"lr": 0.5}),
            ([0.6875, 3.1875], GRADS, {"lr": 1.0, "eps": 0.5}),
            ([0.8125, 1.6875], QUIET, {"lr": 0.25}),
        ],
        "defaults": [
            ([0.125, -0.25], TINY, {}),
            ([0.125, -0.25], GRADS, {}),
        ],
    },
    "rmsprop_step": {
        "given rates": [
            ([1.0625, -2.1875], GRADS, {"lr": 0.5, "alpha": 0.75}),
            ([0.6875, 3.1875], GRADS, {"lr": 1.0, "alpha": 0.5, "eps": 0.5}),
            ([0.8125, 1.6875], QUIET, {"lr": 0.25, "alpha": 0.75}),
        ],
        "defaults": [
            ([0.125, -0.25], TINY, {}),
            ([0.125, -0.25], GRADS, {}),
        ],
    },
    "adadelta_step": {
        "given rates": [
            ([1.0625, -2.1875], GRADS, {"lr": 0.5, "rho": 0.5, "eps": 0.125}),
            ([0.6875, 3.1875], GRADS, {"rho": 0.75, "eps": 0.5}),
            ([0.8125, 1.6875], QUIET, {"lr": 2.0, "rho": 0.25, "eps": 0.25}),
        ],
        "defaults": [
            ([0.125, -0.25], TINY, {}),
            ([0.125, -0.0625], GRADS, {}),
        ],
    },
    "adam_step": {
        "given rates": [
            ([1.0625, -2.1875], GRADS, {"lr": 0.5, "betas": [0.5, 0.75]}),
            ([0.6875, 3.1875], GRADS, {"lr": 1.0, "betas": [0.75, 0.5], "eps": 0.5}),
            ([0.8125, 1.6875], QUIET, {"lr": 0.25, "betas": [0.5, 0.25]}),
        ],
        "defaults": [
            ([0.125, -0.25], TINY, {}),
            ([0.03125, -0.015625], GRADS, {}),
        ],
    },
    "effective_lr": [
        ([3.0, 4.0], 0.1, 1e-10),
        ([0.5, -2.0, 1.0, 0.25], 0.01, 1e-10),
        ([-0.2], 1.0, 0.3),
        ([1.0] * 9, 0.3, 0.5),
    ],
}
