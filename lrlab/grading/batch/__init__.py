"""Grade a class: a runner, its worker processes, the gradebook, the journal, and the exports.

`runner` gives each submission to a process of `worker_pool`; there `worker` and `autograde` grade it with nbgrader.
`messages` is what passes between them. `course`, `gradebook` and `journal` are the state of a course on disk, `atomic`
its changes. `exporters` writes tables for other systems, and `doctor` tries whether this machine can grade.
"""
