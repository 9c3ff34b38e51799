r"""A provider for tests: it runs nothing, answers from a script, and can fail and wait on demand.

It keeps the provider contract, limits and clean-up included, and never sleeps: a scripted program
that took longer than its limit has timed out at once. Its answers:

>>> from daytona_validate import Validator
>>> from daytona_validate.testing import FakeProvider, ran
>>> async def test_a_course_with_one_broken_example():
...     fake = FakeProvider({"print(1)": ran("1\n"), "1/0": ran(stderr="oops", exit_code=1)})
...     async with Validator(provider=fake) as validator:
...         assert (await validator.validate("1/0", "python")).outcome == "runtime_error"
...     assert fake.alive == 0
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from typing import Literal

from daytona_validate._core.session_end import with_ends
from daytona_validate._core.step_within import step_within
from daytona_validate._errors import (
    ProgramStarved,
    SandboxLost,
    SandboxUnavailable,
    SandboxUsedUp,
    ToolchainMissing,
)
from daytona_validate._models import (
    Execution,
    Limit,
    Limits,
    SandboxSpec,
    Snippet,
    Stage,
    Step,
    Usage,
)
from daytona_validate._providers.protocol import Sandbox
from daytona_validate._reason import Reason
from daytona_validate._runtime.cleanup import finish

__all__ = [
    "Answer",
    "Execution",
    "FakeProvider",
    "Limit",
    "Point",
    "ProgramStarved",
    "SandboxLost",
    "SandboxUnavailable",
    "SandboxUsedUp",
    "Script",
    "Step",
    "ToolchainMissing",
    "Usage",
    "ran",
]

Answer = Execution | Exception
"""What a run comes to: an execution, or an exception of the infrastructure to raise."""

Script = (
    Answer
    | Mapping[str, Answer]
    | Iterable[Answer]
    | Callable[[Snippet], Answer | Awaitable[Answer]]
)
"""One answer for all; answers by code; answers in turn; or a function, plain or async."""

Point = Literal["prepare", "open", "run", "close"]
"""Where a provider can be held: while it prepares, makes a sandbox, runs one, or removes one."""


def ran(
    stdout: str | bytes = "",
    stderr: str | bytes = "",
    *,
    exit_code: int = 0,
    signal: int | None = None,
    limit: Limit | None = None,
    stage: Stage = Stage.RUN,
    wall_s: float = 0.01,
) -> Execution:
    """Return the execution of a program that behaved like this.

    Args:
        stdout: What it wrote; cut by the fake to the snippet's limits.
        stderr: The same for stderr.
        exit_code: How it ended; of no account if a limit ended it. With 0 it reached its end.
        signal: The signal that ended it, if one did.
        limit: The limit that ended it. Time and output need none: the fake sees those itself.
        stage: `Stage.COMPILE` for a program that its compiler refused.
        wall_s: How long it took, in seconds. Nobody waits for it.
    """
    step = Step(
        stage=stage,
        exit_code=None if limit is not None else exit_code,
        signal=signal,
        stdout=stdout.encode() if isinstance(stdout, str) else stdout,
        stderr=stderr.encode() if isinstance(stderr, str) else stderr,
        limit=limit,
        usage=Usage(wall_s=wall_s),
    )
    return Execution(steps=(step,), runtime="fake 1.0")


class FakeProvider:
    """Test double: sandboxes that run nothing, and a record of what was done with them.

    Args:
        script: What runs come to; None: every program passes and prints nothing. A snippet that
            the script has no answer for is an unavailable sandbox that says so.
        checks: The same for `until=Stage.CHECK`.
        open_errors: Raised by the first calls of `open()`, one each, instead of a sandbox.
        close_errors: Raised by the first removals, one each; that sandbox stays `alive`.
        close_grace_s: Wall seconds that a held removal waits before it is given up.
        name: Its name in results.
        uses: Snippets after which a sandbox says that it may not be used again. More than 1 have
            an effect where `DAYTONA_SNIPPETS_PER_SANDBOX` allows more, too.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        checks: Script | None = None,
        open_errors: Iterable[Exception] = (),
        close_errors: Iterable[Exception] = (),
        close_grace_s: float = 5.0,
        name: str = "fake",
        uses: int = 1,
    ) -> None:
        self.name = name
        self.asked: int = 0
        """Calls of `open()`, refused ones included."""
        self.opened: int = 0
        """Sandboxes made, or begun to be made."""
        self.closed: int = 0
        """Sandboxes removed."""
        self.running: int = 0
        """Programs in a run now."""
        self.most_running: int = 0
        """The most that were in a run at one time."""
        self.snippets: list[Snippet] = []
        """What was run, in the order of starting. It grows: clear it where that matters."""
        self.specs: list[SandboxSpec] = []
        """What was asked for, in the order of asking. It grows, too."""
        self.is_closed: bool = False
        self._answers = {
            Stage.RUN: _answers(ran() if script is None else script),
            Stage.CHECK: _answers(ran(stage=Stage.CHECK) if checks is None else checks),
        }
        self._open_errors = iter(open_errors)
        self._close_errors = iter(close_errors)
        self._close_grace_s = close_grace_s
        self._uses = uses
        self._gates: dict[Point, asyncio.Event] = {}
        self._watching: list[asyncio.Future[None]] = []

    @property
    def alive(self) -> int:
        """Sandboxes that were made and not yet removed."""
        return self.opened - self.closed

    def hold(self, point: Point) -> None:
        """Let every sandbox that comes to this point wait there until it is released."""
        self._gates.setdefault(point, asyncio.Event())

    def release(self, point: Point) -> None:
        """Let all who wait at this point go on, and hold nobody there any more."""
        gate = self._gates.pop(point, None)
        if gate is not None:
            gate.set()

    async def until(self, condition: Callable[[FakeProvider], bool]) -> None:
        """Wait until a condition on the counts holds: `await fake.until(lambda f: f.running == 2)`.

        There is no time limit; put one around it.
        """
        while not condition(self):
            self._watching.append(asyncio.get_running_loop().create_future())
            await self._watching[-1]

    async def prepare(self, spec: SandboxSpec) -> None:
        """Have everything ready, unless held there; see `SandboxProvider.prepare`."""
        del spec
        await self._pass("prepare")

    def open(self, spec: SandboxSpec) -> AbstractAsyncContextManager[Sandbox]:
        """Make a sandbox; see `SandboxProvider.open`."""
        return self._sandbox(spec)

    async def aclose(self) -> None:
        """Refuse to make any more sandboxes."""
        self.is_closed = True

    @asynccontextmanager
    async def _sandbox(self, spec: SandboxSpec) -> AsyncIterator[Sandbox]:
        self.asked += 1
        self.specs.append(spec)
        self._tell()
        if self.is_closed:
            raise SandboxUnavailable("The fake provider is closed.", reason=Reason.CLOSED)
        _raise_next(self._open_errors)
        self.opened += 1
        self._tell()
        name = f"{self.name}-{self.opened}"
        sandbox = _FakeSandbox(name, spec.limits, self._answer, self._uses)
        try:
            await self._pass("open")
            yield sandbox
        finally:
            await self._remove()

    async def _remove(self) -> None:
        """Remove a sandbox, however often this is cancelled; others have a turn meanwhile."""
        if "close" in self._gates:  # only then does it take any time
            await finish(self._close(), grace_s=self._close_grace_s)
        else:
            await self._close()
            await asyncio.sleep(0)

    async def _close(self) -> None:
        await self._pass("close")
        _raise_next(self._close_errors)
        self.closed += 1
        self._tell()

    async def _answer(self, snippet: Snippet, until: Stage) -> Execution:
        self.snippets.append(snippet)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        self._tell()
        try:
            await self._pass("run")
            answer = self._answers[until](snippet)
            answer = await answer if inspect.isawaitable(answer) else answer
        finally:
            self.running -= 1
            self._tell()
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _pass(self, point: Point) -> None:
        gate = self._gates.get(point)
        if gate is not None:
            await gate.wait()

    def _tell(self) -> None:
        watching, self._watching = self._watching, []
        for each in watching:
            if not each.done():
                each.set_result(None)


