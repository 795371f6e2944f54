"""An answer is run so that it does no harm, can't run for ever, and can't have the library do the exercise."""

import _thread
import contextlib
import cProfile
import importlib
import json
import math
import pstats
import random
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
import torch

from lrlab import schedules
from lrlab.checks import CheckFailed, check, isolate, tracer
from lrlab.checks.compare import compare, same
from lrlab.checks.exercise import Adapter, Case, Exercise
from lrlab.checks.explain import diagnose
from lrlab.checks.feedback import feedback_for
from lrlab.checks.isolate import Printed, RandomStates, TooSlow, limited, quiet
from lrlab.checks.registry import find
from lrlab.checks.serialize import Unusable, to_jsonable
from lrlab.checks.tracer import CallTracer


@pytest.mark.parametrize("stop", [TooSlow, KeyboardInterrupt])
def test_a_stop_that_falls_into_the_watch_is_no_doing_of_the_answers(stop):
    class Stopped(CallTracer):
        armed = False

        def _event(self, frame, event, argument):
            if self.armed:
                raise stop

    tracer = Stopped(["lrlab.schedules"])

    def run():
        with tracer:
            tracer.armed = True
            len([])

    with pytest.raises(stop):
        run()
    assert tracer.called == ""


class TestLimited:
    def test_a_call_in_time_returns(self):
        assert limited(lambda: 7, 5) == 7

    @pytest.mark.slow
    def test_a_call_that_never_ends_is_stopped(self):
        def endless():
            while True:
                with contextlib.suppress(Exception):
                    time.sleep(0.001)

        before = _thread._count()
        with pytest.raises(TooSlow):
            limited(endless, 0.05)
        until = time.monotonic() + 60
        while _thread._count() > before:  # its clock
            assert time.monotonic() < until
            time.sleep(0.01)

    @pytest.mark.slow
    def test_a_stop_that_is_dropped_comes_again(self):
        """Python drops an exception in a finaliser, and an answer may catch the first one."""
        caught = []

        def stubborn():
            while True:
                try:
                    time.sleep(0.001)
                except BaseException as error:
                    if caught:
                        raise
                    caught.append(type(error))

        with pytest.raises(TooSlow):
            limited(stubborn, 0.05)
        assert caught == [TooSlow]

    def test_only_the_seconds_of_the_call_itself_count(self, monkeypatch):
        """On a machine with fifty other things to do, a call takes fifty times as long and computes no longer."""
        begun = time.monotonic()
        monkeypatch.setattr(isolate, "process_time", lambda: (time.monotonic() - begun) / 50)
        assert limited(lambda: time.sleep(0.2) or 7, 0.05) == 7  # a machine that is busy indeed may take 2.5 s for it

    def test_a_call_that_computes_is_stopped(self):
        def computes():
            while True:
                pass

        with pytest.raises(TooSlow):
            limited(computes, 0.05)

    def test_a_call_that_waits_is_stopped(self):
        def waits():
            for _ in range(1000):
                time.sleep(0.01)

        with pytest.raises(TooSlow):
            limited(waits, 0.05)

    def test_no_exception_comes_late(self):
        for seconds in np.linspace(0.0, 0.004, 40):
            try:
                limited(lambda: time.sleep(0.002), float(seconds))
            except TooSlow:
                continue
            sum(range(1000))

    def test_an_error_passes(self):
        with pytest.raises(ZeroDivisionError):
            limited(lambda: 1 / 0, 5)


THREADS_BESIDE = """
import sys, threading, time
from lrlab.checks.registry import find
sys.addaudithook(lambda event, arguments: time.sleep(0.002) if event == "sys.setprofile" else None)
def plain(d):
    return 2 * d
def starts_a_thread(d):
    threading.Thread(target=len, args=([],)).start()
    return 2 * d
for answer in (plain, starts_a_thread):
    outcomes = find("half_life").adapter.call(answer, [(1.0,)] * 20)
    assert all(outcome.get("values") == [2.0] for outcome in outcomes), outcomes
"""


