"""Whether anything was sent: each of httpx's exceptions says it, and none is forgotten."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import httpx

from daytona_validate._core.retry_policy import should_retry
from daytona_validate._providers.daytona.wire.failures import Area, Call, FailureKind
from daytona_validate._providers.daytona.wire.network_failures import MEANINGS, network_failure
from for_each import for_each

CALL = Call(Area.API, "POST", "/sandbox", "sandbox dv-1")
SENT, NOT_SENT = True, False
RETRIED, GIVEN_UP = True, False

EXPECTED: dict[type[Exception], tuple[FailureKind, bool, bool]] = {
    httpx.ConnectError: (FailureKind.UNREACHABLE, NOT_SENT, RETRIED),
    httpx.ConnectTimeout: (FailureKind.UNREACHABLE, NOT_SENT, RETRIED),
    httpx.ProxyError: (FailureKind.UNREACHABLE, NOT_SENT, RETRIED),
    httpx.PoolTimeout: (FailureKind.UNREACHABLE, NOT_SENT, RETRIED),
    httpx.UnsupportedProtocol: (FailureKind.UNREACHABLE, NOT_SENT, GIVEN_UP),
    httpx.InvalidURL: (FailureKind.UNREACHABLE, NOT_SENT, GIVEN_UP),
    httpx.ReadTimeout: (FailureKind.CUT_OFF, SENT, RETRIED),
    httpx.WriteTimeout: (FailureKind.CUT_OFF, SENT, RETRIED),
    httpx.ReadError: (FailureKind.CUT_OFF, SENT, RETRIED),
    httpx.WriteError: (FailureKind.CUT_OFF, SENT, RETRIED),
    httpx.CloseError: (FailureKind.CUT_OFF, SENT, RETRIED),
    httpx.RemoteProtocolError: (FailureKind.CUT_OFF, SENT, RETRIED),
    httpx.LocalProtocolError: (FailureKind.CUT_OFF, SENT, GIVEN_UP),
    httpx.TimeoutException: (FailureKind.CUT_OFF, SENT, RETRIED),
    httpx.NetworkError: (FailureKind.CUT_OFF, SENT, RETRIED),
    httpx.ProtocolError: (FailureKind.CUT_OFF, SENT, RETRIED),
    httpx.TransportError: (FailureKind.CUT_OFF, SENT, RETRIED),
    httpx.DecodingError: (FailureKind.MALFORMED, SENT, RETRIED),
    TimeoutError: (FailureKind.CUT_OFF, SENT, RETRIED),
    OSError: (FailureKind.CUT_OFF, SENT, RETRIED),
    ssl.SSLError: (FailureKind.CUT_OFF, SENT, RETRIED),
    ConnectionResetError: (FailureKind.CUT_OFF, SENT, RETRIED),
    RuntimeError: (FailureKind.CUT_OFF, SENT, GIVEN_UP),
}


def subclasses(of: type[Exception]) -> Iterator[type[Exception]]:
    yield of
    for each in of.__subclasses__():
        yield from subclasses(each)


@for_each(("error", "expected"), EXPECTED.items(), ids=str)
def test_an_exception_says_whether_anything_was_sent(
    error: type[Exception], expected: tuple[FailureKind, bool, bool]
) -> None:
    failure = network_failure(CALL, error("words of httpx's"))
    assert (failure.kind, failure.may_have_worked, should_retry(failure)) == expected
    message = str(failure)
    assert f"(POST /sandbox, {error.__name__}: " in message
    assert "words of httpx's" in message
    assert failure.subject == "sandbox dv-1"


def test_a_certificate_that_nobody_vouches_for_is_no_matter_of_the_network() -> None:
    words = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed (_ssl.c:1006)"
    failure = network_failure(CALL, httpx.ConnectError(words))
    seen = (failure.kind, failure.may_have_worked, failure.retryable)
    assert seen == (FailureKind.UNREACHABLE, NOT_SENT, GIVEN_UP)
    assert "SSL_CERT_FILE" in str(failure)


def test_no_exception_of_a_transport_is_forgotten() -> None:
    every = {each for each in subclasses(httpx.TransportError) if each.__module__ == "httpx"}
    assert len(every) >= 16
    assert every <= set(MEANINGS), "by its own name, not by its family's"
    assert every <= set(EXPECTED), "and with what it is expected to mean"


def test_a_new_exception_of_a_family_counts_as_sent() -> None:
    class EarlyDataError(httpx.NetworkError):
        """One that httpx may have some day."""

    assert network_failure(CALL, EarlyDataError("new")).may_have_worked


def test_the_words_of_an_exception_are_one_short_harmless_line() -> None:
    failure = network_failure(CALL, httpx.ReadError("\x1b[2Jevil\n" * 1000))
    assert str(failure).isprintable()
    assert len(str(failure)) < 300
    assert "ReadError);" in str(network_failure(CALL, httpx.ReadError("")))
