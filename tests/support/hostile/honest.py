"""Odd, and right: nobody loses a point by these."""

# ruff: noqa: E501 (a submission's text on one line, as it would stand in a cell)

from support.made_course import RIGHT

from . import FULL, edited, first

NOISY = (
    "import sys, warnings, logging\ndef half_life(d):\n    warnings.warn('scheduler before optimizer')\n"
    "    logging.warning('to the log')\n    print('to stdout')\n    print('to stderr', file=sys.stderr)\n"
    "    return np.log(2) / d"
)
first("warns and prints", FULL, "import warnings\nwarnings.warn('at once')", RIGHT | {"half_life": NOISY})
first("warnings are errors", FULL, "import warnings\nwarnings.simplefilter('error')")
first(
    "torch tensors",
    FULL,
    "import torch",
    RIGHT | {"half_life": "def half_life(d):\n    return torch.log(torch.tensor(2.0, dtype=torch.float64)) / d"},
)
first(
    "single precision",
    FULL,
    "pass",
    RIGHT | {"gamma_from_decay": "def gamma_from_decay(d):\n    return np.exp(-np.float32(d))"},
)
first(
    "a class with __call__",
    FULL,
    "pass",
    RIGHT | {"half_life": "class H:\n    def __call__(self, d):\n        return np.log(2) / d\nhalf_life = H()"},
)
first(
    "a lambda and partial",
    FULL,
    "import functools",
    RIGHT | {"half_life": "half_life = functools.partial(lambda two, d: np.log(two) / d, 2)"},
)
first(
    "helpers in a later cell",
    FULL,
    "pass",
    RIGHT | {"half_life": "def half_life(d):\n    return helper(d)"},
    last="def helper(d):\n    return np.log(2) / d",
)
first("magics", FULL, "%matplotlib inline\n%time 1 + 1\n!echo hello")
first("a plot", FULL, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()")
first("a progress bar that changes", FULL, "from IPython.display import display\nhandle = display('0 %', display_id=True)", RIGHT | {
    "half_life": "def half_life(d):\n    handle.update('50 %')\n    return np.log(2) / d"})  # fmt: skip
first("the clock and chance", FULL, "import time, random", RIGHT | {
    "half_life": "def half_life(d):\n    random.random(), time.time()\n    return np.log(2) / d"})  # fmt: skip
first(
    "a DataLoader with two workers",
    FULL,
    "import torch\nfrom torch.utils.data import DataLoader, TensorDataset\ndata = TensorDataset(torch.arange(8))\ntotal = sum(int(x.sum()) for (x,) in DataLoader(data, batch_size=2, num_workers=2))\nassert total == 28",
)
first("threads of its own", FULL, "from concurrent.futures import ThreadPoolExecutor", RIGHT | {
    "half_life": "def half_life(d):\n    with ThreadPoolExecutor(2) as pool:\n        return list(pool.map(lambda x: np.log(2) / x, [d]))[0]"})  # fmt: skip
first("changes of directory and environment", FULL, "import os\nos.chdir('/')\nos.environ.clear()")
first("another name for a check", FULL, "def check(*arguments): print('mine')")


@edited("300 cells of its own", FULL)
def _many(notebook):
    import nbformat

    notebook.cells[1:1] = [nbformat.v4.new_code_cell(f"x{n} = {n}") for n in range(300)]


@edited("Windows line ends and tabs", FULL)
def _windows(notebook):
    for one in notebook.cells:
        if one.id.endswith("-answer"):
            one.source = one.source.replace("    ", "\t").replace("\n", "\r\n")
