"""State machine of one removal: what each answer to the request to delete it leads to. Pure.

A sandbox either exists, or that is in doubt: nobody knows whether the request to create it has
arrived, or still will. A doubt that the service resolves makes it one that exists; nothing makes
it doubtful again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from daytona_validate._core.retry_policy import Schedule, listed
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure

RETRY_DELAYS_S = (0.5, 1.0, 2.0, *(3.0,) * 16)
"""A sandbox that is being made cannot be deleted, and making it may take 30 s and more. All but
the last try of a removal that begins with a validator's closing come within the closing's 50 s."""
DOUBT_DELAYS_S = (0.5, 1.0, 2.0, 4.0, 8.0)
"""A request to create that was given up may reach the service after the request to delete. Nor
is it waited for longer where the service is down: most likely nothing came of the request."""
NONSENSE_DELAYS_S = (0.5, 1.0)
"""Who answers every request with a web page is not Daytona, and has no sandbox of ours."""
THROTTLE_PATIENCE_S = 120.0
"""How long one try waits behind a throttle: what lies still is ended by the service by then."""


def throttled(retry_after_s: float) -> ServiceFailure:
    """Return the failure of a request that is not sent, as the throttle lasts too long."""
    said = "Daytona's rate limit is exceeded"
    return ServiceFailure(said, kind=FailureKind.THROTTLED, retry_after_s=retry_after_s)


class RemovalState(StrEnum):
    """What is known of a sandbox that is to be removed."""

    DOUBTFUL = "doubtful"
    """Nobody knows whether it exists, or will."""
    EXISTS = "exists"
    GONE = "gone"
    """The end: it existed, and does not any more."""
    NEVER_EXISTED = "never existed"
    """The end."""
    NOT_REMOVED = "not removed"
    """The end: it exists."""
    UNCONFIRMED = "unconfirmed"
    """The end: nobody knows whether it exists."""


class DeleteAnswer(StrEnum):
    """What one request to delete a sandbox came to."""

    DELETED = "deleted"
    DELETED_BEFORE = "deleted before"
    """By somebody, most likely by a request of ours whose answer was lost."""
    CONFLICT = "conflict"
    """The sandbox is between two states, and so it exists."""
    NOT_FOUND = "not found"
    NONSENSE = "nonsense"
    REFUSED = "refused"
    """The key is refused, or requests are for longer than anybody waits."""
    FAILED = "failed"


_NEVER = listed(())


@dataclass(frozen=True, slots=True)
class Transition:
    """What follows an answer: it is asked again by a schedule, and when that is over, the end."""

    end: RemovalState
    again: Schedule = _NEVER
    until_then: RemovalState = RemovalState.EXISTS


_RETRIES, _DOUBTS, _NONSENSE = map(listed, (RETRY_DELAYS_S, DOUBT_DELAYS_S, NONSENSE_DELAYS_S))

TRANSITIONS: Mapping[RemovalState, Mapping[DeleteAnswer, Transition]] = {
    RemovalState.EXISTS: {
        DeleteAnswer.DELETED: Transition(RemovalState.GONE),
        DeleteAnswer.DELETED_BEFORE: Transition(RemovalState.GONE),
        DeleteAnswer.NOT_FOUND: Transition(RemovalState.GONE),
        DeleteAnswer.REFUSED: Transition(RemovalState.NOT_REMOVED),
        DeleteAnswer.CONFLICT: Transition(RemovalState.NOT_REMOVED, _RETRIES),
        DeleteAnswer.NONSENSE: Transition(RemovalState.NOT_REMOVED, _RETRIES),
        DeleteAnswer.FAILED: Transition(RemovalState.NOT_REMOVED, _RETRIES),
    },
    RemovalState.DOUBTFUL: {
        DeleteAnswer.DELETED: Transition(RemovalState.GONE),
        DeleteAnswer.DELETED_BEFORE: Transition(RemovalState.GONE),
        DeleteAnswer.CONFLICT: Transition(RemovalState.NOT_REMOVED, _RETRIES),
        DeleteAnswer.REFUSED: Transition(RemovalState.UNCONFIRMED),
        DeleteAnswer.NOT_FOUND: Transition(
            RemovalState.NEVER_EXISTED, _DOUBTS, RemovalState.DOUBTFUL
        ),
        DeleteAnswer.NONSENSE: Transition(
            RemovalState.NEVER_EXISTED, _NONSENSE, RemovalState.DOUBTFUL
        ),
        DeleteAnswer.FAILED: Transition(RemovalState.UNCONFIRMED, _DOUBTS, RemovalState.DOUBTFUL),
    },
}


class Removal:
    """State machine of one removal.

    Args:
        is_doubtful: Whether nobody knows if the sandbox exists.
    """

    def __init__(self, *, is_doubtful: bool) -> None:
        self.state = RemovalState.DOUBTFUL if is_doubtful else RemovalState.EXISTS
        self._asked: Counter[Hashable] = Counter()

    def after(self, answer: DeleteAnswer, random: float) -> float | None:
        """Go to the state that follows an answer; return the seconds until it is asked again.

        Args:
            answer: What the last request came to.
            random: A number in [0, 1): delays vary by a fifth.

        Returns:
            None: it is not asked again, and the state is an end.
        """
        step = TRANSITIONS[self.state][answer]
        self._asked[step.again] += 1
        delay_s = step.again(self._asked[step.again], None, random)
        self.state = step.end if delay_s is None else step.until_then
        return delay_s


def answer_of(failure: ServiceFailure) -> DeleteAnswer:
    """Return what a failed request to delete a sandbox came to."""
    is_endless = (failure.retry_after_s or 0.0) > THROTTLE_PATIENCE_S
    if failure.kind is FailureKind.REFUSED or is_endless:
        return DeleteAnswer.REFUSED
    if failure.kind is FailureKind.MALFORMED and not failure.retryable:
        return DeleteAnswer.NONSENSE
    return _ANSWERS.get(failure.kind, DeleteAnswer.FAILED)


_ANSWERS = {
    FailureKind.CONFLICT: DeleteAnswer.CONFLICT,
    FailureKind.NOT_FOUND: DeleteAnswer.NOT_FOUND,
}
