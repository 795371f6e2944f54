"""Adaptive methods from their rules against torch's, on arrays and tensors, over hundreds of steps."""

import inspect
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from support.examples import examples

from lrlab.adaptive import adadelta_step, adagrad_step, adam_step, adamw_step, effective_lr, rmsprop_step

RATE, DECAY, SWITCH = st.floats(0, 1), st.just(0.0) | st.floats(0, 0.5), st.booleans()
EPS = st.sampled_from([1e-12, 1e-8, 1e-3])
BETA = st.just(0.0) | st.floats(0.01, 0.999)
BETAS = st.tuples(BETA, BETA)
COMMON = {"lr": RATE, "weight_decay": DECAY, "eps": EPS, "maximize": SWITCH}
RULES = {  # each with torch's class and what is drawn
    "Adagrad": (adagrad_step, {"lr_decay": DECAY, "initial_accumulator_value": DECAY}),
    "Adadelta": (adadelta_step, {"rho": st.floats(0, 1)}),
    # A variance that vanishes is all rounding: alpha near 0 or 1 with `centered` is tested apart.
    "RMSprop": (rmsprop_step, {"alpha": st.floats(0.5, 0.999), "momentum": DECAY, "centered": SWITCH}),
    "Adam": (adam_step, {"betas": BETAS, "amsgrad": SWITCH}),
    "AdamW": (adamw_step, {"betas": BETAS, "amsgrad": SWITCH}),
}
EVERY = pytest.mark.parametrize("name", RULES)


def torch_run(name, start, gradients, **options):
    """Torch's parameters and its state before the first step and after each."""
    param = torch.tensor(start, requires_grad=True)
    optimizer = getattr(torch.optim, name)([param], foreach=False, **options)
    path, states = [start], [None]
    for gradient in gradients:
        param.grad = torch.tensor(gradient)
        optimizer.step()
        path.append(param.detach().numpy().copy())
        states.append({key: value.numpy().copy() for key, value in optimizer.state[param].items()})
    return np.array(path), states


def our_run(rule, start, gradients, **options):
    """Our parameters before the first step and after each, and the last state."""
    param, state, path = start, None, [start]
    for gradient in gradients:
        param, state = rule(param, gradient, state, **options)
        path.append(param)
    return np.array(path), state


def drawn_gradients(seed, steps, shape=(7,)):
    """Coordinates of sizes from 1e-6 to 1e3, and one in ten of the gradients zero; a start."""
    rng = np.random.default_rng(seed)
    sizes = 10.0 ** rng.uniform(-6, 3, shape)
    return sizes * rng.normal(size=(steps, *shape)) * (rng.random((steps, *shape)) > 0.1), rng.normal(size=shape)


@pytest.mark.slow
@EVERY
def test_every_step_from_where_torch_stands(name):
    rule, special = RULES[name]

    @settings(max_examples=examples(25), derandomize=True, deadline=None, database=None)
    @given(options=st.fixed_dictionaries({}, optional=COMMON | special), seed=st.integers(0, 2**32 - 1))
    def run(options, seed):
        gradients, start = drawn_gradients(seed, 200)
        sizes = abs(gradients).max(axis=0)
        path, states = torch_run(name, start, gradients, **options)
        for i, gradient in enumerate(gradients):
            param, state = rule(path[i], gradient, states[i], **options)
            assert (abs(param - path[i + 1]) <= 1e-10 * abs(param) + 1e-14).all()  # numpy's own assertion is slow
            for key, value in state.items():
                # A mean of gradients may cancel, and keeps the rounding of what it was made of.
                mixed = 1e-14 * (sizes + abs(path[i])) if key in ("exp_avg", "grad_avg", "momentum_buffer") else 0.0
                assert (abs(value - states[i + 1][key]) <= 1e-10 * abs(value) + mixed).all(), key

    run()


@pytest.mark.slow
@EVERY
def test_a_whole_walk_beside_torchs(name):
    rule, special = RULES[name]
    # Weight decay feeds the parameter back into its gradient: at high rates that is chaos, which makes rounding large.
    walks = {key: drawn for key, drawn in (COMMON | special).items() if key != "weight_decay" or name == "AdamW"}

    @settings(max_examples=examples(25), derandomize=True, deadline=None, database=None)
    @given(options=st.fixed_dictionaries({}, optional=walks), seed=st.integers(0, 2**32 - 1))
    def run(options, seed):
        gradients, start = drawn_gradients(seed, 300)
        theirs, states = torch_run(name, start, gradients, **options)
        ours, state = our_run(rule, start, gradients, **options)
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-11)
        assert state.keys() == states[-1].keys()

    run()


