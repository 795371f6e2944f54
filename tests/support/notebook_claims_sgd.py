"""What the prose of notebooks 01 and 06 says that you should see, in the outputs of their cells, on either data set."""

import re
from itertools import pairwise

from support.notebook_claims import Shown, numbers


def rows(text: str) -> list[list[float]]:
    """The numbers of each row of a table of means and standard deviations over seeds."""
    return [numbers(line) for line in text.splitlines() if "±" in line and "seeds:" not in line]


def table_rows(text: str) -> list[str]:
    """The rows of a table of sharpness, without its head and its notes."""
    return [line for line in text.splitlines() if re.match(r"(\d|no warm-up|warm-up)", line) and "seeds" not in line]


def check_learning_rate(shown: Shown, dataset: str) -> None:
    length, twice = numbers(shown("scale-run").split("updates")[1].splitlines()[0])
    assert abs(twice - 2 * length) < 2e-4
    assert "101,770 weights" in shown("scale-run")
    assert "twice as large: True" in shown("scale-run")
    before, _, flat, lowest, _, wall = numbers(shown("steep-plot").split("<Figure")[0])
    assert abs(before - flat) < 0.011, "flat"
    assert lowest < before - 0.25, "then a fall"
    assert wall > 100 * before, "then a wall"
    check_bowls(shown)
    calm, edge = (
        [numbers(part) for part in line.split("  ") if part.strip()] for line in table_rows(shown("edge-run"))
    )
    assert calm[2][0] < calm[4][0] < calm[1][0], "it rises, below the limit"
    assert 0.95 < edge[4][0] / edge[1][0] < 1.35, "it stays a little above the limit"
    assert edge[6][0] < calm[6][0], "and the loss falls on"
    check_network(shown, dataset)
    check_model_and_data(shown)
    check_joke(shown)
    check_learning_rate_mistakes(shown)


def check_bowls(shown: Shown) -> None:
    """Gradient descent on bowls and ravines."""
    walks = [numbers(line.split("=")[1]) for line in shown("three-run").splitlines() if "=" in line]
    assert [rate for rate, *_ in walks] == [0.05, 0.5, 1.9, 2.1]
    for walk, factor in zip(walks, (0.95, 0.5, -0.9, -1.1), strict=True):
        assert all(abs(after - factor * at) < 0.02 for at, after in pairwise(walk[1:5])), walk
    low, right, nearly, high = (abs(walk[-1]) for walk in walks)
    assert right < 1e-5 < nearly < low < 2 < high
    creeps, arrives, at_once, jumps, runs = (
        numbers(line)[-1] for line in shown("landscape-run").splitlines() if "product" in line
    )
    assert creeps > 0.8
    assert at_once < arrives < jumps < 0.01
    assert runs > 1e6
    steps = [numbers(line)[-1] for line in shown("ravine-run").splitlines() if "steep" in line]
    assert all(9 < more / fewer < 11 for fewer, more in pairwise(steps)), steps


def check_network(shown: Shown, dataset: str) -> None:
    """Three rates on the network, and a sweep of nine."""
    (_, middle, low, _), (_, reached, right, _), (_, start, end, never) = (
        numbers(line) for line in shown("network-ask").splitlines() if "halfway" in line
    )
    assert low < middle - 0.05, "still falling"
    assert low > 1.8, "and still high"
    assert reached < 0.6, "it has long been low"
    assert reached - right < 0.2
    # Not 2.29 for the lowest on MNIST: there the mean of the seeds is at 2.28 after one of the epochs.
    assert min(start, end) >= 2.29, "not below what a network that has learned nothing has"
    assert never > 2.2726, "and at no time clearly below: ln 10 - 0.03"
    assert end > start - 0.05, "nor on its way there"
    if dataset == "digits":
        assert never >= 2.29
    table = rows(shown("sweep-run"))
    losses = [row[1] for row in table]
    best = losses.index(min(losses))
    assert losses[: best + 1] == sorted(losses[: best + 1], reverse=True), "a long slope down"
    assert best >= 4
    assert all(loss > 2.29 for loss in losses[-2:]), "a cliff"
    assert "torch's default: 0.001" in shown("default-run")
    shares = [int(share) for share in re.findall(r"(\d+)%", shown("default-run"))]
    assert shares[0] < 50
    assert max(shares) >= 88
    when = re.findall(r"below 0.5: (\w+)", shown("default-run"))
    assert when[:3] == ["never"] * 3
    assert int(when[best]) == min(int(step) for step in when if step != "never")


