"""All emulated machines of one emulator, and what they are made from."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Self

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.limits import MIB
from daytona_validate._emulator.machines.emulated_machine import EmulatedMachine
from daytona_validate._emulator.machines.folders import UNREMOVED, MachineFolders
from daytona_validate._emulator.machines.keeper_launch import Launcher, launcher
from daytona_validate._emulator.machines.machine_disk import MachineDisk
from daytona_validate._emulator.machines.machine_jail import (
    belongings,
    description,
    machine_jail,
    machine_limits,
)
from daytona_validate._emulator.machines.trees import Trees
from daytona_validate._emulator.machines.users import ACCOUNTS, SNIPPET_ID, proven_ids
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.host_ids import owned_by
from daytona_validate._jails.jail import Overlay
from daytona_validate._jails.runner import JailRunner
from daytona_validate._reason import Reason
from daytona_validate._runtime.cleanup import finish
from daytona_validate._runtime.worker_thread import in_thread
from daytona_validate._toolchains.packages.packages import Packages, PreparedPackages
from daytona_validate._toolchains.record import Toolchain
from daytona_validate._toolchains.toolchains import Toolchains

CLOSING_S = 600.0
"""For removing the folders of all machines, on a slow disk."""

_logger = logging.getLogger("daytona_validate")


class EmulatedMachines:
    """Factory: makes emulated machines on this host, and leaves nothing of them behind.

    Args:
        runner: Starts their jails; closed with the machines.
        launcher: Starts commands in them.
        folders: Open; closed with the machines.
        trees: Measures and removes the folders; it knows the ids of machines with users.
        toolchains: Of the same cache.
        packages: Of the same cache.
    """

    def __init__(
        self,
        runner: JailRunner,
        launcher: Launcher,
        folders: MachineFolders,
        *,
        trees: Trees,
        toolchains: Toolchains,
        packages: Packages,
    ) -> None:
        self._runner = runner
        self._launcher = launcher
        self._folders = folders
        self._trees = trees
        self.ids = trees.ids
        """What machines have beside their root; None: they have one user."""
        self._toolchains = toolchains
        self._packages = packages
        self._machines: set[EmulatedMachine] = set()
        self._told: set[str] = set()
        """Toolchains whose absence has been logged."""
        self._is_closed = False

    @classmethod
    async def start(
        cls, cache_dir: Path | None = None, on_notice: Callable[[str], None] | None = None
    ) -> Self:
        """Prove that this host isolates, and remove what killed processes have left on it.

        Args:
            cache_dir: Where toolchains, packages and the folders of machines are; None is the
                local provider's own.
            on_notice: Told in a line of text what takes time; None: nobody is told.

        Raises:
            SandboxUnavailable: The host does not isolate, or lacks perl; the message says what
                to change.
        """
        runner = await JailRunner.start(cache_dir)
        try:
            return await cls._over(runner, on_notice)
        except BaseException:
            await finish(runner.aclose(), grace_s=CLOSING_S)
            raise

    @classmethod
    async def _over(cls, runner: JailRunner, on_notice: Callable[[str], None] | None) -> Self:
        # In a thread: it looks for the interpreter on disk.
        toolchains = await asyncio.to_thread(Toolchains, runner.cache, runner, on_notice)
        packages = Packages(runner.cache, runner, toolchains, on_notice)
        starts_commands = await launcher(runner)
        trees = Trees(runner, starts_commands.perl, await proven_ids(runner))
        folders = MachineFolders(runner.cache)
        try:
            await in_thread(lambda _: folders.open())
            await folders.sweep(trees.remove)
        except BaseException as error:
            await finish(asyncio.to_thread(folders.close), grace_s=CLOSING_S)
            if isinstance(error, OSError):
                raise SandboxUnavailable(
                    f"No emulated machine can be made here: {error}.", reason=Reason.HOST_FAILED
                ) from error
            raise
        return cls(
            runner, starts_commands, folders, trees=trees, toolchains=toolchains, packages=packages
        )

    async def make(
        self,
        machine_id: str,
        *,
        languages: tuple[str, ...] = (),
        packages: tuple[str, ...] = (),
        about: Mapping[str, bytes] | None = None,
        memory_mib: int,
        disk_mib: int,
    ) -> EmulatedMachine:
        """Make a machine; the first with a language waits until its toolchain is prepared.

        Args:
            machine_id: Letters, digits, dots and dashes; no two machines have the same.
            languages: Names in the table of languages; the machine says that it is made for the
                first. Of the others it has those that can be had here; the log names the rest.
            packages: Of the first language.
            about: Name to content of files beside those with which it tells about itself.
            memory_mib: For each command and all that it starts.
            disk_mib: For the machine's folders together.

        Raises:
            ToolchainMissing: The first language or a package cannot be had here.
            SandboxUnavailable: The machines are closed, or there is such a machine, or the disk
                would not.
            ValueError: The id is no name for a folder. The caller's fault.
        """
        if self._is_closed:
            raise SandboxUnavailable(
                "The emulator is closed: it makes no machines any more.", reason=Reason.CLOSED
            )
        toolchains, prepared = await self._installed(languages, packages)
        texts = description(toolchains[0], prepared) | {"belongings": belongings(toolchains)}
        texts |= {} if self.ids is None else ACCOUNTS
        tells = {**(about or {}), **{name: text.encode() for name, text in texts.items()}}
        try:
            toolchains = [await self._for_programs(each) for each in toolchains]
            folder = await in_thread(
                lambda _: self._folders.add(machine_id, owner=self._runner.jail_id, about=tells)
            )
        except OSError as error:
            raise SandboxUnavailable(
                f"An emulated machine could not be made: {error}.", reason=Reason.HOST_FAILED
            ) from error
        machine = EmulatedMachine(
            machine_jail(
                toolchains,
                prepared,
                folder,
                perl=self._launcher.perl,
                ids=self.ids,
                limits=machine_limits(memory_mib=memory_mib, disk_mib=disk_mib),
                reserved_mib=max((LANGUAGES[each].reserved_mib for each in languages), default=0),
            ),
            MachineDisk(folder.path, self._trees, allowed_bytes=disk_mib * MIB),
            door=folder.door,
            launcher=self._launcher,
            runner=self._runner,
            on_removal=self._machines.discard,
        )
        self._machines.add(machine)
        return machine

    async def _installed(
        self, languages: tuple[str, ...], packages: tuple[str, ...]
    ) -> tuple[list[Toolchain], PreparedPackages]:
        """Return the toolchains of some languages, and packages of the first, prepared."""
        first, *others = [LANGUAGES[each].toolchain for each in languages] or ["shell"]
        toolchains = [await self._toolchains.prepare(first)]
        for name in others:
            toolchains += await self._prepare_if_available(name)
        return toolchains, await self._packages.prepare("".join(languages[:1]), packages)

    async def _for_programs(self, toolchain: Toolchain) -> Toolchain:
        """Return the toolchain with overlays that belong to the user of snippets.

        Only their owner may read them: so there is a copy for that user.
        """
        if self.ids is None:
            return toolchain
        if not self._trees.needs_jails:
            owner = self.ids.outside(SNIPPET_ID)
            overlays = await in_thread(lambda sign: owned_by(toolchain.overlays, owner, sign))
            return replace(toolchain, overlays=overlays)
        # Not in the cache, which its owner could not remove any more.
        copies = [await self._for_program(each) for each in toolchain.overlays]
        return replace(toolchain, overlays=tuple(copies))

    async def _for_program(self, overlay: Overlay) -> Overlay:
        if overlay.copies is None:
            return overlay
        give = partial(self._trees.give, owner=SNIPPET_ID)
        return replace(overlay, source=await self._folders.copied(overlay.source, give))

    async def _prepare_if_available(self, name: str) -> list[Toolchain]:
        try:
            return [await self._toolchains.prepare(name)]
        except SandboxUnavailable as error:
            if name not in self._told:
                self._told.add(name)
                _logger.warning("Emulated machines are made without %s: %s", name, error)
            return []

    async def aclose(self) -> None:
        """Remove all machines and what they run, and make no more; safe to call twice."""
        self._is_closed = True
        await finish(self._close(), grace_s=CLOSING_S)

    async def _close(self) -> None:
        removals = (each.remove() for each in tuple(self._machines))
        for outcome in await asyncio.gather(*removals, return_exceptions=True):
            if isinstance(outcome, Exception):
                _logger.error("An emulated machine could not be removed.", exc_info=outcome)
        try:
            await self._trees.remove(self._folders.copies)  # while jails can be started
        except OSError:
            _logger.exception(UNREMOVED)
        await self._runner.aclose()
        await asyncio.to_thread(self._folders.close)
