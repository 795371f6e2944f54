"""Each result says above its table what ran: network, optimizer, schedule, batch size, epochs."""

from functools import partial

import torch

from lrlab import data
from lrlab.experiments import sweep
from lrlab.experiments._ran import what_ran
from lrlab.models import MLP
from lrlab.schedules import Cosine


def test_a_result_says_what_ran():
    few = data.load("digits", max_train=200, max_val=60)
    found = sweep([0.1], few, model=partial(MLP, hidden=8), optimizer=torch.optim.Adam, progress=False, cache=False)
    head, seeds, *_ = repr(found).splitlines()
    assert head == "MLP(hidden=8), Adam, Constant, batches of 64, 1 epoch"
    assert seeds == "1 seed"
    assert f'white-space: pre-line">{head}\n{seeds}</caption>' in found._repr_html_()


def test_arguments_are_named_and_what_the_rows_name_is_left_out():
    sgd = partial(torch.optim.SGD, momentum=0.9)
    assert what_ran(MLP, sgd, {"nesterov": True}, schedule=Cosine(1, T_max=9), batch_size=8, epochs=2) == (
        "MLP, SGD(momentum=0.9, nesterov=True), Cosine, batches of 8, 2 epochs"
    )
    assert what_ran(lambda seed: MLP(seed), None, {}, epochs=3) == "a function, 3 epochs"
