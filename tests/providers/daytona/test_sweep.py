"""What a sweep takes for a leftover, and that it takes nothing else."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import respx
from pydantic import SecretStr

from daytona_validate._providers.daytona.removals import Removals
from daytona_validate._providers.daytona.sweep import created_at, sweep
from daytona_validate._providers.daytona.wire.parse import SandboxAnswer
from daytona_validate._providers.daytona.wire.service import Service

API = "https://daytona.test/api"
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def row(name: str, *, age_s: float = 3600, **more: object) -> dict[str, object]:
    made = (NOW - timedelta(seconds=age_s)).isoformat()
    return {
        "id": name,
        "name": f"daytona-validate-{name}",
        "state": "started",
        "labels": {"app": "daytona-validate"},
        "createdAt": made,
        **more,
    }


async def at_once(_: float) -> None:
    """Wait for nothing."""


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with httpx.AsyncClient() as client:
        yield Service(API, SecretStr("dtn_canary"), client, request_timeout_s=30)


@pytest.fixture
def api() -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=API, assert_all_called=False) as router:
        yield router


def pages(api: respx.MockRouter, *rows: list[dict[str, object]]) -> respx.Route:
    def page(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("cursor", 0))
        following = str(number + 1) if number + 1 < len(rows) else None
        return httpx.Response(200, json={"items": rows[number], "nextCursor": following})

    return api.get("/sandbox").mock(side_effect=page)


def deletions(api: respx.MockRouter, status: int = 200) -> respx.Route:
    answer = httpx.Response(status, json={"message": "no"})
    return api.delete(path__regex=r"/sandbox/(?P<name>.+)").mock(return_value=answer)


def deleted(route: respx.Route) -> list[str]:
    return sorted(call.request.url.path.rpartition("/")[2] for call in route.calls)


async def test_what_is_in_use_here_is_left_alone_however_old(
    api: respx.MockRouter, service: Service
) -> None:
    pages(api, [row("a"), row("b")])
    deleting = deletions(api)
    swept = await sweep(service, 600, now=NOW, in_use={"daytona-validate-a"})
    assert (deleted(deleting), swept.removed) == (["b"], 1)


async def test_leftovers_of_all_pages_are_removed(api: respx.MockRouter, service: Service) -> None:
    listing = pages(api, [row("a"), row("b")], [row("c")])
    deleting = deletions(api)
    swept = await sweep(service, 600, now=NOW)
    assert deleted(deleting) == ["a", "b", "c"]
    assert (swept.removed, swept.left) == (3, 0)
    asked = listing.calls[0].request.url.params
    assert json.loads(asked["labels"]) == {"app": "daytona-validate"}
    assert (asked["sort"], asked["order"]) == ("createdAt", "asc")
    assert datetime.fromisoformat(asked["createdAtBefore"]) == NOW - timedelta(seconds=600)


async def test_a_dry_run_only_looks(api: respx.MockRouter, service: Service) -> None:
    pages(api, [row("a")])
    deleting = deletions(api)
    swept = await sweep(service, 600, now=NOW, is_dry_run=True)
    assert [each.id for each in swept.found] == ["a"]
    assert deleting.call_count == 0


@pytest.mark.parametrize(
    "other",
    [
        row("x", labels={"app": "somebody-else"}),
        row("x", labels=None),
        row("x", age_s=30),
        row("x", createdAt=None),
        row("x", state="destroying"),
        row("x", desiredState="destroyed"),
    ],
    ids=["foreign", "without labels", "young", "of unknown age", "going", "meant to go"],
)
async def test_what_is_no_leftover_is_left_alone_whatever_the_server_lists(
    api: respx.MockRouter, service: Service, other: dict[str, object]
) -> None:
    """An old server knows no filter by age, and lists what it does not understand."""
    pages(api, [other, row("a")])
    deleting = deletions(api)
    await sweep(service, 600, now=NOW)
    assert deleted(deleting) == ["a"]


async def test_one_that_is_gone_already_is_as_good_as_removed(
    api: respx.MockRouter, service: Service
) -> None:
    pages(api, [row("a")])
    deletions(api, 404)
    assert (await sweep(service, 600, now=NOW)).left == 0


async def test_what_cannot_be_removed_is_counted(
    api: respx.MockRouter, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    pages(api, [row("a"), row("b")])
    deletions(api, 500)
    removals = Removals(service, sleep=at_once)
    with caplog.at_level(logging.WARNING):
        swept = await sweep(service, 600, now=NOW, removals=removals)
    assert (swept.removed, swept.left) == (0, 2)


async def test_a_list_that_turns_in_circles_ends(api: respx.MockRouter, service: Service) -> None:
    answer = httpx.Response(200, json={"items": [row("a")], "nextCursor": "same"})
    listing = api.get("/sandbox").mock(return_value=answer)
    deleting = deletions(api)
    await sweep(service, 600, now=NOW)
    assert (listing.call_count, deleting.call_count) == (2, 1)


@pytest.mark.parametrize(
    ("label", "expected"),
    [("1700000000", datetime.fromtimestamp(1700000000, UTC)), ("soon", None), ("9" * 30, None)],
)
def test_our_own_label_tells_the_age_where_the_server_does_not(
    label: str, expected: datetime | None
) -> None:
    assert created_at(SandboxAnswer(id="x", labels={"created": label})) == expected
