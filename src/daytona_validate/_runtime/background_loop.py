"""An event loop in a thread of its own, for callers who have none or must wait beside theirs.

The interpreter's end is the hard part. Python stops its thread pools before it calls what
`atexit` holds, and joins threads that are no daemons before that again, so that a loop closed by
`atexit` can look up no host. So loops are closed by the hook that those thread pools use
themselves, before them. From then on nothing new begins; calls of threads that Python would wait
for are waited for, and all others are called off.

A fork copies the loop but not its thread. In the child the copy is left as it is, for ever: to
close it would take the parent's own descriptors out of the polling that both share.
"""

from __future__ import annotations

import asyncio
import concurrent.futures.thread  # its hook has to be there before ours, which is called first
import logging
import os
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context
from typing import Any, Generic, Protocol, TypeVar

import anyio
from anyio.from_thread import BlockingPortal

from daytona_validate._errors import ValidatorClosed

T = TypeVar("T")

_logger = logging.getLogger("daytona_validate")

_CLOSED = "The client was closed under this call."
_ENDING = "The interpreter is ending: no client can be opened any more."


class Meanwhile(Protocol):
    """What a calling thread does while its call is on its way."""

    def serve(self) -> None:
        """Work until `stop` is called."""

    def stop(self) -> None:
        """End `serve`, also ahead of time; called in any thread, and more than once."""


class BackgroundLoop:
    """Runs coroutines for callers in any thread but its own.

    Args:
        last: What is run before the loop ends. It has to make calls in flight come to an end,
            and may be run again if whoever closes was interrupted.

    Raises:
        ValidatorClosed: The interpreter is ending.
    """

    def __init__(self, *, last: Callable[[], Awaitable[None]]) -> None:
        _at_exit.watch()
        self._last = last
        self._calls: set[_Call[Any]] = set()
        self._is_closing = False
        self._is_closed = False
        self._one_close_at_a_time = threading.Lock()
        is_up: concurrent.futures.Future[BlockingPortal] = concurrent.futures.Future()
        # Not anyio's own `start_blocking_portal`: collected in a forked child, or when the
        # interpreter has ended around it, it waits for a thread that is no more.
        # The context is empty, as Python 3.14 may hand on that of a caller in a loop.
        self._thread = threading.Thread(
            target=Context().run, args=(_run, is_up), name="daytona-validate", daemon=True
        )
        self._thread.start()
        self._portal = is_up.result()
        self._loop = self._portal.call(asyncio.get_running_loop)
        _open.add(self)

    def call(self, work: Callable[[], Awaitable[T]], *, meanwhile: Meanwhile | None = None) -> T:
        """Return what the work returns, in the loop.

        Args:
            work: It is cancelled if this thread is interrupted, and then cleans up in the loop.
            meanwhile: What this thread does until the work has ended. None: it waits.

        Raises:
            ValidatorClosed: The loop is closed, or was closed under the work.
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
            raise ValidatorClosed(_CLOSED) from None
        except BaseException:
            self._call_off(call)  # of no effect on work that has ended
            raise
        finally:
            call.has_ended.set()
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
        """Wait for the callers that Python waits for, and close; raise nothing.

        An interruption calls off whatever still runs, and a second one gives up.
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
            raise ValidatorClosed(_CLOSED)
        try:
            return self._portal.start_task_soon(call.run)
        except RuntimeError:
            if not self._is_closing:
                raise
            raise ValidatorClosed(_CLOSED) from None

    def _close(self) -> None:
        try:
            self._portal.call(self._last)
        finally:
            for call in tuple(self._calls):
                if call.meanwhile is not None:  # its thread may be at it for ever
                    call.meanwhile.stop()
        self._end()

    def _end(self) -> None:
        self._portal.call(self._portal.stop)
        self._thread.join()
        self._is_closed = True
        _open.discard(self)

    def _close_or_log(self) -> None:
        try:
            self.close()
        except Exception:
            _logger.exception("What a client held could not be closed.")

    def _wait_for_callers(self) -> None:
        for call in tuple(self._calls):
            if not call.is_called_off:
                call.has_ended.wait()

    def _call_off_all(self) -> None:
        for call in tuple(self._calls):
            self._call_off(call)

    def _call_off(self, call: _Call[T]) -> None:
        call.is_called_off = True
        with suppress(RuntimeError):  # the loop has ended, and all calls with it
            self._loop.call_soon_threadsafe(call.cancel)


class _Call(Generic[T]):
    """One piece of work in the loop, and whether its caller still wants it."""

    def __init__(self, work: Callable[[], Awaitable[T]], meanwhile: Meanwhile | None) -> None:
        self.thread = threading.current_thread()
        self.meanwhile = meanwhile
        self.is_called_off = False
        self.has_ended = threading.Event()
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
    """Closes all loops when the interpreter ends."""

    def __init__(self) -> None:
        self._is_watching = False
        self._is_ending = False

    def watch(self) -> None:
        """See to it that loops are closed.

        Raises:
            ValidatorClosed: The interpreter is ending already.
        """
        if not self._is_watching and not self._is_ending:
            try:
                # CPython's own, as there is no public hook before the thread pools are stopped.
                threading._register_atexit(self._close_all)  # type: ignore[attr-defined] # noqa: SLF001
            except RuntimeError:
                self._is_ending = True
            self._is_watching = True
        if self._is_ending:
            raise ValidatorClosed(_ENDING)

    def _close_all(self) -> None:
        self._is_ending = True
        for loop in tuple(_open):
            loop.close_at_exit()


def _run(is_up: concurrent.futures.Future[BlockingPortal]) -> None:
    try:
        anyio.run(_serve, is_up)
    except BaseException as error:
        if is_up.done():
            raise
        is_up.set_exception(error)  # such as too many open files: the caller waits for it


async def _serve(is_up: concurrent.futures.Future[BlockingPortal]) -> None:
    async with BlockingPortal() as portal:
        is_up.set_result(portal)
        await portal.sleep_until_stopped()


def _leave_behind() -> None:
    _left_behind.extend(_open)
    _open.clear()


_open: set[BackgroundLoop] = set()
_left_behind: list[BackgroundLoop] = []
"""The parent's loops, in a forked child; kept from being collected."""
_at_exit = _AtExit()

os.register_at_fork(after_in_child=_leave_behind)
