"""What local sandboxes are made of: known without a jail, and another text after any change."""

from __future__ import annotations

import asyncio
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from counted_starts import CountedStarts
from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.base_image import base
from daytona_validate._models import Limits, SandboxSpec
from daytona_validate._providers.local import LocalProvider
from daytona_validate._providers.local_identity import KNOWN_S, LocalIdentity
from daytona_validate._toolchains import manifest as manifests
from daytona_validate._toolchains.build import toolchain_key
from daytona_validate._toolchains.package_index.package_index import package_index
from daytona_validate._toolchains.packages.packages import packages_key
from daytona_validate._toolchains.record import (
    FoundToolchain,
    Host,
    Plan,
    Toolchain,
    ToolchainRecord,
)
from plain_settings import plain_settings

SPEC = SandboxSpec(language="typescript", limits=Limits())
WITH_PACKAGES = replace(SPEC, packages=("zod",))


@pytest.fixture
def cache(open_folder: Path, jail_cache_dir: Path) -> Path:
    """A fresh one that shares the copies of the host's libraries with that of all tests."""
    copies = Path(base(jail_cache_dir).copies[0])
    subprocess.run(["cp", "-al", copies.parent, open_folder], check=True)
    return open_folder


async def plan(_host: Host, _found: FoundToolchain) -> Plan:
    raise AssertionError("nothing is prepared to find out what there is")


def records(*, node: str = "22") -> dict[str, ToolchainRecord]:
    def record(name: str, version: str, needed: tuple[str, ...]) -> ToolchainRecord:
        async def find(_host: Host) -> FoundToolchain:
            return FoundToolchain(f"/{name}", {"version": version})

        return ToolchainRecord(name=name, title=name, find=find, plan=plan, needs=needed)

    return {"typescript": record("typescript", "7", ("node",)), "node": record("node", node, ())}


def name(record: str, version: str) -> str:
    return manifests.identity(record, toolchain_key(FoundToolchain("", {"version": version})))


def prepare(cache: Path, folder: str, at_s: int = 1) -> None:
    """Put a manifest where a folder is prepared, as of a time."""
    (cache / folder).mkdir(exist_ok=True)
    manifest = cache / folder / manifests.FILE_NAME
    manifest.write_text("{}")
    os.utime(manifest, (at_s, at_s))


def prepare_all(cache: Path) -> None:
    for each in (name("typescript", "7"), name("node", "22"), name("node", "23")):
        prepare(cache, each)


def identity(cache: Path, spec: SandboxSpec = SPEC, **of_records: str) -> str | None:
    return asyncio.run(LocalIdentity(cache, records=records(**of_records)).of(spec))


def test_it_is_known_once_all_that_is_needed_is_prepared(cache: Path) -> None:
    assert identity(cache) is None
    prepare(cache, name("typescript", "7"))
    assert identity(cache) is None, "its node is not"
    prepare(cache, name("node", "22"))
    found = identity(cache)
    assert found is not None
    assert identity(cache) == found, "another process finds the same"


def test_a_toolchain_that_was_updated_or_prepared_anew_is_another_one(cache: Path) -> None:
    prepare_all(cache)
    found = {identity(cache), identity(cache, node="23")}
    prepare(cache, name("node", "22"), at_s=2)
    assert len(found | {identity(cache)}) == 3


async def test_it_is_found_out_anew_every_minute(cache: Path) -> None:
    await asyncio.to_thread(prepare_all, cache)
    there, now_s = records(), [0.0]
    found_out = LocalIdentity(cache, records=there, clock=lambda: now_s[0])
    before = await found_out.of(SPEC)
    there.update(records(node="23"))
    now_s[0] = KNOWN_S
    assert await found_out.of(SPEC) == before
    now_s[0] += 1
    assert await found_out.of(SPEC) not in (None, before)


def test_packages_are_those_that_were_installed(cache: Path) -> None:
    prepare_all(cache)
    assert identity(cache, WITH_PACKAGES) is None
    index = package_index("npm", os.environ)
    key = packages_key("typescript", ("zod",), name("node", "22"), index)
    folder = manifests.identity("packages-typescript", key)
    prepare(cache, folder)
    found = {identity(cache), identity(cache, WITH_PACKAGES)}
    prepare(cache, folder, at_s=2)
    found |= {identity(cache, WITH_PACKAGES)}
    assert (len(found), None in found) == (3, False)


def test_the_kernel_and_the_libraries_of_this_host_are_in_it(cache: Path) -> None:
    prepare_all(cache)
    found = identity(cache) or ""
    assert os.uname().release in found
    assert all(Path(each).name in found for each in base(cache).copies)


async def test_who_asks_at_the_same_time_is_answered_by_one_search(cache: Path) -> None:
    await asyncio.to_thread(prepare_all, cache)
    there, searched = records(), list[str]()
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def find(host: Host) -> FoundToolchain:
        searched.append("typescript")
        begun.set()
        await may_end.wait()
        return await records()["typescript"].find(host)

    there["typescript"] = replace(there["typescript"], find=find)
    local = LocalIdentity(cache, records=there)
    await local.folder("node")  # this host is known, and the next thing is the search
    asked = asyncio.gather(*(local.of(SPEC) for _ in range(8)))
    await begun.wait()
    may_end.set()
    found = await asked
    assert (len(set(found)), None in found) == (1, False)
    assert searched == ["typescript"]


async def test_a_toolchain_that_is_not_here_is_told_as_ever(cache: Path) -> None:
    async def find(_host: Host) -> FoundToolchain:
        raise ToolchainMissing("install it")

    of_here = {**records(), "node": replace(records()["node"], find=find)}
    with pytest.raises(ToolchainMissing, match="install it"):
        await LocalIdentity(cache, records=of_here).of(SPEC)


@pytest.mark.jail
async def test_a_provider_knows_it_before_and_after_it_has_started(
    jail_cache_dir: Path, python_toolchain: Toolchain
) -> None:
    starts = CountedStarts()
    provider = LocalProvider(plain_settings(cache_dir=jail_cache_dir), start=starts)
    spec = SandboxSpec(language="python", limits=Limits())
    before = await provider.identity(spec)
    assert (python_toolchain.identity in (before or ""), starts.of) == (True, [])
    await provider.prepare(spec)
    assert await provider.identity(spec) == before
    await provider.aclose()


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_to_ask_for_it_makes_nothing_of_a_library(cache: Path) -> None:
    async def made() -> list[Path]:
        return await asyncio.to_thread(lambda: list(cache.glob("go-library-*")))

    spec = SandboxSpec(language="go", limits=Limits(), parts=frozenset({"errors"}))
    provider = LocalProvider(plain_settings(cache_dir=cache))
    await (await provider.toolchains()).alone("go")
    assert await provider.identity(spec) is not None
    assert await made() == []
    await provider.prepare(spec)
    [library] = await made()
    assert await provider.identity(spec) is not None
    assert await made() == [library]
    await provider.aclose()
