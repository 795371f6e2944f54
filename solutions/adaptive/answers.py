"""Right and wrong answers to the exercises of this unit, written as different people would write them."""

import copy
import math

import numpy as np
import torch

from lrlab import adaptive
from lrlab.grading.unit import Corpus

corpus = Corpus()
right, wrong = corpus.right, corpus.wrong


@right("adagrad_step")
def torch_names(param, grad, state, lr=0.01, eps=1e-10):
    state = {"sum": state.get("sum", torch.zeros_like(param)) + grad.square()}
    return param - lr * grad / (state["sum"].sqrt() + eps), state


@right("adagrad_step")
def in_place_on_copies(param, grad, state, lr=0.01, eps=1e-10):
    param, state = param.clone(), copy.deepcopy(state)
    if not state:
        state["total"] = torch.zeros(param.shape)
    state["total"].addcmul_(grad, grad)
    param.addcdiv_(grad, state["total"].sqrt().add_(eps), value=-lr)
    return param, state


@right("adagrad_step")
def keeps_all_gradients(param, grad, state, **hyper):
    lr, eps = hyper.get("lr", 0.01), hyper.get("eps", 1e-10)
    history = [*state.get("history", []), grad]
    print("step", len(history))
    return (param - lr * grad / (torch.stack(history).norm(dim=0) + eps), {"history": history})


@right("adagrad_step")
def coordinate_by_coordinate(param, grad, state, lr=0.01, eps=1e-10):
    old = state.get("sums", [0.0] * len(param))
    sums = [s + float(g) ** 2 for s, g in zip(old, grad, strict=True)]
    moved = [float(p) - lr * float(g) / (math.sqrt(s) + eps) for p, g, s in zip(param, grad, sums, strict=True)]
    return torch.tensor(moved), {"sums": sums}


@wrong("adagrad_step", "eps inside the root")
def eps_inside(param, grad, state, lr=0.01, eps=1e-10):
    total = state.get("sum", 0) + grad**2
    return param - lr * grad / torch.sqrt(total + eps), {"sum": total}


@wrong("adagrad_step", "changes param")
def subtracts_in_place(param, grad, state, lr=0.01, eps=1e-10):
    total = state.get("sum", 0) + grad**2
    param -= lr * grad / (total.sqrt() + eps)
    return param, {"sum": total}


@wrong("adagrad_step", "changes the state")
def writes_into_the_state(param, grad, state, lr=0.01, eps=1e-10):
    state["sum"] = state.get("sum", 0) + grad**2
    return param - lr * grad / (state["sum"].sqrt() + eps), state


@wrong("adagrad_step", "state forgotten")
def forgets(param, grad, state, lr=0.01, eps=1e-10):
    total = grad**2
    return param - lr * grad / (total.sqrt() + eps), {"sum": total}


@wrong("adagrad_step", "remembers something outside")
def remembers_elsewhere(param, grad, state, lr=0.01, eps=1e-10, memory={}):  # noqa: B006
    memory[len(param)] = memory.get(len(param), 0) + grad**2
    return param - lr * grad / (memory[len(param)].sqrt() + eps), {}


@wrong("adagrad_step", "a pair is due")
def param_only(param, grad, state, lr=0.01, eps=1e-10):
    return param - lr * grad / (grad.abs() + eps)


@wrong("adagrad_step", "calls torch.optim")
def by_torch(param, grad, state, lr=0.01, eps=1e-10):
    weight = param.clone().requires_grad_()
    optimizer = torch.optim.Adagrad([weight], lr=lr, eps=eps)
    if state:
        optimizer.load_state_dict(state)
    weight.grad = grad.clone()
    optimizer.step()
    return weight.detach(), copy.deepcopy(optimizer.state_dict())


@wrong("adagrad_step", "calls lrlab.adaptive")
def by_lrlab(param, grad, state, **hyper):
    return adaptive.adagrad_step(param, grad, state, **hyper)


@right("rmsprop_step")
def with_lerp(param, grad, state, lr=0.01, alpha=0.99, eps=1e-8):
    old = state["v"] if "v" in state else torch.zeros_like(param)
    v = torch.lerp(grad * grad, old, alpha)
    return param - lr * grad / (v.sqrt() + eps), dict(state, v=v)


@right("rmsprop_step")
def as_numpy(param, grad, state, *, lr=0.01, alpha=0.99, eps=1e-8):
    param, grad = param.numpy(), grad.numpy()
    v = np.zeros_like(param) if not state else state["v"]
    v = alpha * v + (1 - alpha) * grad**2
    return param - lr * grad / (np.sqrt(v) + eps), {"v": v}


@right("rmsprop_step")
def state_is_a_tuple(param, grad, state, lr=0.01, alpha=0.99, eps=1e-8):
    (v,) = state or (0.0,)
    v = v + (1 - alpha) * (grad.pow(2) - v)
    return [param - lr * grad / (v.sqrt() + eps), (v,)]


@wrong("rmsprop_step", "sum instead of mean")
def like_adagrad(param, grad, state, lr=0.01, alpha=0.99, eps=1e-8):
    v = state.get("v", 0) + grad**2
    return param - lr * grad / (v.sqrt() + eps), {"v": v}


