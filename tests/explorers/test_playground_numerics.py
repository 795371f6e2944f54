"""The playground trains the same network in the page as torch does in float64: to 1e-9, update by update."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pack_digits import FILE, packed
from support import REPO
from torch.nn import functional

from lrlab.explorers.playground.data import DATA, noisy_labels, rows
from lrlab.explorers.playground.fit import Settings, fit, network
from lrlab.explorers.playground.generator import shuffled, uniform
from lrlab.explorers.shared.assets import bundle_js
from lrlab.explorers.shared.catalogue import IN_PAGE, available
from lrlab.schedules import Constant, Schedule, warmup

NODE = shutil.which("node")
ANSWER = """
const { module, jobs } = JSON.parse(require("fs").readFileSync(0, "utf8"));
import(`data:text/javascript;base64,${Buffer.from(module).toString("base64")}`).then(async (page) => {
  page.take_digits(await page.unpacked_digits());
  process.stdout.write(JSON.stringify(jobs.map(([name, given]) => {
    const answer = page[name](...given);
    return answer && answer.loss ? { ...answer, loss: [...answer.loss], ratio: [...answer.ratio] } : answer;
  })));
});
"""
MODULE = bundle_js("playground/train.js") + bundle_js("playground/unpack.js")
needs_node = pytest.mark.skipif(NODE is None, reason="there is no node here to run the page's JavaScript")


def in_node(*jobs: tuple[str, list[Any]], forbid: str = "") -> list[Any]:
    """What the page's functions return, all in one process; ``forbid``: a global that their code does not have."""
    # A name of the module's own hides it from that alone: Node still compiles a module of its own by WebAssembly then.
    module = f"const {forbid} = undefined;\n{MODULE}" if forbid else MODULE
    sent = json.dumps({"module": module, "jobs": jobs})
    done = subprocess.run([str(NODE), "-e", ANSWER], input=sent, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def spec(settings: Settings, schedule: Schedule, **more: Any) -> dict[str, Any]:
    """A run as the page has it."""
    many = min(settings.updates, schedule.length or settings.updates)
    return {**asdict(settings), "rates": schedule.curve(many).tolist(), **more}


SGD = Settings(updates=200, momentum=0.9)
# Each optimizer at a rate that suits it, each model and activation, each data set, decay, noise: all once or more.
RUNS: dict[str, tuple[Settings, Schedule]] = {
    "sgd": (Settings(updates=200), Constant(0.3)),
    "momentum": (SGD, Constant(0.1)),
    "nesterov": (replace(SGD, nesterov=True, weight_decay=1e-3, seed=3), Constant(0.1)),
    "adam": (replace(SGD, optimizer="Adam", activation="tanh", width=16, weight_decay=1e-3), Constant(0.01)),
    "adamw": (replace(SGD, optimizer="AdamW", weight_decay=0.1, batch_size=100, seed=2**32 + 5), Constant(0.005)),
    "rmsprop": (replace(SGD, optimizer="RMSprop", noise=0.3, weight_decay=1e-3), Constant(1e-3)),
    "adagrad": (replace(SGD, optimizer="Adagrad", noise=0.1, weight_decay=1e-3), Constant(0.03)),
    "lion": (replace(SGD, optimizer="Lion", weight_decay=0.1, seed=4), Constant(1e-3)),
    "schedule-free sgd": (replace(SGD, optimizer="ScheduleFreeSGD", weight_decay=1e-3), warmup(Constant(0.5), 20)),
    "schedule-free adamw": (
        replace(SGD, optimizer="ScheduleFreeAdamW", activation="tanh", weight_decay=0.1, width=21), Constant(0.01)),
    "softmax": (replace(SGD, model="softmax", batch_size=7), Constant(0.2)),
    "spirals": (replace(SGD, data="spirals", optimizer="Adam", activation="tanh"), Constant(0.02)),
    "rings": (replace(SGD, data="rings", width=8, batch_size=400), Constant(0.3)),
    **{f"mistake: {name}": (replace(SGD, mistake=name), Constant(0.03)) for name in
       ("zeros", "accumulated", "labels", "scale", "sorted")},
    **{name: (replace(SGD, seed=7), available()[name].base) for name in sorted(IN_PAGE)},
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return dict(zip(RUNS, in_node(*(("train", [spec(*run)]) for run in RUNS.values())), strict=True))


@needs_node
@pytest.mark.slow(reason="the first case runs all the others in the page's JavaScript, and loads torch")
@pytest.mark.xdist_group("playground")
@pytest.mark.parametrize("name", RUNS)
def test_the_page_s_losses_are_torch_s(found: dict[str, Any], name: str) -> None:
    ours, torchs = found[name], fit(*RUNS[name])
    assert len(torchs.loss) == ours["done"] == len(ours["loss"])
    np.testing.assert_allclose(ours["loss"], torchs.loss, rtol=1e-9)
    assert ours["at"] == [0, *torchs.epoch_end]
    np.testing.assert_allclose(ours["val_loss"][1:], torchs.val_loss, rtol=1e-9)
    assert ours["val_accuracy"][1:] == torchs.val_accuracy.tolist()
    assert not ours["diverged"]


@needs_node
@pytest.mark.slow
@pytest.mark.xdist_group("playground")
def test_a_page_without_webassembly_gets_the_same_bits(found: dict[str, Any]) -> None:
    names = ["nesterov", "schedule-free adamw", "softmax", "rings"]  # widths of 32, 21, 10 and 8
    plain = in_node(*(("train", [spec(*RUNS[name])]) for name in names), forbid="WebAssembly")
    for name, run in zip(names, plain, strict=True):
        assert run == found[name], name


def test_the_webassembly_was_made_of_the_source_that_is_here() -> None:
    digest = sha256((REPO / "tools" / "playground_kernel.wat").read_bytes()).hexdigest()
    assert digest in (REPO / "lrlab" / "explorers" / "playground" / "kernel_bytes.js").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.skipif(not (REPO / "node_modules" / "wabt").exists(), reason="npm has not brought the assembler")
@needs_node
def test_the_webassembly_is_what_its_source_makes() -> None:
    done = subprocess.run(
        [str(NODE), "tools/build_kernel.mjs", "--check"], cwd=REPO, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@needs_node
def test_data_order_and_noise_are_the_same_in_page_and_python() -> None:
    asked = [("data_set", [name]) for name in DATA]
    page = in_node(*asked, ("epoch_order", [1437, 5, 3]))
    for name, found in zip(DATA, page, strict=False):
        data = rows(name)
        np.testing.assert_allclose(found["rows"], data.values, rtol=1e-15, atol=1e-15)
        assert list(found["labels"].values()) == data.labels.tolist()
        assert found["train"] == data.train
    order = list(page[-1].values())
    assert order == shuffled(1437, 5, "order", 3 * 1437).tolist()
    assert sorted(order) == list(range(1437))
    # Seeds, uses and places do not touch each other, and the numbers are spread evenly.
    numbers = uniform(1, "weights", np.arange(100_000))
    assert np.histogram(numbers, 10, (0, 1))[0] == pytest.approx(10_000, rel=0.05)
    assert abs(np.corrcoef(numbers, uniform(2, "weights", np.arange(100_000)))[0, 1]) < 0.01
    assert abs(np.corrcoef(numbers, uniform(1, "order", np.arange(100_000)))[0, 1]) < 0.01
    data = rows("digits")
    wrong = noisy_labels(data, 0.3, 0) != data.labels
    assert wrong[: data.train].mean() == pytest.approx(0.3, abs=0.03)
    assert not wrong[data.train :].any()


@pytest.mark.slow
@needs_node
def test_a_run_that_diverges_ends_there_and_says_so() -> None:
    hopeless = replace(SGD, model="softmax", weight_decay=1.0), Constant(1e5)
    [page] = in_node(("train", [spec(*hopeless)]))
    torchs = fit(*hopeless)
    assert page["diverged"]
    assert torchs.diverged
    assert page["done"] == len(torchs.loss) < 200


@pytest.mark.slow
@needs_node
def test_sharpness_is_the_largest_eigenvalue_of_the_hessian() -> None:
    start = Settings(data="rings", width=4, activation="tanh", updates=12)
    [page] = in_node(("train", [spec(start, Constant(1e-9), sharpness=True)]))
    data = rows("rings")
    model = network(start, data)
    inputs, labels = torch.from_numpy(data.values[:256]), torch.from_numpy(data.labels[:256])
    names, values = zip(*model.named_parameters(), strict=True)
    sizes = [value.numel() for value in values]

    def loss(flat: torch.Tensor) -> torch.Tensor:
        parts = {n: p.view_as(v) for n, p, v in zip(names, flat.split(sizes), values, strict=True)}
        return functional.cross_entropy(torch.func.functional_call(model, parts, (inputs,)), labels)

    hessian = torch.func.hessian(loss)(torch.cat([value.detach().flatten() for value in values]))
    assert page["sharp"][-1][1] == pytest.approx(torch.linalg.eigvalsh(hessian)[-1].item(), rel=1e-3)


def test_the_packed_digits_are_those_of_the_course() -> None:
    assert Path(FILE).read_text(encoding="utf-8") == packed()
