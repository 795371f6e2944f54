"""The cheat sheets: what their code does is what they say."""

from __future__ import annotations

import json
import re
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from coursesite import sheets
from support import REPO
from torch.optim import lr_scheduler

TRAPS = sheets.traps(REPO)


class Watched:
    """An optimizer that remembers which learning rates its updates used."""

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        self.optimizer, self.used = optimizer, list[float]()

    def step(self) -> None:
        self.used.append(self.optimizer.param_groups[0]["lr"])
        self.optimizer.step()


def run(scheduler: Any, count: int, metric: float | None = None) -> list[float]:
    rates = []
    for _ in range(count):
        rates.append(scheduler.optimizer.param_groups[0]["lr"])
        scheduler.optimizer.step()
        scheduler.step() if metric is None else scheduler.step(metric)
    return rates


def fails(call: Callable[[], Any]) -> bool:
    try:
        call()
    except ValueError:
        return True
    return False


def outcome(trap: dict[str, Any], which: str) -> Any:
    model = torch.nn.Linear(1, 1)
    names: dict[str, Any] = {
        **{name: value for name, value in vars(lr_scheduler).items() if name.endswith(("LR", "LROnPlateau"))},
        "SGD": torch.optim.SGD,
        "model": model,
        "optimizer": torch.optim.SGD(model.parameters(), lr=0.1),
        "Watched": Watched,
        "run": run,
        "fails": fails,
    }
    exec(trap.get("before", ""), names)
    *first, last = [line for line in trap[which].splitlines() if line.strip() and not line.lstrip().startswith("#")]
    exec("\n".join(first), names)
    try:
        names["_"] = eval(last, names)
    except SyntaxError:  # the last line is no expression
        exec(last, names)
    return eval(trap["show"], names)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap["title"])
def test_a_trap_does_what_the_sheet_says(trap: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the order, and get_lr(): that torch warns sometimes is no way out
        for which in ("wrong", "right"):
            assert outcome(trap, which) == pytest.approx(trap[f"gives_{which}"], rel=0.02, abs=1e-9), which


def test_the_table_of_notebook_08_says_what_the_sheet_says() -> None:
    """Its schedules are there, each with the notebook that has it, and the advice in doubt is the sheet's."""
    path = REPO / "course" / "08_finding_your_learning_rate.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    table = "".join(next(cell["source"] for cell in cells if cell["id"] == "when-text"))
    said = sheets.gallery.words(REPO)
    rows = re.findall(r"^\| [^|]+ \| (`[^|]+) \| [^|]+ \| \[\d\d\]\((\w+)\.ipynb\) \|$", table, re.MULTILINE)
    assert len(rows) == 8
    for names, notebook in rows:
        assert {said[name]["notebook"] for name in re.findall(r"`(\w+)`", names)} == {notebook}
    assert sheets.IN_DOUBT in table


def test_a_sheet_has_every_trap_and_every_schedule() -> None:
    page = sheets.traps_page(REPO)
    assert all(sheets.marked_up(trap["title"]) in page for trap in TRAPS)
    page = sheets.schedules_page(REPO)
    assert page.count("<svg ") == len(sheets.gallery.every())


@pytest.mark.parametrize("browser", [None, "no-such-browser"])
def test_without_a_browser_no_page_leads_to_a_pdf(tmp_path: Path, browser: str | None) -> None:
    shutil.copy(REPO / "docs" / "site" / "sheets.md", tmp_path / "sheets.html")
    sheets.build(REPO, tmp_path, browser)
    assert len(list(tmp_path.rglob("*.html"))) == 3
    assert not any('.pdf">' in page.read_text(encoding="utf-8") for page in tmp_path.rglob("*.html"))
