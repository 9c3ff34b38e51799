"""An event loop in a thread of its own, for callers who have none or must wait beside theirs.

The interpreter's end is the hard part. Python stops its thread pools before it calls what
`atexit` holds, and joins threads that are no daemons before that again, so that a loop closed by
`atexit` can look up no host. So loops are closed by the hook that those thread pools use
themselves, before them. From then on nothing new begins; calls of threads that Python would wait
for are waited for, and all others are called off. As Python 3.12 starts no thread any more by
then, a loop's own are started with it.

A fork copies the loop but not its thread. In the child the copy is left as it is, for ever: to
close it would take the parent's own descriptors out of the polling that both share.
"""

from __future__ import annotations

import asyncio
import concurrent.futures.thread  # its hook has to be there before ours, which is called first
import logging
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Generic, Protocol, TypeVar

from daytona_validate._errors import ValidatorClosed
from daytona_validate._runtime.loop_thread import LoopThread
from daytona_validate._systems import in_forked_child

T = TypeVar("T")

_logger = logging.getLogger("daytona_validate")

_CLOSED = "The client was closed under this call."
_ENDING = (
    "The interpreter is ending: nothing more is validated. "
    "Let the main thread wait for those that still work (`join`)."
)


class CallerWork(Protocol):
    """Work of a calling thread while it waits for its call."""

    def serve(self) -> None:
        """Work until `stop` is called."""

    def stop(self) -> None:
        """End `serve`, also ahead of time; called in any thread, and more than once."""


class BackgroundLoop:
    """Background event loop: runs coroutines for callers in other threads.

    Args:
        on_close: Runs before the loop ends. It has to end the calls in flight, and may be run
            again if whoever closes was interrupted.

    Raises:
        ValidatorClosed: The interpreter is ending.
    """

    def __init__(self, *, on_close: Callable[[], Awaitable[None]]) -> None:
        self._on_close = on_close
        self._calls: set[_Call[Any]] = set()
        self._is_closing = False
        self._is_closed = False
        self._one_close_at_a_time = threading.Lock()
        with _at_exit.none_begins():
            self._thread = LoopThread()
            _open.add(self)

    def call(self, work: Callable[[], Awaitable[T]], *, meanwhile: CallerWork | None = None) -> T:
        """Return what the work returns, in the loop.

        Args:
            work: It is cancelled if this thread is interrupted, and then cleans up in the loop.
            meanwhile: What this thread does until the work has ended. None: it waits.

        Raises:
            ValidatorClosed: The loop is closed, or was closed under the work.
            SystemExit: The same for a daemon thread when the interpreter ends: nobody waits for
                it, and so it ends without a word.
            Exception: What the work raised.
        """
        call = _Call(work, meanwhile)
        self._calls.add(call)  # before the question, so that whoever closes sees one or the other
        try:
            future = self._started(call)
            if meanwhile is not None:
                future.add_done_callback(lambda _: meanwhile.stop())
                meanwhile.serve()
            return future.result()
        except concurrent.futures.CancelledError:
            raise _at_exit.closed(call.thread) from None
        except BaseException:
            self._call_off(call)  # of no effect on work that has ended
            raise
        finally:
            call.ended.set()
            self._calls.discard(call)

    def close(self) -> None:
        """Take no more calls, do the last work, and end the thread. Safe to call twice.

        Raises:
            Exception: What the last work raised; the thread has ended all the same.
            KeyboardInterrupt: Calls in flight were called off; the rest is done at exit.
        """
        self._is_closing = True
        try:
            with self._one_close_at_a_time:
                if not self._is_closed:
                    self._close()
        except KeyboardInterrupt:
            self._call_off_all()
            raise

    def close_at_exit(self) -> None:
        """Wait for the callers that Python waits for, and do the last work; raise nothing.

        An interruption calls off whatever still runs, and a second one gives up. The thread ends
        with the process.
        """
        self._is_closing = True
        here = threading.current_thread()
        for call in tuple(self._calls):
            if call.thread is here or call.thread.daemon:
                self._call_off(call)
        with suppress(KeyboardInterrupt):
            try:
                self._wait_for_callers()
                self._close_or_log()
            except KeyboardInterrupt:
                self._call_off_all()
                self._close_or_log()

    def _started(self, call: _Call[T]) -> concurrent.futures.Future[T]:
        if self._is_closing:
            raise _at_exit.closed(call.thread)
        try:
            return self._thread.portal.start_task_soon(call.run)
        except RuntimeError:
            if not self._is_closing:
                raise
            raise _at_exit.closed(call.thread) from None

    def _close(self) -> None:
        try:
            self._run_on_close()
        except Exception:
            self._end()
            raise
        self._end()

    def _run_on_close(self) -> None:
        try:
            self._thread.portal.call(self._on_close)
        finally:
            for call in tuple(self._calls):
                if call.meanwhile is not None:  # its thread may be at it for ever
                    call.meanwhile.stop()

    def _close_or_log(self) -> None:
        try:
            self.close()
        except Exception:
            _logger.exception("What a client held could not be closed.")

    def _end(self) -> None:
        if not _at_exit.is_ending:  # asyncio of 3.12.1 would start another thread to end this one
            self._thread.end()
        self._is_closed = True
        _open.discard(self)

    def _wait_for_callers(self) -> None:
        for call in tuple(self._calls):
            if not call.is_called_off:
                call.ended.wait()

    def _call_off_all(self) -> None:
        for call in tuple(self._calls):
            self._call_off(call)

    def _call_off(self, call: _Call[T]) -> None:
        call.is_called_off = True
        with suppress(RuntimeError):  # the loop has ended, and all calls with it
            self._thread.loop.call_soon_threadsafe(call.cancel)


