"""SQL of other databases, by what PostgreSQL says of it, and mistakes in SQL of its own."""

from __future__ import annotations

import pytest

from block_results import block, result
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._models import Outcome
from for_each import for_each
from growth import assert_linear


def found(code: str, said: str, line: int | None = 1) -> str | None:
    details = f"Code execution failed: {said} (line {line})"
    failed = result(Outcome.RUNTIME_ERROR, details=details, language="sql", line=line)
    return no_program(block(code, "sql"), failed)


def near(token: str) -> str:
    return f'ERROR: syntax error at or near "{token}"'


def function(name: str) -> str:
    return f"ERROR: function {name}(text) does not exist"


def absent(kind: str, name: str) -> str:
    return f'ERROR: {kind} "{name}" does not exist'


QUOTED = "MySQL, with strings in double quotes"


@for_each(
    ("code", "said", "database"),
    [
        ("SELECT `a` FROM b;", near("`"), "MySQL"),
        ("CREATE TABLE a (b INT AUTO_INCREMENT);", near("AUTO_INCREMENT"), "MySQL"),
        ("CREATE TABLE a (b INT) ENGINE=InnoDB;", near("ENGINE"), "MySQL"),
        ("USE shop;", near("USE"), "MySQL"),
        ("DESC a;", near("DESC"), "MySQL"),
        ("SHOW TABLES;", 'ERROR: unrecognized configuration parameter "tables"', "MySQL"),
        ("SHOW COLUMNS FROM a;", near("FROM"), "MySQL"),
        ("SELECT DATE_FORMAT(a, '%Y') FROM b;", function("date_format"), "MySQL"),
        ("SELECT * FROM a LIMIT 5, 10;", "ERROR: LIMIT #,# syntax is not supported", "MySQL"),
        ("SELECT 1 \\G", r"psql: invalid command \G", "MySQL"),
        ("SET @a = 1;", near("@"), "MySQL"),
        ("DECLARE @a INT;", near("@"), "SQL Server"),
        ("CREATE TABLE a (b DATETIME);", absent("type", "datetime"), "MySQL or SQL Server"),
        ("SELECT TOP 10 * FROM a;", near("10"), "SQL Server"),
        ("SELECT [a b], [c] FROM d;", near("["), "SQL Server"),
        ("SELECT 1\nGO\nSELECT 2;", near("GO"), "SQL Server"),
        ("CREATE TABLE a (b VARCHAR2(10));", absent("type", "varchar2"), "Oracle"),
        ("SELECT NVL(a, 1) FROM b;", function("nvl"), "Oracle"),
        ("SELECT 1 FROM dual;", absent("relation", "dual"), "Oracle"),
        ("PRAGMA foreign_keys = ON;", near("PRAGMA"), "SQLite"),
        (".tables", near("."), "SQLite"),
        ("CREATE TABLE a (b BLOB);", absent("type", "blob"), "MySQL or SQLite"),
        ('INSERT INTO a (b) VALUES ("Ann");', absent("column", "Ann"), QUOTED),
        ('SELECT a FROM b WHERE c = "Ann";', absent("column", "Ann"), QUOTED),
    ],
)
def test_other_databases(code: str, said: str, database: str) -> None:
    assert found(code, said) == f"this looks like {database}"


@pytest.mark.parametrize(
    ("code", "said", "reason"),
    [
        ("DROP TABLE [IF EXISTS] a;", near("["), "a synopsis, as manuals write it"),
        ("SELECT a FROM b [WHERE c | d];", near("["), "a synopsis, as manuals write it"),
        (
            "SELECT a FROM table_name WHERE column=1;",
            near("column"),
            "table_name stands for a table of the reader's",
        ),
    ],
)
def test_synopses(code: str, said: str, reason: str) -> None:
    assert found(code, said) == reason


@for_each(
    ("code", "said", "line"),
    [
        ("SELECT a FROM b ORDER a DESC;", near("a"), 1),
        ("SELECT a FROM b ORDER BY DESC;", near("DESC"), 1),
        ("SELECT a FORM b;", near("b"), 1),
        ("SELECT a FROM b LIMIT 5,;", near(";"), 1),
        ("SELECT lenght(a) FROM b;", function("lenght"), 1),
        ("SELECT a FROM b WHERE c = d;", absent("column", "d"), 1),
        ('SELECT "Ann" FROM b WHERE c = "Ann" OR Ann = 1;', absent("column", "Ann"), 1),
        ("CREATE TABLE a (b INTT);", absent("type", "intt"), 1),
        ("CREATE TABLE table_name (a INT);\nSELECT b FROM table_name;", absent("column", "b"), 2),
        ("SELECT a[1 FROM b;", near("FROM"), 1),
        ("SELECT 10 20;", near("20"), 1),
        ("-- USE shop;\nSELECT (1;", near(";"), None),
        ("SELECT go FROM a b go c;", near("c"), 1),
    ],
)
def test_mistakes(code: str, said: str, line: int | None) -> None:
    assert found(code, said, line) is None


@pytest.mark.parametrize("piece", ["[", "[ , a", "{|", "show ", "a\n", ";", "[A ", "select top "])
def test_hostile_text_costs_its_length(piece: str) -> None:
    assert_linear(lambda code: found(code, near("[")), piece)
