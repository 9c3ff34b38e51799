"""What a jail's tasks ran and waited between two looks at them; decides, and does nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from daytona_validate._jails.jail_tree import Task
from daytona_validate._jails.starvation import (
    Interval,
    whole_by_numbers,
    whole_in_group,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen of a command at one moment; by default when it is started."""

    passed_s: float = 0.0
    """Wall seconds since its start."""
    tasks: Mapping[tuple[str, str], Task] = field(default_factory=dict[tuple[str, str], Task])
    """By id."""
    group_ran_s: float | None = 0.0
    """CPU seconds of all, those that have ended included; None: nobody counts them."""
    last_number: int | None = None
    """The highest of its tasks."""


def look(
    tasks: Iterable[Task],
    *,
    passed_s: float,
    group_ran_s: float | None,
    before: Look,
    pending_s: float,
) -> Look:
    """Return a look.

    Args:
        tasks: What is there.
        passed_s: As in `Look`.
        group_ran_s: As in `Look`.
        before: The look before it.
        pending_s: For at most so long a task may have waited that the kernel has not yet counted.
    """
    span_s = passed_s - before.passed_s
    found = {
        each.id: _waiting(each, before.tasks.get(each.id), min(span_s, pending_s)) for each in tasks
    }
    numbers = [each.number for each in found.values()]
    return Look(
        passed_s=passed_s,
        tasks=found,
        group_ran_s=group_ran_s,
        last_number=max(numbers, default=before.last_number),
    )


def since(before: Look, now: Look, *, processors: int, is_humble: bool) -> Interval:
    """Return what was between two looks.

    Args:
        before: The first.
        now: The second.
        processors: On how many the jail may run.
        is_humble: Whether it has put itself behind others.
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
        is_humble=is_humble,
    )


def _waiting(task: Task, before: Task | None, pending_s: float) -> Task:
    """Return a task that waits with what it may have waited since it last ran."""
    if before is None:
        return task
    waited_s = max(task.waited_s, before.waited_s)
    if task.is_ready:
        waited_s = max(waited_s, before.waited_s + pending_s - (task.ran_s - before.ran_s))
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
