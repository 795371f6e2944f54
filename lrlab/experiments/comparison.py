"""The same training under several schedules and optimizers, over several seeds: does it change the result?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn
from torch.optim import Optimizer
from tqdm.auto import tqdm

from lrlab._table import Bar, Cell, Table, Tabular, seeds_are, spread
from lrlab._validation import POSITIVE, SEED, check, check_no_rate, each_once
from lrlab.data import Dataset, check_data
from lrlab.experiments._ran import above, what_ran
from lrlab.experiments.cache import cached
from lrlab.models import MLP
from lrlab.schedules import ReduceOnPlateau, Schedule
from lrlab.train import History, fit

Measure = Literal["val_loss", "val_accuracy"]


class Paired(NamedTuple):
    """A difference between two labels, seed by seed: its mean, 95 % confidence interval and p value (paired t-test).

    ``pairs``: the seeds in which neither run diverged; the others are left out. With fewer than two pairs, or with
    differences that are all the same, interval and p value are NaN.
    """

    mean: float
    low: float
    high: float
    p: float
    pairs: int

    def __str__(self) -> str:
        if self.pairs == 0:
            return "–"
        if np.isnan(self.p):
            return f"{self.mean:+.4f}"
        return f"{self.mean:+.4f} [{self.low:+.4f}, {self.high:+.4f}]"

    def cell(self) -> Cell:
        """Return it for a table, with its interval as a bar."""
        return Cell(str(self), Bar(self.low, self.mean, self.high, zero=True))

    def table(self) -> Table:
        rows = (
            ["mean", "95 % interval", "p"],
            [f"{self.mean:+.4f}", f"{self.low:+.4f} to {self.high:+.4f}", f"{self.p:.2g}"],
        )
        return Table(rows, title=f"paired difference of {self.pairs} seed{'' if self.pairs == 1 else 's'}")

    def _repr_html_(self) -> str:
        return self.table().html()


def paired(differences: ArrayLike) -> Paired:
    """Return the mean of ``differences``, one for each seed, with its 95 % confidence interval (a t-test).

    Differences that are not finite are left out. An interval that contains 0 means that these seeds can't tell whether
    there is a difference at all.
    """
    finite = np.asarray(differences, dtype=float)
    finite = finite[np.isfinite(finite)]
    mean = float(finite.mean()) if len(finite) else np.nan
    if len(finite) < 2 or np.ptp(finite) == 0:
        return Paired(mean, np.nan, np.nan, np.nan, len(finite))
    from scipy import stats  # takes longer to load than all of this package

    test = stats.ttest_1samp(finite, 0.0)
    low, high = test.confidence_interval(0.95)
    return Paired(mean, float(low), float(high), float(test.pvalue), len(finite))


@dataclass(frozen=True)
class Recipe:
    """An optimizer for :func:`compare`: its class, the rate that every schedule is multiplied with, its arguments.

    ``Recipe(torch.optim.SGD, lr=0.1, arguments={"momentum": 0.9})`` under ``Cosine(1, T_max=90)`` starts at 0.1, and
    ``Recipe(torch.optim.Adam, lr=1e-3)`` under the same at 0.001: each method around the rate that suits it.
    ``lr`` > 0, default 1; ``ValueError`` if the class or its arguments bring another.
    """

    optimizer: Callable[..., Optimizer] = torch.optim.SGD
    lr: float = 1.0
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check("lr", POSITIVE, self.lr)
        check_no_rate(self.optimizer, self.arguments)


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Tabular):
    """The runs of :func:`compare`: ``histories[label][i]`` is the run of ``label`` with ``seeds[i]``.

    ``ran``: network, optimizer, batch size and epochs in words, as the table shows them.
    """

    seeds: tuple[int, ...]
    histories: Mapping[str, tuple[History, ...]]
    ran: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.histories)

    def final(self, label: str, measure: Measure = "val_accuracy") -> NDArray[np.float64]:
        """Return the last epoch's ``measure``, one for each seed, shape ``(seeds,)``; NaN for a run that diverged."""
        runs = self.histories[label]
        return np.array([np.nan if run.diverged else getattr(run, measure)[-1] for run in runs])

    def difference(self, label: str, baseline: str, measure: Measure = "val_accuracy") -> NDArray[np.float64]:
        """``label`` minus ``baseline``, seed by seed: both started from the same weights and saw the same order."""
        return self.final(label, measure) - self.final(baseline, measure)

    def paired(self, label: str, baseline: str, measure: Measure = "val_accuracy") -> Paired:
        """Whether ``label`` differs from ``baseline`` by more than the seeds do: a paired t-test on the differences.

        The seeds are the sample: five of them can show a large difference, and leave a small one open. Where a schedule
        makes runs diverge, look at ``diverged`` first: those seeds have no difference to average.
        """
        return paired(self.difference(label, baseline, measure))

    def diverged(self, label: str) -> int:
        """How many of the runs diverged."""
        return sum(run.diverged for run in self.histories[label])

    def table(self) -> Table:
        title, first = seeds_are(len(self.seeds)), self.labels[0]
        columns: dict[str, list[str]] = {"": list(self.labels)}
        columns["val. loss"] = [spread(self.final(label, "val_loss"), 4) for label in self.labels]
        columns["val. accuracy"] = [spread(100 * self.final(label), 2, " %") for label in self.labels]
        if len(self.labels) > 1 and len(self.seeds) > 1:
            title += "; paired differences: mean [95 % confidence interval]"
            gaps = (self.paired(label, first, "val_loss").cell() for label in self.labels[1:])
            columns[f"val. loss − that of {first}"] = ["", *gaps]
        lost = [self.diverged(label) for label in self.labels]
        if any(lost):
            columns[" "] = [f"{gone} of {len(self.seeds)} diverged" if gone else "" for gone in lost]
        rows = [list(columns), *map(list, zip(*columns.values(), strict=True))]
        return Table(rows, title=above(self.ran, title), left=range(len(columns)))


