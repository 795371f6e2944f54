"""Notice when an answer calls functions that the exercise forbids, such as the library's own."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import os
import sys
import threading
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from lrlab.checks import guard
from lrlab.checks.isolate import TooSlow

# Taken before any answer runs, so that a notebook that puts something else in its place changes nothing here.
_get_profile = sys.getprofile
_can_look = _get_profile is not type(None)  # what `guard.set_up` puts there, before a submission imports these modules
# They take the tracer off, or run code where it does not see. `threading`'s own threads are traced. Another interpreter
# in this process is not; until Python 3.12 the first name is its module's.
_ESCAPES = {
    "sys": "setprofile _setprofileallthreads",
    "_thread": "start_new_thread start_joinable_thread",
    "_posixsubprocess": "fork_exec",
    "posix": "fork forkpty posix_spawn posix_spawnp system execv execve",
    "_winapi": "CreateProcess",
    "nt": "spawnv spawnve system startfile execv execve",
    "_xxsubinterpreters": "run_string run_func",
    "_interpreters": "exec run_string run_func call",
}
_escapes = {}
for _module_name, _names in _ESCAPES.items():
    if importlib.util.find_spec(_module_name) is not None:
        for _name in _names.split():
            _function = getattr(importlib.import_module(_module_name), _name, None)
            if _function is not None:
                _escapes[_function] = f"{_function.__module__.lstrip('_')}.{_function.__name__}"
ESCAPES = frozenset({*_escapes.values(), *guard.NOTICED.values()})


CHECKS, ADAPTERS = "lrlab.checks", "lrlab.checks.adapters"
PYTHON_CALLS = tuple(f"{CHECKS}.{name}" for name in ("isolate", "beside", "guard", "tracer"))
HERE = os.path.dirname(__file__) + os.sep
LEAST = 64  # bytes of code; shorter code of an answer's may be equal to the library's by chance
COPIES = "__copies__"  # of a module that is not there: the fingerprints of its functions
_identity = object.__hash__  # what `id` gives, but that is an audit event

Fingerprint = tuple[str, str]


def fingerprint(code: CodeType) -> Fingerprint:
    """Return what a function shares with an exact copy of it, wherever that is."""
    names = repr((code.co_names, code.co_varnames)).encode()
    return code.co_name, blake2b(code.co_code + names, digest_size=8).hexdigest()


def fingerprints(files: Iterable[str]) -> set[Fingerprint]:
    """Return the fingerprints of all functions in Python files, but for very short ones."""
    result: set[Fingerprint] = set()
    for file in files:
        whole = SourceFileLoader("library", file).get_code("library")  # from __pycache__, if it is there
        level = [whole] if whole is not None else []
        while level:
            level = [inner for code in level for inner in code.co_consts if isinstance(inner, CodeType)]
            result |= {fingerprint(code) for code in level if len(code.co_code) >= LEAST}
    return result


@functools.cache
def library(module: str) -> tuple[tuple[str, ...], frozenset[str], frozenset[Fingerprint]]:
    """Return a module's or package's files, and its functions by name and fingerprint. Nothing is imported for that.

    A function has its code and its file also under another name. Code is equal to a copy of it, in other files too.
    """
    files = tuple(_files(module))
    functions = fingerprints(files)
    if module in sys.modules:
        functions |= {(name, of) for name, of in vars(sys.modules[module]).get(COPIES, ())}
    return files, frozenset(name for name, _ in functions), frozenset(functions)


@functools.cache
def _libraries(modules: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str], frozenset[Fingerprint]]:
    """Return what ``library`` says of several modules, together."""
    found = [library(module) for module in modules]
    return (
        frozenset(file for files, _, _ in found for file in files),
        frozenset(name for _, names, _ in found for name in names),
        frozenset(function for _, _, functions in found for function in functions),
    )


def _files(module: str) -> list[str]:
    root, *inner = module.split(".")
    spec = importlib.util.find_spec(root)
    if spec is None or spec.origin is None:
        return []
    path = Path(spec.origin)
    if spec.submodule_search_locations is not None:
        path = path.parent.joinpath(*inner)
    found = path.rglob("*.py") if path.is_dir() else (path.with_suffix(".py"),)
    return sorted(str(file) for file in found if file.is_file())


class CallTracer:
    """Notices calls of some modules' functions: ``with CallTracer(["lrlab.schedules"]) as tracer: …; tracer.called``.

    It looks at the calls that are really made, so an alias, a wrapper or an object made beforehand is found, and a name
    that only looks like the library's is not. An answer that steps out of sight is noticed for that. The checks
    themselves are always among what an answer may not call, but for what it was given by them.

    Most of a check's time is spent in it, so what it finds out about code and names is kept, for the next tracer too.

    Args:
        modules: that must not be called.
        earlier: a tracer of the same check's previous call.
    """

    def __init__(self, modules: Sequence[str], earlier: CallTracer | None = None) -> None:
        for module in modules:
            if module.startswith("lrlab"):
                importlib.import_module(module)
        self.modules = tuple(modules)
        # Not loaded for the tracer's sake, as torch takes seconds: an answer may import them, but not use them.
        # `sys.modules` may no longer have one that they imported.
        self.absent = tuple(name for name in modules if name not in sys.modules and not guard.imported.get(name))
        self.called = ""
        self._fused = "torch.optim" in self.modules
        self._watched, self._absent = _inside(*self.modules), _inside(*self.absent)
        self._library = _libraries(tuple(module for module in self.modules if module not in self.absent))
        # By identity, as equal code may be of another file: the code, which is kept alive and can't change; whether it
        # is the library's; its module, if that is one of the checks; and whether a call of it has to be looked at.
        self._codes: dict[int, tuple[CodeType, bool, str, bool]] = {}
        self._names: dict[str, bool] = {}  # whether calls into a module of this name have to be looked at
        if earlier is not None and (earlier.modules, earlier.absent) == (self.modules, self.absent):
            self._codes, self._names = earlier._codes, earlier._names

    def _is_librarys(self, code: CodeType) -> bool:
        files, names, functions = self._library
        return code.co_filename in files or (code.co_name in names and fingerprint(code) in functions)

    def _learn(self, code: CodeType) -> tuple[CodeType, bool, str, bool]:
        module, name = _checks_module(code), code.co_qualname
        # An adapter may hand things of its own to the answer, such as a slope that counts its calls, or batches. What
        # is made inside a function, and a method, has a dot in its qualified name, and a generator goes on when it is
        # asked for more. Python itself calls what catches output, the tracer, and at every audit event what answers the
        # judge.
        given = f"{module}.".startswith(IN_ADAPTERS) and ("." in name or bool(code.co_flags & inspect.CO_GENERATOR))
        pythons = module in PYTHON_CALLS or (module, name) == (f"{CHECKS}.reply", "prepare.<locals>.answer")
        look = bool(module) and (f"{module}.".startswith(self._watched) or not (given or pythons))
        about = self._codes[_identity(code)] = code, self._is_librarys(code), module, look
        return about

    def _event(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            code = frame.f_code  # an audit event, so it is read once
            _, librarys, module, look = self._codes.get(_identity(code)) or self._learn(code)
            if not module:
                module = _name_of(frame)
                if (known := self._names.get(module)) is None:
                    known = self._names[module] = f"{module}.".startswith((*self._watched, *IN_CHECKS))
                look = known
            if (librarys or (look and self._is_forbidden(frame, module))) and not self.called:
                self.called = f"{module}.{code.co_qualname.removesuffix('.__init__')}"
        elif event == "c_call":
            if argument in _escapes:
                # A library may start threads, and `threading` passes the tracer on to them.
                if not guard.passes_it_on(frame):
                    self._notice(_escapes[argument])
            elif self._fused and not self.called:
                name = getattr(argument, "__name__", "")
                if name.startswith("_fused_") and name.endswith("_"):  # torch's whole optimizers in C
                    self.called = f"{guard.FUSED}{name}"

    def _notice(self, name: str) -> None:
        if not self.called and (self._fused or not name.startswith(guard.FUSED)):
            self.called = name

    def _is_forbidden(self, frame: FrameType, module: str) -> bool:
        """Return whether this is a call into a watched module, or one of the checks' own machinery from outside it."""
        path = f"{module}."
        if path.startswith(self._watched) and not (path.startswith(self._absent) and self._is_import(frame)):
            return True
        if not path.startswith(IN_CHECKS) or frame.f_back is None:
            return False
        code = frame.f_back.f_code
        _, _, caller, _ = self._codes.get(_identity(code)) or self._learn(code)
        return not caller and not f"{_name_of(frame.f_back)}.".startswith(IN_CHECKS)

    def _is_import(self, frame: FrameType) -> bool:
        """Return whether the body of an absent module or of its class runs, or calls a function of one."""
        caller = frame.f_back
        bodies = [frame]
        if caller is not None and f"{_name_of(caller)}.".startswith(self._absent):
            bodies.append(caller)
        return any(not body.f_code.co_flags & inspect.CO_OPTIMIZED for body in bodies)

    def __enter__(self) -> CallTracer:
        self.before, self.threads_before = _get_profile(), threading.getprofile()
        self.in_threads = guard.begin(self._event, self._notice)
        threading.setprofile(self.in_threads)
        guard.install(self._event)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        now = _get_profile()
        guard.end()
        # An exception that arrives while Python calls the tracer takes it off: no doing of the answer's.
        stopped = now is None and kind is not None and issubclass(kind, TooSlow | KeyboardInterrupt)
        if now != self._event and _can_look and not stopped:
            self._notice("sys.setprofile")
        guard.install(self.before)
        threading.setprofile(self.threads_before)


def _checks_module(code: CodeType) -> str:
    """Return the module of the checks that code is of, by its file, as a name can be changed; "" for other code."""
    file = code.co_filename
    if not file.startswith(HERE):
        return ""
    return ".".join([CHECKS, *file.removeprefix(HERE).removesuffix(".py").split(os.sep)])


def _name_of(frame: FrameType) -> str:
    name = frame.f_globals.get("__name__", "")
    return name if type(name) is str else str(name)


def _inside(*packages: str) -> tuple[str, ...]:
    """Return how a module's name with a dot after it begins if it is one of the packages, or in one."""
    return tuple(f"{package}." for package in packages)


IN_CHECKS, IN_ADAPTERS = _inside(CHECKS), _inside(ADAPTERS)
