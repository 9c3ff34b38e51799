"""Signal handling: Ctrl-C cancels the main task once, and every sandbox is removed.

`asyncio.run` raises `KeyboardInterrupt` in the middle of its loop at the second Ctrl-C, which
cuts off the clean-ups that are under way. Here the first signal cancels the main task and all
later ones only say that the clean-up goes on; it is bounded by its own grace periods. Ctrl-C after
that finds a process that writes its reports and ends, and changes nothing; SIGTERM still ends it.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from daytona_validate._cli.exit_codes import Interrupted

T = TypeVar("T")

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _SignalledTask:
    """Signal handler: cancels one task at the first signal, and reports each signal."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._task: asyncio.Task[Any] | None = None
        self.first: signal.Signals | None = None

    def receive(self, received: signal.Signals) -> None:
        if self.first is not None:
            self._say("still removing sandboxes ...")
            return
        self.first = received
        self._say("interrupted, removing sandboxes ...")
        if self._task is not None:
            self._task.cancel()

    async def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        self._task = asyncio.current_task()
        if self.first is not None:
            raise asyncio.CancelledError
        return await main()


def run_until_interrupted(
    main: Callable[[], Coroutine[Any, Any, T]], *, say: Callable[[str], None]
) -> T:
    """Run a coroutine function in a new event loop and return what it returns.

    Args:
        main: Called without arguments inside the loop.
        say: Called with one line at each signal.

    Raises:
        Interrupted: SIGINT or SIGTERM arrived; raised once the coroutine has cleaned up. From
            then on this process takes no notice of SIGINT.
    """
    signalled = _SignalledTask(say)
    with _put_back() as former, asyncio.Runner() as runner:
        former.update(_handle(runner.get_loop(), signalled.receive))
        try:
            result = runner.run(signalled.run(main))
        except asyncio.CancelledError:
            if signalled.first is None:
                raise
            raise Interrupted(signalled.first) from None
        finally:
            if signalled.first is not None:
                former.pop(signal.SIGINT, None)
                _ignore_ctrl_c(runner.get_loop())
    if signalled.first is not None:  # it arrived when the work was already done
        raise Interrupted(signalled.first)
    return result


@contextmanager
def _put_back() -> Iterator[dict[signal.Signals, Any]]:
    """Hold the handlers of signals that are to be put back in the end."""
    former: dict[signal.Signals, Any] = {}
    try:
        yield former
    finally:
        for each, handler in former.items():
            signal.signal(each, handler or signal.SIG_DFL)  # None: it was not Python's


def _handle(
    loop: asyncio.AbstractEventLoop, receive: Callable[[signal.Signals], None]
) -> dict[signal.Signals, Any]:
    """Have the loop call a function at each signal, from its own thread.

    Returns:
        The handlers that closing the loop does not put back: its own are gone with it.
    """

    def hand_over(number: int, _frame: object) -> None:
        loop.call_soon_threadsafe(receive, signal.Signals(number))

    former: dict[signal.Signals, Any] = {}
    for each in SIGNALS:
        try:
            loop.add_signal_handler(each, receive, each)
        except NotImplementedError:  # on Windows
            former[each] = signal.signal(each, hand_over)
    return former


def _ignore_ctrl_c(loop: asyncio.AbstractEventLoop) -> None:
    """Leave Ctrl-C without effect, and never, as the loop does, to Python's own handler."""
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        loop.remove_signal_handler(signal.SIGINT)
    signal.signal(signal.SIGINT, lambda *_: None)  # unlike SIG_IGN, no child inherits it
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
