"""A Daytona that runs nothing: each answer is ready made, and comes after the same while.

`python -m daytona_validate._bench.scripted_daytona 50` prints its port, answers each request after
50 ms and ends with its stdin. It is what clients are measured against: another process, that costs
as little as it can. `GET /counts` tells what was asked of it, at once and uncounted.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import resource
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from typing import cast

from daytona_validate._emulator.control_plane.response_bodies import sandbox_body
from daytona_validate._emulator.control_plane.sandbox_states import SandboxRow, SandboxState

OUTPUT = "42\n"
"""What every program prints here."""
BACKLOG = 4096
"""Connections that may wait to be accepted: many clients come at the same moment."""
_TOOLBOX = "/toolbox"
_NAME, _ID = "a-name-of-a-sandbox", "00000000-0000-4000-8000-000000000000"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d{1,9})\r\n", re.IGNORECASE)
_NONCE = re.compile(rb"nonce ([0-9A-Za-z]{16,})\\n")
"""As it stands in a run's script, in JSON."""
_KINDS = (
    ("create", re.compile(r"POST /api/sandbox")),
    ("execute", re.compile(r"POST /toolbox/[^/]+/process/(execute|code-run)")),
    ("delete", re.compile(r"DELETE /api/sandbox/(?P<which>[^/]+)")),
    ("toolbox_url", re.compile(r"GET /api/sandbox/[^/]+/toolbox-proxy-url")),
    ("get", re.compile(r"GET /api/sandbox/(?P<which>[^/]+)")),
    ("events", re.compile(r"GET /api/socket\.io/")),
    ("counts", re.compile(r"GET /counts")),
)


@dataclass(slots=True)
class ServerCounts:
    """What was asked of the server, and what it cost it."""

    create: int = 0
    execute: int = 0
    get: int = 0
    delete: int = 0
    toolbox_url: int = 0
    events: int = 0
    """For the stream of events, which it does not have: no client waits for that."""
    unknown: int = 0
    """Requests that it has no answer for."""
    alive: int = 0
    most_alive: int = 0
    """Since the counts were read before."""
    cpu_s: float = 0.0

    @property
    def requests(self) -> int:
        """All that a validation is made of, and those without an answer."""
        return self.create + self.execute + self.get + self.delete + self.toolbox_url + self.unknown


@dataclass(slots=True)
class ScriptedDaytona:
    """The answers of one server.

    Args:
        origin: Its own address, without a slash at the end.
    """

    origin: str
    counts: ServerCounts = field(default_factory=ServerCounts)
    _names: dict[str, str] = field(default_factory=dict[str, str])
    """Of each sandbox by its id, and its id by its name."""
    _made: int = 0

    def answer(self, target: str, body: bytes) -> tuple[int, bytes]:
        """Return status and body of an answer.

        Args:
            target: Method and path, without a query.
            body: Of the request.
        """
        matches = ((kind, pattern.fullmatch(target)) for kind, pattern in _KINDS)
        kind, match = next(((k, m) for k, m in matches if m is not None), ("unknown", None))
        if kind == "counts":
            used = resource.getrusage(resource.RUSAGE_SELF)
            self.counts.cpu_s = used.ru_utime + used.ru_stime
            read = json.dumps(asdict(self.counts)).encode()
            self.counts.most_alive = self.counts.alive
            return 200, read
        setattr(self.counts, kind, getattr(self.counts, kind) + 1)
        if kind == "create":
            return 200, self._created(body)
        if kind == "execute":
            return 200, _executed(body)
        if kind == "toolbox_url":
            return 200, json.dumps({"url": self.origin + _TOOLBOX}).encode()
        which = "" if match is None else match.groupdict().get("which", "")
        if which not in self._names:
            return 404, b'{"statusCode": 404, "message": "There is no such thing here."}'
        return 200, self._found(which, is_deleted=kind == "delete")

    def _found(self, which: str, *, is_deleted: bool) -> bytes:
        other = self._names[which]
        if is_deleted:
            del self._names[which], self._names[other]
            self.counts.alive -= 1
        is_id = which.startswith(_ID[:20])
        return self._sandbox(which, other) if is_id else self._sandbox(other, which)

    def _created(self, body: bytes) -> bytes:
        self._made += 1
        sandbox_id = f"{_ID[:24]}{self._made:012d}"
        name = json.loads(body).get("name") or f"sandbox-{self._made}"
        self._names |= {sandbox_id: name, name: sandbox_id}
        self.counts.alive += 1
        self.counts.most_alive = max(self.counts.most_alive, self.counts.alive)
        return self._sandbox(sandbox_id, name)

    def _sandbox(self, sandbox_id: str, name: str) -> bytes:
        values = {_ID: sandbox_id, _NAME: name, "{origin}": self.origin}
        body = _SANDBOX
        for place, value in values.items():
            body = body.replace(place.encode(), value.encode())
        return body


