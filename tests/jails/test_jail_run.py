"""What a program in a jail finds, and what is reported of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from daytona_validate._core.classify import classify
from daytona_validate._core.intake import Job
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import (
    Execution,
    Fault,
    Limit,
    Limits,
    Outcome,
    Snippet,
    Stage,
    Step,
)

pytestmark = pytest.mark.jail

Shell = Callable[..., Awaitable[Step]]


async def test_streams_and_exit_code_are_kept_apart(shell: Shell) -> None:
    step = await shell("echo out; echo err >&2; exit 7")
    assert (step.stdout, step.stderr, step.exit_code) == (b"out\n", b"err\n", 7)
    assert (step.signal, step.limit, step.stage) == (None, None, Stage.RUN)


@pytest.mark.parametrize("stdin", [b"", b"one\ntwo\n", b"\0\xff" * 100_000], ids=len)
async def test_stdin_arrives_whole(shell: Shell, stdin: bytes) -> None:
    step = await shell("cat", stdin=stdin, limits=Limits(kept_output_bytes=1 << 20))
    assert step.stdout == stdin


async def test_stdin_is_no_socket_and_cannot_be_written(shell: Shell) -> None:
    """A socket there makes Debian's bash read ~/.bashrc; a writable file would be free storage."""
    step = await shell("[ -S /dev/stdin ] && echo socket; echo more >>/dev/stdin", stdin=b"text")
    assert b"socket" not in step.stdout
    assert step.exit_code != 0


@pytest.mark.parametrize(("name", "number"), [("SEGV", 11), ("TERM", 15), ("KILL", 9)])
async def test_a_signal_is_reported_and_the_shell_adds_nothing(
    shell: Shell, name: str, number: int
) -> None:
    step = await shell(f"kill -{name} $$")
    assert (step.signal, step.exit_code, step.stderr) == (number, 128 + number, b"")


async def test_files_stand_in_the_work_folder_and_nothing_else(jail_runner: JailRunner) -> None:
    jail = Jail(
        argv=("sh", "-c", "pwd; find . -type f; cat data/one.txt; echo more >>main.txt"),
        limits=Limits(),
        files={"main.txt": b"", "data/one.txt": b"content\n"},
    )
    step = await jail_runner.run(jail, timeout_s=5)
    assert step.exit_code == 0
    first, *rest = step.stdout.decode().splitlines()
    assert first == "/work"
    assert sorted(rest) == ["./data/one.txt", "./main.txt", "content"]


@pytest.mark.parametrize(
    ("limits", "limit", "outcome"),
    [
        (Limits(disk_mib=1), Limit.DISK, Outcome.DISK_LIMIT),
        (Limits(memory_mib=16), Limit.MEMORY, Outcome.MEMORY_LIMIT),
    ],
)
async def test_files_larger_than_the_work_folder_or_memory_are_the_snippets_fault(
    jail_runner: JailRunner, limits: Limits, limit: Limit, outcome: Outcome
) -> None:
    """They lie in the sandbox's memory before anything of it runs."""
    jail = Jail(argv=("true",), limits=limits, files={"big": bytes(17 << 20)})
    step = await jail_runner.run(jail, timeout_s=5)
    assert (step.limit, step.stage, step.exit_code) == (limit, Stage.RUN, None)
    snippet = Snippet(code="", language="python")
    ran = Execution(steps=(step,), runtime="")
    verdict = classify(ran, Job(snippet, LANGUAGES["python"], jail.limits))
    assert (verdict.outcome, verdict.fault) == (outcome, Fault.SNIPPET)


async def test_its_own_streams_can_be_opened_by_name(shell: Shell) -> None:
    step = await shell("echo one >/dev/stdout; echo two >/dev/stderr; cat /dev/stdin", stdin=b"in")
    assert (step.stdout, step.stderr) == (b"one\nin", b"two\n")


async def test_long_output_keeps_head_and_tail_and_counts_the_rest(shell: Shell) -> None:
    step = await shell("seq 100000", limits=Limits(kept_output_bytes=1000))
    assert step.stdout.startswith(b"1\n2\n")
    assert step.stdout.endswith(b"99999\n100000\n")
    assert len(step.stdout) + step.lost_stdout_bytes == sum(len(f"{n}\n") for n in range(1, 100001))


async def test_stdout_can_be_taken_as_it_comes(jail_runner: JailRunner) -> None:
    taken: list[bytes] = []
    jail = Jail(argv=("seq", "50000"), limits=Limits())
    step = await jail_runner.run(jail, timeout_s=5, on_stdout=taken.append)
    assert b"".join(taken) == b"".join(b"%d\n" % n for n in range(1, 50001))
    assert step.stdout == b""


async def test_a_taker_of_stdout_that_fails_ends_the_jail(jail_runner: JailRunner) -> None:
    def full(_: bytes) -> None:
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        await jail_runner.run(Jail(argv=("yes",), limits=Limits()), timeout_s=30, on_stdout=full)


async def test_usage_covers_the_whole_tree(shell: Shell, jail_runner: JailRunner) -> None:
    step = await shell("sh -c 'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done' & wait")
    assert 0 < (step.usage.cpu_s or 0) < 5
    assert step.usage.wall_s > 0
    if jail_runner.counts_memory:
        assert (step.usage.peak_memory_bytes or 0) > 100_000
        assert not step.usage.is_estimated


async def test_many_jails_at_a_time_do_not_meet(shell: Shell) -> None:
    lines = [f"echo {n} >mine; sleep 0.02; cat mine; ls" for n in range(8)]
    steps = await asyncio.gather(*map(shell, lines))
    assert [step.stdout for step in steps] == [b"%d\nmine\n" % n for n in range(8)]


async def test_a_program_can_serve_and_call_itself(shell: Shell) -> None:
    """`lo` is up: 127.0.0.1 answers, if only with a refusal."""
    step = await shell("sed -n 's/ *lo: *[0-9].*/up/p' /proc/net/dev; cat /proc/net/fib_trie")
    assert b"up" in step.stdout
    assert b"127.0.0.1" in step.stdout


async def test_bubblewrap_that_makes_no_jail_is_our_failure(jail_runner: JailRunner) -> None:
    from daytona_validate._jails.jail import Bind

    jail = Jail(argv=("true",), limits=Limits(), binds=(Bind("/nowhere/at/all", "/opt/x"),))
    with pytest.raises(SandboxUnavailable, match="/nowhere/at/all"):
        await jail_runner.run(jail, timeout_s=5)


async def test_the_host_environment_cannot_be_seen(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTONA_API_KEY", "very-secret")
    step = await shell("env; cat /proc/*/environ | tr '\\0' '\\n'")
    assert b"very-secret" not in step.stdout
    names = {line.split(b"=")[0] for line in step.stdout.splitlines()}
    assert names <= {b"HOME", b"PATH", b"LANG", b"PWD", b"OLDPWD", b"SHLVL", b"_"}
