"""Libraries that are made in parts: of what programs ask for, once per host.

All of Go's standard library takes a minute of processor time, and what most programs import takes
seven seconds. So a library holds what was asked for so far. What more is asked for is made beside
it, in a new folder that has the old one's files as well: as hard links, for they never change.
Nothing that is in use is ever written to.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.cache_folder import lock_of, why_not_filled
from daytona_validate._jails.runner import JailRunner
from daytona_validate._reason import Reason
from daytona_validate._runtime.file_lock import exclusive
from daytona_validate._runtime.single_flight import SingleFlight
from daytona_validate._runtime.waits import Waits
from daytona_validate._runtime.worker_thread import StopSign, in_thread
from daytona_validate._toolchains.derive import derive
from daytona_validate._toolchains.manifest import MADE_FOR, Manifest
from daytona_validate._toolchains.prepared_folder import (
    Prepared,
    binds_of,
    held,
    mirrored,
    prepared_folder,
    size_bytes,
    trusted,
)
from daytona_validate._toolchains.proof import proven_environment
from daytona_validate._toolchains.record import Derived, LibraryRecord, Plan, Toolchain

_PARTS = "parts"  # in the key


class Library:
    """The library of one prepared toolchain: it grows with what is asked of it.

    Args:
        record: The library.
        toolchain: Whose it is, prepared in the cache.
        cache_dir: The cache.
        runner: Starts the jails in which it is made and proven.
        notify: Told in a line of text what takes time.
        waits: Told what is being made.
        failures_last_s: Seconds for which what could not be made is not tried again.
    """

    def __init__(
        self,
        record: LibraryRecord,
        toolchain: Toolchain,
        *,
        cache_dir: Path,
        runner: JailRunner,
        notify: Callable[[str], None],
        waits: Waits,
        failures_last_s: float,
    ) -> None:
        self._record = record
        self._toolchain = toolchain
        self._cache_dir = cache_dir
        self._runner = runner
        self._notify = notify
        self._waits = waits
        self._known: frozenset[str] | None = None
        self._current: tuple[Prepared, frozenset[str]] | None = None
        self._asked: list[frozenset[str]] = []
        """What each of those who wait has asked for."""
        self._batch: frozenset[str] = frozenset()
        """What is made, or was made last, in one go."""
        self._made: SingleFlight[frozenset[str], tuple[Prepared, frozenset[str]]] = SingleFlight(
            failures_last_s=failures_last_s, clock=time.monotonic
        )

    async def holding(self, parts: frozenset[str] | None) -> Prepared:
        """Return a prepared library that has some parts; safe to call from many tasks at once.

        What several tasks ask for while it is being made is then made in one go; if that fails,
        what each has asked for is made for itself.

        Args:
            parts: Their names; what is none is left out. None: all.

        Raises:
            ToolchainMissing: It could not be made, now or a short while ago. The environment's
                fault.
            SandboxUnavailable: It could not be written, or no jail could be started. The
                infrastructure's fault.
        """
        wanted = await self._names(parts)
        self._asked.append(wanted)
        try:
            return await self._holding(wanted)
        finally:
            self._asked.remove(wanted)

    async def _holding(self, wanted: frozenset[str]) -> Prepared:
        is_alone = False
        while self._current is None or not _covers(self._record, self._current[1], wanted):
            # One at a time: what is under way may have it, or what it then grows from.
            if not self._made.is_under_way(self._batch):
                self._batch = wanted if is_alone else frozenset[str]().union(*self._asked)
            batch = self._batch
            try:
                self._current = await self._made.get(batch, partial(self._extended, batch))
            except SandboxUnavailable:
                if batch == wanted:
                    raise
                is_alone = is_alone or wanted <= batch
        return self._current[0]

    async def _names(self, parts: frozenset[str] | None) -> frozenset[str]:
        if parts is None:
            return frozenset({self._record.whole})
        if self._known is None:
            folder = self._cache_dir / self._toolchain.identity
            self._known = await in_thread(lambda _: self._record.known(folder))
        return (parts & self._known) | {self._record.least}

    async def _extended(self, asked: frozenset[str]) -> tuple[Prepared, frozenset[str]]:
        try:
            return await self._found_or_made(asked)
        except OSError as error:
            raise SandboxUnavailable(
                f"{self._record.title} could not be prepared for sandboxes: "
                f"{why_not_filled(error, self._cache_dir)}",
                reason=Reason.HOST_FAILED,
            ) from error

    async def _found_or_made(self, asked: frozenset[str]) -> tuple[Prepared, frozenset[str]]:
        found = await self._found(asked)
        if found is not None:
            return found
        # One process at a time, too: what another makes may have it, or is what this grows from.
        async with exclusive(lock_of(self._cache_dir / f"{self._toolchain.identity}-library")):
            return await self._found(asked) or await self._grown(asked)

    async def _found(self, asked: frozenset[str]) -> tuple[Prepared, frozenset[str]] | None:
        there = await in_thread(lambda _: list(self._there()))
        fit = [each for each in there if _covers(self._record, each[1], asked)]
        for each in sorted(fit, key=lambda each: each[0].manifest.size_bytes):
            if await held(each[0].folder, self._runner.uses):
                return each
        return None

    async def _grown(self, asked: frozenset[str]) -> tuple[Prepared, frozenset[str]]:
        there = await in_thread(lambda _: list(self._there()))
        base = max(there, key=lambda each: len(each[1]), default=None)
        if base and not await held(base[0].folder, self._runner.uses):
            base = None  # somebody has removed it: its files cannot be had
        own = frozenset[str]() if base is None else _asked_for(base[0])
        parts = frozenset({self._record.whole}) if self._record.whole in asked else asked | own
        key = {MADE_FOR: self._toolchain.identity, _PARTS: " ".join(sorted(parts))}
        made = await prepared_folder(
            self._cache_dir,
            library_name(self._toolchain.name),
            key,
            lambda folder: self._build(folder, parts, key, None if base is None else base[0]),
            uses=self._runner.uses,
        )
        return made, await in_thread(lambda _: parts_of(self._record, made))

    def _there(self) -> Iterator[tuple[Prepared, frozenset[str]]]:
        """Yield the libraries of this toolchain that are prepared, each with its parts."""
        for folder in sorted(self._cache_dir.glob(f"{library_name(self._toolchain.name)}-*")):
            found = trusted(folder)
            if found is not None and found.manifest.key.get(MADE_FOR) == self._toolchain.identity:
                with suppress(FileNotFoundError):  # somebody removes it
                    yield found, parts_of(self._record, found)

    async def _build(
        self,
        folder: Path,
        parts: frozenset[str],
        key: Mapping[str, str | int],
        base: Prepared | None,
    ) -> Manifest:
        record, toolchain = self._record, self._toolchain
        self._notify(f"Preparing {record.title} for these programs, once for this machine")
        started_s = time.monotonic()
        if base is not None:
            await in_thread(lambda sign: _share(base.folder, folder, record.shared, sign))
        plan = await self._fill(folder, parts)
        size = await in_thread(lambda _: size_bytes(folder))
        took_s = time.monotonic() - started_s
        self._notify(f"Prepared {record.title}: {size / 1e6:.0f} MB in {took_s:.1f} s")
        return Manifest(
            name=library_name(toolchain.name),
            version=toolchain.version,
            source=record.title,
            key=key,
            binds=plan.binds,
        )

    async def _fill(self, folder: Path, parts: frozenset[str]) -> Plan:
        """Make parts, and prove that they are as they must be; return what was proven."""
        record, toolchain = self._record, self._toolchain
        names = tuple(sorted(parts))
        plan = Plan(
            version=toolchain.version,
            copies=(),
            binds=(record.target,),
            argv=(*record.proof, *names),
            expected=record.expected(toolchain.version, parts),
        )
        making = Derived(argv=(*record.argv, *names), target=record.target, limits=record.limits)
        with self._waits.on(record.title) as on_progress:
            await derive(
                making,
                plan,
                folder,
                runner=self._runner,
                title=record.title,
                required=(toolchain,),
                on_progress=on_progress,
            )
        await proven_environment(
            self._runner,
            plan,
            binds_of(folder, plan.binds),
            title=record.title,
            required=(toolchain,),
        )
        return plan


def library_name(toolchain: str) -> str:
    """Return the name of a toolchain's library in the cache."""
    return f"{toolchain}-library"


def parts_of(record: LibraryRecord, prepared: Prepared) -> frozenset[str]:
    """Return what a prepared library has, and what was asked for that this host cannot have.

    Raises:
        OSError: It cannot be read.
    """
    return record.made(prepared.folder) | _asked_for(prepared)


def _covers(record: LibraryRecord, parts: frozenset[str], wanted: frozenset[str]) -> bool:
    return record.whole in parts or wanted <= parts


def _asked_for(prepared: Prepared) -> frozenset[str]:
    return frozenset(str(prepared.manifest.key.get(_PARTS, "")).split())


def _share(source: Path, target: Path, shared: str, sign: StopSign) -> None:
    """Give a folder the files of another as hard links, or copies where there can be none."""

    def linked(old: str, new: str) -> None:
        sign.heed()
        try:
            os.link(old, new)
        except OSError:  # another file system, or too many links
            shutil.copy2(old, new)

    shutil.copytree(mirrored(source, shared), mirrored(target, shared), copy_function=linked)
