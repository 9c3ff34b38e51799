"""From what a script printed to an execution: the whole truth, or `SandboxLost`."""

from __future__ import annotations

import base64
import signal
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.output_cap import HeadTail
from daytona_validate._errors import SandboxLost, SandboxUnavailable
from daytona_validate._models import Execution, Limit, Limits, Stage, Step, Usage
from daytona_validate._providers.daytona.envelope.answer import read_answer
from for_each import for_each

NONCE = "0123456789abcdef0123456789abcdef"
OTHER = "fedcba9876543210fedcba9876543210"
LIMITS = Limits(kept_output_bytes=64, memory_mib=100)
MIB = 1024 * 1024


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def command(**facts: object) -> str:
    known: dict[str, object] = {
        "code": 0,
        "cpu": "0.25",
        "disk_full": 0,
        "host_oom": 1,
        "killed": 0,
        "peak": 2048,
        "signal": 0,
        "stopped": "-",
        "waited": "-",
        "wall": "0.5",
    }
    stage = facts.pop("stage", "run")
    return " ".join((f"command {stage}", *(f"{k}={v}" for k, v in {**known, **facts}.items())))


def stream(name: str, output: bytes, kept_bytes: int = LIMITS.kept_output_bytes) -> str:
    cut = HeadTail(kept_bytes)
    cut.feed(output)
    return f"{name} {len(output)} {len(cut.value())} :{encoded(cut.value())}"


def answer(
    *commands: str,
    out: bytes = b"",
    err: bytes = b"",
    nonce: str = NONCE,
    count: int | None = None,
    daemon: str = "shut",
) -> str:
    lines = [f"{nonce} begin {encoded(b'python 3.11.9')} {daemon}"]
    for each in commands or (command(),):
        lines += [each, stream("out", out), stream("err", err)]
    lines += [f"{nonce} end {len(commands) or 1 if count is None else count} reuse=yes", ""]
    return "\n".join(lines)


def read(result: str) -> Execution:
    return read_answer(result, nonce=NONCE, limits=LIMITS).execution


def last_step(**facts: object) -> Step:
    return read(answer(command(**facts))).steps[-1]


junk = st.text().filter(lambda text: NONCE not in text)
outputs = st.binary(max_size=200)


@given(out=outputs, err=outputs, before=junk, after=junk)
def test_an_answer_is_found_among_anything_else(
    out: bytes, err: bytes, before: str, after: str
) -> None:
    step = read(before + answer(out=out, err=err) + after).steps[0]
    kept = HeadTail(LIMITS.kept_output_bytes)
    kept.feed(out)
    assert (step.stdout, step.lost_stdout_bytes) == (kept.value(), kept.lost_bytes)
    assert len(step.stderr) + step.lost_stderr_bytes == len(err)


@given(inside=outputs, before=st.booleans())
def test_an_envelope_of_another_nonce_is_nothing(*, inside: bytes, before: bool) -> None:
    forged = answer(command(code=0), out=inside, nonce=OTHER)
    true = answer(command(code=3), out=forged.encode(), err=inside)
    result = forged + true if before else true + forged
    assert read(result).steps[0].exit_code == 3
    with pytest.raises(SandboxLost):
        read(forged)


@given(st.data())
def test_a_cut_answer_is_lost(data: st.DataObject) -> None:
    whole = answer(command(stage="compile"), command(code=1), out=b"some output", err=b"x")
    end = data.draw(st.integers(0, len(whole) - len("\n") - 1))
    with pytest.raises(SandboxLost):
        read(whole[:end])


@given(st.data())
def test_an_answer_with_a_piece_missing_is_lost_or_the_same(data: st.DataObject) -> None:
    whole = answer(command(stage="compile"), command(code=1), out=b"some output", err=b"x")
    lines = whole.splitlines()
    del lines[data.draw(st.integers(0, len(lines) - 1))]
    with pytest.raises(SandboxLost):
        read("\n".join(lines))


