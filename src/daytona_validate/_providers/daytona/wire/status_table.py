"""Error mapping: what a response of the service means. One row for each case; the first wins.

Daytona says much in a 400 that others say with a status of its own, so rows look at the words
too. Where words changed between versions, a row names what they have in common.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from daytona_validate._core.printable import one_line
from daytona_validate._providers.daytona.wire import retry_after
from daytona_validate._providers.daytona.wire.failures import (
    SAID_CHARACTERS,
    Call,
    FailureKind,
    ServiceFailure,
)

_CREATE = "api POST /sandbox$"
_ACTIVATE = r"api POST /snapshots/\{id\}/activate$"
_API = "api "
_TOOLBOX = "toolbox "
_ANY = ""

_PARSED_BYTES = 64 * 1024
"""An error's body is a short JSON object; more is not looked at."""
_KEY_ADVICE = "check DAYTONA_API_KEY, its permissions and its organization"
_LATER = "try again later"
_REPORT = "the response says why"
_ADDRESS = "check DAYTONA_BASE_URL"
_SNAPSHOT = "build the snapshot first"
_NOT_ADMITTED = "Daytona's proxy denied access to the sandbox"
_NOT_THE_KEY = "if the API accepts the key, the key is not the cause; try again later"
HTML_PAGE = "an HTML page"
"""What stands for the words of an answer that is a page for people: no API sends one."""


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One row of the status table: which responses it covers, and the failure they mean."""

    call: str
    """Beginning of `area METHOD /path`, a regular expression."""
    statuses: range
    words: str
    """A regular expression for what the service says, in any letter case; "" for anything."""
    kind: FailureKind
    what: str
    advice: str
    retryable: bool = False
    may_have_worked: bool = False

    def matches(self, call: str, status: int, said: str) -> bool:
        """Return whether an answer is this case."""
        return (
            status in self.statuses
            and re.match(self.call, call) is not None
            and (not self.words or re.search(self.words, said, re.IGNORECASE) is not None)
        )


def _of(status: int) -> range:
    return range(status, status + 1)


_4XX = range(400, 500)

# One row is one line of its condition and one or two of its meaning.
# fmt: off
ROWS = (
    # Proxies of 2025 send whom they do not let in to a login.
    StatusRow(_TOOLBOX, range(301, 309), "", FailureKind.NOT_ADMITTED,
              _NOT_ADMITTED, _NOT_THE_KEY, retryable=True),
    StatusRow(_ANY, range(100, 400), "", FailureKind.MALFORMED,
              "The address redirects to another one", _ADDRESS),
    # The dashboard, or somebody else's server: not Daytona's word on whether a sandbox exists.
    StatusRow(_ANY, _of(404), f"^{HTML_PAGE}$", FailureKind.MALFORMED,
              "There is no Daytona API at this address", _ADDRESS),
    StatusRow(_ANY, _of(429), "", FailureKind.THROTTLED,
              "Daytona's rate limit is exceeded", _LATER, retryable=True),
    StatusRow(_TOOLBOX, _of(401), "validation error", FailureKind.NOT_ROUTED,
              "Daytona's proxy could not validate the API key", _LATER, retryable=True),
    StatusRow(_ANY, range(400, 404), "network access is restricted", FailureKind.NETWORK_FIXED,
              "The organization does not let a sandbox choose its network",
              "set DAYTONA_NETWORK=organization to run snippets with the organization's network"),
    # A pool that is used up came as 403 from earlier servers.
    StatusRow(_CREATE, range(400, 404),
              r"total \w+ (limit|quota) exceeded|no available runners", FailureKind.FULL,
              "Daytona has no capacity for another sandbox",
              "wait, remove leftovers with `daytona-validate sweep`, or lower DAYTONA_CONCURRENCY",
              retryable=True),
    # It asks the API, takes every 4xx for a no, also the 404 of a sandbox that is gone, and
    # remembers that no for two minutes (v0.190): to ask again is of no use.
    StatusRow(_TOOLBOX, range(401, 404, 2), "", FailureKind.NOT_ADMITTED,
              _NOT_ADMITTED, _NOT_THE_KEY, retryable=True),
    StatusRow(_ANY, _of(401), "", FailureKind.REFUSED,
              "Daytona refused the API key", _KEY_ADVICE),
    StatusRow(_ANY, _of(403), "", FailureKind.REFUSED,
              "Daytona denies this request to the API key", _KEY_ADVICE),
    StatusRow(_CREATE, range(400, 405),
              r"snapshot .*is (pending|building|pulling|snapshotting)", FailureKind.INACTIVE,
              "The snapshot is not ready yet", _LATER, retryable=True),
    StatusRow(_CREATE, range(400, 405), r"snapshot .*is inactive", FailureKind.INACTIVE,
              "The snapshot is not active", "activate the snapshot"),
    StatusRow(_CREATE, range(400, 405),
              r"snapshot .*(not found|is not available in region|is (error|build_failed|removing))",
              FailureKind.NO_SNAPSHOT,
              "The snapshot does not exist or is not usable", _SNAPSHOT),
    StatusRow(_CREATE, _of(400), "failed to start", FailureKind.START_FAILED,
              "The sandbox failed to start", "a new sandbox may start",
              retryable=True, may_have_worked=True),
    StatusRow(_ACTIVATE, _of(400), "deactivation is still in progress",
              FailureKind.DEACTIVATED_RECENTLY,
              "The snapshot was deactivated a short while ago",
              "Daytona activates it again ten minutes later at the earliest: try again then",
              retryable=True),
    # Others say it with 409, which has the same meaning for every request.
    StatusRow(_ACTIVATE, _of(400), "already active|cannot be activated", FailureKind.CONFLICT,
              "The snapshot is already being activated", _LATER, retryable=True),
    # Names of ours are not guessed twice: a proxy that repeated our request made the first one.
    StatusRow(_CREATE, _of(409), "", FailureKind.CONFLICT,
              "The sandbox's name is taken",
              "the sandbox may be ours, from a request whose response was lost",
              retryable=True, may_have_worked=True),
    StatusRow("api POST /snapshots$", _of(409), "", FailureKind.CONFLICT,
              "A snapshot of this name exists already", "delete that snapshot first"),
    StatusRow(_ANY, _of(409), "", FailureKind.CONFLICT,
              "Another request is changing the sandbox or snapshot", _LATER, retryable=True),
    StatusRow("api DELETE ", range(400, 600), "not in a valid state", FailureKind.CONFLICT,
              "The sandbox cannot be deleted in its current state", _LATER, retryable=True),
    StatusRow(_TOOLBOX, _of(400),
              r"is the sandbox started|failed to get runner info|failed to resolve container ip",
              FailureKind.NOT_ROUTED,
              "The sandbox cannot be reached now", _LATER, retryable=True),
    StatusRow(_TOOLBOX, _of(408), "", FailureKind.TOOK_TOO_LONG,
              "The sandbox's daemon ended the command at its time limit",
              "the command's output is lost", may_have_worked=True),
    StatusRow(_ANY, _of(408), "", FailureKind.SERVER,
              "Daytona did not receive the request in time",
              _LATER, retryable=True, may_have_worked=True),
    StatusRow(_TOOLBOX, _of(404), "", FailureKind.NOT_FOUND,
              "The sandbox does not exist any more", "a new sandbox is needed"),
    StatusRow(_API, _of(404), "", FailureKind.NOT_FOUND,
              "Daytona does not know the sandbox or snapshot", _REPORT),
    StatusRow(_ANY, _of(410), "", FailureKind.NOT_FOUND,
              "The sandbox or snapshot was deleted", _REPORT),
    StatusRow(_ANY, _4XX, "", FailureKind.REJECTED,
              "Daytona rejected the request", _REPORT),
    StatusRow(_TOOLBOX, _of(502), "", FailureKind.SERVER,
              "The sandbox's daemon does not answer",
              "the daemon may be starting, or have died, most likely out of memory",
              retryable=True, may_have_worked=True),
    StatusRow(_ANY, range(500, 1000), "", FailureKind.SERVER,
              "Daytona had an internal error", _LATER, retryable=True, may_have_worked=True),
)
# fmt: on


def status_row(call: Call, status: int, said: str) -> StatusRow:
    """Return the first row that an answer matches; every status has one.

    Args:
        call: The request.
        status: Of its answer; a success has no row.
        said: The service's own words.
    """
    of = f"{call.area} {call.method} {call.path}"
    return next(each for each in ROWS if each.matches(of, status, said))


def status_failure(
    call: Call,
    status: int,
    *,
    headers: Mapping[str, str],
    body: bytes,
    now_s: float,
    hide: Callable[[str], str] = str,
) -> ServiceFailure:
    """Return the failure that a response other than a success means.

    Args:
        call: The request that was answered.
        status: The HTTP status.
        headers: Names in lower case.
        body: What the service said, of any length and make.
        now_s: The time in seconds since the epoch, for a `Retry-After` that is a date.
        hide: Takes what is secret out of the service's words, before they are cut.
    """
    said = HTML_PAGE if is_html(headers) else _server_message(body, hide)
    found = status_row(call, status, said)
    wait_s = retry_after.seconds(
        headers, is_throttled=found.kind is FailureKind.THROTTLED, now_s=now_s
    )
    words = f", saying: {said}" if said else ""
    return ServiceFailure(
        f"{found.what} ({call} gave {status}{words}); {found.advice}",
        kind=found.kind,
        subject=call.subject,
        retryable=found.retryable,
        retry_after_s=wait_s if found.retryable else None,
        may_have_worked=found.may_have_worked,
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
