from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._providers.daytona.wire import parse
from for_each import for_each

WHOLE = {
    "id": "0d0c",
    "name": "dv-1",
    "organizationId": "a field that we do not know",
    "state": "started",
    "desiredState": "started",
    "toolboxProxyUrl": "https://proxy.app.daytona.io/toolbox/",
    "errorReason": None,
    "labels": {"app": "daytona-validate", "wrong": 5},
    "createdAt": "2026-11-22T20:00:00.123Z",
    "autoDestroyAt": "2026-11-22T22:00:00+02:00",
    "cpu": 1,
}


def test_a_whole_sandbox() -> None:
    assert parse.sandbox(WHOLE) == parse.SandboxAnswer(
        id="0d0c",
        name="dv-1",
        state="started",
        toolbox_url="https://proxy.app.daytona.io/toolbox",
        error_reason=None,
        labels={"app": "daytona-validate"},
        created_at=datetime(2026, 11, 22, 20, 0, 0, 123_000, tzinfo=UTC),
        desired_state="started",
    )


@pytest.mark.parametrize("value", [{"id": "0d0c"}, dict.fromkeys(WHOLE, 5) | {"id": "0d0c"}])
def test_only_the_id_of_a_sandbox_is_needed(value: dict[str, Any]) -> None:
    found = parse.sandbox(value)
    assert found == parse.SandboxAnswer(id="0d0c")
    assert (found.name, found.state, found.toolbox_url) == ("", "unknown", None)


def test_a_state_that_we_never_heard_of_is_kept() -> None:
    assert parse.sandbox({"id": "a", "state": "teleporting"}).state == "teleporting"


@pytest.mark.parametrize("slashes", ["", "/", "//", "/ "])
def test_slashes_at_the_end_of_a_toolbox_address_go(slashes: str) -> None:
    assert parse.toolbox_url("https://x.example/toolbox" + slashes) == "https://x.example/toolbox"


@pytest.mark.parametrize(
    "text",
    ["yesterday", "", "2026-13-01T00:00:00Z", "99999-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"],
)
def test_a_time_that_is_none_counts_as_not_said(text: str) -> None:
    assert parse.sandbox({"id": "a", "createdAt": text}).created_at is None


def test_a_time_without_a_zone_is_utc() -> None:
    found = parse.sandbox({"id": "a", "createdAt": "2026-11-22T20:00:00"})
    assert found.created_at == datetime(2026, 11, 22, 20, tzinfo=UTC)


def test_a_page_of_sandboxes() -> None:
    page = {"items": [{"id": "a"}, {"id": "b"}], "nextCursor": "c"}
    found, cursor = parse.sandboxes(page)
    assert [each.id for each in found] == ["a", "b"]
    assert cursor == "c"
    assert parse.sandboxes({"items": [], "nextCursor": None}) == ((), None)
    assert parse.sandboxes([{"id": "a"}]) == ((parse.SandboxAnswer(id="a"),), None)


def test_a_page_of_snapshots() -> None:
    page = {"items": [{"id": "a", "name": "snap", "state": "active"}], "totalPages": 3}
    expected = parse.SnapshotAnswer(id="a", name="snap", state="active")
    assert parse.snapshots(page) == ((expected,), 3)
    assert parse.snapshots({"items": []}) == ((), 1)


def test_what_a_command_came_to() -> None:
    found = parse.execute({"exitCode": -1, "result": "", "artifacts": None})
    assert found == parse.ExecuteAnswer(exit_code=-1, result="")


def test_what_the_key_may_do_and_what_the_service_says_of_itself() -> None:
    key = parse.key({"name": "ci", "permissions": ["write:sandboxes", 5]})
    assert key == parse.KeyAnswer(name="ci", permissions=("write:sandboxes",))
    config = parse.config({"version": "0.214.3", "proxyToolboxUrl": "https://x.example/toolbox/"})
    assert config.version == "0.214.3"
    assert config.toolbox_url == "https://x.example/toolbox"


NONSENSE: dict[str, tuple[Callable[[object], object], object, str]] = {
    "a list for a sandbox": (parse.sandbox, [], "not a JSON object"),
    "null for a sandbox": (parse.sandbox, None, "not a JSON object"),
    "no id": (parse.sandbox, {"name": "dv-1"}, "no id"),
    "an empty id": (parse.sandbox, {"id": ""}, "no id"),
    "a number for an id": (parse.sandbox, {"id": 5}, "no id"),
    "a snapshot without id": (parse.snapshot, {}, "no id"),
    "a page without items": (parse.sandboxes, {"nextCursor": "c"}, "no items"),
    "an item without id": (parse.sandboxes, {"items": [{}]}, "no id"),
    "snapshots without items": (parse.snapshots, {"items": 5}, "no items"),
    "no exit code": (parse.execute, {"result": ""}, "no exitCode"),
    "a truth for an exit code": (parse.execute, {"exitCode": True, "result": ""}, "no exitCode"),
    "no result": (parse.execute, {"exitCode": 0}, "no result"),
    "a number for a result": (parse.execute, {"exitCode": 0, "result": 5}, "no result"),
    "no address": (parse.url, {}, "no url"),
    "text for a key": (parse.key, "key", "not a JSON object"),
    "text for a configuration": (parse.config, "config", "not a JSON object"),
}


@for_each(("read", "value", "problem"), NONSENSE.values(), ids=NONSENSE)
def test_nonsense_is_told_from_an_answer(
    read: Callable[[object], object], value: object, problem: str
) -> None:
    with pytest.raises(parse.NotValid, match=problem):
        read(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(list(WHOLE)), inner)
    ),
    max_leaves=10,  # readers look no deeper than two levels
)
READERS = (
    parse.sandbox, parse.sandboxes, parse.snapshot, parse.snapshots,
    parse.execute, parse.key, parse.config, parse.url,
)  # fmt: skip


@pytest.mark.slow
@given(value=JSON, overrides=st.dictionaries(st.sampled_from([*WHOLE, "items"]), JSON))
def test_no_json_makes_a_reader_fail_otherwise(value: object, overrides: dict[str, Any]) -> None:
    for read in READERS:
        for each in (value, WHOLE | overrides, json.loads(json.dumps(WHOLE | overrides))):
            with suppress(parse.NotValid):
                read(each)
