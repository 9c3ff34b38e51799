"""A process that runs a jail is interrupted or killed: the jail dies, and nothing stays."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from daytona_validate._jails.cgroup_places import own_paths, places
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._models import Limits
from eventually import LONGEST_S

pytestmark = [pytest.mark.jail, pytest.mark.slow]

_CHILD = """
import asyncio, sys
from pathlib import Path
from daytona_validate._models import Limits
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner

async def main():
    runner = await JailRunner.start(Path(sys.argv[1]))
    def started(_):
        (process,) = runner._processes
        print(process.status.child_pid, flush=True)
    jail = Jail(argv=("sh", "-c", "trap '' INT TERM; echo started; sleep 60"), limits=Limits())
    await runner.run(jail, timeout_s=60, on_stdout=started)

asyncio.run(main())
"""


class _Victim:
    """A process that runs a jail, and the jail's first process."""

    def __init__(self, cache_dir: Path, script: str = _CHILD) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, str(cache_dir)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        pid = int(self.process.stdout.readline())
        self.jail = os.pidfd_open(pid)
        own = own_paths(Path(f"/proc/{pid}/cgroup").read_text()).values()
        self._names = {path.rpartition("/")[2] for path in own}

    def jail_is_dead(self) -> bool:
        """Wait for it, for a bounded time."""
        return bool(select.select([self.jail], [], [], 10)[0])

    def groups(self) -> list[str]:
        mountinfo = Path("/proc/self/mountinfo").read_text()
        own = Path("/proc/self/cgroup").read_text()
        parents = [Path(place.parent) for place in places(mountinfo, own)]
        here = [each.name for parent in parents for each in parent.glob("daytona-validate-*")]
        return [name for name in here if name in self._names]


@pytest.fixture
def victim(jail_cache_dir: Path) -> Iterator[_Victim]:
    with _ended(_Victim(jail_cache_dir)) as victim:
        yield victim


@contextmanager
def _ended(victim: _Victim) -> Iterator[_Victim]:
    try:
        yield victim
    finally:
        victim.process.kill()
        victim.process.communicate()
        os.close(victim.jail)


def test_ctrl_c_ends_the_jail_and_removes_everything(victim: _Victim) -> None:
    victim.process.send_signal(signal.SIGINT)
    _, stderr = victim.process.communicate(timeout=LONGEST_S)
    assert b"KeyboardInterrupt" in stderr
    assert victim.jail_is_dead()
    assert victim.groups() == []


def test_ctrl_c_twice_ends_the_jail(victim: _Victim) -> None:
    victim.process.send_signal(signal.SIGINT)
    victim.process.send_signal(signal.SIGINT)
    victim.process.communicate(timeout=LONGEST_S)
    assert victim.jail_is_dead()
    Cgroups.find(Limits())
    assert victim.groups() == []


def test_kill_9_ends_the_jail_and_the_next_start_sweeps(victim: _Victim) -> None:
    victim.process.kill()
    victim.process.communicate(timeout=LONGEST_S)
    assert victim.jail_is_dead()
    Cgroups.find(Limits())
    assert victim.groups() == []


def test_a_sweep_leaves_the_groups_of_the_living(victim: _Victim) -> None:
    before = victim.groups()
    Cgroups.find(Limits())
    assert victim.groups() == before != []
    assert not victim.process.poll()


_AT_THE_GATE = """
import asyncio, sys, time
from pathlib import Path
from daytona_validate._models import Limits
from daytona_validate._jails.cgroup import Cgroup
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner

def stay(group, pid):
    (process,) = runner._processes
    while Path(f"/proc/{process._popen.pid}/stat").read_text().rpartition(") ")[2][0] != "S":
        time.sleep(0.001)  # until bubblewrap has nothing to do but to wait
    print(pid, flush=True)
    time.sleep(60)

async def main():
    global runner
    runner = await JailRunner.start(Path(sys.argv[1]))
    Cgroup.holds = stay
    await runner.run(Jail(argv=("sleep", "60"), limits=Limits()), timeout_s=60)

asyncio.run(main())
"""


