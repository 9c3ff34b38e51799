"""Validates each of many snippets, many at a time; each result is handed on as it finishes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator
from contextlib import aclosing
from itertools import islice

from anyio import to_thread

from daytona_validate._client import Validator
from daytona_validate._models import CodeValidationResult, Snippet

_BATCH_SNIPPETS = 16
"""Snippets read at one time: enough that changing threads costs nothing, few enough to hold."""


async def validate_each(
    snippets: Iterable[Snippet],
    *,
    validator: Validator,
    on_result: Callable[[CodeValidationResult], Awaitable[object]],
    is_last: Callable[[CodeValidationResult], bool] = lambda _result: False,
) -> None:
    """Validate snippets, many at a time.

    Args:
        snippets: They are read in a worker thread, as the validator has room for them.
        validator: An open validator.
        on_result: Awaited with each result, in the order they finish.
        is_last: Whether to stop after a result; snippets under way are then cancelled.

    Raises:
        Exception: What reading the snippets, `on_result` or `is_last` raises.
    """
    async with (
        aclosing(read_ahead(iter(snippets))) as source,
        validator.stream(source) as finished,
    ):
        async for result in finished:
            await on_result(result)
            if is_last(result):
                break


async def read_ahead(snippets: Iterator[Snippet]) -> AsyncGenerator[Snippet, None]:
    """Yield snippets that are read in a worker thread.

    A large page takes a second to parse. In the event loop, that second would be added to the
    time that every running program is given.
    """
    while batch := await to_thread.run_sync(_next_batch, snippets):
        for snippet in batch:
            yield snippet


def _next_batch(snippets: Iterator[Snippet]) -> list[Snippet]:
    return list(islice(snippets, _BATCH_SNIPPETS))
