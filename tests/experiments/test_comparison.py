"""Comparisons hold all fixed but the schedule and the optimizer."""

import numpy as np
import pytest
import torch
from torch import nn

from lrlab import data, train
from lrlab.experiments import Comparison, Recipe, compare, paired
from lrlab.models import CNN, MLP
from lrlab.schedules import Constant, InverseTimeDecay, ReduceOnPlateau
from lrlab.train import History

SCHEDULES = {"constant": Constant(0.1), "decay": InverseTimeDecay(0.1, decay=0.5)}


@pytest.fixture(scope="module")
def few():
    return data.load("digits", max_train=200, max_val=60)


@pytest.fixture(scope="module")
def result(few):
    return compare(SCHEDULES, few, seeds=(3, 1), epochs=2, progress=False, device="cpu")


def test_every_schedule_with_every_seed(result):
    assert result.labels == ("constant", "decay")
    assert result.seeds == (3, 1)
    for label, schedule in SCHEDULES.items():
        assert len(result.histories[label]) == 2
        for run in result.histories[label]:
            assert run.label == label
            assert run.lr.tolist() == schedule.curve(8).tolist()


def test_weights_and_order_are_those_of_the_seed(result):
    constant, decay = result.histories["constant"], result.histories["decay"]
    for i in range(2):
        assert constant[i].loss[0] == decay[i].loss[0]  # same weights, same batch
        # The first update used the same rate, so the second loss agrees too, and only then do the runs part.
        assert constant[i].loss[1] == decay[i].loss[1]
        assert constant[i].loss[-1] != decay[i].loss[-1]
    assert constant[0].loss[0] != constant[1].loss[0]


