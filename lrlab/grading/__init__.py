"""For instructors: what this course adds to nbgrader.

nbgrader keeps files, gradebook, formgrader and feedback; ``nbgrader_config.py`` plugs these in. Imports point down:

* ``lrlab.grading.batch``: grade a class, with a gradebook, a journal and exports;
* ``lrlab.grading.scoring``: run a submission, call its answers, compare the values outside of its process;
* ``lrlab.grading.submission``: everything that touches untrusted input; ``lrlab.grading.sandbox``: where it runs.

``lrlab.grading.startup`` lets nbgrader find its helper programs and our templates.
"""
