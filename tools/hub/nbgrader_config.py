"""nbgrader for everyone on the hub; it goes into etc/jupyter of the hub's environment. `EXCHANGE` is replaced."""

import os

c = get_config()

c.CourseDirectory.course_id = "lrlab"
c.Exchange.root = "EXCHANGE"

# A student's copy of the course is ~/lrlab-course. What the Assignment List fetches goes where its notebooks look.
course = os.path.expanduser("~/lrlab-course")
if os.path.isdir(course):
    c.Exchange.assignment_dir = os.path.join(course, "assignments")
    os.makedirs(c.Exchange.assignment_dir, exist_ok=True)
