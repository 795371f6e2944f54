"""nbgrader's and lrlab's commands without the second that Python takes to import them.

Each command runs in a process of its own, forked from one that has imported both; each worker starts that one once.
So do the graders that `lrlab grade` starts here.
Tests of how a program starts, and those that end one by a signal, start a Python instead.
"""

import atexit
import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.warm_zygotes import Lent

NBGRADER, LRLAB = "nbgrader", "lrlab"
# No torch, which may not be forked once it has threads: who trains imports it.
IMPORTED = [
    "nbgrader.apps.nbgraderapp",
    "nbgrader.apps",
    "nbgrader.converters",
    "nbgrader.preprocessors",
    "nbgrader.validator",
    "nbgrader.exchange",
    "nbconvert",
    "lrlab.cli",
    "lrlab.grading.scoring.preprocessor",
    "lrlab.grading.batch.autograde",
    "lrlab.grading.batch.host",
    "lrlab.grading.batch.runner",
]
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(IMPORTED)


def run(
    program: str,
    arguments: Sequence[str],
    cwd: Path,
    environment: Mapping[str, str],
    before: Callable[..., None] | None = None,
    *given: str,
    lent: "Lent | None" = None,
) -> subprocess.CompletedProcess[str]:
    """Run `nbgrader ARGUMENTS` or `lrlab ARGUMENTS` in ``cwd``, after ``before(*given)`` in the same process.

    Graders take the zygote that is ``lent``, or start one of their own.
    """
    with tempfile.TemporaryDirectory() as folder:
        shown = [Path(folder) / name for name in ("stdout", "stderr")]
        about = (program, list(arguments), cwd, dict(environment), shown, before, given, lent)
        process = _context.Process(target=_main, args=about)
        process.start()
        process.join()
        texts = [path.read_text(encoding="utf-8") if path.exists() else "" for path in shown]
        code = process.exitcode
        process.close()
    assert code is not None
    return subprocess.CompletedProcess([program, *arguments], code, *texts)


def in_place_of_run(command: Sequence[str], *, cwd: Path, **_: object) -> subprocess.CompletedProcess[str]:
    """Do what `subprocess.run` does, for ``python -m nbgrader ARGUMENTS`` whose output is wanted as text."""
    assert list(command[:3]) == [sys.executable, "-m", NBGRADER]
    return run(NBGRADER, command[3:], cwd, os.environ)


def _main(
    program: str,
    arguments: list[str],
    cwd: Path,
    environment: dict[str, str],
    shown: list[Path],
    before: Callable[..., None] | None,
    given: tuple[str, ...],
    lent: "Lent | None",
) -> None:
    from support import warm_graders

    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, path in enumerate(shown, start=1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(n, "r" if n == 0 else "w", encoding="utf-8") for n in range(3))
    tests = Path(__file__).parents[1]
    sys.path[:] = ["", *(each for each in sys.path if each and Path(each) not in (tests, tests.parent / "tools"))]
    sys.argv = [program, *arguments]
    try:
        if before:
            before(*given)
        if program == NBGRADER:
            runpy.run_module("nbgrader", run_name="__main__")
        else:
            from lrlab.cli import main

            warm_graders.install(lent)
            sys.exit(main())
    finally:
        atexit._run_exitfuncs()  # which a process of multiprocessing leaves out
