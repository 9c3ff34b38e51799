"""Descriptors that lie in sockets are noticed, wherever these lie themselves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._jails.in_flight import has_descriptors_in_flight, hosts_shared_bytes
from daytona_validate._jails.tree_use import TreeUse
from daytona_validate._jails.tree_watch import WatchedJail
from daytona_validate._models import Limits

_HOLDS = """
import os, socket
def sent(near, *files):
    socket.send_fds(near, [b"x"], files)
file = os.memfd_create("x")
near, far = socket.socketpair()
{}
print("ready", flush=True)
input()
"""
IN_FLIGHT = {
    "none": ("", False),
    "received": ("sent(near, file); socket.recv_fds(far, 1, 1)", False),
    "one": ("sent(near, file)", True),
    "in a child's": ("sent(near, file)\nif os.fork(): far.close(); os.wait()", True),
    "in a socket that is in flight": (
        """deep, deeper = socket.socketpair(); sent(deep, file); sent(near, deeper.fileno())
deep.close(); deeper.close()""",
        True,
    ),
    "not accepted": (
        """listener = socket.socket(socket.AF_UNIX); listener.bind(''); listener.listen()
caller = socket.socket(socket.AF_UNIX); caller.connect(listener.getsockname())
sent(caller, file); caller.detach()""",
        True,
    ),
    "datagrams": (
        "near, far = socket.socketpair(type=socket.SOCK_DGRAM); sent(near, file)",
        True,
    ),
}


@pytest.mark.parametrize("name", IN_FLIGHT)
def test_descriptors_in_flight_are_noticed(name: str) -> None:
    code, expected = IN_FLIGHT[name]
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _HOLDS.format(code)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        found = has_descriptors_in_flight(child.pid)
        jail = WatchedJail(child.pid, -1, Limits(memory_mib=100), ())
        grown = [jail.grown_bytes(each << 20) for each in (900, 500, 610, 621, 300, 420, 421)]
        looks = [jail.may_hide(each, TreeUse()) for each in grown]
        child.communicate(b"\n")
    assert found is expected
    # 20 % above its limit counts, from the least that was seen.
    assert looks == [False, False, False, expected, False, False, expected]


def test_what_the_host_shares_is_read(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemFree:  1 kB\nShmem:   841636 kB\nShmemHugePages: 5 kB\n")
    assert hosts_shared_bytes(tmp_path / "meminfo") == 841636 * 1024
    assert hosts_shared_bytes(tmp_path / "absent") == 0
    assert hosts_shared_bytes() > 0
