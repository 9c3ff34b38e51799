"""What lies in sockets is the kernel's memory, and counted apart from that of programs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from daytona_validate._errors import SandboxLost
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limit, Limits, Step
from daytona_validate._toolchains.record import Toolchain
from jail_with import jail_with

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


_IN_FLIGHT = """
import os, signal, socket

near, far = socket.socketpair()
for _ in range(24):
    file = os.memfd_create("memory")
    for _ in range(32):
        os.write(file, bytes(1 << 20))
    socket.send_fds(near, [b"x"], [file])
    os.close(file)
signal.pause()
"""


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("groups", ["the host's", "none"])
async def test_files_that_only_sockets_hold_are_ended(
    jail_runner: JailRunner, python_toolchain: Toolchain, groups: str
) -> None:
    """Take 768 MiB of files without names, and keep their descriptors in sockets alone.

    Happens: it is ended for its memory, at 128 MiB; where no cgroup counts, it is not judged.
    """
    runner = jail_runner if groups != "none" else JailRunner(jail_runner._host, Cgroups(()))
    jail = jail_with(
        python_toolchain,
        ("python3", "-s", "main.py"),
        files={"main.py": _IN_FLIGHT.encode()},
        limits=Limits(memory_mib=128),
    )
    if runner.counts_memory:
        assert (await runner.run(jail, timeout_s=20)).limit is Limit.MEMORY
        return
    with pytest.raises(SandboxLost, match="kept descriptors in sockets"):
        await runner.run(jail, timeout_s=20)


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
