"""Limits that were not met, and that a program pretends to have met."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable

import pytest

from daytona_validate._models import Step

pytestmark = pytest.mark.jail


@pytest.mark.parametrize("number", [signal.SIGXCPU, signal.SIGXFSZ, signal.SIGKILL])
@pytest.mark.parametrize("line", ["kill -{} $$", "(kill -{} $$); sleep 60", "exit $((128 + {}))"])
async def test_a_signal_of_its_own_is_no_limit(
    shell: Callable[..., Awaitable[Step]], line: str, number: int
) -> None:
    """Feign that it met a limit, by SIGXCPU, SIGXFSZ or SIGKILL from within.

    Happens: it has failed by that signal, and no limit is named.
    """
    step = await shell(line.format(int(number)))
    assert (step.limit, step.exit_code, step.signal) == (None, 128 + number, number)
