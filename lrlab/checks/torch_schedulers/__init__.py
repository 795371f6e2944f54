"""Unit "torch schedulers": torch's own schedulers, used in the right order, resumed, and one of them by hand."""

from lrlab.checks.torch_schedulers._attached import lecture_multistep_lr, lecture_step_lr, time_based
from lrlab.checks.torch_schedulers._plateau import plateau_rates
from lrlab.checks.torch_schedulers._steps import lrs_used, resume

EXERCISES = (lrs_used, lecture_step_lr, lecture_multistep_lr, time_based, plateau_rates, resume)