class _FakeSandbox:
    def __init__(
        self,
        sandbox_id: str,
        limits: Limits,
        answer: Callable[[Snippet, Stage], Awaitable[Execution]],
        uses_left: int,
    ) -> None:
        self.sandbox_id = sandbox_id
        self._limits = limits
        self._answer = answer
        self._uses_left = uses_left

    @property
    def may_be_used_again(self) -> bool:
        return self._uses_left > 0

    async def run(self, snippet: Snippet, *, until: Stage = Stage.RUN) -> Execution:
        self._uses_left -= 1
        execution = await self._answer(snippet, until)
        steps = (step_within(self._limits, step) for step in execution.steps)
        return with_ends(replace(execution, steps=tuple(steps)), snippet)


def _answers(script: Script) -> Callable[[Snippet], Answer | Awaitable[Answer]]:
    missing = SandboxUnavailable("The script has no answer for this snippet", reason=Reason.OTHER)
    if isinstance(script, Execution | Exception):
        return lambda _snippet: script
    if isinstance(script, Mapping):
        return lambda snippet: script.get(snippet.code, missing)
    if callable(script):
        return script
    turns = iter(script)
    return lambda _snippet: next(turns, missing)


def _raise_next(errors: Iterator[Exception]) -> None:
    for error in errors:
        raise error
