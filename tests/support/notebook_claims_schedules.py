"""What the prose of notebooks 02 to 05 says that you should see, in the outputs of their cells, on either data set.

`exact_…` are claims of which training changes nothing; the others want the training that a student waits for.
"""

import re

from support.notebook_claims import Shown, numbers


def losses(table: str) -> list[tuple[float, float]]:
    """Mean and standard deviation of each row's validation loss, in the table of a comparison."""
    found = re.findall(r"^.+?  (\d+\.\d+) ± (\d+\.\d+)  ", table, re.MULTILINE)
    return [(float(mean), float(deviation)) for mean, deviation in found]


def exact_decay_formulas(shown: Shown) -> None:
    assert "our Step equals StepLR: True" in shown("step-torch-prove")
    assert "the lecture's first drop: 2\ntorch's first drop: 3" in shown("step-torch-prove")
    assert "η_4 = 0.133" in shown("time-hand")
    assert "2.36" in shown("inverse-run")
    assert "e-17" in shown("inverse-run")
    assert re.findall(r"by compare: (\w+)", shown("compare-same")) == ["True", "True"]


def decay_formulas(shown: Shown) -> None:
    intervals = [numbers(line.split("average")[1]) for line in shown("results-seeds").splitlines()]
    gains = [mean for mean, _, _ in intervals]
    assert len(gains) == 4
    assert intervals[1][2] < 0.005, "step is below the tuned rate, and the interval below 0 or next to it"
    assert intervals[3][1] < 0 < intervals[3][2], "of exponential it contains 0"
    assert max(gains[::2]) < 0, "lower on average than the high rate"
    assert max(gains[1::2]) < 0.02, "and not above the one in the middle"
    spreads = [numbers(line.split(":")[1]) for line in shown("results-spread").splitlines() if ":" in line]
    widths = [highest - lowest for lowest, highest in spreads]
    assert max(widths[3:]) < widths[0], "a smaller spread"
    planned, natural = (
        [int(share) for share in re.findall(r"(\d+)%", line)]
        for line in shown("mistakes-run").splitlines()
        if "right:" in line
    )
    assert max(natural) < 40, "next to nothing"
    assert max(natural) < min(planned) - 30


def exact_param_groups(shown: Shown) -> None:
    constructor = shown("constructor")
    for there in (
        "self.defaults",
        "TypeError",
        "self.state",
        "ValueError",
        '{"params": param_groups}',
        "add_param_group",
        "hooks",
    ):
        assert there in constructor, there
    assert "gone:        []" in shown("keys")
    assert "['differentiable', 'foreach', 'fused', 'maximize']" in shown("keys")
    assert "the same rates at every update: True" in shown("attach-compare")
    assert "\n5 [0.00135, 0.00027]" in shown("groups-adjust")
    assert "UnpicklingError" in shown("trap-numpy")
    assert "LambdaLR: asked for 0.3, starts at 0.1" in shown("trap-stale")
    assert "ExponentialLR: asked for 0.3, starts at 0.3" in shown("trap-stale")


def param_groups(shown: Shown) -> None:
    lines = [line for line in shown("interlude-ask").splitlines() if "at the end" in line]
    constant, by_hand = (numbers(line) for line in lines)
    assert by_hand[-1] < constant[-1], "lower on average"


def exact_torch_schedulers(shown: Shown) -> None:
    rates = [numbers(line)[1] for line in shown("step-values").splitlines()]
    assert rates == [0.05, 0.05, 0.005, 0.005, 0.0005, 0.0005, 0.00005, 0.00005]
    assert "the same as in training: True" in shown("rates-check")
    stairs = shown("multistep-run").splitlines()
    assert stairs[0].split("]")[1] == stairs[1].split("]")[1], "the order of the milestones is free"
    assert [numbers(line)[-7::2] for line in stairs[::2]] == [[0.05, 0.005, 0.005, 0.0005], [0.05, *[0.0005] * 3]]
    assert "gamma = 0.926" in shown("exponential-run")
    assert "MultiplicativeLR  [0.1, 0.05, 0.025, 0.0125]\nLambdaLR          [0.05, 0.05" in shown("lambda-run")
    asked = shown("lambda-asked")
    assert "MultiplicativeLR  is called with [1, 2, 3, 4]\nLambdaLR          is called with [0, 1" in asked
    torchs, lectures = (line.split(":")[1].split() for line in shown("recurrence").splitlines())
    assert torchs == lectures
    assert "[0.05, 0.09]" in shown("groups")
    assert set(numbers(shown("plateau-slide"))) == {0.1}
    assert "epochs at 0.1: 12" in shown("plateau-never")
    folded = [line.split()[2:] for line in shown("plateau-fold").splitlines()[3:7]]
    assert folded == [["1", "0.1"], ["0", "0.1"], ["1", "0.1"], ["0", "0.01"]]
    assert "unexpected keyword argument 'verbose'" in shown("verbose")
    assert "loss 0.6: next rate 0.01" in shown("position")
    assert "gone: []" in shown("moved-names")
    for new in ("ConstantLR", "LinearLR", "PolynomialLR", "ChainedScheduler", "SequentialLR"):
        assert new in shown("moved-names")
    assert "SequentialLR     highest: 0.1000 at call 10" in shown("moved-compose-top")
    assert numbers(shown("moved-compose-top").splitlines()[1])[0] < 0.1
    assert all("'initial_lr'" in line for line in shown("moved-keys").splitlines())
    assert "'max_lr', 'max_momentum', 'min_lr'" in shown("moved-keys")
    assert "[0.005]" in shown("last-lr")
    assert "[0.0005]" in shown("last-lr")
    assert "call 60: 0.0005" in shown("resume-load")
    order = shown("mistake-order")
    assert re.findall(r"(\d) warning", order) == ["1", "1", "0"]
    assert "0.1000" not in order


