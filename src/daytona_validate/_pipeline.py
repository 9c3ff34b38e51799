"""The pipeline of one snippet: intake, slot, sandbox, run, verdict.

Everything that can happen on it becomes a result, except cancellation. Which clock ticks where:
waiting for what is prepared once, for a slot, and behind a throttle is outside all of them;
`create_timeout_s` covers the asking for a sandbox, retries and their delays included; the provider
keeps the limits of compiler and program; `total_timeout_s` is a backstop to all of that, which a
provider moves on while others keep the program from running. Removing the sandbox is outside again.
"""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from daytona_validate._core.intake import Refusal, intake, named_language
from daytona_validate._core.judge import judge
from daytona_validate._core.results import judged, refused, unavailable
from daytona_validate._core.retry_policy import RetryRun, backoff_s, opening, should_retry
from daytona_validate._errors import (
    ProgramStarved,
    SandboxLost,
    SandboxUnavailable,
)
from daytona_validate._models import (
    CodeValidationResult,
    Execution,
    SandboxSpec,
    Snippet,
    Stage,
)
from daytona_validate._observe.watch import Watch
from daytona_validate._pipeline_config import NoVerdict, PipelineConfig, total_limit_s
from daytona_validate._pipeline_log import (
    as_unavailable,
    log_cancelled,
    log_retry,
    log_unavailable,
)
from daytona_validate._pipeline_trace import Trace
from daytona_validate._providers.protocol import Sandbox, SandboxProvider
from daytona_validate._providers.watched_open import watched_open
from daytona_validate._reason import Reason
from daytona_validate._runtime.clocks import Clock
from daytona_validate._runtime.held_open import HeldOpen
from daytona_validate._runtime.limiter import Caller, Slots
from daytona_validate._runtime.log_once import LogOnce
from daytona_validate._runtime.noted_retries import ON_RETRY
from daytona_validate._runtime.now import now_s
from daytona_validate._runtime.retries import retried, within
from daytona_validate._runtime.tasks import cancels
from daytona_validate._sandbox_pool.call import SharedSandboxes
from daytona_validate._sandbox_pool.lease import Lease, UsedSandboxFailed

_logger = logging.getLogger("daytona_validate")

_NO_SANDBOX = "No sandbox within {:g} s (DAYTONA_CREATE_TIMEOUT)"


