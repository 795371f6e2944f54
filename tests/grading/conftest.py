"""What the tests of grading share."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from support.made_course import UNIT, Course

from lrlab.grading.sandbox import zygote as zygote_module
from lrlab.grading.sandbox.zygote import Zygote


@pytest.fixture(scope="session")
def started_zygote() -> Iterator[Zygote]:
    """One for all files of a worker, as to start it takes most of ten seconds."""
    with Zygote() as zygote:
        zygote_module._current = None  # some tests want a cold kernel, or a zygote of their own
        yield zygote


@pytest.fixture(scope="module")
def zygote(started_zygote: Zygote) -> Iterator[Zygote]:
    """Kernels of this file are forked from one process, which has imported torch."""
    zygote_module._current = started_zygote
    yield started_zygote
    zygote_module._current = None


@pytest.fixture(scope="session")
def new_course(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Course]:
    """`new_course(extra_config, unit)`: a course with the unit released and in its gradebook, to change at will.

    nbgrader takes seconds to generate an assignment, so each is generated once in a run, and copied.
    """
    # Beside the workers' own folders, where there are several workers.
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base

    def new_course(extra_config: str = "", unit: str = UNIT) -> Course:
        root = shared / "released" / unit
        root.parent.mkdir(exist_ok=True)
        with FileLock(shared / f"released-{unit}.lock"):
            if not root.is_dir():
                making = Path(tempfile.mkdtemp(dir=shared))
                Course(making, unit=unit).nbgrader("generate_assignment", unit)
                making.rename(root)
        return Course.at(root, unit).copied(tmp_path_factory.mktemp("course") / unit, extra_config)

    return new_course