def check_model_and_data(shown: Shown) -> None:
    (deep,) = (row[3] for row in rows(shown("sweep-run")) if row[0] == 3.16)
    straight = {row[0]: row for row in rows(shown("model-run"))}
    assert deep < 15, "guessing"
    assert straight[3.16][3] > 80
    assert straight[10][3] > 75, "no cliff"
    worse = [straight[lr][1] for lr in (1, 3.16, 10)]
    assert worse == sorted(worse), "it just gets worse"
    check_polarity(shown)


def check_polarity(shown: Shown) -> None:
    """Ink as 1, paper as 1, and the same standardized, each at the nine rates of the sweep."""
    nine = [row[0] for row in rows(shown("sweep-run"))]
    found = re.findall(r"^(.+?) +best rate (\S+); right at each rate: (.+)$", shown("data-run"), re.MULTILINE)
    right = {name: [int(share.strip("%")) for share in shares.split()] for name, _, shares in found}
    at = {name: min(range(9), key=lambda i: abs(nine[i] / float(best) - 1)) for name, best, _ in found}
    ink, paper, centred = right
    cliff = {name: next(nine[i] for i in range(at[name] + 1, 9) if right[name][i] < 50) for name in (ink, paper)}
    assert nine[at[paper]] <= nine[at[ink]] / 9.9, "the best rate has moved by a factor of ten or more"
    assert cliff[paper] <= cliff[ink] / 9.9, "and the cliff"
    assert right[ink][at[ink]] > 80
    assert right[paper][at[ink]] < 20, "nothing is learned at the rate that was best"
    assert abs(at[centred] - at[ink]) <= 1, "standardized: at much the same best rate"
    assert right[centred][at[centred]] > right[ink][at[ink]] - 2, "as well as before"
    assert right[centred][0] > right[ink][0] + 20, "and low rates get further"
    assert numbers(shown("data-run").split("minus ink:")[1])[0] < 0.02, "the loss is no higher"


def check_joke(shown: Shown) -> None:
    wins = [int(won) for won in re.findall(r"in (\d) of 5 seeds", shown("joke-ask"))]
    assert wins == [5, 5]
    assert min(row[3] for row in rows(shown("joke-run"))) > 80, "most images right at each"
    (times,) = re.findall(r"best rate was (\d+) times", shown("joke-ask"))
    assert int(times) >= 10, "Adam's is far below that of SGD"


def check_learning_rate_mistakes(shown: Shown) -> None:
    evenly, logs = (
        [int(count) for count in re.findall(r"(\d) of 9", line)]
        for line in shown("mistake-grid").splitlines()
        if "of 9" in line
    )
    assert evenly[0] == 1
    assert evenly[1] <= 1
    assert logs[1] >= 5
    for line in shown("mistake-sum").splitlines():
        if line:
            right, summed, piled = (int(share) for share in re.findall(r"(\d+)%", line))
            assert max(summed, piled) < right - 30, line


def check_snapshots(shown: Shown) -> None:
    assert re.findall(r"at 0.1: (\[.*\])", shown("cosine-run")) == [
        "[0, 4, 8, 12, 16, 20]",
        "[0, 3, 9, 21]",
        "[0, 4, 8, 12, 16, 20]",
    ]
    lowest = [float(rate) for rate in re.findall(r"lowest (\S+)", shown("cosine-run"))]
    assert all(rate > end for rate, end in zip(lowest, (0, 0, 0.05), strict=True)), "no update uses eta_min"
    assert "at the top: [ 0  1 21]" in shown("epoch-run")
    many = [numbers(line) for line in shown("figure-many").splitlines() if line]
    assert many[0][1] == 1.0, "always the same minimum"
    assert all(minima > 3 and end > once + 0.1 for _, minima, end, once in many[1:])
    each = numbers(shown("loop-run").splitlines()[0].replace("%", ""))
    assert len(each) == 5
    assert max(each) < 12, "five usable models"
    check_equal_budget(shown)
    check_snapshot_mistakes(shown)


