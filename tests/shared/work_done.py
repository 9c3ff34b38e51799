"""What a piece of work costs, counted and not timed: tasks, timers, and calls of functions.

A clock tells how busy the host is; these counts are the same on each run, and so can be bounds.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Coroutine
from contextvars import Context
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, TypeVarTuple

Ts = TypeVarTuple("Ts")


@dataclass
class WorkDone:
    """Counts of one event loop, up to now."""

    tasks: int = 0
    timers: int = 0
    calls: Counter[str] = field(default_factory=Counter[str])
    """Calls of functions, by the file of what is called; of those in C by that of the caller."""

    def of(self, name: str) -> int:
        """Return the calls into the code of a file, or of the files in a folder, of this name."""
        return sum(count for file, count in self.calls.items() if name in Path(file).parts)


class _CountingLoop(asyncio.SelectorEventLoop):
    def __init__(self, done: WorkDone) -> None:
        super().__init__()
        self._done = done
        self.set_task_factory(self._task)

    def call_at(  # `call_later` calls it
        self,
        when: float,
        callback: Callable[[*Ts], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        self._done.timers += 1
        return super().call_at(when, callback, *args, context=context)

    def _task(self, loop: Any, work: Any, **more: Any) -> asyncio.Task[Any]:
        self._done.tasks += 1
        return asyncio.Task(work, loop=loop, **more)


def work_done(work: Callable[[], Coroutine[Any, Any, object]]) -> WorkDone:
    """Return what some work comes to, from its first step to its last; its own task is one."""
    done = WorkDone()

    def count(frame: FrameType, event: str, _: object) -> None:
        if event in ("call", "c_call"):
            done.calls[frame.f_code.co_filename] += 1

    async def counted() -> None:
        before = sys.getprofile()
        sys.setprofile(count)
        try:
            await work()
        finally:
            sys.setprofile(before)

    with asyncio.Runner(loop_factory=lambda: _CountingLoop(done)) as runner:
        runner.run(counted())
    return done
