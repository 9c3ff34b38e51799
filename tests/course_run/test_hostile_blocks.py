"""Blocks made to be slow to judge cost no more than their length: a page may be anybody's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from block_results import block, compile_error
from daytona_validate._core.details import failure_details
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._core.meant_to_fail import is_meant_to_fail
from daytona_validate._course_run.consequences import makes
from growth import assert_linear

ERRORS = [
    ("sql", 'ERROR: syntax error at or near "go"'),
    ("sql", 'ERROR: syntax error at or near "1"'),
    ("sql", 'ERROR: syntax error at or near "["'),
    ("sql", 'ERROR: column "a" does not exist'),
    ("python", "SyntaxError: 'return' outside function"),
    ("python", "SyntaxError: Missing parentheses in call to 'print'."),
    ("python", "SyntaxError: multiple exception types must be parenthesized"),
    *((language, "no") for language in ("python", "javascript", "typescript", "go", "java")),
]
PIECES = [
    *("for ", "for(", "go ", "go;", "\t", " ", "\n", "create ", "import ", "function ", "class "),
    *("let ", "as ", "into ", "select ", "a,", "*", "(", ", ", "f([, a", "f(a[, ", "...", "<a "),
    *("</a", "'", '"', "`", "/*", "//", "#", "--", "except a, ", "print ", ":;", "{|", "[A "),
    *("table_name", "@a ", "=", '"a"', "error ", "a an ", "\\", "│ ", "+-", "a::=", "| "),
]
WORST = {
    *("for ", "go;", " ", "import ", "(", "f([, a", "<a ", "'", "/*", '"a"', "│ ", "+-"),
}
"""What quotes, nests and repeats; the others are left to the thorough tests."""


def judge(code: str) -> None:
    """Ask all that judge a block by its text."""
    for language, said in ERRORS:
        asked = block(f"{code} x", language)
        failed = compile_error("", language, 1)
        failed = replace(failed, details=failure_details(said))
        assert not is_meant_to_fail(asked, failed)
        assert len(no_program(asked, failed) or "") < 300
        makes(f"{code} zz", "zz", language=language)


@pytest.mark.parametrize(
    "start", ["", *(pytest.param(s, marks=pytest.mark.thorough) for s in ("go", "select top "))]
)
@pytest.mark.parametrize(
    "piece",
    [pytest.param(each, marks=[] if each in WORST else [pytest.mark.thorough]) for each in PIECES],
)
def test_a_hostile_block_costs_its_length(start: str, piece: str) -> None:
    assert_linear(judge, piece, start=start)
