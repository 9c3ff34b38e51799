"""Which comments show the output of a line, and which are prose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._core.shown_cell import ShownCell
from daytona_validate._core.shown_output import ShownLine, ShownOutput
from daytona_validate._courses.block import StoredOutput
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.markdown import read_page
from daytona_validate._courses.page import Page
from daytona_validate._courses.page_snippets import snippets_of_page
from daytona_validate._courses.shown_in_comments import shown_lines
from for_each import for_each
from growth import assert_linear


def texts(code: str, language: str = "python") -> list[tuple[int, str]]:
    return [(each.line, each.text) for each in shown_lines(code, language)]


@for_each(
    ("code", "language", "shown"),
    [
        ("print(x)  # 42", "python", "42"),
        ("print(hex(x))  # 0xfe", "python", "0xfe"),
        ("print(x)  # -4.5e3, about", "python", "-4.5e3"),
        ('print(x)  # "a b"', "python", '"a b"'),
        ("print(x)  # [1, [2]]", "python", "[1, [2]]"),
        ("print(x)  # (1, 'a')", "python", "(1, 'a')"),
        ("print(x)  # None - nothing", "python", "None"),
        ("print(x)  # => a b", "python", "a b"),
        ("print(x)  # Output: a b", "python", "a b"),
        ("print(x)  # -> 3", "python", "3"),
        ("print(x)  # prints 3", "python", "3"),
        ("console.log(x); // true (because)", "javascript", "true"),
        ("console.log('a // b', x) // { a: 1 }", "javascript", "{ a: 1 }"),
        ("console.log(x); // `a`", "javascript", "a"),
        ("fmt.Println(x) // 3", "go", "3"),
        ('System.out.println(x); // "a"', "java", '"a"'),
        ("SELECT 1; -- 3 rows", "sql", "(3 rows)"),
        ("SELECT 1; -- (1 row)", "sql", "(1 row)"),
        ("SELECT 1; -- 42", "sql", "42"),
    ],
)
def test_values_beside_a_line_that_prints(code: str, language: str, shown: str) -> None:
    assert texts(code, language) == [(1, shown)]


@for_each(
    "code",
    [
        "print(x)  # the value",
        "print(x)  # 3 items",
        "print(id(x))  # 140",
        "print(x)  # 0x7f0123456789",
        "print(x)  # 1st",
        "print(x)  # (see below)",
        "print(x)  # (1)!",
        "print(x)  # -> the value",
        "print(x)  # [ ] to do",
        "x = 3  # 4",
        "print('# 42')",
        "print(f(  # 42",
        "# 42",
        "print(x)\n# 42",
        "x + 1\n# => 42",
        "x = 1\n# Output:\n# 3",
        "print(x)\n\n# Output:\n\n# 3",
        f"print(x)  # 4{'2' * 600}",
    ],
)
def test_other_comments_show_nothing(code: str) -> None:
    assert texts(code) == []


def test_comments_after_a_line_that_prints() -> None:
    code = "print(x)\n#> 1\n# => 2\n#=> 3\nprint(y)\n\n# Output:\n# a\n# b\nx\n# c\n"
    assert texts(code) == [(2, "1"), (3, "2"), (4, "3"), (8, "a"), (9, "b")]


def test_only_what_prints_at_the_margin_has_an_order() -> None:
    code = "print(1)  # 1\n    print(2)  # 2\nlater(() => print(3));  # 3\n"
    shown = shown_lines(code, "python")
    assert [each.is_ordered for each in shown] == [True, False, False]


def page_of(text: str) -> Page:
    known = {"python": "python", "js": "javascript"}
    return read_page(text, path="a.md", language_of=known.get)


def first(page: Page, *outputs: str) -> CourseSnippet:
    course = snippets_of_page(page, outputs=outputs)[0]
    assert course is not None
    return course


PRINTING = "```python\nprint(1)  # 1\n```\n"


@pytest.mark.parametrize(
    ("after", "whole"),
    [
        ("```\n1\n```\n", "1\n"),
        ("\n```text\n1\n```\n", "1\n"),
        ("\nOutput:\n\n```output\n1\n```\n", "1\n"),
        ("\nSee this file:\n\n```text\n1\n```\n", None),
        ("\n```js\n1\n```\n", None),
        ("\n```yaml\n1\n```\n", None),
        ("\n```\n$ ls\n```\n", None),
        ("\n```\n\n```\n", None),
        ("", None),
    ],
)
def test_a_fence_directly_after_a_block_that_prints_shows_its_output(
    after: str, whole: str | None
) -> None:
    assert first(page_of(PRINTING + after), "fences").shown.whole == whole
    silent = page_of(PRINTING.replace("print", "f") + after)
    assert first(silent, "fences").shown == ShownOutput()


def test_only_what_is_asked_for_is_compared() -> None:
    page = page_of(PRINTING + "```\n1\n```\n")
    assert first(page).shown == ShownOutput()
    assert first(page, "notebook").shown == ShownOutput()
    assert first(page, "comments").shown == ShownOutput(lines=(ShownLine(1, "1", True),))


def test_the_front_matter_of_a_page_may_ask_for_it() -> None:
    page = page_of(f"---\ndaytona-validate:\n  outputs: comments\n---\n\n{PRINTING}")
    assert len(first(page, "fences").shown.lines) == 1


def test_a_session_is_compared_with_itself_only() -> None:
    page = page_of("```python\n>>> print(1)  # 2\n1\n```\n```\n3\n```\n")
    assert first(page, "comments", "fences").shown == ShownOutput()


@pytest.mark.parametrize(
    ("stored", "at_least", "should_fail"),
    [
        (StoredOutput(text="1\n"), "1\n", None),
        (StoredOutput(text="", raised="KeyError"), None, "KeyError"),
        (None, None, None),
    ],
)
def test_what_a_notebook_has_stored(
    stored: StoredOutput | None, at_least: str | None, should_fail: str | None
) -> None:
    page = page_of(PRINTING)
    page = replace(page, blocks=(replace(page.blocks[0], stored_output=stored),))
    course = first(page, "notebook")
    assert (course.shown.cell and course.shown.cell.text, course.snippet.should_fail) == (
        at_least,
        should_fail,
    )
    marked = replace(page.blocks[0], comments=("daytona: should-fail=A",))
    assert first(replace(page, blocks=(marked,)), "notebook").snippet.should_fail == "A"


@pytest.mark.parametrize(("code", "at_least"), [("hash('a')", None), ("rehash('a')", "1\n")])
def test_what_a_notebook_stored_of_a_changing_value_is_not_compared(
    code: str, at_least: str | None
) -> None:
    page = page_of(PRINTING.replace("print(1)", f"print({code})"))
    block = replace(page.blocks[0], stored_output=StoredOutput(text="1\n"))
    assert first(replace(page, blocks=(block,)), "notebook").shown.cell == (
        at_least and ShownCell(text=at_least)
    )


@pytest.mark.parametrize("piece", ["print(", "# 1", "1", "[", "(1,", "'", "=> ", " ", "-- ", "\n#"])
def test_hostile_code_costs_its_length(piece: str) -> None:
    assert_linear(texts, piece)
    assert_linear(lambda code: texts(code, "sql"), piece)
