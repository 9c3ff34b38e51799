"""CPU starvation: whether a program met its time limit, or others kept it from running; pure.

A limit is time in which a program could run. The kernel counts for each thread how long it was
ready and had no processor; but a program's threads wait for each other too, and that is its own
affair. So it is compared what all of the jail wanted and what it got: of N processors it can have
no more than N. A program that sleeps wants nothing.

A program must not be able to stop its clock, nor may a healthy one be called slow. So there are two
figures: what it surely waited, and what it may have waited, which is all the time where tasks
have ended that nobody asked, or where it has put itself behind others. Neither is ever more than
others ran. Beside other programs only the first stops the clock; if the second would have made a
difference, it is run once more, alone. There it is looked at again and again, so that the time in
which nothing was missing is known, and the second figure stops the clock, up to four times its
limit. Then nobody can say, unless it is of its own doing that nobody can: a program that put itself
behind others, or to which they left as much of the processors as its limit asks for, has met it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from daytona_validate._core.limits import WALL_FACTOR
from daytona_validate._jails.jail_tree import Task

SHARE = 0.01
"""Remaining time of up to 1 % of the time limit is ignored."""
LOOK_SHARE = 0.05
"""In the last run, two looks at a program are 5 % of its time limit apart."""
LOOK_S = 0.1
"""Two looks are at least 0.1 s apart, which is longer than a busy kernel lets a thread wait."""
END_SHARE = 0.25
"""When all of a command has ended and only the notice is missing, 25 % of the limit is added."""
NOISE = 0.05
"""Uncertain waiting of up to 5 % of the time limit changes no verdict."""
LOST_SHARE = 0.1
"""What is known of a jail is whole if ended tasks used up to 10 % of its CPU time."""
LOST_TIME = 0.01
"""The same, if they used up to 1 % of the wall time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """What is known of the time between two looks at a jail."""

    passed_s: float
    """Wall seconds."""
    ran_s: float
    """CPU seconds of the jail."""
    delayed_s: float
    """Seconds that its tasks were ready and without a processor, added up."""
    longest_s: float
    """The same of the living task that waited longest."""
    processors: int
    """How many it may use."""
    is_whole: bool
    """Whether nothing that matters is missing in what its tasks ran and waited."""
    has_lowered_priority: bool
    """Whether the program lowered its own priority (`nice`): it may wait because it chose to."""


