"""A package that a library was to load is missing if the block names it, and only on pages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import block, result
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.loaded_packages import as_lacking_package
from daytona_validate._models import MissingKind, Outcome

CODE = "log({ target: 'rye-pretty' })"


def outcome(
    code: str = CODE,
    name: str = "rye-pretty",
    *,
    kind: MissingKind = MissingKind.MODULE,
    language: str = "javascript",
    page: str | None = "page.md",
    was: Outcome = Outcome.RUNTIME_ERROR,
) -> Outcome:
    course = block(code, language=language, page=page)
    failed = result(was, name, kind=kind, language=language)
    return as_lacking_package(CoursePage([course], RunRules()), 0, failed).outcome


@pytest.mark.parametrize("name", ["rye-pretty", "@rye/pretty", "rye/file"])
def test_a_package_that_is_to_be_loaded(name: str) -> None:
    assert outcome(CODE.replace("rye-pretty", name), name) is Outcome.MISSING_DEPENDENCY
    assert outcome(CODE, "rye-prety") is Outcome.RUNTIME_ERROR


def test_what_the_page_has_to_answer_for_stays() -> None:
    stays = Outcome.RUNTIME_ERROR
    assert outcome("log('./rye.js')", "./rye.js") is stays
    assert outcome(kind=MissingKind.NAME) is stays
    assert outcome(language="python") is stays
    assert outcome(page=None) is stays
    assert outcome(was=Outcome.COMPILE_ERROR) is Outcome.COMPILE_ERROR


def test_the_advice_names_the_package() -> None:
    page = CoursePage([block(CODE, language="javascript")], RunRules())
    failed = result(Outcome.RUNTIME_ERROR, "rye-pretty", kind=MissingKind.MODULE)
    failed = replace(failed, language="javascript", details="Code execution failed: Error: no")
    found = as_lacking_package(page, 0, failed)
    assert found.details.endswith("; to install it: DAYTONA_PACKAGES__JAVASCRIPT=rye-pretty")
