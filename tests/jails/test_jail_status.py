"""What bubblewrap reports, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from daytona_validate._core.output_cap import HeadTail
from daytona_validate._errors import ProgramStarved, SandboxLost
from daytona_validate._jails.cgroup import Account
from daytona_validate._jails.starvation import Decision
from daytona_validate._jails.status import JailStatus, jail_status, signal_number
from daytona_validate._jails.step import Ended, step
from daytona_validate._models import Limit, Limits, Stage, Step
from for_each import for_each

# As written by bubblewrap 0.11.0, November 2025.
STARTED = b'{ "child-pid": 6973, "cgroup-namespace": 4026532182, "ipc-namespace": 4026532180 }\n'
EXITED = b'{ "exit-code": 2 }\n'
LIMITS = Limits(memory_mib=100)
NOTHING = Account()


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"", JailStatus()),
        (STARTED, JailStatus(6973)),
        (STARTED + EXITED, JailStatus(6973, 2)),
        (STARTED + EXITED[:-1], JailStatus(6973)),
        (STARTED[:20], JailStatus()),
    ],
    ids=["nothing", "started", "ended", "not yet whole", "first not whole"],
)
def test_reports_are_read_as_they_come(said: bytes, status: JailStatus) -> None:
    assert jail_status(said) == status


@pytest.mark.parametrize(
    ("code", "number"), [(0, None), (1, None), (128, None), (137, 9), (139, 11), (255, None)]
)
def test_exit_codes_above_128_are_signals(code: int, number: int | None) -> None:
    assert signal_number(code) == number


def _step(
    code: int | None,
    *,
    stopped_by: Limit | None = None,
    notes: bytes = b"",
    account: Account = NOTHING,
    stderr: bytes = b"",
    decision: Decision | None = None,
    cut_short_at_s: int | None = None,
) -> Step:
    kept = HeadTail(1000)
    kept.feed(stderr)
    ended = Ended(
        exit_code=code,
        stopped_by=stopped_by,
        decision=decision,
        stdout=HeadTail(1000),
        stderr=kept,
        notes=notes,
        wall_s=1.0,
        account=account,
        rusage=None,
        cut_short_at_s=cut_short_at_s,
        own_peak_bytes=0,
    )
    return step(ended, stage=Stage.RUN, limits=LIMITS)


def test_without_an_exit_code_the_sandbox_was_lost_whatever_was_printed() -> None:
    with pytest.raises(SandboxLost, match="bwrap: no space"):
        _step(None, stderr=b"SyntaxError: never ran\nbwrap: no space\n")


def test_bounds_that_could_not_be_set_are_our_failure() -> None:
    with pytest.raises(SandboxLost, match="limits"):
        _step(125, notes=b"unbounded\n")


FULL_MEMORY = Account(peak_memory_bytes=100 << 20, oom_kills=1)
UNKNOWN_PEAK = Account(oom_kills=1, own_ooms=1)


@for_each(
    ("ended", "limit", "exit_code", "number"),
    [
        (_step(0), None, 0, None),
        (_step(3), None, 3, None),
        (_step(139), None, 139, 11),
        (_step(137, stopped_by=Limit.TIMEOUT), Limit.TIMEOUT, None, None),
        (_step(137, stopped_by=Limit.OUTPUT), Limit.OUTPUT, None, None),
        (_step(137, account=FULL_MEMORY), Limit.MEMORY, None, 9),
        (_step(1, account=FULL_MEMORY), Limit.MEMORY, 1, None),
        (_step(0, account=FULL_MEMORY), None, 0, None),
        (_step(137, account=replace(FULL_MEMORY, own_ooms=2)), Limit.MEMORY, None, 9),
        (_step(137, account=UNKNOWN_PEAK), Limit.MEMORY, None, 9),
        (_step(137, account=UNKNOWN_PEAK.since(Account())), Limit.MEMORY, None, 9),
        (_step(137, stopped_by=Limit.TIMEOUT, account=FULL_MEMORY), Limit.TIMEOUT, None, None),
        (_step(1, account=Account(own_ooms=1)), None, 1, None),
        (_step(137), None, 137, 9),
        (_step(0, account=Account(other_oom_kills=1)), None, 0, None),
        (_step(1, account=Account(refused_forks=3)), Limit.PROCESSES, 1, None),
        (_step(0, account=Account(refused_forks=3)), None, 0, None),
        (_step(1, notes=b"0\n16384\n"), Limit.DISK, 1, None),
        (_step(1, notes=b"16384\n0\n"), Limit.DISK, 1, None),
        (_step(1, notes=b"100\n16384\n"), None, 1, None),
        (_step(153), None, 153, 25),
        (_step(153, notes=b"0\n16384\n"), Limit.DISK, 153, 25),
        (_step(152), None, 152, 24),
    ],
    ids=lambda value: None if isinstance(value, Step) else str(value),
)
def test_a_limit_is_named_only_if_the_program_failed_and_a_sign_shows_it(
    ended: Step, limit: Limit | None, exit_code: int | None, number: int | None
) -> None:
    assert (ended.limit, ended.exit_code, ended.signal) == (limit, exit_code, number)


@for_each(
    ("code", "stopped_by"), [(137, None), (1, None), (0, None), (137, Limit.TIMEOUT)], ids=str
)
@for_each(
    "account",
    [
        Account(peak_memory_bytes=20 << 20, oom_kills=1),
        Account(peak_memory_bytes=98 << 20, oom_kills=1, own_ooms=0),
        Account(oom_kills=1, own_ooms=0),
        Account(oom_kills=1),
        Account(peak_memory_bytes=100 << 20, oom_kills=2, own_ooms=1).since(
            Account(peak_memory_bytes=100 << 20, oom_kills=1, own_ooms=1)
        ),
    ],
    ids=["far below", "near, never hit", "no peak", "nothing told", "hit by an earlier step"],
)
def test_a_host_without_memory_is_not_the_snippets_fault(
    account: Account, code: int, stopped_by: Limit | None
) -> None:
    """It was killed for want of memory, and nothing shows that this was for its own limit."""
    with pytest.raises(SandboxLost, match="host ran out of memory") as caught:
        _step(code, account=account, stopped_by=stopped_by)
    assert caught.value.retryable


@pytest.mark.parametrize(("code", "stopped_by"), [(137, None), (1, None), (137, Limit.TIMEOUT)])
def test_what_failed_while_the_host_ended_some_process_is_not_judged(
    code: int, stopped_by: Limit | None
) -> None:
    """Without control groups nobody tells whose process the host took."""
    account = Account(other_oom_kills=834).since(Account(other_oom_kills=833))
    with pytest.raises(SandboxLost, match="host ran out of memory") as caught:
        _step(code, account=account, stopped_by=stopped_by)
    assert caught.value.retryable


@pytest.mark.parametrize("code", [137, 1])
def test_who_met_the_callers_own_limit_of_cpu_time_is_not_judged(code: int) -> None:
    """The kernel ends a process there, which may be a child of the program: nobody is told."""
    used = Account(cpu_s=4.6)
    with pytest.raises(SandboxLost, match=r"may use 5 s of the processors.*ulimit -t"):
        _step(code, account=used, cut_short_at_s=5)
    assert _step(0, account=used, cut_short_at_s=5).limit is None
    assert _step(code, account=used, cut_short_at_s=10).exit_code == code
    assert _step(code, account=used).exit_code == code
    late = _step(137, account=used, cut_short_at_s=5, stopped_by=Limit.TIMEOUT)
    assert late.limit is Limit.TIMEOUT


def test_who_was_kept_from_running_is_not_judged_if_that_ended_it() -> None:
    starved = Decision(3.25, is_judged=False)
    with pytest.raises(ProgramStarved, match=r"may have had, to .* for 3\.2 s") as caught:
        _step(137, stopped_by=Limit.TIMEOUT, decision=starved)
    assert caught.value.retryable
    with pytest.raises(ProgramStarved):  # it may have lived with what was refused
        _step(137, stopped_by=Limit.TIMEOUT, decision=starved, account=Account(refused_forks=3))
    assert _step(137, stopped_by=Limit.OUTPUT, decision=starved).limit is Limit.OUTPUT
    assert _step(0, decision=starved).usage.waited_s == 3.25
    judged = _step(137, stopped_by=Limit.TIMEOUT, decision=Decision(0.5))
    assert (judged.limit, judged.usage.waited_s) == (Limit.TIMEOUT, 0.5)
    assert _step(0).usage.waited_s is None


def test_what_cannot_be_counted_is_said_to_be_estimated() -> None:
    assert _step(0).usage.is_estimated
    counted = Account(cpu_s=0.5, peak_memory_bytes=1000)
    usage = _step(0, account=counted).usage
    assert (usage.cpu_s, usage.peak_memory_bytes, usage.is_estimated) == (0.5, 1000, False)