@wrong("rmsprop_step", "shares swapped")
def swapped(param, grad, state, lr=0.01, alpha=0.99, eps=1e-8):
    v = (1 - alpha) * state.get("v", 0) + alpha * grad**2
    return param - lr * grad / (v.sqrt() + eps), {"v": v}


@wrong("rmsprop_step", "alpha 0.9")
def hintons_alpha(param, grad, state, lr=0.01, alpha=0.9, eps=1e-8):
    v = alpha * state.get("v", 0) + (1 - alpha) * grad**2
    return param - lr * grad / (v.sqrt() + eps), {"v": v}


@wrong("rmsprop_step", "starts at the first square")
def first_square(param, grad, state, lr=0.01, alpha=0.99, eps=1e-8):
    v = alpha * state.get("v", grad**2) + (1 - alpha) * grad**2
    return param - lr * grad / (v.sqrt() + eps), {"v": v}


@wrong("rmsprop_step", "changes the state")
def mul_(param, grad, state, lr=0.01, alpha=0.99, eps=1e-8):
    v = state.get("v", torch.zeros_like(param))
    v.mul_(alpha).addcmul_(grad, grad, value=1 - alpha)
    return param - lr * grad / (v.sqrt() + eps), {"v": v}


@right("adadelta_step")
def two_roots(param, grad, state, lr=1.0, rho=0.9, eps=1e-6):
    zero = torch.zeros_like(param)
    v = rho * state.get("square_avg", zero) + (1 - rho) * grad**2
    u = state.get("acc_delta", zero)
    delta = torch.sqrt(u + eps) / torch.sqrt(v + eps) * grad
    return param - lr * delta, {"square_avg": v, "acc_delta": rho * u + (1 - rho) * delta**2}


@right("adadelta_step")
def torch_in_place(param, grad, state, lr=1.0, rho=0.9, eps=1e-6):
    v, u = (t.clone() for t in state.get("both", (torch.zeros_like(param), torch.zeros_like(param))))
    v.mul_(rho).addcmul_(grad, grad, value=1 - rho)
    delta = u.add(eps).sqrt_().div_(v.add(eps).sqrt_()).mul_(grad)
    u.mul_(rho).addcmul_(delta, delta, value=1 - rho)
    return param.add(delta, alpha=-lr), {"both": (v, u)}


@right("adadelta_step")
def in_double(param, grad, state, lr=1.0, rho=0.9, eps=1e-6):
    x, g = param.numpy().astype(float), grad.numpy().astype(float)
    u, v = state.get("u", 0.0 * g), state.get("v", 0.0 * g)
    v = rho * v + (1 - rho) * g * g
    step = np.sqrt((u + eps) / (v + eps)) * g
    return torch.from_numpy(x - lr * step), {"u": rho * u + (1 - rho) * step * step, "v": v}


@wrong("adadelta_step", "eps outside the root")
def outside(param, grad, state, lr=1.0, rho=0.9, eps=1e-6):
    v = rho * state.get("v", torch.zeros_like(grad)) + (1 - rho) * grad**2
    u = state.get("u", torch.zeros_like(grad))
    delta = (u.sqrt() + eps) / (v.sqrt() + eps) * grad
    return param - lr * delta, {"v": v, "u": rho * u + (1 - rho) * delta**2}


@wrong("adadelta_step", "u before the step")
def u_first(param, grad, state, lr=1.0, rho=0.9, eps=1e-6):
    v = rho * state.get("v", torch.zeros_like(grad)) + (1 - rho) * grad**2
    u = state.get("u", torch.zeros_like(grad))
    delta = ((u + eps) / (v + eps)).sqrt() * grad
    u = rho * u + (1 - rho) * delta**2
    return param - lr * ((u + eps) / (v + eps)).sqrt() * grad, {"v": v, "u": u}


@wrong("adadelta_step", "lr in the memory")
def lr_remembered(param, grad, state, lr=1.0, rho=0.9, eps=1e-6):
    v = rho * state.get("v", 0) + (1 - rho) * grad**2
    u = state.get("u", 0)
    delta = lr * ((u + eps) / (v + eps)) ** 0.5 * grad
    return param - delta, {"v": v, "u": rho * u + (1 - rho) * delta**2}


@wrong("adadelta_step", "steps not remembered")
def no_memory(param, grad, state, lr=1.0, rho=0.9, eps=1e-6):
    v = rho * state.get("v", 0) + (1 - rho) * grad**2
    return param - lr * (eps / (v + eps)) ** 0.5 * grad, {"v": v}


@wrong("adadelta_step", "other default")
def low_default(param, grad, state, lr=0.01, rho=0.9, eps=1e-6):
    return torch_in_place(param, grad, state, lr=lr, rho=rho, eps=eps)


