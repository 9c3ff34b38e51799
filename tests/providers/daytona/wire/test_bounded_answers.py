"""What a server sends does not fill our memory, hold up our loop, or reach our neighbours."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from daytona_validate._models import Limits
from daytona_validate._providers.daytona.envelope.answer import longest_answer_bytes
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure
from daytona_validate._providers.daytona.wire.hidden_key import HiddenKey
from daytona_validate._providers.daytona.wire.parse import SandboxAnswer
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client

KEY = SecretStr("dtn_key")
MIB = 1024**2
CLIENT = """
import asyncio, resource, sys
from pydantic import SecretStr
from daytona_validate._providers.daytona.wire.failures import ServiceFailure
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client

async def ask():
    client = http_client()
    used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 96 * 2**20, -1))
    async with client:
        try:
            service = Service(sys.argv[1], SecretStr("dtn_key"), client, request_timeout_s=30)
            await service.get("dv-1")
        except ServiceFailure as failure:
            print(failure)

asyncio.run(ask())
"""


def http(body: bytes, *, status: int = 200, extra: str = "") -> bytes:
    head = f"HTTP/1.1 {status} Words\r\nContent-Type: application/json\r\n{extra}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def always(answer: bytes) -> Callable[[Any], Awaitable[bytes]]:
    async def give(asked: Any) -> bytes:
        return answer

    return give


def bomb(size_bytes: int) -> bytes:
    """Return zeros, compressed twice."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(bytes(MIB)) + packer.flush(zlib.Z_FULL_FLUSH)
    # From a full flush on, each further MiB comes to the same bytes; no reader gets to the end.
    return gzip.compress(head + again * (size_bytes // MIB - 1), 9)


@pytest.mark.thorough
@pytest.mark.slow
async def test_a_compressed_bomb_is_refused_unread_under_a_small_memory_limit(serve: Any) -> None:
    body = bomb(600 * MIB)
    assert len(body) < 4_000
    server = await serve(always(http(body, extra="Content-Encoding: gzip, gzip\r\n")))
    argv = (sys.executable, "-c", CLIENT, server.url)
    ended = await asyncio.to_thread(subprocess.run, argv, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()[-2_000:]
    assert "it is compressed (gzip, gzip) though Accept-Encoding: identity was sent" in (
        ended.stdout.decode()
    )


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "X-Own", "identity, gzip"])
async def test_no_coding_is_undone(serve: Any, coding: str) -> None:
    server = await serve(always(http(b"{}", extra=f"Content-Encoding: {coding}\r\n")))
    async with http_client() as client:
        with pytest.raises(ServiceFailure, match="turn compression off") as caught:
            await Service(server.url, KEY, client, request_timeout_s=30).get("dv-1")
    assert caught.value.kind is FailureKind.MALFORMED
    assert re.search(r"(?mi)^accept-encoding: identity\r?$", server.asked[0].head)


async def test_what_is_called_identity_is_read(serve: Any) -> None:
    body = b'{"id": "a"}'
    server = await serve(always(http(body, extra="Content-Encoding: identity\r\n")))
    async with http_client() as client:
        assert (await Service(server.url, KEY, client, request_timeout_s=30).get("dv-1")).id == "a"


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, FailureKind.REFUSED), (404, FailureKind.NOT_FOUND), (503, FailureKind.SERVER)],
)
async def test_a_compressed_refusal_keeps_its_meaning(
    serve: Any, status: int, kind: FailureKind
) -> None:
    """A gateway that compresses whatever it is asked must not turn a refused key into riddles."""
    body = gzip.compress(b'{"message": "no"}')
    extra = "Content-Encoding: gzip\r\n"
    server = await serve(always(http(body, status=status, extra=extra)))
    async with http_client() as client:
        with pytest.raises(ServiceFailure, match="words compressed as gzip") as caught:
            await Service(server.url, KEY, client, request_timeout_s=30).get("dv-1")
    assert caught.value.kind is kind


