"""Check your answers: ``from lrlab.checks import check``, then ``check("step_decay", step_decay)``.

What a student may see of each exercise lives here: how an answer is exercised (the *driver*), public cases with
their right values, and hints. Reference solutions and hidden cases do not: they stay with the instructor's notebooks.

The parts, in the order in which an answer passes through them:

* `lrlab.checks.drive`: calls the answer and turns what comes back into plain data (JSON would do), under
  `lrlab.checks.guard`, which catches output, stops a call that never ends, and notices a call of the library;
* `lrlab.checks.judge`: compares plain data with the right values; pure;
* `lrlab.checks.hints`: looks for a known misconception, and says where the values part;
* `lrlab.checks.report`: draws the table.

A new unit adds one module like `lrlab.checks.decay_formulas` and its name to `lrlab.checks.registry`.
"""

from lrlab.checks._check import CheckFailed, NotAttempted, check

__all__ = ["CheckFailed", "NotAttempted", "check"]
