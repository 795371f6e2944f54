"""Unit "adaptive": the update rules of Adagrad, RMSProp, Adadelta and Adam, one step each."""

from lrlab.checks.adaptive._adadelta import adadelta_step
from lrlab.checks.adaptive._adagrad import adagrad_step, effective_lr
from lrlab.checks.adaptive._adam import adam_step
from lrlab.checks.adaptive._rmsprop import rmsprop_step

EXERCISES = (adagrad_step, rmsprop_step, adadelta_step, adam_step, effective_lr)
