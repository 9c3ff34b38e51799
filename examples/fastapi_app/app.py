"""A service that validates code, as it would be run in earnest.

    uvicorn app:app --timeout-graceful-shutdown 20

`DAYTONA_PROVIDER=local` runs code on this machine, in sandboxes; otherwise Daytona does, with
`DAYTONA_API_KEY`. All settings of the library are read from the environment; `SERVICE_LANGUAGES`
names the languages that must be ready before `/healthz` says so.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, TypeVar

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from metrics import prometheus_text
from middleware import BoundedBody, WithHeaders
from pydantic import Field

from daytona_validate import (
    CodeValidationResult,
    QueueFull,
    SandboxProvider,
    Settings,
    SnippetRequest,
    Validator,
)

MOST_WAITING = 100
"""Calls that wait for a slot before others are turned away, unless `DAYTONA_MAX_QUEUE` says so."""
LANGUAGES = tuple(os.environ.get("SERVICE_LANGUAGES", "python").split(","))
MOST_BODY_BYTES = 16 * 1024 * 1024
MOST_IN_A_BATCH = 1_000
CLIENT_GONE = 499
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
T = TypeVar("T")
logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")  # uvicorn shows only its own
log = logging.getLogger(__name__)
Batch = Annotated[list[SnippetRequest], Field(min_length=1, max_length=MOST_IN_A_BATCH)]


def settings() -> Settings:
    """Return the settings of the environment, whose queue has an end."""
    found = Settings()
    return Settings(max_queue=MOST_WAITING) if found.max_queue is None else found


def validator_of(request: Request) -> Validator:
    """Return the one validator of this process."""
    found: Validator = request.state.validator
    return found


Held = Annotated[Validator, Depends(validator_of)]


def make_app(provider: SandboxProvider | None = None) -> FastAPI:
    """Return the application; a provider of your own is for tests.

    Raises:
        ConfigurationError: A setting of the environment is wrong.
    """
    read = settings()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        async with Validator(read, provider=provider) as validator:
            # Prepares what the first snippets need. What is missing may come: it stops no start.
            for each in (await validator.ready(LANGUAGES, timeout_s=60)).missing:
                log.warning("Not ready: %s (%s): %s", each.what, each.reason, each.advice)
            yield {"validator": validator}

    app = FastAPI(title="Code validation", lifespan=lifespan)
    # The pages /docs and /redoc are FastAPI's own, with scripts from elsewhere.
    app.add_middleware(WithHeaders, headers=HEADERS, not_at=("/docs", "/redoc"))
    app.add_middleware(BoundedBody, most_bytes=MOST_BODY_BYTES)
    app.exception_handler(QueueFull)(come_again)
    app.exception_handler(RequestValidationError)(refused)
    app.post("/validate", responses={503: {"model": CodeValidationResult}})(validate)
    app.post("/validate/batch", response_class=StreamingResponse)(validate_batch)
    app.get("/metrics", response_class=PlainTextResponse)(metrics)
    app.get("/healthz")(healthz)
    app.get("/livez")(livez)
    app.mount("/", StaticFiles(directory=Path(__file__).with_name("static"), html=True))
    return app


async def validate(
    asked: SnippetRequest, request: Request, response: Response, validator: Held
) -> CodeValidationResult | None:
    """Validate one snippet; a client that leaves takes it along."""
    try:
        result = await unless_gone(request, validator.validate(asked.snippet()))
    except ClientGone:
        response.status_code = CLIENT_GONE  # nobody reads it, but a log
        return None
    if result.outcome == "unavailable":  # no verdict: to be tried again
        response.status_code = 503
    return result


async def validate_batch(asked: Batch, validator: Held) -> StreamingResponse:
    """Validate many; a result a line, each as it is finished: `index` tells whose it is."""
    # Called here, where a full queue is still an answer of its own; in `lines` it would break one
    # that has begun with 200. A client that leaves ends `lines`, and so all that runs.
    results = validator.stream([each.snippet() for each in asked])
    return StreamingResponse(lines(results), media_type="application/jsonl")


async def lines(
    results: AbstractAsyncContextManager[AsyncIterator[CodeValidationResult]],
) -> AsyncIterator[str]:
    """Yield a line for each result."""
    async with results as finished:
        async for result in finished:
            yield result.to_json() + "\n"


async def metrics(validator: Held) -> str:
    """Return the validator's figures for Prometheus, of this process: each worker has its own."""
    return prometheus_text(validator.stats())


async def healthz(validator: Held, response: Response) -> dict[str, Any]:
    """Say whether snippets would run, and if not, what is missing: 503, send me nothing."""
    found = await validator.ready(LANGUAGES)
    response.status_code = 200 if found.is_ready else 503
    return {"is_ready": found.is_ready, "missing": [asdict(each) for each in found.missing]}


async def livez() -> dict[str, str]:
    """Say that this process answers: where this fails, restart it."""
    return {"status": "ok"}


class ClientGone(Exception):
    """The client has closed its connection."""


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """Return what comes of some work; cancel it when the client leaves.

    Raises:
        ClientGone: It has left. What ran is stopped, and its sandbox is removed.
    """
    running = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(left(request))
    try:
        await asyncio.wait({running, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            raise ClientGone
        return running.result()
    finally:
        for each in (running, leaving):
            each.cancel()
        await asyncio.gather(running, leaving, return_exceptions=True)


async def left(request: Request) -> None:
    """Wait for the client to close its connection; its body was read before."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def come_again(_: Request, full: Exception) -> JSONResponse:
    """Turn a caller away, and say when to come again."""
    assert isinstance(full, QueueFull)
    about = {"detail": str(full), "waiting": full.waiting, "slots": full.slots}
    return JSONResponse(about, 503, {"Retry-After": str(math.ceil(full.retry_after_s))})


async def refused(_: Request, error: Exception) -> Response:
    """Say what is wrong with a request without repeating it: it may be large, or no Unicode."""
    assert isinstance(error, RequestValidationError)
    found = [{key: each[key] for key in ("type", "loc", "msg")} for each in error.errors()[:20]]
    return Response(json.dumps({"detail": found}), 422, media_type="application/json")


app = make_app()
