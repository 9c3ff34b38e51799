"""Packages of a real index on a loopback port: only what it has is installed."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains.packages.packages import Packages, PreparedPackages
from daytona_validate._toolchains.toolchains import Toolchains, this_host
from made_wheels import made_wheel
from package_servers import PackageServer, package_server

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.thorough]


@pytest.fixture
def server() -> Iterator[PackageServer]:
    with package_server() as served:
        yield served


@pytest.fixture
def other() -> Iterator[PackageServer]:
    """Another service of this host."""
    with package_server() as served:
        yield served


@pytest.fixture
def notices() -> list[str]:
    return []


@pytest.fixture
def packages(
    empty_cache: Path,
    jail_cache_dir: Path,
    jail_runner: JailRunner,
    server: PackageServer,
    notices: list[str],
) -> Packages:
    """What installs from that index, as the environment of its caller says."""
    variables = {"PIP_INDEX_URL": f"{server.url}/simple", "npm_config_registry": server.url}
    host = dataclasses.replace(this_host(jail_runner), environment=variables)
    toolchains = Toolchains(jail_cache_dir, jail_runner, host=host)
    return Packages(empty_cache, jail_runner, toolchains, notices.append)


def _there(prepared: PreparedPackages) -> list[str]:
    (bind,) = prepared.binds
    return sorted(path.name for path in Path(bind.source).iterdir())


async def test_wheels_come_from_the_index_of_the_environment(
    packages: Packages, server: PackageServer, tmp_path: Path
) -> None:
    server.add_wheel(made_wheel(tmp_path, "top", {"top.py": ""}, requires=["below[x]>=1"]))
    server.add_wheel(made_wheel(tmp_path, "below", {"below.py": ""}))
    found = await asyncio.to_thread(_there, await packages.prepare("python", ("top",)))
    assert {"top.py", "below.py", "top-1.0.dist-info"} <= set(found)


async def _refused(packages: Packages, notices: list[str], language: str, name: str) -> str:
    """Return what is told of a package that is done without."""
    assert await packages.prepare(language, (name,)) == PreparedPackages()
    return notices[-1]


@pytest.mark.parametrize("is_of_the_index", [True, False])
async def test_a_wheel_that_needs_an_address_is_refused_with_both_names(
    packages: Packages,
    server: PackageServer,
    other: PackageServer,
    notices: list[str],
    tmp_path: Path,
    *,
    is_of_the_index: bool,
) -> None:
    wheel = made_wheel(tmp_path, "direct", {"direct.py": ""})
    place = server if is_of_the_index else other
    place.add_wheel(wheel)
    address = f"{place.url}/files/{wheel.name}"
    server.add_wheel(made_wheel(tmp_path, "top", {"top.py": ""}, requires=[f"direct @ {address}"]))
    told = await _refused(packages, notices, "python", "top")
    assert f"top needs direct @ {address}, and only what the index has is installed" in told
    assert other.asked == []


@pytest.mark.parametrize("way", ["a redirect", "a link"])
async def test_an_index_that_leads_to_a_service_of_this_host_is_told(
    packages: Packages, server: PackageServer, other: PackageServer, tmp_path: Path, way: str
) -> None:
    wheel = made_wheel(tmp_path, "top", {"top.py": ""})
    server.add_wheel(wheel, link=f"{other.url}/files/{wheel.name}" if way == "a link" else "")
    if way == "a redirect":
        server.redirects["/simple/top/"] = f"{other.url}/simple/top/"
    with pytest.raises(SandboxUnavailable, match="the package index leads elsewhere: ") as caught:
        await packages.prepare("python", ("top",))
    assert not isinstance(caught.value, ToolchainMissing)
    assert other.asked == []


async def test_packages_of_npm_come_from_the_registry_of_the_environment(
    packages: Packages, server: PackageServer
) -> None:
    server.add_npm("below")
    server.add_npm(
        "top",
        dependencies={"below": "^1.0.0", "named": "npm:below@1"},
        peerDependencies={"absent": "git+https://x.invalid/a.git"},
        peerDependenciesMeta={"absent": {"optional": True}},
        devDependencies={"tool": "file:../tool"},
    )
    found = await asyncio.to_thread(_there, await packages.prepare("javascript", ("top",)))
    assert [each for each in found if not each.startswith(".")] == ["below", "named", "top"]


SPECS = {
    "a repository": "git+https://example.invalid/x.git",
    "a repository by ssh": "git+ssh://git@example.invalid/x.git#main",
    "a shortcut": "someone/x",
    "a named shortcut": "github:someone/x",
    "an address": "http://127.0.0.1:{port}/x.tgz",
    "an address of the registry": "{url}/x/-/x-1.0.0.tgz",
    "a file": "file:../../x",
    "an archive": "./x.tgz",
    "an alias of an address": "npm:x@http://127.0.0.1:{port}/x.tgz",
}


@pytest.mark.parametrize("name", SPECS)
async def test_what_is_no_version_in_the_registry_is_refused_with_both_names(
    packages: Packages,
    server: PackageServer,
    other: PackageServer,
    notices: list[str],
    name: str,
) -> None:
    spec = SPECS[name].format(port=other.port, url=server.url)
    server.add_npm("x")
    server.add_npm("middle", version="2.0.0", dependencies={"x": spec})
    server.add_npm("top", dependencies={"middle": "2"})
    told = await _refused(packages, notices, "javascript", "top")
    assert f"middle@2.0.0 needs x@{spec}, and only versions in the registry are installed" in told
    assert other.asked == []
    assert [each for each in server.asked if each.endswith(".tgz")] == [], "something was unpacked"


@pytest.mark.parametrize("kind", ["optionalDependencies", "peerDependencies"])
async def test_other_kinds_of_dependencies_are_looked_at_as_well(
    packages: Packages, server: PackageServer, notices: list[str], kind: str
) -> None:
    needs: dict[str, Any] = {kind: {"x": "someone/x"}}
    server.add_npm("top", **needs)
    told = await _refused(packages, notices, "javascript", "top")
    assert "top@1.0.0 needs x@someone/x, and only versions in the registry are installed" in told
