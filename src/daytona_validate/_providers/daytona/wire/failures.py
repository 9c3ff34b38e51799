"""What may go wrong with one request to the service, in words and in kinds.

Pure: an answer comes in as values, a failure goes out. Which answer means what stands in
`status_table`; how long the service asks us to wait is read by `retry_after`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from daytona_validate._core.printable import one_line
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._providers.daytona.wire import retry_after
from daytona_validate._providers.daytona.wire.calls import Area, Call
from daytona_validate._providers.daytona.wire.kinds import Kind
from daytona_validate._providers.daytona.wire.status_table import HTML_PAGE, row

__all__ = ["Area", "Call", "Kind", "ServiceFailure", "failure", "is_html", "malformed"]

SAID_CHARACTERS = 120
"""How much of the service's own words is repeated: a result's line holds 300 characters."""
_PARSED_BYTES = 64 * 1024
"""An error's body is a short JSON object; more is not looked at."""


class ServiceFailure(SandboxUnavailable):
    """One request to the service failed: the infrastructure's fault.

    Args:
        message: What happened, to what, and what to do about it.
        kind: See `Kind`.
        subject: What the request was about; it becomes a note, and is no part of the message.
        retryable: Whether asking again may help.
        retry_after_s: Seconds that the service asked us to wait; None if it did not say.
        may_have_worked: Whether the request may have had its effect all the same.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: Kind,
        subject: str = "",
        retryable: bool = False,
        retry_after_s: float | None = None,
        may_have_worked: bool = False,
    ) -> None:
        super().__init__(message, retryable=retryable, retry_after_s=retry_after_s)
        self.kind = kind
        self.subject = subject
        self.may_have_worked = may_have_worked
        if subject:
            self.add_note(f"It was about {subject}.")

    def again(self) -> ServiceFailure:
        """Return the same failure without a traceback, to be raised once more."""
        return ServiceFailure(
            str(self),
            kind=self.kind,
            subject=self.subject,
            retryable=self.retryable,
            retry_after_s=self.retry_after_s,
            may_have_worked=self.may_have_worked,
        )


def failure(
    call: Call,
    status: int,
    *,
    headers: Mapping[str, str],
    body: bytes,
    now_s: float,
    hide: Callable[[str], str] = str,
) -> ServiceFailure:
    """Return what an answer other than a success means.

    Args:
        call: The request that was answered.
        status: The HTTP status.
        headers: Names in lower case.
        body: What the service said, of any length and make.
        now_s: The time in seconds since the epoch, for a `Retry-After` that is a date.
        hide: Takes what is secret out of the service's words, before they are cut.
    """
    said = HTML_PAGE if is_html(headers) else _server_message(body, hide)
    found = row(call, status, said)
    wait_s = retry_after.seconds(headers, is_throttled=found.kind is Kind.THROTTLED, now_s=now_s)
    words = f", saying: {said}" if said else ""
    return ServiceFailure(
        f"{found.what} ({call} gave {status}{words}); {found.advice}",
        kind=found.kind,
        subject=call.subject,
        retryable=found.retryable,
        retry_after_s=wait_s if found.retryable else None,
        may_have_worked=found.may_have_worked,
    )


def malformed(call: Call, reason: str, *, retryable: bool = False) -> ServiceFailure:
    """Return the failure of an answer that says success and makes no sense.

    Args:
        call: The request that was answered.
        reason: What is wrong with the answer, as in `its JSON is broken`.
        retryable: Whether the next answer may be whole.
    """
    return ServiceFailure(
        f"Daytona's answer to {call} makes no sense: {one_line(reason, SAID_CHARACTERS)}; "
        "check DAYTONA_BASE_URL, and whether something stands between",
        kind=Kind.MALFORMED,
        subject=call.subject,
        retryable=retryable,
        may_have_worked=True,
    )


def is_html(headers: Mapping[str, str]) -> bool:
    """Return whether an answer is a page for people, which no API sends."""
    return "html" in headers.get("content-type", "").lower()


def _server_message(body: bytes, hide: Callable[[str], str]) -> str:
    """Return what the service itself said, as one short harmless line; "" if nothing of use."""
    text = body[:_PARSED_BYTES].decode(errors="replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return one_line(hide(text), SAID_CHARACTERS)
    if not isinstance(value, dict):
        return one_line(hide(text), SAID_CHARACTERS)
    said = value.get("message") or value.get("error") or ""
    if isinstance(said, list):  # a validation pipe's own form
        said = ", ".join(map(str, said))
    return one_line(hide(said if isinstance(said, str) else json.dumps(said)), SAID_CHARACTERS)
