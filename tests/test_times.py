"""How a run goes: groups keep to a worker; at its end, seconds by folder, and slow tests that do not say why."""

import re

import pytest
from support import times

TESTS = """
import pytest
import time

@pytest.mark.slow
def test_silent():
    sum(range(100_000))

@pytest.mark.slow(reason="trains")
def test_explained(): ...

@pytest.mark.{mark}
def test_left_to_the_night(): ...
"""


@pytest.fixture
def run(pytester, monkeypatch):
    monkeypatch.setattr(times, "LONG", -1)  # every test is long

    def run(*arguments: str, mark: str = "nightly(reason='thirty kills')") -> pytest.RunResult:
        folder = pytester.mkpydir("tests") / "unit"
        folder.mkdir()
        (folder / "test_made.py").write_text(TESTS.format(mark=mark))
        return pytester.runpytest_inprocess(
            "-p", "support.times", "-W", "ignore::pytest.PytestUnknownMarkWarning", *arguments
        )

    return run


def test_seconds_stand_by_folder_where_the_slowest_tests_do(run):
    assert re.search(r"s +[\d.]+ s  tests/unit$", run("--durations=3").stdout.str(), re.MULTILINE)


def test_otherwise_they_do_not(run):
    assert "tests/unit\n" not in run().stdout.str()


def test_a_long_test_without_a_reason_is_named_and_does_not_fail(run):
    result = run()
    result.assert_outcomes(passed=3)
    _, _, named = result.stdout.str().partition("without a word why")
    assert "::test_silent" in named
    assert "::test_explained" not in named


@pytest.mark.slow
def test_workers_say_the_same(run):
    result = run("-n", "1", "--durations=3")
    _, _, named = result.stdout.str().partition("without a word why")
    assert "::test_silent" in named
    assert "::test_explained" not in named
    assert re.search(r"s +[\d.]+ s  tests/unit$", result.stdout.str(), re.MULTILINE)


def test_the_night_needs_a_reason(run):
    result = run(mark="nightly")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "test_left_to_the_night: nightly must say why" in result.stdout.str() + result.stderr.str()


GROUP = """
import pytest

@pytest.mark.xdist_group("a class that is graded once")
@pytest.mark.parametrize("i", range(8))
def test_by_one_worker(i, worker_id):
    print(f"by {worker_id}")
"""


@pytest.mark.slow
def test_the_tests_of_a_group_run_in_one_worker(pytester):
    """With pytest 9.2.0 and pytest-xdist 3.8.0 they do not, and a run takes twice as long without a word."""
    pytester.makepyfile(GROUP)
    result = pytester.runpytest_subprocess("-n", "2", "--dist", "loadgroup", "-rP")
    result.assert_outcomes(passed=8)
    assert len(set(re.findall(r"^by (gw\d)$", result.stdout.str(), re.MULTILINE))) == 1
