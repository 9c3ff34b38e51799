"""What the programs of these tests begin with; their text is put before theirs."""

import asyncio
import atexit  # noqa: F401 - for what follows, as are the others that are not used here
import os
import signal
import sys  # noqa: F401
import threading
from collections.abc import Iterator

from daytona_validate import (  # noqa: F401
    DaytonaClient,
    Snippet,
    ValidatorClosed,
    get_daytona_client,
)
from daytona_validate._runtime import background_loop
from daytona_validate.testing import Execution, FakeProvider, ran

is_running = threading.Event()


def say(line: object) -> None:
    """Print a line whole, whoever else prints."""
    os.write(1, f"{line}\n".encode())


class Fake(FakeProvider):
    async def aclose(self) -> None:
        await super().aclose()
        say(f"closed with {self.alive} alive of {self.opened}")


async def until_interpreter_ends(snippet: Snippet) -> Execution:
    is_running.set()
    while not background_loop._at_exit.is_ending:
        await asyncio.sleep(0)
    return ran(snippet.code)


async def for_ever(snippet: Snippet) -> Execution:
    is_running.set()
    await asyncio.Event().wait()
    return ran(snippet.code)


async def interrupt(snippet: Snippet) -> Execution:
    os.kill(os.getpid(), signal.SIGINT)
    return await for_ever(snippet)


def snippets(count: int) -> Iterator[Snippet]:
    return (Snippet(code=str(n), language="python") for n in range(count))
