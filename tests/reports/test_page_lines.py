"""Errors name the lines of the page."""

from __future__ import annotations

from typing import Any

import pytest

from daytona_validate._reports.formats import FORMATS
from daytona_validate._reports.page_lines import in_page_lines
from growth import assert_linear
from made_results import made_reported

from .browser.hostile_page import page_of

CODE = "a = 1\nb = 2\nc = 3\nd = 4\n"


def shown(text: str, language: str = "python", **values: Any) -> str:
    fields = {"code": CODE, "code_line": 340, "language": language, **values}
    return in_page_lines(made_reported(**fields), text)


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
    ],
)
def test_what_is_no_line_of_the_code_stays(text: str) -> None:
    assert shown(text) == text


@pytest.mark.parametrize(
    "values",
    [
        {"code_line": None},
        {"path": None},
        {"included": "a.py"},
        {"language": "cobol"},
        {"completed": "package main"},
    ],
    ids=str,
)
def test_lines_that_are_not_the_pages_stay(values: dict[str, Any]) -> None:
    text = 'File "/work/main.py", line 1'
    assert shown(text, **values) == text
    assert shown(text, completed="the 3 blocks before it") == 'File "lesson.md", line 340'


def test_reports_for_people_show_them() -> None:
    row = made_reported(code=CODE, code_line=340, error='  File "/work/main.py", line 2\n')
    page = page_of([row])
    assert "File &quot;lesson.md&quot;, line 341" in page
    assert "/work/main.py" not in page
    document = FORMATS["junit"].end([row], _summary())
    assert 'File "lesson.md", line 341' in document


def _summary() -> Any:
    from daytona_validate._core.summary import Tally

    return Tally().summary(1.0)


def test_the_work_is_linear() -> None:
    assert_linear(shown, "/work/main.py:")
    assert_linear(shown, "./")
    assert_linear(shown, "file://")
    assert_linear(shown, "/work/main.py:1")