@pytest.mark.slow
def test_a_thread_that_starts_at_that_moment_costs_no_answer():
    """Until Python 3.12 two threads can't install a profile function at once; an audit hook lets both come to it."""
    done = subprocess.run([sys.executable, "-c", THREADS_BESIDE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_time_limits_own_thread_is_not_watched(monkeypatch):
    seen = set()

    class Threads(CallTracer):
        def _event(self, *about):
            seen.add(threading.get_ident())
            super()._event(*about)

    monkeypatch.setattr("lrlab.checks.call.CallTracer", Threads)
    (outcome,) = find("half_life").adapter.call(lambda d: time.sleep(0.05) or d, [(1.0,)])
    assert outcome["values"] == [1.0]
    assert seen == {threading.get_ident()}


class TestCallTracer:
    def test_a_call_is_noticed_by_whatever_name(self):
        made = schedules.Constant(0.1)
        for call in (lambda: schedules.Constant(0.1), lambda: made(3), lambda: list(map(made, [1, 2]))):
            with CallTracer(["lrlab.schedules"]) as tracer:
                call()
            assert tracer.called.startswith("lrlab.schedules.")

    def test_other_calls_are_not(self):
        with CallTracer(["lrlab.schedules", "torch.optim"]) as tracer:
            np.exp(torch.softmax(torch.zeros(3), 0).sum().item())
            isinstance(0.1, schedules.Schedule)
        assert tracer.called == ""

    def test_a_profiler_comes_back(self):
        def profile(*_):
            return None

        sys.setprofile(profile)
        try:
            with CallTracer(["torch.optim"]):
                pass
            assert sys.getprofile() is profile
        finally:
            sys.setprofile(None)

    def test_a_profiler_in_c_goes_on(self):
        """A cell with ``%prun check("half_life")`` checks the answer, and counts what is called after it, too."""

        def later():
            return None

        with cProfile.Profile() as profiler:
            check("half_life", lambda a: math.log(2) / a)
            later()
        assert any(name == "later" for _, _, name in pstats.Stats(profiler).stats)


@pytest.mark.parametrize(
    ("set_so", "put_back"),
    [(lambda: torch.set_grad_enabled(False), lambda _: torch.set_grad_enabled(True)),
     (lambda: np.seterr(all="raise"), lambda before: np.seterr(**before))],
)  # fmt: skip
def test_what_is_set_for_the_whole_notebook_has_no_say(set_so, put_back):
    def answer(n, lr, decay, every):
        x = torch.ones(1, requires_grad=True)
        (x * x).sum().backward()
        return lr * decay ** ((1 + n) // every) + 0 * np.exp(-1000.0) * x.grad.item()

    before = set_so()
    try:
        check("step_decay", answer)
        assert np.geterr()["under"] == "raise" or not torch.is_grad_enabled()  # as it was
    finally:
        put_back(before)


def test_quiet_leaves_no_trace(capsys):
    random.seed(1), np.random.seed(1), torch.manual_seed(1)  # noqa: NPY002
    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002
    printed = Printed()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with quiet(printed, RandomStates()):
            random.random(), np.random.rand(), torch.rand(1)  # noqa: NPY002
            print("out")
            print("err", file=sys.stderr)
            warnings.warn("costs nothing", stacklevel=1)
    after = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002
    assert before == after
    assert printed.text == "out\nerr\n"
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float32(0.5), 0.5),
        (torch.tensor([[1, 2]]), [[1.0, 2.0]]),
        ([torch.tensor(0.5), 1], [0.5, 1.0]),
        (torch.nn.Parameter(torch.zeros(1)), [0.0]),
        (range(2), [0.0, 1.0]),
        ({"a": (True, None, "x")}, {"a": [True, None, "x"]}),
        ([float("nan"), -np.inf], ["nan", "-inf"]),
        (torch.tensor(1.5, dtype=torch.bfloat16), 1.5),
        (object(), {"type": "object"}),
        (1j, {"type": "complex"}),
        (10**400, {"type": "int"}),
    ],
)
def test_plain_data(value, expected):
    assert to_jsonable(value) == expected
    assert json.loads(json.dumps(to_jsonable(value), allow_nan=False)) == expected