def check_equal_budget(shown: Shown) -> None:
    own, single = (numbers(line.split("interval:")[1]) for line in shown("equal-ask").splitlines() if "mean" in line)
    # On average and not in 4 of 5 seeds: on the digits it is 3, and with seeds 100 to 104 one makes more mistakes.
    assert own[0] <= 0, "no more mistakes than its own snapshots make"
    assert abs(single[0]) < 0.5, "less than half a point from the single model"
    fast, slow = (
        numbers(line.split("a snapshot")[1].split("%")[0])[0]
        for line in shown("rate-run").splitlines()
        if "minus" in line
    )
    assert slow > fast, "the snapshots themselves are worse"
    wins = numbers(shown("rate-run").split("lr 0.05")[1].split("[")[1].split("]")[0])
    assert min(wins) >= 0, "the ensemble wins with no seed"
    if slow > 5:  # MNIST
        assert min(wins) > 0, "behind with all three seeds"
        assert 0.5 < sum(wins) / 3 < 1, "by about three quarters of a point"
    beside, early = (numbers(line.split("points:")[1]) for line in shown("noisy-ask").splitlines() if "points" in line)
    assert beside[2] < 0, "with wrong labels the interval excludes 0: the ensemble wins"
    assert early[2] > -0.5, "but not over its first snapshot"
    members = re.search(r"^snapshot k +(.*)$", shown("noisy-run"), re.MULTILINE)
    assert members
    own = numbers(members[1])[::2]
    assert own[-1] == max(own), "the last is the worst"
    assert 80 < numbers(shown("noisy-data"))[0] < 120, "about every fifth"
    differ = {"restarts": 0.0, "one cosine": 0.0}
    for line in shown("different-run").splitlines():
        if line:
            differ[line.split(",")[1].split(":")[0].strip()] += numbers(line)[-1]
    assert differ["restarts"] > differ["one cosine"], "on a few more"
    alone = [numbers(line)[-1] for line in shown("different-run").splitlines() if "one cosine" in line]
    assert max(alone) <= 5, "all images, or all but a few"


def check_snapshot_mistakes(shown: Shown) -> None:
    assert "state_dict()  the two are equal: True" in shown("mistake-alias")
    assert "deepcopy      the two are equal: False" in shown("mistake-alias")
    one, several = (
        [float(share) for share in re.findall(r"([\d.]+)%", line)]
        for line in shown("mistake-average-run").splitlines()
        if "%" in line
    )
    assert several[2] > several[0] + 20, "the average of their weights is a bad network"
    assert abs(one[2] - one[0]) < 1, "of one run it works"
    assert max(abs(one[1] - one[0]), abs(several[1] - several[0])) < 0.6, "logits do about as well"
    probabilities, logits = (
        numbers(line.split("[")[1]) for line in shown("mistake-logits").splitlines() if "[" in line
    )
    assert probabilities[0] > 0.5 > logits[0], "one very sure model outvotes two"
    after, end = numbers(shown("mistake-early").split("all seeds:")[1])
    assert after > end, "worse on average"
    pairs = [numbers(line.split(":")[1]) for line in shown("mistake-early").splitlines() if line.startswith("seed")]
    if end > 4:  # MNIST
        assert all(late > last for late, last in pairs), "with every seed"
    places = [numbers(line.split(":")[1]) for line in shown("mistake-log").splitlines() if "step(" in line]
    assert [torchs for torchs, _ in places] == [0.1] * 4 + [0]
    assert {whole for _, whole in places} == {0.1}
