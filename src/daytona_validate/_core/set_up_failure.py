"""Why a sandbox could not be set up, in words, and what to change."""

from __future__ import annotations

from daytona_validate._core.limits import limit_text
from daytona_validate._models import Limit, Limits, Step

_MORE_DISK = "Raise it: disk_mib, DAYTONA_DISK_MIB"


def set_up_failure(step: Step, error: str, limits: Limits) -> str:
    """Return what a set-up failed by.

    Args:
        step: The set-up.
        error: What it wrote to stderr. The last line says how much of the disk it needs, where that
            is known: a database works on a copy where no control group counts memory.
        limits: Of the sandbox.
    """
    said = error.strip().rpartition("\n")[2]
    if step.limit is None:
        return said or f"exit code {step.exit_code}"
    exceeded = f"{limit_text(step.limit, step.stage, limits)} exceeded"
    if step.limit is not Limit.DISK:
        return exceeded
    return f"{exceeded}{f': {said}' if said else ''}. {_MORE_DISK}"
