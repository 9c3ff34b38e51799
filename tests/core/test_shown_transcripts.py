"""Sessions of Node and psql are compared with their transcripts; what is cut short is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.shown_session import (
    LANGUAGES,
    ShownInput,
    ShownSession,
    other_outputs,
    session_difference,
)
from for_each import for_each
from growth import assert_linear


def agrees(language: str, shown: str, printed: str, typed: str = "f") -> bool:
    """Return whether a session of one input shows what was printed after it."""
    session = ShownSession(language, (ShownInput(2, (typed,), tuple(shown.split("\n"))),))
    return not list(other_outputs(session, f"{typed}\n{printed}\n"))


NODE_SAME = [
    ("2", "2"),
    ("{ a: 1, b: 2 }", "{\n  a: 1,\n  b: 2\n}"),
    ('"a"', "'a'"),
    ("undefined", "undefined"),
    ("x", "x\nundefined"),
    ("x // a comment\n", "x // a comment"),
    ("// a comment", "2"),
    ("[ 1, 2, ... ]", "3"),
    ("{ a: [Object] }", "{ a: { b: {} } }"),
    ("[Function (anonymous)]", "[Function: f]"),
    ("< 2", "3"),
    ("This is what the prompt says.", "3"),
    ("Uncaught TypeError: x is not a function", "Uncaught TypeError: x is no function"),
    ("TypeError: x", "Uncaught TypeError: y"),
    ("", "2"),
]
NODE_OTHER = [
    ("2", "3"),
    ("2", "undefined"),
    ("undefined", "2"),
    ("[ 1, 2 ]", "[ 2, 1 ]"),
    ("'12'", "123"),
    ("Uncaught TypeError: x", "Uncaught RangeError: x"),
    ("Uncaught TypeError: x", "5"),
    ("5", "Uncaught TypeError: x"),
    ("Uncaught TypeError: x", ""),
]


@for_each(("shown", "printed"), NODE_SAME)
def test_values_of_node_that_agree(shown: str, printed: str) -> None:
    assert agrees("javascript", shown, printed)


@pytest.mark.parametrize(("shown", "printed"), NODE_OTHER)
def test_values_of_node_that_differ(shown: str, printed: str) -> None:
    assert not agrees("javascript", shown, printed)


TABLE = " a | b \n---+---\n 1 | x\n 2 | \n(2 rows)\n"
PSQL_SAME = [
    (TABLE, TABLE),
    ("a|b\n-+-\n1|x\n2|\n(2 rows)", TABLE),
    ("+---+---+\n| a | b |\n+---+---+\n| 1 | x |\n| 2 |   |\n+---+---+\n(2 rows)", TABLE),
    (" a | b\n---+---\n 2 |\n 1 | x", TABLE),
    (" a | b\n---+---\n 1 | x\n ... | ...\n(2 rows)", TABLE),
    (" a | b\n---+---\n 2 |\n(2 rows)", TABLE),
    ("(2 rows)\n...", TABLE),
    ("Here are two of them", TABLE),
    ("INSERT 17 1", "INSERT 0 1"),
    ("NOTICE:  x\nCREATE TABLE", "CREATE TABLE"),
    (TABLE, f"INSERT 0 2\n{TABLE}"),
    (" f\n---\n 0.30000000001\n(1 row)", " f \n-----\n 0.3\n(1 row)"),
]
PSQL_OTHER = [
    (TABLE.replace("x", "y"), TABLE),
    (TABLE.replace("(2", "(3"), TABLE),
    (TABLE.replace("a |", "c |"), TABLE),
    (TABLE.replace(" 2 | \n", "").replace("(2 rows)", "(1 row)"), TABLE),
    (" a | b\n---+---\n 3 |\n ...\n(2 rows)", TABLE),
    ("INSERT 0 2", "INSERT 0 1"),
    ("CREATE TABLE", ""),
    (TABLE, ""),
]


@for_each(("shown", "printed"), PSQL_SAME)
def test_tables_of_psql_that_agree(shown: str, printed: str) -> None:
    assert agrees("sql", shown, printed)


@pytest.mark.parametrize(("shown", "printed"), PSQL_OTHER)
def test_tables_of_psql_that_differ(shown: str, printed: str) -> None:
    assert not agrees("sql", shown, printed)


SORTED = " Name | n \n------+---\n b | 1\n a | 1\n c | 2\n(3 rows)"
TIED = " Name | n \n------+---\n a | 1\n b | 1\n c | 2\n(3 rows)"
TURNED = " Name | n \n------+---\n c | 2\n b | 1\n a | 1\n(3 rows)"


@pytest.mark.parametrize(
    ("typed", "shown", "is_same"),
    [
        ("SELECT name, n FROM t ORDER BY n;", TIED, True),
        ("SELECT name, n FROM t ORDER BY n;", TURNED, False),
        ("select name, n from t order by 2 asc limit 9", TURNED, False),
        ("select name, n from t order by t.n, name", TIED, False),
        ("select name, n from t order by n, lower(name)", TIED, True),
        ("select name, n from t order by lower(name), n", TURNED, True),
        ("select name, n from t order by 7", TURNED, True),
        ('select "Name", n from t order by n desc nulls last, "Name"', TURNED, False),
        ("select name, sum(n) over (order by n) from t", TURNED, True),
        ("select name, n from t", TURNED, True),
    ],
)
def test_rows_are_in_the_order_that_the_statement_asks_for(
    typed: str, shown: str, is_same: bool
) -> None:
    assert agrees("sql", shown, SORTED, typed) is is_same


@pytest.mark.parametrize("piece", ["order by ", "order ", "(", "a,", " asc", " nulls", "limit "])
def test_a_hostile_statement_costs_its_length(piece: str) -> None:
    assert_linear(lambda typed: agrees("sql", SORTED, SORTED, f"order by {typed}"), piece)


@pytest.mark.parametrize(
    ("language", "changing"),
    [
        ("javascript", "Math.random()"),
        ("javascript", "x = new Date()"),
        ("sql", "SELECT now();"),
        ("sql", "EXPLAIN SELECT 1;"),
        ("sql", "\\x"),
    ],
)
def test_nothing_is_compared_after_what_changes_from_run_to_run(
    language: str, changing: str
) -> None:
    shown = "1" if language == "javascript" else "INSERT 0 1"
    before, after = ShownInput(2, ("f;",), (shown,)), ShownInput(5, ("g;",), (shown,))
    during = ShownInput(4, (changing,), (shown,))
    session = ShownSession(language, (before, during, after))
    told = f"f;\n{shown.replace('1', '2')}\n{changing}\n5\ng;\n6\n"
    assert [each.input for each in other_outputs(session, told)] == [before]


def test_the_first_difference_is_told_with_its_line() -> None:
    inputs = (ShownInput(2, ("a", "", "b"), ("1",)), ShownInput(9, ("c",), ("1", "2")))
    session = ShownSession("javascript", (ShownInput(1, ("",), ("x",)), *inputs), "a")
    assert session_difference(session, "b\n1\nc\n1\n3\n") == (
        9,
        "'1 2' is shown, and '1 3' was printed",
    )
    assert session_difference(session, "b\n1\nc\n1\n2\n") is None


def test_without_a_whole_transcript_nothing_is_compared() -> None:
    session = ShownSession("javascript", (ShownInput(2, ("a",), ("1",)),))
    assert session_difference(session, "2\n") is None
    assert session_difference(ShownSession("sql", ()), "2\n") is None


@given(shown=st.text("a1 |-(rows)\n.…"), language=st.sampled_from(sorted(LANGUAGES)))
def test_any_output_agrees_with_itself(shown: str, language: str) -> None:
    assert agrees(language, shown, shown)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
@pytest.mark.parametrize(
    "piece",
    ["a\n", "-", "+-", "|", "...\n", "(1 row)\n", " ", "A ", "A a", "Uncaught ", "1.", "Thrown: "],
)
def test_hostile_sessions_cost_their_length(language: str, piece: str) -> None:
    assert_linear(lambda text: agrees(language, text, text), piece)
    assert_linear(lambda text: agrees(language, f"{text}\n(1 row)", f"{text}x"), piece)
