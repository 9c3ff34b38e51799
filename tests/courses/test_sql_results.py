"""The tables that a block of SQL shows are none of its code; what only looks like one is code."""

from __future__ import annotations

import pytest

from daytona_validate._courses.block_snippet import course_snippet_of
from daytona_validate._courses.markdown import read_page
from daytona_validate._courses.sql_results import without_results
from for_each import for_each
from growth import assert_linear

SELECT = "SELECT a, b FROM rye;"
TABLE = " a | b \n---+---\n 1 | 2\n"


@pytest.mark.parametrize(
    ("code", "left"),
    [
        (f"{SELECT}\n{TABLE}(1 row)\n\n{SELECT}", f"{SELECT}\n\n\n\n\n\n{SELECT}"),
        (f"{SELECT}\n\n{TABLE}\n{SELECT}", f"{SELECT}\n\n\n\n\n\n{SELECT}"),
        (f"{SELECT} -- two\n  a\n-----\n (x)\n", f"{SELECT} -- two\n\n\n\n"),
        (f"{SELECT}\n  a\n--\u200b---\n (x)", f"{SELECT}\n\n\n"),
        (f"{SELECT}\n{TABLE}(1 row)\n{SELECT}", f"{SELECT}\n\n\n\n\n{SELECT}"),
        (f"{SELECT}\n QUERY PLAN \n------------\n Result\n(1 row)\n", f"{SELECT}\n\n\n\n\n"),
        (f"{SELECT}\n n \n---\n(0 rows)\n", f"{SELECT}\n\n\n\n"),
    ],
)
def test_a_table_below_its_statement(code: str, left: str) -> None:
    assert without_results(code) == left


@for_each(
    "code",
    [
        SELECT,
        f"SELECT a, b FROM rye\n{TABLE}",
        f"{SELECT}\n a | b | c\n---+---\n 1 | 2",
        f"{SELECT}\n aaaaaa\n---\n 1",
        f"{SELECT}\n-- a\n------\n{SELECT}",
        f"{SELECT}\nSELCT\n------\n{SELECT}",
        f"{SELECT}\n\n------\n{SELECT}",
        f"{SELECT}\nVACUM\n------\n\n{SELECT}",
        f"{SELECT}\nINSRT INTO rye VALUES (1)\n-------------------------\nSELECT 1",
        f"{SELECT}\n a\n--\n 1",
        f"{SELECT}\nSELECT nme FROM rye\n----------------------------",
        f"{SELECT}\n  SELECT nme FROM rye\n  ----------------------------\n  WHERE a = 1",
        "-----\n a\n-----\n",
        f"{SELECT}\n  INSRT INTO rye VALUES (1)\n---------------------------\n  SELECT 1",
        f"{SELECT}\n INSRT INTO rye VALUES (1)\n------------------------------\n SELECT 1",
        f"{SELECT}\n VACUM\n----------\n SELECT 1",
        f"{SELECT}\n BEGIN\n----------\n SELECT 1",
        f"{SELECT}\n nme\n--------\n SELECT 1",
        f"{SELECT}\n nme rye\n----------\n SELECT 1\n(2 rows)",
    ],
)
def test_what_is_no_table_stays(code: str) -> None:
    assert without_results(code) == code


def test_a_page_keeps_its_own_text() -> None:
    page = f"```sql\n{SELECT}\n{TABLE}```\n\n```sql\nshop=# {SELECT}\n{TABLE}(1 row)\n```\n"
    plain, session = (
        course_snippet_of(each, language="sql")
        for each in read_page(page, path="a.md", language_of={"sql": "sql"}.get).blocks
    )
    assert plain.snippet.code.rstrip() == SELECT
    assert plain.page_code.rstrip() == f"{SELECT}\n{TABLE}".rstrip()
    assert session.earlier_code is not None
    assert "1 | 2" in session.page_code


@pytest.mark.parametrize(
    "piece", [" a | b\n---+---\n", "---\n", "a;\n", "\n", "-+", " a\n-----\n\n"]
)
def test_it_is_linear(piece: str) -> None:
    assert_linear(without_results, piece, start=f"{SELECT}\n")
