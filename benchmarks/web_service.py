"""The example service as `bench_web_load.py` runs it: with the longest gap of its event loop.

    uvicorn web_service:app

`BENCH_FAKE_S` replaces the provider by one that runs nothing and answers after so many seconds.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
from pathlib import Path
from time import perf_counter

from starlette.types import Receive, Scope, Send

from daytona_validate import Snippet
from daytona_validate.testing import Execution, FakeProvider, ran

EVERY_S = 0.005
FAKE_S = os.environ.get("BENCH_FAKE_S")
sys.path.insert(0, str(Path(__file__).parents[1] / "examples" / "fastapi_app"))


async def answer(snippet: Snippet) -> Execution:
    """Answer as the programs of the load do."""
    await asyncio.sleep(float(FAKE_S or 0))
    if "undefined" in snippet.code:
        return ran(stderr="NameError: name 'undefined' is not defined\n", exit_code=1)
    return ran(snippet.expected_output or "")


class Watched:
    """Application around the example's, which answers `/gap` by itself."""

    def __init__(self) -> None:
        provider = FakeProvider(answer) if FAKE_S else None
        self._app = importlib.import_module("app").make_app(provider)
        self._longest_s = 0.0
        self._watching: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())
        if scope.get("path") == "/gap":
            body = str(self._longest_s).encode()
            headers = [(b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
            return
        await self._app(scope, receive, send)

    async def _watch(self) -> None:
        while True:
            began_s = perf_counter()
            await asyncio.sleep(EVERY_S)
            self._longest_s = max(self._longest_s, perf_counter() - began_s - EVERY_S)


app = Watched()
