"""Percentiles out of a bounded histogram, and snapshots that do not change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._observe.counts import NO_STATS, Counts, Histogram, Percentiles

SECONDS = st.lists(st.floats(min_value=0.001, max_value=1000), min_size=1, max_size=200)


@given(SECONDS)
def test_a_percentile_is_at_most_a_fifth_above_the_true_one(durations_s: list[float]) -> None:
    histogram = Histogram()
    for each in durations_s:
        histogram.add(each)
    found = histogram.percentiles()
    true = sorted(durations_s)
    for part, value in ((0.50, found.p50), (0.95, found.p95), (0.99, found.p99)):
        exact = true[max(0, -(-len(true) * int(part * 100) // 100) - 1)]
        assert exact <= value * (1 + 1e-9)
        assert value <= exact * 1.2


def test_nothing_was_waited_for_where_nothing_ran() -> None:
    assert Histogram().percentiles() == Percentiles() == NO_STATS.run_s


def test_what_is_beyond_the_last_bucket_is_counted_in_it() -> None:
    histogram = Histogram()
    histogram.add(1e9)
    assert histogram.percentiles().p50 == pytest.approx(1048.576)


def test_a_snapshot_stays_as_it_was() -> None:
    counts = Counts()
    before = counts.stats(events_lost=0)
    counts.outcomes["passed"] += 1
    counts.created += 2
    after = counts.stats(events_lost=0)
    assert (before.outcomes, before.created) == ({}, 0)
    assert (after.outcomes, after.created, after.sandboxes) == ({"passed": 1}, 2, 2)
