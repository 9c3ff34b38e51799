"""The service's requests, one method each, and nothing else: no retries, no decisions.

A method sends one request. It returns what the answer says, or raises a `ServiceFailure`
that says what went wrong and whether the request may have had its effect all the same.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from daytona_validate._core.limits import MIB
from daytona_validate._providers.daytona.wire import parse
from daytona_validate._providers.daytona.wire.failures import (
    Area,
    Call,
    FailureKind,
    ServiceFailure,
    malformed,
)
from daytona_validate._providers.daytona.wire.request import ANSWER_BYTES, ServiceRequest, Wire
from daytona_validate._providers.daytona.wire.retry_after import CreationsLeft
from daytona_validate._providers.daytona.wire.transport import HttpClient
from daytona_validate._runtime.single_flight import own_copy

Value = TypeVar("Value")

CREATE_READ_S = 50.0
"""The service itself waits up to 30 s for the sandbox to start before it answers."""
EXECUTE_GRACE_S = 10.0
"""What the answer to a command may take beyond the command's own time."""
REFUSED_LASTS_S = 60.0
"""How long a refusal of the key is believed: asking on and on gets the address locked out, and
never asking again would leave a server without sandboxes until somebody restarts it."""
LOG_SILENCE_S = 600.0
"""How long a build may print nothing: pulling an image can be silent for minutes."""
LOG_S = 3600.0
"""How long a build's log is followed: the service itself gives a build up after an hour."""
LOG_BYTES = 8 * MIB
PAGE_SIZE = 15
"""Sandboxes and snapshots come with their whole Dockerfile, of ours up to 55 KB: a page is to stay
below `ANSWER_BYTES`."""


