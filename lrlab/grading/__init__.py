"""For instructors: what this course adds to nbgrader, and how assignments are generated.

nbgrader itself keeps files, gradebook, formgrader and feedback; `nbgrader_config.py` at the top plugs these in:

* `lrlab.grading.submission.notebook`: a submission is data from somebody else, refused with a reason or made anew from its texts;
* `lrlab.grading.submission.restore_cells`: flags, points, the instructor's texts and missing cells come from the gradebook;
* `lrlab.grading.scoring.execution`: runs it in this environment's Python, every cell of it, and lets warnings cost nothing;
* `lrlab.grading.scoring.preprocessor`: asks the process for plain values and compares them outside; `questions` is what it asks, from
  the check cells and the generators in solutions/, and `replies` what it believes;
* `lrlab.grading.sandbox.bubblewrap`: the box it runs in, and the limits; `inside` is what runs there, `box` and `provisioner` how
  the grader talks to it, `warm` how its kernel is there in half a second;
* `lrlab.grading._startup`: nbgrader starts sooner, and finds its helper programs without an activated environment;
* `lrlab.publishing.release`: generates assignments/ from solutions/, and says where they drift apart.
"""
