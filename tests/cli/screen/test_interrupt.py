from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from daytona_validate._cli.exit_codes import Interrupted
from daytona_validate._cli.screen.interrupt import run_until_interrupted


@pytest.fixture(autouse=True)
def own_handlers() -> Iterator[None]:
    """What a program leaves that is about to end is not for the tests after it."""
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def _signal_self(which: signal.Signals = signal.SIGINT) -> None:
    os.kill(os.getpid(), which)


def test_result_of_the_coroutine_is_returned() -> None:
    async def main() -> int:
        return 42

    assert run_until_interrupted(main, say=print) == 42


@pytest.mark.parametrize(
    ("which", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=str
)
def test_first_signal_cancels_and_the_clean_up_runs_to_its_end(
    which: signal.Signals, exit_code: int
) -> None:
    said: list[str] = []
    steps: list[str] = []

    async def main() -> None:
        try:
            _signal_self(which)
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            steps.append("cleaned up")

    with pytest.raises(Interrupted) as caught:
        run_until_interrupted(main, say=said.append)
    assert caught.value.exit_code == exit_code
    assert steps == ["cleaned up"]
    assert said == ["interrupted, removing sandboxes ..."]


def test_second_and_third_signal_do_not_cut_the_clean_up_off() -> None:
    said: list[str] = []
    steps: list[str] = []

    async def main() -> None:
        try:
            _signal_self()
            await asyncio.Event().wait()
        finally:
            for again in range(2):
                _signal_self()
                while len(said) < 2 + again:
                    await asyncio.sleep(0)
            steps.append("cleaned up")

    with pytest.raises(Interrupted):
        run_until_interrupted(main, say=said.append)
    assert steps == ["cleaned up"]
    assert said[1:] == ["still removing sandboxes ..."] * 2


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM], ids=str)
def test_ctrl_c_after_the_clean_up_changes_nothing(which: signal.Signals) -> None:
    """Reports are written then, and Python would complain of a signal at its very end."""

    async def main() -> None:
        _signal_self(which)
        await asyncio.Event().wait()

    with pytest.raises(Interrupted):
        run_until_interrupted(main, say=lambda _line: None)
    _signal_self()


def test_signal_is_not_lost_where_the_cancellation_was_swallowed() -> None:
    async def main() -> int:
        _signal_self()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return 1

    with pytest.raises(Interrupted):
        run_until_interrupted(main, say=lambda _line: None)


def test_error_of_the_coroutine_comes_through() -> None:
    async def main() -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        run_until_interrupted(main, say=print)


def test_handlers_are_those_from_before_once_it_is_over() -> None:
    before = signal.getsignal(signal.SIGINT)

    async def main() -> None:
        return None

    run_until_interrupted(main, say=print)
    assert signal.getsignal(signal.SIGINT) is before
