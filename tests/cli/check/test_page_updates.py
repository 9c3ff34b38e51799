"""`check --update-outputs` writes pages, and through no link."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from daytona_validate.testing import FakeProvider, ran

Invoke = Callable[..., Result]

PAGE = "```python\nprint(1)  # 2\n```\n"
FAKE = {"print(1)  # 2\n": ran("1\n")}
OPTIONS = ("--outputs", "comments", "--update-outputs")


def test_a_page_shows_what_was_printed(invoke: Invoke, in_folder: Path) -> None:
    page = in_folder / "lesson.md"
    page.write_text(PAGE)
    page.chmod(0o640)
    result = invoke("check", "lesson.md", *OPTIONS, provider=FakeProvider(FAKE))
    assert (result.exit_code, page.read_text()) == (1, PAGE.replace("2", "1"))
    assert page.stat().st_mode & 0o777 == 0o640
    assert "updated 1 output that pages show" in result.stderr
    assert [each.name for each in in_folder.iterdir()] == ["lesson.md"]


def test_without_the_option_nothing_is_written(invoke: Invoke, in_folder: Path) -> None:
    page = in_folder / "lesson.md"
    page.write_text(PAGE)
    assert invoke("check", ".", *OPTIONS[:2], provider=FakeProvider(FAKE)).exit_code == 1
    assert page.read_text() == PAGE


def test_nothing_is_written_through_a_link(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / "course").mkdir()
    page = in_folder / "lesson.txt"
    page.write_text(PAGE)
    link = in_folder / "course" / "lesson.md"
    link.symlink_to(page)
    result = invoke("check", str(link), *OPTIONS, provider=FakeProvider(FAKE))
    assert (page.read_text(), link.is_symlink()) == (PAGE, True)
    assert "is not updated: it is no plain file" in result.stderr
    assert "updated 0 outputs" in result.stderr
