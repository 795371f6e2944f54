"""Torch optimizers made of the rules: the rule's own steps, torch's machinery, and weights that are evaluated apart."""

import pytest
import torch
from torch.nn.functional import cross_entropy

from lrlab import adaptive, data, models, optimizers, schedules
from lrlab.data import Dataset
from lrlab.train import evaluate, fit

ALL = {name: getattr(optimizers, name) for name in optimizers.__all__ if name != "ByRule"}


@pytest.fixture(scope="module")
def few() -> Dataset:
    return data.load("digits", max_train=256, max_val=100)


@pytest.mark.parametrize("name", ALL)
def test_trains_with_a_scheduler_and_goes_on_from_its_state(name, few):
    rate = {"Prodigy": 1.0, "ScheduleFreeSGD": 0.5, "Lion": 0.0005}.get(name, 0.005)

    def run(stop_at=None):
        model = models.MLP(seed=0, hidden=16)
        optimizer = ALL[name](model.parameters(), lr=rate)
        scheduler = schedules.LinearWarmup(rate, warmup=3).attach(optimizer)
        for n in range(8):
            if n == stop_at:
                saved = optimizer.state_dict()
                optimizer = ALL[name](model.parameters(), lr=rate)
                optimizer.load_state_dict(saved)
                scheduler = schedules.Constant(rate).attach(optimizer)
            optimizer.zero_grad()
            loss = cross_entropy(model(few.train_images[:64]), few.train_labels[:64])
            loss.backward()
            optimizer.step()
            scheduler.step()
        return loss.item(), torch.cat([p.detach().flatten() for p in model.parameters()])

    loss, weights = run()
    again, resumed = run(stop_at=4)
    assert loss < 2.35
    assert again == pytest.approx(loss, rel=1e-5)
    assert torch.allclose(weights, resumed, rtol=1e-4, atol=1e-6)


def test_muon_for_matrices_and_adamw_for_the_rest():
    matrix, vector = torch.ones(3, 4, requires_grad=True), torch.ones(3, requires_grad=True)
    optimizer = optimizers.MuonAdamW([matrix, vector], lr=0.1, weight_decay=0.0)
    matrix.grad, vector.grad = torch.arange(12.0).reshape(3, 4), torch.tensor([1.0, -2.0, 0.5])
    optimizer.step()
    options = {"lr": 0.1, "weight_decay": 0.0}
    muon, _ = adaptive.muon_step(torch.ones(3, 4), matrix.grad, adjust_lr_fn="match_rms_adamw", **options)
    # The rules' eps differ; the step of a first gradient does not depend on it.
    adamw, _ = adaptive.adamw_step(torch.ones(3), vector.grad, **options)
    assert torch.allclose(matrix, muon)
    assert torch.allclose(vector, adamw, atol=1e-6)


def test_prodigy_has_one_rate_for_all_parameters():
    parts = [torch.zeros(2, 2, requires_grad=True), torch.zeros(3, requires_grad=True)]
    optimizer = optimizers.Prodigy(parts)
    whole, state = torch.zeros(7), None
    for _ in range(20):
        for part in parts:
            part.grad = part.detach() - 1
        optimizer.step()
        whole, state = adaptive.prodigy_step(whole, whole - 1, state)
    assert torch.allclose(torch.cat([part.detach().flatten() for part in parts]), whole)
    assert optimizer.state[parts[0]]["d"] == pytest.approx(state["d"])


def test_schedule_free_is_evaluated_at_its_mean(few):
    model = models.MLP(seed=0, hidden=16)
    optimizer = optimizers.ScheduleFreeSGD(model.parameters(), lr=0.5)
    run = fit(model, few, optimizer, epochs=2, progress=False, device="cpu")
    first = next(model.parameters())
    assert torch.equal(first, optimizer.state[first]["x"]), "fit leaves the weights that it evaluated"
    assert evaluate(model, few)[0] == pytest.approx(run.val_loss[-1])
    with pytest.raises(RuntimeError, match=r"call optimizer.train\(\) before the loss"):
        optimizer.step()
    optimizer.eval()
    optimizer.train()
    mixed = 0.1 * optimizer.state[first]["z"] + 0.9 * optimizer.state[first]["x"]
    assert torch.allclose(first, mixed)


def test_an_argument_that_the_rule_does_not_have():
    with pytest.raises(TypeError, match=r"^Lion takes lr, betas, weight_decay, got momentum$"):
        optimizers.Lion([torch.zeros(1, requires_grad=True)], momentum=0.9)
