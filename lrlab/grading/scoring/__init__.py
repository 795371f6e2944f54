"""Score a submission: run it (`execution`), call its answers (`preprocessor`), compare the values (`verdicts`).

`test_specs` reads what each check cell tests; `save_grades` enters the scores.
"""
