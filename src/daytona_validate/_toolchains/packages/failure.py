"""Why packages could not be installed, and whose fault that is; from the installer's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from daytona_validate._core.printable import one_line
from daytona_validate._errors import SandboxUnavailable, ToolchainMissing
from daytona_validate._models import Limit, Step
from daytona_validate._reason import Reason
from daytona_validate._toolchains.installers import telling

MAX_SIZE_BYTES = 500_000_000
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
_NAMED = re.compile(
    r"No matching (?:distribution|version) found for (\S+?)\.?$|The requested resource '(.+?)@",
    re.MULTILINE,
)
_NOT_OF_THE_INDEX = re.compile(  # by programs of ours
    r", and only (?:versions in the registry are|what the index has is) installed"
)
# What pip says before it asks for it: the name, its address, and the package that needs it.
_AT_ADDRESS = re.compile(r"^Collecting (\S+?) ?@ (\S+) \(from ([^\s)]+)\)$", re.MULTILINE)
_SHOWN = 120
_NO_ROOM = re.compile(r"No space left on device|ENOSPC|File too large|EFBIG")


class PackageMissing(ToolchainMissing):
    """Package not found: one of a list does not exist, or has no wheel for this host."""

    reason = Reason.NO_PACKAGES

    def __init__(self, told: str, *, name: str) -> None:
        super().__init__(told)
        self.name = name
        """As the list has it."""


def install_failure(
    language: str,
    names: Sequence[str],
    step: Step,
    *,
    timeout_s: float,
    refused: Sequence[str] = (),
    unreachable: Sequence[str] = (),
) -> SandboxUnavailable | None:
    """Return what is to be raised for an installation, or None if it went well.

    A package that does not exist, has no wheel for this host or is too large is the
    environment's fault: `ToolchainMissing`. All else, an unreachable index above all, is the
    infrastructure's. Neither is retryable: each attempt may take minutes.

    Args:
        language: The packages' own.
        names: The list.
        step: The installation.
        timeout_s: What it had.
        refused: Why the installer was kept from hosts that it wanted to reach.
        unreachable: Why hosts of the index could not be reached.
    """
    if step.limit is None and step.exit_code == 0:
        return None
    said = step.stderr.decode("utf-8", "replace")
    unknown = (SandboxUnavailable, telling(said) or f"exit code {step.exit_code}")
    reason = _limit_reason(step, timeout_s, said) or _told_reason(said, refused, unreachable)
    kind, why = reason or unknown
    told = f"The {language} packages {', '.join(names)} could not be installed: {why}"
    culprit = named_culprit(names, step) if kind is ToolchainMissing else None
    if culprit is not None:
        return PackageMissing(told, name=culprit)
    return kind(told, reason=Reason.NO_PACKAGES)


def named_culprit(names: Sequence[str], step: Step) -> str | None:
    """Return which package of a list cannot be had, as its installer says; None: it does not say.

    Args:
        names: The list.
        step: The installation, which failed.
    """
    said = step.stderr.decode("utf-8", "replace")
    at_address = _AT_ADDRESS.search(said)
    if step.limit is not None or (at_address is None and _UNREACHABLE.search(said)):
        return None
    found = _NAMED.search(said)
    culprit = "" if found is None else (found[1] or found[2])
    if at_address is not None:
        culprit = at_address[3]
    is_sure = at_address or _NOT_OF_THE_INDEX.search(said) or _NOT_THERE.search(said)
    only = names[0] if len(names) == 1 and is_sure else None
    return next((name for name in names if _is_same(name, culprit)), only)


def _is_same(name: str, culprit: str) -> bool:
    """Return whether a package of a list is the one that an installer names, in its spelling."""
    plain = re.sub(r"[-_.]+", "-", re.sub(r"\[.*?\]", "", name)).lower()
    said = re.sub(r"[-_.]+", "-", re.sub(r"\[.*?\]", "", culprit)).lower()
    return bool(said) and (plain == said or re.split(r"==|(?<=.)@", plain)[0] == said)


def _limit_reason(
    step: Step, timeout_s: float, said: str
) -> tuple[type[SandboxUnavailable], str] | None:
    """Return which limit ended an installation; None: none did."""
    if step.limit is Limit.TIMEOUT:
        return SandboxUnavailable, (
            f"it took more than {timeout_s:g} s (DAYTONA_PACKAGES_TIMEOUT)."
        )
    if step.limit in (Limit.OUTPUT, Limit.DISK) or _NO_ROOM.search(said):
        size = f"{MAX_SIZE_BYTES // 1_000_000} MB"
        return ToolchainMissing, f"together they are larger than {size}. {_ADVICE}"
    if step.limit is not None:
        return SandboxUnavailable, f"the installer met its {step.limit.value}."
    return None


def _told_reason(
    said: str, refused: Sequence[str], unreachable: Sequence[str]
) -> tuple[type[SandboxUnavailable], str] | None:
    """Return why an installer failed by itself, as far as its words are known."""
    at_address = _AT_ADDRESS.search(said)
    if at_address is not None:
        name, address, needs_it = (one_line(each, _SHOWN) for each in at_address.groups())
        return ToolchainMissing, (
            f"{needs_it} needs {name} @ {address}, and only what the index has is installed. "
            f"{_ADVICE}"
        )
    if _NOT_OF_THE_INDEX.search(said):
        return ToolchainMissing, f"{telling(said)}. {_ADVICE}"
    if refused:
        return SandboxUnavailable, f"the package index leads elsewhere: {'; '.join(refused)}."
    if unreachable or _UNREACHABLE.search(said):
        told = "; ".join(unreachable) or telling(said)
        return SandboxUnavailable, f"the package index cannot be reached: {told}"
    if _NOT_THERE.search(said):
        return ToolchainMissing, f"{telling(said)}. {_ADVICE}"
    return None
