from __future__ import annotations

import logging

import pytest

from daytona_validate._cli.screen.log_on_screen import log_on
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._core.details import unavailable_details
from daytona_validate._errors import SandboxLost

logger = logging.getLogger("daytona_validate")


def test_warnings_are_shown_once_and_what_results_say_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with log_on(Screen(is_quiet=True)):
        logger.info("not for people")
        logger.warning("a setting is %s", "ignored")
        logger.warning(unavailable_details("no sandbox"))
    logger.warning("after it is over")
    assert capsys.readouterr().err.partition("after")[0] == "warning: a setting is ignored\n"


def test_error_of_ours_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with log_on(Screen()):
        logger.error("A sandbox could not be removed.", exc_info=SandboxLost("it\x1b[2J died"))
    assert capsys.readouterr().err == ("error: A sandbox could not be removed. (it\\x1b[2J died)\n")


def test_bug_comes_with_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    with log_on(Screen()):
        logger.error(unavailable_details("a bug: see the log"), exc_info=KeyError("mine"))
    err = capsys.readouterr().err
    assert err.startswith("error: Code validation unavailable - a bug: see the log\n")
    assert err.endswith("KeyError: 'mine'\n")