@given(junk.filter(lambda text: "\n" not in text), st.integers(1, 6))
def test_a_line_between_is_not_overlooked(line: str, at: int) -> None:
    lines = answer(command(), command()).splitlines()
    lines.insert(at, line)
    with pytest.raises(SandboxLost):
        read("\n".join(lines))


@for_each(
    ("right", "wrong"),
    [
        ("out 3 3 :YWJj", "out 4 3 :YWJj"),
        ("out 3 3 :YWJj", "out 3 4 :YWJj"),
        ("out 3 3 :YWJj", "out 3 3 :YWI="),
        ("out 3 3 :YWJj", "out 3 3 :YWJ"),
        ("out 3 3 :YWJj", "out 3 3 :YW\ufffdj"),
        ("out 3 3 :YWJj", "out 3 3 YWJj"),
        ("out 3 3 :YWJj", "err 3 3 :YWJj"),
        ("out 3 3 :YWJj", "out \u0663 3 :YWJj"),
        ("command run", "command walk"),
        ("command run", "Killed command run"),
        ("code=0", "code=-1"),
        ("code=0", "code=0 code=1"),
        ("stopped=-", "stopped=bored"),
        ("wall=0.5", "wall=nan"),
        ("waited=-", "waited=-1.0"),
        ("peak=2048", "peak="),
        ("end 1", "end 2"),
        ("end 1", "end 1 1"),
        ("end 1", "end"),
        (" reuse=yes", ""),
        (" reuse=yes", " reuse=maybe"),
        (" reuse=yes", " reuse=yes reuse=yes"),
        (f"{NONCE} end", f"{OTHER} end"),
        (f"{NONCE} begin", f"{OTHER} begin"),
        (" begin ", " begins "),
        (" begin ", " begin x "),
        (" shut", " ajar"),
        (" shut", ""),
    ],
)
def test_an_answer_that_is_not_in_its_form_is_lost(right: str, wrong: str) -> None:
    result = answer(out=b"abc")
    assert read(result).steps[0].stdout == b"abc"
    assert result.count(right) == 1
    with pytest.raises(SandboxLost):
        read(result.replace(right, wrong))


def test_an_answer_that_comes_twice_is_lost() -> None:
    with pytest.raises(SandboxLost):
        read(answer() * 2)


def test_lines_may_end_as_on_terminals() -> None:
    result = answer(out=b"a\r\n")
    assert read(result.replace("\n", "\r\n")) == read(result)


def test_notices_may_stand_before_without_a_line_end() -> None:
    assert read("sh: 1: Killed" + answer()) == read(answer())


def test_no_answer_quotes_what_came_instead() -> None:
    with pytest.raises(SandboxLost, match=r"zsh: no such thing \\x1b"):
        read("first\nzsh: no such thing \x1b[0m\n")
    with pytest.raises(SandboxLost, match="nothing"):
        read(" \n")


def test_every_command_is_a_step_with_its_own_usage() -> None:
    execution = read(answer(command(stage="setup", wall="1.5", peak="-"), command()))
    assert execution.runtime == "python 3.11.9"
    assert [step.stage for step in execution.steps] == [Stage.SETUP, Stage.RUN]
    assert execution.steps[0].usage == Usage(wall_s=1.5, cpu_s=0.25)
    assert execution.steps[1].usage == Usage(wall_s=0.5, cpu_s=0.25, peak_memory_bytes=2 * MIB)


@pytest.mark.parametrize(
    ("peaks", "expected"),
    [
        (["<2048"], [None]),
        (["<2048", "<1024"], [None, None]),
        (["<2048", 4096], [2 * MIB, 4 * MIB]),
        ([4096, "<2048"], [4 * MIB, 2 * MIB]),
        ([2048, "<2048"], [2 * MIB, 2 * MIB]),
        ([2048, "<3072", "-"], [2 * MIB, None, None]),
    ],
)
def test_a_bound_of_a_peak_serves_where_another_command_used_more(
    peaks: list[str | int], expected: list[int | None]
) -> None:
    steps = read(answer(*(command(peak=peak) for peak in peaks))).steps
    assert [step.usage.peak_memory_bytes for step in steps] == expected


