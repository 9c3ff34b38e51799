"""From what a run's script printed to what the run did.

An answer stands between two lines that bear the nonce; what stands around it (notices of a shell,
of the service) is nobody's concern. Between the lines everything must be as the supervisor
writes it. It errs towards «lost»: a run that is not wholly told is run again, never judged.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NoReturn

from daytona_validate._core.limits import MIB
from daytona_validate._core.linux_signals import LAST_SIGNAL, SIGKILL
from daytona_validate._core.printable import one_line
from daytona_validate._errors import ProgramStarved, SandboxLost, SandboxUnavailable
from daytona_validate._models import Execution, Limit, Limits, Network, Stage, Step, Usage
from daytona_validate._providers.daytona.envelope.reuse import (
    MAY_BE_USED_AGAIN,
    SPENT,
    ReuseRefused,
    RunAnswer,
)
from daytona_validate._reason import Reason

MEMORY_SHARE = 0.5
"""Of its limit a program must have used for the kernel's want of memory to be its own, where the
sandbox's own limit is not known to have been the reason."""
HINT_LENGTH = 200
BESIDE_STREAMS_BYTES = MIB
"""What an answer may have besides: lines of facts, and notices of a shell or of the service."""

_UNREADY = {
    "work": "its work folder /work is missing or cannot be written",
    "runtime": "/opt/daytona-validate/runtime is missing",
    "guard": "no folder can be made in /tmp",
    "files": "the snippet's files could not be written whole, as when its disk is full",
    "script": "the run's script did not arrive whole",
    "perl": "it has no perl, which every run needs (package perl-base of Debian and Ubuntu)",
    "architecture": "its perl is neither of x86_64 nor of aarch64",
}
_ABSENT = {
    "missing": "there is none",
    "link": "a link stands in its place or in that of a folder above it",
    "owner": "it, or a folder above it, is not root's",
    "writable": "others than root may write to it or to a folder above it",
    "sha256sum": "there is no sha256sum to compare it by",
    "version": "it is of another version",
}
"""Why a sandbox does not start its snapshot's own supervisor."""
_STOPS = {
    "-": None,
    "timeout": Limit.TIMEOUT,
    "output": Limit.OUTPUT,
    "disk": Limit.DISK,
    "processes": Limit.PROCESSES,
}
_WHY_NOT = {f"reuse={word}": why for word, why in (SPENT | {MAY_BE_USED_AGAIN: ""}).items()}
_SECONDS = r"\d{1,12}\.\d{1,9}"
_NETWORKS: dict[str, Network] = {"shut": "blocked", "open": "blocked, daemon open"}
"""By what the supervisor says of Daytona's daemon, which listens in every sandbox without a key."""
_COMMAND = re.compile(
    rf"command (?P<stage>setup|compile|run|check) code=(?P<code>\d{{1,3}}) cpu=(?P<cpu>{_SECONDS})"
    rf" disk_full=(?P<disk_full>[01]) host_oom=(?P<host_oom>[01])"
    rf" killed=(?P<killed>\d{{1,9}}) peak=(?P<peak>-|<?\d{{1,15}})"
    rf" signal=(?P<signal>\d{{1,3}}) stopped=(?P<stopped>[a-z-]+)"
    rf" waited=(?P<waited>-|{_SECONDS}) wall=(?P<wall>{_SECONDS})",
    re.ASCII,
)
_WAITED = re.compile(r"\d{1,9}\.\d", re.ASCII)
_STREAM = re.compile(r"(out|err) (\d{1,15}) (\d{1,10}) :([A-Za-z0-9+/]*={0,2})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """The report of the supervisor on one command, parsed."""

    stage: Stage
    code: int
    signal: int
    stopped: Limit | None
    is_disk_full: bool
    """Whether the disk was full, if the command failed."""
    kills: int
    """Processes that the kernel ended for want of memory."""
    is_host_oom: bool
    """Whether the sandbox did not meet its own memory limit, as far as the kernel counts."""
    usage: Usage
    peak_below_bytes: int | None
    """Its peak is no more than this, where it is not known better."""


@dataclass(frozen=True, slots=True)
class _Stream:
    kept: bytes
    lost_bytes: int


def longest_answer_bytes(commands: int, limits: Limits) -> int:
    """Return how long an answer can be, as the service sends it in JSON.

    Args:
        commands: Commands of the run, each with two streams in base64.
        limits: They were run under; `kept_output_bytes` bounds each stream.
    """
    return commands * 2 * (4 * limits.kept_output_bytes // 3 + 4) + BESIDE_STREAMS_BYTES


def missing_supervisor(result: str, *, nonce: str) -> str | None:
    """Return why a sandbox did not start its snapshot's supervisor, or None if it did.

    Nothing was run then, and nothing that was to run was written: the sandbox is as it was.

    Args:
        result: As for `read_answer`.
        nonce: As there, so that no program can say this.
    """
    _, mark, rest = result.partition(f"{nonce} absent ")
    word = rest.partition("\n")[0].rstrip("\r")
    return _ABSENT.get(word, "it does not say why") if mark else None


def read_answer(result: str, *, nonce: str, limits: Limits) -> RunAnswer:
    """Return what the run did, and whether its sandbox may be used again.

    Args:
        result: Everything that the script printed, and whatever else came with it.
        nonce: The one that was given to `run_script`.
        limits: As they were given there.

    Raises:
        ProgramStarved: Others kept the program from running.
        ReuseRefused: The sandbox was used before, and cannot be once more; nothing was run.
        SandboxLost: There is no whole answer, or it says that the program could not be judged.
        SandboxUnavailable: The sandbox is not made from a snapshot of ours.
    """
    mark, lines = f"{nonce} ", result.replace("\r\n", "\n").split("\n")
    marked = [(at, line) for at, line in enumerate(lines) if mark in line]
    match [(at, line.partition(mark)[2].split(" ")) for at, line in marked]:
        case [(first, ["begin", runtime, daemon]), (last, ["end", count, reuse])]:
            steps = tuple(_steps(lines[first + 1 : last], limits))
            if not steps or str(len(steps)) != count:
                _lost("its count of commands is wrong")
            if daemon not in _NETWORKS or reuse not in _WHY_NOT:
                _lost("the answer is not in its form")
            network = _NETWORKS[daemon]
            execution = Execution(steps=steps, runtime=_text(runtime), network=network)
            return RunAnswer(execution, _WHY_NOT[reuse])
        case [(_, ["unready", "reuse", word])]:
            raise ReuseRefused(word)
        case [(_, [word, reason])]:
            _refused(word, reason)
        case []:
            _lost(f"it printed: {_hint(result)}" if result.strip() else "it printed nothing")
        case _:
            _lost("the answer was cut off")
    raise AssertionError  # pragma: no cover - every case above returns or raises


def _refused(word: str, reason: str) -> NoReturn:
    if word == "unready":
        problem = _UNREADY.get(reason, "it says no more")
        raise SandboxUnavailable(
            f"The sandbox cannot run snippets: {problem}. Is its snapshot one that "
            "`daytona-validate snapshots build` made?",
            reason=Reason.SETUP_FAILED,
        )
    if word == "unbounded":
        raise SandboxLost("The sandbox could not be put under its limits, so nothing was run.")
    if word == "starved" and _WAITED.fullmatch(reason):
        raise ProgramStarved(
            "The sandbox's host was too busy: within its time limit the program had to wait for "
            f"a processor, for {reason} s or more.",
            retryable=True,
        )
    if word == "lost" and reason == "waiting":
        _lost("it was asked twice, and what came first never answered")
    if word == "lost":
        _lost(f"a system call of the supervisor failed ({one_line(reason, HINT_LENGTH)})")
    _lost("the answer was cut off")


def _lost(why: str) -> NoReturn:
    raise SandboxLost(f"The sandbox gave no answer that tells what happened: {why}.")


def _hint(result: str) -> str:
    return one_line(result.strip().rpartition("\n")[2], HINT_LENGTH)


def _steps(lines: list[str], limits: Limits) -> Iterator[Step]:
    """Yield the steps of three lines each."""
    if len(lines) % 3:
        _lost("the answer was cut off")
    for at, facts in zip(range(0, len(lines), 3), _all_facts(lines[::3]), strict=True):
        out = _stream(lines[at + 1], "out", limits.kept_output_bytes)
        err = _stream(lines[at + 2], "err", limits.kept_output_bytes)
        yield _step(facts, out, err, limits)


def _all_facts(lines: list[str]) -> Iterator[_Facts]:
    """Yield the facts of all commands.

    Where one is known to have used more, a bound of another's peak serves as well as the peak.
    """
    found = [_facts(line) for line in lines]
    highest = max((each.usage.peak_memory_bytes or 0 for each in found), default=0)
    for each in found:
        if each.peak_below_bytes is not None and each.peak_below_bytes <= highest:
            usage = replace(each.usage, peak_memory_bytes=each.peak_below_bytes)
            yield replace(each, usage=usage)
        else:
            yield each


def _facts(line: str) -> _Facts:
    found = _COMMAND.fullmatch(line)
    if found is None or found["stopped"] not in _STOPS:
        _lost("the answer is not in its form")
    match = found.groupdict()
    peak_bytes = None if match["peak"] == "-" else int(match["peak"].lstrip("<")) * 1024
    is_bound = match["peak"].startswith("<")
    return _Facts(
        stage=Stage(match["stage"]),
        code=int(match["code"]),
        signal=int(match["signal"]),
        stopped=_STOPS[match["stopped"]],
        is_disk_full=match["disk_full"] == "1",
        kills=int(match["killed"]),
        is_host_oom=match["host_oom"] == "1",
        usage=Usage(
            wall_s=float(match["wall"]),
            cpu_s=float(match["cpu"]),
            peak_memory_bytes=None if is_bound else peak_bytes,
            waited_s=None if match["waited"] == "-" else float(match["waited"]),
        ),
        peak_below_bytes=peak_bytes if is_bound else None,
    )


def _stream(line: str, name: str, kept_bytes: int) -> _Stream:
    match = _STREAM.fullmatch(line)
    if match is None or match[1] != name:
        _lost("the answer is not in its form")
    kept, total = _decoded(match[4]), int(match[2])
    if len(kept) != int(match[3]) or len(kept) != min(total, kept_bytes):
        _lost("its counts of bytes are wrong")
    return _Stream(kept, total - len(kept))


def _decoded(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        _lost("the answer is not in its form")


def _text(text: str) -> str:
    return _decoded(text).decode(errors="replace").strip()


def _step(facts: _Facts, out: _Stream, err: _Stream, limits: Limits) -> Step:
    near_bytes = MEMORY_SHARE * limits.memory_mib * MIB
    is_hosts = facts.is_host_oom and (facts.usage.peak_memory_bytes or 0) < near_bytes
    # Whatever came after the loss of a process, even a good end or silence, may be due to it.
    if facts.kills and is_hosts:
        raise SandboxLost("The host ran out of memory under the sandbox.", retryable=True)
    limit = facts.stopped or _limit(facts)
    was_killed = facts.stopped or (limit is Limit.MEMORY and facts.signal == SIGKILL)
    code = 128 + facts.signal if facts.signal else facts.code
    return Step(
        stage=facts.stage,
        exit_code=None if was_killed else code,
        signal=None if facts.stopped or facts.signal > LAST_SIGNAL else facts.signal or None,
        stdout=out.kept,
        stderr=err.kept,
        lost_stdout_bytes=out.lost_bytes,
        lost_stderr_bytes=err.lost_bytes,
        limit=limit,
        usage=facts.usage,
    )


def _limit(facts: _Facts) -> Limit | None:
    """Return the limit that a program met which then ended by itself."""
    if not facts.code and not facts.signal:
        return None
    if facts.kills:
        return Limit.MEMORY
    # SIGXFSZ and SIGXCPU show nothing: a program can send them to itself.
    return Limit.DISK if facts.is_disk_full else None
