"""A warm tool that says what a test has it say, in place of a jail."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from daytona_validate._errors import SandboxLost
from daytona_validate._jails.jail import Jail
from daytona_validate._models import Limits, Step
from daytona_validate._toolchains.warm.kind import Kind, Made
from daytona_validate._toolchains.warm.messages import (
    Answer,
    answered,
    framed,
    request,
    whole_message,
)

CLEAN = Answer(is_clean=True, memory_mib=1)
FAULTY = Answer(is_clean=False, memory_mib=1)
SILENCE = b""
DIES = None
KIND = Kind(
    argv=("tool",),
    limits=Limits(),
    reserved_mib=0,
    pays_after=2,
    most_requests=100,
    most_mib=100,
    answer_s=60.0,
    wait_s=0.05,
    entry_file="entry",
    request=lambda files, _: request("", files),
    made=lambda answer, _: Made(files=answer.files),
    proofs=(("right", True), ("wrong", False)),
)
PROOFS = (answered(CLEAN), answered(FAULTY))
JAIL = Jail(argv=("tool",), limits=Limits())
ASKED = request("", {"a": b"b"})


@dataclass
class ScriptedTools:
    """Runs of tools, each of which says the next of its lines to each request, and then dies."""

    scripts: Iterable[Iterable[bytes | None]]
    started: int = 0
    ended: int = 0
    asked: list[bytes] = field(default_factory=list[bytes])
    gates: dict[int, asyncio.Event] = field(default_factory=dict[int, asyncio.Event])
    """By the number of the request over all: what is waited for before it is answered."""

    async def run(
        self,
        jail: Jail,
        /,
        *,
        timeout_s: float,
        stdin: int,
        on_stdout: Callable[[bytes], None],
    ) -> Step:
        del jail, timeout_s
        script = iter(next(self._all))
        self.started += 1
        try:
            while True:
                self.asked.append(await _next_request(stdin))
                gate = self.gates.get(len(self.asked))
                if gate is not None:
                    await gate.wait()
                line = next(script, DIES)
                if line is DIES:
                    raise SandboxLost("it was killed")
                if line:
                    on_stdout(line)
        finally:
            self.ended += 1

    def __post_init__(self) -> None:
        self._all = iter(self.scripts)


async def _next_request(descriptor: int) -> bytes:
    received = b""
    readable = asyncio.Event()
    os.set_blocking(descriptor, False)
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, readable.set)
    try:
        while (whole := whole_message(received)) is None:
            await readable.wait()
            readable.clear()
            with suppress(BlockingIOError):
                received += os.read(descriptor, 1 << 20)
    finally:
        loop.remove_reader(descriptor)
    return framed(whole)
