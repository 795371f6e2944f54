"""Names that the documentation had until 0.1 go on for one release, with a warning that says the new name."""

import importlib
import sys
from typing import Any

import pytest
import torch

from lrlab import torch_scheduler
from lrlab.schedules import Constant, Schedule, Step


def test_bridge_is_torch_scheduler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "lrlab.bridge", raising=False)
    with pytest.warns(DeprecationWarning, match=r"^lrlab\.bridge is now called lrlab\.torch_scheduler$") as caught:
        bridge: Any = importlib.import_module("lrlab.bridge")
    assert len(caught) == 1
    assert bridge.ScheduleLR is torch_scheduler.ScheduleLR
    assert bridge.torch_twin is torch_scheduler.build_equivalent


def test_twin_is_torch_equivalent() -> None:
    step = Step(0.1, step_size=7)
    with pytest.warns(DeprecationWarning, match=r"^Schedule\.twin\(\) is now called torch_equivalent\(\)$") as caught:
        assert step.twin() == step.torch_equivalent() == ("StepLR", {"step_size": 7, "gamma": 0.1})
    assert caught[0].filename == __file__


def test_a_schedule_that_defines_the_old_names_has_its_scheduler() -> None:
    with pytest.warns(DeprecationWarning, match=r"^Mine\.twin(_rates)? is now called ") as caught:

        class Mine(Constant):
            twin_rates = ("swa_lr",)

            def twin(self) -> tuple[str, dict[str, Any]]:
                return "SWALR", {"swa_lr": 0.5, "anneal_epochs": 1, "anneal_strategy": "linear"}

    assert [str(one.message) for one in caught] == [
        "Mine.twin is now called torch_equivalent",
        "Mine.twin_rates is now called lr_arguments",
    ]
    assert caught[0].filename == __file__
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    scheduler = Mine(1.0).torch(optimizer, scale=0.1)
    assert type(scheduler).__name__ == "SWALR"
    assert optimizer.param_groups[0]["swa_lr"] == 0.05


def test_a_schedule_of_today_warns_of_nothing(recwarn: pytest.WarningsRecorder) -> None:
    class Mine(Schedule):
        def torch_equivalent(self) -> None:
            return None

    assert Mine().torch_equivalent() is None
    assert not recwarn.list
