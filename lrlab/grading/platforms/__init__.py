"""What goes to and comes from a learning platform (Canvas, Moodle): submissions in, grades and feedback out.

The platform's own numbers of students and files are kept in grading/UNIT.collected.json, and lead everything back.
"""
