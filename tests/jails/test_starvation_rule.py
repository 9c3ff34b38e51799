"""A time limit is time in which a program could run: what decides that, in tables."""

from __future__ import annotations

import math

import pytest

from daytona_validate._jails.starvation import (
    Decision,
    Interval,
    RunSoFar,
    Waits,
    decision,
    look_s,
    waited_s,
    waits,
    whole_by_numbers,
    whole_in_group,
)

LIMIT_S = 10.0


def interval(
    ran_s: float,
    delayed_s: float,
    *,
    longest_s: float | None = None,
    is_whole: bool = True,
    has_lowered_priority: bool = False,
) -> Interval:
    return Interval(
        passed_s=LIMIT_S,
        ran_s=ran_s,
        delayed_s=delayed_s,
        longest_s=delayed_s if longest_s is None else longest_s,
        processors=2,
        is_whole=is_whole,
        has_lowered_priority=has_lowered_priority,
    )


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        pytest.param(interval(10.0, 0.0), 0.0, id="it ran all the time"),
        pytest.param(interval(0.0, 0.0), 0.0, id="it slept"),
        pytest.param(interval(5.0, 5.0), 5.0, id="it had half of a processor"),
        pytest.param(interval(0.1, 1.0), 1.0, id="it slept, and waited now and then"),
        pytest.param(interval(20.0, 0.0), 0.0, id="two threads ran on two processors"),
        pytest.param(interval(20.0, 150.0), 0.0, id="its own threads wait for each other"),
        pytest.param(interval(10.0, 70.0), 5.0, id="many threads had one processor of two"),
        pytest.param(interval(10.0, 10.0), 5.0, id="two threads had half of two processors"),
        pytest.param(interval(25.0, 1.0), 0.0, id="more was counted than can be"),
    ],
)
def test_only_waiting_for_others_counts(seen: Interval, expected: float) -> None:
    assert waited_s(seen) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("seen", "least_s", "most_s"),
    [
        pytest.param(interval(4.0, 6.0), 6.0, 6.0, id="one thread"),
        pytest.param(interval(10.0, 10.0, longest_s=5.0), 5.0, 5.0, id="two threads"),
        pytest.param(interval(20.0, 150.0, longest_s=9.0), 0.0, 0.0, id="seventeen threads"),
        pytest.param(
            interval(0.6, 60.0, longest_s=0.1), 0.1, 9.7, id="a burst that covers all the time"
        ),
        pytest.param(interval(4.0, 6.0, has_lowered_priority=True), 0.0, 6.0, id="it was nice"),
        pytest.param(interval(4.0, 6.0, is_whole=False), 0.0, 10.0, id="something is missing"),
    ],
)
def test_what_is_sure_and_what_may_be_are_two_figures(
    seen: Interval, least_s: float, most_s: float
) -> None:
    found = waits(seen)
    assert (found.least_s, found.most_s) == pytest.approx((least_s, most_s))
    assert found + found == Waits(2 * found.least_s, 2 * found.most_s)


def met(
    least_s: float,
    most_s: float | None = None,
    *,
    passed_s: float = LIMIT_S,
    others_ran_s: float = 100.0,
    full_s: float = math.inf,
    has_ended: bool = False,
    left_s: float = -math.inf,
    has_lowered_priority: bool = False,
) -> RunSoFar:
    return RunSoFar(
        passed_s=passed_s,
        waits=Waits(least_s, least_s if most_s is None else most_s),
        others_ran_s=others_ran_s,
        full_s=full_s,
        has_ended=has_ended,
        left_s=left_s,
        has_lowered_priority=has_lowered_priority,
    )


MET = Decision(0.0)
PERHAPS = Decision(0.0, is_judged=False)


