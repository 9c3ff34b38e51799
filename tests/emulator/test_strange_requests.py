"""Requests that nobody should send: they are refused, and harm no later one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest

from daytona_validate._emulator.web.request_body import MOST_BYTES

if TYPE_CHECKING:
    from tests.emulator.conftest import House

MIB = 1024 * 1024


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 100_000, id="too deep"),
        pytest.param(b'{"ttlMinutes":1000000000000000}', id="a date after all dates"),
        pytest.param(b'{"ttlMinutes":1%s}' % (b"0" * 400), id="more than a float"),
        pytest.param(b'{"ttlMinutes":1%s}' % (b"0" * 5000), id="more digits than Python reads"),
        pytest.param(b'{"autoStopInterval":2147483648}', id="more than the database has"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
    ],
)
async def test_a_strange_body_is_a_400_and_makes_nothing(house: House, body: bytes) -> None:
    refused = await house.api("POST", "/sandbox", content=body)
    assert refused.status_code == 400
    assert (await house.api("GET", "/sandbox")).json()["items"] == []


async def test_half_a_surrogate_pair_is_read_as_go_reads_it(house: House) -> None:
    """Kept, it would be in no answer: the list would fail from then on."""
    made = await house.api(
        "POST", "/sandbox", content=b'{"name":"a\\ud800","labels":{"\\uDFFF":""}}'
    )
    assert (made.status_code, made.json()["name"]) == (200, "a\ufffd")
    whole = b'{"name":"\\ud83d\\ude00"}'
    assert (await house.api("POST", "/sandbox", content=whole)).json()["name"] == "\U0001f600"
    assert len((await house.api("GET", "/sandbox")).json()["items"]) == 2


@pytest.mark.parametrize("path", ["/sandbox?limit=", "/snapshots?page=", "/snapshots?limit="])
@pytest.mark.parametrize(
    "number", ["1" * 5000, "-1", "1e3", "\u0661"], ids=["long", "-", "e", "ar"]
)
async def test_a_strange_number_is_a_400(house: House, path: str, number: str) -> None:
    assert (await house.api("GET", path + number)).status_code == 400


@pytest.mark.slow
@pytest.mark.parametrize("is_form", [False, True], ids=["raw", "form"])
async def test_a_huge_upload_is_refused_and_the_next_is_not(house: House, is_form: bool) -> None:
    async def endless() -> AsyncIterator[bytes]:
        if is_form:
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        for _ in range(MOST_BYTES // MIB + 1):
            yield bytes(MIB)

    sandbox = await house.create()
    upload = ("POST", "/files/upload-v2?path=/tmp/a")
    headers = {"Content-Type": "multipart/form-data; boundary=x" if is_form else "text/plain"}
    huge = await house.toolbox(sandbox, *upload, content=endless(), headers=headers)
    assert (huge.status_code, huge.json()["source"]) == (413, "DAYTONA_DAEMON")
    assert (await house.toolbox(sandbox, *upload, content=b"x")).status_code == 200


async def test_a_client_that_goes_in_the_middle_of_its_upload_is_no_error(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox = await house.create()
    opened = house.emulator.counts.open_connections
    host, _, port = house.emulator.origin.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"POST /toolbox/{sandbox['id']}/files/upload-v2?path=/tmp/x HTTP/1.1\r\nHost: {host}\r\n"
        f"Authorization: Bearer {house.emulator.api_key}\r\nContent-Length: 1000\r\n\r\nabc"
    )
    writer.write(head.encode())
    await house.emulator.until(lambda counts: counts.requests.get("upload_raw") == 1)
    writer.close()
    await house.emulator.until(lambda counts: counts.open_connections == opened)
    assert (await house.toolbox(sandbox, "GET", "/version")).status_code == 200
    assert [each for each in caplog.records if each.levelno >= logging.WARNING] == []


async def test_nobody_is_sent_elsewhere(house: House) -> None:
    headers = {"Host": "elsewhere.example"}
    answer = await house.api("GET", "/sandbox/", headers=headers)
    assert (answer.status_code, "location" in answer.headers) == (404, False)


async def test_a_page_of_another_site_gets_nothing(house: House) -> None:
    """A browser sends no key for it, and is told nothing that would let it read an answer."""
    headers = {"Origin": "https://example.com", "Authorization": ""}
    for method, path in (("OPTIONS", "/sandbox"), ("GET", "/sandbox"), ("GET", "/config")):
        answer = await house.api(method, path, headers=headers)
        assert not [name for name in answer.headers if name.startswith("access-control")]
