"""One sandbox of the service, and the run of a snippet in it.

The run is one request. Its script runs a program once, however often it is sent: whoever sends
it again gets the first one's answer. So a lost answer is asked for again.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

from daytona_validate._core.languages.language import Command, Language
from daytona_validate._core.retry_policy import RetryRule, RetryRun, RetryTable, listed
from daytona_validate._core.source_text import work_files
from daytona_validate._errors import SandboxLost, SandboxUnavailable
from daytona_validate._models import Execution, Limits, Snippet, Stage
from daytona_validate._providers.daytona.envelope.answer import (
    longest_answer_bytes,
    missing_supervisor,
    read_answer,
)
from daytona_validate._providers.daytona.envelope.command import TimedCommand, limits_s, seconds_for
from daytona_validate._providers.daytona.envelope.reuse import NEVER_AGAIN
from daytona_validate._providers.daytona.envelope.run_script import run_script
from daytona_validate._providers.daytona.error_translation import translated
from daytona_validate._providers.daytona.retry_rules import THROTTLE_S, is_kind, is_throttled
from daytona_validate._providers.daytona.wire.failures import FailureKind, ServiceFailure
from daytona_validate._providers.daytona.wire.parse import ExecuteAnswer, SandboxAnswer
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._reason import Reason
from daytona_validate._runtime.clocks import Clock, LimitsStandStill
from daytona_validate._runtime.gate import Gate
from daytona_validate._runtime.log_once import LogOnce
from daytona_validate._runtime.retries import retried

_logger = logging.getLogger("daytona_validate")

RESEND_DELAYS_S = (0.2, 0.5, 1.0)
BACKSTOP_S = 10.0
"""What our own clock leaves beyond the daemon's, which leaves 10 s beyond the program's limits."""
THROTTLE_PATIENCE_S = 120.0
"""How long one try waits behind a throttle: a sandbox that is let be is stopped after 3 minutes."""
READ_IN_LOOP_CHARACTERS = 64 * 1024
"""A longer answer is read in a thread, so that it holds nobody else up."""
_DAEMON_SILENT = frozenset({FailureKind.SERVER, FailureKind.NOT_ROUTED, FailureKind.NOT_FOUND})
"""What the proxy says when the daemon in the sandbox does not answer."""
_ABOUT_THE_SANDBOX = _DAEMON_SILENT | {FailureKind.NOT_ADMITTED}
"""What the proxy says when the sandbox itself may be gone."""
MOST_SNAPSHOTS = 256
"""Of which it is remembered that they have no supervisor for us; more are found out once more."""
_CARRIED = (
    "The supervisor is sent with each run of the snapshot %s, whose own cannot be used: %s. "
    "Delete the snapshot and build it anew to save that."
)
_MEMORY = "most likely the sandbox ran out of memory"
_USED_ONCE = (
    "Each sandbox of the snapshot %s is used for one snippet, though DAYTONA_SNIPPETS_PER_SANDBOX "
    "allows more, because %s."
)
_SILENT = "The sandbox gave no answer within {} s, though it ends programs before that"
_DAEMON_IS_OPEN = (
    "With DAYTONA_NETWORK=organization, programs can have the daemon in their sandbox forge their "
    "result: its ports cannot be closed there."
)

_may_pass_by_kind = is_kind(
    FailureKind.CUT_OFF,
    FailureKind.SERVER,
    FailureKind.NOT_ROUTED,
    FailureKind.UNREACHABLE,
    FailureKind.MALFORMED,
    FailureKind.THROTTLED,
)
_listed_s = listed(RESEND_DELAYS_S)


def _may_pass(error: BaseException) -> bool:
    # What is not even sent, such as to an address that may not have the key, never will be.
    return _may_pass_by_kind(error) and (error.retryable or error.may_have_worked)


def _resend_s(tries: int, error: BaseException | None, random: float) -> float | None:
    delay_s = _listed_s(tries, error, random)
    # A throttled request has waited at the gate.
    return 0.0 if delay_s and error is not None and is_throttled(error) else delay_s


RESENDS: RetryTable = (RetryRule(_may_pass, _resend_s),)
"""Which failures of a run's request are retried: sent twice, it runs the program once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedRunState:
    """Service, gate and effects that all sandboxes of a provider share."""

    service: Service
    gate: Gate
    keeps_network: bool
    """Whether programs have the network that the organization gives its sandboxes."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    nonce: Callable[[], str] = lambda: secrets.token_hex(16)
    notices: LogOnce = field(default_factory=lambda: LogOnce(_logger))
    uses: int = 1
    """Snippets that one sandbox may take."""
    clock: Callable[[], float] = time.monotonic
    without_supervisor: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_SNAPSHOTS))
    """Snapshots to whose sandboxes the supervisor is sent with each run: bounded."""


class DaytonaSandbox:
    """A started sandbox, fit for one snippet, or for more where its supervisor says so.

    Args:
        answer: What the service says of it.
        snapshot: The name of what it was made from.
        language: The language it was opened for.
        limits: Of the snippet.
        shared: The service and what belongs to it.
        used_until_s: When it takes no further snippet any more, by the clock of `shared`.
    """

    def __init__(
        self,
        answer: SandboxAnswer,
        snapshot: str,
        language: Language,
        limits: Limits,
        shared: SharedRunState,
        *,
        used_until_s: float,
    ) -> None:
        self.sandbox_id = answer.name or answer.id
        self._answer = answer
        self._snapshot = snapshot
        self._language = language
        self._limits = limits
        self._shared = shared
        self._used_until_s = used_until_s
        self._use = 0
        self._is_fit = True

    @property
    def may_be_used_again(self) -> bool:
        """Whether its supervisor can begin another run as if it was the first."""
        return self._is_fit and self._shared.clock() < self._used_until_s

    async def run(self, snippet: Snippet, *, until: Stage = Stage.RUN) -> Execution:
        """Run one snippet; its limits are kept in the sandbox.

        Raises:
            SandboxLost: The sandbox died, or its answer is no answer of ours.
            SandboxUsedUp: It was used before, and its supervisor cannot make it as it was.
            SandboxUnavailable: Any other failure of the service or of the way to it, and a
                sandbox that does not keep the limits: never a time-out of the snippet.
        """
        self._use += 1
        self._is_fit = False
        timed = _timed(self._language.commands(snippet, until=until), self._limits)
        if snippet.args:
            timed = tuple(_with_args(command, snippet.args) for command in timed)
        timeout_s = seconds_for(timed)
        # The supervisor takes longer than the limits only while the program cannot run: that is
        # nobody's time.
        with LimitsStandStill(after_s=limits_s(timed) + BACKSTOP_S):
            async with Clock(timeout_s + BACKSTOP_S, lambda: _overdue(timeout_s)):
                nonce, result = await self._result(timed, snippet, timeout_s)
        read = partial(read_answer, result, nonce=nonce, limits=self._limits)
        is_short = len(result) <= READ_IN_LOOP_CHARACTERS
        answer = read() if is_short else await asyncio.to_thread(read)
        self._is_fit = answer.may_be_used_again
        if self._shared.uses > 1 and answer.why_not in NEVER_AGAIN:
            self._shared.notices.warn(_USED_ONCE % (self._snapshot, answer.why_not))
        return self._shown(answer.execution)

    async def _result(
        self, commands: Sequence[TimedCommand], snippet: Snippet, timeout_s: int
    ) -> tuple[str, str]:
        """Return the nonce of a run and what it printed, once the sandbox had a supervisor."""
        without = self._shared.without_supervisor
        most_bytes = longest_answer_bytes(len(commands), self._limits)
        while True:
            is_carried = self._snapshot in without
            nonce = self._shared.nonce()
            script = self._script(commands, snippet, nonce, carries_supervisor=is_carried)
            result = (await self._executed(script, timeout_s, most_bytes)).result
            why = None if is_carried else missing_supervisor(result, nonce=nonce)
            if why is None:
                return nonce, result
            if self._snapshot not in without:  # a sandbox beside this one may have been faster
                without.append(self._snapshot)
                _logger.info(_CARRIED, self._snapshot, why)

    def _script(
        self,
        commands: Sequence[TimedCommand],
        snippet: Snippet,
        nonce: str,
        *,
        carries_supervisor: bool,
    ) -> str:
        language = self._language
        return run_script(
            commands,
            files=work_files(snippet, language),
            stdin=snippet.stdin.encode("utf-8", "replace"),
            environment=language.environment,
            limits=self._limits,
            reserved_mib=language.reserved_mib,
            nonce=nonce,
            keeps_network=self._shared.keeps_network,
            carries_supervisor=carries_supervisor,
            use=self._use,
        )

    def _shown(self, execution: Execution) -> Execution:
        if not self._shared.keeps_network:
            return execution
        if execution.network == "blocked, daemon open":
            self._shared.notices.warn(_DAEMON_IS_OPEN)
        return replace(execution, network="organization")

    async def _executed(self, script: str, timeout_s: int, answer_bytes: int) -> ExecuteAnswer:
        try:
            return await retried(
                lambda: self._shared.service.execute(
                    self._answer, script, timeout_s=timeout_s, answer_bytes=answer_bytes
                ),
                RetryRun(RESENDS),
                operation="run",
                before_retry=self._before_resend,
                random=lambda: 0.5,  # no jitter: nobody else asks this sandbox
                sleep=self._pause,
            )
        except ServiceFailure as failure:
            if failure.kind is FailureKind.TOOK_TOO_LONG:
                raise _overdue(timeout_s) from failure
            await self._raise_lost(failure)
            raise translated(failure) from failure

    async def _before_resend(self, _: int, failure: BaseException, _wait_s: float) -> None:
        _logger.info("A run is asked for again: %s", failure)
        if not is_throttled(failure):
            return
        gate = self._shared.gate
        gate.close_for(failure.retry_after_s or THROTTLE_S)
        if not await gate.wait(THROTTLE_PATIENCE_S):
            raise translated(failure) from failure

    async def _pause(self, delay_s: float) -> None:
        if delay_s:
            await self._shared.sleep(delay_s)

    async def _raise_lost(self, failure: ServiceFailure) -> None:
        """Find out whether it was the sandbox that failed, or the way to it.

        Raises:
            SandboxLost: It was the sandbox.
            SandboxUnavailable: It was the key, which the API does not take any more.
        """
        if failure.kind not in _ABOUT_THE_SANDBOX:
            return
        try:
            now = await self._shared.service.get(self._answer.id)
        except ServiceFailure as unknown:
            if unknown.kind is FailureKind.NOT_FOUND:
                raise SandboxLost("The sandbox is gone: something deleted it") from failure
            if unknown.kind is FailureKind.REFUSED:
                raise translated(unknown) from unknown
            return
        if failure.kind is FailureKind.NOT_ADMITTED and not now.has_ended:
            return
        why = now.error_reason or ("something stopped the sandbox" if now.has_ended else _MEMORY)
        raise SandboxLost(f"The sandbox ({now.state}) does not answer any more; {why}") from failure


@lru_cache(maxsize=256)
def _timed(commands: tuple[Command, ...], limits: Limits) -> tuple[TimedCommand, ...]:
    return tuple(
        TimedCommand(
            each.stage,
            each.argv_within(limits),
            limits.timeout_s if each.stage is Stage.RUN else limits.compile_timeout_s,
        )
        for each in commands
    )


def _with_args(command: TimedCommand, args: tuple[str, ...]) -> TimedCommand:
    is_program = command.stage is Stage.RUN
    return replace(command, argv=(*command.argv, *args)) if is_program else command


def _overdue(timeout_s: int) -> SandboxUnavailable:
    return SandboxUnavailable(_SILENT.format(timeout_s), reason=Reason.SANDBOX_LOST)
