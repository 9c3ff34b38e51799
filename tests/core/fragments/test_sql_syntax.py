"""Statements of a form that only another database has, and blocks that begin with a later clause.

What the server says here is what PostgreSQL 18 said to the same statements.
"""

from __future__ import annotations

import pytest

from block_results import block, result
from daytona_validate._core.details import failure_details
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._core.fragments.sql_syntax import later_clause, other_syntax
from daytona_validate._models import Outcome
from for_each import for_each
from growth import assert_linear


def near(word: str) -> str:
    return f'ERROR: syntax error at or near "{word}" (line 1)'


def reason(code: str, said: str) -> str | None:
    failed = result(Outcome.RUNTIME_ERROR, language="sql", details=failure_details(said), line=1)
    return no_program(block(code, "sql"), failed)


@for_each(
    ("code", "said"),
    [
        ("SELECT load AS 'Load' FROM wagons;", near("'Load'")),
        ("CREATE USER 'ann'@'depot';", near("'ann'")),
        ("INSERT INTO wagons SET load = 1;", near("SET")),
        ("CREATE TRIGGER t BEFORE INSERT ON wagons FOR EACH ROW SET NEW.a = 1;", near("SET")),
        ("CREATE PROCEDURE p() BEGIN SELECT 1; END", near("BEGIN")),
        ("ALTER TABLE wagons ADD COLUMN a INT AFTER b;", near("AFTER")),
        ("CREATE TABLE wagons (id INT(11));", near("(")),
        ("CREATE TABLE wagons (id INT, KEY by_id (id));", 'ERROR: type "by_id" does not exist'),
        ("DROP INDEX by_id ON wagons;", near("ON")),
        ("LOAD DATA INFILE 'a' INTO TABLE wagons;", near("DATA")),
        ("SELECT a FROM wagons GROUP BY a WITH ROLLUP;", near("WITH")),
        ("SELECT 7 DIV 2;", near("2")),
        ("SELECT a FROM b WHERE d = 1 AND c > NOW() - INTERVAL 1 DAY;", near("1")),
        ("CREATE TABLE wagons (a VARCHAR(9), id INT(11));", near("(")),
        ("UPDATE wagons SET a = 1 WHERE b = 'x' LIMIT 1;", near("LIMIT")),
        ("SELECT NOW() - INTERVAL 1 DAY;", near("1")),
        ("DELETE FROM wagons LIMIT 3;", near("LIMIT")),
        ("RENAME TABLE wagons TO cars;", near("RENAME")),
    ],
)
def test_a_form_of_mysql_is_no_program_for_us(code: str, said: str) -> None:
    assert reason(code, said) == "this looks like MySQL"


@for_each(
    ("code", "said"),
    [
        ("SELECT load AS load FROM wagons;", near("wagons")),
        ("INSERT INTO wagons (a SET load = 1;", near("SET")),
        ("UPDATE wagons SET SET a = 1;", near("SET")),
        ("SELECT 'a' AS x, 'b 'c' AS 'y';", near("' AS '")),
        ("UPDATE wagons SET a = 1 WHERE b = 2 AND LIMIT 1;", near("LIMIT")),
        ("DELETE FROM wagons WHERE LIMIT 1;", near("LIMIT")),
        ("CREATE TABLE (id INT(11));", near("(")),
        ("SELECT a 1 FROM b WHERE c > NOW() - INTERVAL 1 DAY;", near("1")),
        ("SELECT a WITH b GROUP BY a WITH ROLLUP;", near("WITH")),
        ("INSERT INTO wagons VALUES ('a' 'b') -- AS 'b'", near("'b'")),
        ("SELECT 7 DIV 2;", near("9")),
        ("CREATE TABLE wagons (id INT);", near("(")),
        ("CREATE TABLE wagons (id by_id);", 'ERROR: type "by_id" does not exist'),
        ("SELECT 7 2;", near("2")),
        ("SELECT * FORM wagons;", near("FORM")),
        ("SELECT 1 WHERE WHERE a;", near("WHERE")),
        ("SELECT 1;", "ERROR: division by zero"),
        ("WHERE a = 1", "ERROR: division by zero"),
    ],
)
def test_any_other_syntax_error_is_a_mistake(code: str, said: str) -> None:
    assert reason(code, said) is None


def test_a_block_that_begins_with_a_later_clause_is_a_part_of_a_statement() -> None:
    said = "it begins in the middle of a statement: WHERE"
    assert reason("-- heavy ones\nWHERE load > 5", near("WHERE")) == said
    assert later_clause(near("SELCT"), "SELCT 1") is None
    assert later_clause(near("WHERE"), "") is None


@pytest.mark.parametrize(
    "piece",
    [
        "alter table add ",
        "create trigger ",
        "interval ",
        "div 1",
        "for each row ",
        "as '",
        " ",
        "(",
        "1 ",
    ],
)
def test_hostile_statements_cost_their_length(piece: str) -> None:
    def judge(code: str) -> None:
        for word in ("'a'", "1", "SET", "AFTER", "("):
            other_syntax(near(word), code)

    assert_linear(judge, piece)
