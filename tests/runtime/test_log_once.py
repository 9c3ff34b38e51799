"""A kind of message is logged once in a while, with a count; a bug is logged each time."""

from __future__ import annotations

import logging

import pytest

from daytona_validate._runtime.log_once import EVERY_S, KINDS_REMEMBERED, LogOnce
from manual_clock import ManualClock

LOGGER = logging.getLogger("daytona_validate.log_once")


@pytest.fixture(autouse=True)
def all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger=LOGGER.name)


def levels(caplog: pytest.LogCaptureFixture) -> list[int]:
    return [record.levelno for record in caplog.records]


def test_what_is_held_back_is_logged_at_debug_and_counted_in_the_next_record(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = ManualClock()
    once = LogOnce(LOGGER, clock=clock)
    for _ in range(3):
        once.warn("full")
    clock.now_s += EVERY_S
    once.warn("full")
    assert levels(caplog) == [logging.WARNING, logging.DEBUG, logging.DEBUG, logging.WARNING]
    assert caplog.messages[-1] == "full (2 more like it in the last 5 min)"


def test_a_second_outage_is_logged_as_the_first_was(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    once = LogOnce(LOGGER, clock=clock)
    for _ in range(2):
        once.warn("the service is away")
        clock.now_s += 30 * 24 * 3600.0
    assert levels(caplog) == [logging.WARNING] * 2
    assert caplog.messages == ["the service is away"] * 2


def test_texts_that_differ_in_an_id_are_of_one_kind(caplog: pytest.LogCaptureFixture) -> None:
    once = LogOnce(LOGGER, clock=ManualClock())
    for number in range(3):
        once.warn(f"sandbox {number} is lost", kind="lost", extra={"sandbox_id": f"box-{number}"})
    assert levels(caplog) == [logging.WARNING, logging.DEBUG, logging.DEBUG]
    ids = [record.__dict__["sandbox_id"] for record in caplog.records]
    assert ids == ["box-0", "box-1", "box-2"]


def test_a_bug_is_logged_each_time_and_its_traceback_once_in_a_while(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = ManualClock()
    once = LogOnce(LOGGER, clock=clock)
    for _ in range(3):
        once.report("a bug", KeyError("x"))
    clock.now_s += EVERY_S
    once.report("a bug", KeyError("x"))
    assert levels(caplog) == [logging.ERROR] * 4
    assert [bool(record.exc_info) for record in caplog.records] == [True, False, False, True]


def test_no_number_of_warnings_hides_an_error_or_another_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    once = LogOnce(LOGGER, clock=ManualClock())
    for number in range(KINDS_REMEMBERED + 1):
        once.warn(f"full: {number}")
    once.report("a bug", KeyError("x"))
    once.warn("the connection failed", error=OSError("reset"))
    assert set(levels(caplog)) == {logging.WARNING, logging.ERROR}
    assert all(record.exc_info for record in caplog.records[-2:])


def test_so_many_kinds_are_remembered_and_no_more_the_last_ones_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = ManualClock()
    once = LogOnce(LOGGER, clock=clock)
    once.warn("often")
    for number in range(KINDS_REMEMBERED - 1):
        once.warn(f"full: {number}")
    clock.now_s += EVERY_S
    once.warn("often")
    caplog.clear()
    for said in ("new", "often", "full: 0"):
        clock.now_s -= 1  # else what was logged first would be due again
        once.warn(said)
    assert levels(caplog) == [logging.WARNING, logging.DEBUG, logging.WARNING]
    assert caplog.messages[-1] == "full: 0", "the kind logged longest ago was forgotten for `new`"
