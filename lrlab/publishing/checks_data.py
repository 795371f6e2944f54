"""``lrlab/checks/data/UNIT.json``: what students get of a unit's exercises, generated from solutions/UNIT/."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import lrlab.checks
from lrlab._files import write_text
from lrlab.checks.compare import same
from lrlab.checks.exercise import Case, Guidance
from lrlab.publishing import variants
from lrlab.units import Unit

DIGITS = 12  # of a generated number: fewer than a float has, since the last ones differ between machines
PACKAGE = Path(lrlab.checks.__file__).parent / "data"


def data_folder(root: Path) -> Path:
    """Where the data of a course folder's units is: in its own ``lrlab``, or else in the one that is installed."""
    own = root / "lrlab" / "checks" / "data"
    return own if own.parent.is_dir() else PACKAGE


def drift(unit: Unit, root: Path) -> dict[str, Any] | None:
    """Return the unit's data where it is not what the file says, up to rounding; None where it is."""
    try:
        there = json.loads(_path(unit, root).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        there = {}
    cases = {name: unit.public_cases(name) for name in unit.exercises()}
    made = json.loads(json.dumps({name: _exercise(unit, name, cases[name]) for name in cases}, allow_nan=False))
    digest = variants.digest(unit)
    for name, exercise in made.items():
        old = there.get(name, {})  # to compute variants takes seconds, and they depend on nothing else
        known = old["variants"] if old.get("variants of") == digest else variants.of(unit, name, cases[name])
        exercise |= {"variants of": digest, "variants": known}
    return None if same(made, there) else made


def write(unit: Unit, root: Path, data: dict[str, Any]) -> None:
    path = _path(unit, root)
    path.parent.mkdir(exist_ok=True)
    write_text(path, _text(data))


def _exercise(unit: Unit, name: str, cases: Sequence[Case]) -> dict[str, Any]:
    about = unit.help(name)
    return {
        **{each.name: getattr(about, each.name) for each in fields(Guidance)},
        "mistakes": [{"name": mistake.name, "hint": mistake.hint} for mistake in about.misconceptions],
        "cases": [
            {
                "group": case.group,
                **({"call": case.call} if case.call else {}),
                "args": case.args,
                "expected": _rounded(case.expected),
                "mistaken": _rounded(case.mistaken),
            }
            for case in cases
        ],
    }


def _rounded(value: Any) -> Any:
    """Return plain data with its floats at DIGITS significant digits."""
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value


def _path(unit: Unit, root: Path) -> Path:
    return data_folder(root) / f"{unit.name}.json"


def _text(data: dict[str, Any]) -> str:
    """JSON with one line for each case and mistake, so that a changed one is one line of a diff."""
    lines = []
    for name, exercise in data.items():
        parts = [f" {_json(each.name)}: {_json(exercise[each.name])}" for each in fields(Guidance)]
        parts.append(f' "variants of": {_json(exercise["variants of"])}')
        rows = [
            f"  {_json(fact)}: {{\n" + ",\n".join(f"   {_json(k)}: {_json(v)}" for k, v in some.items()) + "\n  }"
            for fact, some in exercise["variants"].items()
        ]
        parts.append(' "variants": {\n' + ",\n".join(rows) + "\n }" if rows else ' "variants": {}')
        parts += [
            f" {_json(key)}: [\n" + ",\n".join(f"  {_json(one)}" for one in exercise[key]) + "\n ]"
            for key in ("mistakes", "cases")
        ]
        lines.append(f"{_json(name)}: {{\n" + ",\n".join(parts) + "\n}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
