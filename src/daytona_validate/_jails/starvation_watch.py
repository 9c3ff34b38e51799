"""CPU accounting of a jail: what it and all others ran, from its start to its time limit.

A look, each in a thread, while the jail waits at its gate, and one when a limit has passed. Nothing
is asked in between, unless it is the last run of a program: that is looked at again and again.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass

from daytona_validate._jails.host_load import (
    busy_s,
    processes_ran_s,
    ran_meanwhile_s,
)
from daytona_validate._jails.jail_tree import Rank, Task, rank, tree
from daytona_validate._jails.starvation import Look, RunSoFar, Waits, interval_between, look, waits


@dataclass(frozen=True, slots=True, kw_only=True)
class CgroupCpu:
    """CPU accounting of a control group, in CPU seconds."""

    ran_s: float
    """Since the start of the command."""
    all_ran_s: float
    """Since the start of the jail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """Baseline of CPU accounting: what the host's processors had done when a jail began."""

    first: int
    """The pid of the jail's first process."""
    rank: Rank
    processors: frozenset[int]
    """Those that the jail may run on."""
    busy_s: Mapping[int, float]
    others_ran_s: Mapping[tuple[str, str], float] | None
    """CPU seconds by process; None: not read."""

    def others_s(self, processors: frozenset[int], own_s: float) -> float:
        """Return the CPU seconds of all others; infinite: not known.

        Args:
            processors: On which they count.
            own_s: What the whole jail ran on them.
        """
        if self.others_ran_s is not None:
            return ran_meanwhile_s(self.others_ran_s, processes_ran_s())
        return max(0.0, self.worked_s(processors) - own_s)

    def worked_s(self, processors: frozenset[int]) -> float:
        """Return for how long processors have worked, added up; infinite: not known."""
        now_s = busy_s()
        if not processors <= now_s.keys() & self.busy_s.keys():
            return math.inf
        return sum(now_s[each] - self.busy_s[each] for each in processors)

    def has_lower_priority(self, other: Rank) -> bool:
        """Return whether a task of that rank lowered its own priority."""
        return other.nice > self.rank.nice or other.policy != self.rank.policy


def baseline_of(first: int, *, names_others: bool) -> Baseline | None:
    """Look at the host before a jail begins; None: the jail is gone.

    Args:
        first: The pid of the jail's first process.
        names_others: Whether all other processes are looked at one by one: what the host's
            processors did tells of others only where it is known what the jail did.
    """
    try:
        return Baseline(
            first=first,
            rank=rank(first),
            processors=frozenset(os.sched_getaffinity(first)),
            busy_s=busy_s(),
            others_ran_s=processes_ran_s(but={first}) if names_others else None,
        )
    except OSError:
        return None


class Clockwork:
    """Starvation clock: for how long one command has waited for a processor, look by look.

    Args:
        baseline: How things stood before the jail began.
        look_s: Wall seconds between two looks, if there are many.
    """

    def __init__(self, baseline: Baseline, *, look_s: float) -> None:
        self._baseline = baseline
        self._look_s = look_s
        self._last = Look()
        self._waits = Waits()
        self._has_lowered_priority = False

    def so_far(self, *, passed_s: float, counted: CgroupCpu | None) -> RunSoFar:
        """Look, and return what has been since the command was started.

        Args:
            passed_s: Wall seconds since then.
            counted: None: no control group does; what the processes tell is taken.
        """
        baseline = self._baseline
        seen = tree(baseline.first, since_s=passed_s)
        all_ran_s = seen.all_ran_s if counted is None else counted.all_ran_s
        processors = _processors(seen.tasks) or baseline.processors
        fewest = min((len(each.processors) for each in seen.tasks), default=len(processors))
        is_lower = any(baseline.has_lower_priority(each.rank) for each in seen.tasks)
        self._has_lowered_priority |= is_lower
        now = look(
            seen.tasks,
            passed_s=passed_s,
            group_ran_s=None if counted is None else counted.ran_s,
            before=self._last,
            pending_s=None if is_lower else self._look_s,
        )
        interval = interval_between(
            self._last, now, processors=len(processors), has_lowered_priority=is_lower
        )
        self._waits += waits(interval)
        self._last = now
        others_ran_s = baseline.others_s(processors, all_ran_s)
        return RunSoFar(
            passed_s=passed_s,
            waits=self._waits,
            others_ran_s=others_ran_s,
            left_s=passed_s - others_ran_s / len(processors),
            has_lowered_priority=self._has_lowered_priority,
            full_s=baseline.worked_s(processors) / fewest,
            has_ended=not seen.is_alive,
        )


def _processors(tasks: tuple[Task, ...]) -> frozenset[int]:
    return frozenset().union(*(each.processors for each in tasks))
