"""What lies in sockets is the kernel's memory, and counted apart from that of programs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit, Limits, Step

pytestmark = pytest.mark.jail

_PROGRAM = """
import socket

listener = socket.create_server(("127.0.0.1", 0), backlog=64)
kept, sent = [], 0
for _ in range(50):
    near = socket.create_connection(listener.getsockname())
    near.setblocking(False)
    kept += [near, listener.accept()[0]]
    try:
        while True:
            sent += near.send(bytes(1 << 18))
    except BlockingIOError:
        continue
print(sent >> 20)
"""


@pytest.mark.slow
async def test_memory_of_sockets_counts_too(
    python: Callable[..., Awaitable[Step]], jail_runner: JailRunner
) -> None:
    """Take memory by connections within, of which nobody reads what is sent.

    Happens: they hold as much as the memory limit at most, where a cgroup counts.
    """
    if not jail_runner.counts_memory:
        pytest.skip("this machine counts memory for each process only")
    step = await python(_PROGRAM, limits=Limits(memory_mib=48))
    assert step.limit is Limit.MEMORY or int(step.stdout) < 64
