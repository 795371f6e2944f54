"""Unit "param groups": where an optimizer keeps its learning rates, and decay by hand in a training loop."""

from lrlab.checks.param_groups._rates import read_lrs, scale_lrs, set_lr
from lrlab.checks.param_groups._training import train_with_decay
from lrlab.checks.param_groups._two_speed import two_speed_sgd

EXERCISES = (read_lrs, set_lr, scale_lrs, two_speed_sgd, train_with_decay)
