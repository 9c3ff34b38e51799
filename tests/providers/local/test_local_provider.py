"""The local provider: one preparation for all, one jail for each snippet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from cancelled_at import at_every_wait
from counted_starts import CountedStarts
from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, SandboxSpec, Snippet, Stage
from daytona_validate._providers.local import LocalProvider
from daytona_validate._providers.protocol import SandboxProvider
from daytona_validate._runtime.limiter import SlotTimeout
from daytona_validate._toolchains.record import Toolchain
from held_here import open_here
from plain_settings import plain_settings

pytestmark = pytest.mark.jail

SPEC = SandboxSpec(language="python", limits=Limits(timeout_s=10))


@pytest.fixture
async def provider(
    jail_cache_dir: Path, python_toolchain: Toolchain
) -> AsyncIterator[LocalProvider]:
    provider = LocalProvider(plain_settings(cache_dir=jail_cache_dir))
    yield provider
    await provider.aclose()


def test_it_is_a_provider(jail_cache_dir: Path) -> None:
    assert isinstance(LocalProvider(plain_settings(cache_dir=jail_cache_dir)), SandboxProvider)


async def test_it_names_the_runtime_as_the_jail_reported_it(
    provider: LocalProvider, python_toolchain: Toolchain
) -> None:
    async with provider.open(SPEC) as sandbox:
        ran = await sandbox.run(
            Snippet(code="import platform; print(platform.python_version())", language="py")
        )
    (step,) = ran.steps
    assert ran.runtime == f"python {step.stdout.decode().strip()}"
    assert ran.runtime == f"python {python_toolchain.version}"
    assert ran.network == "blocked"


async def test_the_entry_file_wins_over_a_file_of_its_name(provider: LocalProvider) -> None:
    snippet = Snippet(code="print('code')", language="python", files={"main.py": "print('file')"})
    async with provider.open(SPEC) as sandbox:
        (step,) = (await sandbox.run(snippet)).steps
    assert step.stdout == b"code\n"


async def test_a_snippet_imports_its_own_files(provider: LocalProvider) -> None:
    files: dict[str, str | bytes] = {"pkg/__init__.py": b"", "pkg/one.py": "NAME = 'one'"}
    snippet = Snippet(code="from pkg.one import NAME; print(NAME)", language="python", files=files)
    async with provider.open(SPEC) as sandbox:
        (step,) = (await sandbox.run(snippet)).steps
    assert (step.stdout, step.stderr) == (b"one\n", b"")


async def test_processes_of_python_work_together(provider: LocalProvider) -> None:
    code = (
        "from multiprocessing import Pool, shared_memory\n"
        "if __name__ == '__main__':\n"
        "    block = shared_memory.SharedMemory(create=True, size=1000)\n"
        "    with Pool(2) as pool: print(pool.map(abs, [-1, -2]))\n"
        "    block.close(); block.unlink()"
    )
    async with provider.open(SPEC) as sandbox:
        (step,) = (await sandbox.run(Snippet(code=code, language="python"))).steps
    assert (step.stdout, step.exit_code) == (b"[1, 2]\n", 0)


async def test_a_program_serves_itself_over_loopback(provider: LocalProvider) -> None:
    code = (
        "import socket\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "client = socket.create_connection(server.getsockname())\n"
        "client.sendall(b'hello'); print(server.accept()[0].recv(5))"
    )
    async with provider.open(SPEC) as sandbox:
        (step,) = (await sandbox.run(Snippet(code=code, language="python"))).steps
    assert step.stdout == b"b'hello'\n"


async def test_checking_does_not_run(provider: LocalProvider) -> None:
    async with provider.open(SPEC) as sandbox:
        good = await sandbox.run(Snippet(code="print('ran')", language="python"), until=Stage.CHECK)
    async with provider.open(SPEC) as sandbox:
        bad = await sandbox.run(Snippet(code="print('", language="python"), until=Stage.CHECK)
    assert [(s.stage, s.exit_code, s.stdout) for s in good.steps] == [(Stage.CHECK, 0, b"")]
    assert [(s.stage, s.exit_code) for s in bad.steps] == [(Stage.CHECK, 1)]
    assert b"SyntaxError" in bad.steps[0].stderr


async def test_openers_at_the_same_time_share_one_start(
    jail_cache_dir: Path, python_toolchain: Toolchain
) -> None:
    starts = CountedStarts()
    provider = LocalProvider(plain_settings(cache_dir=jail_cache_dir), start=starts)

    async def open_one() -> str:
        async with provider.open(SPEC) as sandbox:
            return sandbox.sandbox_id

    names = await asyncio.gather(*(open_one() for _ in range(8)))
    await provider.aclose()
    assert starts.of == [jail_cache_dir]
    assert len(set(names)) == 8


async def test_a_machine_that_refuses_is_not_asked_for_each_snippet(
    jail_cache_dir: Path,
) -> None:
    asked: list[Path | None] = []

    async def refuse(cache_dir: Path | None) -> JailRunner:
        asked.append(cache_dir)
        raise SandboxUnavailable("This machine does not isolate.")

    provider = LocalProvider(plain_settings(cache_dir=jail_cache_dir), start=refuse)
    for _ in range(3):
        with pytest.raises(SandboxUnavailable, match="does not isolate"):
            async with provider.open(SPEC):
                pytest.fail("it opened")
    assert len(asked) == 1


async def test_packages_that_cannot_be_had_are_the_environments_fault(
    provider: LocalProvider,
) -> None:
    spec = SandboxSpec(language="python", limits=Limits(), packages=("git+https://x/y",))
    with pytest.raises(ToolchainMissing):
        async with provider.open(spec):
            pytest.fail("it opened")


async def test_a_closed_provider_opens_nothing(provider: LocalProvider) -> None:
    async with provider.open(SPEC) as sandbox:
        await provider.aclose()
        with pytest.raises(SandboxUnavailable, match="closed"):
            await sandbox.run(Snippet(code="1", language="python"))
    with pytest.raises(SandboxUnavailable, match="closed"):
        async with provider.open(SPEC):
            pytest.fail("it opened")
    await provider.aclose()


async def test_two_providers_share_the_slots_of_the_machine(
    jail_cache_dir: Path, python_toolchain: Toolchain
) -> None:
    """One alone has them all: another waits until it may, or gives up.

    The tests of other processes take the same slot, so that who waits for it waits without end.
    """
    settings = plain_settings(cache_dir=jail_cache_dir, machine_slots=1)
    hasty_settings = plain_settings(cache_dir=jail_cache_dir, machine_slots=1, queue_timeout_s=0.05)
    providers = [LocalProvider(each) for each in (settings, settings, hasty_settings)]
    snippet = Snippet(code="print(1)", language="python")
    async with AsyncExitStack() as opened:
        one, other, hasty = [
            await opened.enter_async_context(each.open(SPEC)) for each in providers
        ]
        async with one._slots.one():
            waiting = asyncio.create_task(other.run(snippet))
            with pytest.raises(SlotTimeout, match=r"became free in 0\.05 s"):
                await hasty.run(snippet)
            assert not waiting.done()
        assert (await waiting).steps[-1].stdout == b"1\n"
    for each in providers:
        await each.aclose()


@pytest.mark.slow
@pytest.mark.thorough
async def test_a_start_that_is_cancelled_holds_nothing_of_the_cache(open_folder: Path) -> None:
    (await LocalProvider(plain_settings(cache_dir=open_folder))._start()).runner.uses.close()
    before = open_here()
    provider = LocalProvider(plain_settings(cache_dir=open_folder))
    async for started in at_every_wait(provider._start):
        if started is not None:
            await started.runner.aclose()
            started.slots.close()
    assert open_here() == before
