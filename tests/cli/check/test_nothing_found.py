"""What `check` says where there is nothing to run: of what, and what it reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Invoke = Callable[..., Result]


@pytest.fixture
def course(in_folder: Path) -> Path:
    """Return a folder with a page, which is the working folder."""
    (in_folder / "empty").mkdir()
    (in_folder / "lesson.md").write_text("# Prose\n")
    return in_folder


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (["empty"], "nothing to run in empty: no file that ends in .md, "),
        (["lesson.md"], "a block names its language, as ```python does"),
        (["lesson.md", "empty"], "nothing to run in lesson.md and 1 more: "),
        (["-"], "nothing to run in stdin: "),
    ],
    ids=["folder", "page", "both", "stdin"],
)
def test_where_there_is_no_code_it_says_what_is_read(
    invoke: Invoke, course: Path, paths: list[str], told: str
) -> None:
    result = invoke("check", *paths)
    assert result.exit_code == 5
    assert told in result.stderr


def test_where_a_language_was_asked_for_it_is_named(invoke: Invoke, course: Path) -> None:
    (course / "lesson.md").write_text("```python\nprint(1)\n```\n")
    result = invoke("check", "lesson.md", "--language", "go", "--language", "js")
    assert result.exit_code == 5
    assert "nothing to run in lesson.md: no code in go or javascript\n" in result.stderr


def test_where_the_reason_is_told_it_adds_nothing(invoke: Invoke, course: Path) -> None:
    (course / "lesson.md").write_text("```cobol\nSTOP RUN.\n```\n")
    result = invoke("check", "lesson.md")
    assert result.exit_code == 5
    assert "not read: 1 block" in result.stdout
    assert "nothing to run" not in result.stderr
