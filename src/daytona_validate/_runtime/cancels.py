"""Tell a cancelled task even where something on the way made another exception of it."""

from __future__ import annotations

import asyncio


def cancels() -> int:
    """Return how many cancellations of the current task are not yet dealt with.

    Compared with its value at an earlier time, it says whether the task was called off since.
    """
    task = asyncio.current_task()
    return 0 if task is None else task.cancelling()
