"""The tables of outcomes and of languages, as the rest of the package relies on them."""

from __future__ import annotations

import pytest

from daytona_validate._core.languages.language import Language
from daytona_validate._core.languages.python import NEVER_HAD
from daytona_validate._core.languages.table import LANGUAGES, find_language, nearest_name
from daytona_validate._core.outcomes import OUTCOME_TABLE, ROWS, outcome_row
from daytona_validate._models import Fault, Limit, Outcome
from for_each import for_each


def test_every_outcome_has_a_row() -> None:
    assert {each.outcome for each in OUTCOME_TABLE} == set(Outcome)
    assert len(ROWS) == len(OUTCOME_TABLE)


def test_every_limit_is_an_outcome_of_the_snippets_fault() -> None:
    assert all(outcome_row(Outcome(limit)).fault is Fault.SNIPPET for limit in Limit)


@for_each("each", OUTCOME_TABLE, ids=lambda each: f"{each.outcome}-{each.fault}")
def test_a_failure_of_ours_never_exits_like_one_of_the_code(each: object) -> None:
    found = next(r for r in OUTCOME_TABLE if r is each)
    assert (found.exit_code == 1) is (
        found.fault is Fault.SNIPPET or found.outcome is Outcome.MISSING_DEPENDENCY
    )
    assert (found.status == "Success") is (found.outcome is Outcome.PASSED)
    assert found.strict_exit_code in (found.exit_code, 1)


def test_unavailable_has_two_rows() -> None:
    assert outcome_row(Outcome.UNAVAILABLE).fault is Fault.INFRASTRUCTURE
    assert outcome_row(Outcome.UNAVAILABLE, Fault.ENVIRONMENT).exit_code == 3


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_languages_are_found_by_every_name_in_any_letter_case(language: Language) -> None:
    for name in (language.name, *language.aliases):
        assert find_language(f" {name.upper()} ") is language


def test_no_name_is_given_twice() -> None:
    names = [n for each in LANGUAGES.values() for n in (each.name, *each.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["", "pythons", "main.py", "text"])
def test_unknown_names_are_not_found(name: str) -> None:
    assert find_language(name) is None


def test_the_nearest_name_is_near_or_none() -> None:
    assert nearest_name("Pythn") == "python"
    assert nearest_name("fortran") is None


def test_modules_past_and_present_are_pythons_own() -> None:
    assert {"winreg", "urllib2", "telnetlib"} <= NEVER_HAD
    assert not {"numpy", "setuptools", "six", "tkinter", "idlelib", "test"} & NEVER_HAD
