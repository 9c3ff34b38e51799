"""Warm tools end with whoever started them, and whoever kills one gets a cold answer."""

from __future__ import annotations

import asyncio
import gc
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from daytona_validate._jails.jail_tree import processes
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import SandboxSpec, Snippet
from daytona_validate._providers.local import LocalProvider
from daytona_validate._toolchains.toolchains import Toolchains
from daytona_validate._toolchains.warm.line import WarmLine
from held_here import cgroups, children, descriptors
from plain_settings import plain_settings
from warm_tools import proven, ready_line

pytestmark = [pytest.mark.jail, pytest.mark.slow]

RIGHT = {"index.ts": b"const a: number = 1; console.log(a);"}
ENDING_S = 10.0

_OURS = """
import asyncio, sys
from pathlib import Path
from daytona_validate._jails.jail_tree import processes
from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains.toolchains import Toolchains
from warm_tools import ready_line

async def main():
    runner = await JailRunner.start(Path(sys.argv[1]))
    toolchain = await Toolchains(runner.cache, runner).prepare("typescript")
    async with ready_line("typescript", toolchain, runner):
        (process,) = runner._processes
        tree = processes(Path("/proc", str(process._popen.pid)))
        print(*(each.name for each in tree), flush=True)
        await asyncio.sleep(3600)

asyncio.run(main())
"""


def pids(runner: JailRunner) -> dict[str, int]:
    """Return the processes of the one jail that runs, by what they are called."""
    (process,) = runner._processes
    tree = processes(Path("/proc", str(process._popen.pid)))
    return {(each / "comm").read_text().strip(): int(each.name) for each in tree}


def of_the_tool(found: dict[str, int]) -> int:
    return found["tsc"]


def of_its_server(found: dict[str, int]) -> int:
    return next(pid for name, pid in found.items() if name in ("node", "MainThread"))


def of_its_jail(found: dict[str, int]) -> int:
    return found["bwrap"]


@pytest.fixture
def toolchains(jail_runner: JailRunner) -> Toolchains:
    return Toolchains(jail_runner.cache, jail_runner)


@pytest.mark.parametrize(
    "which",
    [
        pytest.param(of_the_tool, marks=pytest.mark.thorough),
        pytest.param(of_its_server, marks=pytest.mark.thorough),
        of_its_jail,
    ],
)
async def test_who_kills_a_tool_gets_a_cold_answer_and_nothing_stays(
    jail_runner: JailRunner, toolchains: Toolchains, which: Callable[[dict[str, int]], int]
) -> None:
    toolchain = await toolchains.prepare("typescript")
    gc.collect()
    before = (children(), cgroups(), descriptors())
    async with ready_line("typescript", toolchain, jail_runner) as warm:
        right = await warm.made(RIGHT)
        assert right is not None
        (tool,) = warm.line._tools
        os.kill(which(await asyncio.to_thread(pids, jail_runner)), signal.SIGKILL)
        # Who is killed with its jail may still answer, before the kernel has come to it.
        assert await warm.made(RIGHT) in (None, right if which is of_its_jail else None)
        await asyncio.wait([tool.life])
        await warm.made(RIGHT)  # it is missed by now, if it was not
        await proven(warm.line)
        assert await warm.made(RIGHT) is not None  # by the next
    gc.collect()
    assert (children(), cgroups(), descriptors()) == before


def test_kill_9_of_us_ends_the_tool_and_all_that_it_started(jail_cache_dir: Path) -> None:
    shared = Path(__file__).parents[1] / "shared"
    with subprocess.Popen(
        [sys.executable, "-c", _OURS, str(jail_cache_dir)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(shared)},
        start_new_session=True,
    ) as ours:
        assert ours.stdout is not None
        tree = [os.pidfd_open(int(pid)) for pid in ours.stdout.readline().split()]
        assert len(tree) > 3
        ours.kill()
        alive = [each for each in tree if not select.select([each], [], [], ENDING_S)[0]]
        for each in tree:
            os.close(each)
    assert not alive


def line_of(provider: LocalProvider) -> WarmLine:
    assert provider._engine is not None
    assert provider._engine.warm is not None
    (line,) = provider._engine.warm._lines.values()
    return line


@pytest.mark.parametrize("warm", ["auto", pytest.param("off", marks=pytest.mark.thorough)])
async def test_a_provider_starts_a_tool_for_the_fifth_and_ends_it(
    jail_cache_dir: Path, warm: str
) -> None:
    """The jail of a run gets what is left to do, and its program says what any other does."""
    provider = LocalProvider(plain_settings(cache_dir=jail_cache_dir, warm=warm))
    snippet = Snippet(code="const a: string = 'said'; console.log(a);", language="typescript")
    spec = SandboxSpec(language="typescript", limits=plain_settings().limits())

    async def ran() -> tuple[bool, bytes]:
        async with provider.open(spec) as sandbox:
            execution = await sandbox.run(snippet)
        return execution.is_warm, execution.steps[-1].stdout

    for _ in range(4):
        assert await ran() == (False, b"said\n")
    if warm == "off":
        assert await ran() == (False, b"said\n")
    else:
        await proven(line_of(provider))
        assert await ran() == (True, b"said\n")
    await provider.aclose()
    assert provider._engine is not None
    assert not provider._engine.runner._processes
