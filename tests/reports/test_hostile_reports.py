"""No text of a program, a page or a file's name is anything but text in any report.

Every text of a row is the hostile one, found by its type, so that a field or a format that is
added later is tried as well. A report of it has the same structure as one of harmless text.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from functools import cache
from typing import Any, get_type_hints

import pytest

from daytona_validate._core.causes import CauseTally
from daytona_validate._core.not_read import NotRead, Why
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Summary, Tally
from daytona_validate._models import (
    CodeValidationResult,
    EarlierRun,
    Location,
    Missing,
    MissingKind,
    Outcome,
)
from daytona_validate._reports.formats import FORMATS, text_format
from daytona_validate._reports.text import TextStyle
from daytona_validate._unsafe_characters import UNSAFE_CHARACTER
from for_each import for_each
from hostile_texts import HOSTILE_TEXTS, twin
from made_results import made_reported
from report_structures import STRUCTURES, without_own_sequences

_TERMINAL = TextStyle(
    is_verbose=True, explains=True, is_coloured=True, link_base="file:///course/", is_strict=True
)
STYLES = {"text": [text_format(TextStyle(is_verbose=True, explains=True)), text_format(_TERMINAL)]}
"""Others than the plain one of a format."""
ALL = [*FORMATS.values(), *(each for styles in STYLES.values() for each in styles)]


def texts(kind: type[Any], text: str) -> dict[str, Any]:
    """Return a value for every field of a class that is a text."""
    hints = get_type_hints(kind)
    return {each.name: text for each in fields(kind) if hints[each.name] in (str, str | None)}


@cache
def rows_of(text: str) -> tuple[Reported, ...]:
    """Return a row for each outcome, with and without a file, and for what a program lacked."""
    kinds = [None, *MissingKind]
    cases = [*Outcome, *[Outcome.RUNTIME_ERROR] * len(kinds)]
    return tuple(_row(text, n, each, kinds[n % len(kinds)]) for n, each in enumerate(cases))


def _row(text: str, n: int, outcome: Outcome, kind: MissingKind | None) -> Reported:
    has_file = n % 2 == 0
    values = texts(CodeValidationResult, text)
    if has_file:
        values |= texts(Location, text) | {"path": f"{text}.md", "cell": n if n % 4 == 0 else None}
    else:
        values["path"] = None
    if n % 3 == 0:
        values["language"] = "python"
    row = made_reported(
        outcome=outcome,
        index=n,
        error_line=2,
        missing=None if kind is None else Missing(kind, text),
        earlier=(EarlierRun(has_passed=False, **texts(EarlierRun, text)),),
        is_block=has_file,
        **values,
    )
    of_the_row = texts(Reported, text) | {"code": f"a = 1\n{text}\nb = 2"}
    return replace(row, code_line=5 if has_file else None, **of_the_row)


@cache
def summary_of(rows: tuple[Reported, ...], text: str) -> Summary:
    tally, causes = Tally(), CauseTally()
    for row in rows:
        tally.add(row.result)
        causes.add(row)
    not_read = NotRead(dict.fromkeys(Why, 2), dict.fromkeys(Why, text), {text: 1})
    return tally.summary(2.0, causes=causes.causes(), is_whole=False, not_read=not_read)


@cache
def report_of(text: str, number: int) -> str:
    """Return a report in a format of `ALL`."""
    report_format = ALL[number]
    rows = rows_of(text)
    each = "".join(report_format.each(row) for row in rows)
    return each + report_format.end(rows, summary_of(rows, text))


pytestmark = pytest.mark.slow
each_format = pytest.mark.parametrize("number", range(len(ALL)), ids=[each.name for each in ALL])
each_text = for_each("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)


def test_every_format_has_its_structure() -> None:
    assert set(STRUCTURES) == set(FORMATS)


@each_format
@each_text
def test_no_character_of_it_steers_a_terminal_or_breaks_an_encoder(number: int, text: str) -> None:
    report = report_of(text, number)
    report.encode()
    left = set(UNSAFE_CHARACTER.findall(without_own_sequences(report)))
    assert left <= {"\n", "\t"}


@each_format
@each_text
def test_a_report_of_it_is_built_as_one_of_harmless_text(number: int, text: str) -> None:
    structure = STRUCTURES[ALL[number].name]
    found, expected = structure(report_of(text, number)), structure(report_of(twin(text), number))
    assert found == expected


@each_format
@each_text
def test_no_line_of_it_is_a_command_of_a_workflow(number: int, text: str) -> None:
    """One of GitHub's stands at the start of a line; others, and its older ones, anywhere."""
    report = without_own_sequences(report_of(text, number))
    own = ("::error ", "::warning ", "::warning::", "::notice::")
    allowed = own if ALL[number].name == "github" else ()
    starts = [line.lstrip() for line in report.splitlines()]
    assert [line for line in starts if line.startswith("::") and not line.startswith(allowed)] == []
    assert re.findall(r"##\w*\[", report) == []


@pytest.mark.parametrize("name", STRUCTURES)
def test_it_would_be_seen_where_it_were_not_escaped(name: str) -> None:
    structure, word = STRUCTURES[name], "Unescaped"
    report = report_of(word, [each.name for each in ALL].index(name))
    expected = structure(report)

    def is_seen(text: str) -> bool:
        try:
            return structure(report.replace(word, text)) != expected
        except (ValueError, SyntaxError, AssertionError):
            return True

    assert any(is_seen(text) for text in HOSTILE_TEXTS.values())
