"""Optimizers of torch that take the steps of :mod:`lrlab.adaptive`, for methods that torch does not have.

>>> optimizer = ScheduleFreeAdamW(model.parameters(), lr=0.003)
>>> fit(model, digits, optimizer)

They work with schedulers, ``state_dict`` and the experiments, as torch's do. The rule's function has the arguments,
their defaults and the source. They are written to be read, and slower than the authors' own.
"""

from __future__ import annotations

from lrlab._extras import require

require("torch", "torch")

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn.utils import parameters_to_vector, vector_to_parameters
from torch.optim import Optimizer

from lrlab import adaptive

__all__ = ["ByRule", "Lion", "MuonAdamW", "Prodigy", "ScheduleFreeAdamW", "ScheduleFreeSGD"]


@cache
def _defaults(rule: Callable[..., Any]) -> dict[str, Any]:
    parameters = inspect.signature(rule).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is p.KEYWORD_ONLY}


class ByRule(Optimizer):
    """An optimizer that applies ``rule(param, grad, state, **arguments)`` to each parameter.

    Args:
        params: parameters or param groups, as for any optimizer. arguments: those of the rule.

    Raises:
        TypeError: an argument that the rule does not have.
        ValueError: at the first step, a value that breaks the rule's own rules.
    """

    rule: ClassVar[Callable[..., adaptive.Step]]

    def __init__(self, params: Any, **arguments: Any) -> None:
        defaults = self.arguments()
        if unknown := arguments.keys() - defaults.keys():
            raise TypeError(f"{type(self).__name__} takes {', '.join(defaults)}, got {', '.join(sorted(unknown))}")
        super().__init__(params, defaults | arguments)

    @classmethod
    def arguments(cls) -> dict[str, Any]:
        """Return what can be set, with its defaults."""
        return _defaults(cls.rule)

    def rule_for(self, param: Tensor) -> Callable[..., adaptive.Step]:
        """Return the rule that this parameter follows."""
        return type(self).rule

    @torch.no_grad()
    def step(self, closure: Any = None) -> Any:
        """Make one update; ``closure``, if given, evaluates the loss first, which is returned."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            self._update([param for param in group["params"] if param.grad is not None], group)
        return loss

    def _update(self, params: list[Tensor], group: dict[str, Any]) -> None:
        for param in params:
            rule = self.rule_for(param)
            options = {name: group[name] for name in _defaults(rule)}
            new, self.state[param] = rule(param, param.grad, self.state[param], **options)
            param.copy_(new)


class Lion(ByRule):
    """:func:`lrlab.adaptive.lion_step` for each parameter."""

    rule = staticmethod(adaptive.lion_step)


class MuonAdamW(ByRule):
    """:func:`lrlab.adaptive.muon_step` for matrices, and AdamW for all other parameters, at one learning rate.

    Unlike in ``torch.optim.Muon``, ``adjust_lr_fn`` is ``"match_rms_adamw"`` by default, so that one rate suits both.
    """

    rule = staticmethod(adaptive.muon_step)

    @classmethod
    def arguments(cls) -> dict[str, Any]:
        return _defaults(adaptive.adamw_step) | _defaults(cls.rule) | {"adjust_lr_fn": "match_rms_adamw"}

    def rule_for(self, param: Tensor) -> Callable[..., adaptive.Step]:
        return adaptive.muon_step if param.dim() == 2 else adaptive.adamw_step


class _ScheduleFree(ByRule):
    """The parameters are *y* while it trains, and the mean *x* after :meth:`eval`, which is what to evaluate and keep.

    :func:`lrlab.train.fit` calls both. ``step()`` goes on from *y* in either case.
    """

    def __init__(self, params: Any, **arguments: Any) -> None:
        super().__init__(params, **arguments)
        self._averaged = False

    def _beta(self, group: dict[str, Any]) -> float:
        raise NotImplementedError

    def eval(self) -> None:
        """Put the mean *x* into the parameters."""
        self._put(lambda state, _: state["x"])
        self._averaged = True

    def train(self) -> None:
        """Put *y* back, where the next gradient is taken."""
        if self._averaged:
            self._put(lambda state, beta: (1 - beta) * state["z"] + beta * state["x"])
        self._averaged = False

    @torch.no_grad()
    def _put(self, point: Callable[[dict[str, Any], float], Tensor]) -> None:
        for group in self.param_groups:
            for param in group["params"]:
                if "x" in self.state[param]:
                    param.copy_(point(self.state[param], self._beta(group)))

    def step(self, closure: Any = None) -> Any:
        if self._averaged:
            raise RuntimeError("the gradient must be taken in training mode: call optimizer.train() before the loss")
        return super().step(closure)


class ScheduleFreeSGD(_ScheduleFree):
    """:func:`lrlab.adaptive.schedule_free_sgd_step`; ``eval()`` before you evaluate, ``train()`` before you go on."""

    rule = staticmethod(adaptive.schedule_free_sgd_step)

    def _beta(self, group: dict[str, Any]) -> float:
        return float(group["momentum"])


class ScheduleFreeAdamW(_ScheduleFree):
    """:func:`lrlab.adaptive.schedule_free_adamw_step`; ``eval()`` and ``train()`` as for :class:`ScheduleFreeSGD`."""

    rule = staticmethod(adaptive.schedule_free_adamw_step)

    def _beta(self, group: dict[str, Any]) -> float:
        return float(group["betas"][0])


class Prodigy(ByRule):
    """:func:`lrlab.adaptive.prodigy_step`, all parameters of a group as one vector; leave ``lr`` at 1."""

    rule = staticmethod(adaptive.prodigy_step)

    def _update(self, params: list[Tensor], group: dict[str, Any]) -> None:
        if params:
            grads = torch.cat([param.grad.flatten() for param in params if param.grad is not None])
            options = {name: group[name] for name in _defaults(adaptive.prodigy_step)}
            first = params[0]  # its state is that of all
            new, self.state[first] = adaptive.prodigy_step(
                parameters_to_vector(params), grads, self.state[first], **options
            )
            vector_to_parameters(new, params)
