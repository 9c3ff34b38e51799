"""What scripts in SQL must not do, even as a superuser, and what then stops them."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from daytona_validate._core.outcomes import Verdict
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Execution, Limits, Outcome, Stage
from daytona_validate._toolchains.postgres import DATA
from daytona_validate._toolchains.record import Toolchain

pytestmark = [pytest.mark.jail, pytest.mark.slow]


Run = Callable[..., Awaitable[tuple[Verdict, Execution]]]
TIGHT = Limits(timeout_s=20.0, memory_mib=128, max_output_bytes=100_000, kept_output_bytes=10_000)
BRIEF = Limits(timeout_s=1.0)
SERVER = (
    f"$(cat {DATA}/data/postmaster.pid /tmp/postgres-data/postmaster.pid 2>/dev/null | head -1)"
)
WITHOUT_CGROUPS = {
    # psql throws them away when it has no memory, unless the whole jail is seen above its limit
    # first; with 20 s, it had a busy machine for four times as long, and then no verdict
    "rows without end": (
        replace(TIGHT, timeout_s=1.0),
        (Outcome.TIMEOUT, Outcome.MEMORY_LIMIT),
    ),
    # refused, and nobody counts the refusals
    "processes without end": (TIGHT, (Outcome.RUNTIME_ERROR,)),
}


def _values(verdict: Verdict) -> list[str]:
    """Return what a script that prints nothing but values has printed."""
    return verdict.output.split("\n")[:-1]


BARE = "\\pset format unaligned\n\\pset tuples_only\n"

POWERS = {
    "programs": (
        "create table t (line text); copy t from program 'id -un; hostname'; select * from t;",
        ["sandbox", "sandbox"],
    ),
    "programs that speak to nobody": ("copy (select 1) to program 'id; id >&2'; select 1;", ["1"]),
    "files of the jail": (
        "select line from regexp_split_to_table(pg_read_file('/etc/passwd'), ':.*?\\n') line;",
        ["root", "sandbox", ""],
    ),
    "settings": (
        (
            "alter system set work_mem = '1GB'; select pg_reload_conf(), pg_sleep(0.05);\n"
            "\\c\nshow work_mem;"
        ),
        ["t|", "1GB"],
    ),
    "databases": (
        "\\c template1\ndrop database postgres; select count(*) from pg_database;",
        ["2"],
    ),
    "a shell": ("\\! id -un; ls /work; ls -d /root /home /etc/shadow 2>/dev/null", None),
}


@pytest.mark.parametrize("name", POWERS)
async def test_a_superuser_has_power_over_the_jail_alone(sql: Run, name: str) -> None:
    code, expected = POWERS[name]
    verdict, _ = await sql(BARE + code)
    assert verdict.outcome is Outcome.PASSED, verdict.error
    assert _values(verdict) == (expected or ["sandbox", "query.sql"])


FILL = "select repeat(md5(g::text), 20) as x from generate_series(1, 200000) g"
STOPPED = {
    "rows without end": (
        "select repeat('x', 1000), generate_series(1, 100000000);",
        TIGHT,
        Outcome.MEMORY_LIMIT,
    ),
    "a recursion without end": (
        (
            "with recursive t(n) as (select 1 union all select n from t) select count(n) from t\n"
            "where n = 2 or pg_sleep(0.01) is null;"
        ),
        BRIEF,
        Outcome.TIMEOUT,
    ),
    "a loop without end": ("do $$ begin loop null; end loop; end $$;", BRIEF, Outcome.TIMEOUT),
    "a lock that nobody gives back": (
        "select pg_advisory_lock(1);\n\\! psql -c 'select pg_advisory_lock(1)'\n",
        BRIEF,
        Outcome.TIMEOUT,
    ),
    "a value without end": (
        "select length(string_agg(repeat('x', 1000000), '')) from generate_series(1, 1000);",
        TIGHT,
        Outcome.MEMORY_LIMIT,
    ),
    "a table without end": (f"create table t as {FILL};", Limits(), Outcome.DISK_LIMIT),
    "a file without end": (
        "copy (select 1) to program 'cat /dev/zero >/tmp/zero';",
        TIGHT,
        Outcome.DISK_LIMIT,
    ),
    "processes without end": (
        "copy (select 1) to program 'f() { f | f & f; }; f';",
        TIGHT,
        Outcome.PROCESS_LIMIT,
    ),
    "notices without end": (
        "do $$ begin loop raise notice '%', repeat('x', 1000); end loop; end $$;",
        TIGHT,
        Outcome.OUTPUT_LIMIT,
    ),
    "a server that was killed": (
        f"\\! kill -9 {SERVER}; sleep 0.1\nselect 1;",
        TIGHT,
        Outcome.RUNTIME_ERROR,
    ),
    "its own connection": (
        "select pg_terminate_backend(pg_backend_pid());",
        TIGHT,
        Outcome.RUNTIME_ERROR,
    ),
    "a server's settings that kill it": (
        (f"alter system set shared_buffers = '100TB';\n\\! kill -INT {SERVER}; sleep 0.1\n\\c\n"),
        TIGHT,
        Outcome.RUNTIME_ERROR,
    ),
    "a function of the C library": (
        (
            "create function run(cstring) returns int language c strict\n"
            "as '/lib/x86_64-linux-gnu/libc.so.6', 'system';"
        ),
        TIGHT,
        Outcome.RUNTIME_ERROR,
    ),
    "an extension that is not there": (
        "create extension nosuch;",
        TIGHT,
        Outcome.MISSING_DEPENDENCY,
    ),
    "a file of the host": ("select pg_read_file('/etc/shadow');", TIGHT, Outcome.RUNTIME_ERROR),
    "the server's own programs": (
        "copy (select 1) to '/opt/postgres/written';",
        TIGHT,
        Outcome.RUNTIME_ERROR,
    ),
}


@pytest.mark.alone
@pytest.mark.parametrize("name", STOPPED)
async def test_what_a_script_must_not_do_ends_it(
    sql: Run, jail_runner: JailRunner, name: str
) -> None:
    code, limits, outcome = STOPPED[name]
    outcomes: tuple[Outcome, ...] = (outcome,)
    if not jail_runner.counts_memory:
        limits, outcomes = WITHOUT_CGROUPS.get(name, (limits, outcomes))
    verdict, _ = await sql(code, limits=limits)
    assert verdict.outcome in outcomes, f"{verdict.details}\n{verdict.error}"
    assert verdict.stage is Stage.RUN


SMALL = Limits(timeout_s=30.0, memory_mib=1024, disk_mib=64)
BEYOND_DISK = {
    # Unlogged: a journal would be as much again.
    "tables": (
        "do $$ begin for i in 1..100 loop\n"
        f"execute format('create unlogged table t%s as {FILL}', i); perform pg_sleep(0.05);\n"
        "end loop; end $$;"
    ),
    "files of a program": (
        f"\\! for i in 1 2 3 4 5; do head -c 60000000 /dev/zero >{DATA}/zero$i; sleep 0.3; done"
    ),
}


@pytest.mark.thorough
@pytest.mark.parametrize("name", BEYOND_DISK)
async def test_the_limit_of_the_disk_holds_where_a_control_group_counts_memory(
    sql: Run, jail_runner: JailRunner, name: str
) -> None:
    """Changes of the database's folder lie in memory, of which a script may have more."""
    if not jail_runner.counts_memory:
        pytest.skip("without control groups a script works on a copy in /tmp, which is bounded")
    verdict, _ = await sql(BEYOND_DISK[name], limits=SMALL)
    assert verdict.outcome is Outcome.DISK_LIMIT, f"{verdict.details}\n{verdict.error}"


