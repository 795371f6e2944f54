"""Landscapes: gradients against autograd, minima, shapes, and what a schedule has to do on each."""

import copy
import doctest
import pickle
from dataclasses import FrozenInstanceError, dataclass, fields

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples

from lrlab import landscapes
from lrlab._validation import Positive
from lrlab.landscapes import Bowl, Landscape, ManyMinima, Ravine, Ripples, Rosenbrock, ValleyWithWell
from lrlab.landscapes.base import Curve, Surface

PROPERTY = settings(derandomize=True, deadline=None, database=None, max_examples=examples(60))
ALL = [
    Bowl(3),
    ValleyWithWell(),
    ValleyWithWell(curvature=0.5, depth=1, width=0.1, at=-5),
    Ripples(),
    Ravine(),
    Ravine(0.5, 50, angle=30),
    Rosenbrock(),
    ManyMinima(),
]
every = pytest.mark.parametrize("f", ALL, ids=repr)


def box(f):
    return np.reshape(f.bounds, (-1, 2))


def inside(f, count, seed=0):
    """Random points within the bounds, shape ``(count,)`` or ``(count, 2)``."""
    points = np.random.default_rng(seed).uniform(*box(f).T, size=(count, f.dim))
    return points[:, 0] if f.dim == 1 else points


def test_every_landscape_is_tested_here():
    exported = {getattr(landscapes, name) for name in landscapes.__all__}
    found = {thing for thing in exported if isinstance(thing, type) and issubclass(thing, Landscape)}
    assert {type(f) for f in ALL} == found - {Landscape}


def test_the_example_in_the_docstring():
    assert doctest.testmod(landscapes) == (0, 3)


# ---- what every landscape promises


@every
class TestEveryLandscape:
    def test_the_gradient_is_that_of_the_loss(self, f):
        x = inside(f, 500)
        for axis in range(f.dim):
            step = 1e-6 * (np.eye(f.dim)[axis] if f.dim == 2 else 1)
            slope = (f(x + step) - f(x - step)) / 2e-6
            found = f.gradient(x) if f.dim == 1 else f.gradient(x)[:, axis]
            np.testing.assert_allclose(found, slope, rtol=1e-6, atol=1e-6 * np.abs(slope).max())

    def test_shapes_and_types(self, f):
        point = inside(f, 1)[0]
        assert type(f(point)) is float
        one = f.gradient(point)
        assert type(one) is float if f.dim == 1 else one.shape == (2,)
        part = () if f.dim == 1 else (2,)
        for shape in ((3,), (2, 3), (0,), (2, 0, 3)):
            x = np.ones(shape + part, dtype=np.float32)
            assert f(x).shape == shape
            assert f.gradient(x).shape == x.shape
            assert f(x).dtype == f.gradient(x).dtype == np.float64
            assert f.nearest_minimum(x).shape == shape

    def test_one_point_and_many_agree(self, f):
        x = inside(f, 20)
        np.testing.assert_allclose(f(x), [f(point) for point in x], rtol=1e-13)
        np.testing.assert_allclose(f.gradient(x), [f.gradient(point) for point in x], rtol=1e-13)
        assert f.nearest_minimum(x).tolist() == [f.nearest_minimum(point) for point in x]

    def test_minima_are_minima_the_deepest_first(self, f):
        minima = f.minima
        assert minima.shape == ((len(minima),) if f.dim == 1 else (len(minima), 2))
        assert np.abs(f.gradient(minima)).max() < 1e-11
        assert (np.diff(f(minima)) >= -1e-12).all()
        around = np.random.default_rng(0).normal(size=(200, 1, f.dim)) * 1e-3
        assert (f(minima + (around[..., 0] if f.dim == 1 else around)) > f(minima)).all()

    def test_no_deeper_place_within_the_bounds(self, f):
        x = inside(f, 20_000)
        assert f(x).min() >= f(f.minima[0])

    def test_start_and_minima_lie_within_the_bounds(self, f):
        low, high = box(f).T
        for points in (np.reshape(f.start, (1, f.dim)), f.minima.reshape(-1, f.dim)):
            assert (points >= low).all()
            assert (points <= high).all()
        assert f(f.start) > f(f.minima[0]) + 0.1

    def test_what_it_hands_out_cannot_change_it(self, f):
        before = f.minima.tolist(), np.array(f.start).tolist()
        for handed in (f.minima, f.start):
            if isinstance(handed, np.ndarray) and handed.flags.writeable:
                handed += 1
        assert (f.minima.tolist(), np.array(f.start).tolist()) == before

    def test_nearest_minimum(self, f):
        assert f.nearest_minimum(f.minima).tolist() == list(range(len(f.minima)))
        assert type(f.nearest_minimum(f.minima[0])) is int

    def test_repr_pickle_equality(self, f):
        assert eval(repr(f), vars(landscapes)) == f
        for twin in (pickle.loads(pickle.dumps(f)), copy.deepcopy(f)):
            assert twin == f
            assert hash(twin) == hash(f)
        assert [other == f for other in ALL].count(True) == 1

    def test_frozen(self, f):
        with pytest.raises(FrozenInstanceError):
            setattr(f, fields(f)[0].name, 1.0)

    def test_latex_has_formula_and_values(self, f):
        shown = f._repr_latex_()
        assert f.latex in shown
        assert set(f.symbols) == {field.name for field in fields(f)}
        assert f"{f.symbols[fields(f)[0].name]} = {getattr(f, fields(f)[0].name):g}" in shown

    def test_wrong_points(self, f):
        words = r"a number or an array of them" if f.dim == 1 else r"numbers in the shape \(..., 2\)"
        for call in (f, f.gradient, f.nearest_minimum):
            with pytest.raises(ValueError, match=rf"^x must be {words}, got 'x'$"):
                call("x")
        if f.dim == 2:
            with pytest.raises(ValueError, match=r"^x must be numbers in the shape \(..., 2\), got shape \(2, 3\)$"):
                f.gradient(np.zeros((2, 3)))
            with pytest.raises(ValueError, match=r"^x must be numbers in the shape \(..., 2\), got shape \(\)$"):
                f(1.0)


