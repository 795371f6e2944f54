"""Checks are never wrong: every right answer earns full marks, no wrong one does, and the mistake is named."""

import contextlib
import re
from collections import Counter

import numpy as np
import pytest
from support.corpus import MISTAKES, RIGHT, UNIT_OF, UNITS, WRONG, cells

from lrlab.checks import CheckFailed, check
from lrlab.checks.registry import find


@pytest.fixture(autouse=True)
def default_dtype():
    """What an answer sets for its notebook ends with its test."""
    import torch

    before = torch.get_default_dtype()
    yield
    torch.set_default_dtype(before)


def full_marks(answer):
    """Whether the answer passes each check cell, by group; what was said where it does not, and what a student saw."""
    marks, said, seen = {}, [], []
    for group, (_, hidden) in cells(answer.exercise).items():
        marks[group] = True
        for how, heard in (({"group": group}, seen), ({"cases": hidden}, said)):
            try:
                check(answer.exercise, answer.function, **how)
            except CheckFailed as failed:
                marks[group] = False
                heard.append(" ".join(str(failed).split()))
    return marks, said, seen


NIGHT = pytest.mark.nightly(
    reason="each trains twenty networks, of which a right and a wrong answer are in every run; or it never ends, "
    "which test_isolate.py tries in every run"
)


def first_quick(answers):
    """All the answers as parameters; the first right one of each exercise is for `make check`, where none trains."""
    quick = [answer for answer in answers if answer.says is None and answer.exercise not in ("my_schedule", "find_lr")]
    first = {answer.exercise: answer for answer in reversed(quick)}
    rest = [answer for answer in answers if answer.exercise == "my_schedule"][1:]
    rest += [answer for answer in answers if answer.says == "did not finish in time"]
    return [
        pytest.param(
            answer,
            id=answer.id,
            marks=() if answer in first.values() else [pytest.mark.slow, *([NIGHT] if answer in rest else [])],
        )
        for answer in answers
    ]


@pytest.mark.parametrize("answer", first_quick(RIGHT))
def test_a_right_answer_earns_full_marks(answer, capsys):
    marks, said, seen = full_marks(answer)
    assert said == seen == []
    assert all(marks.values())
    assert "✗" not in capsys.readouterr().out


@pytest.mark.parametrize("answer", first_quick(WRONG))
def test_a_wrong_answer_earns_less_and_is_told_why(answer):
    marks, _, seen = full_marks(answer)
    assert not all(marks.values())
    hints = {m.name: " ".join(m.hint.split()) for m in find(answer.exercise).mistakes}
    expected = hints.get(answer.says, answer.says)
    assert any(expected in each for each in seen), seen  # before handing in


NAMES = list(UNIT_OF)


AT_NIGHT = pytest.mark.nightly(reason="over a thousand; every third is in every run, and all are on the public cases")


MANY_DRAWN = pytest.mark.nightly(reason="57 more draws of six networks, each trained many times")


# What is exactly equal hangs on the last digit: only a case that the student sees may ask for that.
SEEN_IN_PUBLIC_ALONE = {("one_rate_for_all", "equal ends taken for none"), ("robust_lr", "cut at the limit itself")}


@pytest.mark.slow
@pytest.mark.parametrize("third", [0, pytest.param(1, marks=AT_NIGHT), pytest.param(2, marks=AT_NIGHT)])
@pytest.mark.parametrize("name", NAMES)
def test_known_mistakes_fail_the_hidden_cases_too(name, third):
    hidden = [case for _, cases in cells(name).values() for case in cases]
    passed, mistakes = [], [mistake for exercise, mistake in MISTAKES if exercise == name][third::3]
    for mistake in mistakes:
        with np.errstate(all="ignore"), contextlib.suppress(CheckFailed):
            check(name, mistake.code, cases=hidden)
            passed.append(mistake.name)
    assert passed == [mistake.name for mistake in mistakes if (name, mistake.name) in SEEN_IN_PUBLIC_ALONE]


@pytest.mark.slow
@pytest.mark.parametrize("seeds", [range(3), pytest.param(range(3, 60), marks=MANY_DRAWN)])
def test_no_draw_takes_a_sensible_search_for_a_wrong_one(seeds):
    """The goal lies in a gap, so that nobody who passes the public cases fails by an unlucky draw."""

    def worst_loss(answer, cases):
        notes = [outcome["facts"]["note"] for outcome in find("find_lr").adapter.outcomes(answer.function, cases)]
        return max(float(re.search(r"digits (\S+);", note)[1]) for note in notes)

    sensible = [answer for answer in RIGHT if answer.exercise == "find_lr"]
    misses = [answer for answer in WRONG if answer.id in ("find_lr-cautious", "find_lr-narrow", "find_lr-daring")]
    for groups in (UNIT_OF["find_lr"].hidden_cases(seed)["find_lr"] for seed in seeds):
        for drawn in groups.values():
            cases = find("find_lr").read_cases(drawn)
            assert all(1.4 < case.args[-1] < 2 for case in cases)
            assert max(worst_loss(answer, cases) for answer in sensible) < 1.4
            assert min(worst_loss(answer, cases) for answer in misses) > 2


@pytest.mark.parametrize("name", NAMES)
def test_there_are_enough_answers(name):
    right, wrong = Counter(a.exercise for a in RIGHT), Counter(a.exercise for a in WRONG)
    assert right[name] >= 3
    assert wrong[name] >= 5


@pytest.mark.parametrize("name", NAMES)
def test_public_and_hidden_cases_have_the_same_groups(name):
    assert {case.group for case in find(name).cases} == set(cells(name))


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_hidden_cases_are_drawn(unit):
    """Another submission gets other values, in every check cell: hardly a case is the same for three seeds."""
    drawn = [unit.hidden_cases(seed) for seed in (1, 2, 3)]
    for name, groups in drawn[0].items():
        for group in groups:
            calls = [{repr(args) for args, _ in one[name][group]} for one in drawn]
            assert len(set.intersection(*calls)) <= 1, (name, group)
            assert len(set.union(*calls)) > len(calls[0]), (name, group)


@pytest.mark.parametrize("name", NAMES)
def test_no_hidden_case_is_public(name):
    for public, hidden in cells(name).values():
        assert not {repr(c.args) for c in public} & {repr(c.args) for c in hidden}
