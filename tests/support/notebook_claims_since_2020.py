"""What the prose of notebook 09 says that you should see, in the outputs of its cells, on either data set."""

import re

from support.notebook_claims import Shown, numbers
from support.notebook_claims_sgd import table_rows


def interval(line: str) -> tuple[float, float, float]:
    """The mean and the two ends of a line's interval of paired differences."""
    mean, low, high = re.search(r"([-+]\d\S*) \[(\S+), (\S+)\]", line).groups()
    return float(mean), float(low), float(high)


def intervals(text: str) -> dict[str, tuple[float, float, float]]:
    found = (line.rpartition(": ") for line in text.splitlines())
    return {name: interval(values) for name, _, values in found if re.match(r"[-+]\d\S* \[", values)}


def check_since_2020(shown: Shown) -> None:
    check_curvature(shown)
    check_schedules(shown)
    check_averages(shown)
    check_scaling(shown)
    check_new_optimizers(shown)
    check_new_data(shown)


def check_curvature(shown: Shown) -> None:
    late = [numbers(line.split("late:")[1]) for line in shown("edge-run").splitlines() if "late" in line]
    calm, between, edge, *_ = late
    assert max(calm) < 0.7, "far below the limit"
    assert min(edge) > 1, "a little above it with every seed"
    on_digits = "2.2 ± 0.1" in shown("edge-run")  # the sharpness at the start
    assert max(between) < 0.9 if on_digits else 1 < min(between) <= max(between) < 1.1, "on MNIST at 0.4, too"
    assert max(edge) < 1.3
    rows = [[numbers(part) for part in line.split("  ") if part.strip()] for line in table_rows(shown("edge-run"))]
    losses = [row[6][0] for row in rows if row[6]]
    assert min(losses) == losses[2], "the loss is lowest at 0.8"


def check_schedules(shown: Shown) -> None:
    rows = [[numbers(part) for part in line.split("  ") if part.strip()] for line in shown("cool-run").splitlines()]
    rows = [row for row in rows if len(row) == 4 and all(row)]
    assert [row[0][0] for row in rows] == [100, 200, 400]
    assert all(cooled[0] < plateau[0] for _, plateau, cooled, _ in rows), "the cool-down lowers the plateau's loss"
    assert all(cooled[0] < cosine[0] + 0.04 for _, _, cooled, cosine in rows), "to about that of a cosine"
    assert "995 from one plateau, 3,375 by cosines" in shown("cool-run")
    gaps = intervals(shown("shape-run"))
    for shape in ("cosine to 0", "cosine to 1/10"):
        assert abs(gaps[f"{shape} minus linear to 0"][0]) < 0.02, "the three that come down can't be told apart"
    assert gaps["constant minus linear to 0"][0] > 0, "higher on average"
    spread = dict(re.findall(r"^(\S.*?) +best rate .* ± (\S+)$", shown("shape-run"), flags=re.MULTILINE))
    assert float(spread["constant"]) > 1.5 * float(spread["linear to 0"]), "and scattered"
    bounds = dict(re.findall(r"^(\S.*?) +([\d.]+)$", shown("bound-run"), flags=re.MULTILINE))
    assert min(bounds, key=lambda name: float(bounds[name])) == "linear to 0"
    assert max(bounds, key=lambda name: float(bounds[name])) == "constant"


def check_averages(shown: Shown) -> None:
    averages = intervals(shown("average-pairs"))
    assert all(high < 0 for _, _, high in averages.values()), "both averages are lower"
    assert len(averages) == 2
    after = intervals(shown("average-swalr-pairs"))
    assert after["average minus last"][0] < 0, "lower than they do"
    assert after["average minus last"][2] < 0.01, "the interval reaches to 0"
    assert after["average minus after the cosine"][1] < 0
    assert after["average minus SWA without a decay"][1] > 0, "without a detour it is the lowest"
    for kind in ("ScheduleFreeSGD", "ScheduleFreeAdamW"):
        assert f"our result equals {kind}'s: True" in shown("free-check")
    below = intervals(shown("free-run"))
    assert all(below[f"free {name} minus cosine"][2] < 0 for name in ("SGD", "AdamW")), "below the tuned cosine"
    best = dict(re.findall(r"^(\S+(?: \S+)?) +best rate (\S+)", shown("free-run"), flags=re.MULTILINE))
    assert float(best["free SGD"]) > float(best["cosine"]), "at a higher rate"
    assert intervals(shown("mistake-point"))["x minus y"][2] < 0, "clearly lower at x"


def check_scaling(shown: Shown) -> None:
    widths = intervals(shown("width-prices"))
    falls, _, highest = widths["standard: for twice the width, powers of two"]
    moves, low, high = widths["mup: for twice the width, powers of two"]
    on_digits = "loss of 0.3" in shown("batch-run")  # the target of the digits
    assert falls < -0.1, "the best rate falls with the width"
    assert falls < moves - 0.2, "by more than under μP"
    assert highest < 0 or not on_digits, "on the digits for certain"
    assert low < 0 < high, "under μP it can't be told whether it moves"
    assert widths["standard: at width 512 the rate of 32 costs"][0] > 0
    assert widths["lowest loss, standard minus mup"][0] < 0, "lower at its own best rate"
    batch = intervals(shown("batch-pairs"))
    fewer, _, high = batch["from 8 to 32, times fewer updates"]
    assert fewer > 3, "nearly fourfold"
    assert batch["from 32 to 128, times fewer updates"][2] < 4, "then by less"
    moved, low, high = batch["from 8 to 128, best rate moves by powers of two"]
    assert moved > 0, "the best rate grows"
    assert low < 2 < high, "the square-root rule is not contradicted"
    noise = re.findall(r"noise scale (\d+) \[(-?\d+), (-?\d+)\]", shown("batch-noise"))
    first, _, last = ([int(number) for number in one] for one in noise)
    assert 20 < first[0] < 100 < last[0] < 1000, "tens of images, then a hundred or more"
    assert first[2] < 2 * first[1], "the first interval is narrow"
    assert intervals(shown("batch-noise"))["200 updates minus 0"][0] > 0, "it grows on average"


def check_new_optimizers(shown: Shown) -> None:
    gaps = intervals(shown("muon-run"))
    assert gaps["Muon minus Adam"][1] < 0, "not clearly above Adam"
    _, low, high = gaps["Prodigy minus Adam"]
    assert low < 0.02, "not clearly above Adam either"
    assert high > -0.02, "nor clearly below"


def check_new_data(shown: Shown) -> None:
    lines = [line for line in shown("rewarm-run").splitlines() if "%" in line]
    (kept, none), middle, _, (old, learned), _, both = (
        [int(share) for share in re.findall(r"(\d+)% ±", line)] for line in lines
    )
    assert kept > 90 > 20 > none, "at the lowest rate the old digits are kept"
    assert old < 10 < 75 < learned, "at the highest it is the other way round"
    assert all(45 < share < 90 for share in middle), "between them some of each"
    assert min(both) > 75, "with replay most of both"