def test_kill_9_at_the_gate_starts_nothing(jail_cache_dir: Path) -> None:
    """Our death opens the gate, and the jail could not ask yet to die with bubblewrap."""
    with _ended(_Victim(jail_cache_dir, _AT_THE_GATE)) as victim:
        victim.process.kill()
        assert victim.jail_is_dead()


_STARTING = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from daytona_validate._models import Limits
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner

HELD = '''#!/bin/sh
exec 9>{folder}/alive
echo started >{folder}/started
read -r word <{folder}/word
exec {bubblewrap} "$@"
'''

async def main():
    runner = await JailRunner.start(Path(sys.argv[1]))
    bubblewrap, held = runner._host.bubblewrap, Path(sys.argv[2], "bwrap")
    held.write_text(HELD.format(folder=held.parent, bubblewrap=bubblewrap.path))
    held.chmod(0o755)
    found = replace(runner._host, bubblewrap=replace(bubblewrap, path=held))
    runner = JailRunner(found, runner._cgroups)
    await runner.run(Jail(argv=("sleep", "60"), limits=Limits()), timeout_s=60)

asyncio.run(main())
"""


def test_kill_9_before_there_is_a_jail_starts_nothing(
    jail_cache_dir: Path, open_folder: Path
) -> None:
    """Bubblewrap could not ask yet to die with its parent."""
    with ExitStack() as kept:
        pipes: dict[str, int] = {}
        for name, mode in (("started", os.O_RDWR), ("word", os.O_RDWR), ("alive", os.O_RDONLY)):
            os.mkfifo(open_folder / name)
            (open_folder / name).chmod(0o666)
            pipes[name] = os.open(open_folder / name, mode | os.O_NONBLOCK)
            kept.callback(os.close, pipes[name])
        argv = [sys.executable, "-c", _STARTING, str(jail_cache_dir), str(open_folder)]
        child = kept.enter_context(subprocess.Popen(argv))
        kept.callback(child.kill)
        assert select.select([pipes["started"]], [], [], 20)[0]
        child.kill()
        child.wait()
        os.write(pipes["word"], b"go\n")
        # Bubblewrap and all under it hold the other end of this pipe.
        assert select.select([pipes["alive"]], [], [], 10)[0], "something still runs"


_IN_A_FORK = """
import asyncio, sys
from pathlib import Path
from daytona_validate._models import Limits
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._toolchains.toolchains import Toolchains

async def main():
    runner = await JailRunner.start(Path(sys.argv[1]))
    if not runner.forks.is_possible:
        print(0, flush=True)
        return
    python = await Toolchains(runner.cache, runner).prepare("python")
    jail = Jail(
        argv=("python3", "-s", "main.py"), limits=Limits(), binds=python.binds,
        links=python.links, environment=python.environment,
        files={"main.py": b"import time; time.sleep(60)"},
    )
    running = asyncio.create_task(runner.forks.run_all(jail, timeout_s=60))
    while not running.done():
        await asyncio.sleep(0.01)
        zygotes = list(runner.forks._pool._zygotes.values())
        for process in tuple(runner.forks._processes):
            if zygotes and process.released_at_s:
                (zygote,) = zygotes
                print(process.status.child_pid, zygote.process.status.child_pid, flush=True)
                await running

asyncio.run(main())
"""


def test_kill_9_ends_a_zygote_and_its_forks(jail_cache_dir: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _IN_A_FORK, str(jail_cache_dir)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    pids = [int(each) for each in process.stdout.readline().split()]
    assert pids, "no fork ran the program"
    if pids == [0]:
        process.communicate(timeout=LONGEST_S)
        pytest.skip("no control groups count here")
    watched = [os.pidfd_open(each) for each in pids]
    process.kill()
    process.communicate(timeout=LONGEST_S)
    for each in watched:
        assert select.select([each], [], [], 10)[0]
        os.close(each)
    Cgroups.find(Limits())
