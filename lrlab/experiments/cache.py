"""Results kept on disk by what produced them, so that a notebook opened again shows them at once.

What produced a result is all of: the experiment's arguments, the images and labels themselves, the source of lrlab,
the versions of torch and numpy, and torch's default dtype. A change in any of them is another key, and the experiment
runs again. What can't be told apart for sure is never kept. That holds for every model, optimizer, schedule and
function that does not come with lrlab or torch, wherever it is written: what such code does depends on what it calls
and reads elsewhere, which no key can hold. ``partial(MLP, hidden=64)`` is kept, a class of your own is not. Nothing is
pickled.

The folder is ``results`` in the user's cache folder, or the one that the environment variable ``LRLAB_RESULTS`` names;
``LRLAB_RESULTS=off`` keeps nothing.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import inspect
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, partial
from pathlib import Path
from types import BuiltinFunctionType, FunctionType
from typing import Any, ParamSpec, TypeVar

import numpy as np
import torch

from lrlab._files import replaced, results_folder
from lrlab.devices import pick_device

__all__ = ["cached", "forget"]

PACKAGE = Path(__file__).parents[1]
ASIDE = ("explorers", "plots", "checks", "grading", "commands", "cli.py", "leaderboard.py")  # no result depends on them
IGNORED = ("progress", "cache")  # arguments that change nothing in a result
P = ParamSpec("P")
R = TypeVar("R")


class _UnknownError(Exception):
    """Something whose content can't be told."""


def cached(experiment: Callable[P, R]) -> Callable[P, R]:
    """Keep the results of ``experiment``, whose keyword ``cache`` (default True) turns that off for one call.

    An experiment takes arguments that can be told apart and returns a frozen dataclass of lrlab's, made of arrays,
    tensors, numbers, texts, tuples, mappings and other such dataclasses. One with a true ``interrupted`` is not kept.
    """
    signature = inspect.signature(experiment)

    @functools.wraps(experiment)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        path = _path(experiment, bound.arguments) if bound.arguments["cache"] else None
        if path is not None:
            try:
                if path.exists():
                    return _load(path)
            except Exception:  # whatever a damaged file, or a folder that may not be entered, raises: made again
                pass
        result = experiment(*args, **kwargs)
        if path is not None and not getattr(result, "interrupted", False):
            _save(path, result)
        return result

    return run


def forget() -> int:
    """Delete all kept results; returns how many there were."""
    where = results_folder()
    try:
        kept = list(where.glob("*.npz")) if where else []
    except OSError:  # a folder that this user may not enter has no results of theirs
        return 0
    for path in kept:
        path.unlink(missing_ok=True)
    return len(kept)


# ---- what produced a result


def _path(experiment: Callable[..., Any], arguments: Mapping[str, Any]) -> Path | None:
    where = results_folder()
    if where is None:
        return None
    parts = {name: value for name, value in arguments.items() if name not in IGNORED}
    if "device" in parts:
        parts["device"] = pick_device(parts["device"]).type
    try:
        described = _describe(parts)
    except _UnknownError:
        return None
    made_by = [experiment.__module__, experiment.__qualname__, _source(), torch.__version__, np.__version__]
    made_by.append(str(torch.get_default_dtype()))
    key = hashlib.sha256(json.dumps([made_by, described]).encode()).hexdigest()
    return where / f"{experiment.__name__}-{key[:32]}.npz"


@cache
def _source() -> str:
    """Return a digest of all of lrlab that a result may depend on."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] not in ASIDE:
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _describe(value: Any) -> Any:
    """``value`` as JSON that is the same for the same content, in any process; ``_UnknownError`` if that can't be."""
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return ["float", repr(value)]
    if isinstance(value, (np.ndarray, np.generic, torch.Tensor)):
        return _describe_array(value)
    if isinstance(value, Mapping):
        return ["mapping", [[_describe(k), _describe(v)] for k, v in value.items()]]
    if isinstance(value, (list, tuple, range)):
        return ["list", [_describe(v) for v in value]]
    if is_dataclass(value) and not isinstance(value, type):
        return [_describe_code(type(value)), {f.name: _describe(getattr(value, f.name)) for f in fields(value)}]
    if type(value) is partial:
        return ["partial", _describe(value.func), _describe(value.args), _describe(value.keywords)]
    return _describe_code(value)


