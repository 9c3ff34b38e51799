"""What the site of a page gives to its blocks, and which of their results then counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from blocks_of_pages import block, finished, names, result
from daytona_validate._core.details import failure_details
from daytona_validate._course_run.course_page import RunRules, SessionMode
from daytona_validate._course_run.site import NO_SITE, Site
from daytona_validate._courses.doctest_set_up import DoctestSetUp
from daytona_validate._courses.site_imports import SiteImports
from daytona_validate._models import (
    CodeValidationResult,
    EarlierRun,
    Missing,
    MissingKind,
    Outcome,
    Snippet,
)

PASSED, FAILED = Outcome.PASSED, Outcome.RUNTIME_ERROR
IMPORTS = SiteImports(module="parcels", statements={"Box": "make Box", "Lid": "make Lid"})
SITE = Site(imports={"python": IMPORTS})


def outcomes(codes: list[str], site: Site = SITE, **rules: object) -> list[Outcome]:
    results, _ = finished(
        [block(code) for code in codes],
        site=site,
        rules=RunRules(**rules),  # type: ignore[arg-type]  # as given
    )
    return [results[n].outcome for n in range(len(codes))]


def test_a_name_that_other_pages_import_is_given_and_told() -> None:
    results, ran = finished([block("use Box")], site=SITE)
    assert (results[0].outcome, results[0].earlier) == (PASSED, ())
    assert results[0].completed == "`make Box` of its site's other pages"
    assert [each.earlier for each in ran] == [(), ("make Box",)]


def test_the_package_itself_is_given_whatever_its_name() -> None:
    usual = replace(IMPORTS, statements={"click": "import click", "np": "import numpy as np"})

    def judge(snippet: Snippet) -> CodeValidationResult:
        earlier = (each.replace("import click", "make click") for each in snippet.earlier)
        return names(replace(snippet, earlier=tuple(earlier)))

    blocks = [block("use click"), block("use np")]
    results, ran = finished(blocks, judge, site=Site(imports={"python": usual}))
    assert [results[n].outcome for n in (0, 1)] == [PASSED, FAILED]
    assert len(ran) == 3


def test_each_name_that_lacks_is_given_and_earlier_blocks_still_run() -> None:
    codes = ["use Box\nmake x", "use Lid\nuse x\nuse Box"]
    results, ran = finished([block(code) for code in codes], site=SITE)
    assert results[1].outcome is PASSED
    assert ran[-1].earlier[0] == "make Box\nmake Lid"
    assert results[1].completed == "`make Lid` of its site's other pages, the block before it"


def test_what_blocks_before_were_given_is_given_before_them_again() -> None:
    codes = ["use Box\nmake x", "use x", "use x\nuse Lid"]
    results, ran = finished([block(code) for code in codes], site=SITE)
    assert [results[n].outcome for n in range(3)] == [PASSED] * 3
    assert ("make Box", codes[0]) in [each.earlier for each in ran]


def test_what_a_block_that_failed_was_given_is_not_given_again() -> None:
    codes = ["use Box\nfail", "make x", "use x"]
    _, ran = finished([block(code) for code in codes], site=SITE)
    assert ran[-1].earlier == ("make x",)


@pytest.mark.parametrize(
    ("code", "site"),
    [
        ("use Bax", SITE),
        ("use box", SITE),
        ("use Box\nuse Bax", SITE),
        ("use Box\nfail", SITE),
        ("use np", Site(imports={"python": replace(IMPORTS, statements={"np": "make np"})})),
        ("use Bag", Site(imports={"typescript": IMPORTS})),
        ("use len", Site(imports={"python": replace(IMPORTS, is_named=True)})),
        ("use Bag", Site(imports={"python": replace(IMPORTS, is_named=True)})),
        ("use Box", NO_SITE),
        ("use Bax", Site(doctests=DoctestSetUp(code="make Box"))),
        ("use Box", Site(doctests=DoctestSetUp(code="# Box\nfail"))),
    ],
)
def test_a_mistake_stays_one(code: str, site: Site) -> None:
    """A near name, another failure, a usual import, a name that the package has not."""
    assert outcomes([code], site) == [FAILED]


def test_a_later_mistake_is_told_with_its_line() -> None:
    results, _ = finished([block("use Box\nmake x\nfail")], site=SITE)
    assert (results[0].outcome, results[0].error_line) == (FAILED, 3)


def test_no_name_is_given_that_the_page_itself_makes() -> None:
    codes = ["Box = 1\nmake Box", "use Box"]
    results, ran = finished([block(code) for code in codes], site=SITE)
    assert results[1].completed == "the block before it"
    assert ran[-1].earlier == (codes[0],)


def test_a_name_that_no_page_imports_is_not_taken_for_one_of_the_package() -> None:
    named = replace(IMPORTS, is_named=True)  # the package may have any name at all
    results, ran = finished([block("use Bag")], site=Site(imports={"python": named}))
    assert (results[0].outcome, len(ran)) == (FAILED, 1)


def test_the_doctest_set_up_of_a_site_runs_before_what_needs_it() -> None:
    site = Site(doctests=DoctestSetUp(code="make Box", names={"rate": "make rate", "tmp": None}))
    results, ran = finished([block("make y"), block("use Box\nuse rate")], site=site)
    assert results[1].completed == "the doctest set-up of its site, rate of its site's conftest.py"
    assert [each.earlier for each in ran if each.earlier][-1] == ("make Box\nmake rate",)


def test_what_only_the_tests_of_a_site_can_make_is_no_mistake_of_the_block() -> None:
    site = Site(doctests=DoctestSetUp(names={"tmp": None}))
    assert outcomes(["use tmp", "use tmq"], site) == [Outcome.NOT_RUNNABLE, FAILED]
    assert outcomes(["use tmp"], site, has_fragments=False) == [FAILED]
    table = replace(result(FAILED, "tmp", kind=MissingKind.TABLE))
    results, _ = finished([block("x")], lambda _snippet: table, site=site)
    assert results[0].outcome is FAILED


def test_what_waits_for_its_reader_is_no_mistake_once_it_has_its_names() -> None:
    said = failure_details("EOFError: EOF when reading a line (line 2)")
    typed = replace(result(FAILED, line=2), details=said)

    def ask(snippet: Snippet) -> CodeValidationResult:
        return replace(typed, earlier=names(snippet).earlier) if snippet.earlier else names(snippet)

    results, _ = finished([block("use Box\ninput('how many? ')")], ask, site=SITE)
    assert results[0].outcome is Outcome.NOT_RUNNABLE


def test_no_site_gives_anything_where_blocks_run_alone() -> None:
    assert outcomes(["use Box"], session=SessionMode.NONE) == [FAILED]


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [(MissingKind.MODULE, Outcome.MISSING_DEPENDENCY), (MissingKind.NAME, FAILED)],
)
def test_a_package_that_is_not_installed_is_a_missing_dependency(
    kind: MissingKind, outcome: Outcome
) -> None:
    error = "ModuleNotFoundError: No module named 'parcels' (line 1)"
    lacking = EarlierRun(has_passed=False, details=error, missing=Missing(kind, "parcels.post"))

    def judge(snippet: Snippet) -> CodeValidationResult:
        found = names(replace(snippet, earlier=()))
        return replace(found, earlier=(lacking,)) if snippet.earlier else found

    results, _ = finished([block("use Box")], judge, site=SITE)
    assert results[0].outcome is outcome
    advice = "; to install it: DAYTONA_PACKAGES__PYTHON=parcels"
    assert results[0].details.endswith(f"{error}{advice}") == (outcome is not FAILED)


@pytest.mark.parametrize("outcome", [Outcome.UNAVAILABLE, Outcome.NOT_RUNNABLE])
def test_a_run_that_did_not_begin_is_no_failure_of_the_block(outcome: Outcome) -> None:
    def judge(snippet: Snippet) -> CodeValidationResult:
        return result(outcome) if snippet.earlier else names(snippet)

    results, _ = finished([block("use Box")], judge, site=SITE)
    assert results[0].outcome is (outcome if outcome is Outcome.UNAVAILABLE else FAILED)


def test_only_a_few_names_are_given_to_one_block() -> None:
    many = {f"n{number}": f"make n{number}" for number in range(20)}
    site = Site(imports={"python": replace(IMPORTS, statements=many)})
    code = "\n".join(f"use n{number}" for number in range(20))
    results, ran = finished([block(code)], site=site)
    assert (results[0].outcome, len(ran)) == (FAILED, 9)


def test_a_function_of_the_site_is_no_thing_of_the_blocks() -> None:
    said = failure_details("AttributeError: 'function' object has no attribute 'lid' (line 1)")

    def judge(snippet: Snippet) -> CodeValidationResult:
        ran = names(replace(snippet, code="use Box"))
        if ran.outcome is FAILED:
            return ran
        return replace(result(FAILED), details=said, earlier=ran.earlier)

    for code, is_given in (("Box.lid = 1", False), ("wrap(Box, a.Box.lid)", True)):
        results, _ = finished([block(code)], judge, site=SITE)
        assert (results[0].completed is not None) == is_given
        assert (results[0].missing is None) == is_given
