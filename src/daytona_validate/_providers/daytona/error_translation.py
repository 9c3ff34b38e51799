"""Error translation: a failure of the service, as the pipeline's exceptions. Pure."""

from __future__ import annotations

import shlex

from daytona_validate._errors import ConnectionFailed, SandboxUnavailable, ToolchainMissing
from daytona_validate._models import Limits, SandboxSpec
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure
from daytona_validate._reason import Reason

_CONNECTION = frozenset({FailureKind.UNREACHABLE, FailureKind.CUT_OFF})


def translated(failure: ServiceFailure, *, builds: str | None = None) -> SandboxUnavailable:
    """Return the exception to raise, `from` the failure.

    Args:
        failure: What the request came to.
        builds: The command that builds the snapshot that was asked for; None: none was.
    """
    if failure.kind is FailureKind.NO_SNAPSHOT and builds is not None:
        return ToolchainMissing(
            f"The snapshot does not exist at Daytona; `{builds}` builds it",
            reason=Reason.NO_SNAPSHOT,
        )
    kind = ConnectionFailed if failure.kind in _CONNECTION else SandboxUnavailable
    return kind(
        str(failure),
        reason=failure.reason,
        retryable=failure.retryable,
        retry_after_s=failure.retry_after_s,
    )


def build_command(spec: SandboxSpec, usual: Limits) -> str:
    """Return the command that builds the snapshot for a spec.

    Args:
        spec: What the sandbox must offer.
        usual: The limits that the command takes from the same settings, unless told otherwise.
    """
    wanted = spec.limits
    settings = {
        f"DAYTONA_PACKAGES__{spec.language.upper()}": ",".join(spec.packages),
        "DAYTONA_MEMORY_MIB": wanted.memory_mib if wanted.memory_mib > usual.memory_mib else "",
        "DAYTONA_DISK_MIB": wanted.disk_mib if wanted.disk_mib > usual.disk_mib else "",
    }
    given = [f"{name}={shlex.quote(str(value))}" for name, value in settings.items() if value]
    return " ".join((*given, "daytona-validate snapshots build", spec.language))
