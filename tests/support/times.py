"""A pytest plugin: where the time of a run went, and that a test says why it is slow, or left to the night.

    @pytest.mark.slow                           more than a second: not in `make check`
    @pytest.mark.slow(reason="two classes")     more than LONG seconds
    @pytest.mark.nightly(reason="30 kills")     not in `make test` either

Seconds depend on the machine, so a test without a reason is reported and does not fail. The seconds of a core are those
of the test's process and of what it waited for, and mean the same on a busy machine.
"""

import os
from collections import defaultdict
from collections.abc import Generator
from typing import Any

import pytest

LONG = 20  # seconds with all its fixtures
REASON, CORE = "why it is slow", "seconds of a core"

_counted = sum(os.times()[:4])


def reason_of(item: pytest.Item) -> str:
    return next((m.kwargs["reason"] for m in item.iter_markers("slow") if "reason" in m.kwargs), "")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for mark in item.iter_markers("nightly"):
            if not mark.kwargs.get("reason"):
                raise pytest.UsageError(f"{item.nodeid}: nightly must say why, as in nightly(reason='30 kills')")
        # A report crosses from a worker of xdist with its user_properties, but without its marks' arguments.
        item.user_properties.append((REASON, reason_of(item)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    global _counted
    report = yield
    now = sum(os.times()[:4])
    report.user_properties = [*report.user_properties, (CORE, now - _counted)]
    _counted = now
    return report


def group(nodeid: str) -> str:
    """tests/grading of tests/grading/batch/test_runner.py::test_x, and tests/test_train.py of a file beside them."""
    parts = nodeid.partition("::")[0].split("/")
    return "/".join(parts[:2])


def longest_first(seconds: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(seconds.items(), key=lambda each: -each[1])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    groups: dict[str, defaultdict[str, float]] = {"worker": defaultdict(float), "core": defaultdict(float)}
    tests: defaultdict[str, float] = defaultdict(float)
    explained = set()
    for report in (r for reports in terminalreporter.stats.values() for r in reports):
        if isinstance(report, pytest.TestReport):
            about: dict[str, Any] = dict(report.user_properties)
            groups["worker"][group(report.nodeid)] += report.duration
            groups["core"][group(report.nodeid)] += about[CORE]
            tests[report.nodeid] += report.duration
            if about[REASON]:
                explained.add(report.nodeid)
    if terminalreporter.config.option.durations and tests:
        of_workers, of_cores = (sum(each.values()) for each in groups.values())
        terminalreporter.section(f"{of_workers:.0f} seconds of workers, {of_cores:.0f} of cores")
        for name, seconds in longest_first(groups["worker"]):
            terminalreporter.write_line(f"{seconds:7.1f} s  {groups['core'][name]:7.1f} s  {name}")
    silent = [(name, seconds) for name, seconds in longest_first(tests) if seconds > LONG and name not in explained]
    if silent:
        terminalreporter.section(f"over {LONG} s without a word why: mark them slow(reason=…), or make them quicker")
        for name, seconds in silent:
            terminalreporter.write_line(f"{seconds:7.1f} s  {name}")
