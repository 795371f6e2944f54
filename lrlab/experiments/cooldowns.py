"""One long run at a constant rate, cooled down from many points: many budgets for little more than the price of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.optim import Optimizer
from tqdm.auto import tqdm

from lrlab._formula import Floats
from lrlab._table import Table, Tabular, seeds_are, spread
from lrlab._validation import COUNT, POSITIVE, SEED, UNIT, check, check_no_rate, each_once
from lrlab.data import Dataset, check_data
from lrlab.experiments._loop import batches
from lrlab.experiments._ran import above, what_ran
from lrlab.experiments.batched import copies_of
from lrlab.experiments.cache import cached
from lrlab.models import MLP
from lrlab.schedules import Cosine, WarmupStableDecay


@dataclass(frozen=True, eq=False, repr=False)
class Cooldowns(Tabular):
    """The runs of :func:`cooldowns`.

    ``budgets`` (budgets,), updates; ``seeds``; validation losses, (budgets, seeds): ``plateau`` without a cool-down,
    ``cooled`` from the plateau, ``cosine`` trained for that budget alone, NaN where none was. ``branches``: the
    schedule that each budget was cooled down with; ``cosine_lr``: where the cosines start. ``ran``: network, optimizer
    and batch size in words, as the table shows them.
    """

    budgets: NDArray[np.int64]
    branches: tuple[WarmupStableDecay, ...]
    cosine_lr: float
    seeds: tuple[int, ...]
    plateau: Floats
    cooled: Floats
    cosine: Floats
    ran: str = ""

    @property
    def decay(self) -> NDArray[np.int64]:
        """The updates of each cool-down."""
        return np.array([branch.decay for branch in self.branches])

    @property
    def updates(self) -> tuple[int, int]:
        """The updates that all budgets took together, from one plateau, and with a cosine for each."""
        return int(self.budgets[-1] + self.decay[:-1].sum()), int(self.budgets.sum())

    def table(self) -> Table:
        """Return the budgets that a cosine was trained for, or all of them where none was."""
        rows = [["updates", "plateau", "cooled down", "cosine for this budget"]]
        trained = np.isfinite(self.cosine).any(axis=1)
        shown = np.flatnonzero(trained if trained.any() else ~trained)
        columns = (values[shown] for values in (self.budgets, self.plateau, self.cooled, self.cosine))
        for budget, *losses in zip(*columns, strict=True):
            rows.append([str(budget), *(spread(values, 4) for values in losses)])
        one, many = self.updates
        note = f"updates for all budgets: {one:,} from one plateau, {many:,} by cosines"
        head = above(self.ran, f"validation loss, {seeds_are(len(self.seeds))}")
        return Table(rows, title=head, notes=[note], one_scale=True)


@cached
def cooldowns(
    lr: float,
    budgets: Iterable[int],
    data: Dataset,
    *,
    cosine_lr: float | None = None,
    cosines: Iterable[int] | None = None,
    share: float = 0.2,
    tail: str = "linear",
    warmup: int = 0,
    batch_size: int = 32,
    seeds: Iterable[int] = (0, 1, 2, 3, 4),
    optimizer: Callable[..., Optimizer] = torch.optim.SGD,
    progress: bool = True,
    cache: bool = True,
    **optimizer_arguments: Any,
) -> Cooldowns:
    """Train once at a constant rate and branch a cool-down off for each budget; beside it, a cosine for each budget.

    Args:
        lr: the plateau's rate. cosine_lr: where the cosines start, default ``lr``; give each its own best for a fair
            comparison. cosines: the budgets that get one, default all.
        budgets: whole numbers of updates, the cool-down included.
        data: from :func:`lrlab.data.load`.
        share: the cool-down's part of each budget, default 0.2. tail: its shape, as for
            :class:`~lrlab.schedules.WarmupStableDecay`. warmup: updates, before the plateau alone.
        batch_size: default 32. seeds: whole numbers >= 0, default five of them; the networks are
            :class:`~lrlab.models.MLP` of the seed.
        optimizer: a class of ``torch.optim``, default SGD; further keyword arguments go to it.
        progress, cache: as in :func:`lrlab.experiments.compare`.

    Raises:
        ValueError: no or repeated budgets or seeds, a cool-down that its budget has no room for, a budget in
            ``cosines`` that is not in ``budgets``.
    """
    budgets = tuple(sorted(each_once("budgets", COUNT, budgets)))
    seeds = each_once("seeds", SEED, seeds)
    lr, share = check("lr", POSITIVE, lr), check("share", UNIT, share)
    top = lr if cosine_lr is None else check("cosine_lr", POSITIVE, cosine_lr)
    waves = set(budgets if cosines is None else cosines)
    if not waves <= set(budgets):
        raise ValueError(f"cosines must be some of the budgets {list(budgets)}, got {sorted(waves)}")
    check_data(data)
    check_no_rate(optimizer, optimizer_arguments)
    decay = [max(1, round(share * budget)) for budget in budgets]
    stem = WarmupStableDecay(lr, warmup=warmup, stable=0, decay=1, tail=tail)
    branches = [stem.branch(budget, decay=d) for budget, d in zip(budgets, decay, strict=True)]
    plateau, cooled, cosine = np.full((3, len(budgets), len(seeds)), np.nan)
    constant = stem.branch(10**9).curve(budgets[-1])
    begin = copies_of(MLP(), data, optimizer, optimizer_arguments)
    with tqdm(total=len(seeds) * len(budgets), disable=not progress, leave=False, desc="budgets") as bar:
        for j, seed in enumerate(seeds):
            # The runs that go on, the plateau first: the rates, the updates at which it ends, and where its loss goes.
            runs = [(constant, 0, plateau[0])]
            runs += [(Cosine(top, T_max=n).curve(n), n, cosine[i]) for i, n in enumerate(budgets) if n in waves]
            networks = begin(MLP(seed), len(runs))
            for n, batch in zip(range(budgets[-1]), batches(data, batch_size, seed), strict=False):
                new = [i for i, branch in enumerate(branches) if n == branch.warmup + branch.stable]
                if new:
                    networks.keep([*range(len(runs)), *[0] * len(new)])
                    runs += [(branches[i].curve(budgets[i]), budgets[i], cooled[i]) for i in new]
                networks.update(batch, np.array([rates[n] for rates, _, _ in runs]))
                if n + 1 in budgets:
                    ended = [k for k, (_, end, _) in enumerate(runs) if end == n + 1]
                    plateau[budgets.index(n + 1), j], *last = networks.losses([0, *ended])
                    for k, loss in zip(ended, last, strict=True):
                        runs[k][2][j] = loss
                    going = [k for k in range(len(runs)) if k not in ended]
                    networks.keep(going)
                    runs = [runs[k] for k in going]
                    bar.update()
    ran = what_ran(MLP, optimizer, optimizer_arguments, batch_size=batch_size)
    return Cooldowns(np.array(budgets), tuple(branches), top, seeds, plateau, cooled, cosine, ran)
