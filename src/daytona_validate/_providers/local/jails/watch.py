"""What a jail had of the machine between its start and the moment when its time seems to be up.

Two looks, each in a thread: one while the jail waits at its gate, one when a limit has passed.
Nothing is asked in between.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass

from daytona_validate._providers.local.jails.jail_tree import Rank, Tree, rank, tree
from daytona_validate._providers.local.jails.machine_load import (
    busy_s,
    processes_ran_s,
    ran_meanwhile_s,
)
from daytona_validate._providers.local.jails.starvation import (
    Meanwhile,
    whole_by_numbers,
    whole_in_group,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a control group counted, in CPU seconds."""

    ran_s: float
    """Since the command was started."""
    all_ran_s: float
    """Since the jail was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How things stood when a jail had not begun."""

    first: int
    """The pid of its first process."""
    rank: Rank
    processors: frozenset[int]
    """On which it may run."""
    busy_s: Mapping[int, float]
    others_ran_s: Mapping[tuple[str, str], float] | None
    """By process; None: nobody asked."""

    def meanwhile(self, *, passed_s: float, counted: Counted | None) -> Meanwhile:
        """Return what has been since then.

        Args:
            passed_s: Wall seconds since the command was started.
            counted: None: no control group does; what the processes tell is taken.
        """
        seen = tree(self.first, since_s=passed_s)
        all_ran_s = seen.all_ran_s if counted is None else counted.all_ran_s
        processors = frozenset().union(*(each.processors for each in seen.tasks)) or self.processors
        return Meanwhile(
            passed_s=passed_s,
            ran_s=seen.ran_s if counted is None else counted.ran_s,
            delayed_s=sum(each.waited_s for each in seen.tasks),
            others_ran_s=self._others_s(processors, all_ran_s),
            processors=len(processors),
            has_ended=not seen.is_alive,
            is_whole=_is_whole(seen, counted),
            is_humble=any(self._is_behind(each.rank) for each in seen.tasks),
        )

    def _others_s(self, processors: frozenset[int], own_s: float) -> float:
        if self.others_ran_s is not None:
            return ran_meanwhile_s(self.others_ran_s, processes_ran_s())
        now_s = busy_s()
        if not processors <= now_s.keys() & self.busy_s.keys():
            return math.inf
        return max(0.0, sum(now_s[each] - self.busy_s[each] for each in processors) - own_s)

    def _is_behind(self, other: Rank) -> bool:
        return other.nice > self.rank.nice or other.policy != self.rank.policy


def watched(first: int, *, names_others: bool) -> Watch | None:
    """Look at the machine before a jail begins; None: the jail is gone.

    Args:
        first: The pid of the jail's first process.
        names_others: Whether all other processes are looked at one by one: what the machine's
            processors did tells of others only where it is known what the jail did.
    """
    try:
        return Watch(
            first=first,
            rank=rank(first),
            processors=frozenset(os.sched_getaffinity(first)),
            busy_s=busy_s(),
            others_ran_s=processes_ran_s(but={first}) if names_others else None,
        )
    except OSError:
        return None


def _is_whole(seen: Tree, counted: Counted | None) -> bool:
    if counted is None:
        return whole_by_numbers(tuple(each.number for each in seen.tasks))
    tasks_ran_s = sum(each.ran_s for each in seen.tasks)
    return whole_in_group(group_ran_s=counted.ran_s, tasks_ran_s=tasks_ran_s)
