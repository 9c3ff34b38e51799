"""When a validator may be used, and what it says otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daytona_validate import ConfigurationError, Snippet, Validator, ValidatorClosed
from daytona_validate.testing import FakeProvider

Open = Callable[..., Validator]


def test_the_constructor_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYTONA_TIMEOUT", "no number")
    monkeypatch.chdir(tmp_path)
    Validator()


async def test_a_wrong_setting_is_said_on_entering(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTONA_TIMEOUT", "no number")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match="DAYTONA_TIMEOUT"):
        await Validator().__aenter__()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"concurrency": 0}, "concurrency must be at least 1, not 0"),
        ({"concurrency": -3}, "concurrency must be at least 1, not -3"),
        ({"provider": "docker"}, "provider accepts daytona or local, not 'docker'"),
    ],
)
def test_a_wrong_argument_is_said_by_the_constructor(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Validator(**arguments)


async def test_before_opening_it_says_how_to_open(opened: Open, fake: FakeProvider) -> None:
    validator = opened(fake)
    with pytest.raises(ValidatorClosed, match="not open yet: use `async with"):
        await validator.validate("1", "python")
    with pytest.raises(ValidatorClosed, match="not open yet"):
        await validator.validate_many([])
    with pytest.raises(ValidatorClosed, match="not open yet"):
        validator.stream([])


async def test_after_closing_it_says_so(opened: Open, fake: FakeProvider) -> None:
    async with opened(fake) as validator:
        pass
    assert fake.is_closed
    with pytest.raises(ValidatorClosed, match="is closed; make a new one"):
        await validator.validate("1", "python")


async def test_closing_twice_or_unopened_is_safe(opened: Open, fake: FakeProvider) -> None:
    validator = opened(fake)
    async with validator:
        await validator.aclose()
        await validator.aclose()
    unopened = opened(fake)
    await unopened.aclose()
    with pytest.raises(ValidatorClosed):
        await unopened.__aenter__()


async def test_it_opens_once(opened: Open, fake: FakeProvider) -> None:
    async with opened(fake) as validator:
        with pytest.raises(ValidatorClosed, match="was opened before"):
            await validator.__aenter__()
        assert (await validator.validate("1", "python")).status == "Success"


def test_it_does_not_serve_two_event_loops(opened: Open, fake: FakeProvider) -> None:
    validator = opened(fake)
    asyncio.run(validator.__aenter__())
    with pytest.raises(ValidatorClosed, match="another event loop; open one in each"):
        asyncio.run(validator.validate("1", "python"))
    asyncio.run(validator.aclose())
    assert fake.is_closed


async def test_closing_waits_for_what_was_taken(opened: Open, fake: FakeProvider) -> None:
    fake.hold("run")
    validator = await opened(fake, concurrency=1).__aenter__()
    taken = [asyncio.create_task(validator.validate("1", "python")) for _ in range(2)]
    await fake.until(lambda f: f.running == 1)
    closing = asyncio.create_task(validator.aclose())
    await asyncio.sleep(0)
    with pytest.raises(ValidatorClosed):
        await validator.validate("1", "python")
    assert not fake.is_closed
    assert (validator.stats().running, validator.stats().waiting) == (1, 1)
    fake.release("run")
    await closing
    assert [(await task).status for task in taken] == ["Success", "Success"]
    assert fake.is_closed


async def test_closing_ends_a_stream_with_words(opened: Open, fake: FakeProvider) -> None:
    async with opened(fake, concurrency=1) as validator:
        stream = validator.stream(Snippet(code="1", language="python") for _ in range(100))
        async with stream as finished:
            await anext(finished)
            await validator.aclose()
            with pytest.raises(ValidatorClosed, match="is closed"):
                [result async for result in finished]


async def test_a_cancelled_wait_for_closing_closes_the_provider_all_the_same(
    opened: Open, fake: FakeProvider
) -> None:
    fake.hold("run")
    validator = await opened(fake).__aenter__()
    running = asyncio.create_task(validator.validate("1", "python"))
    await fake.until(lambda f: f.running == 1)
    closing = asyncio.create_task(validator.aclose())
    await asyncio.sleep(0)
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert fake.is_closed
    fake.release("run")
    await running


async def test_the_figures_are_kept_if_closing_fails(opened: Open) -> None:
    class Broken(FakeProvider):
        async def aclose(self) -> None:
            raise OSError("stuck")

    validator = await opened(Broken()).__aenter__()
    await validator.validate("1", "python")
    with pytest.raises(OSError, match="stuck"):
        await validator.aclose()
    assert validator.stats().outcomes == {"passed": 1}