def _template() -> bytes:
    row = SandboxRow(
        id=_ID,
        name=_NAME,
        snapshot="scripted",
        is_network_blocked=True,
        state=SandboxState.STARTED,
        is_changing=False,
        created_s=1.8e9,
        updated_s=1.8e9,
        active_s=1.8e9,
    )
    return json.dumps(sandbox_body(row, toolbox_url="{origin}" + _TOOLBOX)).encode()


_SANDBOX = _template()


def _executed(body: bytes) -> bytes:
    """Return the answer to a run: as our supervisor gives it where the run is one of ours."""
    nonce = _NONCE.search(body)
    result = OUTPUT if nonce is None else supervisors_answer(nonce[1].decode())
    return json.dumps({"exitCode": 0, "result": result}).encode()


def supervisors_answer(nonce: str) -> str:
    """Return what the supervisor prints of a Python program that printed `OUTPUT`."""
    runtime, output = (base64.b64encode(each.encode()).decode() for each in ("Python 3", OUTPUT))
    facts = "code=0 cpu=0.010 disk_full=0 host_oom=0 killed=0 peak=9000 signal=0 stopped=- waited=-"
    return (
        f"{nonce} begin {runtime} shut\n"
        f"command run {facts} wall=0.012\n"
        f"out {len(OUTPUT)} {len(OUTPUT)} :{output}\n"
        "err 0 0 :\n"
        f"{nonce} end 1 reuse=yes\n"
    )


class _Connection(asyncio.Protocol):
    """One connection of a client, which sends one request at a time and announces its length."""

    def __init__(self, scripted: ScriptedDaytona, answer_after_s: float) -> None:
        self._scripted = scripted
        self._answer_after_s = answer_after_s
        self._read = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._read += data
        end = self._read.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._read[: end + 2])
        length = _LENGTH.search(head)
        whole = end + 4 + (int(length[1]) if length else 0)
        if len(self._read) < whole:
            return
        method, path = head.split(b" ", 2)[:2]
        target = f"{method.decode()} {path.decode().partition('?')[0]}"
        body = bytes(self._read[end + 4 : whole])
        del self._read[:whole]
        wait_s = 0.0 if target == "GET /counts" else self._answer_after_s
        status, answer = self._scripted.answer(target, body)
        message = b"HTTP/1.1 %d -\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
        ready = message % (status, len(answer), answer)
        asyncio.get_running_loop().call_later(wait_s, self._send, ready)

    def _send(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


@asynccontextmanager
async def serving(*, answer_after_s: float) -> AsyncIterator[str]:
    """Hold a server on a free port; the value is its address."""
    scripted = ScriptedDaytona(origin="")
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _Connection(scripted, answer_after_s), "127.0.0.1", 0, backlog=BACKLOG
    )
    scripted.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield scripted.origin


async def serve(answer_after_s: float) -> None:
    """Print the port and answer requests until stdin ends: whoever started this is gone then."""
    async with serving(answer_after_s=answer_after_s) as origin:
        print(origin.rpartition(":")[2], flush=True)  # noqa: T201 - whoever started this reads it
        await asyncio.to_thread(sys.stdin.buffer.read)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) / 1000))
