"""From what is known of an ended jail to the step that is reported; decides, and does nothing.

It errs towards the plain exit code: a limit is named only if the program failed *and* something
that it cannot easily pretend shows that the limit was met.
"""

from __future__ import annotations

import resource
import signal
from dataclasses import dataclass

from daytona_validate._core.limits import MIB
from daytona_validate._core.output_cap import HeadTail
from daytona_validate._errors import ProgramStarved, SandboxLost
from daytona_validate._jails.cgroup import Account
from daytona_validate._jails.starvation import Decision
from daytona_validate._jails.status import signal_number
from daytona_validate._models import Limit, Limits, Stage, Step, Usage

CPU_SHARE = 0.5
"""Of a bound of CPU time, what is counted at least of a process that the kernel ended for that: it
counts ticks there, on a busy machine a quarter more than the process ran (Linux 6.18)."""
MEMORY_SHARE = 0.95
"""Of its limit a tree must have used for a want of memory to be its own and not the host's;
the kernel counts in batches, so the peak it reports may lie a little below the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Facts about a jail that has ended: input of the `Step`."""

    exit_code: int | None
    """As bubblewrap reported it; None: it did not."""
    stopped_by: Limit | None
    """The limit for which it was killed from outside, if it was."""
    decision: Decision | None = None
    """What was found when its time seemed to be up; None: it never did."""
    stdout: HeadTail
    stderr: HeadTail
    notes: bytes
    wall_s: float
    account: Account
    rusage: resource.struct_rusage | None
    cut_short_at_s: int | None = None
    """CPU seconds of a process that this process's own limit allows; None: enough."""
    own_peak_bytes: int
    """Peak of this process's own memory, which a forked child inherits."""


def step(ended: Ended, *, stage: Stage, limits: Limits) -> Step:
    """Return the step.

    Raises:
        ProgramStarved: Others kept it, or its sandbox, from the processors.
        SandboxLost: It was not the program that failed.
    """
    code = _judged_code(ended, limits)
    # Threads that wait for one that was refused keep their program alive until its time is up.
    is_refused = ended.stopped_by is Limit.TIMEOUT and ended.account.refused_forks > 0
    limit = Limit.PROCESSES if is_refused else ended.stopped_by or _limit(ended, code)
    number = None if ended.stopped_by else signal_number(code)
    was_killed = ended.stopped_by or (limit is Limit.MEMORY and number == signal.SIGKILL)
    return Step(
        stage=stage,
        exit_code=None if was_killed else code,
        signal=number,
        stdout=ended.stdout.value(),
        stderr=ended.stderr.value(),
        lost_stdout_bytes=ended.stdout.lost_bytes,
        lost_stderr_bytes=ended.stderr.lost_bytes,
        limit=limit,
        usage=_usage(ended),
    )


def _judged_code(ended: Ended, limits: Limits) -> int:
    """Return the exit code, if what ended is to be judged; raises what `step` does."""
    code = ended.exit_code
    is_late = ended.stopped_by is Limit.TIMEOUT
    if code is None and is_late:
        raise ProgramStarved(
            "The host was too busy: the sandbox was not ready within the time limit. Run fewer at "
            "a time.",
            retryable=True,
        )
    if code is None:
        last = ended.stderr.value().decode("utf-8", "replace").strip().splitlines()[-1:]
        raise SandboxLost(f"The sandbox was lost: {''.join(last) or 'no reason is known'}")
    if ended.notes.startswith(b"unbounded"):
        raise SandboxLost("The sandbox could not be put under its limits, so nothing was run.")
    if is_late and ended.decision and not ended.decision.is_judged:
        raise ProgramStarved(
            "The host was too busy: within its time limit the program had, or may have had, to "
            f"wait for a processor, for {ended.decision.waited_s:.1f} s. Run fewer at a time.",
            retryable=True,
        )
    # Whatever came after the loss of a process, even a good end or silence, may be due to it.
    is_unclear = ended.account.other_oom_kills > 0 and code != 0  # it may have been one of those
    is_lost = ended.account.oom_kills and not _met_its_memory_limit(ended.account, limits)
    if is_unclear or is_lost:
        raise SandboxLost("The host ran out of memory under the sandbox.", retryable=True)
    if code and _is_cut_short(ended):
        raise SandboxLost(
            f"A process here may use {ended.cut_short_at_s} s of the processors, as your own may "
            "(ulimit -t), and the program may have needed more. Raise that."
        )
    return code


def _is_cut_short(ended: Ended) -> bool:
    """Whether what failed may have done so as a process of it was ended by the caller's limit."""
    cpu_s, used = ended.account.cpu_s, ended.rusage
    if cpu_s is None and used is not None:
        cpu_s = used.ru_utime + used.ru_stime
    if ended.cut_short_at_s is None or ended.stopped_by is not None:
        return False
    return cpu_s is None or cpu_s >= CPU_SHARE * ended.cut_short_at_s


def _limit(ended: Ended, code: int) -> Limit | None:
    """Return the limit that a program met which then ended by itself."""
    if code == 0:
        return None
    if ended.account.oom_kills:
        return Limit.MEMORY
    if ended.account.refused_forks:
        return Limit.PROCESSES
    # SIGXFSZ and SIGXCPU show nothing: a program can send them to itself, or exit with their codes.
    return Limit.DISK if b"0" in ended.notes.split() else None


def _met_its_memory_limit(account: Account, limits: Limits) -> bool:
    """Whether the tree's own limit ended a process; where that is not told, whether it was near.

    A peak proves less: it may be that of an earlier step or of cached files. The first version of
    control groups tells nothing better, so there a want of the host's then counts as the tree's.
    """
    if account.own_ooms is not None:
        return account.own_ooms > 0
    peak = account.peak_memory_bytes
    return peak is not None and peak >= MEMORY_SHARE * limits.memory_mib * MIB


def _usage(ended: Ended) -> Usage:
    cpu_s, peak = ended.account.cpu_s, ended.account.peak_memory_bytes
    is_estimated = cpu_s is None or peak is None
    used = ended.rusage
    # Of a tree that was killed the kernel hands on no CPU time: its first process waits for none.
    if used is not None and cpu_s is None and not ended.stopped_by:
        cpu_s = used.ru_utime + used.ru_stime  # bubblewrap's own few ms included
    if used is not None and peak is None:
        largest = used.ru_maxrss * 1024  # of the largest process, not of the tree
        peak = largest if largest > ended.own_peak_bytes else None
    return Usage(
        wall_s=ended.wall_s,
        cpu_s=cpu_s,
        peak_memory_bytes=peak,
        is_estimated=is_estimated,
        waited_s=None if ended.decision is None else ended.decision.waited_s,
    )
