"""However a call ends, no task and no sandbox is left, and the source is closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from daytona_validate import Snippet, Validator
from daytona_validate.testing import FakeProvider, Point


class Course:
    """An endless source that knows whether it was closed."""

    def __init__(self) -> None:
        self.is_closed = False
        self.read = 0

    async def snippets(self) -> AsyncIterator[Snippet]:
        try:
            while True:
                self.read += 1
                yield Snippet(code=f"print({self.read})", language="python")
        finally:
            await asyncio.sleep(0)
            self.is_closed = True


@pytest.fixture
def fake() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
async def validator(
    fake: FakeProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Validator]:
    monkeypatch.chdir(tmp_path)
    before = asyncio.all_tasks()
    async with Validator(provider=fake, concurrency=3) as validator:
        yield validator
        assert fake.running == 0
        assert fake.alive == 0
    assert asyncio.all_tasks() - before <= {asyncio.current_task()}


async def read_all(validator: Validator, course: Course) -> None:
    async with validator.stream(course.snippets()) as finished:
        async for _ in finished:
            pass


async def test_break(validator: Validator, fake: FakeProvider) -> None:
    course = Course()
    async with validator.stream(course.snippets()) as finished:
        async for _ in finished:
            break
    assert course.is_closed
    assert fake.alive == 0


async def test_an_error_of_the_consumer(validator: Validator, fake: FakeProvider) -> None:
    course, error = Course(), KeyError("mine")

    async def consume() -> None:
        async with validator.stream(course.snippets()) as finished:
            async for _ in finished:
                raise error

    with pytest.raises(KeyError) as caught:
        await consume()
    assert caught.value is error
    assert course.is_closed
    assert fake.alive == 0


@pytest.mark.parametrize("point", ["open", "run", "close"])
@pytest.mark.parametrize("cancels", [1, 2, 4])
async def test_cancelled_at_every_wait_that_holds_a_sandbox(
    validator: Validator, fake: FakeProvider, point: Point, cancels: int
) -> None:
    course = Course()
    fake.hold(point)
    call = asyncio.create_task(read_all(validator, course))
    at_point: dict[Point, Callable[[FakeProvider], bool]] = {
        "open": lambda f: f.opened == 3,
        "run": lambda f: f.running == 3,
        "close": lambda f: len(f.snippets) == 3 and f.running == 0,
    }
    await fake.until(at_point[point])
    fake.hold("close")
    for _ in range(cancels):
        call.cancel()
        for _ in range(3):
            await asyncio.sleep(0)
        assert not call.done()  # its sandboxes are being removed
    fake.release("close")
    with pytest.raises(asyncio.CancelledError):
        await call
    assert (fake.opened, fake.alive, fake.running) == (3, 0, 0)
    assert course.is_closed


@pytest.mark.parametrize("cancels", [1, 2])
async def test_a_single_call_cancelled_in_its_removal(
    validator: Validator, fake: FakeProvider, cancels: int
) -> None:
    fake.hold("close")
    call = asyncio.create_task(validator.validate("1", "python"))
    await fake.until(lambda f: len(f.snippets) == 1 and f.running == 0)
    for _ in range(cancels):
        call.cancel()
        await asyncio.sleep(0)
    fake.release("close")
    with pytest.raises(asyncio.CancelledError):
        await call
    await validator.aclose()  # a call that is cancelled twice waits for nothing
    assert (fake.opened, fake.alive) == (1, 0)


async def test_a_call_cancelled_while_it_waits_for_a_slot(
    validator: Validator, fake: FakeProvider
) -> None:
    fake.hold("run")
    running = [asyncio.create_task(validator.validate("1", "python")) for _ in range(3)]
    await fake.until(lambda f: f.running == 3)
    waiting = asyncio.create_task(validator.validate("2", "python"))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    fake.release("run")
    await asyncio.wait(running)
    assert fake.opened == 3
    assert (await validator.validate("3", "python")).status == "Success"


@pytest.mark.virtual_time
async def test_a_time_limit_of_the_caller(validator: Validator, fake: FakeProvider) -> None:
    fake.hold("run")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(60):
            await read_all(validator, Course())
    assert (fake.opened, fake.alive) == (3, 0)


async def test_a_sibling_that_fails_in_the_callers_task_group(
    validator: Validator, fake: FakeProvider
) -> None:
    course = Course()
    fake.hold("run")

    async def fails() -> None:
        await fake.until(lambda f: f.running == 3)
        raise KeyError("sibling")

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(read_all(validator, course))
            group.create_task(fails())

    with pytest.raises(ExceptionGroup) as caught:
        await both()
    assert [type(error) for error in caught.value.exceptions] == [KeyError]
    assert course.is_closed
    assert fake.alive == 0


async def test_a_removal_that_hangs_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It costs its sandbox, which is counted, but neither the verdict nor the other snippets."""
    monkeypatch.chdir(tmp_path)
    fake = FakeProvider(close_grace_s=0.01)
    async with Validator(provider=fake) as validator:
        fake.hold("close")
        result = await validator.validate("1", "python")
        fake.release("close")
        assert result.status == "Success"
        assert (await validator.validate("1", "python")).status == "Success"
    assert fake.alive == 1


async def test_under_an_anyio_scope_cancelled_at_once(
    validator: Validator, fake: FakeProvider
) -> None:
    """Web frameworks cancel that way: again and again, in every cycle of the loop."""
    import anyio

    course = Course()
    fake.hold("run")

    async def cancel(scope: Any) -> None:
        await fake.until(lambda f: f.running == 3)
        scope.cancel()

    async with anyio.create_task_group() as group:
        group.start_soon(cancel, group.cancel_scope)
        group.start_soon(read_all, validator, course)
    assert course.is_closed
    assert fake.alive == 0
