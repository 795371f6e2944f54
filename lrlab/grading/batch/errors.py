"""What the person at the terminal can put right. Each message is one sentence, with what to do about it."""


class CourseError(Exception):
    """A request about a course can't be fulfilled."""


class ConfigurationError(CourseError):
    """The course's nbgrader configuration can't be used to grade."""


class GradebookError(CourseError):
    """The gradebook can't be read or written."""


class Busy(CourseError):
    """Another program is grading or collecting this unit."""
