"""The limits of one snippet: from its own wishes, its language's and the validator's; in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from daytona_validate._models import Limit, Limits, Snippet, Stage

MIB = 1024 * 1024
MOST_KEPT_BYTES = 16 * MIB
"""Up to which what is kept grows with `expected_output`: as far as the setting may go."""
_BESIDE_EXPECTED_BYTES = 64 * 1024
WALL_FACTOR = 4
"""Wall time that a command gets at most, in times its limit: the limit stands still while others
hold the processors, and a program that they kept from running for longer is not judged."""


def effective_limits(
    snippet: Snippet, *, default: Limits, language_timeout_s: float | None
) -> Limits:
    """Return the limits that a snippet runs under.

    Its time limit is the first that is given of: `snippet.timeout_s`, `snippet.limits.timeout_s`,
    `language_timeout_s`, `default.timeout_s`.

    Where something is expected, enough is kept to compare with it: twice its size and 64 KiB, so
    that the kept head alone is longer than it; at most 16 MiB, and no more than may be written.

    Args:
        snippet: The snippet.
        default: The validator's limits.
        language_timeout_s: The validator's time limit of programs in the snippet's language, in
            seconds in which they could run.
    """
    limits, timeout_s = snippet.limits, snippet.timeout_s
    if limits is None:
        limits = default
        timeout_s = language_timeout_s if timeout_s is None else timeout_s
    limits = limits if timeout_s is None else replace(limits, timeout_s=timeout_s)
    kept_bytes = _compared_bytes(snippet, limits)
    if kept_bytes <= limits.kept_output_bytes:
        return limits
    return replace(limits, kept_output_bytes=kept_bytes)


def _compared_bytes(snippet: Snippet, limits: Limits) -> int:
    """Return how much of a stream has to be kept to compare it with what is expected."""
    if snippet.expected_output is None:
        return 0
    size_bytes = len(snippet.expected_output.encode(errors="surrogatepass"))
    enough_bytes = 2 * size_bytes + _BESIDE_EXPECTED_BYTES
    return min(enough_bytes, limits.max_output_bytes, MOST_KEPT_BYTES)


def page_bytes_of(contents: Iterable[bytes], *, page_bytes: int) -> int:
    """Return the bytes of the whole pages that the contents of some files take."""
    return sum(-(-len(content) // page_bytes) * page_bytes for content in contents)


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