# ---- gradients against torch's autograd, for any parameters

number = st.floats(-4, 4, allow_subnormal=False)
positive = st.floats(0.05, 20)
WRITTEN = {  # each formula a second time, in torch
    Bowl: lambda f, x: f.curvature / 2 * x[0] ** 2,
    ValleyWithWell: lambda f, x: (
        f.curvature / 2 * x[0] ** 2 - f.depth * torch.exp(-((x[0] - f.at) ** 2) / (2 * f.width**2))
    ),
    Ripples: lambda f, x: (
        f.curvature / 2 * (x[0] - f.centre) ** 2 + f.ripple / 2 * (1 - torch.cos(2 * torch.pi * x[0] / f.period))
    ),
    Ravine: lambda f, x: (
        lambda u: (f.flat * u.real**2 + f.steep * u.imag**2) / 2  # turning is a product of complex numbers
    )(torch.complex(x[0], x[1]) * torch.exp(torch.tensor(-1j * np.deg2rad(f.angle), dtype=torch.complex128))),
    Rosenbrock: lambda f, x: (1 - x[0]) ** 2 + f.b * (x[1] - x[0] ** 2) ** 2,
    ManyMinima: lambda f, x: sum(
        f.curvature / 2 * (z - m) ** 2 + f.ripple / 2 * (1 - torch.cos(2 * torch.pi * z / f.period))
        for z, m in ((x[0], f.centre_x), (x[1], f.centre_y))
    ),
}
ANY = st.one_of(
    st.builds(Bowl, positive),
    st.builds(ValleyWithWell, curvature=positive, depth=positive, width=positive, at=number),
    st.builds(Ripples, curvature=positive, ripple=positive, period=positive, centre=number),
    st.builds(Ravine, positive, positive, angle=st.floats(-360, 360)),
    st.builds(Rosenbrock, positive),
    st.builds(ManyMinima, curvature=positive, ripple=positive, period=positive, centre_x=number, centre_y=number),
)


@settings(PROPERTY, max_examples=examples(300))
@given(f=ANY, place=st.tuples(number, number))
def test_loss_and_gradient_against_autograd(f, place):
    place = place[: f.dim]
    x = torch.tensor(place, dtype=torch.float64, requires_grad=True)
    loss = WRITTEN[type(f)](f, x)
    loss.backward()
    point = place[0] if f.dim == 1 else place
    scale = 1 + max(map(abs, np.array([f.start]).ravel())) ** 2 * 1e3
    assert f(point) == pytest.approx(loss.item(), rel=1e-11, abs=1e-14 * scale)
    np.testing.assert_allclose(np.ravel(f.gradient(point)), x.grad.numpy(), rtol=1e-10, atol=1e-13 * scale)


@PROPERTY
@given(f=ANY)
def test_minima_for_any_parameters(f):
    minima = f.minima
    assert len(minima) >= 1
    apart = 1e-4 * getattr(f, "width", getattr(f, "period", 1.0))
    assert f(minima[0]) <= f(np.asarray(f.start))
    for moved in apart * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]]):
        assert (f(minima + (moved.sum() if f.dim == 1 else moved)) >= f(minima)).all()


# ---- each of them


