"""What the tests of grading share."""

import pytest

from lrlab.grading import sandbox


@pytest.fixture(scope="session")
def sandboxed() -> None:
    """This machine can make boxes; else the test is skipped, with what to do about it."""
    try:
        sandbox.program()
    except sandbox.SandboxError as error:
        pytest.skip(str(error))
