"""What may go wrong with one request to the service: the exception and its kinds. Pure.

Which response means which failure stands in `status_table` and `network_failures`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from daytona_validate._core.printable import one_line
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._reason import Reason

SAID_CHARACTERS = 120
"""How much of the service's own words is repeated: a result's line holds 300 characters."""


class Area(StrEnum):
    """Who answers: the control plane, or the daemon in a sandbox behind its proxy."""

    API = "api"
    TOOLBOX = "toolbox"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as the status table and messages name it."""

    area: Area
    method: str
    path: str
    """The route, such as `/sandbox/{name}`, and not the name itself: a batch that fails for one
    reason fails with one text, so that it is logged once."""
    subject: str = ""
    """What it was about, such as `sandbox dv-1`."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class FailureKind(StrEnum):
    """Kind of a failed request, as far as a caller would act differently."""

    REFUSED = "refused"
    """The API does not let the key or its organization do this (401, 403)."""
    NOT_ADMITTED = "not_admitted"
    """The proxy before a sandbox lets nobody in. It says of a sandbox that is gone what it says
    of a wrong key, so this is no word about the key: the API has to be asked."""
    THROTTLED = "throttled"
    """Too many requests (429)."""
    FULL = "full"
    """No room: the organization's pool is used up, or no runner is free."""
    NO_SNAPSHOT = "no_snapshot"
    """The snapshot does not exist, is broken, or is not in this region."""
    INACTIVE = "inactive"
    """The snapshot exists and is not active: to be activated, or still on its way."""
    DEACTIVATED_RECENTLY = "deactivated_recently"
    """The snapshot was put to sleep a short while ago, and cannot be woken yet."""
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    """The name is taken, or the sandbox is between two states."""
    START_FAILED = "start_failed"
    """The sandbox was made and went to an error state; its row is still there."""
    NOT_ROUTED = "not_routed"
    """The way to the sandbox is not there yet, or just gone; it may pass."""
    NETWORK_FIXED = "network_fixed"
    """The organization does not let a sandbox choose its network."""
    REJECTED = "rejected"
    """Any other request that the service does not take (4xx)."""
    TOOK_TOO_LONG = "took_too_long"
    """The daemon ended the command at its time limit (408)."""
    SERVER = "server"
    """The service, its proxy or the daemon failed (5xx)."""
    UNREACHABLE = "unreachable"
    """There was no connection: nothing was sent."""
    CUT_OFF = "cut_off"
    """It was sent, wholly or in part, and the answer was lost."""
    MALFORMED = "malformed"
    """An answer that makes no sense: HTML, broken JSON, missing fields, a redirect."""


REASONS = {
    FailureKind.REFUSED: Reason.REFUSED_KEY,
    FailureKind.NOT_ADMITTED: Reason.SANDBOX_LOST,
    FailureKind.THROTTLED: Reason.THROTTLED,
    FailureKind.FULL: Reason.NO_ROOM,
    FailureKind.NO_SNAPSHOT: Reason.NO_SNAPSHOT,
    FailureKind.INACTIVE: Reason.NO_SNAPSHOT,
    FailureKind.DEACTIVATED_RECENTLY: Reason.NO_SNAPSHOT,
    FailureKind.NOT_FOUND: Reason.REQUEST_REJECTED,
    FailureKind.CONFLICT: Reason.REQUEST_REJECTED,
    FailureKind.START_FAILED: Reason.SETUP_FAILED,
    FailureKind.NOT_ROUTED: Reason.SANDBOX_LOST,
    FailureKind.NETWORK_FIXED: Reason.REQUEST_REJECTED,
    FailureKind.REJECTED: Reason.REQUEST_REJECTED,
    FailureKind.TOOK_TOO_LONG: Reason.SANDBOX_LOST,
    FailureKind.SERVER: Reason.SERVICE_FAILED,
    FailureKind.UNREACHABLE: Reason.UNREACHABLE,
    FailureKind.CUT_OFF: Reason.UNREACHABLE,
    FailureKind.MALFORMED: Reason.MALFORMED_ANSWER,
}
"""What each comes to in a result, where nothing else is known."""


class ServiceFailure(SandboxUnavailable):
    """One request to the service failed: the infrastructure's fault.

    Args:
        message: What happened, to what, and what to do about it.
        kind: See `FailureKind`.
        subject: What the request was about; it becomes a note, and is no part of the message.
        retryable: Whether asking again may help.
        retry_after_s: Seconds that the service asked us to wait; None if it did not say.
        may_have_worked: Whether the request may have had its effect all the same.
        is_local: Whether it is by no means the service's: our own shortage, or code on this side.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: FailureKind,
        subject: str = "",
        retryable: bool = False,
        retry_after_s: float | None = None,
        may_have_worked: bool = False,
        is_local: bool = False,
    ) -> None:
        super().__init__(
            message,
            reason=Reason.HOST_FAILED if is_local else REASONS[kind],
            retryable=retryable,
            retry_after_s=retry_after_s,
        )
        self.kind = kind
        self.subject = subject
        self.may_have_worked = may_have_worked
        self.is_local = is_local
        if subject:
            self.add_note(f"The request was about {subject}.")


def malformed(call: Call, reason: str, *, retryable: bool = False) -> ServiceFailure:
    """Return the failure of a response that says success and is not valid.

    Args:
        call: The request that was answered.
        reason: What is wrong with the answer, as in `its JSON is broken`.
        retryable: Whether the next answer may be whole.
    """
    return ServiceFailure(
        f"Daytona's response to {call} is not valid: {one_line(reason, SAID_CHARACTERS)}; "
        "check DAYTONA_BASE_URL and any proxy on the way",
        kind=FailureKind.MALFORMED,
        subject=call.subject,
        retryable=retryable,
        may_have_worked=True,
    )
