"""Tracebacks of blocks point into their page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import block
from daytona_validate._course_run.page_lines import with_page_lines
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import Location
from growth import assert_linear

PYTHON = 'Traceback:\n  File "/work/main.py", line 3, in f\n  File "/usr/lib/x.py", line 9\nmain.py'
NODE = "    at f (/work/index.js:2:5)\n    at file:///work/index.js:4:1\n    at node:fs:1:2"


def placed(*, cell: int | None = None, code_line: int | None = 138) -> CourseSnippet:
    course = block("x")
    location = Location("lesson.md", 137, cell)
    snippet = replace(course.snippet, location=location)
    return replace(course, snippet=snippet, code_line=code_line)


def test_lines_of_the_code_become_those_of_the_page() -> None:
    assert with_page_lines(PYTHON, placed(), language="python") == (
        'Traceback:\n  File "lesson.md", line 140, in f\n  File "/usr/lib/x.py", line 9\nmain.py'
    )
    assert with_page_lines(NODE, placed(), language="javascript") == (
        "    at f (lesson.md:139:5)\n    at lesson.md:141:1\n    at node:fs:1:2"
    )


def test_those_of_a_cell_are_counted_in_it() -> None:
    error = with_page_lines(PYTHON, placed(cell=4, code_line=None), language="python")
    assert 'File "lesson.md:cell[4]", line 3, in f' in (error or "")


@pytest.mark.parametrize(
    ("course", "language"),
    [
        (placed(), "java"),
        (replace(placed(), earlier_code="y"), "python"),
        (replace(placed(), page=None), "python"),
        (block("x"), "python"),
    ],
    ids=["a compiler", "changed before it ran", "a record", "no place"],
)
def test_all_else_is_left_alone(course: CourseSnippet, language: str) -> None:
    assert with_page_lines(PYTHON, course, language=language) == PYTHON
    assert with_page_lines(None, course, language=language) is None


@pytest.mark.parametrize(
    "part", ['File "/', "/work/", "/index.js:1", 'File "/work/main.py", line 1']
)
def test_hostile_text_takes_time_in_proportion(part: str) -> None:
    assert_linear(lambda text: with_page_lines(text, placed(), language="python"), part)
    assert_linear(lambda text: with_page_lines(text, placed(), language="javascript"), part)
