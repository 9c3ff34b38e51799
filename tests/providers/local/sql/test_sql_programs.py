"""What scripts in SQL see in a jail, and what they print."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable

import pytest

from daytona_validate._core.outcomes import Verdict
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Execution, Fault, Limits, Outcome, Stage
from daytona_validate._toolchains.record import Toolchain

pytestmark = [pytest.mark.jail, pytest.mark.slow]


Run = Callable[..., Awaitable[tuple[Verdict, Execution]]]


def _values(verdict: Verdict) -> list[str]:
    """Return what a script that prints nothing but values has printed."""
    return verdict.output.split("\n")[:-1]


BARE = "\\pset format unaligned\n\\pset tuples_only\n"
PASSING = {
    "a superuser in its own database": (
        "select current_user, usesuper, current_database() from pg_user;",
        ["postgres|t|postgres"],
    ),
    "words in English": ("select to_tsvector('the cats');", ["'cat':2"]),
    "the order of code points": (
        "select string_agg(x, '' order by x) from unnest('{ä,b,a,B}'::text[]) x;",
        ["Babä"],
    ),
    "letters that are not ASCII": ("select upper('é'), length('Ä🙂');", ["É|2"]),
    "time in UTC": ("show timezone;", ["Etc/UTC"]),
    "a transaction taken back": (
        (
            "create table t (a int); begin; insert into t values (1); rollback;\n"
            "select count(*) from t;"
        ),
        ["0"],
    ),
    "another database": (
        (
            "create database other template template0 encoding 'UTF8'; \\c other\n"
            "select current_database();"
        ),
        ["other"],
    ),
    "another role": (
        (
            "create role reader login; create table t (a int);\n\\c - reader\n"
            "select current_user, has_table_privilege('t', 'select');"
        ),
        ["reader|f"],
    ),
    "a second session": (
        (
            "create table t (a int);\n\\! psql -c 'insert into t values (7)' >/dev/null\n"
            "select a from t;"
        ),
        ["7"],
    ),
    "a session by address": ("\\c - - localhost\nselect inet_server_addr();", ["127.0.0.1"]),
    "data in the script": (
        "create table t (a int);\ncopy t from stdin;\n1\n2\n\\.\nselect sum(a) from t;",
        ["3"],
    ),
    "a last statement without its semicolon": ("select 1;\nselect 2", ["1", "2"]),
    "nothing": ("-- nothing\n", []),
    "an early end": ("select 1; \\q\nselect nosuch;", ["1"]),
    "a procedural language": (
        "do $$ begin raise notice 'noticed'; end $$; select 1;",
        ["1"],
    ),
    "a parallel join of 64 MiB": (
        (
            "set max_parallel_workers_per_gather = 4; set min_parallel_table_scan_size = 0;\n"
            "set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set work_mem = '64MB';\n"
            "create table t as select md5(g::text) as m from generate_series(1, 100000) g;\n"
            "analyze t; select count(*) from t a join t b using (m);"
        ),
        ["100000"],
    ),
}


@pytest.mark.parametrize("name", PASSING)
async def test_a_script_passes(sql: Run, name: str) -> None:
    code, expected = PASSING[name]
    verdict, _ = await sql(BARE + code, limits=Limits())
    assert verdict.outcome is Outcome.PASSED, verdict.error
    assert _values(verdict) == expected


async def test_rows_are_printed_as_psql_does_and_notices_apart(sql: Run) -> None:
    verdict, _ = await sql("select 1 as a, 'x' as b;\ndrop table if exists nosuch;")
    assert verdict.output == " a | b \n---+---\n 1 | x\n(1 row)\n\n"
    assert verdict.error == 'psql:query.sql:2: NOTICE:  table "nosuch" does not exist, skipping\n'
    assert verdict.outcome is Outcome.PASSED


async def test_files_arguments_and_stdin_reach_the_script(sql: Run) -> None:
    verdict, _ = await sql(
        BARE + "\\i sub/table.sql\ncopy t from '/work/rows.csv' csv;\n\\copy t from pstdin\n"
        "select string_agg(a::text, ',' order by a) || :'end' from t;",
        files={"sub/table.sql": "create table t (a int);", "rows.csv": "3\n1\n"},
        args=("end=!",),
        stdin="2\n",
    )
    assert _values(verdict) == ["1,2,3!"], verdict.error


@pytest.mark.parametrize("argument", ["--help", "-c", "select 1;", "ON_ERROR_STOP=0", "--version"])
async def test_no_argument_lets_a_script_pass_that_fails(sql: Run, argument: str) -> None:
    verdict, _ = await sql("select nosuch;", args=(argument,))
    assert verdict.outcome is Outcome.RUNTIME_ERROR


async def test_the_servers_start_is_not_the_scripts_time(sql: Run) -> None:
    _, execution = await sql("select 1;")
    assert [each.stage for each in execution.steps] == [Stage.SETUP, Stage.RUN]


async def test_a_server_that_does_not_start_is_no_fault_of_the_script(
    jail_runner: JailRunner, postgres: Toolchain, sql_on: Callable[..., Run]
) -> None:
    broken = dataclasses.replace(postgres, environment={"PGDATA": "/nowhere"})
    verdict, execution = await sql_on(jail_runner, broken)("select 1;")
    assert (verdict.outcome, verdict.fault) == (Outcome.UNAVAILABLE, Fault.INFRASTRUCTURE)
    assert "/nowhere" in verdict.details
    assert [each.stage for each in execution.steps] == [Stage.SETUP]
