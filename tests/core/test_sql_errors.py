"""What psql said last, as captured from three versions, and what each script is judged to be."""

from __future__ import annotations

import pytest

from daytona_validate._core.languages.diagnosis import Diagnosis, Ending
from daytona_validate._core.languages.sql_errors import diagnose
from daytona_validate._models import Fault, Limit, Outcome, Stage
from for_each import for_each
from growth import assert_linear

from .captured_words import Said, captured, versions

CAPTURED = captured("sql_last_words")
RUNTIME, DISK, MISSING = Outcome.RUNTIME_ERROR, Outcome.DISK_LIMIT, Outcome.MISSING_DEPENDENCY
NOSUCH = 'ERROR: column "nosuch" does not exist'
NOT_THERE = "is not available"
NO_DISK = "disk limit of 64 MiB exceeded: "

# Name of the script: its outcome, and how the line after «Code execution failed: » begins.
EXPECTED = {
    "missing_table": (RUNTIME, 'ERROR: relation "nosuch" does not exist (line 4)'),
    "missing_column": (RUNTIME, 'ERROR: column "b" does not exist (line 2)'),
    "missing_function": (RUNTIME, "ERROR: function nosuch(integer) does not exist (line 1)"),
    "syntax": (RUNTIME, 'ERROR: syntax error at or near "comment" (line 2)'),
    "unfinished": (RUNTIME, "ERROR: syntax error at end of input (line 1)"),
    "unclosed_quote": (RUNTIME, "ERROR: unterminated quoted string at or near \"'abc; (line 1)"),
    "unclosed_dollar": (RUNTIME, "ERROR: unterminated dollar-quoted string at or near"),
    "unclosed_parenthesis": (RUNTIME, 'ERROR: syntax error at or near ";" (line 2)'),
    "two_on_a_line": (RUNTIME, f"{NOSUCH} (line 1)"),
    "long_line": (RUNTIME, f"{NOSUCH} (line 1)"),
    "tabs": (RUNTIME, f"{NOSUCH} (line 2)"),
    "repeated_line": (RUNTIME, f"{NOSUCH} (line 2)"),
    "not_ascii": (RUNTIME, 'ERROR: column "grösse" does not exist (line 2)'),
    "comment_before": (RUNTIME, f"{NOSUCH} (line 4)"),
    "duplicate_key": (RUNTIME, "ERROR: duplicate key value violates unique constraint"),
    "not_null": (RUNTIME, 'ERROR: null value in column "a" of relation "t" violates'),
    "check": (RUNTIME, 'ERROR: new row for relation "t" violates check constraint "t_a_check"'),
    "division": (RUNTIME, "ERROR: division by zero (line 2)"),
    "bad_number": (RUNTIME, 'ERROR: invalid input syntax for type integer: "x" (line 2)'),
    "with_hint": (RUNTIME, 'ERROR: column "amuont" does not exist (line 2)'),
    "drop_used": (
        RUNTIME,
        "ERROR: cannot drop table t because other objects depend on it (line 3)",
    ),
    "in_transaction": (RUNTIME, 'ERROR: relation "nosuch" does not exist (line 2)'),
    "copy_data": (RUNTIME, 'ERROR: invalid input syntax for type integer: "x" (line 5)'),
    "copy_file": (RUNTIME, 'ERROR: could not open file "/work/nosuch.csv" for reading: No such'),
    "no_rights": (RUNTIME, "ERROR: permission denied for schema public (line 3)"),
    "statement_timeout": (RUNTIME, "ERROR: canceling statement due to statement timeout (line 2)"),
    "lock_timeout": (RUNTIME, f"{NOSUCH} (line 5)"),
    "too_deep": (RUNTIME, "ERROR: stack depth limit exceeded (line 5)"),
    "cancelled": (RUNTIME, "ERROR: canceling statement due to user request (line 1)"),
    "big_value": (RUNTIME, "ERROR: requested length too large (line 1)"),
    "other_dialect": (RUNTIME, 'ERROR: syntax error at or near "auto_increment" (line 1)'),
    "raise": (RUNTIME, "ERROR: no way (line 5)"),
    "raise_with_all": (RUNTIME, "ERROR: no (line 2)"),
    "raise_lines": (RUNTIME, "ERROR: one (line 1)"),
    "raise_empty": (RUNTIME, "ERROR: an error without a message (line 1)"),
    "in_function": (RUNTIME, 'ERROR: relation "nosuch" does not exist (line 4)'),
    "in_sql_function": (RUNTIME, 'ERROR: relation "t" does not exist (line 3)'),
    # PL/pgSQL lays its statements out anew, so that the line shown is not in the script.
    "in_do": (RUNTIME, 'ERROR: relation "nosuch" does not exist (line 6)'),
    "assert": (RUNTIME, "ERROR: unequal (line 1)"),
    "notice_then_error": (RUNTIME, f"{NOSUCH} (line 2)"),
    "notice_forged": (RUNTIME, f"{NOSUCH} (line 2)"),
    "warning_then_error": (RUNTIME, f"{NOSUCH} (line 2)"),
    "verbose": (RUNTIME, 'ERROR: 42703: column "nosuch" does not exist (line 3)'),
    "terse": (RUNTIME, f"{NOSUCH} at character 10 (line 3)"),
    "sqlstate_only": (RUNTIME, "ERROR: 42703 (line 3)"),
    "echoed": (RUNTIME, f"{NOSUCH} (line 3)"),
    "no_extension": (MISSING, f'ERROR: extension "nosuch" {NOT_THERE} (line 2)'),
    "no_extension_quoted": (MISSING, f'ERROR: extension "no-such" {NOT_THERE} (line 1)'),
    "no_language": (RUNTIME, 'ERROR: language "plnosuch" does not exist (line 1)'),
    "extension_raised": (RUNTIME, f'ERROR: extension "nosuch" {NOT_THERE} (line 2)'),
    "extension_in_do": (MISSING, f'ERROR: extension "nosuch" {NOT_THERE} (line 1)'),
    "bad_command": (RUNTIME, "psql: invalid command \\nosuch (line 2)"),
    "include_missing": (RUNTIME, "psql: nosuch.sql: No such file or directory (line 1)"),
    "include_failing": (RUNTIME, NOSUCH),
    "unclosed_if": (RUNTIME, "psql: reached EOF without finding closing \\endif(s) (line 2)"),
    "bad_variable": (RUNTIME, 'ERROR: syntax error at or near ":" (line 1)'),
    "connect": (RUNTIME, "psql: \\connect: connection to server on socket"),
    "copy_local": (RUNTIME, "psql: nosuch.csv: No such file or directory (line 2)"),
    "disk_full": (DISK, f'{NO_DISK}ERROR: could not extend file "base/5/16384": File too large'),
    "disk_full_handled": (RUNTIME, f"{NOSUCH} (line 4)"),
    "sort_too_large": (DISK, f'{NO_DISK}ERROR: could not write to file "base/pgsql_tmp/'),
    "disk_full_raised": (RUNTIME, 'ERROR: could not extend file "base/5/1": No space left on'),
    "terminated": (RUNTIME, "FATAL: terminating connection due to administrator command (line 2)"),
    "server_killed": (RUNTIME, "FATAL: terminating connection due to unexpected postmaster exit"),
    "server_stopped": (RUNTIME, "FATAL: terminating connection due to administrator command"),
    "backend_killed": (RUNTIME, "psql: server closed the connection unexpectedly (line 4)"),
    "backend_crashed": (RUNTIME, "psql: server closed the connection unexpectedly (line 4)"),
    "client_killed": (RUNTIME, "killed by signal KILL (9)"),
}
PASSES = {"syntax_at_end"}


