"""A fork of a zygote runs a program as a jail of its own does, and shows it nothing of another."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import tomllib
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from daytona_validate._jails.fork_runner import ForkRunner
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Step
from daytona_validate._toolchains.record import Toolchain
from eventually import eventually
from held_here import children, descriptors
from jail_with import jail_with

pytestmark = [pytest.mark.jail, pytest.mark.slow]


class Forks:
    """Forks of a runner's zygotes, and the toolchain that they are of."""

    def __init__(self, runner: JailRunner, toolchain: Toolchain) -> None:
        self.runner = ForkRunner(runner._host, runner._cgroups, runner._owners)
        self._toolchain = toolchain

    def jail(self, code: str, **files: str) -> Jail:
        named = {"main.py": code, **{name.replace("__", "/"): each for name, each in files.items()}}
        encoded = {path: content.encode() for path, content in named.items()}
        argv = ("python3", "-s", "main.py")
        return jail_with(self._toolchain, argv, files=encoded, limits=Limits())

    async def run(self, code: str, *, timeout_s: float = 30.0) -> Step:
        steps = await self.runner.run_all(self.jail(code), timeout_s=timeout_s)
        assert steps is not None, "a fork could not run it"
        return steps[-1]

    async def printed(self, code: str) -> str:
        step = await self.run(code)
        assert step.exit_code == 0, step.stderr.decode()
        return step.stdout.decode().strip()


@pytest.fixture
async def forks(jail_runner: JailRunner, python_toolchain: Toolchain) -> AsyncIterator[Forks]:
    found = Forks(jail_runner, python_toolchain)
    if not found.runner.is_possible:
        pytest.skip("no control groups count here")
    before = children(), descriptors()
    yield found
    await found.runner.aclose()
    assert (children(), descriptors()) == before


MARK = "'never' + '-again-' + str(4711)"
REMEMBERS = f"""
kept = [{MARK}, ({MARK}).encode()] * 3
print(len(kept), "never-again-4711")
"""
SEARCHES = f"""
mark = ({MARK}).encode()
found = 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", buffering=0) as memory:
    for line in maps:
        first, end = (int(each, 16) for each in line.split()[0].split("-"))
        if line.split()[1].startswith("r") and "[v" not in line:
            memory.seek(first)
            found += (memory.read(end - first) or b"").count(mark)
mine = 3
print(found <= mine, found)
"""


async def test_no_earlier_program_is_in_the_memory_of_a_fork(forks: Forks) -> None:
    for _ in range(3):
        assert await forks.printed(REMEMBERS) == "6 never-again-4711"
    assert (await forks.printed(SEARCHES)).startswith("True"), await forks.printed(SEARCHES)


LEAVES = """
import multiprocessing.shared_memory, os, socket, subprocess
for place in ("/work", "/tmp", "/dev/shm"):
    open(f"{place}/left", "w").close()
near = socket.socket(socket.AF_UNIX)
near.bind("\\0left")
near.listen()
server = socket.create_server(("127.0.0.1", 4711))
subprocess.Popen(["sleep", "60"], start_new_session=True)
print("left", flush=True)
import time
time.sleep(60)
"""
LOOKS = """
import glob, os, socket
print([os.listdir(each) for each in ("/tmp", "/dev/shm")], os.listdir("/work"))
for family, address in ((socket.AF_UNIX, "\\0left"), (socket.AF_INET, ("127.0.0.1", 4711))):
    try:
        socket.socket(family).connect(address)
        print("reached")
    except OSError as error:
        print(type(error).__name__)
print(sorted(int(each) for each in os.listdir("/proc") if each.isdigit()))
for name in ("mem", "environ", "fd", "root", "maps"):
    try:
        os.listdir("/proc/1/fd") if name == "fd" else open(f"/proc/1/{name}").read()
        print("read", name)
    except OSError:
        pass
print(os.path.exists("/opt/python-zygote/zygote.py"), sorted(os.listdir("/proc/self/fd")))
"""


async def test_two_forks_at_a_time_know_nothing_of_each_other(forks: Forks) -> None:
    other = asyncio.create_task(forks.run(LEAVES, timeout_s=3.0))
    await eventually(lambda: bool(forks.runner._processes))
    seen = await forks.printed(LOOKS)
    await other
    again = await forks.printed(LOOKS)
    assert (
        seen
        == again
        == (
            "[[], []] ['main.py']\nConnectionRefusedError\nConnectionRefusedError\n[1, 2]\n"
            "False ['0', '1', '2', '3']"
        )
    )


