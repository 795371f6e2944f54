"""Results kept on disk by what produced them, so that a notebook opened again shows them at once.

What produced a result is all of: the experiment's arguments, the images and labels themselves, the source of lrlab,
and the versions of torch and numpy. A change in any of them is another key, and the experiment runs anew. What can't be
told apart for sure (a model written in a notebook, a ``lambda``) is never kept. Nothing is pickled.

The folder is ``results`` in the user's cache folder, or the one that the environment variable ``LRLAB_RESULTS`` names;
``LRLAB_RESULTS=off`` keeps nothing.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import inspect
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import platformdirs
import torch

from lrlab.data import Dataset
from lrlab.train import pick_device

__all__ = ["cached", "folder", "forget"]

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
        if path is not None and path.exists():
            try:
                return _load(path)
            except Exception:  # whatever a damaged file raises: the result is made anew
                pass
        result = experiment(*args, **kwargs)
        if path is not None and not getattr(result, "interrupted", False):
            _save(path, result)
        return result

    return run


def folder() -> Path | None:
    """Where results are kept; None if they are not."""
    named = os.environ.get("LRLAB_RESULTS")
    if named == "off":
        return None
    return Path(named).expanduser() if named else platformdirs.user_cache_path("lrlab") / "results"


def forget() -> int:
    """Delete all kept results; returns how many there were."""
    where = folder()
    found = list(where.glob("*.npz")) if where else []
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


# ---- what produced a result


def _path(experiment: Callable[..., Any], arguments: Mapping[str, Any]) -> Path | None:
    where = folder()
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
    key = hashlib.sha256(json.dumps([made_by, described]).encode()).hexdigest()
    return where / f"{experiment.__name__}-{key[:32]}.npz"


@cache
def _source() -> str:
    """A digest of all of lrlab that a result may depend on."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] not in ASIDE:
            digest.update(path.read_bytes())
    return digest.hexdigest()


_known_data: WeakKeyDictionary[Dataset, tuple[Any, list[Any]]] = WeakKeyDictionary()


def _describe(value: Any) -> Any:
    """``value`` as JSON that is the same for the same content, in any process; ``_UnknownError`` if that can't be."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (np.ndarray, np.generic, torch.Tensor)):
        array = np.ascontiguousarray(value.detach().cpu() if isinstance(value, torch.Tensor) else value)
        if array.dtype.hasobject:
            raise _UnknownError
        return ["array", str(array.dtype), list(array.shape), hashlib.blake2b(array.data).hexdigest()]
    if isinstance(value, Dataset):  # 190 MB of MNIST take a moment: once is enough
        versions = [getattr(value, f.name)._version for f in fields(value) if f.name != "name"]
        if _known_data.get(value, ([], None))[0] != versions:
            _known_data[value] = (versions, [_describe(getattr(value, f.name)) for f in fields(value)])
        return _known_data[value][1]
    if isinstance(value, Mapping):
        return ["mapping", [[_describe(k), _describe(v)] for k, v in value.items()]]
    if isinstance(value, (list, tuple, range)):
        return ["list", [_describe(v) for v in value]]
    if is_dataclass(value) and not isinstance(value, type):
        return [_describe(type(value)), {f.name: _describe(getattr(value, f.name)) for f in fields(value)}]
    if isinstance(value, partial):
        return ["partial", _describe(value.func), _describe(value.args), _describe(value.keywords)]
    if isinstance(value, type) or inspect.isroutine(value):
        return _describe_code(value)
    raise _UnknownError


def _describe_code(value: Any) -> Any:
    """A class or function by its name and the file it stands in; torch's and lrlab's have their versions in the key."""
    module, name = str(getattr(value, "__module__", "")), getattr(value, "__qualname__", "<")
    file = getattr(sys.modules.get(module), "__file__", None)
    if "<" in name or module == "__main__" or not file:
        raise _UnknownError
    if module.split(".")[0] in ("torch", "lrlab"):
        return [module, name]
    return [module, name, hashlib.sha256(Path(file).read_bytes()).hexdigest()]


# ---- a result as a file: arrays beside a JSON tree that says where each belongs


def _save(path: Path, result: Any) -> None:
    arrays: dict[str, np.ndarray] = {}
    tree = json.dumps(_encode(result, arrays))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            np.savez_compressed(file, tree=np.array(tree), **arrays)  # type: ignore[arg-type]
        os.replace(file.name, path)  # whole or not at all
    except OSError:
        pass  # no place to keep it: the result is there all the same


def _load(path: Path) -> Any:
    with np.load(path, allow_pickle=False) as found:
        return _decode(json.loads(str(found["tree"])), found)


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
    found = getattr(importlib.import_module(module), name)
    return found(**{key: _decode(value, arrays) for key, value in tree["fields"].items()})
