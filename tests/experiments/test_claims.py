"""What the course claims holds on the bundled digits, and on a part of MNIST where it is there."""

import pytest

from lrlab import data
from lrlab.experiments import claims, sweep
from lrlab.experiments.claims import CLAIMS, Claim, Finding
from lrlab.train import epochs_for

NAMES = [claim.name for claim in CLAIMS]


@pytest.fixture(autouse=True)
def one_thread():
    """The figures of a long run depend on the number of threads; the test asks for the same everywhere."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


# One of each kind of experiment that takes a few seconds; the notebooks assert the figures behind all of them.
EVERY_RUN = {"recurrence-vanishes", "3e-4-is-a-joke", "range-test-finds-it"}
NIGHT = pytest.mark.nightly(
    reason="fourteen claims that train for minutes; the notebooks assert what they say in every run"
)


@pytest.mark.slow
@pytest.mark.parametrize("name", [pytest.param(n, marks=() if n in EVERY_RUN else NIGHT) for n in NAMES])
def test_holds_on_the_digits(name):
    found = claims.find(name).test(data.load("digits"))
    assert found.holds, found.evidence


@pytest.mark.slow
@pytest.mark.nightly(reason="all claims on 6,000 images; some are tried on the digits in every run")
@pytest.mark.parametrize("name", NAMES)
def test_holds_on_mnist(name, mnist_root):
    found = claims.find(name).test(data.load("mnist", root=mnist_root, max_train=6000, max_val=2000))
    assert found.holds, found.evidence


@pytest.mark.slow
@pytest.mark.nightly(reason="72 runs of plain SGD on MNIST; notebook 07 quotes them and does not run them")
def test_other_seeds_find_another_best_rate(mnist_root):
    digits = data.load("mnist", root=mnist_root, max_train=6000, max_val=2000)
    settings = {"epochs": epochs_for(digits, 300, batch_size=32), "batch_size": 32, "progress": False}
    first, second = (sweep([0.1, 0.178, 0.316, 0.562], digits, seeds=s, **settings) for s in (range(6), range(10, 22)))
    assert (first.best, second.best) == (0.1, 0.562)
    assert first.mean_val_loss[[0, -1]] == pytest.approx([0.41, 0.46], abs=0.01)
    assert second.mean_val_loss[[0, -1]] == pytest.approx([0.39, 0.32], abs=0.01)


def test_every_run_tries_some():
    assert set(NAMES) > EVERY_RUN


def test_each_has_a_name_a_sentence_and_seeds():
    assert len(set(NAMES)) == len(NAMES)
    for claim in CLAIMS:
        assert claim.says.endswith(".")
        assert claim.slide
        assert claim.seeds == 0 or claim.seeds >= 3, f"{claim.name}: too few seeds to show a spread"


def test_report_prints_each_and_tells_whether_all_hold(capsys):
    def made(name, holds):
        return Claim(name, f"{name} says.", "a slide", 5, lambda _: Finding(holds, f"figures of {name}"))

    digits = data.load("digits")
    assert claims.report(digits, [made("a", True), made("b", True)])
    assert not claims.report(digits, [made("a", True), made("b", False), made("c", True)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["holds  a: a says.", "    figures of a"]
    assert lines[6] == "DOES NOT HOLD  b: b says."
    assert lines[8] == "holds  c: c says."


def test_unknown_claim():
    with pytest.raises(ValueError, match=r"^name must be one of .*decay-helps.*, got 'decay'$"):
        claims.find("decay")
