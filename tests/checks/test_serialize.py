"""Objects as plain data: Python's own types, which take a short way, and all others give the same."""

from collections import OrderedDict
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from lrlab.checks.serialize import LARGEST, copied, is_single, to_jsonable

PLAIN: tuple[Any, ...] = (None, True, "0.1", 0.5, [], {}, [0.5, 1.5], [[0.5], ["a", None, True]])


class List(list):
    pass


class Float(float):
    pass


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        *((value, value) for value in PLAIN),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        ([0.5, float("inf")], [0.5, "inf"]),
        ((0.5, 1), [0.5, 1.0]),
        ({1: (0.5,), "b": [float("nan")]}, {"1": [0.5], "b": ["nan"]}),
        (10**400, {"type": "int"}),
        ([10**400, 2], [{"type": "int"}, 2.0]),
        (Fraction(1, 2), 0.5),
        (Fraction(10**400), {"type": "Fraction"}),
        ([Decimal("0.5")], [0.5]),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3.0),
        (np.bool_(True), True),
        (np.array([0.5, np.nan]), [0.5, "nan"]),
        (np.array(["a"]), {"type": "ndarray"}),
        (range(2), [0.0, 1.0]),
        (List([0.5, float("inf")]), [0.5, "inf"]),
        (Float(0.5), 0.5),
        (OrderedDict(a=Float("inf")), {"a": "inf"}),
        ({0.5}, {"type": "set"}),
        (1j, {"type": "complex"}),
    ],
)
def test_plain_data(value, plain):
    made = to_jsonable(value)
    assert made == plain
    assert type(made) is type(plain)
    assert to_jsonable([value]) == [plain]


def test_far_too_many_values_have_no_form():
    for many in ([0.5] * (LARGEST + 1), List([0.5] * (LARGEST + 1)), tuple([0.5] * (LARGEST + 1))):
        assert to_jsonable(many) == {"type": type(many).__name__}


@pytest.mark.parametrize(
    ("value", "single"),
    [
        *((value, False) for value in (0.5, 1, None, "a", [], [0.5, 1, "a"], [[0.5], np.array([0.5])], {"a": 0.5})),
        *((value, True) for value in (np.float32(0.5), [0.5, np.float16(1)], {"a": [np.array([0.5], dtype="f4")]})),
    ],
)
def test_single_precision_is_found_inside(value, single):
    assert is_single(value) == single


def test_a_copy_shares_nothing_that_can_change():
    array = np.array([0.5])
    value: list[Any] = [[0.5, 1.0], {"a": [1, "b"], "c": (List([2]), None)}, array]
    other = copied(value)
    assert other == value
    for path in ((0,), (1,), (2,), (1, "a"), (1, "c", 0)):
        one, two = value, other
        for step in path:
            one, two = one[step], two[step]
        assert one is not two
        assert type(one) is type(two)
