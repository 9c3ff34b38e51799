"""Toolchains of this very machine, prepared for real and run in jails."""

from __future__ import annotations

import asyncio
import dataclasses
import importlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import uvloop

from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Stage, Step
from daytona_validate._toolchains.build import build_toolchain
from daytona_validate._toolchains.moved_prefix import MovedPrefix, neutral
from daytona_validate._toolchains.node import NODE
from daytona_validate._toolchains.prepared_folder import binds_of, mirrored
from daytona_validate._toolchains.proof import proven_environment
from daytona_validate._toolchains.python import PYTHON, base_interpreter
from daytona_validate._toolchains.record import Host, Toolchain
from daytona_validate._toolchains.toolchains import Toolchains, this_host
from jail_with import jail_with

INTERPRETER = os.path.realpath(base_interpreter())
PREFIX = os.path.realpath(sys.base_prefix)

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.thorough]


class Announcing(JailRunner):
    """A runner that tells when it starts a jail."""

    is_proving: asyncio.Event | None = None

    async def run(
        self,
        jail: Jail,
        *,
        timeout_s: float,
        stage: Stage = Stage.RUN,
        stdin: bytes | int = b"",
        on_stdout: Callable[[bytes], None] | None = None,
    ) -> Step:
        if self.is_proving is not None:
            self.is_proving.set()
        return await super().run(
            jail, timeout_s=timeout_s, stage=stage, stdin=stdin, on_stdout=on_stdout
        )


async def _run(runner: JailRunner, toolchain: Toolchain, *argv: str) -> Step:
    limits = Limits(memory_mib=1024)  # half for what Node reserves: see reserved_mib
    jail = jail_with(toolchain, argv, limits=limits)
    return await runner.run(jail, timeout_s=30)


@pytest.mark.parametrize("command", ["python3", "python"])
async def test_python_in_a_jail_is_the_one_that_runs_this_test(
    jail_runner: JailRunner, toolchains: Toolchains, command: str
) -> None:
    script = (
        "import json, os, sys, ssl, sqlite3, decimal, ctypes, asyncio;"
        "print(json.dumps([sys.version, sys.prefix, os.path.realpath(sys.executable)]))"
    )
    toolchain = await toolchains.prepare("python")
    step = await _run(jail_runner, toolchain, command, "-s", "-c", script)
    version, prefix, executable = json.loads(step.stdout)
    assert version == sys.version
    move = neutral(PREFIX) or MovedPrefix(PREFIX, PREFIX)
    assert prefix == move.new
    # The system's own executable stands elsewhere too, as the jail's commands are in /usr/bin.
    assert executable == move.path(INTERPRETER).replace("/usr/bin/", "/usr/local/bin/")
    assert toolchain.version == sys.version.split()[0]


async def test_python_in_a_jail_has_no_packages_of_the_host(
    jail_runner: JailRunner, toolchains: Toolchains
) -> None:
    toolchain = await toolchains.prepare("python")
    step = await _run(jail_runner, toolchain, "python3", "-c", "import pytest")
    assert b"No module named 'pytest'" in step.stderr


async def test_python_in_a_jail_compiles_nothing_anew(
    jail_runner: JailRunner, toolchains: Toolchains
) -> None:
    toolchain = await toolchains.prepare("python")
    step = await _run(jail_runner, toolchain, "python3", "-v", "-c", "import email.message")
    assert f"message.{sys.implementation.cache_tag}.pyc matches /".encode() in step.stderr


async def test_node_in_a_jail_runs(jail_runner: JailRunner, toolchains: Toolchains) -> None:
    toolchain = await toolchains.prepare("node")
    step = await _run(jail_runner, toolchain, "node", "-p", "process.version + process.execPath")
    assert step.stdout.decode() == f"v{toolchain.version}/opt/node/bin/node\n"


async def test_many_who_ask_at_once_copy_once(jail_runner: JailRunner, empty_cache: Path) -> None:
    """Also when they ask two objects, which hold the same locks as two processes would."""
    notices: list[str] = []
    one, other = (Toolchains(empty_cache, jail_runner, notices.append) for _ in range(2))
    asked = [each.prepare("python") for each in (one, other) for _ in range(10)]
    answers = await asyncio.gather(*asked)
    assert len({answer.identity for answer in answers}) == 1
    assert [line.split()[0] for line in notices] == ["Preparing", "Prepared"]


async def test_a_cancelled_preparation_leaves_nothing(
    jail_runner: JailRunner, empty_cache: Path
) -> None:
    started = asyncio.Event()
    toolchains = Toolchains(empty_cache, jail_runner, lambda _: started.set())
    preparing = asyncio.create_task(toolchains.prepare("python"))
    await started.wait()
    preparing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await preparing
    assert await _folders(empty_cache) == []


def _another_interpreter(file: Path) -> None:
    """Put a program in its place that runs, but is not the interpreter."""
    file.chmod(0o755)
    file.write_text('#!/bin/sh\necho \'{"version": "3.11.2"}\'\n')


def _another_byte(file: Path) -> None:
    """Append a byte: it runs and reports the same version, but is not the same file."""
    file.chmod(0o755)
    with file.open("ab") as out:
        out.write(b"\0")


