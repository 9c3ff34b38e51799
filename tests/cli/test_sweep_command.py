"""`sweep`, as a user calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import respx
from click.testing import Result

from routed_server import routed_server

Invoke = Callable[..., Result]


@pytest.fixture
def api(in_folder: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[respx.MockRouter]:
    """A service with two leftovers, and the settings that lead to it."""
    monkeypatch.setenv("DAYTONA_API_KEY", "dtn_canary")
    now = datetime.now(UTC)
    items = [
        {
            "id": f"id-{minutes}",
            "name": f"daytona-validate-{minutes}",
            "state": "started",
            "labels": {"app": "daytona-validate"},
            "createdAt": (now - timedelta(minutes=minutes, seconds=5)).isoformat(),
        }
        for minutes in (90, 20)
    ]
    with routed_server("/api") as (address, router):
        monkeypatch.setenv("DAYTONA_BASE_URL", address)
        answer = httpx.Response(200, json={"items": items, "nextCursor": None})
        router.get("/sandbox").mock(return_value=answer)
        yield router


def deletions(api: respx.MockRouter, status: int = 200) -> respx.Route:
    answer = httpx.Response(status, json={"message": "no"})
    return api.delete(path__regex="/sandbox/.+").mock(return_value=answer)


def test_leftovers_are_named_and_removed(api: respx.MockRouter, invoke: Invoke) -> None:
    deleting = deletions(api)
    result = invoke("sweep")
    assert (result.exit_code, deleting.call_count) == (0, 2)
    assert result.stdout.splitlines() == [
        "daytona-validate-90  started, 90 min old",
        "daytona-validate-20  started, 20 min old",
    ]
    assert "sandboxes removed: 2 of 2" in result.stderr


@pytest.mark.parametrize(
    ("age", "count"), [("1h", 1), ("10m", 2), ("1300s", 1), ("1d", 0), ("0s", 2), ("1.5h", 1)]
)
def test_the_age_is_a_number_with_a_unit(
    api: respx.MockRouter, invoke: Invoke, age: str, count: int
) -> None:
    result = invoke("sweep", "--dry-run", "--older-than", age)
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == count
    assert f"sandboxes that would be removed: {count}" in result.stderr


@pytest.mark.parametrize("age", ["10", "", "-5m", "ten minutes", "5y", "1e3s", "m"])
def test_any_other_age_is_refused_with_what_to_write(invoke: Invoke, age: str) -> None:
    result = invoke("sweep", "--older-than", age)
    assert result.exit_code == 2
    assert "write 90s, 10m, 2h or 1d" in result.stderr


def test_a_dry_run_removes_nothing(api: respx.MockRouter, invoke: Invoke) -> None:
    deleting = deletions(api)
    invoke("sweep", "--dry-run")
    assert deleting.call_count == 0


def test_what_is_left_is_an_exit_code(api: respx.MockRouter, invoke: Invoke) -> None:
    deletions(api, 403)
    result = invoke("sweep")
    assert result.exit_code == 3
    assert "sandboxes removed: 0 of 2" in result.stderr
    assert "warning: " in result.stderr
    assert "dtn_canary" not in result.output


def test_without_a_key_it_says_what_to_set(invoke: Invoke) -> None:
    result = invoke("sweep")
    assert result.exit_code == 2
    assert "set DAYTONA_API_KEY" in result.stderr


def test_the_address_of_old_gets_no_key(
    api: respx.MockRouter, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTONA_BASE_URL", "https://api.daytona.io/v1")
    result = invoke("sweep")
    assert result.exit_code == 2
    assert "set DAYTONA_BASE_URL=https://app.daytona.io/api" in result.stderr
    assert api.calls.call_count == 0
