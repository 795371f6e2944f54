"""Right and wrong answers to the exercises of this unit, written as different people would write them."""

import copy
import math
from collections import deque

import numpy as np
import torch
from torch.nn import functional

from lrlab import adaptive
from lrlab.units import Corpus

corpus = Corpus()
right, wrong = corpus.right, corpus.wrong


@right("nesterov_step")
def torch_names(param, grad, state, lr=0.001, momentum=0.9):
    buf = grad.clone()
    if "momentum_buffer" in state:
        buf.add_(state["momentum_buffer"], alpha=momentum)
    return param - lr * grad.add(buf, alpha=momentum), {"momentum_buffer": buf}


@right("nesterov_step")
def in_place_on_copies(param, grad, state, lr=0.001, momentum=0.9):
    param, state = param.clone(), copy.deepcopy(state)
    if not state:
        state["b"] = torch.zeros(param.shape)
    state["b"].mul_(momentum).add_(grad)
    param.sub_(lr * (grad + momentum * state["b"]))
    return param, state


@right("nesterov_step")
def keeps_all_gradients(param, grad, state, **hyper):
    lr, mu = hyper.get("lr", 0.001), hyper.get("momentum", 0.9)
    past = deque([*state.get("past", []), grad])
    print("step", len(past))
    buffer = sum(mu**k * g for k, g in enumerate(reversed(past)))
    return (param - lr * (grad + mu * buffer), {"past": past})


@right("nesterov_step")
def as_numpy(param, grad, state, *, lr=0.001, momentum=0.9):
    b = momentum * state.get("b", 0.0) + grad.numpy()
    return param.numpy() - lr * grad.numpy() - lr * momentum * b, {"b": b}


@right("nesterov_step")
def state_is_a_tuple(param, grad, state, lr=0.001, momentum=0.9):
    (b,) = state or (0.0,)
    b = grad + b * momentum
    return [param - lr * (grad + b * momentum), (b,)]


@wrong("nesterov_step", "classical momentum")
def without_nesterov(param, grad, state, lr=0.001, momentum=0.9):
    b = momentum * state.get("b", 0) + grad
    return param - lr * b, {"b": b}


@wrong("nesterov_step", "new gradient damped")
def dampened(param, grad, state, lr=0.001, momentum=0.9):
    b = momentum * state.get("b", 0) + (1 - momentum) * grad
    return param - lr * (grad + momentum * b), {"b": b}


@wrong("nesterov_step", "lr in the buffer")
def sutskever(param, grad, state, lr=0.001, momentum=0.9):
    v = momentum * state.get("v", torch.zeros_like(param)) - lr * grad
    return param + momentum * v - lr * grad, {"v": v}


@wrong("nesterov_step", "changes param")
def subtracts_in_place(param, grad, state, lr=0.001, momentum=0.9):
    b = momentum * state.get("b", 0) + grad
    param -= lr * (grad + momentum * b)
    return param, {"b": b}


@wrong("nesterov_step", "changes the state")
def writes_into_the_state(param, grad, state, lr=0.001, momentum=0.9):
    state["b"] = momentum * state.get("b", 0) + grad
    return param - lr * (grad + momentum * state["b"]), state


@wrong("nesterov_step", "changes the state")
def a_deque_grows(param, grad, state, lr=0.001, momentum=0.9):
    past = state["past"] if state else deque()
    past.append(grad.clone())
    buffer = sum(momentum ** (len(past) - 1 - i) * g for i, g in enumerate(past))
    return param - lr * (grad + momentum * buffer), {"past": past}


@wrong("nesterov_step", "state forgotten")
def forgets(param, grad, state, lr=0.001, momentum=0.9):
    return param - lr * (grad + momentum * grad), {"b": grad}


@wrong("nesterov_step", "keeps something outside")
def remembers_elsewhere(param, grad, state, lr=0.001, momentum=0.9, memory={}):  # noqa: B006
    memory["b"] = momentum * (memory["b"] if state else 0) + grad
    return param - lr * (grad + momentum * memory["b"]), {"step": 1}


@wrong("nesterov_step", "it should return two")
def param_only(param, grad, state, lr=0.001, momentum=0.9):
    return param - lr * (1 + momentum) * grad


@wrong("nesterov_step", "calls torch.optim")
def by_torch(param, grad, state, lr=0.001, momentum=0.9):
    weight = param.clone().requires_grad_()
    optimizer = torch.optim.SGD([weight], lr=lr, momentum=momentum, nesterov=True)
    if state:
        optimizer.load_state_dict(state)
    weight.grad = grad.clone()
    optimizer.step()
    return weight.detach(), copy.deepcopy(optimizer.state_dict())


