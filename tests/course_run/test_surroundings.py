"""What a page depends on has one fingerprint: another for all that can change a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from daytona_validate import Snippet
from daytona_validate._core.course_config import CourseConfig
from daytona_validate._core.page_context import PageContext
from daytona_validate._course_run.course_page import RunRules, SessionMode
from daytona_validate._course_run.surroundings import SurroundingsReader
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.marks import Marks

RULES = RunRules(allows_files=True)


@pytest.fixture
def page(tmp_path: Path) -> tuple[CourseSnippet, ...]:
    """A page of two blocks in a folder with all that a page can have around it."""
    (tmp_path / "first.py").write_text("x = 1\n")
    (tmp_path / "data.csv").write_text("1\n")
    (tmp_path / "conf.py").write_text("doctest_global_setup = 'x = 1'")
    (tmp_path / "other.md").write_text("    from parcels import Box\n" * 4)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    config = CourseConfig(
        folder=str(tmp_path), source="x", setup={"python": "first.py"}, files=("*.csv",)
    )
    codes = ("Box(open('boxes.csv'))", "b")
    return tuple(
        CourseSnippet(
            snippet=Snippet(code=code, language="python"),
            page=str(tmp_path / "page.md"),
            config=config,
        )
        for code in codes
    )


def fingerprint(page: tuple[CourseSnippet, ...], rules: RunRules = RULES) -> str:
    return SurroundingsReader(rules).of(page).fingerprint


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("first.py", "x = 2\n"),
        ("data.csv", "2\n"),
        ("new.csv", "1\n"),
        ("conf.py", "doctest_global_setup = 'x = 2'"),
        ("conftest.py", "def f(doctest_namespace):\n    doctest_namespace['b'] = 1\n"),
        ("other.md", "    from parcels.boxes import Box\n" * 4),
        ("pyproject.toml", "[project]\nname = 'parcels'\n"),
        ("names.md", "    class Box:\n"),
        ("boxs.csv", "a slip of a name that is read: only its name counts"),
    ],
)
def test_a_file_around_it(page: tuple[CourseSnippet, ...], name: str, text: str) -> None:
    assert page[0].page is not None
    before = fingerprint(page)
    assert fingerprint(page) == before
    Path(page[0].page).with_name(name).write_text(text)
    assert fingerprint(page) != before


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("notes.txt", "no neighbour, and no name that is read"),
        ("more.md", "    from parcels import Bag\n"),
        ("names.md", "    class Bag:\n"),
        ("conf.py", "doctest_global_setup = 'x = 1'  # a comment"),
        ("conftest.py", "def f(doctest_namespace):\n    doctest_namespace['other'] = 1\n"),
    ],
)
def test_what_no_block_of_it_needs_does_not_count(
    page: tuple[CourseSnippet, ...], name: str, text: str
) -> None:
    assert page[0].page is not None
    before = fingerprint(page)
    Path(page[0].page).with_name(name).write_text(text)
    assert fingerprint(page) == before


Change = Callable[[CourseSnippet], CourseSnippet]


@pytest.mark.parametrize(
    "change",
    [
        lambda course: replace(course, snippet=replace(course.snippet, code="c")),
        lambda course: replace(course, snippet=replace(course.snippet, stdin="1")),
        lambda course: replace(course, marks=Marks(continues=True)),
        lambda course: replace(course, marks=Marks(requires="3.13")),
        lambda course: replace(course, marks=Marks(file="a.py")),
        lambda course: replace(course, context=PageContext(before="It fails.")),
        lambda course: replace(course, named=frozenset("b")),
        lambda course: replace(course, is_output=True),
        lambda course: replace(course, above="x"),
        lambda course: replace(course, is_cell=True),
    ],
)
def test_what_its_text_says(page: tuple[CourseSnippet, ...], change: Change) -> None:
    assert fingerprint((page[0], change(page[1]))) != fingerprint(page)


def test_a_block_more_or_less_and_their_order(page: tuple[CourseSnippet, ...]) -> None:
    assert len({fingerprint(each) for each in (page, page[:1], page[::-1], (*page, *page))}) == 4


@pytest.mark.parametrize("language", ["javascript", "typescript"])
def test_a_name_whose_methods_many_pages_of_its_site_call(tmp_path: Path, language: str) -> None:
    """Where a script lacks such a name it is its reader's, and without those pages a mistake."""
    snippet = Snippet(code="shop.sell(1);", language=language)
    page = (CourseSnippet(snippet=snippet, page=str(tmp_path / "page.md")),)
    before = fingerprint(page)
    for number in range(5):
        (tmp_path / f"page{number}.md").write_text("    shop.open();\n")
    assert fingerprint(page) != before


def test_what_the_rules_and_the_configuration_say(page: tuple[CourseSnippet, ...]) -> None:
    other = tuple(replace(each, config=replace(each.config, session="page")) for each in page)
    found = {
        fingerprint(page),
        fingerprint(page, replace(RULES, session=SessionMode.PAGE)),
        fingerprint(page, replace(RULES, has_fragments=False)),
        fingerprint(other),
    }
    assert len(found) == 4
    elsewhere = tuple(replace(each, config=replace(each.config, source="y")) for each in page)
    assert fingerprint(elsewhere) == fingerprint(page), "how its file is called does not count"


def test_a_record_has_none() -> None:
    alone = CourseSnippet(snippet=Snippet(code="a", language="python"))
    assert fingerprint((alone,)) == ""
    assert fingerprint((replace(alone, page="a.md", named=frozenset("b")),), RunRules()) != ""
