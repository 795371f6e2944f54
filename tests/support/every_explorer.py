"""One explorer of each kind that lrlab has, with as much on the page as it can show: for what all of them must do."""

from __future__ import annotations

from collections.abc import Callable

import anywidget

from lrlab import explorers
from lrlab.landscapes import ManyMinima
from lrlab.schedules import Cosine, OneCycle, StepDecay
from support.made_results import made_comparison, made_cooldowns, made_range_test, made_sharpness, made_sweep
from support.made_snapshots import ensemble

Make = Callable[[], anywidget.AnyWidget]

# By the name in `lrlab.explorers`; a new explorer needs no more than its line here.
EVERY: dict[str, Make] = {
    "decay": lambda: explorers.decay(show=("step", "time", "inverse", "exponential"), goal="tenth"),
    "schedule": lambda: explorers.schedule(
        OneCycle(0.1, total_steps=100), compare=[StepDecay(0.1, decay=0.5, every=20)], steps_per_epoch=10, goal="warmup"
    ),
    "descent": lambda: explorers.descent(
        ManyMinima(),
        lr=2.5,
        noise=0.3,
        steps=200,
        schedule="cosine warm restarts",
        compare="cosine",
        goal="hop",
    ),
    "curvature": lambda: explorers.curvature(made_sharpness(), label="0.8", goal="edge"),
    "cooldown": lambda: explorers.cooldown(made_cooldowns(), start=160, goal="plateau"),
    "snapshots": lambda: explorers.snapshots(*ensemble(cycles=5), chosen=[1, 2, 4], goal="against"),
    "playground": lambda: explorers.playground(
        Cosine(0.5, T_max=60),
        data="rings",
        updates=60,
        seeds=2,
        show=("network", "schedule", "measures", "python"),
        goal="reach",
    ),
    "predict": lambda: explorers.predict("01-sweep"),
    "quiz": lambda: explorers.quiz("01"),
    "searches": lambda: explorers.searches(made_range_test(), made_sweep(), lr=0.1, goal="best"),
    "training": lambda: explorers.training(made_comparison(), step=150, goal="reach"),
}
