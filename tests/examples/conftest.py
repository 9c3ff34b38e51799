"""The example service in this process, under a real server on loopback."""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from daytona_validate.testing import FakeProvider

SERVICE = Path(__file__).parents[2] / "examples" / "fastapi_app"
Serve = Callable[[FakeProvider], AbstractAsyncContextManager[httpx.AsyncClient]]


def optional(name: str) -> Any:
    """Return a module of the extra `examples`, or skip the test; in CI it must be there."""
    if os.environ.get("CI"):
        return importlib.import_module(name)
    return pytest.importorskip(name, reason="pip install -e '.[examples]'")


@pytest.fixture
def make_app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What makes the application for a provider."""
    monkeypatch.syspath_prepend(str(SERVICE))
    before = set(sys.modules)
    yield importlib.import_module("app").make_app
    for name in set(sys.modules) - before:
        if str(SERVICE) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


@pytest.fixture
def serve(make_app: Any) -> Serve:
    """Serve the application for a provider; hold a client of it."""

    @asynccontextmanager
    async def serving(provider: FakeProvider) -> AsyncIterator[httpx.AsyncClient]:
        started = asyncio.Event()
        app = await asyncio.to_thread(make_app, provider)  # it reads files
        config = uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=1)
        server = _Server(config, started)
        running = asyncio.create_task(server.serve())
        try:
            await started.wait()
            port = server.servers[0].sockets[0].getsockname()[1]
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
                yield client
        finally:
            server.should_exit = True
            await running

    return serving


class _Server(uvicorn.Server):
    """Server that says when it has started, and leaves signals to the tests' own process."""

    def __init__(self, config: uvicorn.Config, started: asyncio.Event) -> None:
        super().__init__(config)
        self._has_started = started

    async def serve(self, sockets: Any = None) -> None:
        await self._serve(sockets)

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self._has_started.set()