class Service:
    """Client of Daytona's API under one address with one key.

    Every method raises `ServiceFailure` and nothing else, but for cancellation. None of them
    retries.

    Args:
        base_url: Of the API. The key is not sent there if `service_url.refusal` has a reason.
        api_key: Appears in no message, repr, note, log or traceback.
        client: Sends the requests; not closed. What one of httpx's sets by default (headers,
            redirects, base URL) plays no part.
        request_timeout_s: Longest wait for the answer to a request, but for those that take
            longer by their nature.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        base_url: str,
        api_key: SecretStr,
        client: httpx.AsyncClient | HttpClient,
        *,
        request_timeout_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._wire = Wire(self._base_url, api_key, client)
        self._request_timeout_s = request_timeout_s
        self._clock = clock
        self._refused: ServiceFailure | None = None
        self._refused_at_s = 0.0

    async def create(self, body: Mapping[str, Any], *, timeout_s: float) -> parse.SandboxAnswer:
        """Ask for a sandbox: `POST /sandbox`.

        Once the service refused the key here, nothing more is sent for `REFUSED_LASTS_S`: the
        same failure comes again.

        Args:
            body: The request's JSON; its `name` is what failures speak of.
            timeout_s: Longest wait for the answer; less than `CREATE_READ_S` counts as that.
        """
        if (refused := self.refusal()) is not None:
            raise own_copy(refused)
        call = Call(Area.API, "POST", "/sandbox", _sandbox(str(body.get("name", ""))))
        try:
            return await self._ask(
                call, "/sandbox", parse.sandbox, body=body, read_s=max(timeout_s, CREATE_READ_S)
            )
        except ServiceFailure as failure:
            if failure.kind is FailureKind.REFUSED:
                self._refused, self._refused_at_s = own_copy(failure), self._clock()
            raise

    def refusal(self) -> ServiceFailure | None:
        """Return the refusal of the key that is still believed; None: there is none."""
        known = self._refused
        return known if known and self._clock() - self._refused_at_s < REFUSED_LASTS_S else None

    def creations_left(self) -> CreationsLeft | None:
        """Return what the service said last of how many more it allows; each answer once."""
        left, self._wire.creations_left = self._wire.creations_left, None
        return left

    async def get(self, name_or_id: str) -> parse.SandboxAnswer:
        """Return a sandbox as it is now: `GET /sandbox/{name}`."""
        call = Call(Area.API, "GET", "/sandbox/{name}", _sandbox(name_or_id))
        return await self._ask(call, f"/sandbox/{_segment(name_or_id)}", parse.sandbox)

    async def delete(self, name_or_id: str) -> None:
        """Have a sandbox destroyed, some time after the answer: `DELETE /sandbox/{name}`."""
        call = Call(Area.API, "DELETE", "/sandbox/{name}", _sandbox(name_or_id))
        await self._send(call, f"/sandbox/{_segment(name_or_id)}")

    async def sandboxes(
        self,
        *,
        labels: Mapping[str, str],
        created_before: datetime | None = None,
        cursor: str | None = None,
    ) -> tuple[tuple[parse.SandboxAnswer, ...], str | None]:
        """Return a page of sandboxes, the oldest first, and the next page's cursor or None.

        The service's list lags behind: what is on it may be gone, what is new may be missing.

        Args:
            labels: All of them must match.
            created_before: Leaves out the younger ones; None: none.
            cursor: Of the page; None: the first.
        """
        params = {"labels": json.dumps(dict(labels)), "limit": str(PAGE_SIZE)}
        params |= {"sort": "createdAt", "order": "asc"}
        if created_before is not None:
            params["createdAtBefore"] = _timestamp(created_before)
        if cursor is not None:
            params["cursor"] = cursor
        call = Call(Area.API, "GET", "/sandbox")
        return await self._ask(call, "/sandbox", parse.sandboxes, params=params)

    async def execute(
        self,
        sandbox: parse.SandboxAnswer,
        command: str,
        *,
        timeout_s: int,
        answer_bytes: int = ANSWER_BYTES,
    ) -> parse.ExecuteAnswer:
        """Run a command in a sandbox: `POST /process/execute` of its toolbox.

        Where the sandbox's answer has no toolbox address, as from old servers, one request more
        asks for it.

        Args:
            sandbox: As `create` or `get` returned it.
            command: The stdin of a shell.
            timeout_s: After which the daemon ends it; the answer may take `EXECUTE_GRACE_S` more.
            answer_bytes: Most that is read of the answer; a longer one is a failure.
        """
        base = sandbox.toolbox_url or await self._toolbox_url(sandbox)
        about = _sandbox(sandbox.name or sandbox.id)
        return await self._ask(
            Call(Area.TOOLBOX, "POST", "/process/execute", about),
            f"{base}/{_segment(sandbox.id)}/process/execute",
            parse.execute,
            body={"command": command, "timeout": timeout_s},
            read_s=timeout_s + EXECUTE_GRACE_S,
            answer_bytes=answer_bytes,
        )

    async def _toolbox_url(self, sandbox: parse.SandboxAnswer) -> str:
        about = _sandbox(sandbox.name or sandbox.id)
        call = Call(Area.API, "GET", "/sandbox/{id}/toolbox-proxy-url", about)
        url = await self._ask(call, f"/sandbox/{_segment(sandbox.id)}/toolbox-proxy-url", parse.url)
        return url.rstrip("/")

    async def snapshot(self, name_or_id: str) -> parse.SnapshotAnswer:
        """Return a snapshot as it is now: `GET /snapshots/{name}`."""
        call = Call(Area.API, "GET", "/snapshots/{name}", _snapshot(name_or_id))
        return await self._ask(call, f"/snapshots/{_segment(name_or_id)}", parse.snapshot)

    async def snapshots(self, page: int = 1) -> tuple[tuple[parse.SnapshotAnswer, ...], int]:
        """Return a page of snapshots, from 1, and how many pages there are: `GET /snapshots`."""
        params = {"page": str(page), "limit": str(PAGE_SIZE)}
        call = Call(Area.API, "GET", "/snapshots")
        return await self._ask(call, "/snapshots", parse.snapshots, params=params)

    async def create_snapshot(self, body: Mapping[str, Any]) -> parse.SnapshotAnswer:
        """Have a snapshot built, which goes on after the answer: `POST /snapshots`."""
        call = Call(Area.API, "POST", "/snapshots", _snapshot(str(body.get("name", ""))))
        return await self._ask(call, "/snapshots", parse.snapshot, body=body)

    async def activate_snapshot(self, snapshot_id: str) -> parse.SnapshotAnswer:
        """Have an inactive snapshot made ready again: `POST /snapshots/{id}/activate`."""
        call = Call(Area.API, "POST", "/snapshots/{id}/activate", _snapshot(snapshot_id))
        path = f"/snapshots/{_segment(snapshot_id)}/activate"
        return await self._ask(call, path, parse.snapshot, body={})

    async def delete_snapshot(self, snapshot_id: str) -> None:
        """Have a snapshot removed: `DELETE /snapshots/{id}`."""
        call = Call(Area.API, "DELETE", "/snapshots/{id}", _snapshot(snapshot_id))
        await self._send(call, f"/snapshots/{_segment(snapshot_id)}")

    async def build_logs(
        self,
        snapshot_id: str,
        *,
        follow: bool = True,
        longest_s: float = LOG_S,
        most_bytes: int = LOG_BYTES,
    ) -> AsyncGenerator[str]:
        """Return what a snapshot's build prints, as it prints it; `aclosing` leaves it early.

        Args:
            snapshot_id: The snapshot's.
            follow: Whether to go on until the build has ended.
            longest_s: For how long.
            most_bytes: How much is returned; what is longer is cut, and a last line says so.
        """
        about = _snapshot(snapshot_id)
        call = Call(Area.API, "GET", "/snapshots/{id}/build-logs-url", about)
        url = await self._ask(call, f"/snapshots/{_segment(snapshot_id)}/build-logs-url", parse.url)
        request = ServiceRequest(
            call=Call(Area.API, "GET", "build-logs-url", about),
            url=url,
            params={"follow": "true"} if follow else None,
            read_s=LOG_SILENCE_S,
            answer_bytes=most_bytes,
        )
        async with aclosing(self._wire.text(request, longest_s=longest_s)) as texts:
            async for text in texts:
                yield text

    async def key(self) -> parse.KeyAnswer:
        """Return what the key is and may do: `GET /api-keys/current`."""
        call = Call(Area.API, "GET", "/api-keys/current")
        return await self._ask(call, "/api-keys/current", parse.key)

    async def config(self) -> parse.ConfigAnswer:
        """Return the service's version and defaults: `GET /config`."""
        return await self._ask(Call(Area.API, "GET", "/config"), "/config", parse.config)

    async def _ask(
        self,
        call: Call,
        path: str,
        read: Callable[[object], Value],
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        read_s: float | None = None,
        answer_bytes: int = ANSWER_BYTES,
    ) -> Value:
        """Send one request to a path of the API, or to a toolbox's whole address, and read it."""
        request = ServiceRequest(
            call=call,
            url=path if call.area is Area.TOOLBOX else self._base_url + path,
            params=params,
            content=None if body is None else json.dumps(body).encode(),
            read_s=self._request_timeout_s if read_s is None else read_s,
            answer_bytes=answer_bytes,
        )
        value = await self._wire.json(request)
        try:
            return read(value)
        except parse.NotValid as problem:
            raise malformed(call, str(problem)) from None

    async def _send(self, call: Call, path: str) -> None:
        """Send one request to the API whose answer says no more than that it was taken."""
        url = self._base_url + path
        await self._wire.taken(ServiceRequest(call=call, url=url, read_s=self._request_timeout_s))


def _segment(name: str) -> str:
    return quote(name, safe="", errors="replace")


def _sandbox(name: str) -> str:
    return f"sandbox {name}"


def _snapshot(name: str) -> str:
    return f"snapshot {name}"


def _timestamp(time: datetime) -> str:
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")
