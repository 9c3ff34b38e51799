"""Nothing that a run started outlives it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from daytona_validate._models import Limit, Stage

if TYPE_CHECKING:
    from tests.providers.daytona.envelope.conftest import Box

SERVER = "sleep 50 & echo $! >server"
LOOK = 'kill -0 "$(cat server)" && echo alive'


def is_alive(pid: str) -> bool:
    """Tell whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{int(pid)}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_what_a_command_leaves_lives_until_the_last_has_ended(box: Box) -> None:
    commands = [box.command(code) for code in (SERVER, "true", LOOK)]
    assert box.run(*commands).steps[-1].stdout == b"alive\n"
    assert not is_alive((box.work / "server").read_text())


def test_what_is_left_is_gone_when_a_command_fails(box: Box) -> None:
    box.run(box.command(SERVER), box.command("exit 1"), box.command(LOOK))
    assert not is_alive((box.work / "server").read_text())


@pytest.mark.slow
def test_what_is_left_is_gone_after_a_timeout(box: Box) -> None:
    commands = [box.command(SERVER), box.command("sleep 40", timeout_s=0.2)]
    assert box.run(*commands).steps[-1].limit is Limit.TIMEOUT
    assert not is_alive((box.work / "server").read_text())


@pytest.mark.slow
def test_the_time_of_a_server_counts_where_it_was_used(box: Box) -> None:
    busy = "i=0; while [ $i -lt 150000 ]; do i=$((i + 1)); done; echo >ready; exec sleep 50"
    start = f"sh -c '{busy}' & while [ ! -e ready ]; do sleep 0.01; done"
    steps = box.run(box.command(start, stage=Stage.SETUP), box.command("true")).steps
    first_s, second_s = (step.usage.cpu_s or 0 for step in steps)
    assert first_s > second_s
    assert not any(step.usage.is_estimated for step in steps)


def test_nobody_waits_for_who_holds_the_streams(box: Box) -> None:
    step = box.step("sleep 50 & echo out")  # who waited would be ended after 20 s
    assert (step.stdout, step.exit_code, step.limit) == (b"out\n", 0, None)


def test_who_leaves_its_parent_and_its_session_is_found(box: Box) -> None:
    away = "setsid sh -c 'setsid sh -c \"echo \\$\\$ >deep; exec sleep 50\" & exit' &"
    step = box.step(f"{away} while [ ! -s deep ]; do :; done")
    assert step.exit_code == 0
    assert not is_alive((box.work / "deep").read_text())


def test_who_always_is_somebody_new_is_found(box: Box) -> None:
    """One at a time, and it would end by itself when its file is gone with the box."""
    hydra = b"echo $$ >>heads\nsetsid sh ./hydra &\n"
    box.run(
        box.command("sh ./hydra; while [ $(wc -l <heads) -lt 20 ]; do :; done"),
        files={"hydra": hydra, "heads": b""},
    )
    heads = (box.work / "heads").read_text().split()
    assert len(heads) >= 20
    assert not [pid for pid in heads if is_alive(pid)]
    assert (box.work / "heads").read_text().split() == heads


def test_orphans_are_reaped_while_the_program_runs(box: Box) -> None:
    """As zombies they would count as processes of its user."""
    code = "for each in 1 2 3; do (sh -c 'echo $$ >>dead' &); done\n"
    code += 'while [ "$(wc -l <dead)" -lt 3 ]; do :; done 2>/dev/null\n'
    code += "while read -r pid; do while [ -e /proc/$pid ]; do :; done; done <dead"
    command = box.command(code, timeout_s=10)
    assert box.run(command, files={"dead": b""}).steps[0].exit_code == 0


def test_nothing_of_ours_is_open_in_the_program(box: Box) -> None:
    step = box.step("ls /proc/self/fd")
    assert step.stdout.split() in ([b"0", b"1", b"2", b"3"], [b"0", b"1", b"2"])


@pytest.mark.skipif(os.getuid() != 0, reason="another user can only be taken by root")
def test_streams_may_be_opened_by_their_names(box: Box) -> None:
    step = box.step("echo out >/dev/stdout; echo err >/dev/stderr; cat </dev/stdin")
    assert (step.stdout, step.stderr, step.exit_code) == (b"out\n", b"err\n", 0)
