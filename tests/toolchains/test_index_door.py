"""The way from an installer's jail to its index: to that alone, and nothing is left of it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits
from daytona_validate._toolchains.package_index.index_door import index_door
from daytona_validate._toolchains.package_index.package_index import PackageIndex, package_index
from daytona_validate._toolchains.toolchains import Toolchains
from opened_door import door_answer, opened_door
from package_servers import PackageServer, closed_port, package_server

METADATA = "169.254.169.254"


@pytest.fixture
def server() -> Iterator[PackageServer]:
    with package_server({"/simple/": b"the index"}) as served:
        yield served


@pytest.fixture
def other() -> Iterator[PackageServer]:
    """A service of this host that no installer may reach."""
    with package_server({"/": b"a secret of this host"}) as served:
        yield served


def _index(server: PackageServer) -> PackageIndex:
    return package_index("pip", {"PIP_INDEX_URL": f"{server.url}/simple"})


async def test_the_index_answers_through_the_door(tmp_path: Path, server: PackageServer) -> None:
    async with opened_door(tmp_path, _index(server)) as door:
        said = await door_answer(door, f"GET {server.url}/simple/ HTTP/1.1\nAccept: */*")
    assert said.startswith("HTTP/1.1 200")
    assert said.endswith("the index")
    assert (door.refused, door.unreachable) == ([], [])


async def test_a_tunnel_carries_bytes_both_ways(tmp_path: Path, server: PackageServer) -> None:
    async with opened_door(tmp_path, _index(server)) as door:
        head = f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\n\nGET /simple/ HTTP/1.1"
        said = await door_answer(door, f"{head}\nHost: x\nConnection: close")
    assert said.startswith("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK")
    assert said.endswith("the index")


@pytest.mark.parametrize(
    "place",
    ["{port}", "localhost:{port}", "[::1]:{port}", f"{METADATA}:80", "10.0.0.1:443", "0.0.0.0:443"],
)
async def test_nothing_is_sent_to_what_is_not_the_index(
    tmp_path: Path, server: PackageServer, other: PackageServer, place: str
) -> None:
    if place == "{port}":
        place = "127.0.0.1:{port}"
    place = place.format(port=other.port)
    async with opened_door(tmp_path, _index(server)) as door:
        tunnel = await door_answer(door, f"CONNECT {place} HTTP/1.1")
        plain = await door_answer(door, f"GET http://{place}/ HTTP/1.1")
    assert tunnel.startswith("HTTP/1.1 403 ")
    assert plain.startswith("HTTP/1.1 403 ")
    assert other.asked == []
    assert door.refused


async def test_a_second_request_on_a_connection_is_never_sent_on(
    tmp_path: Path, server: PackageServer, other: PackageServer
) -> None:
    async with opened_door(tmp_path, _index(server)) as door:
        first = f"GET {server.url}/simple/ HTTP/1.1"
        await door_answer(door, f"{first}\n\nGET {other.url}/ HTTP/1.1")
    assert (server.asked, other.asked) == (["/simple/"], [])


@pytest.mark.parametrize(
    "request_line",
    [
        "POST {url}/simple/ HTTP/1.1",
        "GET /simple/ HTTP/1.1",
        "GET ftp://127.0.0.1/ HTTP/1.1",
        "CONNECT 127.0.0.1 HTTP/1.1",
        "CONNECT a@127.0.0.1:{port} HTTP/1.1",
        "CONNECT 127.0.0.1:{port}/x HTTP/1.1",
        "GET http://a:b@127.0.0.1:{port}/ HTTP/1.1",
        "GET {url}/simple/ HTTP/1.1\nAccept: a\x0bb",
        "GET {url}/simple/ HTTP/1.1\nAccept: a\rDELETE / HTTP/1.1",
        "GET {url}/simple/ HTTP/1.1\nHost: a\n b",
        "GET {url}/sim\tple/ HTTP/1.1",
        "nonsense",
    ],
)
async def test_what_no_installer_needs_is_no_request(
    tmp_path: Path, server: PackageServer, request_line: str
) -> None:
    async with opened_door(tmp_path, _index(server)) as door:
        said = await door_answer(door, request_line.format(url=server.url, port=server.port))
    assert said.startswith("HTTP/1.1 400 ")
    assert server.asked == []


async def test_who_is_not_of_the_jail_gets_nodoor_answer(
    tmp_path: Path, server: PackageServer
) -> None:
    opened = index_door(tmp_path, _index(server), {}, is_jails=lambda user: user != os.geteuid())
    async with opened as door:
        with suppress(ConnectionError):
            assert await door_answer(door, f"GET {server.url}/simple/ HTTP/1.1") == ""
    assert server.asked == []


async def test_an_index_that_is_gone_is_told(tmp_path: Path) -> None:
    gone = package_index("pip", {"PIP_INDEX_URL": f"http://127.0.0.1:{closed_port()}/simple"})
    async with opened_door(tmp_path, gone) as door:
        said = await door_answer(door, f"GET {gone.url}/ HTTP/1.1")
    assert said.startswith("HTTP/1.1 502 127.0.0.1 cannot be reached: ")
    assert door.refused == []
    assert len(door.unreachable) == 1


async def test_a_name_that_is_none_is_told(tmp_path: Path, server: PackageServer) -> None:
    async with opened_door(tmp_path, _index(server)) as door:
        said = await door_answer(door, f"CONNECT {'a' * 64}.example:443 HTTP/1.1")
    assert said.startswith("HTTP/1.1 502 ")


def test_under_uvloop_it_is_the_same(tmp_path: Path, server: PackageServer) -> None:
    uvloop = pytest.importorskip("uvloop")

    async def answers() -> list[str]:
        async with opened_door(tmp_path, _index(server)) as door:
            tunnel = f"CONNECT 127.0.0.1:{server.port} HTTP/1.1\n\nGET /simple/ HTTP/1.1\nHost: x"
            return [
                await door_answer(door, f"GET {server.url}/simple/ HTTP/1.1"),
                await door_answer(door, f"{tunnel}\nConnection: close"),
                await door_answer(door, f"CONNECT {METADATA}:80 HTTP/1.1"),
            ]

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        plain, tunnel, refused = runner.run(answers())
    assert plain.endswith("the index")
    assert tunnel.endswith("the index")
    assert refused.startswith("HTTP/1.1 403 ")
    assert list(tmp_path.iterdir()) == []


async def test_more_than_an_installation_needs_is_cut(
    tmp_path: Path, server: PackageServer
) -> None:
    server.pages["/simple/"] = b"x" * 500_000
    async with opened_door(tmp_path, _index(server)) as door:
        door.most_bytes = 200_000
        said = await door_answer(door, f"GET {server.url}/simple/ HTTP/1.1")
    assert len(said) <= 200_000
    assert door.refused == ["more was sent than any installation needs"]


async def test_leaving_ends_connections_that_hang(tmp_path: Path) -> None:
    """No task, no socket and no file is left, whatever a server and a client wait for."""
    before = len(asyncio.all_tasks())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        index = package_index("pip", {"PIP_INDEX_URL": f"http://127.0.0.1:{port}/simple"})
        async with opened_door(tmp_path, index) as door:
            clients = [
                await asyncio.open_unix_connection(door.folder / "socket") for _ in range(40)
            ]
            for _, writer in clients[:20]:  # the others say nothing at all
                writer.write(f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\n".encode())
            opened = await clients[0][0].readline()
            assert opened == b"HTTP/1.1 200 Connection established\r\n"
        for reader, writer in clients:
            with suppress(ConnectionError):
                await reader.read()
            writer.close()
    assert len(asyncio.all_tasks()) == before
    assert list(tmp_path.iterdir()) == []


async def test_a_cancelled_installation_leaves_nothing(
    tmp_path: Path, server: PackageServer
) -> None:
    inside = asyncio.Event()

    async def install() -> None:
        async with opened_door(tmp_path, _index(server)):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(install())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(tmp_path.iterdir()) == []


PROBE = """
import json, os, socket, sys, urllib.request
found = {}
def tried(name, act):
    try:
        found[name] = str(act())
    except Exception as error:
        found[name] = type(error).__name__ + ' ' + str(error)
