"""Daytona's API in memory, as far as a provider needs it, and a time that passes at once."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from daytona_validate import Limits, SandboxSpec
from daytona_validate._providers.daytona.effects import Effects
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.daytona.removals import Removals
from daytona_validate._providers.daytona.wire.service import Service
from plain_settings import plain_settings

API = "https://app.daytona.io/api"
TOOLBOX = "https://proxy.app.daytona.io/toolbox"
KEY = "dtn_canary"

PRINTED = (Path(__file__).parent / "printed_by_an_envelope.txt").read_text()
"""By bash and perl 5.36 on Debian 12, 2026-11: a program that wrote to both streams."""

Reply = httpx.Response | Exception
Handler = Callable[[httpx.Request], Awaitable[httpx.Response]]


def error(status: int, message: str = "", **headers: str) -> httpx.Response:
    body = {"statusCode": status, "message": message}
    return httpx.Response(
        status, json=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
    )


def printed(command: str) -> httpx.Response:
    """Return what an envelope printed for a program that wrote `héllo`, to a script of ours."""
    nonce = re.search(r"^nonce (\w+)$", command, re.MULTILINE)
    assert nonce is not None
    return httpx.Response(200, json={"exitCode": 0, "result": PRINTED.replace("NONCE", nonce[1])})


class Cloud:
    """What there is, and what was asked. A request is named as in `POST /sandbox`."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        """Of the requests for sandboxes."""
        self.alive: dict[str, dict[str, Any]] = {}
        """Sandboxes by name."""
        self.created = self.deleted = 0
        self.states: deque[str] = deque()
        """States that the next answers about sandboxes show; then `started`."""
        self.snapshots: defaultdict[str, str] = defaultdict(lambda: "active")
        self.room: int | None = None
        self.runs: list[dict[str, Any]] = []
        """Requests to execute: their JSON."""
        self._scripts: defaultdict[str, deque[Handler]] = defaultdict(deque)
        self._changed = asyncio.Event()

    def answers(self, request: str, *replies: Reply | Handler) -> None:
        """Let the next requests of a kind have these answers instead, and no effect."""
        self._scripts[request].extend(
            reply if callable(reply) else _without_effect(reply) for reply in replies
        )

    def answers_after(self, request: str, *replies: Reply) -> None:
        """Let the next requests of a kind have their effect, and then these answers."""

        def after(reply: Reply) -> Handler:
            async def handle(received: httpx.Request) -> httpx.Response:
                await self.done(received)
                return _given(reply)

            return handle

        self._scripts[request].extend(after(reply) for reply in replies)

    def holds(self, request: str) -> asyncio.Event:
        """Let the next request of a kind wait for an event before it has its effect."""
        gate = asyncio.Event()

        async def handle(received: httpx.Request) -> httpx.Response:
            await gate.wait()
            return await self.done(received)

        self._scripts[request].append(handle)
        return gate

    async def until(self, condition: Callable[[Cloud], bool]) -> None:
        while not condition(self):
            await self._changed.wait()

    def count(self, request: str) -> int:
        return Counter(self.asked)[request]

    async def __call__(self, received: httpx.Request) -> httpx.Response:
        """Answer one request; what respx calls."""
        assert received.headers["Authorization"] == f"Bearer {KEY}"
        request = _kind(received)
        self.asked.append(request)
        if request == "POST /sandbox":
            self.bodies.append(json.loads(received.content))
        if request == "execute":
            self.runs.append(json.loads(received.content))
        self._tell()
        script = self._scripts[request]
        try:
            return await (script.popleft() if script else self.done)(received)
        finally:
            self._tell()

    async def done(self, received: httpx.Request) -> httpx.Response:
        """Do what a request says, as the service would."""
        request, segments = _kind(received), received.url.path.split("/")
        if request == "POST /sandbox":
            return self._create(json.loads(received.content))
        if "/snapshots" in request:
            return self._snapshot(request, segments[3].removeprefix("id-"))
        wanted = segments[2] if request == "execute" else segments[3]
        name = next((n for n, s in self.alive.items() if wanted in (n, s["id"])), None)
        if name is None:
            return error(404, "Sandbox not found")
        if request == "DELETE /sandbox":
            self.deleted += 1
            return httpx.Response(200, json=self.alive.pop(name))
        if request == "execute":
            return printed(json.loads(received.content)["command"])
        return httpx.Response(200, json=self._shown(name))

    def _snapshot(self, request: str, name: str) -> httpx.Response:
        if request == "POST /snapshots":
            self.snapshots[name] = "active"
        shown = {"id": f"id-{name}", "name": name, "state": self.snapshots[name]}
        return httpx.Response(200, json=shown)

    def _create(self, body: dict[str, Any]) -> httpx.Response:
        name = body["name"]
        if self.snapshots[body["snapshot"]] != "active":
            return error(400, f"Snapshot {body['snapshot']} is {self.snapshots[body['snapshot']]}")
        if name in self.alive:
            return error(409, f"Sandbox with name {name} already exists")
        if self.room is not None and len(self.alive) >= self.room:
            return error(400, "Total CPU limit exceeded. Maximum allowed: 10.")
        self.created += 1
        self.alive[name] = {
            "id": f"id-{self.created}",
            "name": name,
            "toolboxProxyUrl": TOOLBOX,
            "labels": body["labels"],
        }
        return httpx.Response(200, json=self._shown(name))

    def _shown(self, name: str) -> dict[str, Any]:
        state = self.states.popleft() if self.states else "started"
        return self.alive[name] | {"state": state, "desiredState": "started"}

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


def _without_effect(reply: Reply) -> Handler:
    async def handle(received: httpx.Request) -> httpx.Response:
        return _given(reply)

    return handle


def _given(reply: Reply) -> httpx.Response:
    if isinstance(reply, Exception):
        raise reply
    return reply


def _kind(request: httpx.Request) -> str:
    path = request.url.path
    if "/process/" in path:
        return "execute"
    return f"{request.method} {'/snapshots' if '/snapshots' in path else '/sandbox'}"


class FakeTime:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.slept_s: list[float] = []
        self._may_pass = asyncio.Event()
        self._may_pass.set()
        self._asleep = asyncio.Semaphore(0)

    def hold(self) -> None:
        """Let everybody sleep until time is released."""
        self._may_pass.clear()

    def release(self) -> None:
        self._may_pass.set()

    async def until_asleep(self, count: int) -> None:
        """Return when so many more have fallen asleep."""
        for _ in range(count):
            await self._asleep.acquire()

    def __call__(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self._asleep.release()
        await self._may_pass.wait()
        self.now_s += seconds
        await asyncio.sleep(0)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    cloud = Cloud()
    with respx.mock(assert_all_called=False) as router:
        router.route(host="app.daytona.io").mock(side_effect=cloud)
        router.route(host="proxy.app.daytona.io").mock(side_effect=cloud)
        yield cloud


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def spec() -> SandboxSpec:
    return SandboxSpec(language="python", limits=Limits())


@pytest.fixture
async def make(cloud: Any, time: FakeTime) -> AsyncIterator[Callable[..., DaytonaProvider]]:
    """Make providers; they are closed at the end of the test."""
    made: list[DaytonaProvider] = []
    client = httpx.AsyncClient()  # whose requests respx takes

    def provider(
        *,
        clock: Callable[[], float] = time,
        sleep: Callable[[float], Awaitable[None]] = time.sleep,
        **config: Any,
    ) -> DaytonaProvider:
        effects = Effects(
            clock=clock,
            epoch_s=lambda: 1_700_000_000.5,
            sleep=sleep,
            random=lambda: 0.5,
            host="host 1",
        )
        settings = plain_settings(api_key=KEY, **config)
        made.append(DaytonaProvider(settings, http_client=client, effects=effects))
        return made[-1]

    yield provider
    for each in made:
        await each.aclose()
        assert each._sandboxes is not None
        assert not each._sandboxes._creation.admission._limits._held, "its room is never free again"
    await client.aclose()


@pytest.fixture
def provider(make: Callable[..., DaytonaProvider]) -> DaytonaProvider:
    return make()


@pytest.fixture
async def service(cloud: Any) -> AsyncIterator[Service]:
    async with httpx.AsyncClient() as client:
        yield Service(API, SecretStr(KEY), client, request_timeout_s=30)


@pytest.fixture
def removals(service: Service, time: Any) -> Removals:
    return Removals(service, clock=time, sleep=time.sleep, random=lambda: 0.5)
