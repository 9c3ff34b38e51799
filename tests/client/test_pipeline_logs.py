"""What is logged: why there is no verdict, once; never code, output or secrets."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from daytona_validate import Outcome, Reason, Sandbox, SandboxSpec, Snippet
from daytona_validate._errors import ConnectionFailed
from daytona_validate._pipeline import Pipeline
from daytona_validate._runtime.limiter import Slots
from daytona_validate.testing import Execution, FakeProvider, SandboxLost, SandboxUnavailable, ran
from plain_settings import plain_settings

PRINTS = Snippet(code="print('my code')", language="python")


def pipeline(fake: FakeProvider) -> Pipeline:
    return Pipeline(fake, Slots(5), plain_settings())


async def test_a_reason_is_logged_once_however_many_snippets_it_hits(
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = pipeline(FakeProvider(SandboxUnavailable("the machine is off")))
    with caplog.at_level(logging.INFO, "daytona_validate"):
        for _ in range(5):
            await path.validate(PRINTS)
    assert [(r.levelname, r.getMessage()) for r in caplog.records] == [
        ("WARNING", "Code validation unavailable - the machine is off")
    ]


async def test_a_bug_of_a_provider_is_unavailable_and_logged_each_time_and_its_traceback_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = pipeline(FakeProvider(KeyError("oops")))
    with caplog.at_level(logging.INFO, "daytona_validate"):
        results = [await path.validate(PRINTS) for _ in range(3)]
    assert {r.outcome for r in results} == {Outcome.UNAVAILABLE}
    assert results[0].details == (
        "Code validation unavailable - Unexpected KeyError: a bug, see the log"
    )
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 3
    assert [bool(record.exc_info) for record in caplog.records] == [True, False, False]
    assert {result.reason for result in results} == {Reason.BUG}


async def test_a_record_says_which_snippet_and_sandbox_it_is_about(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake = FakeProvider(SandboxLost("gone"))
    with caplog.at_level(logging.INFO, "daytona_validate"):
        await pipeline(fake).validate(replace(PRINTS, snippet_id="a-1"), index=7)
    retried, last = (record.__dict__ for record in caplog.records)
    noted = ("index", "snippet_id", "sandbox_id", "language", "reason")
    assert [retried[name] for name in noted] == [7, "a-1", "fake-1", "python", "sandbox_lost"]
    assert [last[name] for name in noted] == [7, "a-1", "fake-2", "python", "sandbox_lost"]


async def test_a_sandbox_that_cannot_be_removed_is_logged_and_costs_no_verdict(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake = FakeProvider(ran("1\n"), close_errors=[OSError("stuck")])
    with caplog.at_level(logging.INFO, "daytona_validate"):
        result = await pipeline(fake).validate(PRINTS)
    assert (result.outcome, result.output, fake.alive) == (Outcome.PASSED, "1\n", 1)
    (record,) = caplog.records
    assert "could not be removed" in record.getMessage()


async def test_an_error_that_a_provider_swallows_is_no_verdict() -> None:
    class Swallows(FakeProvider):
        @asynccontextmanager
        async def open(self, spec: SandboxSpec) -> AsyncIterator[Sandbox]:
            with suppress(RuntimeError):
                async with super().open(spec) as sandbox:
                    yield sandbox

    result = await pipeline(Swallows(RuntimeError("swallowed"))).validate(PRINTS)
    assert result.details == "Code validation unavailable - The sandbox returned no execution"


async def test_code_and_output_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeProvider(ran("my output", "my error", exit_code=1))
    with caplog.at_level(logging.DEBUG, "daytona_validate"):
        await pipeline(fake).validate(PRINTS)
    assert "my " not in caplog.text


async def test_a_cancellation_stays_one_though_the_cleanup_fails(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is on its way then is the clean-up's error, yet the task was cancelled."""
    fake = FakeProvider(close_errors=[OSError("stuck")])
    fake.hold("run")
    running = asyncio.create_task(pipeline(fake).validate(PRINTS))
    await fake.until(lambda f: f.running == 1)
    running.cancel()
    with (
        caplog.at_level(logging.INFO, "daytona_validate"),
        pytest.raises(asyncio.CancelledError),
    ):
        await running
    assert running.cancelled()
    assert "stuck" in caplog.text


async def test_bugs_at_two_places_are_two(caplog: pytest.LogCaptureFixture) -> None:
    def buggy(snippet: Snippet) -> Execution:
        if snippet.code == "one":
            raise KeyError(snippet.code)
        raise KeyError(snippet.code)

    path = pipeline(FakeProvider(buggy))
    with caplog.at_level(logging.INFO, "daytona_validate"):
        for code in ("one", "other", "one", "other"):
            await path.validate(replace(PRINTS, code=code))
    assert [bool(record.exc_info) for record in caplog.records] == [True, True, False, False]


async def test_that_the_service_was_not_reached_is_an_error_with_its_trace(
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = pipeline(FakeProvider(ConnectionFailed("the service is away")))
    with caplog.at_level(logging.INFO, "daytona_validate"):
        for _ in range(2):
            await path.validate(PRINTS)
    (record,) = caplog.records
    assert (record.levelname, bool(record.exc_info)) == ("ERROR", True)
