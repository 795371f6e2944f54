"""Check your answers: ``from lrlab.checks import check``, then ``check("step_decay", step_decay)``.

What a student may see of each exercise is here: how its answer is called (``lrlab.checks.adapters``), and in
``data/UNIT.json`` the public cases, their right values, and for each known mistake its hint and the values that it
gives. Nothing here computes a right answer, or a wrong one: what does is in the instructor's ``solutions/UNIT/``, from
which ``make release`` generates the data.

The parts, in the order in which an answer passes through them:

* ``lrlab.checks.call``: calls the answer and turns what comes back into plain data (JSON would do), under
  ``lrlab.checks.isolate``, which catches output and stops a call that never ends, and ``lrlab.checks.tracer``, which
  notices a call of the library;
* ``lrlab.checks.compare``: compares plain data with the right values; pure;
* ``lrlab.checks.explain``: says what is wrong besides the values (``problems``), names a known misconception, else a
  slip with the same values (``variant_hints``), else what ``relations`` hold in every wrong call, and where;
* ``lrlab.checks.render``: draws the table, and ``lrlab.checks.report`` the same for a notebook, with a wrong curve as a
  ``lrlab.checks.picture``; ``summary`` says at the end of a unit what is right and what is open;
* ``lrlab.checks.feedback``: puts that together, and is what the judge shows too.

A new exercise takes an adapter here and the rest in ``solutions/UNIT/``; see CONTRIBUTING.md.
"""

from lrlab.checks._check import check
from lrlab.checks._summary import summary
from lrlab.checks.feedback import CheckFailed, NotAttempted

__all__ = ["CheckFailed", "NotAttempted", "check", "summary"]