class Pipeline:
    """Pipeline from snippets to results; it serves many concurrent calls.

    Args:
        provider: Makes the sandboxes.
        slots: Bound what is under way.
        config: The settings.
        watch: Told of what happens; None: nobody is.
        random: A number in [0, 1), for the delays between attempts.
        sleep: Waits for some seconds.
    """

    def __init__(
        self,
        provider: SandboxProvider,
        slots: Slots,
        config: PipelineConfig,
        *,
        watch: Watch | None = None,
        random: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._provider = provider
        self._slots = slots
        self._config = config
        self._limits = config.limits()
        self.watch = watch or Watch()
        self.provider_name = provider.name
        self._open_watched = watched_open(provider, self.watch)
        self._opening = opening(config.create_attempts)
        self._random = random
        self._sleep = sleep
        self._log = LogOnce(_logger)

    async def validate(
        self,
        snippet: Snippet,
        *,
        index: int = 0,
        caller: Caller | None = None,
        shared: SharedSandboxes | None = None,
    ) -> CodeValidationResult:
        """Return the result of a snippet, whatever happens to it.

        Args:
            snippet: What to validate.
            index: Its position in its source.
            caller: Its call, for whose slots it waits; None: one of its own.
            shared: The sandboxes of its call; None: it gets one of its own.

        Raises:
            asyncio.CancelledError: The caller cancelled the task. There is no other exception.
        """
        trace = Trace(
            snippet=snippet,
            language=named_language(snippet),
            provider=self.provider_name,
            index=index,
            began_s=now_s(),
            cancels=cancels(),
            caller=caller or self._slots.caller(),
            open=self._open_watched if shared is None else shared.open,
            open_new=self._open_watched if shared is None else shared.open_new,
            watch=self.watch,
        )
        result: CodeValidationResult | None = None
        token = ON_RETRY.set(trace.note_retry)
        try:
            result = await self._walk(trace)
        except Exception as error:
            if trace.is_being_cancelled():
                log_cancelled(trace, error)
                raise asyncio.CancelledError from error
            reason = as_unavailable(error)
            log_unavailable(self._log, trace, reason, error)
            result = unavailable(reason, trace.context())
        finally:
            ON_RETRY.reset(token)
            self.watch.finished(trace, result)
        return result

    async def _walk(self, trace: Trace) -> CodeValidationResult:
        job = intake(
            trace.snippet,
            limits=self._limits,
            timeouts_s=self._config.timeouts,
            packages=self._config.packages,
            max_code_bytes=self._config.max_code_bytes,
            new_secret=_new_secret,
        )
        if isinstance(job, Refusal):
            trace.language = job.language
            return refused(job, trace.context())
        trace.snippet, trace.language = job.snippet, job.language.name
        spec = job.spec()
        self.watch.queued(trace)
        await self._prepare(spec)
        try:
            await self._slots.take(trace.caller)
        finally:
            trace.queued_s = now_s() - trace.began_s
        self.watch.has_slot(trace)
        try:
            execution = await self._executed(spec, trace)
        finally:
            self._slots.give_back(trace.caller)
        verdict, own = judge(execution, job)
        return judged(verdict, own, trace.context())

    async def _prepare(self, spec: SandboxSpec) -> None:
        try:
            await self._provider.prepare(spec)
        except SandboxUnavailable as error:
            if not should_retry(error):
                raise
            # `open` meets the same failure again, and is retried.

    async def _executed(self, spec: SandboxSpec, trace: Trace) -> Execution:
        """Run the snippet; what fails in a sandbox that others used is as if it had not been."""
        try:
            return await self._run_twice(spec, trace)
        except UsedSandboxFailed as failed:
            if trace.is_being_cancelled():
                raise
            _logger.info(
                "A used sandbox failed; its snippet gets a new one: %s",
                failed.__cause__,
                extra=trace.noted(),
            )
            trace.attempts -= failed.ran_nothing
            trace.open = trace.open_new
        return await self._run_twice(spec, trace)

    async def _run_twice(self, spec: SandboxSpec, trace: Trace) -> Execution:
        """Run the snippet, and retry it once in a new sandbox if the first gave no verdict.

        A retry is safe: a run has no network and no host files, and so no effect outside. The
        snippet is run alone only after `ProgramStarved`: that delays all others of the user.
        """
        total_s, attempts = total_limit_s(self._config, spec.limits), trace.attempts
        clock = Clock(total_s, lambda: NoVerdict(total_s))
        try:
            return await self._run_once(spec, trace, clock)
        except SandboxUnavailable as error:
            may_pass = isinstance(error, SandboxLost) or should_retry(error)
            if trace.attempts == attempts or trace.is_being_cancelled() or not may_pass:
                raise
            _logger.info(
                "A sandbox gave no verdict; running its snippet once more: %s",
                error,
                extra=trace.noted(error.reason),
            )
            trace.open = trace.open_new
            if isinstance(error, ProgramStarved):  # time that it could not use is not counted
                clock = Clock(total_s, lambda: NoVerdict(total_s))
                spec = replace(spec, is_alone=True)
            if should_retry(error):  # a shortage, which lasts: back off first
                wait_s = backoff_s(1, error, self._random())
                if clock.ran_s + wait_s >= total_s:
                    raise
                async with clock:
                    await self._sleep(wait_s)
        return await self._run_once(spec, trace, clock)

    async def _run_once(self, spec: SandboxSpec, trace: Trace, clock: Clock) -> Execution:
        sandbox: Sandbox | None = None
        execution: Execution | None = None
        removal: HeldOpen[Sandbox] = HeldOpen()
        try:
            async with removal as held, clock:
                sandbox = await self._open(held, spec, trace, clock)
                execution = await _run(sandbox, trace)
                trace.is_warm = execution.is_warm
        except Exception as error:
            if execution is None or trace.is_being_cancelled():
                if isinstance(error, NoVerdict) and isinstance(sandbox, Lease) and sandbox.use > 1:
                    raise UsedSandboxFailed(ran_nothing=False) from error  # it hangs
                raise
            _logger.exception("A sandbox could not be removed.", extra=trace.noted())
        if execution is None:
            raise SandboxUnavailable("The sandbox returned no execution", reason=Reason.BUG)
        return execution

    async def _open(
        self, held: HeldOpen[Sandbox], spec: SandboxSpec, trace: Trace, clock: Clock
    ) -> Sandbox:
        longest_s = self._config.create_timeout_s
        lap = clock.lap(
            longest_s,
            lambda: SandboxUnavailable(_NO_SANDBOX.format(longest_s), reason=Reason.CREATE_TIMEOUT),
        )
        try:
            with lap:
                return await retried(
                    lambda: held.enter(trace.open(spec)),
                    within(longest_s, lap.so_far_s, RetryRun(self._opening)),
                    operation="create",
                    before_retry=partial(log_retry, trace),
                    random=self._random,
                    sleep=self._sleep,
                )
        finally:
            trace.created_s += lap.ran_s
            trace.queued_s += lap.off_s


def _new_secret() -> str:
    return secrets.token_hex(16)


async def _run(sandbox: Sandbox, trace: Trace) -> Execution:
    trace.sandbox_id = sandbox.sandbox_id
    trace.sandbox_use = sandbox.use if isinstance(sandbox, Lease) else 1
    trace.attempts += 1
    trace.watch.started(trace)
    clock = Clock()
    try:
        async with clock:
            until = Stage.CHECK if trace.snippet.check_only else Stage.RUN
            return await sandbox.run(trace.snippet, until=until)
    finally:
        trace.ran_s += clock.ran_s
        trace.queued_s += clock.off_s