@wrong("nesterov_step", "IndexError")
def one_axis_only(param, grad, state, lr=0.001, momentum=0.9):
    old = state.get("b", [0.0] * len(param))
    b = [momentum * float(o) + grad[i].item() for i, o in enumerate(old)] if grad.dim() == 1 else grad[len(grad)]
    return torch.tensor([p - lr * (g + momentum * s) for p, g, s in zip(param, grad, b, strict=True)]), {"b": b}


@right("adamw_step")
def torch_order(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    param = param * (1 - lr * weight_decay)
    step = state.get("step", 0) + 1
    m = torch.lerp(state.get("exp_avg", torch.zeros_like(grad)), grad, 1 - betas[0])
    v = betas[1] * state.get("exp_avg_sq", torch.zeros_like(grad)) + (1 - betas[1]) * grad * grad
    size = lr / (1 - betas[0] ** step)
    denominator = v.sqrt() / math.sqrt(1 - betas[1] ** step) + eps
    return param - size * m / denominator, {"step": step, "exp_avg": m, "exp_avg_sq": v}


@right("adamw_step")
def products_of_betas(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    b1, b2 = betas
    m, v, p1, p2 = state.get("s", (0.0, 0.0, 1.0, 1.0))
    m, v, p1, p2 = b1 * m + (1 - b1) * grad, b2 * v + (1 - b2) * grad**2, p1 * b1, p2 * b2
    step = (m / (1 - p1)) / ((v / (1 - p2)).sqrt() + eps) + weight_decay * param
    return param - lr * step, {"s": (m, v, p1, p2)}


@right("adamw_step")
def step_in_a_tensor(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    if not state:
        state = {
            "t": torch.tensor(0.0, dtype=torch.float64),
            "m": torch.zeros(grad.shape),
            "v": torch.zeros(grad.shape),
        }
    t = state["t"] + 1
    m = state["m"] * betas[0] + grad * (1 - betas[0])
    v = state["v"] * betas[1] + grad * grad * (1 - betas[1])
    m_hat, v_hat = m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)
    return param - lr * m_hat / (v_hat.sqrt() + eps) - lr * weight_decay * param, {"t": t, "m": m, "v": v}


@right("adamw_step")
def in_double(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    x, g, t = param.double(), grad.double(), state.get("t", 1)
    m = betas[0] * state.get("m", 0.0) + (1 - betas[0]) * g
    v = betas[1] * state.get("v", 0.0) + (1 - betas[1]) * g**2
    moved = lr * m / (1 - betas[0] ** t) / (torch.sqrt(v / (1 - betas[1] ** t)) + eps)
    return x * (1 - lr * weight_decay) - moved, dict(state, t=t + 1, m=m, v=v)


@wrong("adamw_step", "decay in the gradient")
def adams_own_decay(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    return torch_order(param, grad + weight_decay * param, state, lr=lr, betas=betas, eps=eps, weight_decay=0)


@wrong("adamw_step", "decay without lr")
def whole_decay(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    moved, after = torch_order(param, grad, state, lr=lr, betas=betas, eps=eps, weight_decay=0)
    return moved - weight_decay * param, after


@wrong("adamw_step", "decay after the step")
def decays_what_moved(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    moved, after = torch_order(param, grad, state, lr=lr, betas=betas, eps=eps, weight_decay=0)
    return moved * (1 - lr * weight_decay), after


@wrong("adamw_step", "no decay")
def adam(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    t = state.get("t", 0) + 1
    m = betas[0] * state.get("m", 0) + (1 - betas[0]) * grad
    v = betas[1] * state.get("v", 0) + (1 - betas[1]) * grad**2
    return param - lr * m / (1 - betas[0] ** t) / ((v / (1 - betas[1] ** t)) ** 0.5 + eps), {"t": t, "m": m, "v": v}


@wrong("adamw_step", "no bias correction")
def uncorrected(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    m = betas[0] * state.get("m", 0) + (1 - betas[0]) * grad
    v = betas[1] * state.get("v", 0) + (1 - betas[1]) * grad**2
    return (1 - lr * weight_decay) * param - lr * m / (v.sqrt() + eps), {"m": m, "v": v}


@wrong("adamw_step", "t is always 1")
def t_is_one(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    m = betas[0] * state.get("m", 0) + (1 - betas[0]) * grad
    v = betas[1] * state.get("v", 0) + (1 - betas[1]) * grad**2
    step = (m / (1 - betas[0])) / ((v / (1 - betas[1])).sqrt() + eps)
    return (1 - lr * weight_decay) * param - lr * step, {"m": m, "v": v}


@wrong("adamw_step", "ZeroDivisionError")
def t_from_zero(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    t = state.get("t", 0)
    m = betas[0] * state.get("m", 0) + (1 - betas[0]) * grad
    v = betas[1] * state.get("v", 0) + (1 - betas[1]) * grad**2
    scale = math.sqrt(1 - betas[1] ** t) / (1 - betas[0] ** t)
    return (1 - lr * weight_decay) * param - lr * scale * m / (v.sqrt() + eps), {"t": t + 1, "m": m, "v": v}


@wrong("adamw_step", "changes the state")
def counts_in_the_callers_state(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    state["step"] = state.get("step", 0) + 1
    state = {**state, "step": state["step"] - 1}
    return torch_order(param, grad, state, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)


@wrong("adamw_step", "calls lrlab.adaptive")
def by_lrlab(param, grad, state, **hyper):
    return adaptive.adamw_step(param, grad, state, **hyper)


@right("lion_step")
def as_in_the_paper(param, grad, state, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    m = state.get("exp_avg", torch.zeros_like(param))
    update = torch.sign(betas[0] * m + (1 - betas[0]) * grad) + weight_decay * param
    return param - lr * update, {"exp_avg": betas[1] * m + (1 - betas[1]) * grad}


@right("lion_step")
def decay_first_in_place(param, grad, state, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    m = state["m"].clone() if "m" in state else torch.zeros_like(grad)
    p = param.clone().mul_(1 - lr * weight_decay)
    p.add_(m.lerp(grad, 1 - betas[0]).sign_(), alpha=-lr)
    return p, {"m": m.lerp_(grad, 1 - betas[1])}


@right("lion_step")
def numpy_sign(param, grad, state, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    x, g, m = np.asarray(param, float), np.asarray(grad, float), state.get("m", 0.0)
    c = betas[0] * m + (1 - betas[0]) * g
    return x - lr * np.sign(c) - lr * weight_decay * x, {"m": betas[1] * m + (1 - betas[1]) * g}


@right("lion_step")
def comparisons(param, grad, state, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    first, second = betas
    m = state.get("m", 0 * grad)
    c = first * m + (1 - first) * grad
    sign = (c > 0).float() - (c < 0).float()
    return (1 - lr * weight_decay) * param - lr * sign, {"m": second * m + (1 - second) * grad}


@wrong("lion_step", "sign of the new m")
def one_momentum(param, grad, state, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    m = betas[1] * state.get("m", 0) + (1 - betas[1]) * grad
    return param - lr * (m.sign() + weight_decay * param), {"m": m}


@wrong("lion_step", "c kept as m")
def keeps_c(param, grad, state, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    c = betas[0] * state.get("c", 0) + (1 - betas[0]) * grad
    return param - lr * (c.sign() + weight_decay * param), {"c": c}


@wrong("lion_step", "sign of the gradient")
def sign_sgd(param, grad, state, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    return param - lr * (grad.sign() + weight_decay * param), {}


@wrong("lion_step", "no sign")
def just_momentum(param, grad, state, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    m = state.get("m", 0)
    c = betas[0] * m + (1 - betas[0]) * grad
    return param - lr * (c + weight_decay * param), {"m": betas[1] * m + (1 - betas[1]) * grad}


@wrong("lion_step", "betas swapped")
def swapped(param, grad, state, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    return as_in_the_paper(param, grad, state, lr=lr, betas=(betas[1], betas[0]), weight_decay=weight_decay)


@wrong("lion_step", "moves where c is 0")
def one_or_minus_one(param, grad, state, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    m = state.get("m", 0)
    c = betas[0] * m + (1 - betas[0]) * grad
    sign = torch.where(c > 0, 1.0, -1.0)
    return param - lr * (sign + weight_decay * param), {"m": betas[1] * m + (1 - betas[1]) * grad}


@wrong("lion_step", "decay without lr")
def shrinks_too_much(param, grad, state, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    moved, after = as_in_the_paper(param, grad, state, lr=lr, betas=betas)
    return moved - weight_decay * param, after


@wrong("lion_step", "changes grad")
def decays_the_gradient(param, grad, state, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    grad += weight_decay * param
    return as_in_the_paper(param, grad, state, lr=lr, betas=betas)


@right("radam_step")
def with_if(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    b1, b2 = betas
    t = state.get("t", 0) + 1
    m = b1 * state.get("m", 0) + (1 - b1) * grad
    v = b2 * state.get("v", 0) + (1 - b2) * grad**2
    after = {"t": t, "m": m, "v": v}
    rho_inf = 2 / (1 - b2) - 1
    rho = rho_inf - 2 * t * b2**t / (1 - b2**t)
    if rho <= 5:
        return param - lr * m / (1 - b1**t), after
    rect = math.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
    adapted = math.sqrt(1 - b2**t) / (v.sqrt() + eps)
    return param - lr * rect * adapted * m / (1 - b1**t), after


@right("radam_step")
def as_torch_writes_it(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    (b1, b2), step = betas, state.get("step", 0) + 1
    exp_avg = state.get("exp_avg", torch.zeros_like(param)).lerp(grad, 1 - b1)
    exp_avg_sq = state.get("exp_avg_sq", torch.zeros_like(param)).mul(b2).addcmul(grad, grad, value=1 - b2)
    correction1, correction2 = 1 - b1**step, 1 - b2**step
    rho_inf = 2 / (1 - b2) - 1
    rho_t = rho_inf - 2 * step * (b2**step) / correction2
    size = 1.0
    if rho_t > 5:
        rect = ((rho_t - 4) * (rho_t - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho_t)) ** 0.5
        size = rect * correction2**0.5 / exp_avg_sq.sqrt().add_(eps)
    new = param.sub(exp_avg / correction1 * lr * size)
    return new, {"step": step, "exp_avg": exp_avg, "exp_avg_sq": exp_avg_sq}


@right("radam_step")
def products(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    m, v, p1, p2, t = state.get("all", (0.0, 0.0, 1.0, 1.0, 0))
    m, v = betas[0] * m + (1 - betas[0]) * grad, betas[1] * v + (1 - betas[1]) * grad * grad
    p1, p2, t = p1 * betas[0], p2 * betas[1], t + 1
    most = (1 + betas[1]) / (1 - betas[1])
    now = most - 2 * t * p2 / (1 - p2)
    step = m / (1 - p1)
    if now > 5:
        step = step * ((now - 4) / (most - 4) * (now - 2) / (most - 2) * most / now * (1 - p2)) ** 0.5 / (v**0.5 + eps)
    return param - lr * step, {"all": (m, v, p1, p2, t)}


@right("radam_step")
def numpy_history(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    past = (*state.get("past", ()), grad.double().numpy())
    t, (b1, b2) = len(past), betas
    m = sum((1 - b1) * b1 ** (t - 1 - i) * g for i, g in enumerate(past)) / (1 - b1**t)
    v = sum((1 - b2) * b2 ** (t - 1 - i) * g**2 for i, g in enumerate(past))
    r_inf = 2 / (1 - b2) - 1
    r = r_inf - 2 * t * b2**t / (1 - b2**t)
    scale = 1
    if r > 5:
        scale = np.sqrt((r - 4) * (r - 2) * r_inf / ((r_inf - 4) * (r_inf - 2) * r))
        scale = scale * np.sqrt(1 - b2**t) / (np.sqrt(v) + eps)
    return param.double().numpy() - lr * scale * m, {"past": past}


@wrong("radam_step", "switches at 4")
def as_in_the_paper_radam(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    b1, b2 = betas
    t = state.get("t", 0) + 1
    m = b1 * state.get("m", 0) + (1 - b1) * grad
    v = b2 * state.get("v", 0) + (1 - b2) * grad**2
    rho_inf = 2 / (1 - b2) - 1
    rho = rho_inf - 2 * t * b2**t / (1 - b2**t)
    step = m / (1 - b1**t)
    if rho > 4:
        rect = math.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
        step = step * rect * math.sqrt(1 - b2**t) / (v.sqrt() + eps)
    return param - lr * step, {"t": t, "m": m, "v": v}


@wrong("radam_step", "plain Adam")
def just_adam(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    t = state.get("t", 0) + 1
    m = betas[0] * state.get("m", 0) + (1 - betas[0]) * grad
    v = betas[1] * state.get("v", 0) + (1 - betas[1]) * grad**2
    root = (v.sqrt() + eps) / (1 - betas[1] ** t) ** 0.5
    return param - lr * m / (1 - betas[0] ** t) / root, {"t": t, "m": m, "v": v}


@wrong("radam_step", "never switches")
def momentum_only(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    t = state.get("t", 0) + 1
    m = betas[0] * state.get("m", 0) + (1 - betas[0]) * grad
    return param - lr * m / (1 - betas[0] ** t), {"t": t, "m": m}


@wrong("radam_step", "math domain error")
def no_condition(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    t = state.get("t", 0) + 1
    m = betas[0] * state.get("m", 0) + (1 - betas[0]) * grad
    v = betas[1] * state.get("v", 0) + (1 - betas[1]) * grad**2
    most = 2 / (1 - betas[1]) - 1
    rho = most - 2 * t * betas[1] ** t / (1 - betas[1] ** t)
    r = math.sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho))
    root = (v.sqrt() + eps) / (1 - betas[1] ** t) ** 0.5
    return param - lr * r * m / (1 - betas[0] ** t) / root, {"t": t, "m": m, "v": v}


@wrong("radam_step", "r left out")
def switches_to_adam(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    t = state.get("t", 0) + 1
    m = betas[0] * state.get("m", 0) + (1 - betas[0]) * grad
    v = betas[1] * state.get("v", 0) + (1 - betas[1]) * grad**2
    rho = 2 / (1 - betas[1]) - 1 - 2 * t * betas[1] ** t / (1 - betas[1] ** t)
    root = (v.sqrt() + eps) / (1 - betas[1] ** t) ** 0.5 if rho > 5 else 1
    return param - lr * m / (1 - betas[0] ** t) / root, {"t": t, "m": m, "v": v}


@wrong("radam_step", "ρ from β₁")
def wrong_beta(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    b1, b2 = betas
    t = state.get("t", 0) + 1
    m = b1 * state.get("m", 0) + (1 - b1) * grad
    v = b2 * state.get("v", 0) + (1 - b2) * grad**2
    most = 2 / (1 - b1) - 1
    rho = most - 2 * t * b1**t / (1 - b1**t)
    step = m / (1 - b1**t)
    if rho > 5:
        r = ((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho)) ** 0.5
        step = r * step / (v.sqrt() + eps) * (1 - b2**t) ** 0.5
    return param - lr * step, {"t": t, "m": m, "v": v}


@wrong("radam_step", "calls torch.optim")
def torchs(param, grad, state, **hyper):
    weight = param.clone().requires_grad_()
    optimizer = torch.optim.RAdam([weight], **hyper)
    if state:
        optimizer.load_state_dict(state)
    weight.grad = grad.clone()
    optimizer.step()
    return weight.detach(), copy.deepcopy(optimizer.state_dict())


@right("step_length")
def table_of_formulas(method, n, g, lr, alpha):
    return {
        "SGD": lr * abs(g),
        "Adagrad": lr / math.sqrt(n),
        "RMSProp": lr / math.sqrt(1 - alpha**n),
        "Adam": lr,
    }[method]


@right("step_length")
def simulated(method, n, g, lr, alpha):
    total = mean = 0.0
    for _ in range(n):
        total += g * g
        mean = alpha * mean + (1 - alpha) * g * g
    if method == "SGD":
        return abs(lr * g)
    root = {"Adagrad": total, "RMSProp": mean, "Adam": g * g}[method] ** 0.5
    return abs(lr * g / root)


@right("step_length")
def by_hand_written_adam(method, n, g, lr, alpha):
    if method == "Adam":
        m = v = 0.0
        for _ in range(n):
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        return lr * abs(m / (1 - 0.9**n)) / np.sqrt(v / (1 - 0.999**n))
    if method == "RMSProp":
        weights = (1 - alpha) * alpha ** np.arange(n)
        return lr * abs(g) / np.sqrt(np.sum(weights * g**2))
    return lr * abs(g) if method == "SGD" else lr * n**-0.5


@right("step_length")
def in_torch(method, n, g, lr, alpha):
    g = torch.tensor(float(g), dtype=torch.float64)
    match method:
        case "SGD":
            return (lr * g).abs()
        case "Adagrad":
            return lr * g.abs() / g.repeat(n).norm()
        case "RMSProp":
            return lr / (1 - torch.tensor(alpha, dtype=torch.float64) ** n).sqrt()
    return lr * g.abs() / g.square().sqrt()


@wrong("step_length", "rate instead of step")
def effective_rate(method, n, g, lr, alpha):
    g = abs(g)
    rates = {"SGD": lr, "Adagrad": lr / (g * n**0.5), "RMSProp": lr / (g * (1 - alpha**n) ** 0.5), "Adam": lr / g}
    return rates[method]


@wrong("step_length", "direction kept")
def signed(method, n, g, lr, alpha):
    return math.copysign(1, g) * table_of_formulas(method, n, g, lr, alpha)


@wrong("step_length", "RMSProp settled from the start")
def settled(method, n, g, lr, alpha):
    return {"SGD": lr * abs(g), "Adagrad": lr / n**0.5}.get(method, lr)


@wrong("step_length", "Adam without correction")
def adam_starts_at_zero(method, n, g, lr, alpha):
    if method != "Adam":
        return table_of_formulas(method, n, g, lr, alpha)
    m = v = 0.0
    for _ in range(n):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
    return lr * abs(m) / v**0.5


@wrong("step_length", "Adagrad without its root")
def over_n(method, n, g, lr, alpha):
    return lr / n if method == "Adagrad" else table_of_formulas(method, n, g, lr, alpha)


@wrong("step_length", "size of the gradient kept")
def scaled(method, n, g, lr, alpha):
    return abs(g) * {"SGD": lr, "Adagrad": lr / n**0.5, "RMSProp": lr / (1 - alpha**n) ** 0.5, "Adam": lr}[method]


@wrong("step_length", "calls lrlab.adaptive")
def walks_with_lrlab(method, n, g, lr, alpha):
    if method == "SGD":
        return lr * abs(g)
    w, state = 0.0, None
    rule = {"Adagrad": adaptive.adagrad_step, "RMSProp": adaptive.rmsprop_step, "Adam": adaptive.adam_step}[method]
    for _ in range(n):
        before = w
        w, state = rule(w, g, state, lr=lr)
    return abs(w - before)


@right("compare_rates")
def new_optimizer_in_the_loop(model, batches, lrs):
    start = copy.deepcopy(model.state_dict())
    runs = []
    for lr in lrs:
        model.load_state_dict(start)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        losses = []
        for inputs, targets in batches:
            loss = functional.mse_loss(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        runs.append(losses)
    return runs


@right("compare_rates")
def state_put_back(model, batches, lrs):
    optimizer = torch.optim.Adam(model.parameters())
    start, memory = copy.deepcopy(model.state_dict()), copy.deepcopy(optimizer.state_dict())
    runs = []
    for lr in lrs:
        model.load_state_dict(start)
        optimizer.load_state_dict(copy.deepcopy(memory))
        optimizer.param_groups[0]["lr"] = lr
        runs.append([])
        for inputs, targets in batches:
            optimizer.zero_grad()
            loss = functional.mse_loss(model(inputs), targets)
            loss.backward()
            runs[-1].append(float(loss))
            optimizer.step()
    return runs


@right("compare_rates")
def memory_cleared(model, batches, lrs):
    start = [p.detach().clone() for p in model.parameters()]
    optimizer = torch.optim.Adam(model.parameters())
    runs = torch.zeros(len(lrs), len(batches), dtype=torch.float64)
    for i, lr in enumerate(lrs):
        with torch.no_grad():
            for p, s in zip(model.parameters(), start, strict=True):
                p.copy_(s)
        optimizer.state.clear()
        optimizer.param_groups[0]["lr"] = lr
        for j, (inputs, targets) in enumerate(batches):
            loss = functional.mse_loss(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            runs[i, j] = loss.detach()
    return runs


@right("compare_rates")
def a_copy_for_each_run(model, batches, lrs):
    def run(lr):
        own = copy.deepcopy(model)
        optimizer = torch.optim.Adam(own.parameters(), lr=lr)
        for inputs, targets in batches:
            loss = ((own(inputs) - targets) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            yield loss.item()

    return tuple(list(run(lr)) for lr in lrs)


@wrong("compare_rates", "shared optimizer")
def as_it_was(model, batches, lrs):
    start = copy.deepcopy(model.state_dict())
    optimizer = torch.optim.Adam(model.parameters())
    runs = []
    for lr in lrs:
        model.load_state_dict(start)
        for group in optimizer.param_groups:
            group["lr"] = lr
        losses = []
        for inputs, targets in batches:
            loss = functional.mse_loss(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        runs.append(losses)
    return runs


@wrong("compare_rates", "weights not put back")
def only_the_optimizer(model, batches, lrs):
    start, runs = model.state_dict(), []
    for lr in lrs:
        model.load_state_dict(start)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        runs.append([])
        for inputs, targets in batches:
            loss = functional.mse_loss(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            runs[-1].append(loss.item())
    return runs


@wrong("compare_rates", "new optimizer for each batch")
def too_often(model, batches, lrs):
    start, runs = copy.deepcopy(model.state_dict()), []
    for lr in lrs:
        model.load_state_dict(start)
        runs.append([])
        for inputs, targets in batches:
            optimizer = torch.optim.Adam(model.parameters(), lr=lr)
            loss = functional.mse_loss(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            runs[-1].append(loss.item())
    return runs


@wrong("compare_rates", "lr not used")
def default_rate(model, batches, lrs):
    start, runs = copy.deepcopy(model.state_dict()), []
    for _ in lrs:
        model.load_state_dict(start)
        optimizer = torch.optim.Adam(model.parameters())
        runs.append([])
        for inputs, targets in batches:
            loss = functional.mse_loss(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            runs[-1].append(loss.item())
    return runs


@wrong("compare_rates", "last run only")
def returns_losses(model, batches, lrs):
    start = copy.deepcopy(model.state_dict())
    for lr in lrs:
        model.load_state_dict(start)
        optimizer, losses = torch.optim.Adam(model.parameters(), lr=lr), []
        for inputs, targets in batches:
            loss = functional.mse_loss(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@wrong("compare_rates", "returns nothing (None)")
def no_return(model, batches, lrs):
    for lr in lrs:
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        for inputs, targets in batches:
            loss = functional.mse_loss(model(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.


@wrong("nesterov_step", "classical momentum")
def ahead_with_the_old_buffer(param, grad, state, lr=0.001, momentum=0.9):
    old = state.get("b", 0)
    b = momentum * old + grad
    return param - lr * (grad + momentum * old), {"b": b}


@wrong("adamw_step", "t one too low, not corrected at 0")
def counted_from_0(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    b1, b2 = betas
    t = state.get("t", 0)
    m = b1 * state.get("m", 0) + (1 - b1) * grad
    v = b2 * state.get("v", 0) + (1 - b2) * grad**2
    if t > 0:
        mh, vh = m / (1 - b1**t), v / (1 - b2**t)
    else:
        mh, vh = m, v
    return (1 - lr * weight_decay) * param - lr * mh / (vh.sqrt() + eps), {"t": t + 1, "m": m, "v": v}


@wrong("radam_step", "v begins at the switch")
def mean_of_squares_begins_late(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    b1, b2 = betas
    t = state.get("t", 0) + 1
    m = b1 * state.get("m", 0) + (1 - b1) * grad
    v = state.get("v", torch.zeros_like(grad))
    m_hat = m / (1 - b1**t)
    rho_inf = 2 / (1 - b2) - 1
    rho = rho_inf - 2 * t * b2**t / (1 - b2**t)
    if rho <= 5:
        step = m_hat
    else:
        v = b2 * v + (1 - b2) * grad * grad
        r = math.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
        step = r * m_hat * math.sqrt(1 - b2**t) / (v.sqrt() + eps)
    return param - lr * step, {"t": t, "m": m, "v": v}


@right("nesterov_step")
def all_gradients(param, grad, state, lr=0.001, momentum=0.9):
    grads = [*list(state.get("grads", [])), grad.clone()]
    k = len(grads)
    b = sum(momentum ** (k - 1 - i) * g for i, g in enumerate(grads))
    return param - lr * (grad + momentum * b), {"grads": grads}


@right("step_length")
def simulated_all(method, n, g, lr, alpha):
    total = v = m = vv = 0.0
    b1, b2 = 0.9, 0.999
    for t in range(1, n + 1):
        total += g * g
        v = alpha * v + (1 - alpha) * g * g
        m = b1 * m + (1 - b1) * g
        vv = b2 * vv + (1 - b2) * g * g
        if method == "SGD":
            step = lr * g
        elif method == "Adagrad":
            step = lr * g / total**0.5
        elif method == "RMSProp":
            step = lr * g / v**0.5
        else:
            step = lr * (m / (1 - b1**t)) / (vv / (1 - b2**t)) ** 0.5
    return abs(step)


@right("lion_step")
def numpy_signs(param, grad, state, lr=0.0001, betas=(0.9, 0.99), weight_decay=0.0):
    g = grad.numpy()
    m = state.get("m", np.zeros_like(g))
    c = betas[0] * m + (1 - betas[0]) * g
    step = np.sign(c) + weight_decay * param.numpy()
    return param - lr * torch.from_numpy(step), {"m": betas[1] * m + (1 - betas[1]) * g}


@right("radam_step")
def weighted_history(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    past = [*state.get("past", []), grad.clone()]
    b1, b2 = betas
    t = len(past)
    m = sum((1 - b1) * b1 ** (t - 1 - i) * g for i, g in enumerate(past))
    v = sum((1 - b2) * b2 ** (t - 1 - i) * g**2 for i, g in enumerate(past))
    inf = 2 / (1 - b2) - 1
    rho = inf - 2 * t * b2**t / (1 - b2**t)
    step = m / (1 - b1**t)
    if rho > 5:
        r = ((rho - 4) * (rho - 2) * inf / (inf - 4) / (inf - 2) / rho) ** 0.5
        step = step * r * (1 - b2**t) ** 0.5 / (v**0.5 + eps)
    return param - lr * step, {"past": past}


EQUIVALENT_MUTANTS = {
    "lion_step: 0.0 -> 0.0, column 77 of "
    "`def lion_step(param, grad, state, lr=0.0001, betas=(0.9, 0.99), weight_decay=0.0):`": "twice 0 is 0",
    "radam_step: Gt -> GtE, column 7 of `if rho > 5:`": "for no betas and t of the cases is rho exactly 5",
}


@wrong("lion_step", "c of the new m")
def blends_from_the_new_m(param, grad, state, lr=0.0001, betas=(0.9, 0.99), weight_decay=0.0):
    beta1, beta2 = betas
    m = beta2 * state.get("m", torch.zeros_like(param)) + (1 - beta2) * grad
    c = beta1 * m + (1 - beta1) * grad
    return param - lr * (torch.sign(c) + weight_decay * param), {"m": m}


@right("adamw_step")
def by_lerp(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
    t, zero = state.get("t", 0) + 1, torch.zeros_like(grad)
    m = torch.lerp(grad, state.get("m", zero), betas[0])
    v = torch.lerp(grad.square(), state.get("v", zero), betas[1])
    step = m / (1 - betas[0] ** t) / ((v / (1 - betas[1] ** t)).sqrt() + eps)
    return (1 - lr * weight_decay) * param - lr * step, {"t": t, "m": m, "v": v}


@wrong("step_length", "shares of RMSProp swapped")
def forgets_with_the_other_share(method, n, g, lr, alpha):
    squares = 0.0
    for _ in range(n):
        squares = (1 - alpha) * squares + alpha * g * g if method == "RMSProp" else squares + g * g
    return {"SGD": lr * abs(g), "Adam": lr}.get(method, lr * abs(g) / squares**0.5)


@wrong("radam_step", "divided by the correction")
def correction_below_the_line(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    b1, b2 = betas
    t = state.get("t", 0) + 1
    m = b1 * state.get("m", 0.0) + (1 - b1) * grad
    v = b2 * state.get("v", 0.0) + (1 - b2) * grad**2
    most = 2 / (1 - b2) - 1
    rho = most - 2 * t * b2**t / (1 - b2**t)
    step = lr * m / (1 - b1**t)
    if rho > 5:
        r = ((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho)) ** 0.5
        step = step * r / (1 - b2**t) ** 0.5 / (v**0.5 + eps)
    return param - step, {"t": t, "m": m, "v": v}


@wrong("nesterov_step", "old buffer ahead")
def old_buffer_ahead(param, grad, state, lr=0.001, momentum=0.9):
    old = state.get("buffer", torch.zeros_like(param))
    buffer = momentum * old + grad
    return param - lr * (buffer + momentum * old), {"buffer": buffer}


@wrong("compare_rates", "weights put back for each batch")
def another_models_parameters(model, batches, lrs):
    runs = []
    for lr in lrs:
        fresh = copy.deepcopy(model)
        optimizer = torch.optim.Adam(model.parameters(), lr=lr)
        losses = []
        for inputs, targets in batches:
            loss = functional.mse_loss(fresh(inputs), targets)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        runs.append(losses)
    return runs


@wrong("lion_step", "signs mixed into c")
def sign_of_the_gradient_in_c(param, grad, state, lr=0.0001, betas=(0.9, 0.99), weight_decay=0.0):
    m = state.get("m", torch.zeros_like(grad))
    c = betas[0] * m + (1 - betas[0]) * torch.sign(grad)
    return param - lr * (torch.sign(c) + weight_decay * param), {"m": betas[1] * m + (1 - betas[1]) * grad}