def both_forms(answer):
    exercise = Exercise(find("one_rate_for_all").adapter, (Case(([3, 1], 2), {"rates": 1}),))
    (outcome,) = exercise.adapter.outcomes(lambda curvatures, steps: answer(curvatures), exercise.cases)
    assert json.loads(json.dumps(outcome, allow_nan=False)) == outcome
    return exercise, outcome


@pytest.mark.parametrize(
    ("answer", "right", "call"),
    [
        (lambda x: x.index(1), True, "one_rate_for_all([3, 1], 2)"),  # an error for arrays
        (lambda x: x.argmin(), True, "one_rate_for_all(np.array([3, 1]), 2)"),  # an error for lists
        (
            lambda x: len(x + x) // 4,
            True,
            "one_rate_for_all([3, 1], 2)",
        ),  # something else, without an error, for arrays
        (lambda x: len(x), False, "one_rate_for_all(np.array([3, 1]), 2)"),
        (lambda x: len(x + x), False, "one_rate_for_all(np.array([3, 1]), 2)"),
    ],
)
def test_what_is_right_for_arrays_or_for_lists_is_right_and_the_call_is_shown(answer, right, call):
    exercise, outcome = both_forms(answer)
    shown, failed = feedback_for(exercise, exercise.cases, [outcome])
    assert (failed is None) == right
    assert compare([outcome], exercise.cases)[0].right == right
    assert call in shown


def test_an_error_for_both_forms_is_that_of_the_arrays():
    _, outcome = both_forms(lambda x: 1 / 0 if isinstance(x, list) else x.append(1))
    assert outcome["type"] == "AttributeError"


def made(run, expected):
    adapter = Adapter("made", ("n",), run)
    return Exercise(adapter, (Case((2,), expected),), labels={"rates": ("update", "group")})


class TestFacts:
    def outcome(self, run):
        (outcome,) = made(run, {}).adapter.call(lambda: None, [(2,)])
        assert json.loads(json.dumps(outcome, allow_nan=False)) == outcome
        return outcome

    def test_values_are_compared_one_by_one(self):
        outcome = self.outcome(lambda answer, n: {"rates": [[0.1, 0.2], [0.1, 0.3]], "extra": 1})
        (verdict,) = compare([outcome], [Case((2,), {"rates": [[0.1, 0.2], [0.1, 0.2]]})])
        assert [p.path for p in verdict.parts if not p.right] == [("rates", 1, 1)]
        assert made(None, {}).label(("rates", 1, 1)) == "update 1, group 1"

    @pytest.mark.parametrize(
        ("mine", "wanted", "right"),
        [
            ([1.0, 2.0], [1.0, 2.0], True),
            ([1.0], [1.0, 2.0], False),
            ([1.0, 2.0, 3.0], [1.0, 2.0], False),
            ([], [], True),
            (1.0, [1.0], False),
            (None, None, True),
            (0, None, False),
            (None, 0, False),
            (True, 1, False),
            (1, True, False),
            ("SGD", "SGD", True),
            ("0.5", 0.5, False),
            (1e-13, 0.0, True),
            (1e-9, 0.0, False),
            (float("nan"), 1.0, False),
        ],
    )
    def test_kinds(self, mine, wanted, right):
        (verdict,) = compare([self.outcome(lambda answer, n: {"x": mine})], [Case((2,), {"x": wanted})])
        assert verdict.right is right

    @pytest.mark.parametrize("facts", [None, [], {}, {"x": {"x": 1}}, {"x": [[[]]]}, {"x": "nan"}])
    def test_malformed_facts_are_wrong_answers(self, facts):
        assert not compare([{"kind": "facts", "facts": facts}], [Case((2,), {"x": 1.0})])[0].right

    def test_single_precision_is_given_a_digit(self):
        value = 0.1 * (1 + 5e-6)
        for given, right in ((value, False), (torch.tensor(value), True), ([np.float32(value)], True)):
            expected = {"x": [0.1] if isinstance(given, list) else 0.1}
            assert compare([self.outcome(lambda a, n, g=given: {"x": g})], [Case((2,), expected)])[0].right is right

    def test_a_complaint_is_the_hint(self):
        def complains(answer, n):
            raise Unusable("It should return a pair.")

        exercise = made(complains, {"x": 1.0})
        outcomes = exercise.adapter.outcomes(lambda: None, exercise.cases)
        assert diagnose(exercise, compare(outcomes, exercise.cases)) == ["It should return a pair."]

    def test_the_case_is_not_spoilt(self):
        case = Case(([1, 2],), {"x": 1})
        made(lambda answer, given: {"x": given.clear()}, {}).adapter.call(lambda: None, [case.args])
        assert case.args == ([1, 2],)

    def test_nan_explains_nan(self):
        assert same({"x": ["nan", 1.0]}, {"x": ["nan", 1.0 + 1e-9]})
        assert not same({"x": 1.0}, {"x": True})


