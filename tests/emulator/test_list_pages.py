"""Filters, order and pages of the list of sandboxes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._emulator.control_plane.list_query import SORTS, page, query
from daytona_validate._emulator.control_plane.sandbox_states import (
    SandboxRow,
    SandboxState,
    transitioned,
)
from daytona_validate._emulator.refusals import HttpRefusal, timestamp

DAY_S = 86_400.0
FIRST = SandboxRow(
    id="a",
    name="run-1",
    snapshot="one",
    labels={"app": "x", "run": "1"},
    created_s=DAY_S,
    updated_s=0,
    active_s=9,
)
ROWS = [
    transitioned(FIRST, SandboxState.STARTED, now_s=9),
    replace(FIRST, id="b", name="run-2", snapshot="two", created_s=2 * DAY_S, active_s=8),
    replace(FIRST, id="c", name="other", labels={"app": "y"}, created_s=3 * DAY_S, active_s=7),
    replace(
        transitioned(FIRST, SandboxState.ERROR, now_s=5),
        id="d",
        desired=SandboxState.DESTROYED,
        created_s=4 * DAY_S,
    ),
]


def ids(*pairs: tuple[str, str]) -> str:
    return "".join(each.id for each in page(ROWS, query(pairs))[0])


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        pytest.param([], "abc", id="all but what failed and was deleted"),
        pytest.param([("includeErroredDeleted", "true")], "abcd", id="with those"),
        pytest.param([("labels", '{"app":"x"}')], "ab", id="labels are contained"),
        pytest.param([("labels", '{"app":"x","run":"2"}')], "", id="every label counts"),
        pytest.param([("states", "started"), ("states", "stopped")], "a", id="states"),
        pytest.param([("snapshots", "two")], "b", id="snapshot"),
        pytest.param([("name", "run-")], "ab", id="how the name begins"),
        pytest.param([("id", "c")], "c", id="how the id begins"),
        pytest.param([("regionIds", "eu")], "", id="region"),
        pytest.param([("createdAtBefore", timestamp(2 * DAY_S))], "ab", id="created before"),
        pytest.param([("createdAtAfter", "1970-01-03T00:00:00.000000+0000")], "bc", id="after"),
        pytest.param([("autoDestroyAtBefore", timestamp(9 * DAY_S))], "", id="without an end"),
        pytest.param([("sort", "createdAt"), ("order", "desc")], "cba", id="newest first"),
        pytest.param([("sort", "name"), ("order", "asc")], "cab", id="by name"),
        pytest.param([("limit", "2")], "ab", id="limit"),
    ],
)
def test_a_query_finds(pairs: list[tuple[str, str]], found: str) -> None:
    assert ids(*pairs) == found


@pytest.mark.parametrize(
    "pair",
    [
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "ten"),
        ("labels", "{"),
        ("labels", "[]"),
        ("sort", "color"),
        ("order", "up"),
        ("cursor", "%%%"),
        ("cursor", "bnVsbA=="),
        ("createdAtBefore", "yesterday"),
    ],
    ids=str,
)
def test_a_query_that_makes_no_sense_is_a_400(pair: tuple[str, str]) -> None:
    with pytest.raises(HttpRefusal) as refused:
        query([pair])
    assert refused.value.status == 400


def test_a_cursor_belongs_to_its_order() -> None:
    cursor = page(ROWS, query([("sort", "createdAt"), ("limit", "1")]))[1]
    assert cursor is not None
    with pytest.raises(HttpRefusal, match="cursor"):
        query([("sort", "name"), ("cursor", cursor)])


@given(
    moments=st.lists(st.integers(0, 3), max_size=30),
    limit=st.integers(1, 7),
    sort=st.sampled_from(sorted(SORTS)),
    order=st.sampled_from(["asc", "desc"]),
)
def test_pages_hold_every_row_once(moments: list[int], limit: int, sort: str, order: str) -> None:
    rows = [
        replace(FIRST, id=f"{n:03}", name=f"n{at}-{n}", created_s=at, active_s=at)
        for n, at in enumerate(moments)
    ]
    pairs = [("limit", str(limit)), ("sort", sort), ("order", order)]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = query([*pairs, ("cursor", cursor)])
        shown, cursor = page(rows, asked)
        seen += [each.id for each in shown]
        # What goes between two pages takes nothing away from the next.
        rows = [each for each in rows if not shown or each.id != shown[-1].id]
    assert sorted(seen) == [f"{n:03}" for n in range(len(moments))]


def test_labels_of_a_query_are_json() -> None:
    assert ids(("labels", json.dumps({"app": "y"}))) == "c"
