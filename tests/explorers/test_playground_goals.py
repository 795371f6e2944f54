"""The playground's goals, asked in Node about runs of the page's own JavaScript: each level can be met, and missed."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import asdict
from typing import Any

import pytest

from lrlab.explorers.playground.fit import Settings
from lrlab.explorers.shared.assets import bundle_js

NODE = shutil.which("node")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("playground"),
    pytest.mark.skipif(NODE is None, reason="there is no node here to run the page's JavaScript"),
]
MODULE = "".join(bundle_js(f"playground/{name}.js") for name in ("train", "text", "unpack"))
# Of each case the states of the run, of A and of B, and whether there is a sweep of the first.
ASK = """
const { module, cases } = JSON.parse(require("fs").readFileSync(0, "utf8"));
import(`data:text/javascript;base64,${Buffer.from(module).toString("base64")}`).then(async (page) => {
  page.take_digits(await page.unpacked_digits());
  const made = (state) => page.summary(page.specs_of(state).map(page.train), state);
  const sweeps = {};
  const swept = (state) =>
    (sweeps[JSON.stringify(state)] ??=
      page.sweep_of(state).map(({ rate, spec }) => ({ rate, result: page.train(spec) })));
  const answers = cases.map(([goal, level, state, pins, sweep]) => {
    const there = { run: made(state), state: { ...state, _pins: pins } };
    for (const { key, state: of } of pins) there[key] = made(of);
    if (sweep) there.sweep = swept(state);
    return [page.goals[goal], ...(page.goals[goal].harder ?? [])][level].ask(there);
  });
  process.stdout.write(JSON.stringify(answers));
});
"""
STATE = asdict(Settings()) | {"seeds": 1}


def at(lr: float, name: str = "Constant", warmup: int = 0, **changed: Any) -> dict[str, Any]:
    values = {"lr": lr, "T_max": 250, "eta_min": 0}
    return {**STATE, "schedule": {"name": name, "values": values, "warmup": warmup}, **changed}


def held(low: float, high: float, **changed: Any) -> list[dict[str, Any]]:
    return [{"key": key, "state": at(lr, **changed)} for key, lr in (("A", low), ("B", high))]


LONG = {"model": "softmax", "updates": 500}
CASES: dict[str, tuple[bool, list[Any]]] = {
    "three, far apart": (True, ["three", 0, at(0.75), held(0.001, 5), False]),
    "three, near": (True, ["three", 1, at(0.75), held(0.05, 1.4), False]),
    "three, too far for the second": (False, ["three", 1, at(0.75), held(0.01, 1.4), False]),
    "three, with another network": (False, ["three", 1, at(0.75, width=33), held(0.05, 1.4), False]),
    "three, Adam": (True, ["three", 2, at(0.01, optimizer="Adam"), held(7.5e-4, 0.178, optimizer="Adam"), False]),
    "three, not Adam": (False, ["three", 2, at(0.75), held(0.05, 1.4), False]),
    "widest, softmax": (True, ["widest", 0, at(0.1, model="softmax"), [], True]),
    "widest, plain SGD": (False, ["widest", 0, at(0.1), [], True]),
    "widest, Adam": (False, ["widest", 0, at(0.1, optimizer="Adam"), [], True]),  # as notebook 07 says
    "widest, Adam and tanh": (True, ["widest", 0, at(0.1, optimizer="Adam", activation="tanh"), [], True]),
    "widest, over 2.4 decades": (True, ["widest", 1, at(0.1, **LONG), [], True]),
    "widest, without a hidden layer": (False, ["widest", 2, at(0.1, **LONG), [], True]),
    "warm-up alone": (True, ["warmup", 0, at(0.3, warmup=88, optimizer="Adam"), [], False]),
    "no warm-up": (False, ["warmup", 0, at(0.3, optimizer="Adam"), [], False]),
    "warm-up and decay for the first": (
        False, ["warmup", 0, at(0.3, "Cosine", 25, optimizer="Adam"), [], False]),
    "warm-up and decay": (True, ["warmup", 1, at(0.3, "Cosine", 25, optimizer="Adam"), [], False]),
}  # fmt: skip


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    sent = json.dumps({"module": MODULE, "cases": [case for _, case in CASES.values()]})
    done = subprocess.run([str(NODE), "-e", ASK], input=sent, capture_output=True, text=True, check=True)
    return dict(zip(CASES, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_a_level_is_met_by_what_it_asks_for_alone(answers: dict[str, Any], name: str) -> None:
    assert answers[name]["met"] == CASES[name][0], answers[name]["now"]
