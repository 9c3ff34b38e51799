"""An emulated machine is what a container is to Daytona: jails over folders that last."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

from daytona_validate._emulator.machines.keeper import CommandReport, Keeper
from daytona_validate._emulator.machines.keeper_launch import LOST, Launcher, shell_end
from daytona_validate._emulator.machines.keeper_socket import door_bind, entered, opened
from daytona_validate._emulator.machines.machine_disk import REMOVED, MachineDisk
from daytona_validate._emulator.machines.machine_files import MachineFiles, encodable
from daytona_validate._emulator.machines.machine_interface import CommandResult
from daytona_validate._emulator.machines.machine_jail import HOME
from daytona_validate._errors import SandboxLost
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit
from daytona_validate._runtime.tasks import retrieve

UNLIMITED_S = 365 * 86_400.0
"""For what has no time limit, which auto-stop ends much earlier."""

_MAX_ARGUMENT_BYTES = 131_071


class EmulatedMachine:
    """Container: one emulated machine, which lasts until `remove()`.

    Args:
        jail: What each of its jails has, its lasting folders too, with nothing to run yet.
        disk: Of these folders.
        door: The folder of the socket by which its keeper reaches us.
        launcher: Starts the commands in them.
        runner: Starts the jails.
        on_removal: Called once it is removed.
    """

    def __init__(
        self,
        jail: Jail,
        disk: MachineDisk,
        *,
        door: Path,
        launcher: Launcher,
        runner: JailRunner,
        on_removal: Callable[[EmulatedMachine], None],
    ) -> None:
        self._jail = jail
        self._door = door
        self._keeper: Keeper | None = None
        self._starting = asyncio.Lock()
        self._disk = disk
        self._files = MachineFiles(jail, disk, runner)
        self._launcher = launcher
        self._runner = runner
        self._on_removal = on_removal

    async def execute(
        self,
        command: str,
        *,
        cwd: str | None = None,
        environment: Mapping[str, str] | None = None,
        timeout_s: float | None = None,
    ) -> CommandResult:
        """Feed a command to a shell, beside what other commands have left running.

        As under the daemon, the answer is there once nobody holds the command's output any more,
        30 s after the shell's end at the latest; but past a time limit, whenever that is.

        Args:
            command: Any number of lines.
            cwd: Where it starts; None is `HOME`.
            environment: Added to the machine's.
            timeout_s: Wall seconds, after which the shell's process group is killed; None: no
                limit.

        Raises:
            SandboxLost: The machine was removed, or its jail died by another's hand.
            SandboxUnavailable: The jail could not be started.
        """
        folder = str(PurePosixPath(HOME, encodable(cwd or HOME)))
        added = {encodable(name): encodable(value) for name, value in (environment or {}).items()}
        refusal = _refusal(folder, *(f"{name}={value}" for name, value in added.items()))
        if refusal:
            return CommandResult(LOST, f"fork/exec {self._launcher.shell}: {refusal}".encode())
        text = encodable(command).encode()
        keeper = await self._keeper_here()
        told = await keeper.run(text, folder=folder, environment=added, timeout_s=timeout_s)
        is_overfull = told.limit is None and await self._disk.is_too_much()
        return _kept(told, is_overfull=is_overfull)

    async def write(self, path: str, content: bytes) -> None:
        """Put a file there; see `MachineFiles.write`."""
        await self._files.write(path, content)

    async def read(self, path: str) -> bytes:
        """Return a file's content; see `MachineFiles.read`."""
        return await self._files.read(path)

    async def halt(self) -> None:
        """End what runs, and keep the folders; whoever waits for it gets `SandboxLost`."""
        await self._disk.halt()
        await self._let_go()

    async def remove(self) -> None:
        """End what runs, and remove the folders; safe to call twice, and at the same time.

        Raises:
            OSError: Something in the folders could not be removed.
        """
        try:
            await self._disk.end()
        finally:
            await self._let_go()
            self._on_removal(self)

    async def _keeper_here(self) -> Keeper:
        """Return the keeper, started if there is none, or none any more."""
        async with self._starting:
            if self._keeper is None or self._keeper.is_over:
                await self._let_go()
                self._keeper = await self._started_keeper()
            return self._keeper

    async def _started_keeper(self) -> Keeper:
        jail = replace(
            self._jail,
            argv=self._launcher.keeper_argv(),
            binds=(*self._jail.binds, door_bind(self._door)),
        )
        if self._disk.is_over:
            raise SandboxLost(REMOVED)
        with opened(self._door) as listener:
            run = self._runner.run(jail, timeout_s=UNLIMITED_S)
            ending = asyncio.create_task(self._disk.run_within_quota(run, is_busy=self._is_busy))
            ending.add_done_callback(retrieve)
            most_bytes, holds_s = jail.limits.max_output_bytes, self._launcher.holds_s
            keeper = partial(Keeper, most_bytes=most_bytes, holds_s=holds_s)
            starting_s = self._launcher.starting_s
            return await entered(listener, ending, starting_s=starting_s, keeper=keeper)

    def _is_busy(self) -> bool:
        return self._keeper is None or self._keeper.is_busy

    async def _let_go(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            await keeper.aclose()


def _kept(told: CommandReport, *, is_overfull: bool) -> CommandResult:
    end = shell_end(told.report)
    limit = Limit.TIMEOUT if told.is_timed_out else told.limit
    return CommandResult(
        exit_code=LOST if limit in (Limit.TIMEOUT, Limit.OUTPUT) else end.exit_code,
        output=told.output + end.why_unstarted.encode(),
        is_timed_out=told.is_timed_out,
        limit=limit or (Limit.DISK if is_overfull else None),
    )


def _refusal(folder: str, *arguments: str) -> str | None:
    """Return the system's words for what no process can be given, or None."""
    if any("\0" in each for each in (folder, *arguments)):
        return "invalid argument"
    if any(len(each.encode()) > _MAX_ARGUMENT_BYTES for each in (folder, *arguments)):
        return "argument list too long"
    return None
