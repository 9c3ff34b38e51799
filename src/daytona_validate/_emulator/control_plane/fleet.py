"""The sandboxes of an emulator: their emulated machines, and what becomes of them."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from daytona_validate._emulator.background_tasks import BackgroundTasks
from daytona_validate._emulator.condition import Condition
from daytona_validate._emulator.control_plane.builds import MIB_PER_GIB, Builds
from daytona_validate._emulator.control_plane.create_request import requested_sandbox
from daytona_validate._emulator.control_plane.image_contents import Contents
from daytona_validate._emulator.control_plane.sandbox_states import (
    SandboxRow,
    SandboxState,
    destroying,
    due_action,
    expired,
    starting,
    stopping,
    transitioned,
)
from daytona_validate._emulator.control_plane.sandbox_store import SandboxStore
from daytona_validate._emulator.control_plane.snapshot_states import DEFAULT_SNAPSHOT
from daytona_validate._emulator.counts import Counters
from daytona_validate._emulator.machines.machine_interface import MachineLike, MachinesLike
from daytona_validate._emulator.refusals import PROXY, HttpRefusal
from daytona_validate._errors import SandboxUnavailable


@dataclass(frozen=True, slots=True)
class Held:
    """A sandbox that a request uses, with its emulated machine."""

    sandbox: SandboxRow
    machine: MachineLike


LOOKS_PER_MINUTE = 6
"""How often idle sandboxes are looked for: as often as the platform does."""


class Fleet:
    """Sandbox lifecycle: creates, starts, stops, expires and destroys; `rows` has the records.

    Args:
        machines: Makes emulated machines.
        builds: Knows the snapshots.
        tasks: Start and remove emulated machines after a request was answered.
        clock: Seconds since the epoch.
        minute_s: How long a minute of the intervals takes.
        max_sandboxes: The quota; None: there is none.
        counters: What is counted.
        condition: Notified whenever a state changes.
    """

    def __init__(
        self,
        *,
        machines: MachinesLike,
        builds: Builds,
        tasks: BackgroundTasks,
        clock: Callable[[], float],
        minute_s: float,
        max_sandboxes: int | None,
        counters: Counters,
        condition: Condition,
    ) -> None:
        self._maker = machines
        self._builds = builds
        self._tasks = tasks
        self._clock = clock
        self._minute_s = minute_s
        self._max_sandboxes = max_sandboxes
        self._counters = counters
        self.rows = SandboxStore(clock, condition)
        self._machines: dict[str, MachineLike] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: Counter[str] = Counter()

    def create(self, body: object, *, fails_with: str | None = None) -> SandboxRow:
        """Begin to start a sandbox, and return it as it is now.

        Args:
            body: The JSON value of the client's request.
            fails_with: A fault on demand: why it does not start.

        Raises:
            HttpRefusal: The name is taken (409), the body is wrong, the quota is full or the
                snapshot cannot be used (400).
        """
        sandbox, contents = self._new(body)
        if self.rows.named(sandbox.name) is not None:
            raise HttpRefusal(409, f"Sandbox with name {sandbox.name} already exists")
        if self._max_sandboxes is not None and len(self.rows) >= self._max_sandboxes:
            raise HttpRefusal(
                400, f"Total CPU limit exceeded. Maximum allowed: {self._max_sandboxes}."
            )
        self._locks[sandbox.id] = asyncio.Lock()
        self._counters.created += 1
        self.rows.store(sandbox)
        self._tasks.start(
            self._bring_up(sandbox, contents, fails_with), name=f"start {sandbox.name}"
        )
        return sandbox

    def delete(self, id_or_name: str) -> SandboxRow:
        """Begin to destroy a sandbox, and return it as it is now.

        Raises:
            HttpRefusal: No such sandbox (404), or it is in the middle of a change (409).
        """
        sandbox = destroying(self.rows.found(id_or_name), now_s=self._clock())
        self._begin_to_destroy(sandbox)
        return sandbox

    def stop(self, id_or_name: str) -> SandboxRow:
        """Begin to stop a sandbox, and return it as it is now.

        Raises:
            HttpRefusal: No such sandbox (404), it is in a change (409) or not started (400).
        """
        sandbox = stopping(self.rows.found(id_or_name), now_s=self._clock())
        self.rows.store(sandbox)
        self._tasks.start(self._halt(sandbox.id), name=f"stop {sandbox.name}")
        return sandbox

    def start(self, id_or_name: str) -> SandboxRow:
        """Begin to start a stopped sandbox, and return it as it is now.

        Raises:
            HttpRefusal: No such sandbox (404), it is in a change (409) or not stopped (400).
        """
        sandbox = starting(self.rows.found(id_or_name), now_s=self._clock())
        self.rows.store(sandbox)
        self._tasks.start(self._resume(sandbox.id), name=f"start {sandbox.name}")
        return sandbox

    @contextmanager
    def used(self, sandbox_id: str) -> Iterator[Held]:
        """Hold a sandbox; while it is held, its idle time does not begin.

        Raises:
            HttpRefusal: The sandbox is gone (404), or not started (400).
        """
        sandbox = self.rows.by_id(sandbox_id)
        if sandbox is None:
            raise HttpRefusal(404, "sandbox container not found", source=PROXY)
        machine = self._machines.get(sandbox_id)
        if sandbox.state is not SandboxState.STARTED or machine is None:
            raise HttpRefusal(
                400,
                "bad request: failed to resolve container IP: no IP address found. "
                "Is the Sandbox started?",
                source=PROXY,
            )
        self.rows.touch(sandbox_id)
        self._users[sandbox_id] += 1
        try:
            yield Held(sandbox, machine)
        finally:
            self._users[sandbox_id] -= 1
            self.rows.touch(sandbox_id)

    async def watch(self) -> None:
        """Expire sandboxes, for ever: auto-stop, auto-delete, time to live."""
        while True:
            await asyncio.sleep(self._minute_s / LOOKS_PER_MINUTE)
            self._look()

    def _look(self) -> None:
        """Stop and destroy the sandboxes whose time has come by now."""
        now_s = self._clock()
        for sandbox in self.rows.all():
            is_busy = self._users[sandbox.id] > 0
            act = due_action(sandbox, now_s=now_s, minute_s=self._minute_s, is_busy=is_busy)
            if act == "stop":
                self.stop(sandbox.id)
            elif act == "destroy":
                self._counters.expired += 1
                self._begin_to_destroy(expired(sandbox, now_s=now_s))

    async def clear(self) -> None:
        """Remove all emulated machines, once the background tasks have ended."""
        while self._machines:
            await self._machines.popitem()[1].remove()
            self._counters.machines -= 1

    def _new(self, body: object) -> tuple[SandboxRow, Contents | None]:
        sandbox_id, now_s = str(uuid.uuid4()), self._clock()
        row = requested_sandbox(body, sandbox_id=sandbox_id, now_s=now_s, minute_s=self._minute_s)
        if row.dockerfile is not None:
            return row, None
        found = self._builds.for_sandbox(row.snapshot or DEFAULT_SNAPSHOT)
        return replace(row, snapshot=found.name, resources=found.resources), found.contents

    async def _bring_up(
        self, sandbox: SandboxRow, contents: Contents | None, fails_with: str | None
    ) -> None:
        async with self._locks[sandbox.id]:
            try:
                contents = contents or await self._built(sandbox)
            except (HttpRefusal, SandboxUnavailable, OSError) as error:
                self.rows.become(sandbox.id, SandboxState.BUILD_FAILED, reason=str(error))
            else:
                await self._set_up(sandbox, contents, fails_with)

    async def _built(self, sandbox: SandboxRow) -> Contents:
        self.rows.become(sandbox.id, SandboxState.BUILDING)
        contents = await self._builds.built(sandbox.dockerfile or "")
        self.rows.become(sandbox.id, SandboxState.CREATING)
        return contents

    async def _set_up(
        self, sandbox: SandboxRow, contents: Contents, fails_with: str | None
    ) -> None:
        if fails_with is not None:
            self.rows.become(sandbox.id, SandboxState.ERROR, reason=fails_with)
            return
        try:
            self._machines[sandbox.id] = await self._maker.make(
                sandbox.id,
                languages=contents.languages,
                packages=contents.packages,
                about=contents.about,
                memory_mib=sandbox.resources.memory_gib * MIB_PER_GIB,
                disk_mib=sandbox.resources.disk_gib * MIB_PER_GIB,
            )
        except (SandboxUnavailable, OSError) as error:
            self.rows.become(sandbox.id, SandboxState.ERROR, reason=str(error))
            return
        self._counters.machines += 1
        self.rows.become(sandbox.id, SandboxState.STARTED)

    async def _halt(self, sandbox_id: str) -> None:
        machine = self._machines.get(sandbox_id)
        if machine is not None:  # a command may run whose client is gone
            await machine.halt()
        self.rows.become(sandbox_id, SandboxState.STOPPED)

    async def _resume(self, sandbox_id: str) -> None:
        self.rows.become(sandbox_id, SandboxState.STARTED)

    def _begin_to_destroy(self, sandbox: SandboxRow) -> None:
        self.rows.store(sandbox)
        self._tasks.start(self._destroy(sandbox.id), name=f"destroy {sandbox.name}")

    async def _destroy(self, sandbox_id: str) -> None:
        async with self._locks[sandbox_id]:  # a machine that is being made is waited for
            row = self.rows.by_id(sandbox_id)
            if row is None:
                return
            if row.state is not SandboxState.DESTROYING:
                self.rows.store(transitioned(row, SandboxState.DESTROYING, now_s=self._clock()))
            machine = self._machines.pop(sandbox_id, None)
            if machine is not None:
                await machine.remove()
                self._counters.machines -= 1
            del self._locks[sandbox_id]
            self._users.pop(sandbox_id, None)
            self._counters.deleted += 1
            self.rows.drop(sandbox_id)
