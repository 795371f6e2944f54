"""Stand-ins for modules of lrlab that a unit forbids: they can be imported, but nothing in them can be called.

The sandbox has no file of such a module. A notebook that imports one beside its answers, to plot or to compare, still
runs as it does at home up to the first call. An answer that calls one is refused as the check at home refuses it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any

VARIABLE = "LRLAB_UNAVAILABLE"  # the environment variable with the argument of `replace`, as JSON
# These call a module's functions while they are imported.
DEPENDENTS = {
    "lrlab.schedules": ("lrlab.experiments", "lrlab.explorers"),
    "lrlab.suggest": ("lrlab.explorers",),
}


def _refuse(*_: object, **__: object) -> None:
    raise RuntimeError(f"{__name__} is not there when this unit is graded: you write yourself what it does.")


class StandIn(ModuleType):
    """A module in which every name is a class that can't be called."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        # Its frame looks like the module's own, so that `lrlab.checks.isolate` notices the call, and names it.
        code = _refuse.__code__.replace(co_filename=f"<{self.__name__}>", co_qualname=f"{name}.__init__")
        refuse = FunctionType(code, {"__name__": self.__name__, "RuntimeError": RuntimeError})
        made = type(name, (), {"__init__": refuse, "__module__": self.__name__})
        setattr(self, name, made)
        return made


class _Finder(MetaPathFinder, Loader):
    def __init__(self, copies: Mapping[str, Sequence[Any]]) -> None:
        self.copies = copies
        self.names = {*copies, *(each for name in copies for each in DEPENDENTS.get(name, ()))}

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if any(name == each or name.startswith(f"{each}.") for each in self.names):
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> StandIn:
        return StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        vars(module)["__copies__"] = self.copies.get(module.__name__, ())


def replace(copies: Mapping[str, Sequence[Any]]) -> None:
    """Put stand-ins in the place of modules and of their dependents; none of them may be imported yet.

    Args:
        copies: for each module's name, by what the checks tell an exact copy of its functions.
    """
    if copies:
        sys.meta_path.insert(0, _Finder(copies))
        for name in copies:
            importlib.import_module(name)
