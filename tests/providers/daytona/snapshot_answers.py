"""Answers of the service about one snapshot, as the tests of builds and of waking need them."""

from __future__ import annotations

import asyncio

import httpx
import respx

from daytona_validate._providers.daytona.images import Image, Resources

API = "https://daytona.test/api"
NAME = "daytona-validate-go-0a1b2c3d"
IMAGE = Image("go", NAME, "FROM golang:1.21\n", Resources(cpu=2, memory_gib=1, disk_gib=3))


def answer(state: str, **more: object) -> httpx.Response:
    return httpx.Response(200, json={"id": "s1", "name": NAME, "state": state, **more})


def refusal(status: int, message: str = "no") -> httpx.Response:
    return httpx.Response(status, json={"statusCode": status, "message": message})


def throttled(retry_after_s: int | None) -> httpx.Response:
    headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
    return httpx.Response(429, headers=headers, json={})


def states(api: respx.MockRouter, *answers: httpx.Response | Exception) -> respx.Route:
    """Have the snapshot be in these states, one each time that somebody asks."""
    return api.get(f"/snapshots/{NAME}").mock(side_effect=list(answers))


async def at_once(_: float) -> None:
    """Wait for nothing, and let others go on."""
    await asyncio.sleep(0)
