"""What a jail's tasks ran and waited between two looks at them."""

from __future__ import annotations

from typing import Any

import pytest

from daytona_validate._jails.jail_tree import Rank, Task
from daytona_validate._jails.starvation import Interval, Look, interval_between, look


def task(number: int, ran_s: float, waited_s: float, **more: Any) -> Task:
    values: dict[str, Any] = {"is_ready": False, "has_ended": False, **more}
    return Task(
        id=(str(number), "0"),
        age_s=1.0,
        ran_s=ran_s,
        waited_s=waited_s,
        rank=Rank(0, 0),
        processors=frozenset({0}),
        number=number,
        **values,
    )


def seen(before: Look, *tasks: Task, passed_s: float, group_ran_s: float | None) -> Look:
    return look(tasks, passed_s=passed_s, group_ran_s=group_ran_s, before=before, pending_s=1.0)


def between(before: Look, now: Look) -> Interval:
    return interval_between(before, now, processors=2, has_lowered_priority=False)


def test_an_interval_has_what_is_new_in_it() -> None:
    first = seen(Look(), task(2, 1.0, 2.0), passed_s=3.0, group_ran_s=1.0)
    second = seen(first, task(2, 1.5, 2.5), task(3, 0.25, 0.75), passed_s=4.0, group_ran_s=1.75)
    found = between(first, second)
    assert (found.passed_s, found.ran_s, found.delayed_s) == (1.0, 0.75, 1.25)
    assert (found.longest_s, found.is_whole) == (0.75, True)


def test_who_has_ended_unnoticed_is_no_living_task() -> None:
    """It waited in a moment that is over; a sum of such moments is no time that has passed."""
    dead = [task(each, 0.01, 0.3, has_ended=True) for each in range(3, 60)]
    found = between(Look(), seen(Look(), task(2, 0.1, 0.2), *dead, passed_s=3.0, group_ran_s=0.67))
    assert found.longest_s == 0.2
    assert found.delayed_s == pytest.approx(0.2 + 57 * 0.3)


@pytest.mark.parametrize("group_ran_s", [1.0, None], ids=["counted", "bare"])
def test_an_interval_in_which_a_task_was_lost_is_not_whole_and_the_next_is(
    group_ran_s: float | None,
) -> None:
    def count(ran_s: float) -> float | None:
        return None if group_ran_s is None else ran_s

    first = seen(Look(), task(2, 0.1, 0.0), task(3, 0.2, 0.0), passed_s=1.0, group_ran_s=count(0.3))
    lost = seen(first, task(2, 0.1, 0.0), passed_s=2.0, group_ran_s=count(0.9))
    quiet = seen(lost, task(2, 0.2, 0.1), passed_s=3.0, group_ran_s=count(1.0))
    unseen = seen(quiet, task(2, 0.2, 0.1), passed_s=4.0, group_ran_s=count(1.6))
    more = seen(unseen, task(2, 0.2, 0.1), task(5, 0.1, 0), passed_s=5, group_ran_s=count(2.1))
    pairs = [(Look(), first), (first, lost), (lost, quiet), (unseen, more)]
    assert [between(*each).is_whole for each in pairs] == [True, False, True, False]


def test_who_waits_just_now_has_waited_since_it_last_ran() -> None:
    first = seen(Look(), task(2, 0.1, 0.0), passed_s=1.0, group_ran_s=None)
    kept = seen(first, task(2, 0.2, 0.0, is_ready=True), passed_s=1.5, group_ran_s=None)
    then = seen(kept, task(2, 0.2, 0.75), passed_s=2.0, group_ran_s=None)
    assert between(first, kept).delayed_s == pytest.approx(0.4)
    assert between(kept, then).delayed_s == pytest.approx(0.35), "it is not counted twice"
    late = seen(first, task(2, 0.2, 0.0, is_ready=True), passed_s=100.0, group_ran_s=None)
    assert between(first, late).delayed_s == pytest.approx(0.9), "not all since long ago"


def test_who_put_himself_behind_others_may_have_waited_ever_since() -> None:
    """A wait is counted when it ends, and behind others the first may last until the limit."""
    new = task(2, 0.1, 0.02, is_ready=True)
    long = look([new], passed_s=3.0, group_ran_s=0.1, before=Look(), pending_s=None)
    assert between(Look(), long).delayed_s == pytest.approx(0.9), "it is there for 1 s"
    short = look([new], passed_s=0.5, group_ran_s=0.1, before=Look(), pending_s=None)
    assert between(Look(), short).delayed_s == pytest.approx(0.4)
    asleep = look(
        [task(2, 0.1, 0.02)], passed_s=3.0, group_ran_s=0.1, before=Look(), pending_s=None
    )
    assert between(Look(), asleep).delayed_s == pytest.approx(0.02)
    assert between(Look(), seen(Look(), new, passed_s=3.0, group_ran_s=0.1)).delayed_s == 0.02
