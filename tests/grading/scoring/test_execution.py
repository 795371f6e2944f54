"""Which submissions get a kernel that has imported torch, where there is no zygote."""

import pytest
from support.sandboxed import execute

from lrlab.grading.scoring.execution import IMPORTS_TORCH


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("import torch", True),
        ("import copy\nimport numpy as np, torch as t", True),
        ("from torch.optim import SGD", True),
        ("from lrlab import data", True),
        ("import lrlab.train as t", True),
        ("x = __import__('torch').rand(1)", True),
        ("from lrlab.checks import check, summary\n\ncheck('torch_schedulers')", False),
        ("import numpy as np\n# as torch's ExponentialLR does, and lrlab's schedules", False),
    ],
)
def test_torch_is_wanted_by_those_who_import_it(source, wanted):
    assert bool(IMPORTS_TORCH.search(source)) == wanted


@pytest.mark.slow
@pytest.mark.usefixtures("sandboxed")
@pytest.mark.xdist_group("sandbox cold")
def test_no_cells_time_includes_the_import():
    first, _ = execute("import sys\nprint('torch' in sys.modules)", "import torch")
    assert "True" in first