@for_each("said", CAPTURED, ids=str)
def test_last_words_are_judged(said: Said) -> None:
    verdict = said.verdict()

    if said.name in PASSES:
        assert verdict.outcome is Outcome.PASSED
        return
    outcome, line = EXPECTED[said.name]
    assert verdict.outcome is outcome
    assert verdict.details.startswith(f"Code execution failed: {line}")
    assert verdict.fault is (Fault.ENVIRONMENT if outcome is MISSING else Fault.SNIPPET)
    assert verdict.stage is Stage.RUN  # what stood before the error has run
    assert (verdict.output, verdict.error or "") == (said.case["stdout"], said.case["stderr"])


def test_every_script_was_captured_in_every_version() -> None:
    assert len(versions(CAPTURED)) == 3
    assert all(names == EXPECTED.keys() | PASSES for names in versions(CAPTURED).values())


def _diagnosis(text: str, code: str = "", exit_code: int = 3) -> Diagnosis | None:
    return diagnose(Ending(text=text, entry_file="query.sql", exit_code=exit_code, code=code))


NO_FORK = "could not fork new process for connection: Resource temporarily unavailable"


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        ("ERROR:  out of memory", Limit.MEMORY),
        ("ERROR:  53200: out of memory", Limit.MEMORY),
        ("error: out of memory for query result", Limit.MEMORY),
        ("ERROR:  could not fork: Cannot allocate memory", Limit.MEMORY),
        ('PANIC:  could not write to file "pg_wal/x": No space left on device', Limit.DISK),
        (
            'ERROR:  could not extend file "base/5/1": wrote only 4096 of 8192 bytes at block 9',
            Limit.DISK,
        ),
        (f"error: \\connect: failed: {NO_FORK}", Limit.PROCESSES),
        ("ERROR:  out of shared memory", None),
        ("ERROR:  invalid memory alloc request size 1800000000", None),
        ('ERROR:  column "out of memory" does not exist', None),
        ("NOTICE:  out of memory", None),
    ],
)
def test_limits_are_told_from_what_only_sounds_like_them(message: str, limit: Limit | None) -> None:
    found = _diagnosis(f"psql:query.sql:1: {message}\n")
    assert found is not None
    assert found.limit is limit


