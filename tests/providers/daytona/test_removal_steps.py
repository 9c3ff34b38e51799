"""What each answer to the request to delete a sandbox leads to."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from daytona_validate._providers.daytona.removal_steps import (
    DOUBT_DELAYS_S,
    NONSENSE_DELAYS_S,
    RETRY_DELAYS_S,
    TRANSITIONS,
    DeleteAnswer,
    Removal,
    RemovalState,
    answer_of,
)
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure

MIDDLE = 0.5
DELETED, NOT_FOUND, CONFLICT = DeleteAnswer.DELETED, DeleteAnswer.NOT_FOUND, DeleteAnswer.CONFLICT
REFUSED, FAILED, NONSENSE = DeleteAnswer.REFUSED, DeleteAnswer.FAILED, DeleteAnswer.NONSENSE
BEFORE = DeleteAnswer.DELETED_BEFORE
RETRIES, DOUBTS = len(RETRY_DELAYS_S), len(DOUBT_DELAYS_S)

EXISTING: dict[str, tuple[Sequence[DeleteAnswer], RemovalState, Sequence[float]]] = {
    "deleted": ([DELETED], RemovalState.GONE, []),
    "gone already": ([NOT_FOUND], RemovalState.GONE, []),
    "deleted before": ([BEFORE], RemovalState.GONE, []),
    "refused": ([REFUSED], RemovalState.NOT_REMOVED, []),
    "busy, then deleted": ([CONFLICT, CONFLICT, DELETED], RemovalState.GONE, RETRY_DELAYS_S[:2]),
    "fails, then is gone": ([FAILED, NOT_FOUND], RemovalState.GONE, RETRY_DELAYS_S[:1]),
    "fails, then is refused": ([FAILED, REFUSED], RemovalState.NOT_REMOVED, RETRY_DELAYS_S[:1]),
    "fails for good": ([FAILED] * (RETRIES + 1), RemovalState.NOT_REMOVED, RETRY_DELAYS_S),
    "nonsense for good": ([NONSENSE] * (RETRIES + 1), RemovalState.NOT_REMOVED, RETRY_DELAYS_S),
    "in all ways": ([CONFLICT, FAILED] * 10, RemovalState.NOT_REMOVED, RETRY_DELAYS_S),
}
DOUBTFUL: dict[str, tuple[Sequence[DeleteAnswer], RemovalState, Sequence[float]]] = {
    "deleted": ([DELETED], RemovalState.GONE, []),
    "deleted before": ([BEFORE], RemovalState.GONE, []),
    "refused": ([REFUSED], RemovalState.UNCONFIRMED, []),
    "never there": ([NOT_FOUND] * (DOUBTS + 1), RemovalState.NEVER_EXISTED, DOUBT_DELAYS_S),
    "late": ([NOT_FOUND, NOT_FOUND, DELETED], RemovalState.GONE, DOUBT_DELAYS_S[:2]),
    "no Daytona": ([NONSENSE] * 3, RemovalState.NEVER_EXISTED, NONSENSE_DELAYS_S),
    "fails for good": ([FAILED] * (DOUBTS + 1), RemovalState.UNCONFIRMED, DOUBT_DELAYS_S),
    "one patience for both": ([FAILED, NOT_FOUND] * 3, RemovalState.NEVER_EXISTED, DOUBT_DELAYS_S),
    "the doubt is over": (
        [NOT_FOUND, CONFLICT, NOT_FOUND],
        RemovalState.GONE,
        [DOUBT_DELAYS_S[0], RETRY_DELAYS_S[0]],
    ),
    "the doubt is over, and it stays": (
        [FAILED, *[CONFLICT] * (RETRIES + 1)],
        RemovalState.NOT_REMOVED,
        [DOUBT_DELAYS_S[0], *RETRY_DELAYS_S],
    ),
}


@pytest.mark.parametrize(
    ("is_doubtful", "answers", "end", "delays_s"),
    [
        *(pytest.param(False, *case, id=f"exists: {name}") for name, case in EXISTING.items()),
        *(pytest.param(True, *case, id=f"doubtful: {name}") for name, case in DOUBTFUL.items()),
    ],
)
def test_a_removal_takes_the_steps_of_the_table(
    *,
    is_doubtful: bool,
    answers: Sequence[DeleteAnswer],
    end: RemovalState,
    delays_s: Sequence[float],
) -> None:
    removal = Removal(is_doubtful=is_doubtful)
    waits_s = [removal.after(answer, MIDDLE) for answer in answers]
    assert waits_s == [*map(pytest.approx, delays_s), None]
    assert removal.state is end


def test_every_answer_leads_somewhere_and_no_end_goes_on() -> None:
    assert set(TRANSITIONS) == {RemovalState.EXISTS, RemovalState.DOUBTFUL}
    for steps in TRANSITIONS.values():
        assert set(steps) == set(DeleteAnswer)
        assert not {step.end for step in steps.values()} & set(TRANSITIONS)


@pytest.mark.parametrize(("random", "wait_s"), [(0.0, 0.4), (MIDDLE, 0.5), (1.0, 0.6)])
def test_delays_vary_by_a_fifth(random: float, wait_s: float) -> None:
    assert Removal(is_doubtful=False).after(FAILED, random) == pytest.approx(wait_s)


@pytest.mark.parametrize(
    ("kind", "retryable", "retry_after_s", "answer"),
    [
        (FailureKind.NOT_FOUND, False, None, NOT_FOUND),
        (FailureKind.CONFLICT, True, None, CONFLICT),
        (FailureKind.CONFLICT, True, 3000.0, REFUSED),
        (FailureKind.REFUSED, False, None, REFUSED),
        (FailureKind.THROTTLED, True, 120.0, FAILED),
        (FailureKind.THROTTLED, True, 121.0, REFUSED),
        (FailureKind.MALFORMED, False, None, NONSENSE),
        (FailureKind.MALFORMED, True, None, FAILED),
        (FailureKind.SERVER, True, None, FAILED),
        (FailureKind.UNREACHABLE, True, None, FAILED),
    ],
)
def test_what_a_failure_says(
    kind: FailureKind, *, retryable: bool, retry_after_s: float | None, answer: DeleteAnswer
) -> None:
    failure = ServiceFailure("no", kind=kind, retryable=retryable, retry_after_s=retry_after_s)
    assert answer_of(failure) is answer
