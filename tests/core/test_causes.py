"""Results that did not pass are grouped by cause, and each cause says what answers it."""

from __future__ import annotations

from typing import Any

import pytest

from daytona_validate._core.cause_kinds import CAUSE_KINDS
from daytona_validate._core.causes import CauseTally, cause_keys
from daytona_validate._core.outcomes import OUTCOME_TABLE
from daytona_validate._core.page_names import words_of
from daytona_validate._core.reported import Reported
from daytona_validate._models import Missing, MissingKind, Outcome
from for_each import for_each
from growth import assert_linear
from made_results import made_reported

FAILED = "Code execution failed: "


def causes(*rows: Reported, **options: int) -> list[tuple[int, str, str]]:
    tally = CauseTally(**options)
    for row in rows:
        tally.add(row)
    return [(each.count, each.kind, each.title) for each in tally.causes()]


def lacking(kind: MissingKind, name: str, **values: Any) -> Reported:
    values = {"outcome": Outcome.RUNTIME_ERROR, "is_block": True, **values}
    return made_reported(missing=Missing(kind, name), **values)


def test_the_most_frequent_is_first_and_what_fails_no_run_last() -> None:
    rows = [
        made_reported(details="Code not runnable: this looks like MySQL", outcome="not_runnable"),
        made_reported(details="Code not runnable: this looks like MySQL", outcome="not_runnable"),
        made_reported(details="Code not runnable: a grammar", outcome="not_runnable"),
        made_reported(details=f"{FAILED}TS2339: Property 'x' (line 3)"),
        lacking(MissingKind.NAME, "df"),
        lacking(MissingKind.NAME, "df"),
        lacking(MissingKind.TABLE, "users"),
        made_reported(outcome="passed"),
        made_reported(outcome="skipped"),
    ]
    assert causes(*rows) == [
        (3, "never_defined", "a name that no earlier block has (df, users)"),
        (1, "runtime_error", "errors as it ran (TS2339)"),
        (2, "not_runnable", "no program: this looks like MySQL"),
        (1, "not_runnable", "no program: a grammar"),
    ]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (lacking(MissingKind.TYPE, "Unit", outcome=Outcome.COMPILE_ERROR), "never_defined"),
        (lacking(MissingKind.NAME, "df", is_block=False), "runtime_error"),
        (lacking(MissingKind.MODULE, "numpy", outcome=Outcome.MISSING_DEPENDENCY), "package"),
        (lacking(MissingKind.MODULE, "numpy"), "runtime_error"),
        (lacking(MissingKind.BROWSER, "document", outcome=Outcome.MISSING_DEPENDENCY), "browser"),
        (lacking(MissingKind.SERVER, "localhost:8000"), "absent_server"),
        (lacking(MissingKind.FILE, "data.csv"), "file"),
        (made_reported(outcome="missing_dependency"), "environment"),
        (made_reported(outcome="timeout", code="app.listen(3000)\n"), "server"),
        (made_reported(outcome="timeout", code="while True: pass\n"), "timeout"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_result_belongs_to_one_kind(row: Reported, kind: str) -> None:
    ((count, found, _),) = causes(row)
    assert (count, found) == (1, kind)


@for_each("outcome", Outcome)
def test_every_outcome_that_is_not_a_pass_has_a_cause(outcome: Outcome) -> None:
    rows = [each for each in OUTCOME_TABLE if each.outcome is outcome]
    found = causes(made_reported(outcome=outcome))
    is_silent = outcome in (Outcome.PASSED, Outcome.SKIPPED, Outcome.CANCELLED)
    assert len(found) == (0 if is_silent else 1)
    tally = CauseTally()
    tally.add(made_reported(outcome=outcome))
    assert all(each.fails == bool(rows[0].exit_code) for each in tally.causes())


def page(*blocks: tuple[str, str, str]) -> list[Reported]:
    """Return rows of a page, last first, as the last may end first: outcome, code, missing."""
    rows = [
        made_reported(
            index=n,
            line=n + 1,
            outcome=outcome,
            code=code,
            missing=Missing(_KINDS[outcome], name) if name else None,
            is_block=True,
        )
        for n, (outcome, code, name) in enumerate(blocks)
    ]
    return rows[::-1]


_KINDS = {"missing_dependency": MissingKind.MODULE, "runtime_error": MissingKind.NAME}


@pytest.mark.parametrize(
    ("blocks", "kind"),
    [
        ([("passed", "df = 1", "")], "earlier_block"),
        ([("passed", "df2 = 1", "")], "never_defined"),
        ([("runtime_error", "df = 1 / 0", "")], "failed_block"),
        ([("runtime_error", "print(df)", "df")], "never_defined"),
        ([("runtime_error", "df = other", "other")], "failed_block"),
        ([("missing_dependency", "import pandas\ndf = 1", "pandas")], "package_block"),
        (
            [
                ("missing_dependency", "import pandas as pd", "pandas"),
                ("runtime_error", "df = pd.read()", "pd"),
            ],
            "package_block",
        ),
    ],
)
def test_what_answers_a_missing_name_depends_on_where_on_its_page_it_is(
    blocks: list[tuple[str, str, str]], kind: str
) -> None:
    rows = page(*blocks, ("runtime_error", "print(df)", "df"))
    tally = CauseTally()
    for row in rows:
        tally.add(row)
    last = f"lesson.md:{len(rows)}"
    (found,) = [each for each in tally.causes() if last in [place.place for place in each.places]]
    assert found.kind == kind
    assert cause_keys(rows)[len(rows) - 1] == found.key
    assert tally.causes() == tally.causes()


def test_a_name_of_another_page_language_or_later_block_is_none_of_a_page() -> None:
    lacks = made_reported(
        index=1, code="print(df)", missing=Missing(MissingKind.NAME, "df"), is_block=True
    )
    for other in ({"path": "b.md"}, {"language": "sql"}, {"index": 2}, {"is_block": False}):
        fields: dict[str, Any] = {"index": 0, "outcome": "passed", "code": "df", "is_block": True}
        row = made_reported(**{**fields, **other})
        assert cause_keys([row, lacks]) == {1: ("never_defined", "")}
    nameless = made_reported(index=1, missing=Missing(MissingKind.NAME, ""), is_block=True)
    assert cause_keys([nameless]) == {1: ("never_defined", "")}
    pathless = made_reported(index=1, path=None, is_block=True)
    assert cause_keys([pathless]) == {1: ("runtime_error", "")}


def test_looking_for_words_is_linear_and_bounded() -> None:
    assert_linear(words_of, "ab ")
    assert_linear(words_of, "a")
    assert len(words_of(" ".join(str(n) for n in range(5000)))) == 500


def test_whatever_fails_a_run_has_an_answer() -> None:
    without = {each.kind for each in CAUSE_KINDS if not each.answer}
    assert without == {"not_runnable"}


def test_places_are_the_first_of_the_source_whatever_ended_first() -> None:
    tally = CauseTally()
    for index in (4, 0, 3, 1, 2):
        tally.add(made_reported(index=index, line=index + 1, details=f"{FAILED}KeyError: {index}"))
    (cause,) = tally.causes()
    assert [each.place for each in cause.places] == ["lesson.md:1", "lesson.md:2", "lesson.md:3"]
    assert cause.to_dict() == {
        "kind": "runtime_error",
        "title": "errors as it ran (KeyError)",
        "answer": "mend it, or the mark `should-fail` or `skip`",
        "count": 5,
        "fails": True,
        "places": ["lesson.md:1", "lesson.md:2", "lesson.md:3"],
    }
    assert cause.line().startswith("5 \N{MULTIPLICATION SIGN} errors as it ran (KeyError): mend it")


def test_names_are_few_and_the_most_frequent_first() -> None:
    names = ["pandas", "numpy", "numpy", "torch", "scipy", "attrs"]
    rows = [lacking(MissingKind.MODULE, name, outcome=Outcome.MISSING_DEPENDENCY) for name in names]
    assert causes(*rows) == [(6, "package", "needs numpy, attrs, pandas, scipy, …")]


def test_what_would_install_packages_is_said_as_it_is_typed() -> None:
    rows = [
        lacking(MissingKind.MODULE, name, outcome=Outcome.MISSING_DEPENDENCY, language=language)
        for language, name in (("python", "yaml"), ("python", "attr"), ("javascript", "@a/b"))
    ]
    tally = CauseTally()
    for row in rows:
        tally.add(row)
    (cause,) = tally.causes()
    assert cause.answer.startswith(
        "`--packages javascript=@a/b --packages python=PyYAML,attrs`, or "
    )
    refused = lacking(MissingKind.MODULE, "../x", outcome=Outcome.MISSING_DEPENDENCY)
    other = CauseTally()
    other.add(refused)
    assert other.causes()[0].answer.startswith("`--packages LANGUAGE=NAMES`, or ")


def test_an_error_without_a_name_leaves_no_empty_brackets() -> None:
    for details in ("", f"{FAILED}x", f"{FAILED}: : :"):
        assert causes(made_reported(details=details)) == [(1, "runtime_error", "errors as it ran")]
    unnamed = made_reported(outcome="not_runnable", details="Code not runnable: ")
    assert causes(unnamed) == [(1, "not_runnable", "no program: something")]


def test_a_course_that_makes_up_reasons_and_names_is_bounded() -> None:
    reasons = [
        made_reported(outcome="not_runnable", details=f"Code not runnable: reason {n}")
        for n in range(80)
    ]
    names = [lacking(MissingKind.NAME, f"name_{n}") for n in range(2000)]
    found = causes(*reasons, *names)
    assert len(found) <= 52
    assert (30, "not_runnable", "no program: other reasons") in found
    title = "a name that no earlier block has (name_0, name_1, name_10, name_100, …)"
    assert found[0] == (2000, "never_defined", title)


def test_an_evil_name_is_harmless() -> None:
    evil = "\x1b]0;x\x07\u202e" + "n" * 10_000
    ((_, _, title),) = causes(lacking(MissingKind.NAME, evil))
    assert title.isprintable()
    assert len(title) < 200


def test_where_it_failed_is_told_in_lines_of_the_page() -> None:
    details = f"{FAILED}KeyError: 1 (line 3); more (line 3)"
    row = made_reported(details=details, line=10, code_line=11, error_line=3)
    assert (row.error_line, row.place) == (13, "lesson.md:13")
    assert row.cause == "KeyError: 1; more (line 3)"
    for unknown in (
        made_reported(details=details, line=10, code_line=None, error_line=3),
        made_reported(details=details, line=10, code_line=11, error_line=None),
        made_reported(details=details, line=10, code_line=11, error_line=3, included="a.py"),
    ):
        assert (unknown.error_line, unknown.place) == (None, "lesson.md:10")
        assert unknown.cause == "KeyError: 1 (line 3); more (line 3)"


def test_a_snippet_without_a_file_is_called_by_its_id_or_number() -> None:
    assert made_reported(path=None, index=7).place == "snippet 7"
    assert made_reported(path=None, snippet_id="loops").place == "loops"
    assert made_reported(path=None, code_line=2, error_line=2).place == "snippet 0"
