"""What a validator over Daytona lacks before the first snippet, and what it removes of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import respx

from daytona_validate import Missing, Reason, Swept, Validator
from daytona_validate._providers.daytona.images import image, resources_for
from daytona_validate.testing import SandboxUnavailable
from plain_settings import plain_settings

API = "https://daytona.test/api"
SETTINGS = plain_settings(api_key="dtn_canary", base_url=API)
PYTHON = image("python", (), resources_for(SETTINGS.limits(), cpu=SETTINGS.cpu)).name
ALL = ["write:sandboxes", "delete:sandboxes"]


@pytest.fixture
def api() -> Iterator[respx.MockRouter]:
    """A service that has Python's snapshot and no other."""
    with respx.mock(base_url=API, assert_all_called=False) as router:
        router.get("/config").respond(json={"version": "v0.214.3"})
        router.get("/api-keys/current").respond(json={"name": "ci", "permissions": ALL})
        snapshot = {"id": "1", "name": PYTHON, "state": "active"}
        router.get("/snapshots").respond(json={"items": [snapshot], "totalPages": 1})
        yield router


@pytest.fixture
def opened(api: respx.MockRouter) -> Callable[[], Validator]:
    return lambda: Validator(SETTINGS, provider="daytona", http_client=httpx.AsyncClient())


async def test_each_snapshot_that_is_asked_for_has_to_be_there(
    opened: Callable[[], Validator], api: respx.MockRouter
) -> None:
    async with opened() as validator:
        for _ in range(5):
            assert (await validator.ready(["python"])).is_ready
        assert len(api.calls) == 3  # an answer counts for a while
        (lacks,) = (await validator.ready(["go", "python"])).missing
        assert (lacks.what, lacks.reason) == ("snapshot go", Reason.NO_SNAPSHOT)
        assert lacks.advice.endswith("is not built: daytona-validate snapshots build go")


@pytest.mark.parametrize(
    ("path", "answer", "reason"),
    [
        ("/config", httpx.ConnectError("no route"), Reason.UNREACHABLE),
        ("/api-keys/current", httpx.Response(401), Reason.REFUSED_KEY),
        (
            "/api-keys/current",
            httpx.Response(200, json={"permissions": ["write:sandboxes"]}),
            Reason.REFUSED_KEY,
        ),
    ],
)
async def test_server_and_key_are_asked_for_first(
    opened: Callable[[], Validator],
    api: respx.MockRouter,
    path: str,
    answer: httpx.Response | Exception,
    reason: Reason,
) -> None:
    api.get(path).mock(side_effect=[answer] * 9)
    async with opened() as validator:
        (lacks,) = (await validator.ready()).missing
    assert (lacks.what, lacks.reason) == ({"/config": "server"}.get(path, "key"), reason)
    assert "dtn_canary" not in repr(lacks)


async def test_an_address_that_the_key_is_not_sent_to_is_missing() -> None:
    settings = plain_settings(api_key="dtn_canary", base_url="https://api.daytona.io/v1")
    async with Validator(settings, provider="daytona") as validator:
        (lacks,) = (await validator.ready()).missing
        assert (lacks.what, lacks.reason) == ("address", Reason.WRONG_ADDRESS)
        with pytest.raises(SandboxUnavailable):
            await validator.sweep()


async def test_a_sweep_removes_what_others_left_and_nothing_young(
    opened: Callable[[], Validator], api: respx.MockRouter
) -> None:
    def row(name: str, age_s: float) -> dict[str, object]:
        made = (datetime.now(UTC) - timedelta(seconds=age_s)).isoformat()
        labels = {"app": "daytona-validate"}
        return {"id": name, "name": name, "state": "started", "labels": labels, "createdAt": made}

    items = [row("old", 3600), row("young", 30), {**row("other", 3600), "labels": {}}]
    api.get("/sandbox").respond(json={"items": items})
    deleting = api.delete(path__regex="/sandbox/.+").respond(200)
    async with opened() as validator:
        assert await validator.sweep(is_dry_run=True) == Swept(found=("old",))
        assert deleting.call_count == 0
        assert await validator.sweep() == Swept(found=("old",), removed=1)
        assert [call.request.url.path for call in deleting.calls] == ["/api/sandbox/old"]


async def test_a_sweep_that_is_refused_says_why(
    opened: Callable[[], Validator], api: respx.MockRouter
) -> None:
    api.get("/sandbox").respond(403)
    async with opened() as validator:
        with pytest.raises(SandboxUnavailable) as refused:
            await validator.sweep()
        assert refused.value.reason is Reason.REFUSED_KEY


async def test_without_a_key_nothing_is_sent() -> None:
    async with Validator(plain_settings(), provider="daytona") as validator:
        advice = "API key not configured: set DAYTONA_API_KEY"
        lacks = Missing(what="key", reason=Reason.NO_KEY, advice=advice)
        assert (await validator.ready()).missing == (lacks,)
        with pytest.raises(SandboxUnavailable, match="API key not configured"):
            await validator.sweep()
