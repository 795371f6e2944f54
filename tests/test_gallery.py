"""The gallery of the site: every schedule has a card, and the code on it makes the curve of its picture."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from coursesite import gallery
from support import REPO

from lrlab.explorers.shared.catalogue import available
from lrlab.explorers.shared.libraries import calls
from lrlab.schedules import ReduceOnPlateau

WORDS = gallery.words(REPO)


def test_every_schedule_has_a_card_with_one_sentence_and_a_notebook_that_there_is() -> None:
    assert sorted(WORDS) == sorted(gallery.every())
    placed = [name for group in ("lecture", "torch", "field") for name in gallery.names_of(group, WORDS)]
    assert sorted(placed) == sorted(WORDS)
    for said in WORDS.values():
        assert re.fullmatch(r"[A-Z][^.]*( 0\.\d+)?[^.]*( 0\.\d+)?[^.]*\.", said["when"]), said["when"]
        if "notebook" in said:
            assert (REPO / "course" / f"{said['notebook']}.ipynb").is_file()


@pytest.mark.parametrize("name", sorted(WORDS))
def test_the_code_on_a_card_makes_the_curve_of_its_picture(name: str) -> None:
    schedule = gallery.made(name, WORDS[name])
    expected = gallery.curve(schedule)
    lines = gallery.code(name, schedule, WORDS[name])
    names: dict[str, Any] = {}
    exec(lines["lrlab"], names)
    np.testing.assert_array_equal(gallery.curve(names["schedule"]), expected)
    names = {"torch": torch, "model": torch.nn.Linear(1, 1)}
    exec(lines["torch"], names)
    rates = []
    for loss in gallery.LOSSES[: len(expected) - 1]:
        rates.append(names["optimizer"].param_groups[0]["lr"])
        names["optimizer"].step()
        names["scheduler"].step(*[loss] if name == "ReduceOnPlateau" else [])
    np.testing.assert_allclose(rates, expected[:-1], rtol=1e-9, atol=1e-15)


def test_a_card_has_picture_formula_code_and_what_moves_its_sliders() -> None:
    page = gallery.put("<!-- gallery field -->", REPO)
    cards = page.split("<article ")[1:]
    assert len(cards) == len(gallery.names_of("field", WORDS))
    for card in cards:
        name = re.findall(r'id="(\w+)"', card)[0]
        assert "<svg " in card
        assert "<math" in card
        assert ("data-schedule" in card) == (name in available())
        assert ("The same in optax" in card) == any(call["library"] == "optax" for call in calls().get(name, []))
    assert cards[0].count("None of optax, Keras, timm, transformers has it.") == 0
    assert sum("has it." in card for card in cards) == 1  # InverseSquareRoot


def test_a_staircase_is_drawn_as_one_and_a_plateau_reduces() -> None:
    assert "H" in gallery.picture(gallery.curve(gallery.made("Step", WORDS["Step"])), "Step")
    assert "L" in gallery.picture(gallery.curve(gallery.made("Cosine", WORDS["Cosine"])), "Cosine")
    rates = gallery.curve(ReduceOnPlateau(0.1, factor=0.3, patience=5))
    assert sum(b < a for a, b in pairwise(rates.tolist())) >= 2
