"""The gallery: a card for every schedule of lrlab, with its picture, its formula, when to use it, and the code.

docs/schedules.yml has the words. What moves the sliders is the schedule explorer of the page, which
docs/site/_static/gallery.js puts below the card that is pressed, with the code of the other libraries; without scripts
a card still has the rest.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import yaml

from lrlab import _latex, schedules
from lrlab._formula import Floats, Formula
from lrlab.explorers.shared.catalogue import available
from lrlab.explorers.shared.code import source, torch_source
from lrlab.explorers.shared.help import symbols
from lrlab.explorers.shared.libraries import LIBRARIES, calls
from lrlab.explorers.shared.static_svg import is_stairs
from lrlab.plots import colors

MARK = re.compile(r"^<!-- gallery (\w+) -->$", re.MULTILINE)
STEPS = 100
WIDTH, HEIGHT, EDGE = 200, 96, 6
EPOCHS = np.arange(STEPS)
LOSSES = np.maximum(1.0 - EPOCHS / 20, 0.4) - 0.3 * (EPOCHS > 55) * np.minimum(1, (EPOCHS - 55) / 15)  # stalls twice
MATH = re.compile(r"^ *\.\. math:: (.*?)\n\s*\n", re.DOTALL | re.MULTILINE)


def words(root: Path) -> dict[str, dict[str, Any]]:
    """Return what docs/schedules.yml says of each schedule, by its name."""
    said: dict[str, dict[str, Any]] = yaml.safe_load((root / "docs" / "schedules.yml").read_text(encoding="utf-8"))
    return said


def every() -> dict[str, type[Formula]]:
    """Return every schedule there is, with the one that is no function of the step."""
    return {**schedules.catalogue(), "ReduceOnPlateau": schedules.ReduceOnPlateau}


def made(name: str, said: dict[str, Any]) -> Any:
    """Return the schedule of a card."""
    if "make" in said:
        return eval(said["make"], dict(vars(schedules)))
    return available()[name].build(said["values"])


def curve(schedule: Any) -> Floats:
    """Return the rates of the picture: of ``STEPS`` updates, or of epochs whose loss stalls twice."""
    if isinstance(schedule, schedules.ReduceOnPlateau):
        return schedule(LOSSES)
    rates: Floats = schedule.curve(min(STEPS, schedule.length or STEPS))
    return rates


def picture(rates: Floats, name: str) -> str:
    """Return a small SVG of ``rates``, in the colour that this schedule has in every figure."""
    x = EDGE + np.arange(len(rates)) / (STEPS - 1) * (WIDTH - 2 * EDGE)
    y = HEIGHT - EDGE - rates / rates.max() * (HEIGHT - 2 * EDGE)
    points = list(zip(x.round(1).tolist(), y.round(1).tolist(), strict=True))
    if is_stairs(rates):
        path = f"M{points[0][0]:g} {points[0][1]:g}" + "".join(f"H{a:g}V{b:g}" for a, b in points[1:])
    else:
        path = "M" + "L".join(f"{a:g} {b:g}" for a, b in points)
    ground = f"M{EDGE} {HEIGHT - EDGE}H{WIDTH - EDGE}"
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{name}: the learning rate over the steps">'
        f'<path class="ground" d="{ground}"/><path class="curve" style="stroke: {colors([name])[0]}" d="{path}"/></svg>'
    )


def formula(schedule: Formula) -> str:
    """Return the formula as MathML, each equation by itself; of one made of others, that of its docstring."""
    latex = schedule.latex
    if not latex:
        math = MATH.search(dedent(type(schedule).__doc__ or ""))
        latex = " ".join(math[1].split()) if math else ""
    parts = re.split(r",?\s*\\q?quad|,\\;(?=\\eta|S_i)", latex)
    return "".join(f"<div>{_latex.mathml(part, 'block')}</div>" for part in parts if part.strip())


def code(name: str, schedule: Any, said: dict[str, Any]) -> dict[str, str]:
    """Return lines of Python that make it, for lrlab and, where it has one, for torch."""
    lines = {
        "lrlab": f"from lrlab.schedules import {', '.join(_used(name, said))}\n\nschedule = {_call(schedule, said)}"
    }
    twin = said.get("torch", "").strip()
    if name in available():
        template = available()[name].page()["torch"] or {}
        call = torch_source(schedule)
        if "text" in template:
            call = re.sub(r"\{(\w+)\}", lambda field: repr(getattr(schedule, field[1])), template["text"])
        rate = f", lr={schedule.lr!r}" if hasattr(schedule, "lr") else ""
        twin = f"optimizer = torch.optim.SGD(model.parameters(){rate})\nscheduler = {call}"
        twin = f"import math\n\n{twin}" if "math." in twin else twin
    return {**lines, "torch": twin} if twin else lines


def _call(schedule: Any, said: dict[str, Any]) -> str:
    return str(said.get("make") or source(schedule))


def _used(name: str, said: dict[str, Any]) -> list[str]:
    """Return the names of lrlab.schedules that the call needs."""
    return sorted({name, *re.findall(r"\b[A-Z]\w+(?=\()", said.get("make", ""))})


def card(name: str, said: dict[str, Any], published: Iterable[str]) -> str:
    """Return the card of a schedule; ``published``: the notebooks that the site has."""
    schedule = made(name, said)
    blocks = "".join(
        f'<b>{library}</b><pre tabindex="0" role="group" aria-label="{name} with {library}">'
        f"<code>{html.escape(text)}</code></pre>"
        for library, text in code(name, schedule, said).items()
    )
    links = []
    if said.get("notebook") in published:
        number = said["notebook"].partition("_")[0]
        links.append(f'<a href="course/{said["notebook"]}.html">Notebook {number}</a>')
    button = elsewhere = ""
    if name in available():
        others = ", ".join(dict.fromkeys(call["library"] for call in calls().get(name, [])))
        elsewhere = f"<p>The same in {others}.</p>" if others else f"<p>None of {', '.join(LIBRARIES)} has it.</p>"
        state = {"name": name, "values": available()[name].values(schedule)}
        button = (
            f'<button type="button" data-schedule="{html.escape(json.dumps(state))}" '
            f'aria-label="move the sliders of {name}">Sliders and code</button>'
        )
    return (
        f'<article class="lrlab-card" id="{name}" aria-labelledby="{name}-name">{picture(curve(schedule), name)}'
        f'<h3 id="{name}-name">{name}</h3><p>{html.escape(said["when"])}</p>{elsewhere}'
        f'<div class="formula" tabindex="0" role="group" aria-label="formula of {name}">{formula(schedule)}</div>'
        f'<p class="where">{symbols(name, schedule.latex or schedule.tex())}</p>'
        f"<details><summary>Code</summary>{blocks}</details>"
        f"<footer>{button}{''.join(links)}</footer></article>"
    )


def names_of(group: str, said: Iterable[str]) -> list[str]:
    """Return the schedules of a group, in the order of docs/schedules.yml."""
    group_of = {name: getattr(cls, "group", "torch") for name, cls in every().items()}
    return [name for name in said if group_of[name] == group]


def put(text: str, root: Path, published: Iterable[str] = ()) -> str:
    """Return ``text`` with each line ``<!-- gallery GROUP -->`` replaced by the cards of that group."""
    said = words(root)

    def cards(mark: re.Match[str]) -> str:
        each = "".join(card(name, said[name], published) for name in names_of(mark[1], said))
        return f'<div class="lrlab-gallery">{each}</div>'

    return MARK.sub(cards, text)
