"""What a course's configuration puts before and beside each block of a page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from blocks_of_pages import block, finished
from daytona_validate import Validator
from daytona_validate._core.course_config import CourseConfig
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
    ("setup", "said"),
    [
        ({"javascript": "missing.sql"}, "missing.sql cannot be read: No such file or directory"),
        ({"javascript": "link.sql"}, "link.sql cannot be read: the link leads out of the folder"),
        ({"javascript": "latin.sql"}, "latin.sql cannot be read: it is not UTF-8"),
        ({"javascript": "."}, ". cannot be read: the link leads out of the folder"),
        ({"java": "a.java"}, "nothing can run before Java code"),
    ],
)
def test_a_set_up_that_cannot_be_had_is_told_before_anything_runs(
    tmp_path: Path, setup: dict[str, str], said: str
) -> None:
    folder = tmp_path / "course"
    folder.mkdir()
    (tmp_path / "secret.sql").write_text("secret")
    (folder / "link.sql").symlink_to(tmp_path / "secret.sql")
    (folder / "latin.sql").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError) as raised:
        SetUps(allows_files=False).of(config(folder, **setup), "a.md")
    assert str(raised.value) == f"setup in course.toml: {said}"


async def test_set_up_is_read_for_pages_alone(tmp_path: Path) -> None:
    (tmp_path / "first.js").write_text("let x = 1")
    fake = FakeProvider()

    async def ignore(_course: CourseSnippet, _result: CodeValidationResult) -> None: ...

    page = block("x", language="javascript")
    page = replace(page, config=config(tmp_path, javascript="first.js"))
    record = replace(page, page=None, config=config(tmp_path, javascript="missing.js"))
    async with Validator(provider=fake) as validator:
        await run_course([record, page], validator=validator, on_result=ignore)
    assert [each.earlier for each in fake.snippets] == [(), ("let x = 1",)]
