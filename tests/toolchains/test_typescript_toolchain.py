"""TypeScript's toolchain: what is pinned, and what a jail makes of programs with it."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._jails.runner import JailRunner
from daytona_validate._sandbox_files.typescript_lock import lock_files, pinned_versions
from daytona_validate._toolchains import typescript as typescript_toolchain
from daytona_validate._toolchains.derive import derive
from daytona_validate._toolchains.prepared_folder import binds_of, mirrored
from daytona_validate._toolchains.proof import proven_environment
from daytona_validate._toolchains.record import Host, Plan, Toolchain
from daytona_validate._toolchains.toolchains import Toolchains, this_host
from daytona_validate._toolchains.typescript import (
    PACKAGES,
    PREFIX,
    TYPESCRIPT,
    plan_of_lock,
)
from package_servers import closed_port

HOST = Host(environment={}, executable="", version="", library_folders=())
PROCESSORS = ["x64", "arm64"]


@pytest.mark.parametrize("processor", PROCESSORS)
def test_everything_that_is_installed_is_pinned_by_its_hash(processor: str) -> None:
    lock = json.loads(lock_files(processor)["package-lock.json"])
    locked = {path: package for path, package in lock["packages"].items() if path}
    assert set(locked) == {
        f"node_modules/@typescript/typescript-linux-{processor}",
        f"node_modules/@esbuild/linux-{processor}",
        "node_modules/@types/node",
        "node_modules/esbuild",
        "node_modules/undici-types",
    }
    assert all(package["integrity"].startswith("sha512-") for package in locked.values())


@pytest.mark.parametrize("processor", PROCESSORS)
def test_no_address_is_pinned(processor: str) -> None:
    """A machine's packages come from where its npm is told to look for them."""
    shipped = json.dumps(lock_files(processor)["package-lock.json"].decode())
    assert "http" not in shipped
    assert "resolved" not in shipped


@pytest.mark.parametrize("processor", PROCESSORS)
def test_nothing_is_optional_as_npm_would_do_without_it_and_say_nothing(processor: str) -> None:
    lock = json.loads(lock_files(processor)["package-lock.json"])
    description = json.loads(lock_files(processor)["package.json"])
    assert not any("optional" in package for package in lock["packages"].values())
    assert set(description) == {"dependencies"}
    assert len(description["dependencies"]) == len(lock["packages"]) - 1


def test_both_processors_get_the_same_versions() -> None:
    assert pinned_versions("x64") == pinned_versions("arm64")


async def test_a_machine_that_no_compiler_is_made_for_is_told_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(ToolchainMissing, match="this host is riscv64; run TypeScript with"):
        await TYPESCRIPT.find(HOST)


async def test_another_version_of_our_scripts_is_another_toolchain() -> None:
    found = await TYPESCRIPT.find(HOST)
    scripts = {"run": b"exec node index.ts"}
    changed = await typescript_toolchain.find_typescript(HOST, sources=lambda _: scripts)
    assert changed.key != found.key


def test_the_certificates_of_a_company_reach_the_installation(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    bundle.write_text(certificate)
    host = dataclasses.replace(HOST, environment={"NODE_EXTRA_CA_CERTS": str(bundle)})
    found = typescript_toolchain._found("x86_64", {})
    assert plan_of_lock(host, found).derived[0].files["ca.pem"] == certificate.encode()
    assert "ca.pem" not in plan_of_lock(HOST, found).derived[0].files


@pytest.fixture(scope="session")
def typescript(jail_cache_dir: Path, jail_runner: JailRunner) -> Toolchain:
    """Installed once for all tests, with Node."""
    return asyncio.run(Toolchains(jail_cache_dir, jail_runner).prepare("typescript"))


@pytest.fixture
def needed(jail_cache_dir: Path, jail_runner: JailRunner) -> list[Toolchain]:
    """What it is installed and proven with."""

    async def prepare() -> list[Toolchain]:
        toolchains = Toolchains(jail_cache_dir, jail_runner)
        return [await toolchains.prepare(name) for name in ("node", "npm", "python")]

    return asyncio.run(prepare())


@pytest.fixture
def empty_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="daytona-validate-typescript-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _another_byte(file: Path) -> None:
    file.chmod(0o755)
    with file.open("ab") as out:
        out.write(b"\0")


@pytest.mark.jail
@pytest.mark.network
@pytest.mark.slow
@pytest.mark.parametrize(
    "program",
    [pytest.param("typescript/lib/tsc", marks=pytest.mark.thorough), "esbuild/bin/esbuild"],
)
async def test_a_program_that_is_not_the_pinned_one_is_found_out(
    jail_runner: JailRunner,
    typescript: Toolchain,
    needed: list[Toolchain],
    empty_folder: Path,
    program: str,
) -> None:
    plan = await _plan(jail_runner)
    copy = mirrored(empty_folder, PREFIX)
    source = {bind.target: bind.source for bind in typescript.binds}[PREFIX]
    await asyncio.to_thread(shutil.copytree, source, copy)
    binds = binds_of(empty_folder, plan.binds)
    await proven_environment(jail_runner, plan, binds, title="TypeScript", required=needed)
    await asyncio.to_thread(_another_byte, mirrored(empty_folder, f"{PACKAGES}/{program}"))
    with pytest.raises(ToolchainMissing, match="of sha256 differ"):
        await proven_environment(jail_runner, plan, binds, title="TypeScript", required=needed)


async def _plan(runner: JailRunner) -> Plan:
    host = this_host(runner)
    return await TYPESCRIPT.plan(host, await TYPESCRIPT.find(host))


async def _install(
    runner: JailRunner,
    folder: Path,
    required: list[Toolchain],
    change: Callable[[bytes], bytes],
    environment: Mapping[str, str] | None = None,
) -> None:
    plan = await _plan(runner)
    (derived,) = plan.derived
    files = {path: change(content) for path, content in derived.files.items()}
    await asyncio.to_thread(shutil.copytree, plan.copies[0].source, mirrored(folder, PREFIX))
    await derive(
        dataclasses.replace(derived, files=files),
        plan,
        folder,
        runner=runner,
        title="TypeScript",
        required=required,
        environment=environment,
    )


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.network
@pytest.mark.slow
async def test_a_package_with_another_hash_is_not_installed(
    jail_runner: JailRunner, needed: list[Toolchain], empty_folder: Path
) -> None:
    def change(content: bytes) -> bytes:
        return content.replace(b'"integrity": "sha512-', b'"integrity": "sha512-AAAA')

    with pytest.raises(SandboxUnavailable, match="Integrity checksum failed") as raised:
        await _install(jail_runner, empty_folder, needed, change)
    assert not isinstance(raised.value, ToolchainMissing)
    assert not mirrored(empty_folder, PACKAGES).exists()


@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.slow
async def test_without_a_network_it_is_unavailable_and_not_missing(
    jail_runner: JailRunner, needed: list[Toolchain], empty_folder: Path
) -> None:
    offline = {"https_proxy": f"http://127.0.0.1:{closed_port()}"}
    with pytest.raises(
        SandboxUnavailable, match=r"from the network: .*cannot be reached"
    ) as raised:
        await _install(jail_runner, empty_folder, needed, bytes, environment=offline)
    assert not isinstance(raised.value, ToolchainMissing)
