"""The processes of `-n`: they share one cache, take turns, and begin with other files."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from folder_for_jails import folder_for_jails
from turns import turn

LASTING_CACHE = os.environ.get("DAYTONA_TEST_CACHE")
"""A folder where prepared toolchains last from one session of tests to the next; one at a time.

It must be the caller's, and such as jails can enter. What is not set, or empty, is a fresh one."""
TURNS = os.environ.get("DAYTONA_TEST_TURNS")
"""A folder for the turns of the processes of `-n`; without one there is one process."""


def pytest_configure(config: pytest.Config) -> None:
    """Have the processes of `-n` share one cache and take turns: they inherit this environment."""
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        return
    held = ExitStack()
    config.add_cleanup(held.close)
    os.environ["DAYTONA_TEST_TURNS"] = str(held.enter_context(folder_for_jails()))
    if not LASTING_CACHE:
        os.environ["DAYTONA_TEST_CACHE"] = str(held.enter_context(folder_for_jails()))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test beside one of another process, or alone; to wait for that costs no timeout."""
    if not TURNS:
        return (yield)
    with turn(Path(TURNS), is_alone=item.get_closest_marker("alone") is not None):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Have each process of `-n` begin with other files: it finds compiled what others came to.

    To compile all test files costs more than the rest of collecting them.
    """
    report = yield
    if isinstance(collector, pytest.Directory) and hasattr(collector.config, "workerinput"):
        worker = collector.config.workerinput
        place = int(worker["workerid"].removeprefix("gw"))
        first = len(report.result) * place // worker["workercount"]
        report.result = report.result[first:] + report.result[:first]
    return report
