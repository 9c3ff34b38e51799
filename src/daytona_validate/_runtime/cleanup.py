"""Finish a clean-up even when the task that runs it is cancelled again and again.

Neither `asyncio.shield` nor anyio's shield does that: the first lets the waiting task go on
without the clean-up, the second holds back anyio's own cancellations only, not
`Task.cancel()`, which is what `asyncio.run`, `TaskGroup` and `asyncio.timeout` use. So the
clean-up gets a task of its own, and whoever waits for it keeps every cancellation until it
has ended.

That task is hidden from `asyncio.all_tasks`. After a second Ctrl-C, `asyncio.run` cancels
every task it finds there, and waits for them: whoever waits for the clean-up is among them and
holds on, and the clean-up goes on. Not promised: tasks that a clean-up starts itself are not
hidden, and a third Ctrl-C ends the process.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine

import anyio

from daytona_validate._errors import CleanupTimeout
from daytona_validate._runtime.tasks import hidden_task

_logger = logging.getLogger("daytona_validate")

UNWIND_S = 1.0
"""How long a clean-up that was given up may take to let go; it normally takes no time."""


async def finish(cleanup: Coroutine[object, object, None], *, grace_s: float) -> None:
    """Run a clean-up to its end, holding back every cancellation that arrives meanwhile.

    Args:
        cleanup: What to run; it gets its own task, in a copy of the caller's context.
        grace_s: Seconds after which it is given up: cancelled, and left if it resists.

    Raises:
        asyncio.CancelledError: The caller was cancelled meanwhile. It comes last and beats any
            error of the clean-up, which then is a note on it and in the log.
        CleanupTimeout: The clean-up did not end within its grace.
        Exception: What the clean-up itself raised.
    """
    task = hidden_task(cleanup)
    # Inside a cancelled anyio scope every await would be cancelled anew, once per loop cycle.
    with anyio.CancelScope(shield=True):
        held = await _hold_back(task, grace_s)
        late = None if task.done() else CleanupTimeout(f"Clean-up did not end in {grace_s:g} s.")
        if late is not None:
            task.cancel()
            held = await _hold_back(task, UNWIND_S) or held
    error = late or _error_of(task)
    if late is not None:
        late.__cause__ = _error_of(task)
    if held is not None:
        if error is not None:
            held.add_note(f"The clean-up failed meanwhile: {error!r}")
            _logger.error("A clean-up failed while its task was cancelled.", exc_info=error)
        raise held
    if error is not None:
        raise error
    task.result()


async def _hold_back(task: asyncio.Task[None], longest_s: float) -> asyncio.CancelledError | None:
    """Wait for a task, for a time; return the last cancellation that arrived meanwhile."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + longest_s
    held: asyncio.CancelledError | None = None
    while not task.done() and (left_s := deadline - loop.time()) > 0:
        try:
            await asyncio.wait({task}, timeout=left_s)
        except asyncio.CancelledError as cancellation:
            held = cancellation
    return held


def _error_of(task: asyncio.Task[None]) -> BaseException | None:
    """Return what a task raised; of one that still runs, see to it that nobody misses it."""
    if not task.done():
        task.add_done_callback(_error_of)
        return None
    return None if task.cancelled() else task.exception()
