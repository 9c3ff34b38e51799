"""A sandbox that snippets of one call use one after the other, as its supervisor allows."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from daytona_validate import CodeValidationResult, Outcome, SandboxSpec, Snippet, Validator
from daytona_validate._core.sandbox_account import SandboxAccount
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._providers.daytona.envelope.reuse import SPENT
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.daytona.sandboxes import USED_FOR_S
from plain_settings import plain_settings

if TYPE_CHECKING:
    from tests.providers.daytona.provider.conftest import Cloud, FakeTime

Make = Callable[..., DaytonaProvider]


def ends(cloud: Cloud, word: str) -> Callable[[httpx.Request], Awaitable[httpx.Response]]:
    """Answer a run as the cloud does, but for what is said of the sandbox's further use."""

    async def handle(received: httpx.Request) -> httpx.Response:
        answer = (await cloud.done(received)).json()
        return httpx.Response(
            200, json=answer | {"result": re.sub("reuse=.*", f"reuse={word}", answer["result"])}
        )

    return handle


def refuses(word: str) -> Any:
    """Answer a run with a supervisor's refusal to begin it."""

    async def handle(received: httpx.Request) -> httpx.Response:
        nonce = re.search(r"nonce (\w+)", received.content.decode())
        assert nonce is not None
        said = f"{nonce[1]} unready reuse {word}\n"
        return httpx.Response(200, json={"exitCode": 0, "result": said})

    return handle


async def results(make: Make, count: int, *, most: int = 9) -> list[CodeValidationResult]:
    provider = make(snippets_per_sandbox=most)
    snippets = [Snippet(code=f"print({n})", language="python") for n in range(count)]
    settings = plain_settings(snippets_per_sandbox=most)
    async with Validator(settings, provider=provider, concurrency=1) as validator:
        found = await validator.validate_many(snippets)
    assert {each.outcome for each in found} == {Outcome.PASSED}
    return found


async def test_each_run_says_which_use_it_is(cloud: Cloud, make: Make) -> None:
    cloud.answers("execute", *[ends(cloud, "yes")] * 3)
    found = await results(make, 3)
    assert cloud.asked == ["POST /sandbox", *["execute"] * 3, "DELETE /sandbox"]
    assert [each.sandbox_use for each in found] == [1, 2, 3]
    uses = [re.findall(r"^number use (\d+)$", run["command"], re.MULTILINE) for run in cloud.runs]
    assert uses == [[], ["2"], ["3"]]


async def test_by_default_no_run_asks_for_a_further_use(
    cloud: Cloud, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    cloud.answers("execute", ends(cloud, "yes"), ends(cloud, "unprivileged"))
    assert [each.sandbox_use for each in await results(make, 2, most=1)] == [1, 1]
    assert (cloud.created, cloud.deleted) == (2, 2)
    assert caplog.records == []


@pytest.mark.parametrize("word", [each for each in SPENT if each != "uses"])
async def test_what_is_spent_is_removed(cloud: Cloud, make: Make, word: str) -> None:
    cloud.answers("execute", ends(cloud, word), ends(cloud, "yes"))
    assert [each.sandbox_use for each in await results(make, 2)] == [1, 1]
    assert (cloud.created, cloud.deleted) == (2, 2)


@pytest.mark.parametrize(("word", "times"), [("unprivileged", 1), ("network", 1), ("limit", 0)])
async def test_that_none_is_ever_used_again_is_said_once(
    cloud: Cloud, make: Make, caplog: pytest.LogCaptureFixture, word: str, times: int
) -> None:
    cloud.answers("execute", *[ends(cloud, word)] * 3)
    with caplog.at_level(logging.WARNING, "daytona_validate"):
        await results(make, 3)
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == times
    assert all(SPENT[word] in each and "DAYTONA_SNIPPETS_PER_SANDBOX" in each for each in said)


async def test_one_that_refuses_to_be_used_again_costs_a_sandbox_and_no_attempt(
    cloud: Cloud, make: Make
) -> None:
    cloud.answers("execute", ends(cloud, "yes"), refuses("files"), ends(cloud, "yes"))
    found = await results(make, 2)
    assert [(each.sandbox_use, each.attempts) for each in found] == [(1, 1), (1, 1)]
    assert (cloud.created, cloud.deleted) == (2, 2)


async def test_one_that_was_stopped_meanwhile_costs_no_verdict(cloud: Cloud, make: Make) -> None:
    def gone(path: str) -> httpx.Response:
        return httpx.Response(404, json={"message": path})

    cloud.answers("execute", ends(cloud, "yes"), gone("sandbox container not found"))
    cloud.answers("GET /sandbox", gone("Sandbox not found"))
    found = await results(make, 2)
    assert [(each.sandbox_use, each.attempts) for each in found] == [(1, 1), (1, 2)]
    assert cloud.created == 2


async def test_one_takes_no_snippet_that_could_outlast_it(
    cloud: Cloud, make: Make, time: FakeTime
) -> None:
    def later(seconds: float) -> Any:
        async def handle(received: httpx.Request) -> httpx.Response:
            time.now_s += seconds
            return await ends(cloud, "yes")(received)

        return handle

    cloud.answers("execute", later(USED_FOR_S - 1), later(1), later(0))
    assert [each.sandbox_use for each in await results(make, 3)] == [1, 2, 1]


async def test_sandbox_seconds_are_those_from_the_start_to_the_removal(
    cloud: Cloud, make: Make, spec: SandboxSpec, time: FakeTime
) -> None:
    provider = make()
    assert provider.account() == SandboxAccount(created=0, sandbox_seconds=0.0)
    async with provider.open(spec):
        time.now_s += 5
        assert provider.account() == SandboxAccount(created=1, sandbox_seconds=5.0)
        removal = cloud.holds("DELETE /sandbox")
    time.now_s += 2
    removal.set()
    await provider.aclose()
    time.now_s += 100
    assert provider.account() == SandboxAccount(created=1, sandbox_seconds=7.0)


async def test_one_that_was_never_seen_to_start_costs_nothing_known(
    cloud: Cloud, make: Make, spec: SandboxSpec
) -> None:
    cloud.answers("POST /sandbox", httpx.Response(400, json={"message": "Quota: no such thing"}))
    provider = make()
    with pytest.raises(SandboxUnavailable):
        async with provider.open(spec):
            pass
    assert provider.account() == SandboxAccount(created=0, sandbox_seconds=0.0)


def test_without_a_key_there_are_none() -> None:
    provider = DaytonaProvider(plain_settings())
    assert provider.account() == SandboxAccount(created=0, sandbox_seconds=0.0)


@pytest.mark.parametrize(("most", "minutes"), [(1, 6), (2, 10), (50, 10)])
async def test_the_service_ends_one_by_itself_after_its_last_possible_run(
    cloud: Cloud, make: Make, spec: SandboxSpec, most: int, minutes: int
) -> None:
    async with make(snippets_per_sandbox=most).open(spec):
        (body,) = cloud.bodies
    assert body["ttlMinutes"] == minutes  # 320 s, and 240 s in which it may be used again
    assert (body["autoStopInterval"], body["autoDeleteInterval"]) == (3, 0)
