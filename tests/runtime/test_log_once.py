"""A message is logged once at its level; how many are remembered has a bound."""

from __future__ import annotations

import logging

import pytest

from daytona_validate._runtime.log_once import MESSAGES_REMEMBERED, LogOnce

LOGGER = logging.getLogger("daytona_validate.log_once")


@pytest.fixture(autouse=True)
def all_levels(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger=LOGGER.name)


def levels(caplog: pytest.LogCaptureFixture) -> list[int]:
    return [record.levelno for record in caplog.records]


def test_from_the_second_time_on_it_is_logged_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    once = LogOnce(LOGGER)
    for _ in range(2):
        once.warn("full")
        once.report("a bug", KeyError("x"))
    assert levels(caplog) == [logging.WARNING, logging.ERROR, logging.DEBUG, logging.DEBUG]
    assert [bool(record.exc_info) for record in caplog.records] == [False, True, False, False]


def test_no_number_of_warnings_hides_an_error(caplog: pytest.LogCaptureFixture) -> None:
    once = LogOnce(LOGGER)
    for number in range(MESSAGES_REMEMBERED + 1):
        once.warn(f"full: {number}")
    once.report("a bug", KeyError("x"))
    last_warning, error = caplog.records[-2:]
    assert last_warning.levelno == logging.DEBUG
    assert error.levelno == logging.ERROR
    assert error.exc_info is not None


def test_errors_without_end_do_not_flood_the_log(caplog: pytest.LogCaptureFixture) -> None:
    once = LogOnce(LOGGER)
    for number in range(MESSAGES_REMEMBERED + 5):
        once.report(f"bug {number}", KeyError(number))
    assert levels(caplog).count(logging.ERROR) == MESSAGES_REMEMBERED
