"""Where no control group can be had, as for most plain users, programs run all the same."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._jails.ceilings import Highest, ceilings
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.host import jail_host
from daytona_validate._jails.host_slots import HostSlots
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit, Limits, SandboxSpec, Snippet, Step
from daytona_validate._providers.local import LocalSandbox
from daytona_validate._toolchains.packages.packages import PreparedPackages
from daytona_validate._toolchains.toolchains import Toolchains

PRINTS = {"python": "print(6 * 7)", "javascript": "console.log(6 * 7)"}
HOARDS = {
    "python": "x = []\nwhile True: x.append(bytearray(2**20))",
    "javascript": "const x = []; for (;;) x.push(Array(2 ** 17).fill(0.5));",
}


def test_what_a_runtime_only_reserves_is_added_where_nothing_counts_what_is_used() -> None:
    def bound(*, counts: bool) -> int | None:
        return ceilings(
            Limits(memory_mib=100),
            timeout_s=1,
            highest=Highest(cpus=1),
            counts_memory=counts,
            counts_processes=counts,
            reserved_mib=20,
        ).data_kib

    assert bound(counts=False) == 120 * 1024
    assert bound(counts=True) is None


async def run(cache: Path, language: str, code: str) -> Step:
    runner = JailRunner(await asyncio.to_thread(jail_host, cache), Cgroups(()))
    toolchains = await asyncio.to_thread(Toolchains, runner.cache, runner, None)
    toolchain = await toolchains.prepare(LANGUAGES[language].toolchain)
    spec = SandboxSpec(language=language, limits=Limits())
    slots = await asyncio.to_thread(HostSlots, cache, 4)
    record = LANGUAGES[language]
    sandbox = LocalSandbox("here", record, spec, toolchain, PreparedPackages(), runner, slots)
    (step,) = (await sandbox.run(Snippet(code=code, language=language))).steps
    return step


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize("language", PRINTS)
async def test_a_program_runs_under_the_default_limits(jail_cache_dir: Path, language: str) -> None:
    step = await run(jail_cache_dir, language, PRINTS[language])
    assert (step.stdout, step.stderr, step.exit_code) == (b"42\n", b"", 0)


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize(
    "language",
    [
        pytest.param(each, marks=[pytest.mark.thorough] if each == "javascript" else [])
        for each in HOARDS
    ],
)
async def test_a_program_that_hoards_memory_ends_soon(
    jail_cache_dir: Path, language: str, patiently: Any
) -> None:
    step = await patiently(lambda: run(jail_cache_dir, language, HOARDS[language]))
    assert step.exit_code != 0 or step.limit is Limit.MEMORY
    assert step.limit is not Limit.TIMEOUT
