"""What an answer of the service means: one row for each case of its contract, the first wins.

Daytona says much in a 400 that others say with a status of its own, so rows look at the words
too. Where words changed between versions, a row names what they have in common.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from daytona_validate._providers.daytona.wire.calls import Call
from daytona_validate._providers.daytona.wire.kinds import Kind

_CREATE = "api POST /sandbox$"
_ACTIVATE = r"api POST /snapshots/\{id\}/activate$"
_API = "api "
_TOOLBOX = "toolbox "
_ANY = ""

_KEY_ADVICE = "check DAYTONA_API_KEY, its permissions and its organization"
_LATER = "try again later"
_REPORT = "see the service's words"
_ADDRESS = "check DAYTONA_BASE_URL"
_SNAPSHOT = "it has to be built first"
_NOT_ADMITTED = "Daytona's proxy does not let us into the sandbox"
_NOT_THE_KEY = "as long as the API takes the key, that is no fault of the key; try again later"
HTML_PAGE = "an HTML page"
"""What stands for the words of an answer that is a page for people: no API sends one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One case: which answers it is, and what they mean."""

    call: str
    """Beginning of `area METHOD /path`, a regular expression."""
    statuses: range
    words: str
    """A regular expression for what the service says, in any letter case; "" for anything."""
    kind: Kind
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

ROWS = (
    # Proxies of 2025 send whom they do not let in to a login.
    Row(
        _TOOLBOX,
        range(301, 309),
        "",
        Kind.NOT_ADMITTED,
        _NOT_ADMITTED,
        _NOT_THE_KEY,
        retryable=True,
    ),
    Row(
        _ANY,
        range(100, 400),
        "",
        Kind.MALFORMED,
        "The address leads elsewhere",
        _ADDRESS,
    ),
    # The dashboard, or somebody else's server: not Daytona's word on whether a sandbox exists.
    Row(
        _ANY,
        _of(404),
        f"^{HTML_PAGE}$",
        Kind.MALFORMED,
        "There is no Daytona API at this address",
        _ADDRESS,
    ),
    Row(
        _ANY,
        _of(429),
        "",
        Kind.THROTTLED,
        "Daytona asks for fewer requests",
        _LATER,
        retryable=True,
    ),
    Row(
        _TOOLBOX,
        _of(401),
        "validation error",
        Kind.NOT_ROUTED,
        "Daytona's proxy could not check the key",
        _LATER,
        retryable=True,
    ),
    Row(
        _ANY,
        range(400, 404),
        "network access is restricted",
        Kind.NETWORK_FIXED,
        "The organization fixes the network of its sandboxes",
        "set DAYTONA_NETWORK=organization to run snippets with the network that it gives them",
    ),
    # A pool that is used up came as 403 from earlier servers.
    Row(
        _CREATE,
        range(400, 404),
        r"total \w+ (limit|quota) exceeded|no available runners",
        Kind.FULL,
        "Daytona has no room for another sandbox",
        "wait, remove leftovers with `daytona-validate sweep`, or lower DAYTONA_CONCURRENCY",
        retryable=True,
    ),
    # It asks the API, takes every 4xx for a no, also the 404 of a sandbox that is gone, and
    # remembers that no for two minutes (v0.190): to ask again is of no use.
    Row(
        _TOOLBOX,
        range(401, 404, 2),
        "",
        Kind.NOT_ADMITTED,
        _NOT_ADMITTED,
        _NOT_THE_KEY,
        retryable=True,
    ),
    Row(_ANY, _of(401), "", Kind.REFUSED, "Daytona refused the API key", _KEY_ADVICE),
    Row(_ANY, _of(403), "", Kind.REFUSED, "Daytona does not allow this", _KEY_ADVICE),
    Row(
        _CREATE,
        range(400, 405),
        r"snapshot .*is (pending|building|pulling|snapshotting)",
        Kind.INACTIVE,
        "The snapshot is not ready yet",
        _LATER,
        retryable=True,
    ),
    Row(
        _CREATE,
        range(400, 405),
        r"snapshot .*is inactive",
        Kind.INACTIVE,
        "The snapshot is not active",
        "it has to be activated",
    ),
    Row(
        _CREATE,
        range(400, 405),
        r"snapshot .*(not found|is not available in region|is (error|build_failed|removing))",
        Kind.NO_SNAPSHOT,
        "There is no such snapshot",
        _SNAPSHOT,
    ),
    Row(
        _CREATE,
        _of(400),
        "failed to start",
        Kind.START_FAILED,
        "A sandbox did not start",
        "a fresh one may",
        retryable=True,
        may_have_worked=True,
    ),
    Row(
        _ACTIVATE,
        _of(400),
        "deactivation is still in progress",
        Kind.COOLING,
        "The snapshot was put to sleep a short while ago",
        "Daytona wakes it ten minutes after that at the earliest: try again then",
        retryable=True,
    ),
    # Others say it with 409, which has the same meaning for every request.
    Row(
        _ACTIVATE,
        _of(400),
        "already active|cannot be activated",
        Kind.CONFLICT,
        "The snapshot is being woken already",
        _LATER,
        retryable=True,
    ),
    # Names of ours are not guessed twice: a proxy that repeated our request made the first one.
    Row(
        _CREATE,
        _of(409),
        "",
        Kind.CONFLICT,
        "The sandbox's name is taken",
        "it may be ours, from a request whose answer was lost",
        retryable=True,
        may_have_worked=True,
    ),
    Row(
        "api POST /snapshots$",
        _of(409),
        "",
        Kind.CONFLICT,
        "There is a snapshot of this name already",
        "delete it first",
    ),
    Row(
        _ANY,
        _of(409),
        "",
        Kind.CONFLICT,
        "Something else is being done to it",
        _LATER,
        retryable=True,
    ),
    Row(
        "api DELETE ",
        range(400, 600),
        "not in a valid state",
        Kind.CONFLICT,
        "It cannot be deleted in the state it is in",
        _LATER,
        retryable=True,
    ),
    Row(
        _TOOLBOX,
        _of(400),
        r"is the sandbox started|failed to get runner info|failed to resolve container ip",
        Kind.NOT_ROUTED,
        "There is no way to the sandbox now",
        _LATER,
        retryable=True,
    ),
    Row(
        _TOOLBOX,
        _of(408),
        "",
        Kind.TOOK_TOO_LONG,
        "The daemon ended the command at its time limit",
        "its output is lost",
        may_have_worked=True,
    ),
    Row(
        _ANY,
        _of(408),
        "",
        Kind.SERVER,
        "Daytona did not get the request in time",
        _LATER,
        retryable=True,
        may_have_worked=True,
    ),
    Row(_TOOLBOX, _of(404), "", Kind.NOT_FOUND, "The sandbox is gone", "a fresh one is needed"),
    Row(_API, _of(404), "", Kind.NOT_FOUND, "Daytona does not know it", _REPORT),
    Row(_ANY, _of(410), "", Kind.NOT_FOUND, "It is gone", _REPORT),
    Row(_ANY, _4XX, "", Kind.REJECTED, "Daytona does not take the request", _REPORT),
    Row(
        _TOOLBOX,
        _of(502),
        "",
        Kind.SERVER,
        "The sandbox's daemon does not answer",
        "it may be starting, or have died, most likely of memory",
        retryable=True,
        may_have_worked=True,
    ),
    Row(
        _ANY,
        range(500, 1000),
        "",
        Kind.SERVER,
        "Daytona failed",
        _LATER,
        retryable=True,
        may_have_worked=True,
    ),
)


def row(call: Call, status: int, said: str) -> Row:
    """Return the first row that an answer matches; every status has one.

    Args:
        call: The request.
        status: Of its answer; a success has no row.
        said: The service's own words.
    """
    of = f"{call.area} {call.method} {call.path}"
    return next(each for each in ROWS if each.matches(of, status, said))
