"""Which failures of the service a retry table matches, and the waits that they ask for."""

from __future__ import annotations

import pytest

from daytona_validate._providers.daytona.retry_rules import as_asked, is_throttled, retryable_but
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure


def failure(
    kind: FailureKind, *, retryable: bool = True, retry_after_s: float | None = None
) -> ServiceFailure:
    return ServiceFailure("x", kind=kind, retryable=retryable, retry_after_s=retry_after_s)


@pytest.mark.parametrize(
    ("error", "matches"),
    [
        (failure(FailureKind.SERVER), True),
        (failure(FailureKind.SERVER, retryable=False), False),
        (failure(FailureKind.CONFLICT), False),
        (KeyError("a bug is not retried"), False),
    ],
)
def test_retryable_but(error: Exception, *, matches: bool) -> None:
    assert retryable_but(FailureKind.CONFLICT)(error) is matches


def test_only_a_throttled_request_is_throttled() -> None:
    assert is_throttled(failure(FailureKind.THROTTLED))
    assert not is_throttled(failure(FailureKind.SERVER))
    assert not is_throttled(KeyError())


@pytest.mark.parametrize(
    ("error", "wait_s"),
    [
        (failure(FailureKind.SERVER), 1.0),
        (failure(FailureKind.THROTTLED), 10.0),
        (failure(FailureKind.THROTTLED, retry_after_s=3.0), 3.0),
        (failure(FailureKind.SERVER, retry_after_s=99.0), 99.0),
        (None, 1.0),
    ],
)
def test_the_wait_is_what_the_failure_asks_for(error: Exception | None, wait_s: float) -> None:
    assert as_asked(1.0, throttled_s=10.0)(7, error, 0.0) == wait_s


def test_no_wait_is_shorter_than_asked_and_some_are_a_quarter_longer() -> None:
    throttled = failure(FailureKind.THROTTLED, retry_after_s=100.0)
    waits_s = [as_asked(1.0, throttled_s=10.0)(1, throttled, number) for number in (0.0, 0.5, 1.0)]
    assert waits_s == [100.0, 112.5, 125.0]
