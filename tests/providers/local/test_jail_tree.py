"""What is read of a jail's processes, and of all others."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from daytona_validate._providers.local.jails.jail_tree import Rank, Tree, rank, tree
from daytona_validate._providers.local.jails.machine_load import (
    busy_s,
    processes_ran_s,
    ran_meanwhile_s,
)
from daytona_validate._providers.local.jails.watch import Counted, watched

BUSY = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done"


def test_all_tasks_of_a_tree_are_seen_and_what_has_ended_is_counted() -> None:
    line = f"({BUSY}); nice -n 5 sleep 60 & echo $!; wait"
    with subprocess.Popen(["sh", "-c", line], stdout=subprocess.PIPE) as shell:
        assert shell.stdout is not None
        began_s = time.monotonic()
        child = int(shell.stdout.readline())
        while rank(child).nice == rank(shell.pid).nice:
            time.sleep(0.001)
        lived_s = time.monotonic() - began_s
        seen = tree(shell.pid, since_s=60.0)
        later = tree(shell.pid, since_s=-1.0)
        os.kill(child, signal.SIGKILL)
    shells, sleeps = sorted(seen.tasks, key=lambda each: each.number)
    assert (shells.number, sleeps.number) == (shell.pid, child)
    assert sleeps.rank == Rank(min(19, shells.rank.nice + 5), shells.rank.policy)
    assert shells.ran_s + sleeps.ran_s < seen.ran_s == seen.all_ran_s <= lived_s + 0.1
    assert (later.tasks, later.ran_s) == ((), 0.0)
    assert later.all_ran_s == pytest.approx(seen.all_ran_s)
    assert seen.is_alive
    assert not later.is_alive
    assert tree(shell.pid, since_s=60.0) == Tree()
    assert watched(shell.pid, names_others=False) is None


def test_what_has_ended_and_was_not_noticed_is_not_alive() -> None:
    shell = subprocess.Popen(["sh", "-c", "exit 3"])
    os.waitid(os.P_PID, shell.pid, os.WEXITED | os.WNOWAIT)
    assert (tree(shell.pid, since_s=60.0).is_alive, shell.wait()) == (False, 3)


LEFT_BY_ITS_FIRST_THREAD = """
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
print(flush=True)
ctypes.CDLL(None).pthread_exit(None)
"""


def test_a_process_lives_on_without_its_first_thread() -> None:
    """Else a program could pass for one that has ended, and its clock would never be up."""
    argv = [sys.executable, "-I", "-S", "-c", LEFT_BY_ITS_FIRST_THREAD]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        state = Path("/proc", str(process.pid), "stat")
        while state.read_text().rpartition(")")[2].split()[0] != "Z":
            time.sleep(0.001)
        assert tree(process.pid, since_s=60.0).is_alive
        process.kill()


def test_processors_are_busy_for_as_long_as_something_runs() -> None:
    before_s, began_s = busy_s(), time.process_time()
    while time.process_time() < began_s + 0.06:
        pass
    after_s = busy_s()
    assert os.sched_getaffinity(0) <= before_s.keys() == after_s.keys()
    assert sum(after_s.values()) - sum(before_s.values()) >= 0.02


def test_only_who_was_there_before_counts_among_others() -> None:
    before = processes_ran_s(but={os.getppid()})
    assert str(os.getppid()) not in {pid for pid, _ in before}
    began_s = time.process_time()
    while time.process_time() < began_s + 0.06:
        pass
    ours = [each for each in before if each[0] == str(os.getpid())]
    after = processes_ran_s()
    assert ran_meanwhile_s({each: before[each] for each in ours}, after) >= 0.04
    assert ran_meanwhile_s({("1", "never"): 5.0}, after) == 0.0
    assert ran_meanwhile_s({}, after) == 0.0


@pytest.mark.parametrize("text", [None, "nonsense", "cpu0 a b"])
def test_what_cannot_be_read_is_not_known(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "stat").write_text(text)
    monkeypatch.setattr(
        "daytona_validate._providers.local.jails.machine_load._STAT", tmp_path / "stat"
    )
    assert busy_s() == {}


def test_a_watch_knows_what_was_ran_by_whom_and_what_is_not_known() -> None:
    watch = watched(os.getpid(), names_others=False)
    assert watch is not None
    counted = Counted(ran_s=2.0, all_ran_s=10**6)
    seen = watch.meanwhile(passed_s=10**6, counted=counted)
    assert (seen.ran_s, seen.others_ran_s, seen.processors) == (2.0, 0.0, len(watch.processors))
    assert not seen.is_humble
    assert not seen.has_ended
    unknown = replace(watch, busy_s={}).meanwhile(passed_s=10**6, counted=None)
    assert unknown.others_ran_s == math.inf
    assert unknown.ran_s > 0
    humble = replace(watch, rank=Rank(watch.rank.nice - 1, watch.rank.policy))
    assert humble.meanwhile(passed_s=10**6, counted=None).is_humble
    nothing = watch.meanwhile(passed_s=-1.0, counted=None)
    assert (nothing.processors, nothing.has_ended) == (len(watch.processors), True)
    by_name = replace(watch, others_ran_s={}).meanwhile(passed_s=1.0, counted=counted)
    assert by_name.others_ran_s == 0.0