@right("adam_step")
def with_corrections(param, grad, state, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
    step = state.get("step", 0) + 1
    m = torch.lerp(state.get("exp_avg", torch.zeros_like(grad)), grad, 1 - betas[0])
    v = betas[1] * state.get("exp_avg_sq", torch.zeros_like(grad)) + (1 - betas[1]) * grad * grad
    size = lr / (1 - betas[0] ** step)
    denominator = v.sqrt() / math.sqrt(1 - betas[1] ** step) + eps
    return param - size * m / denominator, {"step": step, "exp_avg": m, "exp_avg_sq": v}


@right("adam_step")
def products_of_betas(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    b1, b2 = betas
    m, v, p1, p2 = state.get("s", (0.0, 0.0, 1.0, 1.0))
    m, v, p1, p2 = b1 * m + (1 - b1) * grad, b2 * v + (1 - b2) * grad**2, p1 * b1, p2 * b2
    return param - lr * (m / (1 - p1)) / ((v / (1 - p2)).sqrt() + eps), {"s": (m, v, p1, p2)}


@right("adam_step")
def step_in_a_tensor(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
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
    return param - lr * m_hat / (v_hat.sqrt() + eps), {"t": t, "m": m, "v": v}


@wrong("adam_step", "no bias correction")
def uncorrected(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    m = betas[0] * state.get("m", 0) + (1 - betas[0]) * grad
    v = betas[1] * state.get("v", 0) + (1 - betas[1]) * grad**2
    return param - lr * m / (v.sqrt() + eps), {"m": m, "v": v}


@wrong("adam_step", "t stands still")
def t_is_one(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    m = betas[0] * state.get("m", 0) + (1 - betas[0]) * grad
    v = betas[1] * state.get("v", 0) + (1 - betas[1]) * grad**2
    return param - lr * (m / (1 - betas[0])) / ((v / (1 - betas[1])).sqrt() + eps), {"m": m, "v": v}


@wrong("adam_step", "corrected values kept")
def keeps_corrected(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    t = state.get("t", 0) + 1
    m = (betas[0] * state.get("m", 0) + (1 - betas[0]) * grad) / (1 - betas[0] ** t)
    v = (betas[1] * state.get("v", 0) + (1 - betas[1]) * grad**2) / (1 - betas[1] ** t)
    return param - lr * m / (v.sqrt() + eps), {"t": t, "m": m, "v": v}


@wrong("adam_step", "eps inside the root")
def eps_in_root(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    t = state.get("t", 0) + 1
    m = betas[0] * state.get("m", 0) + (1 - betas[0]) * grad
    v = betas[1] * state.get("v", 0) + (1 - betas[1]) * grad**2
    m_hat, v_hat = m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)
    return param - lr * m_hat / (v_hat + eps).sqrt(), {"t": t, "m": m, "v": v}


@wrong("adam_step", "changes the state")
def counts_in_the_callers_state(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    state["step"] = state.get("step", 0) + 1
    return with_corrections(param, grad, {**state, "step": state["step"] - 1}, lr=lr, betas=betas, eps=eps)


@wrong("adam_step", "ZeroDivisionError")
def t_from_zero(param, grad, state, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
    t = state.get("t", 0)
    m = betas[0] * state.get("m", 0) + (1 - betas[0]) * grad
    v = betas[1] * state.get("v", 0) + (1 - betas[1]) * grad**2
    scale = math.sqrt(1 - betas[1] ** t) / (1 - betas[0] ** t)
    return param - lr * scale * m / (v.sqrt() + eps), {"t": t + 1, "m": m, "v": v}


@right("effective_lr")
def norm(grad_history, lr, eps):
    return lr / (np.linalg.norm(grad_history) + eps)


@right("effective_lr")
def math_sqrt(grad_history, lr, eps):
    return lr / (math.sqrt(sum(g**2 for g in grad_history)) + eps)


@right("effective_lr")
def tensor(grad_history, lr, eps):
    return lr / (torch.tensor(grad_history).square().sum().sqrt() + eps)


@right("effective_lr")
def for_arrays(grad_history, lr, eps):
    return lr / ((grad_history**2).sum() ** 0.5 + eps)


@wrong("effective_lr", "eps inside the root")
def sqrt_of_all(grad_history, lr, eps):
    return lr / math.sqrt(sum(g**2 for g in grad_history) + eps)


@wrong("effective_lr", "no root")
def squares(grad_history, lr, eps):
    return lr / (np.sum(np.square(grad_history)) + eps)


@wrong("effective_lr", "mean instead of sum")
def mean(grad_history, lr, eps):
    return lr / (np.sqrt(np.mean(np.square(grad_history))) + eps)


@wrong("effective_lr", "last gradient only")
def last(grad_history, lr, eps):
    return lr / (abs(grad_history[-1]) + eps)


@wrong("effective_lr", "absolute values")
def absolute(grad_history, lr, eps):
    return lr / (np.abs(grad_history).sum() + eps)


@wrong("effective_lr", "changes grad_history")
def squares_in_place(grad_history, lr, eps):
    for i in range(len(grad_history)):
        grad_history[i] *= grad_history[i]
    return lr / (sum(grad_history) ** 0.5 + eps)


# Mutants of the solutions that compute the same as the solution on all that the prompt allows, with the reason.
EQUIVALENT_MUTANTS = {}