@for_each(
    ("facts", "code", "number", "limit"),
    [
        ({"code": 7}, 7, None, None),
        ({"signal": 11}, 139, 11, None),
        ({"signal": 127}, 255, None, None),
        ({"stopped": "timeout"}, None, None, Limit.TIMEOUT),
        ({"stopped": "output"}, None, None, Limit.OUTPUT),
        ({"stopped": "disk"}, None, None, Limit.DISK),
        ({"stopped": "processes"}, None, None, Limit.PROCESSES),
        ({"signal": signal.SIGXFSZ.value}, 153, 25, None),
        ({"signal": signal.SIGXFSZ.value, "disk_full": 1}, 153, 25, Limit.DISK),
        ({"signal": signal.SIGXCPU.value}, 152, 24, None),
        ({"code": 1, "disk_full": 1}, 1, None, Limit.DISK),
        ({"disk_full": 1}, 0, None, None),
        ({"signal": 9}, 137, 9, None),
        ({"signal": 9, "killed": 1, "host_oom": 0}, None, 9, Limit.MEMORY),
        ({"code": 1, "killed": 1, "host_oom": 0}, 1, None, Limit.MEMORY),
        ({"killed": 1, "host_oom": 0}, 0, None, None),
        ({"stopped": "timeout", "killed": 1, "host_oom": 0}, None, None, Limit.TIMEOUT),
        ({"signal": 9, "killed": 1, "peak": 60 * 1024}, None, 9, Limit.MEMORY),
    ],
    ids=str,
)
def test_how_a_part_ended(
    facts: dict[str, object], code: int | None, number: int | None, limit: Limit | None
) -> None:
    step = last_step(**facts)
    assert (step.exit_code, step.signal, step.limit) == (code, number, limit)


@pytest.mark.parametrize(
    "facts", [{"signal": 9}, {"code": 1}, {"code": 0}, {"stopped": "timeout"}], ids=str
)
def test_what_lost_a_process_to_the_hosts_want_of_memory_is_not_judged(
    facts: dict[str, object],
) -> None:
    """What waits for that process, or goes on without it, is not sure to be at fault."""
    with pytest.raises(SandboxLost, match="ran out of memory") as caught:
        last_step(killed=1, peak=10 * 1024, **facts)
    assert caught.value.retryable


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("unbounded Ym91bmQgNg==", "under its limits"),
        ("starved 8.1", r"too busy: .* for 8\.1 s"),
        ("starved :", "cut off"),
        ("lost waiting", "asked twice"),
        ("lost fork", r"a system call of the supervisor failed \(fork\)"),
        ("begin x", "cut off"),
        ("what ever", "cut off"),
        ("what", "cut off"),
    ],
)
def test_a_run_that_was_not_one_is_lost(line: str, says: str) -> None:
    with pytest.raises(SandboxLost, match=says):
        read(f"junk\n{NONCE} {line}\n")


def test_a_sandbox_that_is_none_of_ours_is_not_lost() -> None:
    with pytest.raises(SandboxUnavailable, match="says no more") as caught:
        read(f"{NONCE} unready whatever\n")
    assert not isinstance(caught.value, SandboxLost)
    assert not caught.value.retryable


def test_whether_the_program_could_reach_the_daemon_is_told() -> None:
    assert read(answer(daemon="shut")).network == "blocked"
    assert read(answer(daemon="open")).network == "blocked, daemon open"


def test_more_may_be_kept_only_if_asked_for() -> None:
    result = answer(out=bytes(70))
    assert read(result).steps[0].lost_stdout_bytes == 6
    with pytest.raises(SandboxLost):
        read_answer(result, nonce=NONCE, limits=replace(LIMITS, kept_output_bytes=65))
