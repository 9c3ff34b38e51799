"""The limits of one snippet: from its own wishes, its language's and the validator's; in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from daytona_validate._core.languages.table import find_language
from daytona_validate._models import Limit, Limits, Snippet, Stage

MIB = 1024 * 1024


def effective_limits(
    snippet: Snippet, *, default: Limits, timeouts_s: Mapping[str, float]
) -> Limits:
    """Return the limits that a snippet runs under.

    Its time limit is the first that is given of: `snippet.timeout_s`, `snippet.limits.timeout_s`,
    the one of its language in `timeouts_s`, `default.timeout_s`.

    Args:
        snippet: The snippet; `intake.refusal` has let it pass.
        default: The validator's limits.
        timeouts_s: Wall seconds by a language's name or alias in any letter case.
    """
    limits = snippet.limits
    if limits is None:
        own_timeout_s = _timeout_of_language(snippet.language, timeouts_s)
        limits = default if own_timeout_s is None else replace(default, timeout_s=own_timeout_s)
    if snippet.timeout_s is not None:
        limits = replace(limits, timeout_s=snippet.timeout_s)
    return limits


def _timeout_of_language(language: str, timeouts_s: Mapping[str, float]) -> float | None:
    wanted = find_language(language)
    if wanted is None:
        return None
    if wanted.name in timeouts_s:
        return timeouts_s[wanted.name]
    return next((t for name, t in timeouts_s.items() if find_language(name) is wanted), None)


def limit_text(limit: Limit, stage: Stage, limits: Limits) -> str:
    """Return the name and the value of a limit, as in `time limit of 30 seconds`."""
    return {
        Limit.TIMEOUT: _time_text(stage, limits),
        Limit.MEMORY: f"memory limit of {limits.memory_mib} MiB",
        Limit.OUTPUT: f"output limit of {limits.max_output_bytes / MIB:g} MiB",
        Limit.PROCESSES: f"process limit of {limits.processes}",
        Limit.DISK: f"disk limit of {limits.disk_mib} MiB",
    }[limit]


def _time_text(stage: Stage, limits: Limits) -> str:
    if stage is Stage.RUN:
        return f"time limit of {limits.timeout_s:g} seconds"
    what = "start-up" if stage is Stage.SETUP else "compile"
    return f"{what} time limit of {limits.compile_timeout_s:g} seconds"