@pytest.mark.parametrize(
    ("meanwhile", "beside_others", "alone"),
    [
        pytest.param(met(0.0), MET, MET, id="it could run"),
        pytest.param(
            met(5.0),
            Decision(5.0, more_s=5.0, is_judged=False),
            Decision(5.0, more_s=0.5, is_judged=False),
            id="what it waited is added",
        ),
        pytest.param(
            met(5.0, passed_s=15.0), Decision(5.0), Decision(5.0), id="it has had that too"
        ),
        pytest.param(
            met(35.0, passed_s=39.8),
            Decision(35.0, more_s=0.2, is_judged=False),
            Decision(35.0, more_s=0.2, is_judged=False),
            id="never more than four times the limit",
        ),
        pytest.param(
            met(37.0, passed_s=40.0),
            Decision(37.0, is_judged=False),
            Decision(37.0, is_judged=False),
            id="four times the limit is no verdict",
        ),
        pytest.param(met(0.08), Decision(0.08), Decision(0.08), id="a trifle is not worth a look"),
        pytest.param(
            met(5.0, others_ran_s=0.05), Decision(0.05), Decision(0.05), id="others slept"
        ),
        pytest.param(
            met(0.0, has_ended=True),
            Decision(0.0, more_s=2.5, is_judged=False),
            Decision(0.0, more_s=0.5, is_judged=False),
            id="it has ended, and that is not yet noticed",
        ),
        pytest.param(
            met(0.0, passed_s=40.0, has_ended=True),
            PERHAPS,
            PERHAPS,
            id="its end is not noticed in four times the limit",
        ),
        pytest.param(
            met(0.0, 10.0),
            PERHAPS,
            Decision(10.0, more_s=0.5, is_judged=False),
            id="it may have waited all the time",
        ),
        pytest.param(
            met(0.0, math.inf, others_ran_s=math.inf, passed_s=40.0),
            PERHAPS,
            Decision(math.inf, is_judged=False),
            id="nothing is known",
        ),
        pytest.param(
            met(0.0, 39.0, passed_s=39.0, has_lowered_priority=True, left_s=30.0),
            PERHAPS,
            Decision(39.0, more_s=0.5, is_judged=False),
            id="whatever it hides, it has four times its limit",
        ),
        pytest.param(
            met(0.0, 40.0, passed_s=40.0, has_lowered_priority=True),
            PERHAPS,
            Decision(40.0),
            id="it put itself behind others",
        ),
        pytest.param(
            met(0.0, 40.0, passed_s=40.0, left_s=10.0),
            PERHAPS,
            Decision(40.0),
            id="others left it what its limit asks for",
        ),
        pytest.param(
            met(0.0, 40.0, passed_s=40.0, left_s=9.9),
            PERHAPS,
            Decision(40.0, is_judged=False),
            id="others left it less",
        ),
        pytest.param(
            met(31.0, 40.0, passed_s=40.0, has_lowered_priority=True, left_s=20.0),
            Decision(31.0, is_judged=False),
            Decision(40.0, is_judged=False),
            id="what it surely waited excuses who then put himself behind others",
        ),
        pytest.param(
            met(0.0, 40.0, passed_s=40.0, has_lowered_priority=True, has_ended=True),
            PERHAPS,
            Decision(40.0, is_judged=False),
            id="it put itself behind others, and has ended",
        ),
        pytest.param(
            met(0.0, 12.0, passed_s=22.0), PERHAPS, Decision(12.0), id="it had its time in any case"
        ),
        pytest.param(
            met(0.0, 10.0, others_ran_s=0.0), MET, MET, id="nothing is sure, but nobody else ran"
        ),
        pytest.param(
            met(0.0, 13.0, passed_s=13.0, full_s=2.0),
            PERHAPS,
            Decision(2.0),
            id="nothing is sure, but most of the time a processor was idle",
        ),
        pytest.param(
            met(5.0, 6.0, full_s=2.0, passed_s=15.0),
            Decision(5.0),
            Decision(5.0),
            id="what is sure stays",
        ),
        pytest.param(
            met(0.0, 10.0, others_ran_s=0.3),
            MET,
            Decision(0.3, more_s=0.3, is_judged=False),
            id="others ran for a moment",
        ),
    ],
)
def test_what_becomes_of_a_command_whose_time_seems_to_be_up(
    meanwhile: RunSoFar, beside_others: Decision, alone: Decision
) -> None:
    def plain(found: Decision) -> tuple[object, ...]:
        return pytest.approx(found.waited_s), pytest.approx(found.more_s), found.is_judged

    first = decision(meanwhile, limit_s=LIMIT_S, is_last=False)
    last = decision(meanwhile, limit_s=LIMIT_S, is_last=True)
    assert (first.waited_s, first.more_s, first.is_judged) == plain(beside_others)
    assert (last.waited_s, last.more_s, last.is_judged) == plain(alone)


def test_looks_are_not_more_than_the_kernel_can_tell_apart() -> None:
    assert (look_s(0.5), look_s(30.0)) == (0.1, 1.5)


@pytest.mark.parametrize(
    ("ran_s", "tasks_ran_s", "expected"),
    [
        (10.0, 10.0, True),
        (10.0, 9.1, True),
        (10.0, 8.9, False),
        (0.0, 0.0, True),
        (0.2, 0.05, False),
        (0.05, 0.0, True),
    ],
)
def test_tasks_that_have_ended_are_missed_where_they_ran_much(
    ran_s: float, tasks_ran_s: float, *, expected: bool
) -> None:
    found = whole_in_group(ran_s=ran_s, tasks_ran_s=tasks_ran_s, passed_s=10.0)
    assert found is expected


@pytest.mark.parametrize(
    ("new", "after", "expected"),
    [
        ([3], None, True),
        ([3, 5, 4], None, True),
        ([3, 5], None, False),
        ([], None, False),
        ([], 7, True),
        ([8, 9], 7, True),
        ([9], 7, False),
        ([2], 7, False),
    ],
)
def test_a_gap_in_the_numbers_is_a_task_that_has_ended(
    new: list[int], after: int | None, *, expected: bool
) -> None:
    assert whole_by_numbers(new, after=after) is expected
