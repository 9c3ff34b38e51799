"""What a block lacks because another block of its page is no program."""

from __future__ import annotations

import pytest

from block_results import block, result
from daytona_validate._core.fragments.page_gaps import needs_excused
from daytona_validate._models import Location, Missing, MissingKind, Outcome, Snippet


def found(maker: Snippet, name: str | None, language: str) -> str | None:
    missing = None if name is None else Missing(MissingKind.NAME, name)
    failed = result(Outcome.RUNTIME_ERROR, language=language, missing=missing)
    return needs_excused(block("a", language), failed, [block("other", language), maker])


@pytest.mark.parametrize(
    ("code", "name", "language"),
    [
        ("CREATE TABLE IF NOT EXISTS `users` (a INT)", "users", "sql"),
        ("create temporary table shop.users (", "shop.users", "sql"),
        ("create table [users] (", "users", "sql"),
        ("  async def work(", "work", "python"),
        ("total = <value>", "total", "python"),
        ("for each in ...", "each", "python"),
        ("const {a} = <B/>", "a", "javascript"),
        ("interface Point {", "Point", "typescript"),
    ],
)
def test_gaps(code: str, name: str, language: str) -> None:
    reason = f"it needs {name} of the block, which is not runnable"
    assert found(block(code, language), name, language) == reason


@pytest.mark.parametrize(
    ("code", "name", "language"),
    [
        ("SELECT * FROM users", "users", "sql"),
        ("CREATE TABLE userss (", "users", "sql"),
        ("work()", "work", "python"),
        ("if total == 1:", "total", "python"),
        ("const a = b", "b", "javascript"),
        ("const a = b", None, "javascript"),
        ("func f() {}", "f", "go"),
    ],
)
def test_mistakes(code: str, name: str | None, language: str) -> None:
    assert found(block(code, language), name, language) is None


def test_the_place_is_told() -> None:
    maker = Snippet(code="a = (", language="python", location=Location("page.md", 7))
    assert found(maker, "a", "python") == "it needs a of the block in line 7, which is not runnable"
    failed = result(
        Outcome.RUNTIME_ERROR, language="python", missing=Missing(MissingKind.NAME, "a")
    )
    assert needs_excused(Snippet(code="a", language="python"), failed, [maker]) is None
