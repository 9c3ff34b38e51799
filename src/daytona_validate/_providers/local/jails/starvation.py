"""Whether others kept a program from running until its time was up: then nothing was judged.

The kernel counts, for each thread, how long it was ready to run and had no processor. What it
waited for threads of its own jail is no fault of the machine's, so all that the rest of the jail
ran meanwhile is taken off. What is left was other people's, whatever the jail did; a program that
sleeps waits for nothing.

It errs towards a time-out: what threads waited that have ended is not known, and a kernel that
does not count (without CONFIG_SCHED_INFO and CONFIG_PROC_CHILDREN) shows nothing. Where no cgroup
counts CPU time, children that a program lets the kernel reap are missing in what it ran.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SHARE = 0.75
"""Of a program's time. It had a processor for a quarter of it then, and not for half, as it has
where twice as many programs run as there are cores, which is the default."""

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_SLACK_S = 0.02  # a thread's start is known by the tick


@dataclass(frozen=True, slots=True)
class Thread:
    """What one living thread had of the processors."""

    age_s: float
    ran_s: float
    waited_s: float
    """Ready to run, and without a processor."""


@dataclass(frozen=True, slots=True)
class Tree:
    """What all processes of a jail had of them, those that were waited for included."""

    threads: tuple[Thread, ...]
    ran_s: float


def starved_s(seen: Tree, *, since_s: float, ran_s: float | None) -> float | None:
    """Return for how long others kept a command from running; None if that was not most of it.

    It is the greatest of: waited - (what all of the jail ran - what this thread ran), over the
    threads that the command started. A thread that had to wait for 9 s of 10, while others of its
    jail ran for 1 s, was kept from running for 8 s: 9 - (1.5 - 0.5), and 8 is more than 0.75 * 10.

    Args:
        seen: The jail when the time was up.
        since_s: Seconds since the command started; older threads are not its own.
        ran_s: CPU seconds of the jail since then; None: nobody counts, and the tree's, since its
            start, are taken.
    """
    all_s = seen.ran_s if ran_s is None else ran_s
    young = (each for each in seen.threads if each.age_s <= since_s + _SLACK_S)
    kept_s = max((each.waited_s - max(0.0, all_s - each.ran_s) for each in young), default=0.0)
    return kept_s if kept_s >= SHARE * since_s else None


def tree(first: int) -> Tree:
    """Look at a process and its descendants; some ms for a hundred, so call it in a thread."""
    now_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    threads: list[Thread] = []
    ran_s = 0.0
    for process in _processes(Path("/proc", str(first))):
        with suppress(OSError):
            fields = _stat(process)
            ran_s += sum(map(int, fields[11:15])) / _TICKS_PER_S  # its own, and its children's
            threads += _threads(process, now_s)
    return Tree(tuple(threads), ran_s)


def _processes(folder: Path) -> Iterator[Path]:
    yield folder
    with suppress(OSError):
        for task in (folder / "task").iterdir():
            for pid in (task / "children").read_text().split():
                yield from _processes(Path("/proc", pid))


def _threads(process: Path, now_s: float) -> Iterable[Thread]:
    for task in (process / "task").iterdir():
        with suppress(OSError):
            ran_ns, waited_ns, _ = map(int, (task / "schedstat").read_text().split())
            age_s = now_s - int(_stat(task)[19]) / _TICKS_PER_S
            yield Thread(age_s, ran_ns / 1e9, waited_ns / 1e9)


def _stat(folder: Path) -> list[str]:
    """Return the fields of a `stat` file that stand behind the name."""
    return (folder / "stat").read_text().rpartition(")")[2].split()
