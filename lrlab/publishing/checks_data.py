"""``lrlab/checks/data/UNIT.json``: what students get of a unit's exercises, generated from solutions/UNIT/."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lrlab.checks
from lrlab._files import write_text
from lrlab.checks.compare import same
from lrlab.units import Unit

PACKAGE = Path(lrlab.checks.__file__).parent / "data"


def data_folder(root: Path) -> Path:
    """Where the data of a course folder's units is: in its own ``lrlab``, or else in the one that is installed."""
    own = root / "lrlab" / "checks" / "data"
    return own if own.parent.is_dir() else PACKAGE


def drift(unit: Unit, root: Path) -> dict[str, Any] | None:
    """Return the unit's data where it is not what the file says, up to rounding; None where it is."""
    made = json.loads(json.dumps(unit.checks_data(), allow_nan=False))
    try:
        there = json.loads(_path(unit, root).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        there = None
    return None if same(made, there) else made


def write(unit: Unit, root: Path, data: dict[str, Any]) -> None:
    path = _path(unit, root)
    path.parent.mkdir(exist_ok=True)
    write_text(path, _text(data))


def _path(unit: Unit, root: Path) -> Path:
    return data_folder(root) / f"{unit.name}.json"


def _text(data: dict[str, Any]) -> str:
    """JSON with one line for each case and mistake, so that a changed one is one line of a diff."""
    lines = []
    for name, exercise in data.items():
        parts = [f" {_json(key)}: {_json(exercise[key])}" for key in ("hint", "problem_hints", "labels", "causes")]
        parts += [
            f" {_json(key)}: [\n" + ",\n".join(f"  {_json(one)}" for one in exercise[key]) + "\n ]"
            for key in ("mistakes", "cases")
        ]
        lines.append(f"{_json(name)}: {{\n" + ",\n".join(parts) + "\n}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