def connected(family, address):
    with socket.socket(family) as tried:
        tried.settimeout(5)
        tried.connect(address)
        return 'CONNECTED'
index, other, abstract = sys.argv[1:]
port = int(other.rpartition(':')[2])
def read(url):
    return urllib.request.urlopen(url, timeout=10).read().decode()
tried('index', lambda: read(index + '/simple/'))
tried('loopback', lambda: connected(socket.AF_INET, ('127.0.0.1', port)))
tried('loopback by the door', lambda: read(other + '/'))
tried('abstract', lambda: connected(socket.AF_UNIX, b'\\0' + abstract.encode()))
tried('metadata', lambda: connected(socket.AF_INET, ('169.254.169.254', 80)))
tried('metadata by the door', lambda: read('http://169.254.169.254/latest/'))
tried('name', lambda: socket.getaddrinfo('pypi.org', 443))
found['interfaces'] = [name for _, name in socket.if_nameindex()]
print(json.dumps(found))
"""


@pytest.mark.jail
@pytest.mark.slow
async def test_a_jail_with_a_door_reaches_its_index_and_nothing_of_the_host(
    jail_runner: JailRunner,
    toolchains: Toolchains,
    open_folder: Path,
    server: PackageServer,
    other: PackageServer,
) -> None:
    python = await toolchains.prepare("python")
    abstract = f"daytona-validate-test-{os.getpid()}"
    jail = Jail(
        argv=("python3", "-s", "-c", PROBE, server.url, other.url, abstract),
        limits=Limits(),
        binds=python.binds,
        links=python.links,
        environment=python.environment,
    )
    index = _index(server)
    opened = index_door(open_folder, index, {}, is_jails=jail_runner.is_of_jails)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(b"\0" + abstract.encode())
        listener.listen()
        async with opened as door:
            step = await jail_runner.run(door.of(jail), timeout_s=30)
    found = json.loads(step.stdout)
    assert found["index"] == "the index"
    assert found["loopback"].startswith("ConnectionRefusedError")
    assert found["abstract"].startswith("ConnectionRefusedError")
    assert "Network is unreachable" in found["metadata"]
    assert "HTTP Error 403" in found["loopback by the door"]
    assert "HTTP Error 403" in found["metadata by the door"]
    assert found["name"].startswith("gaierror")
    assert found["interfaces"] == ["lo"]
    assert other.asked == []
    assert await asyncio.to_thread(lambda: list(open_folder.iterdir())) == []


def test_a_long_path_is_no_hindrance(tmp_path: Path, server: PackageServer) -> None:
    folder = tmp_path / ("long" * 40)
    folder.mkdir()

    async def opened() -> str:
        async with opened_door(folder, _index(server)) as door:
            link = tmp_path / "short"
            link.symlink_to(door.folder)
            door.folder = link
            return await door_answer(door, f"GET {server.url}/simple/ HTTP/1.1")

    assert asyncio.run(opened()).endswith("the index")
    shutil.rmtree(folder)
