"""Scripts that start programs never run before others; all that only resemble them do."""

from __future__ import annotations

import pytest

from daytona_validate._core.session_outsiders import is_outsider
from for_each import for_each
from growth import assert_linear


@for_each(
    "code",
    [
        "\\! ls",
        "SELECT 1; \\! ls",
        "COPY t FROM PROGRAM 'ls';",
        "copy t to program$$cat$$",
        "COPY t FROM PROGRAM /**/ E'ls'",
        "\\copy t from program 'ls'",
        "\\set files `ls`",
        "\\o | cat",
        "SELECT 1 \\g |cat",
        "\\w |cat",
        "\\i /proc/self/fd/5",
        "COPY t FROM '/proc/1/environ'",
        "SELECT pg_read_file('a')",
        "SELECT pg_read_binary_file('a')",
    ],
)
def test_what_may_start_a_program_or_read_one_is_kept_out(code: str) -> None:
    assert is_outsider(code, "sql")
    assert not is_outsider(code, "python")


@pytest.mark.parametrize(
    "code",
    [
        "CREATE TABLE program (name text);",
        "SELECT program, 'a' FROM program WHERE program = 'b';",
        "SELECT * FROM `users`",
        "COPY t FROM STDIN;\n1\n\\.",
        "\\copy t FROM 'a.csv'",
        "\\i a.sql\n\\echo x\n\\o a.txt",
        "SELECT a || b",
        "SELECT 'process'",
    ],
)
def test_what_only_looks_like_that_is_not(code: str) -> None:
    assert not is_outsider(code, "sql")


@pytest.mark.parametrize("piece", ["\\o ", "\\a", "program", "program -", "pg_read_", "/", " "])
def test_hostile_scripts_cost_their_length(piece: str) -> None:
    assert_linear(lambda text: is_outsider(text, "sql"), piece)
