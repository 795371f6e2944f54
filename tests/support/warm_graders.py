"""Hosts of `lrlab grade` without the seconds that each takes to import nbgrader.

In a process that has imported it, `install()` has those that are started from now on forked instead: with the pipes,
the session, the folder and the environment that they were to get, and nothing else of the process.
"""

import functools
import importlib
import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from lrlab.grading.batch import host, place
from support import warm_zygotes

_lent: list[warm_zygotes.Lent] = []


class _Process(subprocess.Popen[bytes]):
    def __init__(self, words: Sequence[str], env: Mapping[str, str] | None = None, **about: Any) -> None:
        words = list(words)
        if words[0] == sys.executable and words[1] == "-m" and words[2] == host.__name__:
            # `preexec_fn` runs in the forked child, and this one never returns, so no program is executed.
            about["preexec_fn"] = functools.partial(_become, words, dict(os.environ if env is None else env))
        super().__init__(words, env=env, **about)


class _Subprocess:
    """What a place takes of `subprocess`."""

    Popen, PIPE, STDOUT = _Process, subprocess.PIPE, subprocess.STDOUT
    TimeoutExpired = subprocess.TimeoutExpired


def install(lent: warm_zygotes.Lent | None = None) -> None:
    """Fork this process's hosts; they take that zygote."""
    _lent[:] = [] if lent is None else [lent]
    place.subprocess = _Subprocess  # type: ignore[assignment]


def _become(words: list[str], environment: dict[str, str]) -> NoReturn:
    code, _inherited = 1, (sys.stdin, sys.stdout, sys.stderr)  # which would close their descriptors as they go
    try:
        kept = sorted({2, 4096, *(each.number for one in _lent for each in one)})
        for low, high in itertools.pairwise(kept):
            os.closerange(low + 1, high)  # among them the one by which `subprocess` learns that the program has started
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        os.environ.clear()
        os.environ.update(environment)
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(n, "r" if n == 0 else "w", encoding="utf-8") for n in range(3))
        sys.argv, sys.orig_argv = words[2:], words
        for each in _lent:
            warm_zygotes.use(each)
        importlib.import_module(words[2]).main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        os._exit(code)  # what the other process wanted done at its own end is not done here