def test_numbers_by_hand():
    assert Bowl(4)(0.5) == 0.5
    assert Bowl(4).gradient(0.5) == 2
    assert Ravine(2, 20)([3, 1]) == 19
    assert Ravine(2, 20).gradient([3, 1]).tolist() == [6, 20]
    np.testing.assert_allclose(Ravine(2, 20, angle=90).gradient([-1, 3]), [-20, 6], rtol=1e-14)
    assert Rosenbrock()([-1.2, 1]) == pytest.approx(24.2, rel=1e-14)  # the textbook's value at the textbook's start
    assert Rosenbrock().start.tolist() == [-1.2, 1]
    assert Rosenbrock()(Rosenbrock().minima[0]) == 0


def curvature(f, x, axis=0, step=1e-4):
    move = step * (np.eye(2)[axis] if f.dim == 2 else 1)
    change = np.asarray(f.gradient(x + move) - f.gradient(x - move)) / (2 * step)
    return float(change if f.dim == 1 else change[axis])


def test_the_curvatures_that_the_docstrings_name():
    well = ValleyWithWell()
    assert well.depth / well.width**2 == pytest.approx(67, abs=0.5)
    assert curvature(well, well.minima[0]) == pytest.approx(67, rel=0.03)
    assert 2 / curvature(well, well.minima[0]) == pytest.approx(0.03, rel=0.03)
    assert 2 / curvature(Ripples(), Ripples().minima[0]) == pytest.approx(0.4, rel=0.05)
    walls = np.linalg.eigvalsh([[802, -400], [-400, 200]])  # Rosenbrock's Hessian at (1, 1)
    assert curvature(Rosenbrock(), np.ones(2)) == pytest.approx(802, rel=1e-4)
    assert curvature(Rosenbrock(), np.ones(2), axis=1) == pytest.approx(200, rel=1e-4)
    assert walls == pytest.approx([0.4, 1000], rel=0.01)


def test_the_well_is_the_deepest_place_and_off_the_valleys_bottom():
    f = ValleyWithWell()
    assert f.minima == pytest.approx([f.at], abs=0.01)
    assert f(f.minima[0]) == pytest.approx(-1.42, abs=0.01)


@pytest.mark.parametrize("at", [2, -2, 8, -8])
def test_a_well_far_from_the_bottom_leaves_a_second_minimum_there(at):
    f = ValleyWithWell(at=at, depth=3)
    assert sorted(f.minima, key=abs) == pytest.approx([0, at], abs=0.1)
    assert (np.diff(f(f.minima)) > 0).all()


def test_no_two_of_the_many_minima_are_equally_deep():
    f = ManyMinima()
    assert len(f.minima) == 36
    assert np.diff(f(f.minima)).min() > 1e-4
    assert f.nearest_minimum([[0, 0], [2, 0]]).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: Bowl(0), r"curvature must be a finite number > 0, got 0"),
        (lambda: ValleyWithWell(width=-1), r"width must be a finite number > 0, got -1"),
        (lambda: ValleyWithWell(at=np.nan), r"at must be a finite number, got nan"),
        (lambda: Ravine(1, "x"), r"steep must be a finite number > 0, got 'x'"),
        (lambda: Ravine(angle=np.inf), r"angle must be a finite number, got inf"),
        (lambda: ManyMinima(centre_y=None), r"centre_y must be a finite number, got None"),
    ],
    ids=["curvature", "width", "at", "steep", "angle", "centre"],
)
def test_wrong_arguments(build, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        build()


# ---- a new one


@dataclass(frozen=True)
class Quartic(Curve):
    """f(x) = k x⁴: ten lines are enough."""

    steepness: Positive = 1.0
    latex = "f(x) = k x^4"
    minima, start, bounds = np.zeros(1), 1.0, (-2.0, 2.0)

    def height(self, x):
        return self.steepness * x**4

    def slope(self, x):
        return 4 * self.steepness * x**3


def test_a_new_landscape_is_ten_lines():
    f = Quartic(2)
    assert f([1, 2]).tolist() == [2, 32]
    assert f.gradient(1) == 8
    assert landscapes.descend(f, schedule=0.05, steps=50).loss[-1] < 0.01


@pytest.mark.parametrize("kind", [Curve, Surface])
def test_a_landscape_without_its_formula_says_so(kind):
    @dataclass(frozen=True)
    class Nothing(kind):
        pass

    point = np.zeros(kind.dim) if kind.dim == 2 else 0.0
    variables = {1: r"\(x\)", 2: r"\(x, y\)"}[kind.dim]
    with pytest.raises(NotImplementedError, match=rf"^Nothing does not say its formula: define height{variables}$"):
        Nothing()(point)
    with pytest.raises(NotImplementedError, match=rf"^Nothing does not say its derivatives?: define slope{variables}$"):
        Nothing().gradient(point)
    for name in ("minima", "start", "bounds"):
        with pytest.raises(NotImplementedError, match=rf"^Nothing does not say (its|a) {name}$"):
            getattr(Nothing(), name)
