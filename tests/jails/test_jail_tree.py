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

from daytona_validate._jails.host_load import (
    busy_s,
    processes_ran_s,
    ran_meanwhile_s,
)
from daytona_validate._jails.jail_tree import Rank, Tree, rank, tree
from daytona_validate._jails.starvation_watch import Baseline, CgroupCpu, Clockwork, baseline_of
from eventually import wait_until

BUSY = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done"


def test_all_tasks_of_a_tree_are_seen_and_what_has_ended_is_counted() -> None:
    line = f"({BUSY}); nice -n 5 sleep 60 & echo $!; wait"
    with subprocess.Popen(["sh", "-c", line], stdout=subprocess.PIPE) as shell:
        assert shell.stdout is not None
        began_s = time.monotonic()
        child = int(shell.stdout.readline())
        wait_until(lambda: rank(child).nice != rank(shell.pid).nice)
        lived_s = time.monotonic() - began_s
        seen = tree(shell.pid, since_s=60.0)
        later = tree(shell.pid, since_s=-1.0)
        os.kill(child, signal.SIGKILL)
    shells, sleeps = sorted(seen.tasks, key=lambda each: each.number)
    assert (shells.number, sleeps.number) == (shell.pid, child)
    assert sleeps.rank == Rank(min(19, shells.rank.nice + 5), shells.rank.policy)
    assert shells.ran_s + sleeps.ran_s < seen.all_ran_s <= lived_s + 0.1
    assert shells.id[0] == str(shell.pid)
    assert later.tasks == ()
    assert later.all_ran_s == pytest.approx(seen.all_ran_s)
    assert seen.is_alive
    assert not later.is_alive
    assert tree(shell.pid, since_s=60.0) == Tree()
    assert baseline_of(shell.pid, names_others=False) is None


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
        wait_until(lambda: state.read_text().rpartition(")")[2].split()[0] == "Z")
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
def test_what_cannot_be_read_is_not_known(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "stat").write_text(text)
    assert busy_s(tmp_path / "stat") == {}


def test_a_watch_knows_what_others_ran_and_what_is_not_known() -> None:
    baseline = baseline_of(os.getpid(), names_others=False)
    assert baseline is not None
    assert baseline.others_s(baseline.processors, 10**6) == 0.0
    assert replace(baseline, busy_s={}).others_s(baseline.processors, 0.0) == math.inf
    assert replace(baseline, others_ran_s={}).others_s(baseline.processors, 0.0) == 0.0
    assert replace(baseline, busy_s={}).worked_s(baseline.processors) == math.inf
    idle = replace(baseline, busy_s=dict.fromkeys(baseline.processors, 0.0))
    assert idle.others_s(baseline.processors, 1.0) == pytest.approx(
        idle.worked_s(baseline.processors) - 1.0, rel=0.01
    )
    assert not baseline.has_lower_priority(baseline.rank)
    assert baseline.has_lower_priority(Rank(baseline.rank.nice + 1, baseline.rank.policy))
    assert baseline.has_lower_priority(Rank(baseline.rank.nice, 3))


def clockwork(baseline: Baseline) -> Clockwork:
    return Clockwork(baseline, look_s=0.1)


def test_a_clockwork_adds_up_what_was_from_look_to_look() -> None:
    baseline = baseline_of(os.getpid(), names_others=False)
    assert baseline is not None
    lost, none_lost = CgroupCpu(ran_s=10**6, all_ran_s=10**6), CgroupCpu(ran_s=0.0, all_ran_s=0.0)
    works = clockwork(baseline)
    assert works.so_far(passed_s=10.0**6, counted=lost).waits.most_s == 10**6
    again = works.so_far(passed_s=10.0**6 + 1, counted=lost)
    assert (again.passed_s, again.has_ended) == (10**6 + 1, False)
    assert again.waits.most_s <= 10**6 + 1
    humble = replace(baseline, rank=Rank(baseline.rank.nice - 1, baseline.rank.policy))
    assert clockwork(humble).so_far(passed_s=10**6, counted=none_lost).waits.least_s == 0
    nothing = clockwork(baseline).so_far(passed_s=-1.0, counted=None)
    assert nothing.has_ended
