"""Our own client at the emulator, over real sockets, while somebody else changes what is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pydantic import SecretStr

from daytona_validate import Limits, Outcome, SandboxSpec, Snippet, Validator
from daytona_validate._errors import SandboxLost
from daytona_validate._providers.daytona.effects import Effects
from daytona_validate._providers.daytona.images import Image, image, resources_for
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.daytona.snapshots import Done, build, remove
from daytona_validate._providers.daytona.wire.service import Service
from plain_settings import plain_settings

if TYPE_CHECKING:
    from tests.emulator.conftest import House

SPEC = SandboxSpec(language="python", limits=Limits())
HELLO = Snippet(code="print('hi')", language="python")
Hook = Callable[[httpx.Request], Awaitable[None]]
Opened = Callable[..., AbstractAsyncContextManager[DaytonaProvider]]


def wanted() -> Image:
    return image("python", (), resources_for(Limits(), cpu=1))


def client_with(hook: Hook | None) -> httpx.AsyncClient:
    hooks = {"request": [] if hook is None else [hook]}
    return httpx.AsyncClient(event_hooks=hooks, trust_env=False, timeout=20)


def as_both_have_asked(path: str) -> Hook:
    """Hold back a request of a kind until somebody else is about to send it, too."""
    both = asyncio.Barrier(2)
    held: list[str] = []

    async def hook(request: httpx.Request) -> None:
        if request.url.path.endswith(path) and len(held) < 2:
            held.append(path)
            await both.wait()

    return hook


@pytest.fixture
def opened(house: House) -> Opened:
    """A provider of its own for each who validates; its time is that of the emulator."""

    async def sleep(seconds: float) -> None:
        house.clock.now_s += seconds
        await asyncio.sleep(0)

    @asynccontextmanager
    async def opening(hook: Hook | None = None) -> AsyncIterator[DaytonaProvider]:
        at = house.emulator
        async with client_with(hook) as client:
            config = plain_settings(api_key=at.api_key, base_url=at.base_url)
            effects = Effects(clock=house.clock, sleep=sleep)
            provider = DaytonaProvider(config, http_client=client, effects=effects)
            try:
                yield provider
            finally:
                await provider.aclose()

    return opening


@asynccontextmanager
async def service(house: House, hook: Hook | None = None) -> AsyncIterator[Service]:
    async with client_with(hook) as client:
        yield Service(
            house.emulator.base_url, SecretStr(house.emulator.api_key), client, request_timeout_s=30
        )


async def take_a_turn(_: float) -> None:
    await asyncio.sleep(0)


@pytest.fixture
async def asleep(house: House) -> str:
    """Path of the snapshot of our Python, put to sleep ten minutes ago."""
    async with service(house) as at:
        assert await build(at, wanted(), sleep=take_a_turn) is Done.BUILT
        path = f"/snapshots/{(await at.snapshot(wanted().name)).id}"
    assert (await house.api("POST", f"{path}/deactivate")).status_code == 204
    house.clock.now_s += 600
    return path


async def open_and_leave(provider: DaytonaProvider) -> None:
    async with provider.open(SPEC):
        pass


async def test_two_who_find_a_snapshot_asleep_both_get_their_sandbox(
    house: House, opened: Opened, asleep: str
) -> None:
    hook = as_both_have_asked("/activate")
    async with opened(hook) as one, opened(hook) as other:
        await asyncio.gather(open_and_leave(one), open_and_leave(other))
    assert house.emulator.counts.requests["activate_snapshot"] == 2
    assert house.emulator.counts.created == 2


async def test_two_who_build_a_snapshot_that_is_asleep_both_have_it(
    house: House, asleep: str
) -> None:
    hook = as_both_have_asked("/activate")
    async with service(house, hook) as one, service(house, hook) as other:
        done = await asyncio.gather(
            *(build(each, wanted(), sleep=take_a_turn) for each in (one, other))
        )
    assert set(done) == {Done.ACTIVATED}
    assert house.emulator.counts.requests["activate_snapshot"] == 2


async def test_a_snapshot_that_was_put_to_sleep_just_now_is_waited_for(
    house: House, opened: Opened, asleep: str
) -> None:
    async with opened() as provider:
        await open_and_leave(provider)
        await house.api("POST", f"{asleep}/deactivate")
        began_s = house.clock.now_s
        await open_and_leave(provider)
        assert 600 <= house.clock.now_s - began_s < 660


async def test_one_that_is_being_removed_is_built_anew_under_its_name(
    house: House, asleep: str
) -> None:
    async def sleep(seconds: float) -> None:
        house.clock.now_s += seconds
        await asyncio.sleep(0)

    async with service(house) as at:
        await remove(at, await at.snapshot(wanted().name))
        assert await build(at, wanted(), sleep=sleep) is Done.BUILT
        assert (await at.snapshot(wanted().name)).state == "active"


def as_somebody_deletes_it_first(house: House, times: int = 1) -> Hook:
    """Let sandboxes be gone, to the end, before their first commands arrive."""
    gone: list[str] = []

    async def hook(request: httpx.Request) -> None:
        if request.url.path.endswith("/process/execute") and len(gone) < times:
            gone.append(request.url.path.split("/")[2])
            await house.api("DELETE", f"/sandbox/{gone[-1]}")
            await house.emulator.until(lambda counts: counts.deleted == len(gone))

    return hook


async def test_a_sandbox_that_is_gone_before_its_first_command_is_lost_and_no_wrong_key(
    house: House, opened: Opened, asleep: str
) -> None:
    async with opened(as_somebody_deletes_it_first(house)) as provider, provider.open(SPEC) as it:
        with pytest.raises(SandboxLost, match="The sandbox is gone"):
            await it.run(HELLO)


@pytest.mark.jail
@pytest.mark.slow
async def test_a_snippet_whose_sandbox_was_gone_is_run_in_another(
    jail_machines: Any, started: Any
) -> None:
    async with started(machines=jail_machines) as house:
        async with service(house) as at:
            await build(at, wanted(), sleep=take_a_turn)
        async with client_with(as_somebody_deletes_it_first(house)) as client:
            at = house.emulator
            config = plain_settings(api_key=at.api_key, base_url=at.base_url)
            provider = DaytonaProvider(config, http_client=client)
            async with Validator(provider=provider) as validator:
                result = await validator.validate(HELLO)
            await provider.aclose()
        assert (result.outcome, result.output, result.attempts) == (Outcome.PASSED, "hi\n", 2)