def torch_schedulers(shown: Shown) -> None:
    first, before_drop, *_, last = (numbers(line)[2] for line in shown("step-values").splitlines())
    assert before_drop < first / 3, "most of the loss is gone before epoch 30"
    assert 0.9 * before_drop < last < before_drop, "after it, it falls by less than a tenth"
    wins = [numbers(line) for line in shown("compare-seeds").splitlines()]
    assert len(wins) == 3
    # Not 4: with seeds 100 to 104 step, exponential and plateau win 3, 2 and 2 times on the digits.
    assert all(won >= 3 for won, _ in wins), wins
    means = [mean for mean, _ in losses(shown("compare-run"))]
    assert len(means) == 4
    assert means[0] == max(means), means
    right = [float(share) for share in re.findall(r"(\d+\.\d+) ± \d+\.\d+ %", shown("compare-run"))]
    if right[0] < 95:  # MNIST
        assert right[2] < right[0] - 0.5, "exponential has a lower loss than constant, and fewer images right"
        assert max(right[1:]) < right[0] + 0.2, "and the others not more"
    drops = [line.split("epoch")[1] for line in shown("compare-drops").splitlines()]
    assert len(set(drops)) > 1, drops
    good, bad = (line.split("accuracy")[1] for line in shown("mistake-batch").splitlines() if "accuracy" in line)
    assert numbers(good)[-1] > numbers(bad)[-1] + 10
    assert max(numbers(bad)[3:]) - min(numbers(bad)[3:]) <= 2, "it hardly moves"
    assert "higher in 3 of 3 seeds" in shown("mistake-cosine-seeds")


def exact_cycles(shown: Shown) -> None:
    assert "0.5 at steps: [ 4 12]" in shown("cyclic-run")
    assert "what CyclicLR does: True" in shown("cyclic-formula-check")
    tops = [numbers(line.split(":")[1]) for line in shown("modes-tops").splitlines()]
    assert tops == [[0.5, 0.5, 0.5], [0.5, 0.3, 0.2], [0.5, 0.5, 0.5]]
    assert "cycle      is called with [1, 2, 3]\niterations is called with [0, 1" in shown("own-asked")
    assert "before: 0\n" in shown("momentum-run")
    assert "momentum:  [0.9   0.875 0.85  0.825 0.8  ]" in shown("momentum-run")
    others = shown("momentum-others").splitlines()
    assert "momentum = 0.9" in others[1]
    assert all("ValueError" in line for line in others[2:4])
    assert "first 0.004, highest 0.1 at step 29\nlast 4.0e-07" in shown("one-run")
    assert "first 0.95, at the highest rate 0.85" in shown("one-run")
    assert "the same for the first 59 steps" in shown("special-run")
    assert "the highest rate in epoch 1" in shown("batch-plot")
    assert "step 9: 0.0000004\nstep 10: 0.0049519\nValueError: Tried to step 11 times" in shown("past-end")


def cycles(shown: Shown) -> None:
    tens = numbers(shown("range-loop-plot").split("]")[0].split("[")[1])
    assert tens[0] - tens[2] < 0.1, "nothing at first"
    assert min(tens[4:8]) < tens[0] - 0.3, "then a fall"
    assert max(tens[8:]) > tens[0], "then a rise"
    tests = [line for line in shown("range-plot").splitlines() if "seed" in line]
    assert len(tests) == 3
    for line in tests:
        lowest, steepest, valley, tenth = (float(x) for x in re.findall(r"\d\.\d+", line))
        assert 0.1 < steepest <= lowest < 1, line
        assert 0.01 < valley < 0.1, line
        assert 0.01 < tenth < 0.1, line
    asked = shown("compare-ask").splitlines()
    intervals = [numbers(line.split("difference")[1]) for line in asked]
    triangles, one_cycle, unfinished, rise = (mean for mean, _, _ in intervals)
    assert all(low < 0 < high for _, low, high in intervals[:2]), "five seeds don't show a gain over the tuned rate"
    assert triangles < 0.05 > one_cycle, "not above the tuned constant rate by much"
    assert unfinished < 0, "the finished cycles end lower"
    assert abs(rise) < 0.2 * abs(unfinished), "one-cycle and cosine are practically the same"
    _, low, high = intervals[3]
    right = [float(share) for share in re.findall(r"(\d+\.\d+) ± \d+\.\d+ %", shown("compare-run"))]
    if max(right) < 92:  # MNIST
        assert low < 0 < high, "no difference is seen"
    else:
        assert -0.01 < rise < high < 0, "on the digits one-cycle is ahead, by less than a hundredth"
    assert "triangles below cut off: 5 of 5 seeds" in asked[2]
    means, spreads = zip(*losses(shown("compare-run")), strict=True)
    assert max(means[0], means[1], means[3], means[4]) < means[2], means
    # Not 3 times: with seeds 100 to 104 it is 1.5 times on MNIST, 0.029 beside 0.019.
    assert spreads[2] > 1.5 * max(spreads[1], spreads[3], spreads[4]), "scattered"
    ends = [float(line.split(":")[1]) for line in shown("mistake-momentum").splitlines() if "seed" in line]
    assert len(ends) == 6
    assert all(on > 1.3 * off for off, on in zip(ends[::2], ends[1::2], strict=True)), ends


EXACT = {"02": exact_decay_formulas, "03": exact_param_groups, "04": exact_torch_schedulers, "05": exact_cycles}
TRAINED = {"02": decay_formulas, "03": param_groups, "04": torch_schedulers, "05": cycles}