class _Call(Generic[T]):
    """One call in flight, and whether its caller still waits for it."""

    def __init__(self, work: Callable[[], Awaitable[T]], meanwhile: CallerWork | None) -> None:
        self.thread = threading.current_thread()
        self.meanwhile = meanwhile
        self.is_called_off = False
        self.ended = threading.Event()
        """Set once the caller has left."""
        self._work = work
        self._task: asyncio.Task[object] | None = None

    async def run(self) -> T:
        if self.is_called_off:
            raise asyncio.CancelledError
        self._task = asyncio.current_task()
        try:
            return await self._work()
        finally:
            self._task = None

    def cancel(self) -> None:
        """Cancel the work if it has begun. Called in the loop's thread."""
        if self._task is not None:
            self._task.cancel()


class _AtExit:
    """Exit hook: closes all background loops when the interpreter ends."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._is_watching = False
        self.is_ending = False

    @contextmanager
    def none_begins(self) -> Iterator[None]:
        """Hold off the end of the interpreter while a loop is made.

        Raises:
            ValidatorClosed: The interpreter is ending already.
        """
        with self.lock:
            if not self._is_watching and not self.is_ending:
                self._watch()
            if self.is_ending:
                raise ValidatorClosed(_ENDING)
            yield

    def _watch(self) -> None:
        try:
            # CPython's own, as there is no public hook before the thread pools are stopped.
            threading._register_atexit(self._close_all)  # type: ignore[attr-defined] # noqa: SLF001
            self._is_watching = True
        except RuntimeError:
            self.is_ending = True

    def closed(self, thread: threading.Thread) -> BaseException:
        """Return what to raise in a thread whose call is not taken, or was called off."""
        if not self.is_ending:
            return ValidatorClosed(_CLOSED)
        return SystemExit() if thread.daemon else ValidatorClosed(_ENDING)

    def _close_all(self) -> None:
        with self.lock:
            self.is_ending = True
        for loop in tuple(_open):
            loop.close_at_exit()


def _leave_behind() -> None:
    _left_behind.extend(_open)
    _open.clear()
    _at_exit.lock = threading.Lock()


_open: set[BackgroundLoop] = set()
_left_behind: list[BackgroundLoop] = []
"""The parent's loops, in a forked child; kept from being collected."""
_at_exit = _AtExit()

in_forked_child(_leave_behind)
