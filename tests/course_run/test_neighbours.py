"""Files that a course's configuration puts beside the blocks of its pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from blocks_of_pages import block
from daytona_validate import Validator
from daytona_validate._core.course_config import CourseConfig
from daytona_validate._course_run.course_page import RunRules
from daytona_validate._course_run.neighbours import (
    MOST_BYTES,
    MOST_FILES,
    neighbours,
    seen_from,
)
from daytona_validate._course_run.run_course import run_course
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._errors import ConfigurationError
from daytona_validate._models import CodeValidationResult
from daytona_validate.testing import FakeProvider


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    (folder / ".git").mkdir(parents=True)
    (folder / "unit" / "data").mkdir(parents=True)
    (tmp_path / "secret.csv").write_text("secret")
    for name in ("a.csv", ".env.csv", "ignored.csv", "unit/b.csv", "unit/data/c.csv", "x.txt"):
        (folder / name).write_text(name)
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "d.csv").write_text("hidden")
    (folder / ".gitignore").write_text("ignored.csv\n")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    (folder / "inner.csv").symlink_to(folder / ".env.csv")
    (folder / "out").symlink_to(tmp_path)
    return folder


def config(folder: Path, *files: str) -> CourseConfig:
    return CourseConfig(folder=str(folder), source="course.toml", files=files)


def test_no_hidden_file_no_link_and_nothing_that_git_ignores_is_among_them(course: Path) -> None:
    assert neighbours(config(course, "*")) == {
        name: name.encode() for name in ("a.csv", "unit/b.csv", "unit/data/c.csv", "x.txt")
    }
    assert sorted(neighbours(config(course, "unit/*.csv", "x.*"))) == ["unit/b.csv", "x.txt"]


def test_what_lies_below_a_page_is_found_from_there(course: Path) -> None:
    files = {"a.csv": b"", "unit/b.csv": b"", "unit/data/c.csv": b""}
    of = config(course, "*.csv")
    assert sorted(seen_from(str(course / "unit" / "page.md"), of, files)) == [
        *("a.csv", "b.csv", "data/c.csv")
    ]
    assert sorted(seen_from(str(course / "page.md"), of, files)) == sorted(files)


def test_they_are_few_and_small(course: Path) -> None:
    (course / "large.bin").write_bytes(b"x" * (MOST_BYTES + 1))
    with pytest.raises(ConfigurationError, match=r"large.bin cannot be read: the file is larger"):
        neighbours(config(course, "*.bin"))
    for number in range(MOST_FILES + 1):
        (course / f"{number}.dat").touch()
    with pytest.raises(
        ConfigurationError, match=f"files in course.toml are more than {MOST_FILES}"
    ):
        neighbours(config(course, "*.dat"))


@pytest.mark.parametrize("is_allowed", [True, False])
async def test_they_are_handed_over_where_that_is_allowed(course: Path, is_allowed: bool) -> None:
    fake, notes = FakeProvider(), list[str]()

    async def ignore(_course: CourseSnippet, _result: CodeValidationResult) -> None: ...

    page = replace(block("x", page=str(course / "a.md")), config=config(course, "a.csv"))
    async with Validator(provider=fake) as validator:
        await run_course(
            [page, page],
            validator=validator,
            on_result=ignore,
            on_note=notes.append,
            rules=RunRules(allows_files=is_allowed),
        )
    expected = {"a.csv": b"a.csv"} if is_allowed else {}
    assert [each.files for each in fake.snippets] == [expected, expected]
    assert ["--allow-files" in each for each in notes] == ([] if is_allowed else [True])


def test_this_host_may_have_them_anyway() -> None:
    assert RunRules().at(is_local=True).allows_files
    assert not RunRules().at(is_local=False).allows_files
    assert RunRules(allows_files=True).at(is_local=False).allows_files
