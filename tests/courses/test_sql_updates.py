"""Comments of a script show the tables that its statements printed, where that is certain."""

from __future__ import annotations

import pytest

from daytona_validate._core.shown_output import ShownOutput
from daytona_validate._courses.comment_updates import comment_updates
from daytona_validate._courses.shown_in_comments import shown_lines
from daytona_validate._courses.sql_tables import printed_tables
from for_each import for_each
from growth import assert_linear

ONE = " a \n---\n 1\n(1 row)\n\n"
TWO = " a | b \n---+---\n 1 | x\n 2 | \n(2 rows)\n\n"


def after(code: str, output: str) -> str:
    """Return a script that printed something, as it is then."""
    shown = ShownOutput(lines=tuple(shown_lines(code, "sql")))
    lines = code.split("\n")
    printed = tuple(output.removesuffix("\n").split("\n"))
    for number, old, new in comment_updates(code, "sql", shown.lines, printed):
        assert lines[number - 1] == old
        lines[number - 1] = new
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("code", "output", "new"),
    [
        ("SELECT 1;  -- 2, so", ONE, "SELECT 1;  -- 1, so"),
        ("SELECT 1;  -- 2 rows", ONE, "SELECT 1;  -- 1 row"),
        ("SELECT 1;  -- (2 rows)", ONE, "SELECT 1;  -- (1 row)"),
        ("SELECT 1;\n-- => 2", ONE, "SELECT 1;\n-- => 1"),
        ("SELECT 'b';  -- 'a'", ONE.replace("1\n", "b\n"), "SELECT 'b';  -- 'b'"),
        (
            "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\n\nSELECT *\nFROM t;  -- 1 row",
            TWO,
            "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\n\nSELECT *\nFROM t;  -- 2 rows",
        ),
        ("SELECT 1; -- 2\nSELECT 2; -- 2 rows", ONE + TWO, "SELECT 1; -- 1\nSELECT 2; -- 2 rows"),
        (
            "SELECT 1;\n-- Output:\n--  a | b\n-- ---+---\n--  1 | y\n--  2 |\n-- (3 rows)",
            TWO,
            "SELECT 1;\n-- Output:\n--  a | b\n-- ---+---\n--  1 | x\n--  2 |\n-- (2 rows)",
        ),
    ],
)
def test_what_was_printed_is_shown(code: str, output: str, new: str) -> None:
    assert after(code, output) == new


@for_each(
    ("code", "output"),
    [
        ("SELECT 1; -- 2\n\\d", ONE),
        ("SELECT '\n; -- 2';", ONE),
        ("SELECT 1; SELECT 1; -- 2", ONE),
        ("SELECT 1; -- 2\nSELECT 1", ONE),
        ("SELECT 1; -- 2\nEXPLAIN SELECT 1;", ONE),
        ("SELECT 1; -- 2\nDELETE FROM t RETURNING a;", ONE),
        ("SELECT 1; -- 2\nSELECT 1 INTO t;", ONE),
        ("SELECT 1; -- 2", "(1 row)\n"),
        ("SELECT 1; -- 2", " a\n b\n 1\n(1 row)\n"),
        ("SELECT 1; -- 2", f"{ONE}more\n"),
        ("SELECT 1; -- 2", ONE + ONE),
        ("SELECT 1; -- 2", TWO),
        ("SELECT 1; -- 2", ONE.replace("1\n", "/* */\n")),
        ("SELECT 1; -- 2\n-- => 3", ONE),
        ("SELECT 1;\n-- Output:\n-- b\n-- 2", ONE),
    ],
)
def test_what_is_not_certain_is_left_alone(code: str, output: str) -> None:
    assert after(code, output) == code


@pytest.mark.parametrize("piece", [";", "'", "--", "select 1; -- 2\n", "\n", "a"])
def test_hostile_scripts_cost_their_length(piece: str) -> None:
    assert_linear(lambda code: printed_tables(code, ("a",)), piece)
    assert_linear(lambda code: after(code, ONE * code.count(";")), piece)
