"""What the sandboxes of this host are made of, found out without starting one.

It is the key of what was judged in them, so it errs towards being another one: the kernel, the
libraries and commands of every jail, the limits that can be handed on, and, of the toolchain and
the packages, the very preparation that jails are bound to.
"""

from __future__ import annotations

import asyncio
import math
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.package_names import canonical_packages
from daytona_validate._jails.base_image import base
from daytona_validate._jails.bubblewrap import bubblewrap
from daytona_validate._jails.cache_folder import cache_folder
from daytona_validate._jails.cgroup_places import places
from daytona_validate._jails.host import highest
from daytona_validate._jails.jail import Base
from daytona_validate._models import SandboxSpec
from daytona_validate._runtime.worker_thread import in_thread
from daytona_validate._toolchains import manifest as manifests
from daytona_validate._toolchains.build import toolchain_key
from daytona_validate._toolchains.package_index.package_index import package_index
from daytona_validate._toolchains.packages.packages import SETUPS, packages_key
from daytona_validate._toolchains.prepared_folder import preparation_stamp
from daytona_validate._toolchains.record import Host, ToolchainRecord
from daytona_validate._toolchains.toolchains import RECORDS, host_with

_PACKAGE_LISTS = ("/var/lib/dpkg/status", "/var/lib/rpm", "/usr/lib/sysimage/rpm", "/lib/apk/db")
"""What an update of the distribution changes, wherever in the libraries' folders it does."""

KNOWN_S = 60.0
"""How long it is taken to be the same."""


class LocalIdentity:
    """Identity of local sandboxes: found out anew every minute, as the host may be updated.

    Args:
        cache_dir: The cache folder; None: the default one.
        records: Name to record of the toolchains.
        clock: Returns seconds that only grow.
    """

    def __init__(
        self,
        cache_dir: Path | None,
        *,
        records: Mapping[str, ToolchainRecord] = RECORDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cache_dir = cache_dir
        self._records = records
        self._clock = clock
        self._known_since_s = -math.inf
        self._one_at_a_time = asyncio.Lock()
        self._host: tuple[str, Host, Path, Base] | None = None
        self._folders: dict[str, str] = {}
        self._whole: dict[tuple[str, tuple[str, ...]], str] = {}

    async def of(self, spec: SandboxSpec) -> str | None:
        """Return the identity of a spec's sandboxes; None where something is not prepared yet.

        Raises:
            SandboxUnavailable: A toolchain is not on this host, or the host lacks something.
            OSError: Something cannot be read.
        """
        asked = (spec.language, canonical_packages(spec.packages))
        async with self._one_at_a_time:
            if self._clock() - self._known_since_s > KNOWN_S:
                self._known_since_s = self._clock()
                self._host = None
                self._folders.clear()
                self._whole.clear()
            if asked not in self._whole:
                found = await self._found_out(*asked)
                if found is None:
                    return None
                self._whole[asked] = found
            return self._whole[asked]

    async def folder(self, toolchain: str) -> str:
        """Return the name of the folder that a toolchain is prepared in, or would be.

        Raises:
            SandboxUnavailable: It is not on this host.
        """
        if toolchain not in self._folders:
            _, host, _, _ = await self._this_host()
            record = self._records[toolchain]
            key = toolchain_key(await record.find(host))
            self._folders[toolchain] = manifests.identity(record.name, key)
        return self._folders[toolchain]

    async def base(self) -> Base:
        """Return what jails that are made from now on have, whatever their language.

        Raises:
            SandboxUnavailable: The host lacks something.
        """
        return (await self._this_host())[3]

    def all_of(self, toolchain: str) -> Iterator[str]:
        """Yield the names of a toolchain and of all that it needs."""
        for each in self._records[toolchain].needs:
            yield from self.all_of(each)
        yield toolchain

    async def _found_out(self, language: str, packages: tuple[str, ...]) -> str | None:
        facts, _, cache, _ = await self._this_host()
        names = [await self.folder(each) for each in self.all_of(LANGUAGES[language].toolchain)]
        if packages:
            setup, (_, host, _, _) = SETUPS[language], await self._this_host()
            index = package_index(setup.installer, host.environment)
            key = packages_key(language, packages, await self.folder(setup.runtime), index)
            names.append(manifests.identity(f"packages-{language}", key))
        stamps = await in_thread(lambda _: [preparation_stamp(cache / each) for each in names])
        return None if None in stamps else "\n".join((facts, *map(str, stamps)))

    async def _this_host(self) -> tuple[str, Host, Path, Base]:
        if self._host is None:
            self._host = await in_thread(lambda _: _host_of(self._cache_dir))
        return self._host


def _host_of(cache_dir: Path | None) -> tuple[str, Host, Path, Base]:
    """Return what tells this host from others, how toolchains see it, its cache and base image."""
    cache = cache_folder(cache_dir)
    image = base(cache)
    host = host_with(image)
    system = platform.uname()
    groups = places(_text("/proc/self/mountinfo"), _text("/proc/self/cgroup"))
    facts = (
        (system.release, system.version, system.machine),
        (highest(), len(os.sched_getaffinity(0)), os.geteuid() == 0),
        sorted({each.kind for each in groups if os.access(each.parent, os.W_OK)}),
        bubblewrap(cache).path,
        image,
        [_stamp(each) for each in _PACKAGE_LISTS],
    )
    return repr(facts), host, cache, image


def _text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8", errors="replace")


def _stamp(path: str) -> int | None:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return None
