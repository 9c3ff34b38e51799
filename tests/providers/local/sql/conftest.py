"""Scripts in SQL, each run on a server of its own in a jail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.sql import SQL
from daytona_validate._core.outcomes import Verdict
from daytona_validate._errors import SandboxLost
from daytona_validate._jails.host_slots import HostSlots
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Execution, Limits, SandboxSpec, Snippet
from daytona_validate._providers.local import LocalSandbox
from daytona_validate._toolchains.packages.packages import PreparedPackages
from daytona_validate._toolchains.record import Toolchain
from daytona_validate._toolchains.toolchains import Toolchains

Run = Callable[..., Awaitable[tuple[Verdict, Execution]]]
TIGHT = Limits(timeout_s=20.0, memory_mib=128, max_output_bytes=100_000, kept_output_bytes=10_000)


@pytest.fixture(scope="session")
def postgres(jail_cache_dir: Path, jail_runner: JailRunner) -> Toolchain:
    """Made once for all tests, within some seconds."""
    return asyncio.run(Toolchains(jail_cache_dir, jail_runner).prepare("postgres"))


def runs(runner: JailRunner, toolchain: Toolchain) -> Run:
    """Return what runs scripts with a certain runner and toolchain."""
    made: list[HostSlots] = []  # in a thread, when it is first needed: it makes a folder

    async def run(
        code: str,
        *,
        limits: Limits = TIGHT,
        stdin: str = "",
        args: tuple[str, ...] = (),
        files: dict[str, str] | None = None,
        is_alone: bool = False,
    ) -> tuple[Verdict, Execution]:
        snippet = Snippet(code=code, language="sql", stdin=stdin, args=args, files=files or {})
        spec = SandboxSpec(language="sql", limits=limits, is_alone=is_alone)
        slots = made[0] if made else await asyncio.to_thread(HostSlots, runner.cache, 4)
        made[:] = [slots]
        sandbox = LocalSandbox("here", SQL, spec, toolchain, PreparedPackages(), runner, slots)
        execution = await sandbox.run(snippet)
        return classify(execution, Job(snippet, SQL, limits)), execution

    return run


@pytest.fixture(scope="session")
def sql_on() -> Callable[[JailRunner, Toolchain], Run]:
    return runs


@pytest.fixture
def sql(jail_runner: JailRunner, postgres: Toolchain, patiently: Any) -> Run:
    """Run a script on a server of its own; what the machine was too busy for once more, alone.

    Without control groups only that gives a verdict on a time limit, on a busy machine: what ended
    in the jail, as servers' processes do, may have waited too.
    """
    run = runs(jail_runner, postgres)

    async def judged(code: str, **how: Any) -> tuple[Verdict, Execution]:
        try:
            return await run(code, **how)
        except SandboxLost as lost:
            if not lost.retryable:
                raise
        return await patiently(lambda: run(code, is_alone=True, **how))  # type: ignore[no-any-return]

    return judged
