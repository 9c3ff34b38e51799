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
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LONGEST_S = 300.0
"""For one measurement, its warm-up included."""
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
        return cls(used.ru_utime + used.ru_stime, status_bytes("VmHWM"))


def rss_bytes() -> int:
    """Return the memory that this process has now."""
    return status_bytes("VmRSS")


def status_bytes(field: str, process: Path = Path("/proc/self")) -> int:
    """Return a field of a process's memory, by its name in `status` there.

    Raises:
        OSError: The process is gone.
        StopIteration: It has no memory any more.
    """
    lines = (process / "status").read_text(encoding="utf-8", errors="replace").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


def environment(now: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a measurement: without anybody's settings, without proxies."""
    return {
        name: value
        for name, value in now.items()
        if not name.startswith("DAYTONA_") and name.lower() not in _PROXIES
    }


def process(module: str, *args: str) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    """Hold a process of a module of `_bench`; see `python`."""
    return python("-m", f"daytona_validate._bench.{module}", *args)


@asynccontextmanager
async def python(
    *args: str, variables: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Hold a process of this interpreter; it is killed at the end, if it has not ended.

    Its stdin is open until it is closed, and its stdout and stderr can be read.

    Args:
        args: Of the interpreter.
        variables: Added to its environment.
    """
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", *args),  # -P: no module of the working folder's
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        env=environment(os.environ) | dict(variables or {}),
        cwd="/",  # nor settings that stand there
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
        raise NotMeasured(f"{module} ended with {child.returncode}: {last_words(said)}")
    found: dict[str, Any] = json.loads(printed)
    return found


def last_words(said: bytes) -> str:
    """Return the last line of what a process wrote to stderr."""
    return said.decode(errors="replace").strip().rpartition("\n")[2]


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
