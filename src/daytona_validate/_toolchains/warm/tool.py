"""One warm tool: a program of ours in a jail of its own, which answers one request at a time.

Its jail is as every other: no network, the masks, ids, limits and watchers of all, and it dies with
this process. The only things in it are the tool's own toolchain and the files of one request.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context
from typing import Protocol

from daytona_validate._jails.jail import Jail
from daytona_validate._models import Step
from daytona_validate._runtime.tasks import retrieve
from daytona_validate._toolchains.warm.kind import AGE_S
from daytona_validate._toolchains.warm.messages import (
    Answer,
    NotUnderstood,
    answer,
    whole_message,
)


class ToolFailed(Exception):
    """A warm tool gave no answer; it is gone, and the cold tool is to be asked."""


class RunJail(Protocol):
    """What runs a jail: `JailRunner.run`."""

    def __call__(
        self,
        jail: Jail,
        /,
        *,
        timeout_s: float,
        stdin: int,
        on_stdout: Callable[[bytes], None],
    ) -> Awaitable[Step]:
        """Run it to its end."""
        ...


class WarmTool:
    """Process in a jail that answers requests; started by the constructor, in the running loop.

    Args:
        run: Runs a jail.
        jail: The tool's.
    """

    def __init__(self, run: RunJail, jail: Jail) -> None:
        self._loop = asyncio.get_running_loop()
        self._received = b""
        self._answer: asyncio.Future[bytes] | None = None
        self._theirs, self._ours = os.pipe()
        os.set_blocking(self._ours, False)
        self._can_go_on = asyncio.Event()
        self.requests = 0
        """That were answered."""
        # In a context of its own: it outlives the snippet that it was started for.
        self.life = asyncio.create_task(self._live(run, jail), context=Context())
        """Ends with the tool; whoever started it waits for it at last."""
        self._why_it_ended = "it has ended"
        # Not at the end of the task's own code: one that is cancelled at once never begins it.
        self.life.add_done_callback(self._clear)

    @property
    def is_alive(self) -> bool:
        """Whether it has not ended, and nobody has ended it."""
        return not self.life.done() and not self.life.cancelling()

    def end(self) -> None:
        """Have it killed; `life` ends when all of it is gone."""
        self.life.cancel()

    async def ask(self, message: bytes, *, longest_s: float) -> Answer:
        """Return the answer to a request; nobody else may be asking.

        Raises:
            ToolFailed: It gave none in time, or none that can be understood; it is killed.
        """
        self._answer = self._loop.create_future()
        self._answer.add_done_callback(retrieve)
        try:
            async with asyncio.timeout(longest_s):
                await self._send(message)
                found = answer(await self._answer)
        except (TimeoutError, NotUnderstood, OSError) as error:
            self.end()
            raise ToolFailed(str(error)) from error
        except BaseException:  # cancelled: nobody will take the answer
            self.end()
            raise
        finally:
            self._answer = None
            self._received = b""
        self.requests += 1
        return found

    async def _live(self, run: RunJail, jail: Jail) -> None:
        try:
            step = await run(jail, timeout_s=AGE_S, stdin=self._theirs, on_stdout=self._take)
            self._why_it_ended = f"it ended ({step.limit or step.exit_code}): {_last_words(step)}"
        except Exception as error:  # noqa: BLE001 - whoever asks it is told, and goes the cold way
            self._why_it_ended = repr(error)

    def _clear(self, life: asyncio.Task[None]) -> None:
        """Tell whoever asks that it has ended, and close the pipe."""
        retrieve(life)
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(NotUnderstood(self._why_it_ended))
        with suppress(ValueError):
            self._loop.remove_writer(self._ours)
        for each in (self._theirs, self._ours):
            os.close(each)
        self._theirs = self._ours = -1
        self._can_go_on.set()

    def _take(self, chunk: bytes) -> None:
        """Take what the tool wrote; what nobody asked for ends it."""
        if self._answer is None or self._answer.done():
            raise NotUnderstood("it said something that nobody asked for")
        self._received += chunk
        whole = whole_message(self._received)
        if whole is not None:
            self._answer.set_result(whole)

    async def _send(self, message: bytes) -> None:
        left = memoryview(message)
        while left:
            if self._ours < 0:
                raise ToolFailed("it has ended")
            try:
                left = left[os.write(self._ours, left) :]
            except BlockingIOError:
                await self._can_be_written()

    async def _can_be_written(self) -> None:
        """Wait until the pipe has room, or the tool has ended: our reading end keeps it whole."""
        self._can_go_on.clear()
        self._loop.add_writer(self._ours, self._can_go_on.set)
        try:
            await self._can_go_on.wait()
        finally:
            if self._ours >= 0:
                self._loop.remove_writer(self._ours)


def _last_words(step: Step) -> str:
    return step.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