async def test_a_compressed_answer_to_a_delete_is_a_success(serve: Any) -> None:
    server = await serve(always(http(bomb(MIB), extra="Content-Encoding: gzip, gzip\r\n")))
    async with http_client() as client:
        await Service(server.url, KEY, client, request_timeout_s=30).delete("dv-1")


async def test_an_answer_is_bounded_by_its_kind(serve: Any) -> None:
    """One mebibyte does for all but what a program printed."""
    body = json.dumps({"id": "a", "exitCode": 0, "result": "x" * (MIB + 1)}).encode()
    server = await serve(always(http(body)))
    sandbox = SandboxAnswer(id="a", toolbox_url=server.url)
    async with http_client() as client:
        service = Service(server.url, KEY, client, request_timeout_s=30)
        with pytest.raises(ServiceFailure, match="longer than 1 MiB"):
            await service.get("a")
        with pytest.raises(ServiceFailure, match="longer than 1 MiB"):
            await service.execute(sandbox, "true", timeout_s=5)
        most = longest_answer_bytes(2, Limits())
        found = await service.execute(sandbox, "true", timeout_s=5, answer_bytes=most)
    assert len(found.result) == MIB + 1


async def test_of_an_endless_refusal_only_the_start_is_read(serve: Any) -> None:
    body = b'{"message": "no"}'.ljust(64 * 1024) + bytes(20 * MIB)
    server = await serve(always(http(body, status=403)))
    async with http_client() as client:
        with pytest.raises(ServiceFailure) as caught:
            await Service(server.url, KEY, client, request_timeout_s=30).get("dv-1")
    assert caught.value.kind is FailureKind.REFUSED


class Counting(ThreadPoolExecutor):
    """Threads, and how often they were given something to do."""

    tasks = 0

    def submit(self, *call: Any, **more: Any) -> Any:
        self.tasks += 1
        return super().submit(*call, **more)


async def test_a_large_answer_is_parsed_beside_the_loop(serve: Any) -> None:
    threads = Counting()
    asyncio.get_running_loop().set_default_executor(threads)
    sizes = iter((1_000, 500_000))

    async def give(asked: Any) -> bytes:
        return http(json.dumps({"id": "a", "name": "x" * next(sizes)}).encode())

    server = await serve(give)
    async with http_client() as client:
        service = Service(server.url, KEY, client, request_timeout_s=30)
        await service.get("a")
        before = threads.tasks
        await service.get("a")
    assert (before, threads.tasks) == (0, 1)


async def log_of(
    serve: Any, answer: Callable[[Any], Awaitable[bytes | None]], **bounds: Any
) -> str:
    async def give(asked: Any) -> bytes | None:
        if "build-logs-url" in asked.line:
            return http(json.dumps({"url": f"{server.url}/log"}).encode())
        return await answer(asked)

    server = await serve(give)
    async with http_client() as client:
        logs = Service(server.url, KEY, client, request_timeout_s=30).build_logs("s", **bounds)
        return "".join([text async for text in logs])


async def test_a_build_log_is_cut_where_it_gets_too_long(serve: Any) -> None:
    log = await log_of(serve, always(http(b"x" * 10 * MIB)), most_bytes=100_000)
    assert log.count("x") == 100_000
    assert log.endswith("\n(longer than 0.0954 MiB: the rest is left out)\n")


async def test_a_build_log_that_drips_is_broken_off(serve: Any) -> None:
    async def drip(asked: Any) -> bytes | None:
        asked.writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not asked.writer.is_closing():
            asked.writer.write(b"x")
            await asked.writer.drain()
            await asyncio.sleep(0)
        return None

    with pytest.raises(ServiceFailure, match="did not answer in time") as caught:
        await log_of(serve, drip, longest_s=0.05)
    assert caught.value.kind is FailureKind.CUT_OFF


