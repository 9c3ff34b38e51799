"""What is tried again, and when."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.retry_policy import RetryRun, backoff_s, delay_s, opening, should_retry
from daytona_validate._errors import (
    CleanupTimeout,
    ConfigurationError,
    SandboxLost,
    SandboxUnavailable,
    ToolchainMissing,
)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (SandboxUnavailable("x", retryable=True), True),
        (SandboxLost("x", retryable=True), True),
        (SandboxUnavailable("x"), False),
        (ToolchainMissing("x"), False),
        (SandboxUnavailable("x", retry_after_s=3), False),
        (ConfigurationError("x"), False),
        (CleanupTimeout("x"), False),
        (TimeoutError(), False),
        (OSError(), False),
        (asyncio.CancelledError(), False),
        (KeyboardInterrupt(), False),
        (Exception(), False),
    ],
    ids=repr,
)
def test_only_what_says_that_it_may_help_is_tried_again(
    error: BaseException, expected: bool
) -> None:
    assert should_retry(error) is expected


@pytest.mark.parametrize(
    ("attempt", "retry_after_s", "random", "delay"),
    [
        (1, None, 0.0, 0.0),
        (1, None, 1.0, 0.5),
        (2, None, 1.0, 1.0),
        (3, None, 0.5, 1.0),
        (6, None, 1.0, 16.0),
        (7, None, 1.0, 30.0),
        (10_000, None, 1.0, 30.0),
        (0, None, 1.0, 0.5),
        (1, 12.0, 0.0, 12.0),
        (1, 12.0, 1.0, 12.5),
        (1, -1.0, 1.0, 0.5),
    ],
)
def test_delays(attempt: int, retry_after_s: float | None, random: float, delay: float) -> None:
    assert delay_s(attempt, retry_after_s=retry_after_s, random=random) == delay


@given(
    st.integers(1, 10**6),
    st.none() | st.floats(0, 1000),
    st.floats(0, 1, exclude_max=True),
)
def test_a_delay_is_bounded_and_obeys_the_other_side(
    attempt: int, retry_after_s: float | None, random: float
) -> None:
    delay = delay_s(attempt, retry_after_s=retry_after_s, random=random)
    asked_s = retry_after_s or 0.0
    assert asked_s <= delay <= asked_s + 30.0


def test_the_table_for_opening() -> None:
    run, busy = RetryRun(opening(3)), SandboxUnavailable("x", retryable=True, retry_after_s=2.0)
    assert [run(busy, 1.0) for _ in range(4)] == [2.5, 3.0, None, None]
    assert RetryRun(opening(3))(SandboxUnavailable("x"), 1.0) is None
    assert RetryRun(opening(1))(busy, 1.0) is None


def test_what_asks_for_no_wait_has_the_delay_alone() -> None:
    assert backoff_s(1, OSError(), 1.0) == delay_s(1, retry_after_s=None, random=1.0)
