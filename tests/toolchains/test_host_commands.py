"""Programs of the host are asked briefly, and never with a socket as stdin."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from daytona_validate._toolchains.host_command import answer_of


async def test_an_answer_holds_what_was_said_and_how_it_ended() -> None:
    script = (
        "import os, sys; print(sorted(os.environ)); print('a\\nb', file=sys.stderr); sys.exit(3)"
    )
    answer = await answer_of(
        (sys.executable, "-I", "-S", "-c", script), environment={"A": "1"}, timeout_s=30
    )
    assert answer.exit_code == 3
    assert not answer.is_good
    assert answer.error_text == "b"
    assert "'A'" in answer.stdout
    assert "HOME" not in answer.stdout


async def test_stdin_is_an_empty_device() -> None:
    script = 'test -c /dev/stdin && ! read line && echo "empty device"'
    answer = await answer_of(("/bin/sh", "-c", script), environment={}, timeout_s=30)
    assert answer.stdout == "empty device\n"


async def test_a_program_that_cannot_be_started_is_an_answer_too() -> None:
    answer = await answer_of(("/nowhere/node",), environment={}, timeout_s=30)
    assert answer.exit_code == 127
    assert "No such file" in answer.error_text


@pytest.mark.parametrize("timeout_s", [0.1, 30])
async def test_a_program_that_takes_too_long_ends_with_all_it_started(
    tmp_path: Path, timeout_s: float
) -> None:
    """The wrapper script of a version manager must not leave the program that it waits for."""
    os.mkfifo(tmp_path / "pipe")
    reading = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    script = f"exec 9>{tmp_path}/pipe; echo started >&9; sleep 60; true"
    asking = asyncio.create_task(
        answer_of(("/bin/sh", "-c", script), environment=os.environ, timeout_s=timeout_s)
    )
    assert await _read(reading) == b"started\n"
    if timeout_s == 30:
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
    else:
        answer = await asking
        assert answer.exit_code is None
        assert "0.1 s" in answer.error_text
    assert await _read(reading) == b""  # nobody holds the other end any more
    os.close(reading)


async def _read(descriptor: int) -> bytes:
    loop = asyncio.get_running_loop()
    is_readable = asyncio.Event()
    loop.add_reader(descriptor, is_readable.set)
    try:
        await is_readable.wait()
    finally:
        loop.remove_reader(descriptor)
    return os.read(descriptor, 100)