@EVERY
def test_arguments_and_defaults_are_torchs(name):
    rule, _ = RULES[name]
    ours = {key: p.default for key, p in inspect.signature(rule).parameters.items() if p.kind is p.KEYWORD_ONLY}
    theirs = inspect.signature(getattr(torch.optim, name)).parameters
    assert ours == {key: theirs[key].default for key in ours}
    machinery = {"params", "foreach", "capturable", "differentiable", "fused", "decoupled_weight_decay"}
    assert set(ours) == set(theirs) - machinery


@EVERY
def test_tensors_walk_as_arrays_do(name):
    rule, _ = RULES[name]
    gradients, start = drawn_gradients(3, 20, (2, 3))
    options = {"amsgrad": True} if name.startswith("Adam") else {"centered": True} if name == "RMSprop" else {}
    array, array_state = our_run(rule, start, gradients, **options)
    tensor, tensor_state = torch.tensor(start), {}
    for gradient in torch.tensor(gradients):
        tensor, tensor_state = rule(tensor, gradient, tensor_state, **options)
    assert isinstance(tensor, torch.Tensor)
    assert tensor.dtype == torch.float64
    np.testing.assert_allclose(tensor.numpy(), array[-1], rtol=1e-12)
    assert tensor_state.keys() == array_state.keys()
    assert tensor_state["step"] == array_state["step"] == 20
    assert all(isinstance(value, torch.Tensor) for key, value in tensor_state.items() if key != "step")


@EVERY
def test_single_precision_stays_single(name):
    rule, _ = RULES[name]
    for one in (np.ones(3, dtype=np.float32), torch.ones(3)):
        param, state = rule(one, 2 * one)
        assert param.dtype == one.dtype
        assert all(value.dtype == one.dtype for key, value in state.items() if key != "step")


@EVERY
def test_nothing_passed_in_is_changed(name):
    rule, _ = RULES[name]
    gradients, start = drawn_gradients(1, 2)
    options = {"weight_decay": 0.1, "maximize": True}
    _, state = rule(start, gradients[0], **options)
    before = start.copy(), gradients[1].copy(), {key: np.copy(value) for key, value in state.items()}
    first = rule(start, gradients[1], state, **options)
    again = rule(start, gradients[1], state, **options)
    np.testing.assert_array_equal(start, before[0])
    np.testing.assert_array_equal(gradients[1], before[1])
    assert all(np.array_equal(state[key], before[2][key]) for key in before[2])
    np.testing.assert_array_equal(first[0], again[0])
    assert first[1] is not state


@EVERY
def test_a_number_is_a_parameter_too(name):
    rule, _ = RULES[name]
    number, state = rule(1.0, 0.5, {})
    array, _ = rule(np.array([1.0]), np.array([0.5]), None)
    assert isinstance(number, float)
    assert number == array[0]
    assert rule(number, 0.5, state)[0] < number < 1


# ---- what the docstrings say


def test_the_first_step_of_adam_is_lr_long_whatever_the_gradient():
    start = np.zeros(4)
    param, _ = adam_step(start, np.array([1e-4, 1.0, 1e4, -3.0]), lr=0.01)
    np.testing.assert_allclose(param, [-0.01, -0.01, -0.01, 0.01], rtol=1e-3)


def test_adagrad_decays_with_the_root_of_time():
    state = None
    for _ in range(100):
        _, state = adagrad_step(0.0, 3.0, state, lr=0.1)
    assert effective_lr(adagrad_step, state, lr=0.1) == pytest.approx(0.1 / math.sqrt(100 * 9))


def test_adamw_shrinks_what_the_gradient_leaves_alone():
    param = np.array([2.0])
    assert adamw_step(param, np.zeros(1), lr=0.1, weight_decay=0.5)[0] == pytest.approx(2 * (1 - 0.1 * 0.5))
    # In Adam the decay is a gradient like any other: the first step is lr long.
    assert adam_step(param, np.zeros(1), lr=0.1, weight_decay=0.5)[0] == pytest.approx(2 - 0.1)


def test_a_centered_variance_that_rounding_takes_below_zero_is_nan_as_in_torch():
    gradients = np.tile(np.random.default_rng(0).random(200), (100, 1))
    start, options = np.ones(200), {"centered": True, "alpha": 0.5}
    theirs, _ = torch_run("RMSprop", start, gradients, **options)
    with np.errstate(invalid="ignore"):
        ours, _ = our_run(rmsprop_step, start, gradients, **options)
    assert np.isnan(theirs).any()
    assert np.isnan(ours).any()


# ---- the rate of each coordinate


