"""The report for people."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from daytona_validate._core.causes import CauseTally
from daytona_validate._core.sandbox_account import SandboxAccount
from daytona_validate._core.summary import Tally
from daytona_validate._models import Missing, MissingKind
from daytona_validate._reports.formats import text_format
from daytona_validate._reports.text import PLAIN, TextStyle
from made_results import made_reported
from result_reports import ResultReport

TEXT = ResultReport("text")
TABLE = """
language    count  passed  failed  unavailable  other  per s  p50/p95/p99 ms
javascript      1       0       0            1      0    0.5           -/-/-
python          3       1       1            0      1    1.5     250/250/250
total           4       1       1            1      1    2.0     250/250/250

4 snippets in 2.0 s: 1 passed, 1 not_runnable, 1 runtime_error, 1 unavailable (-v lists all)
"""


IDLE = "def test_add():\n    assert 1 + 1 == 3\n"


def test_passes_with_tests_that_were_not_run_are_counted_and_listed_by_v(results: Any) -> None:
    made = [results.make(code=IDLE), results.make(), results.make(code=IDLE, line=40)]
    summary = results.summary(made)
    said = "3 snippets in 2.0 s: 3 passed; 2 passed with tests that were not run (see --tests)"
    verbose = TextStyle(is_verbose=True)

    assert TEXT.each(made[0]) == ""
    assert TEXT.end(made, summary).endswith(f"\n{said} (-v lists all)\n")
    assert ResultReport(text_format(verbose)).each(made[2]) == (
        "lesson.md:40: passed: Code executed successfully in 0.25 seconds; "
        "it defines tests and runs none\n"
    )
    assert ResultReport(text_format(verbose)).each(made[1]) == ""
    assert ResultReport(text_format(verbose)).end(made, summary).endswith(f"\n{said}\n")


def test_what_passed_is_not_mentioned(results: Any) -> None:
    assert TEXT.each(results.make(stdout="hi")) == ""


def test_a_failure_is_a_line_and_the_command_that_repeats_it(results: Any) -> None:
    assert TEXT.each(results.failed()) == (
        "lesson.md:12: runtime_error: KeyError: 1 (line 3)\n    daytona-validate run lesson.md:12\n"
    )


def test_what_was_unavailable_can_be_repeated_too(results: Any) -> None:
    assert TEXT.each(results.unavailable()) == (
        "lesson.md:40: unavailable: gone\n    daytona-validate run lesson.md:40\n"
    )


def test_a_fragment_is_a_line_only_when_asked_for(results: Any) -> None:
    """A real course has hundreds of them."""
    verbose = ResultReport(text_format(TextStyle(is_verbose=True)))
    assert TEXT.each(results.fragment()) == ""
    assert verbose.each(results.fragment()) == (
        "lesson.md:12: not_runnable: a notebook magic or shell line\n"
    )
    assert verbose.each(results.make()) == ""
    assert "-v" not in verbose.end([], results.summary([results.fragment()]))


def test_where_fragments_count_they_are_failures_like_others(results: Any) -> None:
    strict = ResultReport(text_format(TextStyle(is_strict=True)))
    assert strict.each(results.fragment()) == (
        "lesson.md:12: not_runnable: a notebook magic or shell line\n"
        "    daytona-validate run lesson.md:12\n"
    )
    assert "-v" not in strict.end([], results.summary([results.fragment()]))


def test_the_command_has_the_options_that_the_snippet_was_read_with(results: Any) -> None:
    style = TextStyle(repeat_options=("--code-field=a b",))
    command = (
        ResultReport(text_format(style))
        .each(results.failed(path="my course.jsonl"))
        .splitlines()[1]
    )
    assert command.split("run ")[1] == "'--code-field=a b' 'my course.jsonl:12'"


def test_the_command_for_stdin_says_so(results: Any) -> None:
    for path, options in (("-", ""), ("x.jsonl", "--stdin-filename=x.jsonl ")):
        report = ResultReport(text_format(TextStyle(stdin_path=path))).each(
            results.failed(path=path)
        )
        assert report.splitlines()[1] == f"    daytona-validate run {options}-- -:12"


def test_without_a_file_a_snippet_is_called_by_its_id_or_number(results: Any) -> None:
    assert TEXT.each(results.failed(path=None)).startswith("snippet 0: runtime_error: ")
    named = TEXT.each(results.failed(path=None, snippet_id="loops-3"))
    assert named == "loops-3: runtime_error: KeyError: 1 (line 3)\n"


def test_nothing_of_a_program_or_path_steers_the_terminal(results: Any, evil: str) -> None:
    text = TEXT.each(results.failed(f"KeyError: {evil}", path=f"{evil}\nx.md"))
    text.encode()
    lines = text.splitlines()
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)
    assert lines[1].startswith("    daytona-validate run $'\\x1b]0;owned\\x07\\u009b31m\\u202e")


def test_the_end_is_a_table_per_language_and_a_line(results: Any) -> None:
    found = [results.make(), results.failed(), results.unavailable(), results.fragment()]
    summary = results.summary(found)
    verbose = ResultReport(text_format(TextStyle(is_verbose=True)))
    assert verbose.end([], summary) == TABLE.replace(" (-v lists all)", "")
    *_, last = TABLE.splitlines()
    assert TEXT.end([], summary) == f"\n{last}\n"
    assert "p50/p95/p99" in TEXT.end([], results.summary(found * 13))


def test_one_language_needs_no_total(results: Any) -> None:
    text = TEXT.end([], results.summary([results.make()]))
    assert "total" not in text
    assert text.endswith("\n1 snippet in 2.0 s: 1 passed\n")


@pytest.mark.parametrize(
    ("created", "said"),
    [(1, "1 sandbox, 61.2 sandbox-seconds"), (25, "25 sandboxes, 61.2 sandbox-seconds")],
)
def test_what_the_sandboxes_came_to_is_a_line(results: Any, created: int, said: str) -> None:
    account = SandboxAccount(created=created, sandbox_seconds=61.24)
    summary = replace(results.summary([results.make()]), sandboxes=account)
    *_, line, last = TEXT.end([], summary).splitlines()
    assert (line, last) == (said, "1 snippet in 2.0 s: 1 passed")


def test_nothing_is_said_to_be_nothing(results: Any) -> None:
    assert TEXT.end([], results.summary([])) == "0 snippets in 2.0 s: nothing ran\n"


ROW: dict[str, Any] = {"code": "a = 1\nprint(b)\n", "code_line": 13, "error_line": 2}
NAME_LINE = (
    "5 \N{MULTIPLICATION SIGN} a name that no earlier block has (b): define it, or the mark `skip`"
)
MISSING_B = Missing(MissingKind.NAME, "b")


def test_a_failure_shows_its_line_in_the_page(results: Any) -> None:
    details = "Code execution failed: NameError: name 'b' is not defined (line 2)"
    row = made_reported(details=details, missing=MISSING_B, **ROW)
    assert text_format().each(row) == (
        "lesson.md:14: runtime_error: NameError: name 'b' is not defined\n"
        "    13 | a = 1\n"
        "    14 | print(b)\n"
        "       |       ^\n"
        "    daytona-validate run lesson.md:12\n"
    )


def test_colours_change_nothing_but_the_looks(results: Any) -> None:
    row = made_reported(missing=MISSING_B, **ROW)
    coloured = text_format(TextStyle(is_coloured=True)).each(row)
    assert coloured.startswith("\x1b[1mlesson.md:14\x1b[0m: \x1b[1;31mruntime_error\x1b[0m: ")
    assert re.sub(r"\x1b\[[\d;]+m", "", coloured) == text_format().each(row)


def explained(style: TextStyle = PLAIN, *, names: int = 1) -> list[str]:
    tally, causes = Tally(), CauseTally(3)
    for index in range(5):
        row = made_reported(index=index, line=index + 1, is_block=True, missing=MISSING_B)
        tally.add(row.result)
        causes.add(row)
    for index in range(names):
        details = f"Code not runnable: reason {index}"
        causes.add(made_reported(index=9, outcome="not_runnable", details=details))
    summary = tally.summary(1.0, causes=causes.causes())
    assert summary.to_dict()["causes"] == [each.to_dict() for each in summary.causes]
    text = text_format(style).end([], summary)
    assert all(len(line) <= 100 for line in text.splitlines())
    return text.strip("\n").split("\n\n")[0].splitlines()


def test_the_summary_has_the_causes_with_what_answers_them() -> None:
    assert explained() == [
        NAME_LINE,
        "1 \N{MULTIPLICATION SIGN} no program: reason 0",
        "(--explain lists their places)",
    ]
    assert explained(names=12)[-2:] == ["… 3 more causes", "(--explain lists their places)"]


def test_explain_lists_every_place_that_was_kept() -> None:
    lines = explained(TextStyle(explains=True), names=12)
    assert lines[:5] == [
        NAME_LINE,
        "    lesson.md:1: KeyError: 1",
        "    lesson.md:2: KeyError: 1",
        "    lesson.md:3: KeyError: 1",
        "    … 2 more",
    ]
    assert len(lines) == 5 + 12 * 2


def test_the_table_fits_80_columns(results: Any) -> None:
    found = [replace(results.make(), language="typescript", execution_time=12.345)] * 12_345
    lines = TEXT.end([], results.summary([*found, results.failed()], 0.5)).splitlines()
    assert max(len(line) for line in lines[:4]) <= 80


def test_an_interrupted_run_says_so() -> None:
    text = TEXT.end([], Tally().summary(1.0, is_whole=False))
    assert text.startswith("interrupted: these are not all snippets\n0 snippets in")
