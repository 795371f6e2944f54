"""What stands for an explorer's still picture where that is not seen: what is drawn, and its numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.made_results import made_comparison, made_history, made_range_test, made_sweep
from support.made_snapshots import ensemble

from lrlab import explorers
from lrlab.landscapes import Bowl, ManyMinima
from lrlab.schedules import CosineWarmRestarts, OneCycle, StepDecay


def alt(explorer: Any) -> str:
    data, metadata = explorer._repr_mimebundle_()
    assert data["image/svg+xml"].startswith("<svg")
    return str(metadata["image/svg+xml"]["alt"])


@pytest.mark.slow
def test_schedules_with_their_ends_and_turns() -> None:
    explorer = explorers.schedule(OneCycle(0.1, total_steps=100), compare=[StepDecay(0.1, decay=0.5, every=20)])
    assert alt(explorer) == (
        "Learning rate over the steps 0 to 99. OneCycle(0.1, total_steps=100): from 0.004 to 4e−07, highest 0.1 at "
        "step 29; momentum from 0.95 to 0.95, lowest 0.85 at step 29, after falling it rises again once. "
        "StepDecay(0.1, decay=0.5, every=20): from 0.1 to 0.00313."
    )
    explorer.schedule, explorer.log_y = CosineWarmRestarts(0.1, T_0=25, eta_min=0.001), True
    assert "over the steps 0 to 99, on a logarithmic axis. CosineWarmRestarts" in alt(explorer)
    assert "after falling it rises again 3 times" in alt(explorer)


def test_decay_names_the_formulas_that_are_shown() -> None:
    assert (
        alt(explorers.decay(show=["step"])) == "Learning rate over the steps 0 to 99. step-based: from 0.1 to 0.0125."
    )
    assert alt(explorers.decay(show=[])).endswith(": no schedule is shown.")


@pytest.mark.slow
def test_descents_with_where_they_begin_and_end() -> None:
    explorer = explorers.descent(Bowl(), lr=0.5, steps=2)
    end = explorer.run()
    assert alt(explorer) == (
        "Gradient descent on a landscape (bowl), and its loss over the steps. "
        f"constant: from x = 2, loss 2, to x = {end.positions[-1]:.3g}, loss {end.loss[-1]:.3g}, at step 2."
    )
    explorer.lr = 1e9
    explorer.steps = 100
    assert "the last before it overflows" in alt(explorer)
    two = alt(explorers.descent(ManyMinima(), lr=2.5, schedule="cosine", compare="cosine warm restarts"))
    assert "cosine: from (−4.2, 5.15), loss 6.37, to (" in two
    assert " cosine warm restarts: from (−4.2, 5.15)" in two


@pytest.mark.slow
def test_searches_with_the_best_the_chosen_and_the_suggested() -> None:
    told = alt(explorers.searches(made_range_test(), made_sweep(), lr=0.01))
    assert "at 13 learning rates from 0.0001 to 100" in told
    assert "lowest, 0.2, at 0.1. Chosen: rate 0.01, validation loss 0.5. Diverged: 10, 31.6, 100. Suggested: " in told
    assert "Range test: training loss while the rate rises from 1e−05 to 3: lowest, 0.668, at 0.475. Suggested:" in told
    alone = alt(explorers.searches(sweep=made_sweep()))
    assert "Range test" not in alone


@pytest.mark.slow
def test_runs_with_their_ends_at_the_steps_of_the_runs_and_not_of_the_points_kept() -> None:
    peak = made_history(OneCycle(0.3, total_steps=3000, pct_start=0.5), label="peak", updates=3000)
    told = alt(explorers.training([peak], step=1000))
    assert "a mark at step 1,00" in told
    step = int(told.split("highest 0.3 at step ")[1].split(";")[0].replace(",", ""))
    assert abs(step - int(np.argmax(peak.lr))) < 20
    told = alt(explorers.training(made_comparison(), show=["cosine", "too high"]))
    assert "cosine: rate from 0.3 to 8.22e−06; loss from " in told
    assert "1 of 3 diverged" in told
    assert " step: " not in told
    assert alt(explorers.training(made_comparison(), show=[])).endswith("No run is shown.")


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [[1], [1, 2, 4]])
def test_snapshots_alone_and_together(chosen: list[int]) -> None:
    explorer = explorers.snapshots(*ensemble(cycles=5), chosen=chosen)
    told = alt(explorer)
    names = ", ".join(map(str, chosen))
    assert f"Snapshots {names} together have {explorer.error:.2%}; the single model has " in told
    assert "ends of 5 cycles of the learning rate" in told
    assert told.count("%") == 7
