"""What the course claims, each with the experiment that shows it and the test that it must pass.

``CLAIMS`` is the list. A notebook claims what is in ``says``, and no more; :func:`report` runs them on a data set and
prints what was found. They hold on the bundled digits and on a part of MNIST, at the settings written here: that, and
not more, is what is claimed. A difference that a few seeds can't settle is no claim: other seeds, or a processor that
rounds otherwise, would turn it round. There the notebook shows the interval and leaves the judgement to the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lrlab._table import Table, Tabular
from lrlab.data import Dataset
from lrlab.experiments import findings
from lrlab.experiments.findings import Finding

__all__ = ["CLAIMS", "Claim", "Finding", "find", "report"]


@dataclass(frozen=True)
class Claim(Tabular):
    """A sentence of the course, and how it is shown.

    ``says``: the sentence. ``slide``: the lecture's slide that it answers. ``seeds``: how many runs of each kind stand
    behind it; 0 if nothing is trained. ``experiment``: what trains, and its criterion.
    """

    name: str
    says: str
    slide: str
    seeds: int
    experiment: Callable[[Dataset], Finding]

    def test(self, data: Dataset) -> Finding:
        """Make the experiment on at most 6,000 training images of ``data``."""
        return self.experiment(findings.part(data, findings.MOST))

    def table(self) -> Table:
        return Table(
            [["claim", "slide", "seeds"], [self.says, self.slide, str(self.seeds)]], title=self.name, left=(0, 1)
        )


def find(name: str) -> Claim:
    """Return the claim called ``name``; ``ValueError`` if there is none."""
    claims = {claim.name: claim for claim in CLAIMS}
    if name not in claims:
        raise ValueError(f"name must be one of {', '.join(claims)}, got {name!r}")
    return claims[name]


def report(data: Dataset, claims: Iterable[Claim] | None = None) -> bool:
    """Test every claim on ``data``, print sentence and figures, and return whether all hold. Takes a few minutes."""
    everything = True
    for claim in CLAIMS if claims is None else claims:
        holds, evidence = claim.test(data)
        everything &= holds
        print(f"{'holds' if holds else 'DOES NOT HOLD'}  {claim.name}: {claim.says}\n    {evidence}")
    return everything


CLAIMS = (
    Claim(
        "recurrence-vanishes",
        "With d = 0.01 the lecture's time-based recurrence is all but zero after 100 steps, and the closed form at a "
        "half.",
        "Learning Rate Decay Methods",
        0,
        findings.recurrence_vanishes,
    ),
    Claim(
        "decay-helps",
        "At a rate that is high for a small batch, step decay ends at a lower loss, and at much the same one for every "
        "seed.",
        "Can Learning Rate Decay Affect Results?",
        5,
        findings.decay_helps,
    ),
    Claim(
        "plateau-helps",
        "From a high rate, dropping it where the validation loss stops improving lowers the mean loss, and that of the "
        "worst seed.",
        "Learning Rate Decay (torch.optim.lr_scheduler)",
        8,
        findings.plateau_helps,
    ),
    Claim(
        "adam-gains-from-a-schedule",
        "On average Adam ends lower with a cosine than without, each at its best rate.",
        "Adaptive Learning Algorithms",
        5,
        findings.adam_gains_from_a_schedule,
    ),
    Claim(
        "3e-4-is-a-joke",
        "3e-4 is not the best rate for Adam here: a higher one ends lower with every seed.",
        "Learning Rate (Karpathy's joke)",
        5,
        findings.karpathys_rate,
    ),
    Claim(
        "rates-depend-on-the-optimizer",
        "The best rate for plain SGD is at least ten times that for Adam here.",
        "Learning Rate",
        5,
        findings.rates_depend_on_the_optimizer,
    ),
    Claim(
        "default-is-not-best",
        "torch's default rate for SGD, 1e-3, leaves more than 20 points of accuracy behind in this budget.",
        "Learning Rate",
        5,
        findings.default_is_not_best,
    ),
    Claim(
        "rate-before-decay",
        "The rate comes first and decay second: on average a tenth of the best rate costs more than leaving decay out.",
        "Some Tips & Notes!",
        5,
        findings.rate_before_decay,
    ),
    Claim(
        "range-test-finds-it",
        "One range test of 100 updates finds a rate within a factor of three of the best of a whole sweep.",
        "Some Tips & Notes!",
        5,
        findings.range_test_finds_it,
    ),
    Claim(
        "small-batches-small-rates",
        "Batches of 8 want at most half the rate of batches of 128.",
        "Some Tips & Notes!",
        3,
        findings.small_batches_small_rates,
    ),
    Claim(
        "warmup-saves-a-high-rate",
        "At a rate that is too high to start with, warm-up raises the accuracy with every seed; at a rate that works "
        "without it, it does not help: on MNIST it costs about a point of this short budget.",
        "Some Tips & Notes!",
        5,
        findings.warmup_saves_a_high_rate,
    ),
    Claim(
        "lower-rate-saves-it-too",
        "A warm-up of 200 updates under a cosine of some 460 never gets to the rate of 0.5 that it is named for, and "
        "0.3 without warm-up ends within a point of it.",
        "Some Tips & Notes!",
        5,
        findings.lower_rate_saves_it_too,
    ),
    Claim(
        "snapshots-beat-their-own",
        "On average over the seeds the ensemble makes fewer errors than its snapshots do; from one model of the same "
        "budget it is less than half a point away here.",
        "CosineAnnealingWarmRestarts (Snapshot Ensembling)",
        3,
        findings.snapshots_beat_their_own,
    ),
    Claim(
        "snapshots-want-their-own-rate",
        "A cycle has a best rate of its own: with a fifth of the budget each, snapshots at 0.05 make more errors than "
        "at 0.2, and there the ensemble beats the single model with no seed.",
        "CosineAnnealingWarmRestarts (Snapshot Ensembling)",
        3,
        findings.snapshots_want_their_own_rate,
    ),
    Claim(
        "snapshots-win-with-wrong-labels",
        "With 500 images of which a fifth have wrong labels the ensemble makes fewer errors than the single model; its "
        "first snapshot alone makes hardly more than the ensemble, or fewer.",
        "CosineAnnealingWarmRestarts (Snapshot Ensembling)",
        5,
        findings.snapshots_win_with_wrong_labels,
    ),
    Claim(
        "sharpness-meets-the-limit",
        "With all images in every update, the sharpness of a small network settles around 2 / rate while the loss goes "
        "on falling.",
        "beyond the lecture",
        3,
        findings.sharpness_meets_the_limit,
    ),
    Claim(
        "cooldown-saves-updates",
        "Three budgets branched from one plateau end about as low as a cosine for each, in two thirds of the updates.",
        "beyond the lecture",
        5,
        findings.cooldown_saves_updates,
    ),
)
"""What the course claims, in the order of its notebooks."""