@pytest.mark.parametrize(
    ("rule", "options", "times"),
    [
        (adagrad_step, {"lr": 0.2, "lr_decay": 0.1, "initial_accumulator_value": 0.3}, None),
        (rmsprop_step, {"lr": 0.2, "alpha": 0.8}, None),
        (rmsprop_step, {"lr": 0.2, "alpha": 0.8, "centered": True}, None),
        (adam_step, {"lr": 0.2, "betas": (0.8, 0.9)}, "exp_avg"),
        (adam_step, {"amsgrad": True, "betas": (0.9, 0.5)}, "exp_avg"),
        (adamw_step, {"weight_decay": 0.0}, "exp_avg"),
    ],
    ids=["adagrad", "rmsprop", "rmsprop-centered", "adam", "adam-amsgrad", "adamw"],
)
def test_effective_lr_is_what_the_step_multiplied(rule, options, times):
    gradients, start = drawn_gradients(5, 30)
    gradients = gradients + 0.01
    path, state = our_run(rule, start, gradients, **options)
    told = {key: value for key, value in options.items() if key != "initial_accumulator_value"}
    rate = effective_lr(rule, state, **told)
    assert rate.shape == start.shape
    np.testing.assert_allclose(path[-2] - path[-1], rate * (state[times] if times else gradients[-1]), rtol=1e-6)


def test_effective_lr_says_what_it_needs():
    with pytest.raises(
        ValueError, match=r"^rule must be one of adagrad_step, rmsprop_step, adam_step, adamw_step, got "
    ):
        effective_lr(adadelta_step, {})
    with pytest.raises(ValueError, match=r"^state must be what adam_step returned, got \{\}$"):
        effective_lr(adam_step, {})
    with pytest.raises(ValueError, match=r"^eps must be a finite number >= 0, got -1$"):
        effective_lr(adam_step, adam_step(1.0, 1.0)[1], eps=-1)


# ---- wrong arguments


@EVERY
@pytest.mark.parametrize("argument", ["lr", "weight_decay", "eps"])
def test_no_negative_numbers(name, argument):
    rule, _ = RULES[name]
    with pytest.raises(ValueError, match=rf"^{argument} must be a finite number >= 0, got -0.1$"):
        rule(1.0, 1.0, **{argument: -0.1})
    with pytest.raises(ValueError, match=rf"Invalid .* {-0.1}$"):  # torch refuses the same
        getattr(torch.optim, name)([torch.ones(1, requires_grad=True)], **{argument: -0.1})


@pytest.mark.parametrize(
    ("rule", "arguments", "sentence"),
    [
        (adagrad_step, {"lr_decay": -1}, "lr_decay must be a finite number >= 0, got -1"),
        (adagrad_step, {"initial_accumulator_value": math.inf}, "initial_accumulator_value must be a .* got inf"),
        (adadelta_step, {"rho": 1.5}, "rho must be a number >= 0 and <= 1, got 1.5"),
        (rmsprop_step, {"alpha": -0.5}, "alpha must be a number >= 0 and <= 1, got -0.5"),
        (rmsprop_step, {"momentum": "much"}, "momentum must be a finite number >= 0, got 'much'"),
        (rmsprop_step, {"centered": 1}, "centered must be True or False, got 1"),
        (adam_step, {"betas": (0.9, 1.0)}, r"betas must be two numbers >= 0 and < 1, got \(0.9, 1.0\)"),
        (adam_step, {"betas": 0.9}, "betas must be two numbers >= 0 and < 1, got 0.9"),
        (adamw_step, {"betas": (0.9,)}, r"betas must be two numbers >= 0 and < 1, got \(0.9,\)"),
    ],
    ids=["lr_decay", "accumulator", "rho", "alpha", "momentum", "centered", "beta2", "one-number", "one-beta"],
)
def test_wrong_arguments(rule, arguments, sentence):
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        rule(1.0, 1.0, **arguments)


@EVERY
def test_a_gradient_of_another_shape(name):
    rule, _ = RULES[name]
    # Broadcasting would make a matrix of the parameters without a word.
    with pytest.raises(ValueError, match=r"^grad must have the shape of param, \(3, 1\), got \(3,\)$"):
        rule(np.ones((3, 1)), np.ones(3))
    with pytest.raises(ValueError, match=r"^grad must have the shape of param, \(2, 2\), got \(2,\)$"):
        rule(torch.ones(2, 2), torch.ones(2))
    with pytest.raises(TypeError, match="unexpected keyword argument 'nesterov'"):
        rule(1.0, 1.0, nesterov=True)


@EVERY
def test_on_cuda(name, cuda):
    rule, _ = RULES[name]
    gradients, start = drawn_gradients(3, 20)
    param, state = torch.tensor(start, device=cuda), None
    for gradient in torch.tensor(gradients, device=cuda):
        param, state = rule(param, gradient, state)
    np.testing.assert_allclose(param.cpu().numpy(), our_run(rule, start, gradients)[0][-1], rtol=1e-10)
