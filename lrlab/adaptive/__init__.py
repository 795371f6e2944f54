r"""Optimizers from their update rules: one step each, as a pure function of numbers, arrays or tensors.

>>> param, state = adam_step(1.0, 0.5)
>>> param, state = adam_step(param, 0.4, state)

``param`` and ``grad`` are numpy arrays or torch tensors of one shape, or single numbers; ``state`` is what the step
before returned, None or ``{}`` at the start. Nothing that is passed in changes.

Where ``torch.optim`` has the method (``lrlab.adaptive.classic``, and Muon), the arguments have the names and
defaults that they have there, the state those of ``optimizer.state[param]`` (which serves as ``state`` too), and from
the same start both walk the same path. ``lrlab.adaptive.since_2020`` has what came later, with the arguments of the
authors' code; :mod:`lrlab.optimizers` trains networks with these rules.

In the formulas :math:`\theta` is ``param``, :math:`g_t` is ``grad``, :math:`\eta` is ``lr`` >= 0, *t* counts steps
from 1; squares, roots and quotients are taken coordinate by coordinate. Every rule knows ``weight_decay``
:math:`\lambda` >= 0, which puts :math:`g_t + \lambda \theta_{t-1}` in the place of :math:`g_t` (AdamW does otherwise),
and ``maximize``, default False: walk uphill.

Errors: ``ValueError`` for an argument that breaks its rule, or a ``grad`` that has not the shape of ``param``.
"""

from lrlab.adaptive._rule import Step
from lrlab.adaptive.classic import adadelta_step, adagrad_step, adam_step, adamw_step, effective_lr, rmsprop_step
from lrlab.adaptive.since_2020 import (
    lion_step,
    muon_step,
    prodigy_step,
    schedule_free_adamw_step,
    schedule_free_sgd_step,
)

__all__ = [
    "Step",
    "adadelta_step",
    "adagrad_step",
    "adam_step",
    "adamw_step",
    "effective_lr",
    "lion_step",
    "muon_step",
    "prodigy_step",
    "rmsprop_step",
    "schedule_free_adamw_step",
    "schedule_free_sgd_step",
]
