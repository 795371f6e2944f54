"""Explorers for pages without a kernel: each output becomes its state, its still picture and the name of its script.

The scripts go to ``_static/explorers``, one for each kind of explorer and not for each output (front_ends.py);
docs/site/_static/mount.js puts them to work. Where that fails, or scripts are off, the still picture of the output
stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from coursesite import figures, front_ends
from coursesite.figures import STILL

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
    script, shared = front_ends.write(kind, state["_esm"], state.get("_css", ""), static)
    picture = figures.picture(output, static, up, name="lrlab-still") if STILL in output.data else ""
    data = ""
    if name not in stated:  # a widget that is shown twice is one widget: what moves one view moves the other
        stated.add(name)
        text = json.dumps({key: value for key, value in _still_state(state).items() if key not in _CODE})
        inert = text.replace("</", "<\\/")  # nothing in it may end the element
        data = f'<script type="application/json">{inert}</script>'
    names = f'data-script="{script}" data-shared="{shared}" data-model="{name}"'
    return f'<div class="lrlab-mount" {names}>{data}{picture}</div>'


def _still_state(state: dict[str, Any]) -> dict[str, Any]:
    """``state`` without the controls of schedules that the page has no formula for: nothing would answer them."""
    if "_entries" not in state:
        return state
    entries = {}
    for name, entry in state["_entries"].items():
        fields = [field if entry["in_page"] else {**field, "control": None} for field in entry["fields"]]
        entries[name] = {**entry, "fields": fields}
    return {**state, "_entries": entries}
