"""What was not read, in words and in figures."""

from __future__ import annotations

from daytona_validate._core.not_read import NotRead, Why
from daytona_validate._core.summary import Tally
from daytona_validate._reports import text

SOME = NotRead(
    {Why.LEADS_OUT: 1, Why.FORMAT: 2, Why.BLOCK: 3},
    {Why.LEADS_OUT: "a.py", Why.FORMAT: "b.rst", Why.BLOCK: "c.md:7"},
)


def test_nothing_is_said_where_all_was_read() -> None:
    assert NotRead().lines() == []
    assert NotRead().to_list() == []


def test_each_kind_is_counted_with_the_place_of_its_first() -> None:
    assert SOME.lines() == [
        "not read: 3 blocks in an unsupported form (c.md:7, …)",
        "not read: 2 files in unsupported formats (b.rst, …)",
        "not read: 1 link out of the folder (a.py); to read what a link leads to, name the link",
    ]
    assert SOME.to_list()[0] == {"kind": "block", "count": 3, "first": "c.md:7"}
    assert [row["count"] for row in SOME.to_list()] == [3, 2, 1]


def test_unknown_languages_are_named_most_first() -> None:
    words = {"sh": 1, "r": 2} | {f"a{n}": 1 for n in range(8)}
    some = NotRead({Why.UNKNOWN_LANGUAGE: 11}, {Why.UNKNOWN_LANGUAGE: "a.md:1"}, words)
    assert some.lines() == [
        (
            "not read: 11 blocks in languages not known here:"
            " r 2, a0 1, a1 1, a2 1, a3 1, a4 1, a5 1, a6 1, … (a.md:1, …)"
        )
    ]
    assert some.to_list()[0]["languages"] == words


def test_a_report_for_people_has_it_before_its_last_line_though_nothing_ran() -> None:
    evil = NotRead({Why.BLOCK: 1}, {Why.BLOCK: "\x1b[31m.md:7"})
    line, last = text.end([], Tally().summary(1.0, not_read=evil)).splitlines()
    assert line == "not read: 1 block in an unsupported form (\\x1b[31m.md:7)"
    assert last == "0 snippets in 1.0 s: nothing ran"
