"""Stand-ins for modules of lrlab that a unit forbids: they can be imported and called, and all they give is nan.

The sandbox has no file of such a module. A notebook that uses one beside its answers, to plot or to compare, still runs
to its end as it does at home, so that nothing below is lost. An answer that calls one is refused as the check at home
refuses it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

VARIABLE = "LRLAB_UNAVAILABLE"  # the environment variable with the argument of `replace`, as JSON
# These would make something of a module's functions while they are imported.
DEPENDENTS = {
    "lrlab.schedules": ("lrlab.experiments", "lrlab.explorers"),
    "lrlab.suggest": ("lrlab.explorers",),
}
# Run once for each module, in a namespace with its name and under a file of its own: to `lrlab.checks.tracer` these
# calls are the module's. A number, because most of what is asked of a schedule is one.
SOURCE = """
import warnings

class Kind(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()

class Nothing(float, metaclass=Kind):
    shape, ndim, size, dtype = (), 0, 1, float

    def __new__(cls, *arguments, **named):
        return float.__new__(cls, "nan")

    def __init__(self, *arguments, **named):
        warnings.warn(f"{__name__} is not there when this unit is graded: it gives nan here.", stacklevel=2)

    def __call__(self, *arguments, **named):
        return Nothing()

    def __getattr__(self, name):
        if name.startswith("__") or name in ("index", "values", "to_numpy", "numpy"):  # it is no table or tensor
            raise AttributeError(name)
        return Nothing()

    def __getitem__(self, key):
        return Nothing()

    def __iter__(self):
        return iter(())
"""


class StandIn(ModuleType):
    """A module in which every name is a class, of which all instances are nan."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        space: dict[str, Any] = {"__name__": self.__name__}
        exec(compile(SOURCE, f"<{self.__name__}>", "exec"), space)
        nothing = space["Nothing"]
        # By this name the tracer speaks of a call.
        nothing.__new__.__code__ = nothing.__new__.__code__.replace(co_qualname=f"{name}.__init__")
        made = type(nothing)(name, (nothing,), {"__module__": self.__name__})
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
