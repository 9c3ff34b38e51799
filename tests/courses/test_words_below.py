"""What a block may owe to those below it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate import Snippet
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.words_below import words_below
from growth import assert_linear


def below(*codes: str, language: str = "python") -> str:
    """Return the hash of what is below the first of some blocks."""
    return words_below([block(code, language) for code in codes])[0]


def block(code: str, language: str = "python") -> CourseSnippet:
    return CourseSnippet(snippet=Snippet(code=code, language=language), page="a.md")


@pytest.mark.parametrize(
    ("then", "now", "is_same"),
    [
        ("box = 1", "box = 2", True),
        ("box = 1", "other = 1", False),
        ("box = 1", "print(box)", False),
        ("def box(): pass", "class box: pass", True),
        ("x", "y", True),
        ("x", "boxs = 1", False),
        ("x", "'box'", False),
        ("x", "# box", False),
    ],
)
def test_a_word_that_it_has_or_nearly_has(then: str, now: str, *, is_same: bool) -> None:
    assert (below("use(box)", then) == below("use(box)", now)) is is_same


def test_how_often_and_where_below_does_not_count() -> None:
    assert below("box", "box = 1") == below("box", "z", "box = 1", "box = 1")


def test_another_language_does_not_count() -> None:
    other = [block("box"), block("box = 1", "javascript"), block("box", "py")]
    assert words_below(other)[0] == below("box", "box")


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4), st.sampled_from(["python", "?"]))
def test_any_code_has_its_words(codes: list[str], language: str) -> None:
    assert len(words_below([block(code, language) for code in codes])) == len(codes)


@pytest.mark.parametrize("text", ["a ", "def ", "a(", "= ", "a\n", "\t", "abcdefg", "a = "])
def test_hostile_text_costs_what_it_is_long(text: str) -> None:
    assert_linear(lambda code: words_below([block(code)] * 2), text)
