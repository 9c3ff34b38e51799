"""Scripts of SQL that start programs run alone, and nothing runs after them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from blocks_of_pages import block, finished, result
from daytona_validate import Validator
from daytona_validate._course_run.course_page import RunRules, SessionMode
from daytona_validate._models import CodeValidationResult, MissingKind, Outcome, Snippet
from daytona_validate._providers.local import LocalProvider
from plain_settings import plain_settings

STARTS = "CREATE TABLE a (b int);\n\\! ls"


@pytest.mark.parametrize("mode", list(SessionMode))
def test_it_runs_alone_and_before_no_other(mode: SessionMode) -> None:
    ran: list[Snippet] = []
    lacks = result(Outcome.RUNTIME_ERROR, "a", kind=MissingKind.TABLE, language="sql")

    def judge(snippet: Snippet) -> CodeValidationResult:
        ran.append(snippet)
        return result(language="sql") if "CREATE" in snippet.code else lacks

    codes = ("CREATE TABLE c ()", STARTS, "SELECT a FROM c")
    page = [block(code, language="sql") for code in codes]
    cells = [replace(each, is_cell=True) for each in page]
    for each in (page, cells):
        finished(each, judge, rules=RunRules(session=mode))
    assert STARTS not in {code for each in ran for code in each.earlier}
    assert {each.earlier for each in ran if each.code == STARTS} == {()}


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_script_in_a_session_finds_its_files(jail_cache_dir: Path) -> None:
    code = "SELECT 1;\n\\ir part.sql\n\\include_relative part.sql\nSELECT '\\ir';"
    snippet = Snippet(
        code=code, language="sql", earlier=("\\ir part.sql",), files={"part.sql": "SELECT 'in';"}
    )
    provider = LocalProvider(plain_settings(cache_dir=jail_cache_dir))
    async with Validator(provider=provider, concurrency=1) as validator:
        found = await validator.validate(snippet)
        assert (found.outcome, found.output.count(" in")) == (Outcome.PASSED, 2), found.error
        assert [each.has_passed for each in found.earlier] == [True]
        wrong = await validator.validate(replace(snippet, code="SELECT 1;\n\\ir none.sql"))
        assert (wrong.outcome, wrong.error_line) == (Outcome.RUNTIME_ERROR, 2)
