"""Removal of sandboxes as background tasks, so that none is orphaned and no verdict waits for it.

Asking cannot be interrupted, as it awaits nothing, so that no cancellation can come between a
sandbox and its removal. The service may refuse for a while (a sandbox that is just being made
cannot be deleted), so each removal goes on by itself for about a minute. What is left even then
ends by the limits that the server keeps, or by `daytona-validate sweep`.

While nobody waits for them, removals are tasks like others, and end with their event loop. Once
they are waited for, nothing but the deadline ends them, and what was cut short before is made up.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable

from daytona_validate._providers.daytona.removal_steps import (
    THROTTLE_PATIENCE_S,
    DeleteAnswer,
    Removal,
    RemovalState,
    answer_of,
    throttled,
)
from daytona_validate._providers.daytona.retry_rules import THROTTLE_S
from daytona_validate._providers.daytona.told_sandboxes import ToldSandboxes
from daytona_validate._providers.daytona.wire.failures import REASONS, FailureKind, ServiceFailure
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._reason import Reason
from daytona_validate._runtime.gate import Gate
from daytona_validate._runtime.log_once import LogOnce
from daytona_validate._runtime.tasks import hide

_logger = logging.getLogger("daytona_validate")

AT_ONCE = 100
"""At a time; more where more sandboxes were in use: else they would pile up and use the quota."""
SWEEP = "`daytona-validate sweep` removes what is left."
NAMES_LOGGED = 20
LAST_LOOK_S = 1.0
"""After the last answer about a sandbox that may never have existed: it is looked for once more
before anybody is alarmed."""
SILENCE_S = 3.0
"""Time of closing after which a warning says what takes so long."""
UNWIND_S = 1.0
"""How long removals that were given up may take to let go."""


class Removals:
    """Background removal of sandboxes by their names.

    Args:
        service: Sends the requests.
        on_removed: Called with the name of each sandbox that was deleted.
        on_end: Called with the name when a removal has ended, whatever it came to.
        clock: Monotonic seconds.
        sleep: Waits for some seconds.
        random: A number in [0, 1); delays vary by a fifth.
    """

    def __init__(
        self,
        service: Service,
        *,
        on_removed: Callable[[str], None] = lambda _name: None,
        on_end: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        self.removed: int = 0
        """Sandboxes whose deletion is confirmed."""
        self.left: int = 0
        """Sandboxes whose deletion could not be confirmed."""
        self.doubtful: int = 0
        """Of these, those that may never have existed."""
        self.told = ToldSandboxes()
        """What an observer hears of each."""
        self._service = service
        self._on_removed = on_removed
        self._on_end = on_end
        self._sleep = sleep
        self._random = random
        self._gate = Gate(clock=clock, sleep=sleep, random=random)
        self._at_once = AT_ONCE
        self._places = asyncio.Semaphore(AT_ONCE)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._repeat: dict[str, bool] = {}
        """Sandboxes to remove once more when their task ends, and whether they are doubtful."""
        self._interrupted: dict[str, bool] = {}
        """Sandboxes whose task was cancelled from outside, and whether they are doubtful."""
        self._is_waited_for = False
        self._in_doubt: set[str] = set()
        """Of the tasks' names, those that nobody knows to exist."""
        self._left_names: list[str] = []
        self._doubtful_names: list[str] = []
        self._log = LogOnce(_logger)

    @property
    def pending(self) -> int:
        """Removals that are not done yet."""
        return len(self._tasks)

    def keep_up_with(self, in_use: int) -> None:
        """Allow as many requests at a time as there were ever sandboxes in use.

        Args:
            in_use: How many there are now.
        """
        while self._at_once < in_use:
            self._at_once += 1
            self._places.release()

    def remove_soon(self, name: str, *, is_doubtful: bool = False) -> None:
        """Remove a sandbox in the background; nothing can come in between.

        Args:
            name: The sandbox's; asked for twice, it is removed once.
            is_doubtful: Nobody knows whether the request to create it has arrived, or still will.
        """
        if name in self._tasks:
            # The removal at work may have looked too early: it is repeated when it ends.
            self._repeat[name] = is_doubtful
            return
        task = asyncio.create_task(self._remove(name, is_doubtful=is_doubtful))
        if self._is_waited_for:
            hide(task)
        self._tasks[name] = task
        if is_doubtful:
            self._in_doubt.add(name)
        task.add_done_callback(lambda done: self._end(name, done, is_doubtful=is_doubtful))

    async def aclose(self, longest_s: float) -> None:
        """Wait until all removals are done, then log what could not be removed.

        Args:
            longest_s: Seconds after which those that still try are given up.
        """
        self._is_waited_for = True
        for task in self._tasks.values():
            hide(task)
        self._restart(self._interrupted)
        deadline_s = (loop := asyncio.get_running_loop()).time() + longest_s
        await self._until(min(deadline_s, loop.time() + SILENCE_S))
        if self._tasks and (left_s := deadline_s - loop.time()) > 0:
            said = "Making sure that no sandbox is left at Daytona: %d to go, for %.0f s at most."
            _logger.warning(said, len(self._tasks), left_s)
            await self._until(deadline_s)
        self._is_waited_for = False
        await self._give_up()
        self._log_what_is_left()

    async def _until(self, deadline_s: float) -> None:
        loop = asyncio.get_running_loop()
        while self._tasks and (left_s := deadline_s - loop.time()) > 0:
            await asyncio.wait(self._tasks.values(), timeout=left_s)

    async def _give_up(self) -> None:
        self._repeat.clear()
        unfinished = dict(self._tasks)
        for name, task in unfinished.items():
            task.cancel()
            self._is_left(name, is_doubtful=name in self._in_doubt)
        if unfinished:
            await asyncio.wait(unfinished.values(), timeout=UNWIND_S)
        self._interrupted.clear()

    def _restart(self, names: dict[str, bool]) -> None:
        """Start the removals of some names again, and empty the list of them."""
        while names:
            name, is_doubtful = names.popitem()
            self.remove_soon(name, is_doubtful=is_doubtful)

    async def _remove(self, name: str, *, is_doubtful: bool) -> None:
        telemetry = self.told.watch.telemetry
        with telemetry.deletion() as span:
            try:
                failure = await self._send(name)
                if failure is None:
                    self._is_removed(name)
                elif left := await self._insist(name, failure, is_doubtful=is_doubtful):
                    telemetry.failed(span, REASONS[left.kind])
            except asyncio.CancelledError:  # given up, or made up for later
                telemetry.failed(span, Reason.CLOSED)
                raise

    async def _insist(
        self, name: str, failure: ServiceFailure | None, *, is_doubtful: bool
    ) -> ServiceFailure | None:
        """Go on after a first request that failed, until the sandbox is gone or all was tried.

        Returns:
            The last failure, if it is left.
        """
        removal = Removal(is_doubtful=is_doubtful)
        while True:
            answer = await self._answer(name, failure)
            if (wait_s := removal.after(answer, self._random())) is None:
                break
            await self._sleep(wait_s)
            failure = await self._send(name)
        if removal.state is RemovalState.UNCONFIRMED and answer is not DeleteAnswer.REFUSED:
            await self._sleep(LAST_LOOK_S)
            is_there = await self._is_there(name)
            if is_there:
                return await self._insist(name, await self._send(name), is_doubtful=False)
            if is_there is not None:  # it is only the last answer that was lost
                return None
        if removal.state is RemovalState.GONE:
            self._is_removed(name)
        elif removal.state is not RemovalState.NEVER_EXISTED:
            if removal.state is RemovalState.NOT_REMOVED:
                self._log.warn(
                    f"A sandbox could not be removed: {failure}. {SWEEP}",
                    kind=("not removed", None if failure is None else failure.kind),
                    extra={"sandbox_id": name},
                )
            self._is_left(name, is_doubtful=removal.state is RemovalState.UNCONFIRMED)
            return failure
        return None

    async def _send(self, name: str) -> ServiceFailure | None:
        if self._gate.left_s > 0 and not await self._gate.wait(THROTTLE_PATIENCE_S):
            return throttled(self._gate.left_s)
        async with self._places:
            try:
                await self._service.delete(name)
            except ServiceFailure as failure:
                if failure.kind is FailureKind.THROTTLED:
                    self._gate.close_for(failure.retry_after_s or THROTTLE_S)
                return failure
        return None

    async def _answer(self, name: str, failure: ServiceFailure | None) -> DeleteAnswer:
        if failure is None:
            return DeleteAnswer.DELETED
        if failure.kind is FailureKind.CONFLICT and await self._is_there(name) is False:
            return DeleteAnswer.DELETED_BEFORE  # most likely by ourselves
        return answer_of(failure)

    async def _is_there(self, name: str) -> bool | None:
        """Return whether a sandbox exists; None: the service does not say."""
        try:
            sandbox = await self._service.get(name)
        except ServiceFailure as failure:
            return False if failure.kind is FailureKind.NOT_FOUND else None
        return "destroyed" not in (sandbox.desired_state, sandbox.state)

    def _is_removed(self, name: str) -> None:
        self.removed += 1
        if name in self._in_doubt:  # it was made after all
            self.told.made(name)
        self.told.gone(name)
        self._on_removed(name)

    def _is_left(self, name: str, *, is_doubtful: bool) -> None:
        self.left += 1
        self.doubtful += is_doubtful
        if is_doubtful:
            self.told.doubtful(name)
        else:
            if name in self._in_doubt:  # it turned out to be there
                self.told.made(name)
            self.told.left(name)
        names = self._doubtful_names if is_doubtful else self._left_names
        if len(names) < NAMES_LOGGED:
            names.append(name)

    def _end(self, name: str, task: asyncio.Task[None], *, is_doubtful: bool) -> None:
        del self._tasks[name]
        self._in_doubt.discard(name)
        self._on_end(name)
        if task.cancelled():
            self._interrupted[name] = self._repeat.pop(name, is_doubtful)
        elif (bug := task.exception()) is not None:
            self._is_left(name, is_doubtful=is_doubtful)
            _logger.error("Removing a sandbox failed.", exc_info=bug, extra={"sandbox_id": name})
        if name in self._repeat:
            self.remove_soon(name, is_doubtful=self._repeat.pop(name))
        if self._is_waited_for:
            self._restart(self._interrupted)

    def _log_what_is_left(self) -> None:
        names, self._left_names = self._left_names, []
        if names:
            count = self.left - self.doubtful
            said = "Not removed, in all %d: sandbox %s. %s"
            _logger.warning(said, count, _listed(names, count), SWEEP)
        names, self._doubtful_names = self._doubtful_names, []
        if names:
            said = "Not known to be gone, in all %d, if they ever were: sandbox %s. %s"
            _logger.warning(said, self.doubtful, _listed(names, self.doubtful), SWEEP)


def _listed(names: list[str], count: int) -> str:
    return ", ".join(names) + (", …" if count > len(names) else "")
