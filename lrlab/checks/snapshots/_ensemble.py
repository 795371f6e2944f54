"""Probabilities of several models, averaged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lrlab.checks.drive import Facts
from lrlab.checks.exercise import Case, Exercise, Misconception
from lrlab.checks.plain import plain


def _ensemble(answer: Callable[..., Any], logits: Sequence[Any]) -> dict[str, Any]:
    import torch

    def call(given: Any) -> dict[str, Any]:
        before = plain(given)
        found = answer(given)
        return {"probabilities": found, "changed": [] if plain(given) == before else ["the logits"]}

    try:
        return call(torch.tensor(logits, dtype=torch.float64))
    except Exception:
        try:
            return call(np.array(logits, dtype=float))  # the prompt leaves open which of the two it is
        except Exception:
            pass
        raise


def _softmax(logits: Any, axis: int = -1) -> Any:
    powers = np.exp(np.asarray(logits))
    return powers / powers.sum(axis, keepdims=True)


ensemble_probabilities = Exercise(
    name="ensemble_probabilities",
    parameters=("logits",),
    cases=(
        Case(
            ([[[2.0, 0.0, 0.0], [0.0, 1.0, 3.0]], [[0.0, 4.0, 0.0], [1.0, 1.0, 1.0]]],),
            {
                "probabilities": [
                    [0.4023272320878233, 0.5355850674455523, 0.0620877004666244],
                    [0.18767169973369968, 0.2237642663589639, 0.5885640339073364],
                ]
            },
        ),
        Case(
            ([[[1.0, -1.0, 0.5, 2.0]], [[6.0, 0.0, 3.0, -2.0]], [[0.0, 0.5, 8.0, 0.0]]],),
            {"probabilities": [[0.3915234044308078, 0.011083506373419344, 0.3940218262663599, 0.20337126292941296]]},
        ),
        Case(
            ([[[1.0, 3.0], [-2.0, 2.0], [0.5, 0.0]]],),
            {
                "probabilities": [
                    [0.11920292202211756, 0.8807970779778824],
                    [0.01798620996209156, 0.9820137900379085],
                    [0.6224593312018546, 0.37754066879814546],
                ]
            },
        ),
    ),
    misconceptions=(
        Misconception(
            "logits averaged",
            "You average the logits and take the softmax of that. One model with huge logits then drowns the "
            "others: take each model's softmax first, and average the *probabilities*.",
            lambda logits: _softmax(np.asarray(logits).mean(0)),
        ),
        Misconception(
            "softmax over the models",
            "Your softmax runs over the models. It belongs to the classes, the last axis: there the probabilities "
            "add up to 1.",
            lambda logits: _softmax(logits, 0).mean(0),
        ),
        Misconception(
            "softmax over the batch",
            "Your softmax runs over the images of the batch. It belongs to the classes, the last axis.",
            lambda logits: _softmax(logits, 1).mean(0),
        ),
        Misconception(
            "mean over the batch",
            "You average over the images; asked is one row of probabilities for each image, averaged over the "
            "*models*.",
            lambda logits: _softmax(logits).mean(1),
        ),
        Misconception(
            "mean over the classes",
            "You average over the classes, where every mean is the same; average over the models, the first axis.",
            lambda logits: _softmax(logits).mean(2),
        ),
        Misconception(
            "not averaged",
            "You return each model's probabilities; average them over the models.",
            lambda logits: _softmax(logits),
        ),
        Misconception(
            "summed",
            "Your rows add up to the number of models: a mean is asked, not a sum.",
            lambda logits: _softmax(logits).sum(0),
        ),
        Misconception(
            "no softmax",
            "You average the logits; probabilities come out of a softmax.",
            lambda logits: np.asarray(logits).mean(0),
        ),
        Misconception(
            "classes instead of probabilities",
            "You return the winning classes; asked are the probabilities.",
            lambda logits: _softmax(logits).mean(0).argmax(-1),
        ),
        Misconception(
            "log-softmax",
            "You average the logarithms of the probabilities (log_softmax); average the probabilities themselves.",
            lambda logits: np.log(_softmax(logits)).mean(0),
        ),
        Misconception(
            "product",
            "You multiply the models' probabilities (a mean of logarithms does that too); asked is their plain mean.",
            lambda logits: np.prod(_softmax(logits), 0),
        ),
    ),
    hint="Each row of the result must add up to 1. Work out one image by hand: the softmax of each model, then the "
    "mean.",
    problem_hints={"due": "an array or a tensor of shape (batch, classes)"},
    labels={"probabilities": ("image", "class")},
    show_call=lambda logits: f"ensemble_probabilities(logits of shape {np.shape(logits)})",
    driver=Facts(_ensemble, torch=True),
)
