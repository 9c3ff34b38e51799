"""Tasks that the end of an event loop does not cancel.

After a second Ctrl-C, `asyncio.run` cancels every task that `asyncio.all_tasks` lists. Whoever
hides a task holds it and waits for it; tasks that it starts itself are not hidden.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine


def hidden_task(work: Coroutine[object, object, None]) -> asyncio.Task[None]:
    """Start a task that `asyncio.all_tasks` does not list, for cleaning up."""
    task = asyncio.create_task(work)
    hide(task)
    return task


def hide(task: asyncio.Task[None]) -> None:
    """Take a task off the list of `asyncio.all_tasks`; twice is as good as once."""
    asyncio._unregister_task(task)  # noqa: SLF001 - public in all but name: «Extending» in its docs