@cached
def compare(
    schedules: Mapping[str, Schedule | ReduceOnPlateau],
    data: Dataset,
    *,
    epochs: int = 1,
    batch_size: int = 64,
    seeds: Iterable[int] = (0, 1, 2, 3, 4),
    model: Callable[[int], nn.Module] = MLP,
    optimizer: Callable[..., Optimizer] | Mapping[str, Recipe] = torch.optim.SGD,
    device: str | torch.device = "auto",
    progress: bool = True,
    cache: bool = True,
    **optimizer_arguments: Any,
) -> Comparison:
    """Train ``model(seed)`` afresh under each schedule, each optimizer and each seed; all else is the same.

    A seed fixes the initial weights and the order of the images, so the runs of two schedules can be compared seed by
    seed. Every run gets its own model, optimizer and scheduler.

    Args:
        schedules: label → schedule; one step is one update. A :class:`~lrlab.schedules.ReduceOnPlateau` follows the
            validation loss, epoch by epoch.
        data: from :func:`lrlab.data.load`.
        epochs, batch_size, device: as in :func:`lrlab.train.fit`.
        seeds: whole numbers >= 0, default five of them; one seed shows nothing about spread.
        model: from a seed to a module, default :class:`~lrlab.models.MLP`.
        optimizer: a class of ``torch.optim``, default SGD; further keyword arguments go to it (``momentum=0.9``). Or
            several, label → :class:`Recipe`: then every schedule runs under each, labelled ``"Adam, cosine"``.
        progress: show one progress bar over all runs, default True.
        cache: read the result from disk if these very runs were made before, default True
            (``lrlab.experiments.cache``).

    Raises:
        ValueError: no schedules, no seeds, the same seed twice, or arguments beside several optimizers.
    """
    seeds = each_once("seeds", SEED, seeds)
    check_data(data)
    if not isinstance(schedules, Mapping) or not all(
        isinstance(s, Schedule | ReduceOnPlateau) for s in schedules.values()
    ):
        raise ValueError(f"schedules must be schedules by their labels, got {schedules!r}")
    if not schedules:
        raise ValueError("schedules must have at least one schedule, got none")
    runs: dict[str, list[History]] = {}
    plan = list(_plan(schedules, optimizer, optimizer_arguments))
    twice = [label for label, many in Counter(label for label, _, _ in plan).items() if many > 1]
    if twice:  # "a, b" under "c" and "a" under "b, c"
        raise ValueError(f"schedules and optimizer must have labels that differ once joined, got {twice[0]!r} twice")
    with tqdm(total=len(plan) * len(seeds), disable=not progress, leave=False, desc="runs") as bar:
        for seed in seeds:
            for label, schedule, recipe in plan:
                network = model(seed)
                update = recipe.optimizer(network.parameters(), lr=recipe.lr, **recipe.arguments)
                history = fit(
                    network,
                    data,
                    update,
                    scheduler=schedule.attach(update, scale=recipe.lr),
                    per="epoch" if isinstance(schedule, ReduceOnPlateau) else "update",
                    epochs=epochs,
                    batch_size=batch_size,
                    seed=seed,
                    device=device,
                    progress=False,
                )
                runs.setdefault(label, []).append(replace(history, label=label))
                bar.update()
    one = None if isinstance(optimizer, Mapping) else optimizer  # several are named by the labels
    ran = what_ran(model, one, optimizer_arguments, batch_size=batch_size, epochs=epochs)
    return Comparison(seeds=seeds, histories={label: tuple(several) for label, several in runs.items()}, ran=ran)


def _plan(
    schedules: Mapping[str, Schedule | ReduceOnPlateau],
    optimizer: Callable[..., Optimizer] | Mapping[str, Recipe],
    arguments: Mapping[str, Any],
) -> Iterable[tuple[str, Schedule | ReduceOnPlateau, Recipe]]:
    """Label, schedule and recipe of each run of one seed."""
    if not isinstance(optimizer, Mapping):
        recipe = Recipe(optimizer, arguments=arguments)
        for label, schedule in schedules.items():
            yield label, schedule, recipe
        return
    if arguments or not optimizer:
        raise ValueError(f"optimizer must be recipes that hold their own arguments, at least one, got {arguments!r}")
    for name, recipe in optimizer.items():
        for label, schedule in schedules.items():
            yield f"{name}, {label}", schedule, recipe