def test_groups_of_cases():
    from lrlab.checks import check

    def triangular2(n, low, high, half):
        return low + (high - low) * (1 - abs(n / half % 2 - 1)) / 2.0 ** (n // (2 * half))

    check("triangular2", triangular2, group="arrays")
    with pytest.raises(ValueError, match=r"group of triangular2 must be one of 'arrays', 'one step', got 'all'"):
        check("triangular2", lambda *_: 0, group="all")


class TestEscapes:
    """An answer that goes where the watch does not see is noticed for that."""

    @staticmethod
    def outcome(answer):
        (found,) = Adapter("made", ("n",), watch=("lrlab.schedules",)).call(answer, [(3,)])
        return found

    @staticmethod
    def library(n):
        return float(schedules.StepDecay(0.1, decay=0.5, every=7)(n))

    def test_a_thread_is_watched_too(self):
        def answer(n):
            found = []
            thread = threading.Thread(target=lambda: found.append(self.library(n)))
            thread.start()
            thread.join()
            return found[0]

        assert self.outcome(answer)["type"].startswith("lrlab.schedules.")

    def test_an_innocent_thread_is_no_offence(self):
        def answer(n):
            with ThreadPoolExecutor(2) as pool:
                return sum(pool.map(float, [n, n]))

        assert self.outcome(answer)["values"] == [6.0]

    def test_the_watch_taken_off_and_put_back(self):
        def answer(n):
            before = sys.getprofile()
            sys.setprofile(None)
            found = self.library(n)
            sys.setprofile(before)
            return found

        assert self.outcome(answer) == {"kind": "refused", "type": "sys.setprofile"}

    def test_the_watch_replaced_before_the_check(self, monkeypatch):
        monkeypatch.setattr(sys, "setprofile", lambda function: None)
        monkeypatch.setattr(threading, "setprofile", lambda function: None)
        assert self.outcome(self.library)["type"].startswith("lrlab.schedules.")

    @pytest.mark.parametrize("place", [(time, "process_time"), (threading, "Thread"), (random, "getstate")])
    def test_what_runs_beside_the_watch_is_bound_before(self, monkeypatch, place):
        found = []
        original = getattr(*place)

        def beside(*args, **kwargs):
            found.append(self.library(3))
            return original(*args, **kwargs)

        monkeypatch.setattr(*place, beside)
        assert self.outcome(lambda n: found[0] if found else 7.0)["values"] == [7.0]

    def test_a_type_that_says_it_is_another_one_is_asked_within_the_watch(self):
        class Anything(type):
            def __hash__(cls):
                return hash(str)

            def __eq__(cls, other):
                return True

        class Lazy(dict, metaclass=Anything):
            def items(lazy):
                return [("value", self.library(3))]

        def answer(made):
            assert not isinstance("", Mapping)  # which Python keeps, also for what says that it is a str
            return made

        adapter = Adapter("made", ("n",), lambda answer, n: {"value": answer(n)}, watch=("lrlab.schedules",))
        for made in (Lazy(n=3), [Lazy(n=3)], (Lazy(n=3),)):
            (outcome,) = adapter.call(lambda n, made=made: answer(made), [(3,)])
            assert outcome["kind"] == "refused"

    def test_a_bare_thread(self):
        def answer(n):
            found, done = [], _thread.allocate_lock()
            done.acquire()
            _thread.start_new_thread(lambda: (found.append(self.library(n)), done.release()), ())
            done.acquire()
            return found[0]

        assert self.outcome(answer) == {"kind": "refused", "type": "thread.start_new_thread"}

    def test_another_process(self):
        def answer(n):
            return float(subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, check=True).stdout)

        assert self.outcome(answer)["kind"] == "refused"
        with pytest.raises(CheckFailed) as failed:
            check("half_life", answer)
        assert "works where this check can't see it" in " ".join(str(failed.value).split())

    @pytest.fixture
    def library_by_another_name(self, tmp_path, monkeypatch):
        """A module whose functions only their file tells."""
        source = "def same(n):\n    return n\n__name__ = 'mine'\n"
        (tmp_path / "made_up.py").write_text(source)
        monkeypatch.syspath_prepend(tmp_path)
        yield source
        sys.modules.pop("made_up", None)
        tracer.library.cache_clear()
        tracer._libraries.cache_clear()

    def test_what_an_earlier_call_has_loaded_is_known_in_the_next(self, library_by_another_name):
        def answer(n):
            return importlib.import_module("made_up").same(n)

        first, second = Adapter("made", ("n",), watch=("made_up",)).call(answer, [(3,), (4,)])
        assert first["values"] == [3.0]  # its code is read once it is there
        assert second == {"kind": "refused", "type": "mine.same"}

    def test_a_package_whose_parts_call_each_other_may_be_imported(self, tmp_path, monkeypatch):
        """As torch.optim's do, where a notebook has not imported torch."""
        package = tmp_path / "made_of_parts"
        package.mkdir()
        (package / "__init__.py").write_text("from made_of_parts import one\n")
        (package / "one.py").write_text("from made_of_parts.two import same\n\n@same\ndef used(n):\n    return n\n")
        (package / "two.py").write_text("def same(function):\n    return function\n")
        monkeypatch.syspath_prepend(tmp_path)

        def answer(n):
            made = importlib.import_module("made_of_parts")
            return n if n < 5 else made.one.used(n)

        found = Adapter("made", ("n",), watch=("made_of_parts",)).call(answer, [(3,), (5,)])
        assert [one["kind"] for one in found] == ["number", "refused"]

    def test_equal_code_of_another_file_is_not_taken_for_it(self, library_by_another_name):
        own: dict[str, Any] = {"__name__": "own"}
        exec(compile(library_by_another_name, "own.py", "exec"), own)
        librarys = importlib.import_module("made_up").same
        assert own["same"].__code__ == librarys.__code__

        def answer(n):
            return own["same"](n) if n < 5 else librarys(n)

        found = Adapter("made", ("n",), watch=("made_up",)).call(answer, [(3,), (5,), (4,)])
        assert [one["kind"] for one in found] == ["number", "refused", "number"]

    def test_nothing_stays_behind(self):
        before = sys.getprofile(), threading.getprofile()
        self.outcome(self.library)
        assert (sys.getprofile(), threading.getprofile()) == before
