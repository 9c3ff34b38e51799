"""A time limit is time in which a program could run: what decides that, in tables."""

from __future__ import annotations

import math

import pytest

from daytona_validate._providers.local.jails.starvation import (
    Meanwhile,
    Ruling,
    ruling,
    waited_s,
    whole_by_numbers,
    whole_in_group,
)

LIMIT_S = 10.0


def seen(
    ran_s: float,
    delayed_s: float,
    *,
    passed_s: float = LIMIT_S,
    others_ran_s: float = 100.0,
    is_whole: bool = True,
    is_humble: bool = False,
    has_ended: bool = False,
) -> Meanwhile:
    return Meanwhile(
        passed_s=passed_s,
        ran_s=ran_s,
        delayed_s=delayed_s,
        others_ran_s=others_ran_s,
        processors=2,
        is_whole=is_whole,
        is_humble=is_humble,
        has_ended=has_ended,
    )


@pytest.mark.parametrize(
    ("meanwhile", "expected"),
    [
        pytest.param(seen(10.0, 0.0), 0.0, id="it ran all the time"),
        pytest.param(seen(0.0, 0.0), 0.0, id="it slept"),
        pytest.param(seen(5.0, 5.0), 5.0, id="it had half of a processor"),
        pytest.param(seen(0.1, 1.0), 1.0, id="it slept, and waited now and then"),
        pytest.param(seen(20.0, 0.0), 0.0, id="two threads ran on two processors"),
        pytest.param(seen(20.0, 150.0), 0.0, id="its own threads wait for each other"),
        pytest.param(seen(10.0, 70.0), 5.0, id="many threads had one processor of two"),
        pytest.param(seen(10.0, 10.0), 5.0, id="two threads had half of two processors"),
        pytest.param(seen(5.0, 5.0, others_ran_s=1.0), 1.0, id="others ran for less than that"),
        pytest.param(seen(10.0, 150.0, others_ran_s=0.0), 0.0, id="it sits on one processor alone"),
        pytest.param(seen(0.0, 9.0, others_ran_s=math.inf), 9.0, id="what others ran is unknown"),
        pytest.param(seen(25.0, 1.0), 0.0, id="more was counted than can be"),
    ],
)
def test_only_waiting_for_others_counts(meanwhile: Meanwhile, expected: float) -> None:
    assert waited_s(meanwhile) == pytest.approx(expected)


MET = Ruling(0.0)
PERHAPS = Ruling(0.0, is_judged=False)


@pytest.mark.parametrize(
    ("meanwhile", "beside_others", "alone"),
    [
        pytest.param(seen(10.0, 0.0), MET, MET, id="it could run"),
        pytest.param(
            seen(5.0, 5.0),
            Ruling(5.0, more_s=5.0, is_judged=False),
            Ruling(5.0, more_s=5.0, is_judged=False),
            id="what it waited is added",
        ),
        pytest.param(
            seen(10.0, 5.0, passed_s=15.0), Ruling(5.0), Ruling(5.0), id="it has had that too"
        ),
        pytest.param(
            seen(3.0, 35.0, passed_s=38.0),
            Ruling(35.0, more_s=2.0, is_judged=False),
            Ruling(35.0, more_s=2.0, is_judged=False),
            id="never more than four times the limit",
        ),
        pytest.param(
            seen(3.0, 37.0, passed_s=40.0),
            Ruling(37.0, is_judged=False),
            Ruling(37.0, is_judged=False),
            id="four times the limit is no verdict",
        ),
        pytest.param(
            seen(9.92, 0.08), Ruling(0.08), Ruling(0.08), id="a trifle is not worth a look"
        ),
        pytest.param(
            seen(9.0, 0.0, is_whole=False, has_ended=True),
            Ruling(0.0, more_s=2.5, is_judged=False),
            Ruling(0.0, more_s=2.5, is_judged=False),
            id="it has ended, and that is not yet noticed",
        ),
        pytest.param(
            seen(9.0, 0.0, passed_s=40.0, has_ended=True),
            PERHAPS,
            PERHAPS,
            id="its end is not noticed in four times the limit",
        ),
        pytest.param(seen(5.0, 5.0, is_humble=True), PERHAPS, MET, id="it was nice"),
        pytest.param(seen(10.0, 0.1, is_humble=True), MET, MET, id="it was nice and could run"),
        pytest.param(seen(2.0, 0.0, is_whole=False), PERHAPS, MET, id="nobody knows"),
        pytest.param(
            seen(2.0, 0.0, is_whole=False, others_ran_s=0.3), MET, MET, id="nobody else ran"
        ),
        pytest.param(
            seen(2.0, 8.0, is_whole=False, others_ran_s=math.inf),
            PERHAPS,
            MET,
            id="nothing is known",
        ),
    ],
)
def test_what_becomes_of_a_command_whose_time_seems_to_be_up(
    meanwhile: Meanwhile, beside_others: Ruling, alone: Ruling
) -> None:
    def plain(found: Ruling) -> tuple[object, ...]:
        return pytest.approx(found.waited_s), pytest.approx(found.more_s), found.is_judged

    first = ruling(meanwhile, limit_s=LIMIT_S, is_last=False)
    last = ruling(meanwhile, limit_s=LIMIT_S, is_last=True)
    assert (first.waited_s, first.more_s, first.is_judged) == plain(beside_others)
    assert (last.waited_s, last.more_s, last.is_judged) == plain(alone)


@pytest.mark.parametrize(
    ("group_ran_s", "tasks_ran_s", "expected"),
    [
        (10.0, 10.0, True),
        (10.0, 9.1, True),
        (10.0, 8.9, False),
        (0.04, 0.0, True),
        (0.1, 0.0, False),
    ],
)
def test_tasks_that_have_ended_are_missed_where_they_ran_much(
    group_ran_s: float, tasks_ran_s: float, *, expected: bool
) -> None:
    assert whole_in_group(group_ran_s=group_ran_s, tasks_ran_s=tasks_ran_s) is expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [((3,), True), ((3, 5, 4), True), ((3, 5), False), ((3, 900), False), ((), False)],
)
def test_a_gap_in_the_numbers_is_a_task_that_has_ended(
    numbers: tuple[int, ...], *, expected: bool
) -> None:
    assert whole_by_numbers(numbers) is expected
