"""Run schedules of other libraries: jobs as JSON on standard input, their rates as JSON on standard output.

This runs in an environment that has these libraries, and of lrlab what needs numpy alone.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def rates(library: str, text: str, steps: int) -> list[float]:
    import torch

    names: dict[str, Any] = {"torch": torch, "model": torch.nn.Linear(1, 1)}
    exec(text, names)
    if "schedule" in names:
        return [float(names["schedule"](n)) for n in range(steps)]
    optimizer, scheduler, found = names["optimizer"], names["scheduler"], []
    for n in range(steps):
        if library == "timm":
            scheduler.step_update(n)
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        if library == "transformers":
            scheduler.step()
    return found


if __name__ == "__main__":
    os.environ["KERAS_BACKEND"] = "torch"
    from lrlab._torchvision import torchvision

    torchvision()  # a CPU torch beside torchvision's default build; timm imports it
    answers = [rates(job["library"], job["text"], job["steps"]) for job in json.load(sys.stdin)]
    json.dump(answers, sys.stdout)
