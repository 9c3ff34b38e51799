"""What a course's configuration puts before and beside each block of a page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from blocks_of_pages import block, finished
from daytona_validate import Validator
from daytona_validate._core.course_config import CourseConfig
from daytona_validate._course_run.course_page import RunRules
from daytona_validate._course_run.run_course import run_course
from daytona_validate._course_run.set_up import SetUp, SetUps
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._errors import ConfigurationError
from daytona_validate._models import CodeValidationResult, Fault, Outcome
from daytona_validate.testing import FakeProvider

NAMES = SetUp(codes={"python": "make table"})


def test_set_up_runs_before_each_block_and_is_told_by_none() -> None:
    blocks = [block("use table\nmake x"), block("use x"), block("use y"), block("use table")]
    blocks[3] = replace(blocks[3], page=None)
    results, ran = finished(blocks, set_up=NAMES)
    assert [results[n].outcome for n in range(4)] == [
        *(Outcome.PASSED, Outcome.PASSED, Outcome.RUNTIME_ERROR, Outcome.RUNTIME_ERROR)
    ]
    assert [each.earlier for each in ran if each.code == "use x"] == [
        ("make table",),
        ("make table", "use table\nmake x"),
    ]
    assert results[0].completed is None
    assert results[1].completed == "the block before it"
    assert len(results[1].earlier) == 1


def test_set_up_runs_before_the_cells_of_a_session() -> None:
    cells = [replace(block(code), is_cell=True) for code in ("use table", "make x", "use x")]
    results, ran = finished(cells, set_up=NAMES)
    assert {each.outcome for each in results.values()} == {Outcome.PASSED}
    assert len(ran) == 1


def test_a_set_up_that_fails_is_no_blocks_fault() -> None:
    blocks = [block("use table"), block("make x")]
    results, _ = finished(blocks, set_up=SetUp(codes={"python": "fail"}))
    assert (results[0].outcome, results[0].fault) == (Outcome.UNAVAILABLE, Fault.ENVIRONMENT)
    assert results[0].details == (
        "Code validation unavailable - the set-up of its page failed: ValueError: no"
    )
    assert results[1].outcome is Outcome.PASSED


def test_files_lie_beside_each_block_but_for_those_whose_place_is_taken() -> None:
    files = SetUp(files={"a.csv": b"1", "main.py": b"", "b.csv": b"2"})
    own = block("make x")
    own = replace(own, snippet=replace(own.snippet, files={"a.csv": "mine"}))
    _, ran = finished([own, block("x", language="cobol")], set_up=files)
    assert ran[0].files == {"a.csv": "mine", "b.csv": b"2"}
    assert ran[1].files == {}


def config(folder: Path, **setup: str) -> CourseConfig:
    return CourseConfig(folder=str(folder), source="course.toml", setup=setup)


@pytest.mark.parametrize(
    ("language", "path", "said"),
    [
        ("sql", "missing.sql", "missing.sql cannot be read: No such file or directory"),
        ("sql", "latin.sql", "latin.sql cannot be read: it is not UTF-8"),
        ("java", "a.java", "nothing can run before Java code"),
        ("python", ".env", ".env is no Python file by its suffix (.py)"),
        ("sql", ".", ". is no SQL (PostgreSQL) file by its suffix (.sql, .psql, .pgsql)"),
        ("sql", ".hidden.sql", ".hidden.sql is hidden, or made by tools"),
        ("sql", ".hidden/a.sql", ".hidden/a.sql is hidden, or made by tools"),
        ("sql", "link.sql", "link.sql is a link, or leads through one"),
        ("sql", "inner/a.sql", "inner/a.sql is a link, or leads through one"),
        ("sql", "secrets.sql", "secrets.sql is ignored by git"),
        ("sql", "private/a.sql", "private/a.sql is ignored by git"),
    ],
)
def test_a_set_up_that_cannot_be_had_is_told_before_anything_runs(
    tmp_path: Path, language: str, path: str, said: str
) -> None:
    folder = tmp_path / "course"
    for each in (".git", ".hidden", "private", "plain"):
        (folder / each).mkdir(parents=True)
    for each in ("secrets.sql", ".hidden.sql", ".hidden/a.sql", "private/a.sql", "plain/a.sql"):
        (folder / each).write_text("select 'secret'")
    (folder / ".env").write_text("KEY = 'secret'")
    (folder / ".gitignore").write_text("secrets.sql\nprivate/\n")
    (folder / "link.sql").symlink_to(folder / "plain" / "a.sql")
    (folder / "inner").symlink_to("plain")
    (folder / "latin.sql").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError) as raised:
        SetUps(allows_files=True).of(config(folder, **{language: path}), "a.md")
    assert str(raised.value) == f"setup in course.toml: {said}"


def test_a_set_up_is_not_handed_over_unless_that_is_allowed(tmp_path: Path) -> None:
    """The blocks are not judged without it either: each would be blamed."""
    (tmp_path / "unit").mkdir()
    (tmp_path / "unit" / "first.js").write_text("let x = 1")
    of = config(tmp_path, javascript="unit/first.js")
    with pytest.raises(ConfigurationError, match=r"unit/first.js .* --allow-files sends it"):
        SetUps(allows_files=False).of(of, "a.md")
    assert SetUps(allows_files=True).of(of, "a.md") == SetUp(codes={"javascript": "let x = 1"})


async def test_set_up_is_read_for_pages_alone(tmp_path: Path) -> None:
    (tmp_path / "first.js").write_text("let x = 1")
    fake = FakeProvider()

    async def ignore(_course: CourseSnippet, _result: CodeValidationResult) -> None: ...

    page = block("x", language="javascript")
    page = replace(page, config=config(tmp_path, javascript="first.js"))
    record = replace(page, page=None, config=config(tmp_path, javascript="missing.js"))
    rules = RunRules(allows_files=True)
    async with Validator(provider=fake) as validator:
        await run_course([record, page], validator=validator, on_result=ignore, rules=rules)
    assert [each.earlier for each in fake.snippets] == [(), ("let x = 1",)]
