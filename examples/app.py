"""A web application that runs its users' code at Daytona: `uvicorn app:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request

from daytona_validate import QueueFull, Settings, SnippetRequest, Validator


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Validator]]:
    async with Validator(Settings(max_queue=100), provider="daytona") as validator:
        yield {"validator": validator}


app = FastAPI(lifespan=lifespan)


@app.post("/check")
async def check(answer: SnippetRequest, request: Request) -> dict[str, Any]:
    try:
        result = await request.state.validator.validate(answer.snippet())
    except QueueFull as full:
        raise HTTPException(503, "Too many answers at a time, try again.") from full
    if result.outcome == "unavailable":
        raise HTTPException(503, result.details)
    return {name: getattr(result, name) for name in ("outcome", "fault", "output", "details")}
