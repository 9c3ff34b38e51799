"""The synchronous client: what it returns, in which thread it works, how it closes."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from daytona_validate import (
    ConfigurationError,
    DaytonaClient,
    Outcome,
    Snippet,
    ValidatorClosed,
    get_daytona_client,
)
from daytona_validate._core.results import six_key_dict
from daytona_validate.testing import Execution, FakeProvider, ran

SIX_KEYS = ["skill", "status", "output", "error", "execution_time", "details"]


def snippets(count: int) -> list[Snippet]:
    return [Snippet(code=f"print({n})", language="python") for n in range(count)]


def threads() -> list[str]:
    """Return the threads that have a loop of ours: a client's, or an emulator's of other tests."""
    return [each.name for each in threading.enumerate() if "daytona-validate-loop" in each.name]


@pytest.fixture
def fake() -> FakeProvider:
    """Every program prints its own code."""
    return FakeProvider(lambda snippet: ran(snippet.code))


@pytest.fixture
def client(folder: Path, fake: FakeProvider) -> Iterator[DaytonaClient]:
    before = threads()
    with DaytonaClient(provider=fake, concurrency=3) as client:
        assert len(threads()) > len(before)
        yield client
    assert fake.is_closed
    assert fake.alive == 0
    assert threads() == before


class Held:
    """Programs that wait in a run until they are let go, in whatever thread the test is."""

    def __init__(self) -> None:
        self.provider = FakeProvider(self._run)
        self._arrived = threading.Semaphore(0)
        self._go = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def _run(self, snippet: Snippet) -> Execution:
        self._loop = asyncio.get_running_loop()
        self._arrived.release()
        await self._go.wait()
        return ran(snippet.code)

    def wait_for(self, count: int) -> None:
        for _ in range(count):
            assert self._arrived.acquire(timeout=30)

    def let_go(self) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._go.set)


def test_one_snippet_is_the_same_as_with_a_validator(client: DaytonaClient) -> None:
    result = client.validate("print(1)", "py", skill="s", stdin="in", timeout_s=3)
    assert (result.outcome, result.output, result.skill) == (Outcome.PASSED, "print(1)", "s")
    assert client.validate(Snippet(code="x", language="go"), skill="t").language == "go"


def test_the_dict_has_exactly_six_keys(client: DaytonaClient) -> None:
    answer = client.validate_code_with_daytona(code="print(1)", language="python", skill="s")
    assert list(answer) == SIX_KEYS
    assert answer["output"] == "print(1)"
    json.dumps(answer)


def test_many_come_in_the_order_of_their_source(client: DaytonaClient) -> None:
    results = client.validate_many(iter(snippets(20)))
    assert [result.index for result in results] == list(range(20))
    assert [result.output for result in results] == [f"print({n})" for n in range(20)]


def test_many_have_a_concurrency_of_their_own(folder: Path) -> None:
    held = Held()
    with DaytonaClient(provider=held.provider) as client, ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.validate_many, snippets(5), concurrency=2)
        held.wait_for(2)
        held.let_go()
        assert len(call.result(30)) == 5
    assert held.provider.most_running == 2


def test_many_from_an_asynchronous_source(client: DaytonaClient) -> None:
    async def source() -> AsyncIterator[Snippet]:
        for each in snippets(3):
            await asyncio.sleep(0)
            yield each

    assert [result.index for result in client.validate_many(source())] == [0, 1, 2]


def test_a_plain_source_is_read_and_closed_in_the_callers_thread(client: DaytonaClient) -> None:
    readers = []

    def source() -> Iterator[Snippet]:
        try:
            for each in snippets(5):
                readers.append(threading.current_thread())
                yield each
        finally:
            readers.append(threading.current_thread())

    assert len(client.validate_many(source())) == 5
    assert set(readers) == {threading.current_thread()}
    assert len(readers) == 6


def test_a_source_may_use_the_client_itself(client: DaytonaClient) -> None:
    source = (Snippet(code=client.validate(each).output, language="python") for each in snippets(3))
    assert len(client.validate_many(source)) == 3


def test_what_a_source_raises_comes_out_unchanged(
    client: DaytonaClient, fake: FakeProvider
) -> None:
    error = KeyError("mine")

    def source() -> Iterator[Snippet]:
        yield from snippets(2)
        raise error

    with pytest.raises(KeyError) as caught:
        client.validate_many(source())
    assert caught.value is error
    assert len(fake.snippets) == 2
    assert client.validate("1", "python").is_verdict


def test_wrong_arguments_are_told_at_once(client: DaytonaClient) -> None:
    with pytest.raises(ConfigurationError):
        DaytonaClient(provider="docker")
    with pytest.raises(ConfigurationError):
        DaytonaClient(concurrency=0)
    with pytest.raises(ConfigurationError):
        client.validate_many(snippets(1), concurrency=0)
    with pytest.raises(ConfigurationError, match="number 0 is str"):
        client.validate_many(["print(1)"])  # type: ignore[list-item]  # what is tested


def test_threads_share_one_set_of_slots(folder: Path) -> None:
    held = Held()
    with (
        DaytonaClient(provider=held.provider, concurrency=3) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        calls = [pool.submit(client.validate, each) for each in snippets(8)]
        held.wait_for(3)
        held.let_go()
        outputs = [call.result(30).output for call in calls]
    assert outputs == [f"print({n})" for n in range(8)]
    assert held.provider.most_running == 3


def test_closing_waits_for_what_runs_in_other_threads(folder: Path) -> None:
    held = Held()
    client = DaytonaClient(provider=held.provider)
    with ThreadPoolExecutor(2) as pool:
        call = pool.submit(client.validate, "print(1)", "python")
        held.wait_for(1)
        closing = pool.submit(client.close)
        held.let_go()
        assert call.result(30).outcome is Outcome.PASSED
        closing.result(30)
    assert held.provider.is_closed


def test_closing_does_not_wait_for_a_source_that_gives_nothing(
    client: DaytonaClient, fake: FakeProvider
) -> None:
    reading, go_on = threading.Event(), threading.Event()

    def source() -> Iterator[Snippet]:
        yield from snippets(1)
        reading.set()
        go_on.wait(30)

    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.validate_many, source())
        assert reading.wait(30)
        client.close()
        assert fake.is_closed
        go_on.set()
        with pytest.raises(ValidatorClosed):
            call.result(30)


def test_a_closed_client_says_so(folder: Path, fake: FakeProvider) -> None:
    client = DaytonaClient(provider=fake)
    client.close()
    client.close()
    with pytest.raises(ValidatorClosed, match="get_daytona_client"):
        client.validate("1", "python")
    with pytest.raises(ValidatorClosed), client:
        pass


def test_a_client_that_failed_to_open_can_be_opened_when_that_is_mended(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = threads()
    monkeypatch.setenv("DAYTONA_TIMEOUT", "soon")
    with pytest.raises(ConfigurationError, match="DAYTONA_TIMEOUT = 'soon'"):
        get_daytona_client()
    assert threads() == before
    monkeypatch.setenv("DAYTONA_TIMEOUT", "30")
    get_daytona_client().close()


def test_a_process_has_one_client_until_it_is_closed(folder: Path) -> None:
    at_once = threading.Barrier(8)

    def ask() -> DaytonaClient:
        at_once.wait(30)
        return get_daytona_client()

    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(ask) for _ in range(8)]
    (client,) = {call.result() for call in calls}
    client.close()
    with get_daytona_client() as another:
        assert another is not client
        assert get_daytona_client() is another


def test_without_a_key_there_is_the_fallback_and_no_exception(folder: Path) -> None:
    with get_daytona_client() as client:
        answer = client.validate_code_with_daytona("print(1)", "python", "Python Programming")
    assert answer == {
        "skill": "Python Programming",
        "status": "Failure",
        "output": "",
        "error": None,
        "execution_time": 0.0,
        "details": "Code validation unavailable - API key not configured",
    }


def test_the_dict_is_that_of_the_result(client: DaytonaClient) -> None:
    result = client.validate("print(1)", "python", skill="s")
    answer = client.validate_code_with_daytona("print(1)", "python", "s")
    assert answer == six_key_dict(result)
