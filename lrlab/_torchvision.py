"""Import torchvision beside any torch: the one place that knows how.

torchvision's default wheel on Linux is built against a CUDA torch. Beside a CPU torch its compiled operators
don't load, and ``import torchvision`` fails with ``operator torchvision::nms does not exist``, because it
registers shape functions for ``nms`` and ``qnms`` whether they exist or not. Data sets and transforms need
neither, so where the operators are missing their schemas are declared first, and the import goes through.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

_SCHEMAS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
_declared: list[Any] = []  # torch drops a schema when its Library object dies


def torchvision() -> ModuleType:
    """Import and return the ``torchvision`` package. ``ImportError`` if it is not installed."""
    try:
        return importlib.import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
    # The failed import leaves half of the package behind; the second one must start from nothing.
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]
    _declare_missing()
    return importlib.import_module("torchvision")


def _declare_missing() -> None:
    import torch

    for name, schema in _SCHEMAS.items():
        try:
            getattr(torch.ops.torchvision, name)
        except AttributeError:
            library = torch.library.Library("torchvision", "FRAGMENT")
            library.define(schema)
            _declared.append(library)
