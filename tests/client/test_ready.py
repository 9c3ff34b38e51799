"""Whether snippets would run, asked before they come: what is missing, how soon."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from daytona_validate import (
    ConfigurationError,
    DaytonaClient,
    Missing,
    Readiness,
    Reason,
    SandboxSpec,
    Validator,
    ValidatorClosed,
)
from daytona_validate._readiness import BAD_FOR_S, GOOD_FOR_S, ReadinessCheck
from daytona_validate.testing import FakeProvider, SandboxUnavailable, ToolchainMissing
from manual_clock import ManualClock
from plain_settings import plain_settings

Open = Callable[..., Validator]

LACKS_JAVA = Missing(what="java", reason=Reason.NO_TOOLCHAIN, advice="apt install a JDK")


class Host(FakeProvider):
    """A provider that lacks some languages, and counts how often it was asked."""

    def __init__(self, lacks: dict[str, Exception] | None = None) -> None:
        super().__init__()
        self.lacks = lacks or {}
        self.prepared: list[str] = []
        self.packages: list[tuple[str, ...]] = []

    async def prepare(self, spec: SandboxSpec) -> None:
        self.prepared.append(spec.language)
        self.packages.append(spec.packages)
        await super().prepare(spec)
        if spec.language in self.lacks:
            raise self.lacks[spec.language]


class Isolating(Host):
    """One that proves its isolation first."""

    isolates = True

    async def prove(self) -> None:
        if not self.isolates:
            raise SandboxUnavailable("No user\nnamespaces.", reason=Reason.NO_ISOLATION)


class Telling(Host):
    """One that tells by itself what is missing."""

    async def missing(self, languages: tuple[str, ...]) -> tuple[Missing, ...]:
        return tuple(LACKS_JAVA for each in languages if each == "java")


def lacking_java() -> dict[str, Exception]:
    return {"java": ToolchainMissing("apt install a JDK", reason=Reason.NO_TOOLCHAIN)}


async def test_what_is_missing_is_told_with_its_reason_and_advice(opened: Open) -> None:
    host = Host(lacking_java())
    async with opened(host, DAYTONA_PACKAGES__PYTHON="numpy") as validator:
        assert await validator.ready(["py", "python"]) == Readiness()
        readiness = await validator.ready(["java", "Python"])
        assert (readiness.is_ready, readiness.missing) == (False, (LACKS_JAVA,))
        assert host.prepared == ["python", "python", "java"]  # in the order of the table
        assert host.packages == [("numpy",), ("numpy",), ()]
        assert (await validator.ready()).is_ready
        with pytest.raises(ConfigurationError, match="There is no language 'pyhton': python, "):
            await validator.ready(["pyhton"])


async def test_without_isolation_no_language_is_looked_for(opened: Open) -> None:
    host = Isolating(lacking_java())
    async with opened(host) as validator:
        assert (await validator.ready(["java"])).missing == (LACKS_JAVA,)
    host = Isolating()
    host.isolates = False
    async with opened(host) as validator:
        found = await validator.ready(["java"])
        advice = "No user namespaces."
        lacks = Missing(what="isolation", reason=Reason.NO_ISOLATION, advice=advice)
        assert (found.missing, host.prepared) == ((lacks,), [])


async def test_a_provider_may_tell_by_itself(opened: Open) -> None:
    host = Telling()
    async with opened(host) as validator:
        assert (await validator.ready(["java", "go"])).missing == (LACKS_JAVA,)
        assert host.prepared == []


async def test_a_bug_of_a_provider_is_missing_and_logged(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(Host({"go": KeyError("x")})) as validator:
        (lacks,) = (await validator.ready(["go", "python"])).missing
    assert (lacks.what, lacks.reason) == ("go", Reason.BUG)
    assert "KeyError" in caplog.text


async def test_an_answer_counts_for_a_while_and_a_bad_one_for_a_shorter() -> None:
    host, clock = Host(lacking_java()), ManualClock()
    check = ReadinessCheck(host, plain_settings(), clock=clock)
    for languages, lasts_s in ((("python",), GOOD_FOR_S), (("java",), BAD_FOR_S)):
        host.prepared.clear()
        for passed_s, asked in ((0.0, 1), (lasts_s - 0.5, 1), (1.0, 2)):
            clock.now_s += passed_s
            await check.readiness(languages, longest_s=10)
            assert len(host.prepared) == asked


async def test_all_who_ask_at_a_time_are_one_request(opened: Open) -> None:
    host = Host()
    host.hold("prepare")
    async with opened(host) as validator:
        asking = [asyncio.create_task(validator.ready(["go"])) for _ in range(50)]
        for _ in range(5):
            await asyncio.sleep(0)
        asking[0].cancel()
        host.release("prepare")
        assert all(each.is_ready for each in await asyncio.gather(*asking[1:]))
        assert host.prepared == ["go"]


@pytest.mark.virtual_time
async def test_who_asks_waits_no_longer_than_they_say_and_the_next_hears_the_answer(
    opened: Open,
) -> None:
    host, loop = Host(), asyncio.get_running_loop()
    host.hold("prepare")
    async with opened(host) as validator:
        began_s = loop.time()
        (lacks,) = (await validator.ready(["go"], timeout_s=2)).missing
        assert loop.time() - began_s == pytest.approx(2)
        assert (lacks.what, lacks.reason) == ("answer", Reason.CREATE_TIMEOUT)
        host.release("prepare")
        assert (await validator.ready(["go"])).is_ready
        assert host.prepared == ["go"]


async def test_closing_ends_the_search(opened: Open) -> None:
    host = Host()
    host.hold("prepare")
    async with opened(host) as validator:
        asking = asyncio.create_task(validator.ready(["go"]))
        await asyncio.sleep(0)
    (lacks,) = (await asking).missing
    assert lacks.reason is Reason.CLOSED
    assert asyncio.all_tasks() == {asyncio.current_task()}
    with pytest.raises(ValidatorClosed):
        await validator.ready()


def test_the_synchronous_client_can_ask(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.chdir(tmp_path)
    with DaytonaClient(plain_settings(), provider=Host(lacking_java())) as client:
        assert client.ready(["java"]).missing == (LACKS_JAVA,)


async def test_without_a_key_daytona_says_so_and_is_asked_nothing(opened: Open) -> None:
    async with opened("daytona") as validator:
        (lacks,) = (await validator.ready(["python"])).missing
        assert (lacks.what, lacks.reason) == ("key", Reason.NO_KEY)
        assert "DAYTONA_API_KEY" in lacks.advice
