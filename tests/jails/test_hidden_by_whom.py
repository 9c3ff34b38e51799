"""Who has shared memory that nobody can look at is doubted for what may be its own alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from daytona_validate._toolchains.record import Toolchain
from plain_user import home_of_plain_user, printed_as_plain_user

pytestmark = [pytest.mark.jail, pytest.mark.slow]

_PROGRAM = '''
import contextlib, json, shutil, subprocess, sys, tempfile
from pathlib import Path
from daytona_validate._jails.mapped_memory import mapped_memory
from daytona_validate._jails.tree_watch import TreeWatch
from daytona_validate._models import Limit, Limits

SHARES = """
import mmap
memory = mmap.mmap(-1, 1 << 20)
print("ready", flush=True)
input()
"""
FILLS = """
import os
input()
file = os.memfd_create("x")
for _ in range(100):
    os.write(file, bytes(1 << 20))
print("ready", flush=True)
input()
"""

@contextlib.contextmanager
def child(code):
    argv = [sys.executable, "-I", "-S", "-c", code]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()

def say(process, text=b"go\\n"):
    process.stdin.write(text)
    process.stdin.flush()

def looked(watch):
    with child("input()") as last, watch.watching(last.pid, Limits(memory_mib=0), ()) as jail:
        last.wait()  # ended by its second look: all others were looked at as often
        assert jail.limit is Limit.MEMORY

def note(meminfo, mib):
    fresh = meminfo.with_suffix(".new")
    fresh.write_text(f"Shmem: {mib << 10} kB\\n")
    fresh.replace(meminfo)

def doubted(*, are_ours):
    """Whether one that shares memory is doubted while two others fill 200 MiB."""
    with contextlib.ExitStack() as stack:
        meminfo = Path(stack.enter_context(tempfile.TemporaryDirectory()), "meminfo")
        note(meminfo, 1000)
        watch = TreeWatch(meminfo)
        sharing, *filling = (stack.enter_context(child(each)) for each in (SHARES, FILLS, FILLS))
        sharing.stdout.readline()
        limits = Limits(memory_mib=128)
        jail = stack.enter_context(watch.watching(sharing.pid, limits, ()))
        for each in filling if are_ours else ():
            stack.enter_context(watch.watching(each.pid, limits, ()))
        for mib, each in zip((1100, 1200), filling):  # each for itself is less than matters
            say(each)
            assert each.stdout.readline() == b"ready\\n"
            note(meminfo, mib)
            looked(watch)
        assert jail.limit is None
        return jail.is_hiding

def is_closed_to_us():
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "program")
        shutil.copy("/bin/cat", program)
        program.chmod(0o111)
        with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            process.stdin.write(b"x")
            process.stdin.flush()
            process.stdout.read(1)  # it has left this program's memory behind
            found = mapped_memory([process.pid], (), most_read_bytes=1 << 20)
            process.kill()
    return found is None

print(json.dumps([is_closed_to_us(), doubted(are_ours=True), doubted(are_ours=False)]))
'''


def test_what_neighbours_have_in_files_is_not_what_it_hides(python_toolchain: Toolchain) -> None:
    """What anybody else on the host has may be its own: then it is not judged, and not blamed.

    A program that nobody may read can have such memory as well.
    """
    if os.geteuid() == 0:
        with home_of_plain_user() as home:
            printed = printed_as_plain_user(_PROGRAM, python_toolchain, home=home)
    else:
        printed = subprocess.check_output([sys.executable, "-c", _PROGRAM])
    assert json.loads(printed) == [True, False, True]
