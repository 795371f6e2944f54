"""The lines of Python that make the same curves with optax, Keras, timm and transformers."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import venv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import REPO
from support.random_schedules import random_schedule

from lrlab.explorers.shared.assets import bundle_js
from lrlab.explorers.shared.catalogue import available
from lrlab.explorers.shared.libraries import LIBRARIES, calls
from lrlab.schedules import Schedule

CALLS = [(name, call) for name, several in calls().items() for call in several]
PACKAGES = ("optax", "keras", "timm", "transformers", "torch", "torchvision")
NODE = shutil.which("node")
WRITE = """
const { module, jobs } = JSON.parse(require("fs").readFileSync(0, "utf8"));
import(`data:text/javascript;base64,${Buffer.from(module).toString("base64")}`).then(({ elsewhere }) =>
  process.stdout.write(JSON.stringify(jobs.map(([entry, values]) => elsewhere(entry, values)))));
"""
needs_node = pytest.mark.skipif(NODE is None, reason="there is no node here to run the page's JavaScript")


def written(schedules: list[Schedule]) -> list[list[dict[str, Any]]]:
    """What the page writes for each of ``schedules``: library, text, and the last step that it holds for."""
    entries = [available()[type(schedule).__name__] for schedule in schedules]
    jobs = [[entry.page(), entry.values(schedule)] for entry, schedule in zip(entries, schedules, strict=True)]
    sent = json.dumps({"module": bundle_js("shared/python.js"), "jobs": jobs})
    done = subprocess.run([str(NODE), "-e", WRITE], input=sent, capture_output=True, text=True, check=True)
    return [[line for line in lines if line["text"]] for lines in json.loads(done.stdout)]


def test_every_line_is_for_fields_that_there_are() -> None:
    for name, call in CALLS:
        assert call.keys() <= {"library", "code", "only", "least", "until"}
        assert call["library"] in LIBRARIES
        fields = {field["name"] for field in available()[name].page()["fields"]}
        assert {*call.get("only", {}), *call.get("least", {}), *filter(None, [call.get("until")])} <= fields


@needs_node
def test_lines_have_the_numbers_of_the_moment_and_only_where_the_curve_is_the_same() -> None:
    from lrlab.schedules import Cosine, Step, WarmupStableDecay

    wsd = {"warmup": 5, "stable": 20, "decay": 10}
    step, cosine, linear, root, no_warmup = written(
        [
            Step(0.2, step_size=7, gamma=0.5),
            Cosine(0.1, T_max=40),
            WarmupStableDecay(0.1, **wsd),
            WarmupStableDecay(0.1, **wsd, tail="sqrt"),
            WarmupStableDecay(0.1, **{**wsd, "warmup": 0}, tail="sqrt"),
        ]
    )
    assert step[0] == {
        "library": "optax",
        "text": "import optax\nschedule = optax.exponential_decay(0.2, 7, 0.5, staircase=True)",
        "until": None,
    }
    assert [line["library"] for line in cosine] == ["optax", "Keras", "timm", "transformers"]
    assert {line["until"] for line in cosine} == {40}
    assert [line["library"] for line in linear] == ["optax"]
    assert root == []
    assert [line["library"] for line in no_warmup] == ["transformers"]
    assert no_warmup[0]["text"].endswith('num_decay_steps=10, num_stable_steps=20, decay_type="1-sqrt")')


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has all of these libraries: the one that LRLAB_LIBRARIES_PYTHON names, or a new environment's."""
    if given := os.environ.get("LRLAB_LIBRARIES_PYTHON"):
        return Path(given)
    folder = tmp_path_factory.mktemp("libraries") / "venv"
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = ["-m", "pip", "install", "-q", "-c", str(REPO / "constraints.txt"), *PACKAGES]
    done = subprocess.run([python, *install], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return python


@needs_node
@pytest.mark.nightly(reason="four libraries are downloaded into an environment of their own")
@pytest.mark.slow(reason="the same")
def test_the_other_libraries_make_the_same_curves(python: Path) -> None:
    rng = random.Random(24)
    schedules = [
        schedule
        for name in calls()
        for schedule in (available()[name].base, *(random_schedule(available()[name], rng) for _ in range(8)))
    ]
    # Also with the choices that a line is for, which chance rarely hits.
    schedules += [
        available()[name].build({**available()[name].values(available()[name].base), **call["only"]})
        for name, call in CALLS
        if "only" in call
    ]
    cases = [
        (schedule, line, min(100, schedule.length or 100, (line["until"] or 99) + 1))
        for schedule, lines in zip(schedules, written(schedules), strict=True)
        for line in lines
    ]
    assert {(type(s).__name__, line["library"]) for s, line, _ in cases} == {(n, call["library"]) for n, call in CALLS}
    jobs = [{"library": line["library"], "text": line["text"], "steps": steps} for _, line, steps in cases]
    script = REPO / "tests" / "support" / "other_libraries.py"
    env = {**os.environ, "PYTHONPATH": str(REPO)}
    done = subprocess.run([python, script], input=json.dumps(jobs), capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr[-3000:]
    for (schedule, line, steps), found in zip(cases, json.loads(done.stdout), strict=True):
        expected = schedule.curve(steps)
        # optax and Keras compute in float32.
        slack = 2e-6 * expected.max()
        np.testing.assert_allclose(found, expected, rtol=2e-5, atol=slack, err_msg=f"{schedule!r}\n{line['text']}")
