"""A module that is nearly a known one is misspelt, and nothing is to be installed for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import block, result
from daytona_validate._core.details import failure_details
from daytona_validate._course_run.course_page import CoursePage, RunRules
from daytona_validate._course_run.settled import last_word
from daytona_validate._course_run.site import Site
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.marks import Marks
from daytona_validate._courses.site_imports import SiteImports
from daytona_validate._models import CodeValidationResult, MissingKind, Outcome
from for_each import for_each

NAMED = SiteImports(module="parcels", statements={}, is_named=True)
LACKING, FAILED = Outcome.MISSING_DEPENDENCY, Outcome.RUNTIME_ERROR


def judged(
    name: str, *, language: str = "python", site: SiteImports = NAMED, first: CourseSnippet
) -> CodeValidationResult:
    said = f"ModuleNotFoundError: No module named '{name}' (line 1)"
    said += f"; to install it: DAYTONA_PACKAGES__{language.upper()}={name}"
    failed = result(LACKING, name, kind=MissingKind.MODULE, language=language)
    page = CoursePage(
        [block(f"import {name}", language=language), first],
        RunRules(),
        site=Site(imports={language: site}),
    )
    return last_word(page, 0, replace(failed, details=failure_details(said)))


@for_each(
    ("name", "language", "outcome"),
    [
        ("collection", "python", FAILED),
        ("datetim", "python", FAILED),
        ("itertool.extra", "python", FAILED),
        ("tokenizers", "python", LACKING),
        ("bcrypt", "python", LACKING),
        ("asgiref", "python", LACKING),
        ("_tkinter", "python", LACKING),
        ("ujson", "python", LACKING),
        ("typer", "python", LACKING),
        ("parcls", "python", FAILED),
        ("parcls", "javascript", FAILED),
        ("collection", "javascript", LACKING),
        ("parcels", "python", LACKING),
        ("shpo", "python", FAILED),
        ("shop", "python", LACKING),
    ],
)
def test_a_module_that_is_nearly_another(name: str, language: str, outcome: Outcome) -> None:
    first = replace(block("x", language=language), marks=Marks(file="lib/shop.py"))
    found = judged(name, language=language, first=first)
    assert found.outcome is outcome
    assert ("to install it" in found.details) is (outcome is LACKING)


@pytest.mark.parametrize("is_named", [True, False])
def test_the_package_that_a_site_documents_is_no_slip(*, is_named: bool) -> None:
    site = replace(NAMED, module="randomly", is_named=is_named)
    assert judged("randomly", site=site, first=block("x")).outcome is LACKING
    assert judged("randomli", site=site, first=block("x")).outcome is FAILED


def test_only_the_package_of_a_project_counts_and_only_on_pages() -> None:
    first = block("x")
    assert judged("parcls", site=replace(NAMED, is_named=False), first=first).outcome is LACKING
    failed = result(LACKING, "datetim", kind=MissingKind.FILE)
    assert last_word(CoursePage([first], RunRules()), 0, failed).outcome is LACKING
    alone = replace(first, snippet=replace(first.snippet, is_block=False))
    failed = result(LACKING, "datetim", kind=MissingKind.MODULE)
    assert last_word(CoursePage([alone], RunRules()), 0, failed).outcome is LACKING
    assert last_word(CoursePage([first], RunRules()), 0, failed).outcome is FAILED
