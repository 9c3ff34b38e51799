"""Why packages could not be installed, and whose fault that is; from the installer's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._models import Limit, Step
from daytona_validate._toolchains.installers import telling

MAX_SIZE_BYTES = 500_000_000
TIMEOUT_S = 120.0
_ADVICE = "Correct the list of packages; nothing is built from source here."

# pip says «no matching distribution» at the end of every failure to reach its index, too, so
# the signs of an unreachable index are looked for first.
_UNREACHABLE = re.compile(
    r"connection broken by|Max retries exceeded|Could not fetch URL|SSLError|SSL: |timed out"
    r"|Temporary failure in name resolution|Name or service not known|Connection refused"
    r"|Network is unreachable|(?<!\d)(?:429|5\d\d) (?:Server Error|Too Many|Client Error)"
    r"|npm (?:error|ERR!) code (?:E(?:NOTFOUND|AI_AGAIN|CONN\w+|TIMEDOUT|SOCKET\w*|HOSTUNREACH"
    r"|NETUNREACH|429|5\d\d)|ERR_SOCKET\w*|\w*CERT\w*)",
    re.IGNORECASE,
)
_NOT_THERE = re.compile(
    r"No matching distribution|ResolutionImpossible|conflicting dependencies"
    r"|Could not find a version|requires a different Python"
    r"|npm (?:error|ERR!) code (?:E404|ETARGET|ENOVERSIONS|ERESOLVE|EBADPLATFORM|EINVALID\w*)"
)
_NO_ROOM = re.compile(r"No space left on device|ENOSPC|File too large|EFBIG")


def install_failure(language: str, names: Sequence[str], step: Step) -> SandboxUnavailable | None:
    """Return what is to be raised for an installation, or None if it went well.

    A package that does not exist, has no wheel for this host or is too large is the
    environment's fault: `ToolchainMissing`. All else, an unreachable index above all, is the
    infrastructure's. Neither is retryable: each attempt may take two minutes.
    """
    if step.limit is None and step.exit_code == 0:
        return None
    kind, why = _reason(step, step.stderr.decode("utf-8", "replace"))
    return kind(f"The {language} packages {', '.join(names)} could not be installed: {why}")


def _reason(step: Step, said: str) -> tuple[type[SandboxUnavailable], str]:
    if step.limit is Limit.TIMEOUT:
        return SandboxUnavailable, f"it took more than {TIMEOUT_S:g} s."
    if step.limit in (Limit.OUTPUT, Limit.DISK) or _NO_ROOM.search(said):
        size = f"{MAX_SIZE_BYTES // 1_000_000} MB"
        return ToolchainMissing, f"together they are larger than {size}. {_ADVICE}"
    if step.limit is not None:
        return SandboxUnavailable, f"the installer met its {step.limit.value}."
    if _UNREACHABLE.search(said):
        return SandboxUnavailable, f"the package index cannot be reached: {telling(said)}"
    if _NOT_THERE.search(said):
        return ToolchainMissing, f"{telling(said)}. {_ADVICE}"
    return SandboxUnavailable, telling(said) or f"exit code {step.exit_code}"
