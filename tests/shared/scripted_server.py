"""A Daytona that runs nothing, on loopback in a thread: its work counts as nobody's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue

from daytona_validate._bench.scripted_daytona import serving


@contextmanager
def scripted_server() -> Iterator[str]:
    """Hold a server that answers at once; the value is its address."""
    loops: SimpleQueue[tuple[asyncio.AbstractEventLoop, asyncio.Event, str]] = SimpleQueue()

    async def serve() -> None:
        is_over = asyncio.Event()
        async with serving(answer_after_s=0.0) as origin:
            loops.put((asyncio.get_running_loop(), is_over, origin))
            await is_over.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    loop, is_over, origin = loops.get()
    try:
        yield origin
    finally:
        loop.call_soon_threadsafe(is_over.set)
        thread.join()