@pytest.mark.thorough
async def test_a_long_stdin_takes_nothing_of_the_disks_limit(sql: Run) -> None:
    limits = replace(SMALL, disk_mib=48)
    verdict, _ = await sql(BARE + "select pg_sleep(0.5), 1;", limits=limits, stdin="x" * (60 << 20))
    assert verdict.outcome is Outcome.PASSED, f"{verdict.details}\n{verdict.error}"


async def test_nothing_that_a_script_changes_is_there_for_the_next(
    sql: Run, postgres: Toolchain
) -> None:
    places = {each.target: each.source for each in postgres.binds}
    places |= {each.target: each.source for each in postgres.overlays}
    template = Path(places[DATA])
    before = await asyncio.to_thread(_digest, template)
    await sql(
        "create table t (a int); create role r; create database d;\n"
        "alter system set work_mem = '1GB'; checkpoint; drop database template0;\n"
        f"\\! rm -rf {DATA}/data/base {DATA}/data/pg_hba.conf; echo x >{DATA}/x\n"
    )
    assert await asyncio.to_thread(_digest, template) == before
    verdict, _ = await sql(
        BARE + "select count(*) from pg_database; select to_regclass('t') is null;\n"
        "select count(*) from pg_roles where rolname = 'r'; show work_mem;"
    )
    assert _values(verdict) == ["3", "t", "0", "4MB"]


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(parent, name)
            digest.update(f"{path} {path.stat().st_mtime_ns}".encode() + path.read_bytes())
    return digest.hexdigest()
