"""Error mapping: what httpx's exceptions mean: whether anything was sent, whether to retry.

It errs towards `may_have_worked`: to look for a sandbox that is not there costs one request,
to forget one that is there costs a sandbox.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx

from daytona_validate._core.printable import one_line
from daytona_validate._providers.daytona.wire.failures import (
    SAID_CHARACTERS,
    Call,
    FailureKind,
    ServiceFailure,
)


@dataclass(frozen=True, slots=True)
class _Meaning:
    kind: FailureKind
    what: str
    advice: str
    retryable: bool = True
    is_local: bool = False
    """Whether it says nothing of the service: our own shortage, or code on this side."""


def _not_sent(what: str, advice: str, *, retryable: bool = True) -> _Meaning:
    return _Meaning(FailureKind.UNREACHABLE, what, advice, retryable)


def _sent(what: str, advice: str, *, retryable: bool = True) -> _Meaning:
    return _Meaning(FailureKind.CUT_OFF, what, advice, retryable)


_NETWORK = "check the network, DAYTONA_BASE_URL and the proxy variables"
_CONNECTIONS = "all connections are in use; lower DAYTONA_CONCURRENCY"
_TIME = "raise DAYTONA_REQUEST_TIMEOUT if this is usual"
_AGAIN = "try again"
_OURS = "this is a bug on the client's side"

_UNTRUSTED = _not_sent(
    "Daytona's certificate is not trusted",
    "check DAYTONA_BASE_URL, or name the file of its authority by SSL_CERT_FILE",
    retryable=False,
)
_UNTRUSTED_WORDS = "CERTIFICATE_VERIFY_FAILED"
"""OpenSSL's own; httpx has no exception for it."""

MEANINGS: dict[type[Exception], _Meaning] = {
    httpx.ConnectError: _not_sent("Daytona cannot be reached", _NETWORK),
    httpx.ConnectTimeout: _not_sent("Daytona cannot be reached in time", _NETWORK),
    httpx.ProxyError: _not_sent("The proxy did not connect to Daytona", _NETWORK),
    httpx.PoolTimeout: _Meaning(
        FailureKind.UNREACHABLE,
        "No connection to Daytona was free in time",
        _CONNECTIONS,
        is_local=True,
    ),
    httpx.UnsupportedProtocol: _not_sent("The address is not valid", _NETWORK, retryable=False),
    httpx.InvalidURL: _not_sent("The address is not valid", _NETWORK, retryable=False),
    httpx.ReadTimeout: _sent("Daytona did not answer in time", _TIME),
    httpx.WriteTimeout: _sent("Daytona did not accept the request in time", _TIME),
    httpx.ReadError: _sent("Daytona's response was lost", _AGAIN),
    httpx.WriteError: _sent("The request was cut off", _AGAIN),
    httpx.CloseError: _sent("The connection did not close", _AGAIN),
    httpx.RemoteProtocolError: _sent("Daytona's response was cut off", _AGAIN),
    # May come in the middle of a body, where a part of the request is out already.
    httpx.LocalProtocolError: _Meaning(
        FailureKind.CUT_OFF, "The request violates HTTP", _OURS, retryable=False, is_local=True
    ),
    # Whatever httpx may add: the branches of its tree.
    httpx.TimeoutException: _sent("Daytona took too long", _TIME),
    httpx.NetworkError: _sent("The connection to Daytona broke", _AGAIN),
    httpx.ProtocolError: _sent("The response violates HTTP", _AGAIN),
    httpx.TransportError: _sent("The connection to Daytona broke", _AGAIN),
    httpx.DecodingError: _Meaning(FailureKind.MALFORMED, "The response was not decoded", _AGAIN),
    # Not mapped by httpx: a broken TLS record, and our own clock around the whole request.
    TimeoutError: _sent("Daytona did not answer in time", _TIME),
    OSError: _sent("The connection to Daytona broke", _AGAIN),
    # A caller's own client may have hooks and transports that raise anything.
    Exception: _Meaning(
        FailureKind.CUT_OFF,
        "The request failed unexpectedly",
        "see the log",
        retryable=False,
        is_local=True,
    ),
}


def network_failure(
    call: Call, error: Exception, *, hide: Callable[[str], str] = str
) -> ServiceFailure:
    """Return what an exception during a request means; raise it `from` the exception.

    Args:
        call: The request.
        error: What was raised.
        hide: Takes what is secret out of the exception's words, before they are cut.
    """
    meaning = next(MEANINGS[each] for each in type(error).__mro__ if each in MEANINGS)
    if isinstance(error, httpx.ConnectError) and _UNTRUSTED_WORDS in str(error):
        meaning = _UNTRUSTED
    said = one_line(hide(str(error)), SAID_CHARACTERS)
    words = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return ServiceFailure(
        f"{meaning.what} ({call}, {words}); {meaning.advice}",
        kind=meaning.kind,
        subject=call.subject,
        retryable=meaning.retryable,
        may_have_worked=meaning.kind is not FailureKind.UNREACHABLE,
        is_local=meaning.is_local,
    )
