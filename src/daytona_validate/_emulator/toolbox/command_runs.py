"""Commands in sandboxes: started by a request, and not cancelled when its client goes away."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request

from daytona_validate._emulator.background_tasks import BackgroundTasks
from daytona_validate._emulator.condition import Condition
from daytona_validate._emulator.control_plane.fleet import Held
from daytona_validate._emulator.counts import Counters
from daytona_validate._emulator.machines.machine_interface import CommandResult
from daytona_validate._emulator.refusals import CLIENT_GONE, HttpRefusal
from daytona_validate._emulator.toolbox.process_requests import Execute
from daytona_validate._runtime.tasks import ended, retrieve


class CommandRuns:
    """Command execution: each command is a background task that outlives its request.

    Args:
        tasks: Run the commands: the daemon does not end a command with its request.
        counters: What is counted.
        condition: Notified when a command begins and when it ends.
    """

    def __init__(self, *, tasks: BackgroundTasks, counters: Counters, condition: Condition) -> None:
        self._tasks = tasks
        self._counters = counters
        self._condition = condition

    async def run(self, request: Request, held: Held, command: Execute) -> CommandResult:
        """Run a command and return what it did.

        Raises:
            HttpRefusal: The client went away; the command goes on.
            SandboxUnavailable: What the emulated machine raised.
        """
        outcome: asyncio.Future[CommandResult] = asyncio.get_running_loop().create_future()
        outcome.add_done_callback(retrieve)  # nobody may be waiting any more
        self._tasks.start(
            self._work(held, command, outcome), name=f"command in {held.sandbox.name}"
        )
        await _until_done_or_gone(outcome, request)
        if not outcome.done():
            raise HttpRefusal(CLIENT_GONE, "the client went away")
        return outcome.result()

    async def _work(
        self, held: Held, command: Execute, outcome: asyncio.Future[CommandResult]
    ) -> None:
        self._counters.executes += 1
        self._counters.executing += 1
        self._condition.notify_all()
        try:
            outcome.set_result(await _executed(held, command))
        except asyncio.CancelledError:
            outcome.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - raised to whoever waits
            outcome.set_exception(error)
        finally:
            self._counters.executing -= 1
            self._condition.notify_all()


async def _executed(held: Held, command: Execute) -> CommandResult:
    return await held.machine.execute(
        command.command,
        cwd=command.cwd,
        environment={
            **held.sandbox.env,
            "DAYTONA_SANDBOX_ID": held.sandbox.id,
            "DAYTONA_SANDBOX_USER": held.sandbox.user,
            **command.environment,
        },
        timeout_s=command.timeout_s,
    )


async def _until_done_or_gone(outcome: asyncio.Future[CommandResult], request: Request) -> None:
    watch = asyncio.create_task(_gone(request))
    try:
        both: set[asyncio.Future[Any]] = {outcome, watch}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        watch.cancel()
        await ended(watch)


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
