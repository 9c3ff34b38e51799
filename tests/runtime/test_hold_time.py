"""The mean time that a slot is held follows what happens now, and not what was long ago."""

from __future__ import annotations

import pytest

from daytona_validate._runtime.hold_time import REMEMBERED, HoldTime
from manual_clock import ManualClock


def hold(times: HoldTime, clock: ManualClock, seconds: float, *, count: int) -> None:
    for _ in range(count):
        times.taken()
        clock.now_s += seconds
        times.given_back()


def test_it_is_the_mean_however_often_older_ones_come_to_count_half() -> None:
    clock = ManualClock()
    times = HoldTime(clock)
    assert times.mean_s == 0
    hold(times, clock, 2.0, count=10 * REMEMBERED)
    assert times.mean_s == pytest.approx(2.0)


def test_it_follows_a_change() -> None:
    clock = ManualClock()
    times = HoldTime(clock)
    hold(times, clock, 1.0, count=100 * REMEMBERED)
    hold(times, clock, 10.0, count=4 * REMEMBERED)
    assert times.mean_s == pytest.approx(10.0, rel=0.2)


def test_it_grows_while_none_is_given_back() -> None:
    clock = ManualClock()
    times = HoldTime(clock)
    hold(times, clock, 1.0, count=1)
    times.taken()
    clock.now_s += 30.0
    assert times.mean_s == pytest.approx(31.0)