async def test_a_build_log_is_utf8_whatever_its_charset_is_called(serve: Any) -> None:
    """Python calls zlib a charset too: undoing that is another bomb."""
    body = zlib.compress(bytes(MIB), 9)
    extra = "Content-Type: text/plain; charset=zlib\r\n"
    log = await log_of(serve, always(http(body, extra=extra)))
    assert len(log) <= len(body)


async def test_the_key_is_hidden_where_a_log_splits_it(serve: Any) -> None:
    async def split(asked: Any) -> bytes | None:
        asked.writer.write(b"HTTP/1.1 200 OK\r\n\r\nBearer dtn_")
        await asked.writer.drain()
        await asked.writer.drain()
        asked.writer.write(b"key and dtn_")
        return None

    assert await log_of(serve, split) == "Bearer *** and dtn_"


@pytest.mark.parametrize("cuts", [(1,), (3, 5), (1, 2, 3, 4, 5, 6, 7, 8, 9)], ids=str)
def test_the_key_is_hidden_wherever_it_is_split(cuts: tuple[int, ...]) -> None:
    text = "-dtn_key-dtn_dtn_keydtn_k"
    hiding = HiddenKey(KEY).in_pieces()
    ends = (0, *cuts, len(text))
    pieces = [text[start:end] for start, end in itertools.pairwise(ends)]
    shown = [hiding.of(piece) for piece in pieces] + [hiding.of("", is_last=True)]
    assert "".join(shown) == "-***-dtn_***dtn_k"


async def test_the_key_is_hidden_where_json_escapes_it(serve: Any) -> None:
    body = b'{"id": "a", "errorReason": "\\u0064tn_key", "labels": {"\\u0064tn_key": ["dtn_key"]}}'
    server = await serve(always(http(body)))
    async with http_client() as client:
        found = await Service(server.url, KEY, client, request_timeout_s=30).get("dv-1")
    assert found.error_reason == "***"


NEAR = ("127.0.0.1", "localhost", "a.localhost", "[::1]", "127.1", "2130706433", "0x7f.1")
LINK = ("0.0.0.0", "[::]", "[::ffff:127.0.0.1]", "169.254.169.254", "[fe80::1]", "localhost.")


@pytest.mark.parametrize("host", NEAR + LINK)
async def test_a_service_elsewhere_names_no_address_of_this_machine(host: str) -> None:
    """A forged answer must not have our key sent to whatever listens here."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"url": f"https://{host}:8080/log"})

    sandbox = SandboxAnswer(id="a", toolbox_url=f"https://{host}:8080/admin")
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        service = Service("https://app.daytona.io/api", KEY, client, request_timeout_s=30)
        with pytest.raises(ServiceFailure, match="named an address of this computer") as caught:
            await service.execute(sandbox, "true", timeout_s=5)
        assert (caught.value.kind, len(asked)) == (FailureKind.UNREACHABLE, 0)
        with pytest.raises(ServiceFailure, match="named an address of this computer"):
            [text async for text in service.build_logs("s")]
    assert len(asked) == 1


async def test_a_service_on_this_machine_may_name_another_port_of_it(serve: Any) -> None:
    server = await serve(always(http(b'{"exitCode": 0, "result": ""}')))
    sandbox = SandboxAnswer(id="a", toolbox_url=server.url)
    async with http_client() as client:
        found = await Service("http://localhost:1/api", KEY, client, request_timeout_s=30).execute(
            sandbox, "true", timeout_s=5
        )
    assert found.exit_code == 0


def test_a_key_so_short_that_any_text_has_it_changes_no_text() -> None:
    hiding = HiddenKey(SecretStr("k"))
    assert hiding.hide("disk=0 killed=0 peak=1") == "disk=0 killed=0 peak=1"
    assert hiding.hide_bytes(b"ok") == b"ok"
    assert hiding.in_pieces().of("ok", is_last=True) == "ok"
