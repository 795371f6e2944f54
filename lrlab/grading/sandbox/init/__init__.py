"""What runs in the box: start a kernel there with nothing in its hands, and end everything when the grader lets go.

This folder is all of the grader that is shown inside. `python -m lrlab.grading.sandbox.init FD` waits on a socket for one
request and starts one kernel in the box it is in. `python -m lrlab.grading.sandbox.init FD warm` first imports what
submissions import, and then for every request forks a kernel into a new box in this one: its own processes, /tmp, home
and network. `confinement` is what takes the powers away, `kernel` what a student's code then runs in.

A request is JSON with file descriptors beside it: five listening sockets for the kernel's channels (so that the box
needs no folder in common with the grader), the lifeline, and a tar of the files that came with the submission. The
lifeline is a socket to the grader: when its other end closes, also because the grader was killed, the box ends.
"""

CHANNELS = ("shell", "iopub", "stdin", "control", "hb")
FONTS = "/run/lrlab/fonts"
