"""A task that the end of an event loop does not cancel."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine


def hidden_task(work: Coroutine[object, object, None]) -> asyncio.Task[None]:
    """Start a task that `asyncio.all_tasks` does not list, for cleaning up.

    After a second Ctrl-C, `asyncio.run` cancels every task it finds there. Whoever starts a
    hidden task holds it and waits for it; tasks that it starts itself are not hidden.
    """
    task = asyncio.create_task(work)
    asyncio._unregister_task(task)  # noqa: SLF001 - public in all but name: «Extending» in its docs
    return task
