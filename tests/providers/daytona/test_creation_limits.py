"""The limits on creations: none until the service says so, then as many as it took, then more."""

from __future__ import annotations

import math
from itertools import count

import pytest

from daytona_validate._providers.daytona.creation_limits import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    REQUESTS_AFTER_THROTTLE,
    REQUESTS_MORE,
    WINDOW_S,
    Asked,
    CreationLimits,
)

NOW_S = 100.0
NUMBERS = count()


def sent(limits: CreationLimits, many: int) -> list[Asked]:
    all_of_them = [Asked(str(next(NUMBERS))) for _ in range(many)]
    for asked in all_of_them:
        limits.sent(asked)
    return all_of_them


def created(limits: CreationLimits, *asked: Asked, now_s: float = NOW_S) -> None:
    for each in asked:
        limits.ended()
        limits.created(each, now_s)


def refused(limits: CreationLimits, *asked: Asked, now_s: float = NOW_S) -> None:
    for each in asked:
        limits.ended()
        limits.full(each, now_s)


def full_at(room: int) -> tuple[CreationLimits, list[Asked]]:
    """Return limits that learned of a pool, which is used up, and what is held."""
    limits = CreationLimits()
    asked = sent(limits, room + 5)
    refused(limits, *asked[room:])
    created(limits, *asked[:room])
    assert limits.is_full
    return limits, asked[:room]


def next_probe(limits: CreationLimits, now_s: float) -> tuple[Asked, float]:
    now_s += limits.wait_s(now_s)
    (probe,) = sent(limits, 1)
    return probe, now_s


def test_without_a_word_of_the_service_there_is_no_limit() -> None:
    limits = CreationLimits()
    created(limits, *sent(limits, 10_000))
    assert (limits.wait_s(NOW_S), limits.is_full) == (0.0, False)


@pytest.mark.parametrize("order", [1, -1], ids=["in order", "the other way round"])
def test_a_burst_leaves_room_for_those_that_were_taken(order: int) -> None:
    limits = CreationLimits()
    asked = sent(limits, 50)[::order]
    refused(limits, *asked[10:])
    created(limits, *asked[:10])
    assert limits.is_full
    limits.gone(asked[0].name)
    assert limits.wait_s(NOW_S) == 0


def test_what_is_gone_makes_room_for_one_and_no_more() -> None:
    limits, held = full_at(10)
    limits.gone(held[0].name)
    limits.gone(held[0].name)
    assert limits.wait_s(NOW_S) == 0
    sent(limits, 1)
    assert limits.wait_s(NOW_S) > 0


def test_one_more_is_asked_for_after_a_pause_and_one_at_a_time() -> None:
    limits, _ = full_at(10)
    assert limits.wait_s(NOW_S) == FIRST_PAUSE_S
    next_probe(limits, NOW_S)
    assert limits.wait_s(1e9) == math.inf


def test_in_vain_it_is_asked_for_ever_less_often() -> None:
    limits, _ = full_at(10)
    now_s, waits = NOW_S, []
    for _ in range(10):
        waits.append(limits.wait_s(now_s))
        probe, now_s = next_probe(limits, now_s)
        refused(limits, probe, now_s=now_s)
    assert waits[:3] == [FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S]
    assert waits[-1] == LONGEST_PAUSE_S
    assert limits.is_full


def test_where_it_pays_more_and_more_are_asked_for() -> None:
    limits, _ = full_at(10)
    now_s, more = NOW_S, []
    for _ in range(4):
        probe, now_s = next_probe(limits, now_s)
        created(limits, probe, now_s=now_s)
        free = 0
        while not limits.is_full:
            created(limits, *sent(limits, 1), now_s=now_s)
            free += 1
        more.append(free)
        assert limits.wait_s(now_s) == 0, "the next is asked for at once"
    assert more == [1, 2, 4, 8]


def test_growth_begins_anew_after_the_next_shortage() -> None:
    limits, _ = full_at(10)
    probe, now_s = next_probe(limits, NOW_S)
    created(limits, probe, now_s=now_s)
    (asked,) = sent(limits, 1)
    refused(limits, asked, now_s=now_s)
    assert limits.is_full
    assert limits.wait_s(now_s) == FIRST_PAUSE_S


def test_a_pool_that_others_use_up_is_asked_for_by_one() -> None:
    limits = CreationLimits()
    refused(limits, *sent(limits, 20))
    assert limits.wait_s(NOW_S) == FIRST_PAUSE_S
    next_probe(limits, NOW_S)
    assert limits.wait_s(1e9) == math.inf


def test_a_probe_that_told_nothing_makes_way_for_the_next() -> None:
    limits, _ = full_at(10)
    probe, now_s = next_probe(limits, NOW_S)
    limits.ended()
    limits.given_up(probe)
    limits.gone(probe.name)
    assert limits.wait_s(now_s) == 0


def test_a_throttle_bounds_the_requests_under_way() -> None:
    limits = CreationLimits()
    first, *others = sent(limits, 500)
    limits.ended()
    limits.throttled(first)
    assert limits.wait_s(NOW_S) == math.inf
    created(limits, *others)
    bound = REQUESTS_AFTER_THROTTLE + int(499 * REQUESTS_MORE)
    sent(limits, bound)
    assert limits.wait_s(NOW_S) == 0
    sent(limits, 1)
    assert limits.wait_s(NOW_S) == math.inf
    assert not limits.is_full


def test_a_sandbox_that_is_removed_under_another_name_is_held_once() -> None:
    limits, held = full_at(2)
    limits.renamed(held[0].name, "its id")
    limits.gone(held[0].name)
    assert limits.is_full
    limits.gone("its id")
    assert not limits.is_full


def test_what_the_service_says_is_left_is_not_exceeded() -> None:
    limits = CreationLimits()
    first, *others = sent(limits, 3)
    created(limits, first)
    limits.allowed(3, NOW_S, for_s=20.0)
    assert limits.wait_s(NOW_S) == 0
    sent(limits, 1)
    assert limits.wait_s(NOW_S) == math.inf, "three are under way"
    created(limits, *others)
    limits.allowed(0, NOW_S, for_s=20.0)
    assert limits.wait_s(NOW_S) == math.inf
    limits.ended()
    assert limits.wait_s(NOW_S) == 20.0
    assert limits.wait_s(NOW_S + 20.0) == 0


def test_no_counter_holds_anybody_back_for_longer_than_a_window() -> None:
    limits = CreationLimits()
    limits.allowed(0, NOW_S, for_s=3600.0)
    assert limits.wait_s(NOW_S) == WINDOW_S


def test_answers_that_come_in_another_order_leave_the_least_until_it_counts_anew() -> None:
    limits = CreationLimits()
    for left in (5, 0, 3):
        limits.allowed(left, NOW_S, for_s=20.0)
    assert limits.wait_s(NOW_S) == 20.0
    limits.allowed(9, NOW_S + 20.0, for_s=60.0)
    assert limits.wait_s(NOW_S + 20.0) == 0