def test_a_run_is_what_fit_alone_gives(result, few):
    model = MLP(1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = SCHEDULES["decay"].attach(optimizer)
    alone = train.fit(model, few, optimizer, scheduler=scheduler, seed=1, epochs=2, progress=False, device="cpu")
    assert result.histories["decay"][1].loss.tolist() == alone.loss.tolist()


def test_one_schedule_twice_gives_the_same_twice(few):
    twins = compare({"a": Constant(0.1), "b": Constant(0.1)}, few, seeds=[0], progress=False, momentum=0.9)
    assert twins.histories["a"][0].loss.tolist() == twins.histories["b"][0].loss.tolist()


def test_a_fresh_model_and_optimizer_for_each_run(few):
    models, optimizers = [], []

    def model(seed):
        models.append((seed, MLP(seed, hidden=4)))
        return models[-1][1]

    class Watched(torch.optim.SGD):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            optimizers.append(self)

    compare(SCHEDULES, few, seeds=(0, 7), model=model, optimizer=Watched, progress=False, momentum=0.5)
    assert [seed for seed, _ in models] == [0, 0, 7, 7]
    assert len({id(network) for _, network in models}) == 4
    assert len({id(optimizer) for optimizer in optimizers}) == 4
    assert {optimizer.param_groups[0]["momentum"] for optimizer in optimizers} == {0.5}
    for (_, network), optimizer in zip(models, optimizers, strict=True):
        assert optimizer.param_groups[0]["params"][0] is next(network.parameters())


def test_final_and_difference(result):
    accuracy = result.final("decay")
    assert accuracy.tolist() == [run.val_accuracy[-1] for run in result.histories["decay"]]
    loss = result.final("decay", "val_loss") - result.final("constant", "val_loss")
    assert result.difference("decay", "constant", "val_loss").tolist() == loss.tolist()


def test_repr_is_a_table(result):
    ran, title, head, constant, decay = repr(result).splitlines()
    assert ran == "MLP, SGD, batches of 64, 2 epochs"
    assert title == "2 seeds: mean ± standard deviation; paired differences: mean [95 % confidence interval]"
    assert head.endswith("val. loss − that of constant")
    assert decay.endswith(f"  {result.paired('decay', 'constant', 'val_loss')}")
    for line, label in ((constant, "constant"), (decay, "decay")):
        loss, accuracy = result.final(label, "val_loss"), 100 * result.final(label)
        assert line.startswith(label)
        assert f"{loss.mean():.4f} ± {loss.std(ddof=1):.4f}" in line
        assert f"{accuracy.mean():.2f} ± {accuracy.std(ddof=1):.2f} %" in line


def test_one_seed_has_no_spread_to_report(few):
    one = compare({"constant": Constant(0.1)}, few, seeds=[0], progress=False)
    line = repr(one).splitlines()[3]
    assert f"{one.final('constant', 'val_loss')[0]:.4f}" in line
    assert "±" not in line


def test_diverged_runs_are_reported(few):
    schedules = {"constant": Constant(0.1), "far too high": Constant(1e30)}
    result = compare(schedules, few, seeds=(0, 1), epochs=2, progress=False)
    assert np.isnan(result.final("far too high")).all()
    assert np.isnan(result.difference("far too high", "constant")).all()
    assert np.isfinite(result.final("constant")).all()
    line = repr(result).splitlines()[4]
    assert line.startswith("far too high")
    assert line.endswith("2 of 2 diverged")
    assert "diverged" not in repr(result).splitlines()[3]


@pytest.mark.parametrize(
    ("schedules", "seeds", "sentence"),
    [
        ({}, [0], r"schedules must have at least one schedule, got none"),
        (SCHEDULES, [], r"seeds must be at least one, each once, got \(\)"),
        (SCHEDULES, [1, 1], r"seeds must be at least one, each once, got \(1, 1\)"),
        (SCHEDULES, [-1], r"seeds must be a whole number >= 0 of at most 63 bits, got -1"),
        (SCHEDULES, [0.5], r"seeds must be a whole number >= 0 of at most 63 bits, got 0.5"),
    ],
)
def test_wrong_arguments(few, schedules, seeds, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        compare(schedules, few, seeds=seeds, progress=False)


def test_other_models_and_optimizers(few):
    tiny = compare(SCHEDULES, few, seeds=[0], model=CNN, optimizer=torch.optim.Adam, progress=False)
    assert isinstance(tiny, Comparison)
    plain = compare(
        SCHEDULES, few, seeds=[0], model=lambda seed: nn.Sequential(nn.Flatten(), MLP(seed)), progress=False
    )
    assert np.isfinite(plain.final("decay")).all()


# ---- paired differences


def made(**finals):
    """A comparison whose runs ended at these validation losses; NaN for one that diverged."""

    def run(loss):
        one = np.array([loss])
        return History(one, one, one, one, one, one, seconds=0.0, diverged=bool(np.isnan(loss)))

    seeds = tuple(range(len(next(iter(finals.values())))))
    return Comparison(seeds, {label: tuple(map(run, losses)) for label, losses in finals.items()})


def test_paired_is_the_t_test_of_the_differences():
    a, b = [0.5, 0.6, 0.4, 0.7], [0.45, 0.5, 0.38, 0.6]
    found = made(a=a, b=b).paired("b", "a", "val_loss")
    from scipy import stats  # takes longer to load than all of this package

    expected = stats.ttest_rel(b, a)
    assert found.mean == pytest.approx(np.subtract(b, a).mean())
    assert found.p == pytest.approx(expected.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval(0.95)))
    assert found.pairs == 4
    assert str(found) == f"{found.mean:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"


def test_paired_leaves_out_seeds_that_diverged():
    found = made(a=[0.5, 0.6, 0.4], b=[0.4, np.nan, 0.1]).paired("b", "a", "val_loss")
    assert found.pairs == 2
    assert found.mean == pytest.approx(-0.2)


def test_paired_of_bare_differences_is_the_same():
    a, b = [0.5, 0.6, 0.4, np.nan], [0.45, 0.5, 0.38, 0.6]
    assert paired(np.subtract(b, a)) == made(a=a, b=b).paired("b", "a", "val_loss")
    low, high = paired([-0.2, 0.1, 0.3])[1:3]
    assert low < 0 < high, "three seeds that don't agree settle nothing"


@pytest.mark.parametrize(
    ("b", "pairs", "shown"), [([np.nan, np.nan], 0, "–"), ([0.25, np.nan], 1, "-0.2500"), ([0.25, 0.25], 2, "-0.2500")]
)
def test_too_little_to_test(b, pairs, shown):
    found = made(a=[0.5, 0.5], b=b).paired("b", "a", "val_loss")
    assert found.pairs == pairs
    assert np.isnan(found.p)
    assert str(found) == shown


# ---- several optimizers, and a plateau


def test_schedules_times_optimizers(few):
    recipes = {
        "SGD": Recipe(torch.optim.SGD, lr=0.1, arguments={"momentum": 0.9}),
        "Adam": Recipe(torch.optim.Adam, 1e-3),
    }
    shapes = {"constant": Constant(1), "decay": InverseTimeDecay(1, decay=0.5)}
    result = compare(shapes, few, seeds=[0], optimizer=recipes, progress=False, device="cpu")
    assert result.labels == ("SGD, constant", "SGD, decay", "Adam, constant", "Adam, decay")
    np.testing.assert_allclose(result.histories["Adam, decay"][0].lr, 1e-3 * shapes["decay"].curve(4), rtol=1e-15)
    one = compare({"x": InverseTimeDecay(0.1, decay=0.5)}, few, seeds=[0], momentum=0.9, progress=False, device="cpu")
    np.testing.assert_allclose(result.histories["SGD, decay"][0].loss, one.histories["x"][0].loss, rtol=1e-6)


def test_a_plateau_follows_the_validation_loss(few):
    plateau = ReduceOnPlateau(0.1, patience=0, threshold=0.9)  # the loss does not fall to a tenth: a drop every epoch
    run = compare({"plateau": plateau}, few, seeds=[0], epochs=3, progress=False).histories["plateau"][0]
    assert run.lr[::4].tolist() == plateau(run.val_loss).tolist() == pytest.approx([0.1, 0.1, 0.01])


def test_wrong_recipes(few):
    with pytest.raises(ValueError, match=r"^lr must be a finite number > 0, got 0$"):
        Recipe(torch.optim.SGD, lr=0)
    sentence = r"^optimizer must be recipes that hold their own arguments, at least one, got "
    for recipes, arguments in (({}, {}), ({"SGD": Recipe()}, {"momentum": 0.9})):
        with pytest.raises(ValueError, match=sentence):
            compare(SCHEDULES, few, seeds=[0], optimizer=recipes, progress=False, **arguments)


def test_labels_that_are_the_same_once_joined_are_refused(few):
    recipes = {"a, b": Recipe(lr=0.1), "a": Recipe(lr=0.2)}
    with pytest.raises(ValueError, match=r"^schedules and optimizer must have labels .* got 'a, b, c' twice$"):
        compare({"c": Constant(1), "b, c": Constant(1)}, few, seeds=[0], optimizer=recipes, progress=False)


@pytest.mark.parametrize("schedules", [[Constant(1)], Constant(1), {"a": 0.5}, 0.5])
def test_what_is_no_mapping_of_schedules(few, schedules):
    with pytest.raises(ValueError, match=r"^schedules must be schedules by their labels, got "):
        compare(schedules, few, seeds=[0], progress=False)
