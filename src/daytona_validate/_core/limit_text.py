"""Limits in words, for the one line that tells which of them was exceeded."""

from __future__ import annotations

from daytona_validate._models import Limit, Limits, Stage

MIB = 1024 * 1024


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
