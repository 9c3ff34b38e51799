"""A thread with an event loop, and a way into it from other threads."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from contextvars import Context

import anyio
from anyio.from_thread import BlockingPortal

THREADS = 8
"""For what blocks, such as looking up a host. They are started with the loop: when the
interpreter ends, Python 3.12 starts none any more, and sandboxes are still to be removed."""

_NAME = "daytona-validate-loop"


class LoopThread:
    """Daemon thread with a running event loop.

    It is not anyio's own `start_blocking_portal`: what that leaves behind, when it is collected in
    a forked child or at the interpreter's end, waits for a thread that is no more.

    Raises:
        RuntimeError: The interpreter is ending, or the host has no thread left.
        OSError: Such as too many open files.
    """

    def __init__(self) -> None:
        is_up: concurrent.futures.Future[BlockingPortal] = concurrent.futures.Future()
        # The context is empty, as Python 3.14 may hand on that of a caller in a loop.
        self._thread = threading.Thread(
            target=Context().run, args=(_run, is_up), name=_NAME, daemon=True
        )
        self._thread.start()
        self.portal = is_up.result()
        self.loop = self.portal.call(asyncio.get_running_loop)

    def end(self, *, is_patient: bool = True) -> None:
        """Let everything in the loop end by itself, or cancel it; and the thread with it."""
        self.portal.call(self.portal.stop, not is_patient)
        self._thread.join()


def _run(is_up: concurrent.futures.Future[BlockingPortal]) -> None:
    try:
        anyio.run(_serve, is_up)
    except BaseException as error:
        if is_up.done():
            raise
        is_up.set_exception(error)


async def _serve(is_up: concurrent.futures.Future[BlockingPortal]) -> None:
    asyncio.get_running_loop().set_default_executor(_started_threads())
    async with BlockingPortal() as portal:
        is_up.set_result(portal)
        await portal.sleep_until_stopped()


def _started_threads() -> concurrent.futures.ThreadPoolExecutor:
    pool = concurrent.futures.ThreadPoolExecutor(THREADS, _NAME)
    all_there = threading.Barrier(THREADS)  # none is idle before the last one is started
    try:
        for _ in range(THREADS):
            pool.submit(all_there.wait)
    except BaseException:
        all_there.abort()
        raise
    return pool