def test_a_broken_connection_is_told_by_its_reason() -> None:
    """As when the journal is full: the server says why, psql that it is gone."""
    text = (
        'psql:query.sql:4: PANIC:  could not write to file "pg_wal/x": No space left on device\n'
        "psql:query.sql:4: server closed the connection unexpectedly\n"
        "\tThis probably means the server terminated abnormally\n"
        "\tbefore or while processing the request.\n"
        "psql:query.sql:4: error: connection to server was lost\n"
    )
    found = _diagnosis(text, exit_code=2)
    assert found is not None
    assert (found.limit, found.line) == (Limit.DISK, 4)
    assert found.message.startswith("PANIC: could not write")


def test_an_error_of_a_server_that_is_crashing_is_the_reason() -> None:
    """As captured where disk and journal were full at once, and another process crashed first."""
    text = (
        'psql:query.sql:3: ERROR:  could not extend file "base/5/16389": wrote only 4096 of 8192 '
        "bytes at block 127\n"
        "HINT:  Check free disk space.\n"
        "psql:query.sql:3: WARNING:  terminating connection because of crash of another server "
        "process\n"
        "psql:query.sql:3: server closed the connection unexpectedly\n"
        "psql:query.sql:3: error: connection to server was lost\n"
    )
    found = _diagnosis(text, exit_code=2)
    assert found is not None
    assert (found.limit, found.line) == (Limit.DISK, 3)


def test_an_earlier_error_that_psql_went_on_after_is_not_the_reason() -> None:
    text = (
        "psql:query.sql:2: ERROR:  out of memory\n"
        "psql:query.sql:4: server closed the connection unexpectedly\n"
        "psql:query.sql:4: error: connection to server was lost\n"
    )
    found = _diagnosis(text, exit_code=2)
    assert found == Diagnosis(
        message="psql: server closed the connection unexpectedly", line=4, is_uncaught=True
    )


def test_what_psql_says_before_it_reads_a_line_has_no_line() -> None:
    text = 'psql: error: connection to server failed: FATAL:  database "x" does not exist\n'
    found = _diagnosis(text, exit_code=2)
    assert found is not None
    assert (found.message[:21], found.line) == ("psql: connection to s", None)


def test_a_line_that_is_not_in_the_script_is_not_claimed() -> None:
    text = "psql:query.sql:3: ERROR:  no\nLINE 1: select elsewhere\n"
    assert _diagnosis(text, "select 1;\nselect\n2;") == Diagnosis(
        message="ERROR: no", line=3, is_uncaught=True
    )
    assert _diagnosis(text, "short") == Diagnosis(message="ERROR: no", line=3, is_uncaught=True)


def test_without_any_error_of_psql_the_last_line_is_told() -> None:
    assert _diagnosis("one\ntwo\n\n") == Diagnosis(message="two")
    assert _diagnosis("") is None


@pytest.mark.parametrize(
    ("start", "piece", "end"),
    [
        ("", "psql:", ""),
        ("", "psql:1:1", ""),
        ("psql:query.sql:", "1", ": ERROR:  x"),
        ("psql:query.sql:1: ERROR:  x\nCONTEXT:  PL/pgSQL function", " line 1", ""),
        ("psql:", ":1", ": ERROR:  x"),
        ("", "psql:query.sql:1: ERROR:  x\n", ""),
        ("psql:query.sql:1: ERROR:  x\nLINE 1: ", "y", ""),
        ("psql:query.sql:1: ERROR:  could not ", "could not fork ", ""),
        ('psql:query.sql:1: ERROR:  extension "', '" is not available', ""),
    ],
)
def test_hostile_text_costs_no_more_than_its_length(start: str, piece: str, end: str) -> None:
    def read(text: str) -> None:
        _diagnosis(text, "x\n" * (len(text) // 2))

    assert_linear(read, piece, start=start, end=end)
