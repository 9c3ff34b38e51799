"""A failure of the service as those see it who know nothing of services. Pure."""

from __future__ import annotations

from daytona_validate._errors import ConnectionFailed, SandboxUnavailable, ToolchainMissing
from daytona_validate._providers.daytona.failures import Kind, ServiceFailure

_CONNECTION = frozenset({Kind.UNREACHABLE, Kind.CUT_OFF})


def outward(failure: ServiceFailure, *, language: str | None = None) -> SandboxUnavailable:
    """Return what to raise, `from` the failure.

    Args:
        failure: What the request came to.
        language: Of the snapshot that was asked for; None: none was.
    """
    if failure.kind is Kind.NO_SNAPSHOT and language is not None:
        return ToolchainMissing(
            f"{language} has no snapshot; `daytona-validate snapshots build {language}` builds it "
            f"({failure})"
        )
    kind = ConnectionFailed if failure.kind in _CONNECTION else SandboxUnavailable
    return kind(str(failure), retryable=failure.retryable, retry_after_s=failure.retry_after_s)
