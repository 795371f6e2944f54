"""Explorers for pages without a kernel: each output becomes its state, its still picture and the name of its script.

The scripts go to ``_static/explorers``, one for each kind of explorer and not for each output;
docs/site/_static/mount.js puts them to work. Where that fails, or scripts are off, the still picture of the output
stays.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from coursesite import figures
from coursesite.figures import STILL, digest

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
MARK = re.compile(r"^<!-- explorer (\w+) -->$", re.MULTILINE)
_CODE = ("_esm", "_css", "_anywidget_id", "_dom_classes", "layout")


def publish(notebook: NotebookNode, static: Path, up: str) -> None:
    """Make every widget of ``notebook`` one that its page can show; ``up`` leads from the page to the site's top."""
    models = notebook.metadata.pop("widgets", {}).get(STATE, {}).get("state", {})
    stated: set[str] = set()
    for cell in notebook.cells:
        shown = []
        for output in cell.get("outputs", []):
            view = output.get("data", {}).pop(VIEW, None)
            if view is None:
                shown.append(output)
                continue
            name = view["model_id"]
            page = _mounted(name, models.get(name, {}), output, static, up, stated)
            if page:
                output["data"] = {"text/html": page}
            if page or STILL in output.data:  # what is left is a progress bar, whose run is over
                shown.append(output)
        if "outputs" in cell:
            cell["outputs"] = shown


def put(text: str, made: Mapping[str, Callable[[], Any]], static: Path, up: str) -> str:
    """``text`` of a page, each line ``<!-- explorer NAME -->`` replaced by the explorer that ``made[NAME]`` makes."""

    def html(mark: re.Match[str]) -> str:
        widget = made[mark[1]]()
        data, metadata = widget._repr_mimebundle_()
        output = NotebookNode(output_type="display_data", data={STILL: data[STILL]}, metadata=metadata)
        state = json.loads(json.dumps(widget.get_state(), default=str))
        return _mounted(mark[1], {"state": state}, output, static, up, set())

    return MARK.sub(html, text)


def _mounted(name: str, model: dict[str, Any], output: NotebookNode, static: Path, up: str, stated: set[str]) -> str:
    """Return the HTML of one view, or nothing where the page could not show this widget."""
    state = model.get("state", {})
    if not isinstance(state.get("_esm"), str) or model.get("buffers"):
        return ""
    kind = state["_anywidget_id"].rpartition(".")[2]
    script = _script(kind, state["_esm"], state.get("_css", ""), static)
    picture = figures.picture(output, static, up, name="lrlab-still") if STILL in output.data else ""
    data = ""
    if name not in stated:  # a widget that is shown twice is one widget: what moves one view moves the other
        stated.add(name)
        text = json.dumps({key: value for key, value in _still_state(state).items() if key not in _CODE})
        inert = text.replace("</", "<\\/")  # nothing in it may end the element
        data = f'<script type="application/json">{inert}</script>'
    return f'<div class="lrlab-mount" data-script="{script}" data-model="{name}">{data}{picture}</div>'


def _still_state(state: dict[str, Any]) -> dict[str, Any]:
    """``state`` without the controls of schedules that the page has no formula for: nothing would answer them."""
    if "_entries" not in state:
        return state
    entries = {}
    for name, entry in state["_entries"].items():
        fields = [field if entry["in_page"] else {**field, "control": None} for field in entry["fields"]]
        entries[name] = {**entry, "fields": fields}
    return {**state, "_entries": entries}


def _script(kind: str, esm: str, css: str, static: Path) -> str:
    """Write the front end of ``kind`` where the page finds it, and return its name.

    A classic script that hands the module over as text: a module of its own could not be imported by a page that was
    opened from a folder (``file:``), and a course on a memory stick is one.
    """
    name = f"{kind}-{digest((esm + css).encode())}.js"
    file = static / "explorers" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"lrlabExplorer({json.dumps([name, esm, packed(css)], ensure_ascii=False)});\n", encoding="utf-8")
    return name


def packed(text: str) -> str:
    """Return ``text`` deflated, in base64, as mount.js unpacks it."""
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")
