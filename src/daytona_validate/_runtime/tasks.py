"""Cancellation and background tasks: what asyncio's own API does not say or do."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


def cancels() -> int:
    """Return how many cancellations of the current task are not yet dealt with.

    Compared with its value at an earlier time, it says whether the task was called off since.
    """
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()


def hidden_task(work: Coroutine[object, object, None]) -> asyncio.Task[None]:
    """Start a background task that `asyncio.all_tasks` does not list, for cleaning up.

    After a second Ctrl-C, `asyncio.run` cancels every task that `asyncio.all_tasks` lists. Whoever
    hides a task holds it and waits for it; tasks that it starts itself are not hidden.
    """
    task = asyncio.create_task(work)
    hide(task)
    return task


async def ended(*tasks: asyncio.Future[Any]) -> None:
    """Wait until tasks have ended, in whatever way; there must be one."""
    await asyncio.wait(tasks)


def retrieve(task: asyncio.Future[Any]) -> None:
    """Retrieve the exception of an ended task, which asyncio would log if nobody did."""
    if not task.cancelled():
        task.exception()


def hide(task: asyncio.Task[Any]) -> None:
    """Take a task off the list of `asyncio.all_tasks`; twice is as good as once."""
    asyncio._unregister_task(task)  # noqa: SLF001 - public in all but name: «Extending» in its docs
