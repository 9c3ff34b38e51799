"""CPU time and waiting of a jail's living processes; reads `/proc`, and decides nothing.

A kernel that does not count (without CONFIG_SCHED_INFO and CONFIG_PROC_CHILDREN) shows no task.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_SLACK_S = 0.02  # a start is known by the tick

# Fields of a `stat` file, counted from the one behind the name.
_TIMES = slice(11, 15)  # of a process in user and kernel mode, and of its children
_ENDED = "ZX"  # and perhaps not yet noticed by its parent
_READY = "R"
_NICE, _START, _POLICY = 16, 19, 38


@dataclass(frozen=True, slots=True)
class Rank:
    """Scheduling priority and policy of a task."""

    nice: int
    policy: int
    """0 is the normal one; batch and idle, which a program may choose, stand behind it."""


@dataclass(frozen=True, slots=True)
class Task:
    """A thread that is there; it may have ended without anybody noticing."""

    id: tuple[str, str]
    """Its number on the host and its start, which nobody has after it."""
    age_s: float
    ran_s: float
    waited_s: float
    """Ready to run, and without a processor; what it waits now is added when it runs."""
    is_ready: bool
    """Whether it runs now or waits to."""
    has_ended: bool
    rank: Rank
    processors: frozenset[int]
    """Those on which it may run."""
    number: int
    """Inside the jail, where the kernel hands numbers out one by one."""


@dataclass(frozen=True, slots=True)
class Tree:
    """The tasks that a command of a jail has started, and what the whole jail ran."""

    tasks: tuple[Task, ...] = ()
    all_ran_s: float = 0.0
    """Threads that have ended, children that were waited for, and what was started before the
    command included."""
    is_alive: bool = True
    """Whether anything that the command started has not ended, as far as can be seen."""


def rank(pid: int) -> Rank:
    """Return the rank of a process's first thread. Raises OSError."""
    return _rank(_stat(Path("/proc", str(pid))))


def tree(first: int, *, since_s: float) -> Tree:
    """Look at a process and its descendants; some ms for a hundred, so call it in a thread.

    Args:
        first: Its pid.
        since_s: Seconds since the command started; what is older is not its own.
    """
    now_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    tasks: list[Task] = []
    all_ran_s = 0.0
    folder = Path("/proc", str(first))
    is_alive = not (folder / "task" / str(first) / "children").exists()
    for process in processes(folder):
        with suppress(OSError):
            fields = _stat(process)
            all_ran_s += sum(map(int, fields[_TIMES])) / _TICKS_PER_S
            for thread, fields in _young(process, now_s, since_s):
                is_alive |= fields[0] not in _ENDED
                with suppress(OSError):
                    tasks.append(_task(thread, fields, now_s))
    return Tree(tuple(tasks), all_ran_s, is_alive)


def processes(folder: Path) -> Iterator[Path]:
    """Yield the folder in `/proc` of a process, and those of its descendants."""
    yield folder
    with suppress(OSError):
        for task in (folder / "task").iterdir():
            for pid in (task / "children").read_text().split():
                yield from processes(Path("/proc", pid))


def _young(process: Path, now_s: float, since_s: float) -> Iterator[tuple[Path, list[str]]]:
    """Yield the threads that are no older than that, with the fields of their `stat`."""
    for thread in (process / "task").iterdir():
        with suppress(OSError):
            fields = _stat(thread)
            if _age_s(fields, now_s) <= since_s + _SLACK_S:
                yield thread, fields


def _task(thread: Path, fields: list[str], now_s: float) -> Task:
    ran_ns, waited_ns, _ = map(int, (thread / "schedstat").read_text().split())
    return Task(
        id=(thread.name, fields[_START]),
        age_s=_age_s(fields, now_s),
        is_ready=fields[0] == _READY,
        has_ended=fields[0] in _ENDED,
        ran_s=ran_ns / 1e9,
        waited_s=waited_ns / 1e9,
        rank=_rank(fields),
        processors=frozenset(os.sched_getaffinity(int(thread.name))),
        number=_number(thread),
    )


def _stat(folder: Path) -> list[str]:
    """Return the fields of a `stat` file that stand behind the name."""
    return (folder / "stat").read_text().rpartition(")")[2].split()


def _rank(fields: list[str]) -> Rank:
    return Rank(int(fields[_NICE]), int(fields[_POLICY]))


def _age_s(fields: list[str], now_s: float) -> float:
    return now_s - int(fields[_START]) / _TICKS_PER_S


def _number(folder: Path) -> int:
    _, _, line = (folder / "status").read_text().partition("\nNSpid:")
    return int(line.partition("\n")[0].split()[-1])