def _describe_array(value: Any) -> Any:
    """Return a digest of the content, taken each time: a change in place leaves no trace of its own.

    The 220 MB of MNIST take some 0.15 s.
    """
    if isinstance(value, torch.Tensor):
        if type(value) not in (torch.Tensor, torch.nn.Parameter):
            raise _UnknownError
        try:
            value = value.detach().cpu().numpy()
        except (TypeError, RuntimeError):  # bfloat16, sparse, quantized: numpy has no such type
            raise _UnknownError from None
    if not isinstance(value, np.generic) and type(value) is not np.ndarray:  # a mask would be lost
        raise _UnknownError
    array = np.ascontiguousarray(value)
    if array.dtype.hasobject:
        raise _UnknownError
    digest = hashlib.sha256(array.view(np.uint8).data if array.size else b"").hexdigest()
    return ["array", str(array.dtype), list(np.shape(value)), digest]


def _describe_code(value: Any) -> Any:
    """Return the name of a class or a function of lrlab's or torch's; their versions in the key cover its content.

    Its name must lead to the thing itself: a bound method, a wrapper or a subclass may carry another's. And what it is
    made of must be theirs too: a method may have been replaced.
    """
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
    named = sys.modules.get(module) if isinstance(module, str) and _is_known(module) else None
    for part in name.split("."):
        named = getattr(named, part, None)
    if named is None or named is not value or not isinstance(value, (type, FunctionType, BuiltinFunctionType)):
        raise _UnknownError
    parts = [part for cls in value.__mro__ for part in vars(cls).values()] if isinstance(value, type) else [value]
    for part in parts:
        made_in = getattr(getattr(part, "__func__", part), "__globals__", {"__name__": "torch"})["__name__"]
        if not _is_known(made_in) and made_in.split(".")[0] not in (*sys.stdlib_module_names, "typing_extensions"):
            raise _UnknownError
    return [module, name]


def _is_known(module: str) -> bool:
    return module.split(".")[0] in ("torch", "lrlab")


# ---- a result as a file: arrays beside a JSON tree that says where each belongs


def _save(path: Path, result: Any) -> None:
    arrays: dict[str, np.ndarray] = {}
    tree = json.dumps(_encode(result, arrays))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replaced(path, mode=0o600) as file:
            np.savez_compressed(file, tree=np.array(tree), **arrays)  # type: ignore[arg-type]
    except OSError:
        pass  # no place to keep it: the result is there all the same


def _load(path: Path) -> Any:
    with np.load(path, allow_pickle=False) as file:
        return _decode(json.loads(str(file["tree"])), file)


def _encode(value: Any, arrays: dict[str, np.ndarray]) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.ndarray):
        arrays[f"a{len(arrays)}"] = value
        return {"array": f"a{len(arrays) - 1}"}
    if isinstance(value, torch.Tensor):
        return {"tensor": _encode(value.detach().cpu().numpy(), arrays)}
    if isinstance(value, (tuple, list)):
        return {"tuple" if isinstance(value, tuple) else "list": [_encode(v, arrays) for v in value]}
    if isinstance(value, Mapping):
        return {"mapping": [[_encode(k, arrays), _encode(v, arrays)] for k, v in value.items()]}
    if is_dataclass(value) and type(value).__module__.startswith("lrlab."):
        inside = {f.name: _encode(getattr(value, f.name), arrays) for f in fields(value) if f.init}
        return {"class": [type(value).__module__, type(value).__qualname__], "fields": inside}
    raise TypeError(f"a result can't be kept with a {type(value).__name__} in it: {value!r}")


def _decode(tree: Any, arrays: Any) -> Any:
    if not isinstance(tree, dict):
        return tree
    if "array" in tree:
        return arrays[tree["array"]]
    if "tensor" in tree:
        return torch.from_numpy(_decode(tree["tensor"], arrays))
    if "tuple" in tree:
        return tuple(_decode(v, arrays) for v in tree["tuple"])
    if "list" in tree:
        return [_decode(v, arrays) for v in tree["list"]]
    if "mapping" in tree:
        return {_decode(k, arrays): _decode(v, arrays) for k, v in tree["mapping"]}
    module, name = tree["class"]
    if not module.startswith("lrlab."):
        raise ValueError(f"not a class of lrlab: {module}")
    cls = getattr(importlib.import_module(module), name)
    return cls(**{key: _decode(value, arrays) for key, value in tree["fields"].items()})
