"""Score a submission: run it (``execution``), call its answers (``calls``), compare the values (``verdicts``).

``preprocessor`` is the step of nbgrader's autograding that does it.

``test_specs`` reads what each check cell tests; ``save_grades`` enters the scores.
"""
