"""A model of Daytona in virtual time: a pool of an organization, rates, latencies, and outages.

The numbers are those of its documentation: the lowest tier has 10 cores, and 300 creations a
minute. Nothing goes over a socket: it stands behind a client as its transport.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections import Counter
from dataclasses import dataclass, field

import httpx

TOOLBOX = "https://proxy.app.daytona.io/toolbox"
AUTO_STOP_S = 180.0
"""After which it deletes a sandbox by itself."""
ANSWER_S = 0.05
"""The time of any answer that makes nothing."""


@dataclass(kw_only=True)
class SimulatedDaytona(httpx.AsyncBaseTransport):
    """Daytona's part that makes sandboxes and removes them."""

    pool: int | None = None
    """Sandboxes at a time, of all who share the organization; None: any number."""
    strangers: int = 0
    """How many of them somebody else has now."""
    per_minute: int | None = None
    """Creations in a window of a minute; None: any number."""
    says_what_is_left: bool = False
    """Whether answers have the headers that say how many creations are left in the window."""
    create_s: float = 1.0
    destroy_s: float = 0.0
    """How long a sandbox still counts after the answer to its deletion."""
    trouble: str = ""
    """What is wrong now: `refused connections`, `errors`, `nonsense`, `silence`, `key`."""
    trouble_of: str = ""
    """The one language whose snapshots it concerns; empty: all."""
    answers: Counter[str] = field(default_factory=Counter[str])
    """What requests to create came to."""
    most: int = 0
    """Most sandboxes of ours at a time."""
    deleted: int = 0
    expired: int = 0
    """Sandboxes that it deleted by itself, as nobody else did."""
    asked_at_s: list[float] = field(default_factory=list[float])
    """When creations were asked for."""

    def __post_init__(self) -> None:
        self.alive: set[str] = set()
        self._going: set[str] = set()
        self._window = (float("-inf"), 0)
        self._blocked_until_s = float("-inf")

    @property
    def creations(self) -> int:
        """Requests to create."""
        return self.answers.total()

    @property
    def wasted(self) -> int:
        """Those that made nothing."""
        return self.creations - self.answers["created"]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "DELETE":
            return await self._delete(request.url.path.rsplit("/", 1)[1])
        if request.method == "GET":
            await asyncio.sleep(ANSWER_S)
            return _said(404, "Sandbox not found")
        body = json.loads(await request.aread())
        self.asked_at_s.append(_now_s())
        if self.trouble and self.trouble_of in body["snapshot"]:
            return await self._fail(self.trouble, request.extensions["timeout"]["read"])
        return await self._create(body["name"])

    async def _create(self, name: str) -> httpx.Response:
        if (left_s := self._blocked_s()) > 0:
            return await self._refuse("throttled", 429, "ThrottlerException", left_s)
        if self.pool is not None and self._used >= self.pool:
            return await self._refuse("full", 400, "Total CPU limit exceeded. Maximum allowed: 10")
        self.answers["created"] += 1
        self.alive.add(name)
        asyncio.get_running_loop().call_later(AUTO_STOP_S, self._expire, name)
        self.most = max(self.most, len(self.alive))
        headers = self._left() if self.says_what_is_left else {}
        await asyncio.sleep(self.create_s)
        made = {"id": f"id-{name}", "name": name, "state": "started", "toolboxProxyUrl": TOOLBOX}
        return httpx.Response(200, json=made, headers=headers)

    def _expire(self, name: str) -> None:
        self.expired += name in self.alive
        self.alive.discard(name)

    def _left(self) -> dict[str, str]:
        began_s, count = self._window
        return {
            "X-RateLimit-Remaining-sandbox-create": f"{(self.per_minute or 0) - count}",
            "X-RateLimit-Reset-sandbox-create": f"{math.ceil(began_s + 60 - _now_s())}",
        }

    @property
    def _used(self) -> int:
        return len(self.alive) + len(self._going) + self.strangers

    def _blocked_s(self) -> float:
        """Count a request; return for how long it and others are blocked."""
        if self.per_minute is None:
            return 0.0
        now_s = _now_s()
        if now_s >= self._blocked_until_s:
            began_s, count = self._window
            self._window = (now_s, 1) if now_s >= began_s + 60 else (began_s, count + 1)
            if self._window[1] > self.per_minute:
                self._blocked_until_s = now_s + 60
                self._window = (float("-inf"), 0)
        return self._blocked_until_s - now_s

    async def _fail(self, trouble: str, read_s: float) -> httpx.Response:
        self.answers[trouble] += 1
        if trouble == "silence":
            await asyncio.sleep(read_s)
            raise httpx.ReadTimeout("")
        await asyncio.sleep(ANSWER_S)
        if trouble == "refused connections":
            raise httpx.ConnectError("Connection refused")
        if trouble == "key":
            return _said(401, "Invalid credentials")
        return _said(503, "") if trouble == "errors" else httpx.Response(200, json={"a": "fridge"})

    async def _refuse(
        self, why: str, status: int, words: str, wait_s: float = 0.0
    ) -> httpx.Response:
        self.answers[why] += 1
        await asyncio.sleep(ANSWER_S)
        headers = {"Retry-After-sandbox-create": f"{wait_s:.0f}"} if wait_s else {}
        return _said(status, words, headers)

    async def _delete(self, name: str) -> httpx.Response:
        await asyncio.sleep(ANSWER_S)
        is_down = bool(self.trouble) and not self.trouble_of
        if is_down or name not in self.alive:
            return _said(503, "") if is_down else _said(404, "Sandbox not found")
        self.deleted += 1
        self.alive.discard(name)
        if self.destroy_s:
            self._going.add(name)
            asyncio.get_running_loop().call_later(self.destroy_s, self._going.discard, name)
        return httpx.Response(200, json={"id": f"id-{name}", "name": name})


def _said(status: int, words: str, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, json={"message": words}, headers=headers)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
