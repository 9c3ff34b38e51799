"""Where no control group can be had, a database works on a copy whose size is bounded."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from daytona_validate._core.outcomes import Verdict
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.host import jail_host
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Execution, Limits, Outcome
from daytona_validate._toolchains.postgres import DATA
from daytona_validate._toolchains.record import Toolchain
from daytona_validate._toolchains.toolchains import Toolchains

pytestmark = [pytest.mark.jail, pytest.mark.slow]


Run = Callable[..., Awaitable[tuple[Verdict, Execution]]]
FILL = "select repeat(md5(g::text), 20) as x from generate_series(1, 50000) g"


@pytest.fixture(scope="session")
def unbounded_sql(jail_cache_dir: Path, postgres: Toolchain, sql_on: Callable[..., Run]) -> Run:
    """Run a script where nothing counts what it uses."""
    del postgres  # made already
    runner = JailRunner(jail_host(jail_cache_dir), Cgroups(()))
    return sql_on(runner, asyncio.run(Toolchains(jail_cache_dir, runner).prepare("postgres")))


async def test_without_control_groups_a_script_passes_on_a_copy(unbounded_sql: Run) -> None:
    verdict, _ = await unbounded_sql(
        "create table t as select generate_series(1, 1000) as a;\n"
        "select count(*) from t; show data_directory;"
    )
    assert "1000\n" in verdict.output, verdict.error
    assert "/tmp/postgres-data\n" in verdict.output


@pytest.mark.parametrize("disk_mib", [8, 24])
async def test_a_disk_that_is_too_small_for_a_copy_is_told_with_the_least(
    unbounded_sql: Run, disk_mib: int
) -> None:
    verdict, _ = await unbounded_sql("select 1;", limits=Limits(disk_mib=disk_mib))
    assert verdict.outcome is Outcome.UNAVAILABLE
    assert re.search(
        rf"disk limit of {disk_mib} MiB exceeded: the database takes \d+ MiB of disk_mib, and some "
        r"to start\. Raise it: disk_mib, DAYTONA_DISK_MIB$",
        verdict.details,
    ), verdict.details


ENDLESS = {
    "tables": (
        (
            "do $$ begin for i in 1..100 loop\n"
            # Without a journal, which would be full at the same moment and crash the server.
            f"execute format('create unlogged table t%s as {FILL}', i);\n"
            "end loop; end $$;"
        ),
        Outcome.DISK_LIMIT,
    ),
    "files in the data folder": (
        (
            f"\\! cat /dev/zero >{DATA}/data/zero || cat /dev/zero >/tmp/postgres-data/zero\n"
            "create table t as select generate_series(1, 10000);"
        ),
        Outcome.DISK_LIMIT,
    ),
    "a value": (
        "select length(string_agg(repeat('x', 1000000), '')) from generate_series(1, 1000);",
        Outcome.MEMORY_LIMIT,
    ),
}


@pytest.mark.parametrize("name", ENDLESS)
async def test_without_control_groups_a_script_is_bounded_as_well(
    unbounded_sql: Run, name: str
) -> None:
    code, outcome = ENDLESS[name]
    verdict, _ = await unbounded_sql(code)
    assert verdict.outcome is outcome, f"{verdict.details}\n{verdict.error}"