async def test_no_descriptor_of_a_zygote_reaches_a_fork_whatever_its_number(forks: Forks) -> None:
    with ExitStack() as opened:
        for _ in range(400):
            opened.callback(os.close, os.dup(2))
        code = "import os; print(sorted(os.listdir('/proc/self/fd')))"
        assert await forks.printed(code) == "['0', '1', '2', '3']"


async def test_what_is_random_is_another_in_each_fork(forks: Forks) -> None:
    code = (
        "import random, secrets, uuid; print(random.random(), secrets.token_hex(4), uuid.uuid4())"
    )
    first, second = (await forks.printed(code)).split(), (await forks.printed(code)).split()
    assert not set(first) & set(second)


async def test_a_zygote_is_replaced_and_with_it_the_seed_of_hashes(
    forks: Forks,
) -> None:
    forks.runner._pool._most_forks = 3  # its self-test is one
    seeds = [await forks.printed("print(hash('a'))") for _ in range(4)]
    assert seeds[0] == seeds[1]
    assert len(set(seeds)) == 2


@pytest.mark.parametrize("name", ["json.py", "re__x.py", "enum.py"])
async def test_a_file_that_hides_a_module_is_left_to_a_jail(forks: Forks, name: str) -> None:
    await forks.printed("print()")
    jail = forks.jail("import json", **{name: "raise SystemExit(3)"})
    assert await forks.runner.run_all(jail, timeout_s=10.0) is None


@pytest.mark.parametrize(
    "code",
    ["print(int.__subclasses__())", "import gc", "import sys; sys.settrace(print)"],
)
async def test_a_program_that_can_see_all_modules_is_left_to_a_jail(
    forks: Forks, code: str
) -> None:
    assert await forks.runner.run_all(forks.jail(code), timeout_s=10.0) is None
    beside = forks.jail("import other", other="")
    in_file = replace(beside, files={**beside.files, "other.py": code.encode()})
    assert await forks.runner.run_all(in_file, timeout_s=10.0) is None


async def test_a_file_that_a_program_writes_can_hide_a_module(forks: Forks) -> None:
    code = "open('re.py', 'w').write('x = 1'); import json"
    step = await forks.run(code)
    assert b"AttributeError: module 're' has no attribute" in step.stderr or step.exit_code == 1


async def test_a_killed_zygote_leaves_its_programs_to_jails(forks: Forks) -> None:
    await forks.printed("print()")
    (zygote,) = forks.runner._pool._zygotes.values()
    jail = forks.jail("import time; time.sleep(60)")
    running = asyncio.create_task(forks.runner.run_all(jail, timeout_s=60.0))
    await eventually(lambda: bool(forks.runner._processes))
    (process,) = forks.runner._processes
    await process.first_process()
    first = zygote.process.status.child_pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert await running is None
    await zygote.process.ended.wait()
    assert await forks.printed("print('served again')") == "served again"


async def test_after_its_end_it_serves_nothing(forks: Forks) -> None:
    await forks.printed("print()")
    await forks.runner.aclose()
    assert await forks.runner.run_all(forks.jail("print()"), timeout_s=5.0) is None


PROBES = tomllib.loads(Path(__file__).with_name("probes_of_forks.toml").read_text())


@pytest.mark.thorough
@pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES)
async def test_a_program_does_what_it_does_in_a_jail(
    forks: Forks, jail_runner: JailRunner, probe: str
) -> None:
    jail = forks.jail(probe)
    steps = await forks.runner.run_all(jail, timeout_s=60.0, stdin=b"one line\n")
    assert steps is not None
    cold = await jail_runner.run(jail, timeout_s=60.0, stdin=b"one line\n")
    assert _told(steps[-1]) == _told(cold)


def _told(step: Step) -> tuple[object, ...]:
    """Return what a program does, without addresses and times."""
    texts = [re.sub(rb"0x[0-9a-f]+|in \d\.\d+s", b"", each) for each in (step.stdout, step.stderr)]
    return (step.exit_code, step.signal, step.limit, *texts)
