"""Descents: gradient descent by hand, torch's optimizers, divergence, noise; and what the lecture says of them."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples

from lrlab.landscapes import Bowl, ManyMinima, Ravine, Rosenbrock, ValleyWithWell, descend
from lrlab.schedules import Constant, Cosine, CosineWarmRestarts, ExponentialDecay, SnapshotCosine, Step

PROPERTY = settings(derandomize=True, deadline=None, database=None, max_examples=examples(15))
LANDSCAPES = [Bowl(3), ValleyWithWell(), Ravine(), Rosenbrock(), ManyMinima()]
each = pytest.mark.parametrize("f", LANDSCAPES, ids=lambda f: type(f).__name__)


# ---- gradient descent


def exactly(x, lr, gradient):
    """``x - lr * gradient``, rounded once: torch adds and multiplies in one operation where the machine can."""
    step = Fraction(lr) * Fraction(float(gradient))
    return float(Fraction(float(x)) - step)


@each
def test_plain_gradient_descent_is_the_recursion_by_hand(f):
    # A rate that is a power of two makes the product exact, so one rounding or two give the same bits.
    lr = 2.0**-9
    run = descend(f, schedule=lr, steps=50)
    x = np.asarray(f.start, dtype=float)
    assert run.positions[0].tolist() == x.tolist()
    for n in range(50):
        assert run.loss[n] == f(x)
        x = x - lr * f.gradient(x)
        assert run.positions[n + 1].tolist() == x.tolist()
    assert run.lr.tolist() == [lr] * 50
    assert not run.diverged


@each
def test_any_rate_is_the_recursion_up_to_the_last_bit(f):
    schedule = ExponentialDecay(0.0013, decay=0.05)
    run = descend(f, schedule=schedule, steps=50)
    assert run.lr.tolist() == schedule.curve(50).tolist()
    for n in range(50):
        before, after = np.atleast_1d(run.positions[n]), np.atleast_1d(run.positions[n + 1])
        for x, gradient, found in zip(before, np.atleast_1d(f.gradient(run.positions[n])), after, strict=True):
            assert found in (exactly(x, schedule(n), gradient), x - schedule(n) * gradient)


def test_shapes():
    for f in LANDSCAPES:
        run = descend(f, schedule=1e-4, steps=7)
        assert run.positions.shape == ((8,) if f.dim == 1 else (8, 2))
        assert run.loss.shape == (8,)
        assert run.lr.shape == (7,)
        assert {a.dtype for a in (run.positions, run.loss, run.lr)} == {np.dtype(np.float64)}
        np.testing.assert_allclose(run.loss, f(run.positions), rtol=1e-13)


def test_the_edge_of_stability():
    for c in (0.5, 1, 40):
        f = Bowl(c)

        def far(part, f=f, c=c):
            return np.abs(descend(f, schedule=part * 2 / c, steps=200, start=1.0).positions)

        assert far(0.5)[1] < 1e-15  # 1/c: there in one step
        assert far(0.99)[-1] == pytest.approx(0.98**200, rel=1e-9)
        np.testing.assert_allclose(far(1.0), 1, rtol=1e-12)  # 2/c: from side to side for ever
        assert far(1.01)[-1] == pytest.approx(1.02**200, rel=1e-9)


def test_the_steep_direction_sets_the_edge_in_a_ravine():
    for angle in (0, 30):
        f = Ravine(1, 20, angle=angle)
        assert descend(f, schedule=0.099, steps=400).loss[-1] < 1e-6
        assert descend(f, schedule=0.101, steps=400).loss[-1] > 1e4


def test_adam_minds_a_turned_ravine():
    loss = {
        a: descend(Ravine(1, 400, angle=a), schedule=0.1, steps=60, optimizer=torch.optim.Adam).loss[-1]
        for a in (0, 45)
    }
    assert loss[45] > 2 * loss[0]


# ---- optimizers and schedules of torch


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("SGD", {"momentum": 0.9}),
        ("SGD", {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
        ("Adam", {}),
        ("AdamW", {"betas": (0.8, 0.99), "amsgrad": True}),
        ("Adagrad", {}),
        ("Adadelta", {}),
        ("RMSprop", {"centered": True}),
        ("NAdam", {}),
        ("RAdam", {}),
        ("Adamax", {}),
        ("Rprop", {}),
        ("LBFGS", {"max_iter": 3}),
    ],
)
def test_any_optimizer_walks_as_with_autograd(name, arguments):
    schedule = Step(0.02, step_size=10, gamma=0.5)
    run = descend(Rosenbrock(b=5), schedule=schedule, steps=30, optimizer=getattr(torch.optim, name), **arguments)

    place = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = getattr(torch.optim, name)([place], lr=0.02, **arguments)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10, gamma=0.5)

    def closure():
        optimizer.zero_grad()
        loss = (1 - place[0]) ** 2 + 5 * (place[1] - place[0] ** 2) ** 2
        loss.backward()
        return loss

    expected = [place.detach().numpy().copy()]
    for _ in range(30):
        optimizer.step(closure)
        scheduler.step()
        expected.append(place.detach().numpy().copy())
    np.testing.assert_allclose(run.positions, expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(run.lr, schedule.curve(30), rtol=1e-14)


def test_a_number_is_a_constant_schedule():
    a, b = (descend(Ravine(), schedule=s, steps=20) for s in (0.05, Constant(0.05)))
    assert a.positions.tolist() == b.positions.tolist()


def test_a_schedule_is_used_from_its_step_0():
    assert descend(Bowl(), schedule=Step(1.0, step_size=1, gamma=0.5), steps=3).lr.tolist() == [1, 0.5, 0.25]


# ---- divergence


def test_a_run_that_diverges_is_cut_before_what_is_not_finite():
    for f, lr in ((Bowl(), 1e100), (Ravine(), 1e60), (Rosenbrock(), 0.1)):
        run = descend(f, schedule=lr, steps=500)
        assert run.diverged
        assert 0 < len(run.lr) < 500
        assert len(run.positions) == len(run.loss) == len(run.lr) + 1
        assert np.isfinite(run.positions).all()
        assert np.isfinite(run.loss).all()
        assert repr(run) == f"Descent({len(run.lr)} update{'s' if len(run.lr) > 1 else ''}, diverged)"


def test_a_first_update_that_diverges_leaves_the_start():
    run = descend(Bowl(), schedule=1e300, steps=5, start=2.0)
    assert (run.positions.tolist(), run.loss.tolist(), run.lr.tolist()) == ([2.0], [2.0], [])
    assert run.diverged


def test_overflow_gives_no_warning(recwarn):
    descend(Rosenbrock(), schedule=0.1, steps=100)
    assert [str(w.message) for w in recwarn] == []


# ---- noise


@PROPERTY
@given(seed=st.integers(0, 2**40), noise=st.floats(0.01, 5))
def test_noise_is_seeded(seed, noise):
    a, b, other = (
        descend(ManyMinima(), schedule=0.1, steps=10, noise=noise, seed=s).positions.tolist()
        for s in (seed, seed, seed + 1)
    )
    assert a == b
    assert a != other


def test_without_noise_the_seed_makes_no_difference_nor_does_global_state():
    a = descend(ManyMinima(), schedule=0.1, steps=10, seed=0)
    b = descend(ManyMinima(), schedule=0.1, steps=10, seed=9)
    assert a.positions.tolist() == b.positions.tolist()
    state, numpy_state = torch.random.get_rng_state(), np.random.get_state()[1].tolist()  # noqa: NPY002
    descend(ManyMinima(), schedule=0.1, steps=10, noise=1)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert np.random.get_state()[1].tolist() == numpy_state  # noqa: NPY002


def test_noise_has_its_standard_deviation_on_each_parameter():
    f = Ravine(1e-9, 1e-9)  # flat: what moves is the noise
    moves = np.diff(descend(f, schedule=1.0, steps=2000, noise=0.3).positions, axis=0)
    np.testing.assert_allclose(moves.std(axis=0), 0.3, rtol=0.05)
    np.testing.assert_allclose(moves.mean(axis=0), 0, atol=0.03)
    assert abs(np.corrcoef(moves.T)[0, 1]) < 0.05


def test_the_loss_is_that_of_the_landscape_without_noise():
    run = descend(Ravine(), schedule=0.01, steps=10, noise=3)
    np.testing.assert_allclose(run.loss, Ravine()(run.positions), rtol=1e-13)


# ---- the result


def test_steps_to():
    run = descend(Bowl(), schedule=0.5, steps=5, start=4.0)
    assert run.loss.tolist() == [8, 2, 0.5, 0.125, 0.03125, 0.0078125]
    assert run.steps_to(10) == 0
    assert run.steps_to(2) == 2  # below, not at
    assert type(run.steps_to(0.4)) is int
    assert run.steps_to(0.001) is None


def test_repr_is_one_line():
    assert repr(descend(Bowl(), schedule=0.5, steps=5, start=4.0)) == "Descent(5 updates, loss 8 → 0.007812)"
    assert repr(descend(Bowl(), schedule=1, steps=1, start=4.0)) == "Descent(1 update, loss 8 → 0)"


def test_start():
    assert descend(Bowl(), schedule=0.1, steps=1).positions[0] == 2.0
    assert descend(Ravine(), schedule=0.1, steps=1, start=(1, 2)).positions[0].tolist() == [1, 2]
    start = np.array([1.0, 2.0])
    descend(Ravine(), schedule=0.01, steps=5, start=start)
    assert start.tolist() == [1, 2]  # not walked on in place


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"schedule": 0}, r"schedule must be a Schedule or a finite number > 0, got 0"),
        ({"schedule": "cosine"}, r"schedule must be a Schedule or a finite number > 0, got 'cosine'"),
        ({"steps": 0}, r"steps must be a whole number >= 1, got 0"),
        ({"noise": -1}, r"noise must be a finite number >= 0, got -1"),
        ({"seed": -1}, r"seed must be a whole number >= 0 of at most 63 bits, got -1"),
        ({"start": [1, 2]}, r"start must be a finite number with a finite loss, got \[1, 2\]"),
        ({"start": np.nan}, r"start must be a finite number with a finite loss, got nan"),
        ({"start": 1e300}, r"start must be a finite number with a finite loss, got 1e\+300"),
        ({"start": "x"}, r"start must be a finite number with a finite loss, got 'x'"),
        ({"landscape": Ravine(), "start": 1.0}, r"start must be two finite numbers with a finite loss, got 1.0"),
        ({"landscape": Ravine(), "start": [1, 2, 3]}, r"start must be two finite numbers .*, got \[1, 2, 3\]"),
        ({"lr": 0.1}, r"lr must be left to schedule, got 0.1"),
        ({"landscape": "bowl"}, r"landscape must be a Landscape, got 'bowl'"),
    ],
)
def test_wrong_arguments(arguments, sentence):
    arguments = {"landscape": Bowl(), "schedule": 0.1, "steps": 3} | arguments
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        descend(arguments.pop("landscape"), **arguments)


def test_an_optimizer_that_is_built_already():
    built = torch.optim.SGD([torch.zeros(1, requires_grad=True)])
    with pytest.raises(ValueError, match=r"^optimizer must be a class of torch.optim, got an object, SGD\(…\)$"):
        descend(Bowl(), schedule=0.1, steps=3, optimizer=built)


# ---- what the lecture says


STEPS = 80
STARTS = [-3, -2.6, -2.1, -1.7, 1.6, 2, 2.4, 3]


def in_the_well(schedule, steps=STEPS):
    f = ValleyWithWell()
    return [descend(f, schedule=schedule, steps=steps, start=start) for start in STARTS]


@pytest.mark.slow
@pytest.mark.parametrize("steps", [60, 80, 100])
def test_traverse_quickly_then_explore_the_deeper_but_narrower_part(steps):
    f = ValleyWithWell()
    deep = f(f.minima[0])
    high = in_the_well(0.5, steps)
    low = in_the_well(0.005, steps)
    decay = in_the_well(ExponentialDecay(0.5, decay=np.log(100) / steps), steps)
    for run in high:  # at the valley's floor within five steps, and then above the well, mostly not in it
        assert np.abs(run.positions[:6]).min() < 0.7
        assert run.loss[-20:].mean() > 0.5 * deep
    for run in low:  # still on the side that it came from
        assert run.positions[-1] / run.positions[0] > 0.5
        assert run.loss[-1] > 0
    for run in decay:
        assert np.abs(run.positions[:6]).min() < 0.7
        assert run.loss[-1] == pytest.approx(deep, abs=0.01)


def test_no_constant_rate_does_both():
    f = ValleyWithWell()
    starts = np.array([*np.linspace(-3, -1.5, 31), *np.linspace(1.5, 3, 31)])
    lrs = np.geomspace(0.001, 1.99, 300)[:, None]
    x = np.tile(starts, (300, 1))
    for _ in range(STEPS):
        x = x - lrs * f.gradient(x)
    assert (f(x) < 0.8 * f(f.minima[0])).mean(axis=1).max() <= 0.5


@pytest.mark.slow
def test_one_cosine_settles_and_warm_restarts_visit_several_minima():
    """The lecture's figure 1."""
    f = ManyMinima()
    restarts = SnapshotCosine(2.5, updates=200, cycles=8)
    assert restarts.curve(200).tolist() == CosineWarmRestarts(2.5, T_0=25).curve(200).tolist()
    ends = np.array(restarts.ends)
    visited = []
    for seed in range(8):
        one = descend(f, schedule=Cosine(2.5, T_max=200), steps=200, noise=0.3, seed=seed)
        last = f.nearest_minimum(one.positions[-40:])
        assert len(set(last.tolist())) == 1
        assert np.linalg.norm(one.positions[-1] - f.minima[last[-1]]) < 0.1

        run = descend(f, schedule=restarts, steps=200, noise=0.3, seed=seed)
        found = f.nearest_minimum(run.positions[ends])
        apart = np.linalg.norm(run.positions[ends] - f.minima[found], axis=1)
        visited.append(len(set(found[apart < 0.3].tolist())))  # a cycle may end on its way: that is no visit
    assert min(visited) >= 3
    assert 4.5 < np.mean(visited) < 6.5
