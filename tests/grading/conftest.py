"""What the tests of grading share."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from filelock import FileLock
from support.made_course import UNIT, Course

from lrlab.grading.sandbox import zygote as zygote_module
from lrlab.grading.sandbox.zygote import Zygote


@pytest.fixture(scope="session")
def started_zygotes() -> Iterator[Callable[..., Zygote]]:
    """One for all files of a worker and each set of modules that are not there; to start one takes seconds."""
    started: dict[tuple[str, ...], Zygote] = {}
    with contextlib.ExitStack() as stack:

        def find(unavailable: Sequence[str] = ()) -> Zygote:
            key = tuple(unavailable)
            if key not in started:
                started[key] = stack.enter_context(Zygote(unavailable=key))
                zygote_module._current = None  # some tests want a cold kernel, or a zygote of their own
            assert started[key].wait()
            return started[key]

        yield find


@pytest.fixture(scope="module")
def zygote(started_zygotes: Callable[..., Zygote]) -> Iterator[None]:
    """Kernels of this file are forked from processes that have imported torch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zygote_module, "current", started_zygotes)
        yield


@pytest.fixture(scope="session")
def new_course(tmp_path_factory: pytest.TempPathFactory, shared_folder: Path) -> Callable[..., Course]:
    """`new_course(extra_config, unit)`: a course with the unit released and in its gradebook, to change at will.

    nbgrader takes seconds to generate an assignment, so each is generated once in a run, and copied.
    """

    def new_course(extra_config: str = "", unit: str = UNIT) -> Course:
        root = shared_folder / "released" / unit
        root.parent.mkdir(exist_ok=True)
        with FileLock(shared_folder / f"released-{unit}.lock"):
            if not root.is_dir():
                making = Path(tempfile.mkdtemp(dir=shared_folder))
                Course(making, unit=unit).nbgrader("generate_assignment", unit)
                making.rename(root)
        return Course.at(root, unit).copied(tmp_path_factory.mktemp("course") / unit, extra_config)

    return new_course


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine's time zone, for the length of a test."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
