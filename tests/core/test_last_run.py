"""The record of a run: what of a course has to run again."""

from __future__ import annotations

import json

import pytest

from daytona_validate._core.last_run import (
    MOST_CONTENTS,
    SCHEMA_VERSION,
    LastRun,
    last_run_of,
    last_run_text,
    with_page,
)


def run(failed: str, passed: str) -> LastRun:
    return LastRun(failed=frozenset(failed), passed=frozenset(passed))


@pytest.mark.parametrize(
    ("last", "wanted"),
    [
        (run("f", "p"), "fn"),
        (run("", "fp"), "fnp"),
        (run("g", "fp"), "n"),
        (LastRun(failed=frozenset("g"), passed=frozenset({"f", "n@page", "p@other"})), "p"),
    ],
    ids=["what failed and what is new", "nothing failed: all", "what failed is gone", "by pages"],
)
def test_what_passed_is_left_out(last: LastRun, wanted: str) -> None:
    assert [each for each in "fnp" if last.has_to_run(each, "page")] == list(wanted)


@pytest.mark.parametrize(
    ("now", "has_all_failed", "after"),
    [
        (run("", "a"), True, run("", "acd")),
        (run("", "a"), False, run("b", "acd")),
        (run("a", ""), True, run("a", "cd")),
        (run("c", "a"), False, run("bc", "ad")),
    ],
    ids=["b is gone", "b was not to run", "a fails again", "c fails now"],
)
def test_a_run_of_a_part_is_added(now: LastRun, has_all_failed: bool, after: LastRun) -> None:
    assert run("ab", "cd").followed_by(now, has_all_failed=has_all_failed) == after


def test_what_passed_with_its_page_has_not_failed_and_what_failed_has_not_passed() -> None:
    now = LastRun(failed=frozenset("c"), passed=frozenset({with_page("a", "page")}))
    last = LastRun(failed=frozenset("ab"), passed=frozenset({with_page("c", "page"), "d"}))
    assert last.followed_by(now, has_all_failed=False) == LastRun(
        failed=frozenset("bc"), passed=frozenset({with_page("a", "page"), "d"})
    )


def test_a_record_is_read_as_it_was_written() -> None:
    text = last_run_text(run("ab", "c"))
    assert text is not None
    assert last_run_of(text) == run("ab", "c")


def test_a_run_that_is_too_large_is_not_kept() -> None:
    many = frozenset(str(number) for number in range(MOST_CONTENTS + 1))
    assert last_run_text(LastRun(passed=many)) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        "{}",
        json.dumps({"schema_version": SCHEMA_VERSION - 1, "failed": [], "passed": []}),
        json.dumps({"schema_version": SCHEMA_VERSION, "failed": [], "passed": 1}),
        json.dumps({"schema_version": SCHEMA_VERSION, "failed": [1], "passed": []}),
    ],
    ids=range(8),
)
def test_what_is_no_record_is_none(text: str) -> None:
    assert last_run_of(text) is None