@dataclass(frozen=True, slots=True)
class Waits:
    """For how long others kept a jail from running, in wall seconds."""

    least_s: float = 0.0
    most_s: float = 0.0
    """At most."""

    def __add__(self, other: Waits) -> Waits:
        """Return the waits of both times."""
        return Waits(self.least_s + other.least_s, self.most_s + other.most_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSoFar:
    """What is known of the time since a command was started."""

    passed_s: float
    """Wall seconds."""
    waits: Waits
    """Of all intervals together."""
    others_ran_s: float
    """CPU seconds of all others, on the processors that the jail may use."""
    full_s: float = math.inf
    """For how long at most all of those can have been busy: while one was idle, a task was hardly
    kept from running."""
    left_s: float = -math.inf
    """What others left of each of those, in seconds: at most, where they are not all counted."""
    has_lowered_priority: bool = False
    """Whether it ever put itself behind others."""
    has_ended: bool = False
    """Whether nothing that the command has started is alive: only its end is not yet noticed, as
    the jail's first process is kept from running too."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Decision on a command whose time limit seems to have passed."""

    waited_s: float
    """For how long its clock has stood still."""
    more_s: float = 0.0
    """Wall seconds until the next look; 0: it is to be ended."""
    is_judged: bool = True
    """Whether it then has met its limit. If not, others may have kept it from running."""


def whole_in_group(*, ran_s: float, tasks_ran_s: float, passed_s: float) -> bool:
    """Return whether tasks that are there ran nearly all of what a control group counted.

    Args:
        ran_s: What it counted in an interval.
        tasks_ran_s: What tasks ran of that which are not gone.
        passed_s: How long the interval was.
    """
    return ran_s - tasks_ran_s <= max(LOST_SHARE * ran_s, LOST_TIME * passed_s)


def whole_by_numbers(new: Sequence[int], *, after: int | None) -> bool:
    """Return whether tasks were numbered one after the other: then none of them has ended.

    Args:
        new: Numbers of those that came in an interval.
        after: The last number before it; None: there was nobody, and so there must be one.
    """
    if not new:
        return after is not None
    first = min(new) if after is None else after + 1
    return sorted(new) == list(range(first, first + len(new)))


def waited_s(seen: Interval) -> float:
    """Return for how long a jail waited that is wholly known: min(w, d) * (1 - ran / w).

    w is what it wanted: what its tasks ran and waited together, in N processors at most N * d; d
    is what has passed. Examples, for d = 10 s on two processors:

    * one thread that ran for 4 s and waited for 6: 10 * (1 - 4 / 10) = 6 s;
    * seventeen that ran for 20 s together and waited for 150: 20 * (1 - 20 / 20) = 0;
    * one that slept, ran for 0.1 s and waited for 1: 1.1 * (1 - 0.1 / 1.1) = 1 s.
    """
    wanted_s = seen.ran_s + seen.delayed_s
    possible_s = min(wanted_s, seen.processors * seen.passed_s)
    if possible_s <= seen.ran_s:
        return 0.0
    return min(wanted_s, seen.passed_s) * (1 - seen.ran_s / possible_s)


def waits(seen: Interval) -> Waits:
    """Return for how long a jail waited.

    Of many tasks that waited in one short moment the sum would cover all the time: what is sure is
    only what one of them waited. Of tasks that came one after the other that is less than the
    truth, and lies between the two figures.
    """
    if not seen.is_whole:
        return Waits(0.0, seen.passed_s)
    kept_s = waited_s(seen)
    return Waits(0.0 if seen.has_lowered_priority else min(kept_s, seen.longest_s), kept_s)


def look_s(limit_s: float) -> float:
    """Return the wall seconds between two looks at a program that is run for the last time."""
    return max(LOOK_S, LOOK_SHARE * limit_s)


def decision(seen: RunSoFar, *, limit_s: float, is_last: bool) -> Decision:
    """Return what is to become of a command.

    Args:
        seen: What is known when a first `limit_s`, or what was added, has passed.
        limit_s: Its limit.
        is_last: Whether it is not run again: then it has met its limit only if it could run for as
            long whatever is not known, and it is asked every `look_s`.
    """
    least_s = min(seen.waits.least_s, seen.others_ran_s)
    most_s = max(least_s, min(seen.waits.most_s, seen.others_ran_s, seen.full_s))
    still_s = most_s if is_last else least_s
    left_s = END_SHARE * limit_s if seen.has_ended else limit_s - (seen.passed_s - still_s)
    if left_s > SHARE * limit_s:
        next_s = min(left_s, look_s(limit_s)) if is_last else left_s
        more_s = max(0.0, min(next_s, WALL_FACTOR * limit_s - seen.passed_s))
        is_judged = is_last and not more_s and _is_of_its_own_doing(seen, least_s, limit_s)
        return Decision(still_s, more_s, is_judged=is_judged)
    is_judged = is_last or most_s - least_s <= NOISE * limit_s
    return Decision(still_s, is_judged=is_judged)


def _is_of_its_own_doing(seen: RunSoFar, least_s: float, limit_s: float) -> bool:
    """Whether only what the program itself has hidden could still excuse it."""
    if seen.has_ended or seen.passed_s - least_s < (1 - SHARE) * limit_s:
        return False  # what it surely waited excuses it
    return seen.has_lowered_priority or seen.left_s >= limit_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen of a command at one moment; by default when it is started."""

    passed_s: float = 0.0
    """Wall seconds since its start."""
    tasks: Mapping[tuple[str, str], Task] = field(default_factory=dict[tuple[str, str], Task])
    """Keyed by `Task.id`."""
    group_ran_s: float | None = 0.0
    """CPU seconds of all, those that have ended included; None: not counted."""
    last_number: int | None = None
    """The highest of its tasks."""


def look(
    tasks: Iterable[Task],
    *,
    passed_s: float,
    group_ran_s: float | None,
    before: Look,
    pending_s: float | None,
) -> Look:
    """Return a look.

    Args:
        tasks: What is there.
        passed_s: As in `Look`.
        group_ran_s: As in `Look`.
        before: The look before it.
        pending_s: For at most so long a task may have waited that the kernel has not yet counted;
            None: ever since it last ran, as behind others a wait may be longer than any look.
    """
    span_s = passed_s - before.passed_s
    found = {
        each.id: _waiting(each, before.tasks.get(each.id), span_s, pending_s) for each in tasks
    }
    numbers = [each.number for each in found.values()]
    return Look(
        passed_s=passed_s,
        tasks=found,
        group_ran_s=group_ran_s,
        last_number=max(numbers, default=before.last_number),
    )


def interval_between(
    before: Look, now: Look, *, processors: int, has_lowered_priority: bool
) -> Interval:
    """Return what was between two looks.

    Args:
        before: The first.
        now: The second.
        processors: On how many the jail may run.
        has_lowered_priority: Whether a task of the jail lowered its own priority.
    """
    tasks_ran_s = sum(_ran_s(each, before) for each in now.tasks.values())
    ran_s = tasks_ran_s
    if now.group_ran_s is not None:
        ran_s = now.group_ran_s - (before.group_ran_s or 0.0)
    delays_s = [(each, _delay_s(each, before)) for each in now.tasks.values()]
    return Interval(
        passed_s=now.passed_s - before.passed_s,
        ran_s=ran_s,
        delayed_s=sum(delay_s for _, delay_s in delays_s),
        longest_s=max((delay_s for each, delay_s in delays_s if not each.has_ended), default=0.0),
        processors=processors,
        is_whole=_is_whole(before, now, ran_s=ran_s, tasks_ran_s=tasks_ran_s),
        has_lowered_priority=has_lowered_priority,
    )


def _waiting(task: Task, before: Task | None, span_s: float, pending_s: float | None) -> Task:
    """Return a task that waits with what it may have waited since it last ran."""
    if before is None:
        if pending_s is not None:
            return task
        before = replace(task, ran_s=0.0, waited_s=0.0)
    waited_s = max(task.waited_s, before.waited_s)
    if task.is_ready:
        most_s = min(span_s, task.age_s if pending_s is None else pending_s)
        waited_s = max(waited_s, before.waited_s + most_s - (task.ran_s - before.ran_s))
    return replace(task, waited_s=waited_s)


def _is_whole(before: Look, now: Look, *, ran_s: float, tasks_ran_s: float) -> bool:
    if now.group_ran_s is not None:
        passed_s = now.passed_s - before.passed_s
        return whole_in_group(ran_s=ran_s, tasks_ran_s=tasks_ran_s, passed_s=passed_s)
    new = [each.number for id_, each in now.tasks.items() if id_ not in before.tasks]
    is_one_gone = bool(before.tasks.keys() - now.tasks.keys())
    return not is_one_gone and whole_by_numbers(new, after=before.last_number)


def _ran_s(task: Task, before: Look) -> float:
    earlier = before.tasks.get(task.id)
    return task.ran_s - (earlier.ran_s if earlier else 0.0)


def _delay_s(task: Task, before: Look) -> float:
    earlier = before.tasks.get(task.id)
    return task.waited_s - (earlier.waited_s if earlier else 0.0)
