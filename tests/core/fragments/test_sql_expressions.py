"""Expressions shown alone are no statements; a statement with a mistake is none of them."""

from __future__ import annotations

import pytest

from block_results import block, result
from daytona_validate._core.details import failure_details
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._models import Outcome
from for_each import for_each
from growth import assert_linear

BODY = "statements of a procedure's body"


def found(code: str, near: str) -> str | None:
    details = failure_details(f'ERROR: syntax error at or near "{near}" (line 1)')
    failed = result(Outcome.RUNTIME_ERROR, details=details, language="sql", line=1)
    return no_program(block(code, "sql"), failed)


@for_each(
    ("code", "near", "is_one"),
    [
        ("CAST('2031-05-06' AS DATE)", "CAST", True),
        ("date '2031-05-06' + interval '2' day", "date", True),
        ("coalesce(weight, (SELECT max(weight) FROM sacks))", "coalesce", True),
        ("coalesce(weight, 1", "coalesce", False),
        ("count(weight) FROM sacks", "count", False),
        ("selct(weight)", "selct", False),
        ("max(weight) FORM sacks", "max", False),
        ("coutn(weight)", "coutn", False),
        ("excute('SELECT 1')", "excute", False),
        ("vacum (sacks)", "vacum", False),
        ("anlyze (sacks)", "anlyze", False),
        ("lead(weight)", "lead", True),
        ("weigh(sacks)", "weigh", True),
        ("VALUES(1, 2))", "VALUES", False),
        ("sum(weight);", "sum", False),
        ("sum(weight) weigth (x", "weigth", False),
        ("sum(weight)", "weight", False),
        ("weight + 1", "weight", False),
    ],
)
def test_an_expression(code: str, near: str, *, is_one: bool) -> None:
    reason = "an expression, without a statement around it"
    assert found(code, near) == (reason if is_one else None)


@pytest.mark.parametrize("piece", [" ", "a(", ")", "from ", "date "])
def test_it_takes_linear_time(piece: str) -> None:
    assert_linear(lambda code: found(code, "a"), piece, start="a(")


@for_each(
    ("code", "near", "reason"),
    [
        ("IF v > 0 THEN\n  RETURN 1;\nEND IF;", "IF", BODY),
        ("-- a loop\nLOOP\n  EXIT WHEN c > 9;\nEND LOOP;", "LOOP", BODY),
        ("RAISE NOTICE 'a %', (b);", "RAISE", BODY),
        ("a := b + 1;", "a", BODY),
        ("a = b + 1;", "a", None),
        ("return 1 + (2;", "return", None),
        ("RETRUN 1;", "RETRUN", None),
        ("IFF v > 0 THEN", "IFF", None),
        ("SELECT 1;\nIF v THEN", "IF", None),
        ("$.a[*] ? (@ > 1)", "$", "a JSON path"),
        ("strict $.a.b", "strict", "a JSON path"),
        ("strict a.b", "strict", None),
        ("$1 + 2", "$1", None),
    ],
)
def test_a_part_of_a_procedure(code: str, near: str, reason: str | None) -> None:
    assert found(code, near) == reason
    assert found(code, "else") != BODY