@pytest.mark.parametrize(
    ("swap", "told"),
    [(_another_interpreter, "version is 3.11.2"), (_another_byte, "executable_sha256 is")],
)
async def test_an_executable_that_was_swapped_in_the_copy_is_found_out(
    jail_runner: JailRunner, empty_cache: Path, swap: object, told: str
) -> None:
    host = this_host(jail_runner)
    found = await PYTHON.find(host)
    plan = await PYTHON.plan(host, found)
    await asyncio.to_thread((empty_cache / "root").mkdir)
    await build_toolchain(
        PYTHON,
        found,
        empty_cache,
        host=host,
        runner=jail_runner,
        require=Toolchains(empty_cache, jail_runner).prepare,
        notify=lambda _: None,
    )
    assert callable(swap)
    await asyncio.to_thread(swap, mirrored(empty_cache, plan.copies[0].target))
    with pytest.raises(ToolchainMissing, match=told):
        await proven_environment(
            jail_runner, plan, binds_of(empty_cache, plan.binds), title="Python"
        )


async def test_a_library_that_no_jail_has_is_copied_and_loaded(
    jail_runner: JailRunner, empty_cache: Path
) -> None:
    """As an interpreter of conda, or one that needs LD_LIBRARY_PATH, brings libraries along."""
    system = await asyncio.to_thread(_mapped_zlib)
    if system is None:
        pytest.skip("zlib is a part of this interpreter")
    library = empty_cache / "lib" / system.name
    await asyncio.to_thread(_copy_library, system, library)
    environment = {"LD_LIBRARY_PATH": str(library.parent)}
    host = dataclasses.replace(this_host(jail_runner), environment=environment)
    toolchains = Toolchains(empty_cache, jail_runner, host=host)
    toolchain = await toolchains.prepare("python")
    script = "import zlib; print([m for m in open('/proc/self/maps') if '/libz.so' in m][0])"
    step = await _run(jail_runner, toolchain, "python3", "-c", script)
    assert str(library.parent) in toolchain.environment["LD_LIBRARY_PATH"].split(":")
    assert step.stdout.decode().split()[-1] == str(library)


def _mapped_zlib() -> Path | None:
    importlib.import_module("zlib")
    lines = Path("/proc/self/maps").read_text().splitlines()
    return next((Path(line.split()[-1]) for line in lines if "/libz.so" in line), None)


def _copy_library(system: Path, library: Path) -> None:
    library.parent.mkdir()
    shutil.copy2(system, library)
    library.with_name("libz.so.1").symlink_to(library.name)


async def test_a_preparation_cancelled_in_its_proof_leaves_nothing(
    jail_cache_dir: Path, empty_cache: Path
) -> None:
    runner = await Announcing.start(jail_cache_dir)
    runner.is_proving = asyncio.Event()
    toolchains = Toolchains(empty_cache, runner)
    preparing = asyncio.create_task(toolchains.prepare("python"))
    await runner.is_proving.wait()
    assert await _folders(empty_cache)
    preparing.cancel()
    preparing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await preparing
    assert await _folders(empty_cache) == []


async def _folders(cache: Path) -> list[Path]:
    return await asyncio.to_thread(lambda: [path for path in cache.iterdir() if path.is_dir()])


async def test_what_is_prepared_can_be_listed(toolchains: Toolchains, jail_cache_dir: Path) -> None:
    prepared = await toolchains.prepare("python")
    listed = await asyncio.to_thread(toolchains.installed)
    (python,) = [each for each in listed if each.path.name == prepared.identity]
    assert python.path.parent == jail_cache_dir
    assert python.version == prepared.version
    assert python.source == INTERPRETER
    assert python.size_bytes > 10_000_000


def without_wheels(runner: JailRunner, *, path: str) -> Host:
    here = this_host(runner)
    return dataclasses.replace(here, environment={"PATH": path}, package_folder=lambda _: None)


async def test_a_language_without_its_toolchain_is_told_the_line_that_installs_it(
    jail_runner: JailRunner, empty_cache: Path
) -> None:
    host = without_wheels(jail_runner, path="/nowhere")
    with pytest.raises(ToolchainMissing, match=r"pip install 'daytona-validate\[javascript\]'"):
        await Toolchains(empty_cache, jail_runner, host=host).prepare("node")


async def test_a_shim_on_the_path_is_asked_where_node_is(
    jail_runner: JailRunner, empty_cache: Path
) -> None:
    prepared = await Toolchains(empty_cache, jail_runner).prepare("node")
    real = prepared.binds[0].source
    shim = empty_cache / "shims/node"
    await asyncio.to_thread(_write_shim, shim, real)
    host = without_wheels(jail_runner, path=str(shim.parent))
    assert (await NODE.find(host)).source == real
    again = await Toolchains(empty_cache, jail_runner, host=host).prepare("node")
    assert again == prepared, "the same Node elsewhere is not prepared anew"


def _write_shim(shim: Path, real: str) -> None:
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec {real} "$@"\n')
    shim.chmod(0o755)


async def test_a_cache_that_cannot_be_written_is_the_infrastructures_fault(
    jail_runner: JailRunner, empty_cache: Path
) -> None:
    toolchains = Toolchains(empty_cache / "gone", jail_runner)
    with pytest.raises(SandboxUnavailable, match=r"could not be prepared.*gone.*No such file"):
        await toolchains.prepare("python")


async def test_an_unknown_toolchain_is_missing(toolchains: Toolchains) -> None:
    with pytest.raises(ToolchainMissing, match="'cobol'"):
        await toolchains.prepare("cobol")


def test_it_works_under_uvloop(jail_cache_dir: Path) -> None:
    async def version() -> str:
        runner = await JailRunner.start(jail_cache_dir)
        toolchain = await Toolchains(jail_cache_dir, runner).prepare("python")
        return (await _run(runner, toolchain, "python3", "-V")).stdout.decode()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
        assert loop.run(version()).split()[1] == sys.version.split()[0]
