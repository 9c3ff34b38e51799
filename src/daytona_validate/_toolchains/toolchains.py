"""The toolchains of this host: found, copied, proven once, then taken from the cache."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._jails.cache_folder import why_not_filled
from daytona_validate._jails.jail import Base
from daytona_validate._jails.runner import JailRunner
from daytona_validate._reason import Reason
from daytona_validate._runtime.single_flight import SingleFlight
from daytona_validate._runtime.waits import Waits
from daytona_validate._runtime.worker_thread import in_thread
from daytona_validate._toolchains.build import (
    build_toolchain,
    toolchain_key,
)
from daytona_validate._toolchains.go import GO
from daytona_validate._toolchains.installers import NPM, PIP
from daytona_validate._toolchains.inventory import Pruned, installed_in, pruned
from daytona_validate._toolchains.java import JAVA
from daytona_validate._toolchains.library import Library
from daytona_validate._toolchains.manifest import Manifest, identity
from daytona_validate._toolchains.node import NODE
from daytona_validate._toolchains.overlays import seen_here
from daytona_validate._toolchains.postgres import POSTGRES
from daytona_validate._toolchains.prepared_folder import (
    Prepared,
    prepared_folder,
)
from daytona_validate._toolchains.prune import OUTDATED, Installed, PruneRules
from daytona_validate._toolchains.python import PYTHON, base_interpreter
from daytona_validate._toolchains.record import (
    FoundToolchain,
    Host,
    Toolchain,
    ToolchainRecord,
)
from daytona_validate._toolchains.shell import SHELL
from daytona_validate._toolchains.typescript import TYPESCRIPT

RECORDS: dict[str, ToolchainRecord] = {
    each.name: each for each in (PYTHON, NODE, TYPESCRIPT, JAVA, GO, POSTGRES, SHELL, PIP, NPM)
}
"""To add a toolchain, add a record."""
FAILURES_LAST_S = 60.0


class Toolchains:
    """Toolchain cache: prepares each toolchain once per host (single flight), and remembers it.

    Args:
        cache_dir: An existing folder of ours that jails can enter.
        runner: Starts the jails in which a copy is proven.
        on_notice: Told in a line of text what takes time; None: nobody is told.
        host: None: this process and its environment.
        records: Name to record of those that can be prepared.
        waits: Told what is being prepared; None: nobody is.

    Attributes:
        host: This host, as far as toolchains depend on it.
    """

    def __init__(
        self,
        cache_dir: Path,
        runner: JailRunner,
        on_notice: Callable[[str], None] | None = None,
        *,
        host: Host | None = None,
        records: Mapping[str, ToolchainRecord] = RECORDS,
        waits: Waits | None = None,
    ) -> None:
        self._cache_dir = cache_dir
        self._runner = runner
        self._on_notice = on_notice
        self._waits = waits or Waits()
        self._records = records
        self.host = host or this_host(runner)
        self._libraries: dict[str, Library] = {}
        self._prepared: SingleFlight[str, Toolchain] = SingleFlight(
            failures_last_s=FAILURES_LAST_S, clock=time.monotonic
        )

    async def prepare(self, name: str, *, parts: frozenset[str] | None = None) -> Toolchain:
        """Return a toolchain, prepared if it is not yet; safe to call from many tasks at once.

        Args:
            name: Its name.
            parts: Of its library, if that is made in parts, those that must be there; names that
                are none do no harm. None: all.

        Raises:
            ToolchainMissing: It is not on this host, or its copy is not what it should be.
                The environment's fault; the message has the line that installs it.
            SandboxUnavailable: It could not be copied. The infrastructure's fault.
        """
        toolchain = await self.alone(name)
        record = self._records[name]
        if record.library is None:
            return toolchain
        if name not in self._libraries:
            self._libraries[name] = Library(
                record.library,
                toolchain,
                cache_dir=self._cache_dir,
                runner=self._runner,
                notify=self._notify,
                waits=self._waits,
                failures_last_s=FAILURES_LAST_S,
            )
        library = await self._libraries[name].holding(parts)
        return replace(toolchain, binds=(*toolchain.binds, *library.binds))

    async def alone(self, name: str) -> Toolchain:
        """Return a toolchain without the library that is made in parts, if it has one.

        Otherwise as `prepare`.
        """
        record = self._records.get(name)
        if record is None:
            known = ", ".join(self._records)
            raise ToolchainMissing(f"No toolchain {name!r} is known: {known} are.")
        return await self._prepared.get(name, lambda: self._prepare(record))

    def installed(self) -> list[Installed]:
        """Return what is prepared in the cache, also for other interpreters than this one.

        It reads files: from a coroutine, call it in a thread.
        """
        return installed_in(self._cache_dir, self._records)

    async def prune(
        self, rules: PruneRules = OUTDATED, *, is_dry_run: bool = False
    ) -> list[Pruned]:
        """Remove what nobody needs any more, and return it; what a process uses stays.

        Args:
            rules: What goes beside what is outdated.
            is_dry_run: Whether nothing is removed.

        Raises:
            OSError: Something could not be removed.
        """
        current: dict[str, tuple[str, str]] = {}
        for record in self._records.values():
            with suppress(ToolchainMissing):  # not on this host
                found = await record.find(self.host)
                current[record.name] = (found.source, identity(record.name, toolchain_key(found)))
        there = await in_thread(lambda _: self.installed())
        return await in_thread(lambda _: pruned(there, current, rules=rules, is_dry_run=is_dry_run))

    async def _prepare(self, record: ToolchainRecord) -> Toolchain:
        needed = [await self.prepare(name) for name in record.needs]
        found = await record.find(self.host)
        try:
            prepared = await prepared_folder(
                self._cache_dir,
                record.name,
                toolchain_key(found),
                lambda folder: self._build(record, found, folder),
                uses=self._runner.uses,
            )
        except OSError as error:
            raise SandboxUnavailable(
                f"{record.title} could not be prepared for sandboxes: "
                f"{why_not_filled(error, self._cache_dir)}",
                reason=Reason.HOST_FAILED,
            ) from error
        return _joined(needed, await self._toolchain(prepared))

    async def _build(
        self, record: ToolchainRecord, found: FoundToolchain, folder: Path
    ) -> Manifest:
        with self._waits.on(record.title):
            return await build_toolchain(
                record,
                found,
                folder,
                host=self.host,
                runner=self._runner,
                require=self.prepare,
                notify=self._notify,
            )

    async def _toolchain(self, prepared: Prepared) -> Toolchain:
        manifest = prepared.manifest
        overlays = await seen_here(self._runner, prepared.overlays)
        return Toolchain(
            name=manifest.name,
            version=manifest.version,
            binds=prepared.binds,
            links=manifest.links,
            environment=manifest.environment,
            overlays=overlays,
            identity=prepared.folder.name,
        )

    def _notify(self, line: str) -> None:
        if self._on_notice is not None:
            self._on_notice(line)


def this_host(runner: JailRunner) -> Host:
    """Return this process as toolchains see it."""
    return host_with(runner.base)


def host_with(image: Base) -> Host:
    """Return this process as toolchains see it, where every jail has this."""
    return Host(
        environment=dict(os.environ),
        executable=base_interpreter(),
        version=sys.version,
        library_folders=image.libraries,
        left_out=image.left_out,
    )


def _joined(needed: Sequence[Toolchain], own: Toolchain) -> Toolchain:
    """Return a toolchain with all that it needs."""
    parts = (*needed, own)
    return replace(
        own,
        version=" with ".join((own.version, *(f"{each.name} {each.version}" for each in needed))),
        binds=tuple(dict.fromkeys(bind for part in parts for bind in part.binds)),
        links=tuple(dict.fromkeys(link for part in parts for link in part.links)),
        overlays=tuple(each for part in parts for each in part.overlays),
        environment={k: v for part in parts for k, v in part.environment.items()},
    )
