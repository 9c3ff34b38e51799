"""The processes of a measurement: each a program of `_bench`, none of which outlives its caller.

What is measured runs in a process of its own: nothing counts that was loaded or kept before.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LONGEST_S = 300.0
"""For one measurement, its warm-up included."""
_LINE_BYTES = 1024 * 1024
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


class NotMeasured(Exception):
    """A process of a measurement failed; the message has its last words."""


@dataclass(frozen=True, slots=True)
class UsedSoFar:
    """What this process has used."""

    cpu_s: float
    peak_rss_bytes: int
    """Since its own start: what `getrusage` says may be its parent's."""

    @classmethod
    def now(cls) -> UsedSoFar:
        """Return it as it is now."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return cls(used.ru_utime + used.ru_stime, _status_bytes("VmHWM"))


def rss_bytes() -> int:
    """Return the memory that this process has now."""
    return _status_bytes("VmRSS")


def _status_bytes(field: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


def environment(now: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a measurement: without anybody's settings, without proxies."""
    return {
        name: value
        for name, value in now.items()
        if not name.startswith("DAYTONA_") and name.lower() not in _PROXIES
    }


@asynccontextmanager
async def process(module: str, *args: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Hold a process of a module of `_bench`; it is killed at the end, if it has not ended.

    It reads its stdin until it is closed, and its stdout and stderr can be read.
    """
    # -P: no module of the working folder's, whoever made that.
    argv = (sys.executable, "-P", "-m", f"daytona_validate._bench.{module}", *args)
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        *argv, stdin=pipe, stdout=pipe, stderr=pipe, env=environment(os.environ), limit=_LINE_BYTES
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


async def measured(module: str, *args: str, longest_s: float = LONGEST_S) -> dict[str, Any]:
    """Run a module of `_bench` and return the JSON object that it prints.

    Raises:
        NotMeasured: It failed, or took too long.
    """
    try:
        async with asyncio.timeout(longest_s), process(module, *args) as child:
            printed, said = await child.communicate()
    except TimeoutError:
        raise NotMeasured(f"{module} was not done after {longest_s:g} s") from None
    if child.returncode:
        words = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise NotMeasured(f"{module} ended with {child.returncode}: {words}")
    found: dict[str, Any] = json.loads(printed)
    return found


@asynccontextmanager
async def scripted_daytona(answer_after_s: float) -> AsyncIterator[int]:
    """Hold a server in a process of its own; the value is its port on loopback.

    Args:
        answer_after_s: Latency of each answer.

    Raises:
        NotMeasured: It did not start.
    """
    async with process("scripted_daytona", f"{1000 * answer_after_s:g}") as child:
        line = b"" if child.stdout is None else await child.stdout.readline()
        if not line.strip().isdigit():
            raise NotMeasured("the server of the benchmark did not start")
        yield int(line)
