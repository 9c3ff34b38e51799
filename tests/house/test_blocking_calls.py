"""The detector of blocking calls (`blocking_calls_fail` in tests/conftest.py) does detect."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from blockbuster import BlockingError

from daytona_validate._regular_file import read_regular

HERE = Path(__file__)


async def test_a_blocking_call_of_ours_fails_in_a_coroutine_test() -> None:
    with pytest.raises(BlockingError):
        read_regular(HERE, at_most_bytes=1 << 20)


async def test_it_passes_in_a_thread() -> None:
    assert await asyncio.to_thread(read_regular, HERE, at_most_bytes=1 << 20)


def test_a_plain_test_does_without_the_detector() -> None:
    async def read() -> bytes:
        return read_regular(HERE, at_most_bytes=1 << 20)

    assert asyncio.run(read())
