"""Errors of blocks name the lines of their page."""

from __future__ import annotations

from typing import Any

import pytest

from daytona_validate._core.page_lines import in_page_lines
from growth import assert_linear
from made_results import made_reported

CODE = "a = 1\nb = 2\nc = 3\nd = 4\n"


def shown(text: str | None, language: str = "python", **values: Any) -> str | None:
    code_line = values.pop("code_line", 340)
    result = made_reported(error=text, language=language, **values).result
    return in_page_lines(result, code=CODE, code_line=code_line)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("python", 'File "/work/main.py", line 3, in f', 'File "lesson.md", line 342, in f'),
        ("python", "/work/main.py:1: SyntaxWarning: x", "lesson.md:340: SyntaxWarning: x"),
        ("js", "    at f (/work/index.js:2:5)", "    at f (lesson.md:341:5)"),
        ("js", "file:///work/index.js:4\nx", "lesson.md:343\nx"),
        ("typescript", "index.ts(4,3): error TS1", "lesson.md(343,3): error TS1"),
        ("go", "./main.go:2:15: undefined: x", "lesson.md:341:15: undefined: x"),
        ("sql", "psql:query.sql:1: ERROR:  no", "lesson.md:340: ERROR:  no"),
    ],
)
def test_each_language_names_its_place_in_its_own_way(
    language: str, text: str, expected: str
) -> None:
    assert shown(text, language) == expected


@pytest.mark.parametrize(
    "text",
    [
        'File "/work/main.py", line 5',
        'File "/work/main.py", line 0',
        'File "/work/main.py", line 12345678901234567890',
        'File "/work/lib/main.py", line 1',
        'File "/usr/lib/python3/xmain.py", line 1',
        "see main.py for more",
        "index.js:1",
        None,
    ],
)
def test_what_is_no_line_of_the_code_stays(text: str | None) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    "values",
    [{"code_line": None}, {"path": None}, {"included": "a.py"}, {"language": "cobol"}],
    ids=str,
)
def test_lines_that_are_not_the_pages_stay(values: dict[str, Any]) -> None:
    text = 'File "/work/main.py", line 1'
    assert shown(text, **values) == text


def test_only_where_nothing_was_put_around_the_code_all_lines_are_its_own() -> None:
    text = 'File "/work/main.py", line 1'
    assert shown(text, completed="the 3 blocks before it") == 'File "lesson.md", line 340'
    assert shown("./main.go:1:2", "go", completed="package main") == "./main.go:1:2"


def test_those_of_a_cell_are_counted_in_it() -> None:
    text = 'File "/work/main.py", line 3'
    assert shown(text, cell=4, code_line=None) == 'File "lesson.md:cell[4]", line 3'


def test_the_work_is_linear() -> None:
    for part in ("/work/main.py:", "./", "file://", "/work/main.py:1"):
        assert_linear(shown, part)
