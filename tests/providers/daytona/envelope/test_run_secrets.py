"""What a program can find out about its supervisor, and do to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from daytona_validate._models import Limits
from eventually import wait_until

if TYPE_CHECKING:
    from tests.providers.daytona.envelope.conftest import Box

ROOT_ONLY = pytest.mark.skipif(os.getuid() != 0, reason="another user can only be taken by root")

EVERYTHING = """\
for each in /proc/[0-9]*; do
  [ -r $each/environ ] && echo readable
  cat $each/cmdline $each/environ; ls -l $each/fd
done
ls -lR FOLDER; find FOLDER -type f -exec cat {} +; set
cat /proc/$PPID/environ /proc/$PPID/maps /proc/$PPID/mem
"""
LIMITS = Limits(kept_output_bytes=4_000_000)


def everything(box: Box) -> bytes:
    """Return whatever a program can read of its sandbox and of all processes."""
    output: bytes = box.step(EVERYTHING.replace("FOLDER", str(box.root)), limits=LIMITS).stdout
    assert b"readable" in output, "at least itself"
    assert len(output) < LIMITS.kept_output_bytes
    return output


@ROOT_ONLY
def test_the_program_has_an_id_and_no_privilege(box: Box) -> None:
    code = "id -u; id -g; id -G; grep -E 'NoNewPrivs|CapEff|SigIgn' /proc/self/status"
    lines = box.step(code).stdout.decode().split()
    assert lines[:3] == ["64100", "64100", "64100"]
    assert lines[lines.index("NoNewPrivs:") + 1] == "1"
    assert int(lines[lines.index("CapEff:") + 1], 16) == 0


@ROOT_ONLY
def test_files_belong_to_the_program(box: Box) -> None:
    code = "echo more >>a/b/c && rm a/b/c && rmdir a/b a && touch new && cat new"
    command = box.command(code)
    (step,) = box.run(command, files={"a/b/c": b"x"}).steps
    assert (step.exit_code, step.stderr) == (0, b"")


@ROOT_ONLY
@pytest.mark.slow
def test_a_program_of_another_user_sees_nothing_of_the_supervisor(box: Box) -> None:
    output = everything(box)
    assert box.nonce.encode() not in output
    assert (box.root / "tmp" / "guard").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_a_program_of_the_same_user_does_not_find_the_nonce(shared_box: Any) -> None:
    assert shared_box.nonce.encode() not in everything(shared_box)


def test_a_program_of_the_same_user_cannot_look_into_the_supervisor(shared_box: Any) -> None:
    step = shared_box.step("cat /proc/$PPID/environ; ls /proc/$PPID/fd; head -c 1 /proc/$PPID/mem")
    assert step.stdout == b""
    assert step.stderr.count(b"Permission denied") == 3


def test_nobody_can_look_into_a_supervisor_before_it_does_anything(shared_box: Any) -> None:
    """One that waits for the first one's answer has started no process yet."""
    guard = shared_box.root / "tmp" / "guard"
    guard.mkdir()
    os.chown(guard, shared_box.user or -1, -1)
    with shared_box.start() as process:
        process.stdin.write(shared_box.script(shared_box.command("true")).encode())
        process.stdin.close()
        try:
            wait_until(lambda: is_perl(process.pid) and owner(process.pid) == 0)
        finally:
            process.kill()


def is_perl(pid: int) -> bool:
    return Path(f"/proc/{pid}/comm").read_text().startswith("perl")


def owner(pid: int) -> int:
    """Return whose the files on a process are: root's, if its user may not read its memory."""
    return Path(f"/proc/{pid}/environ").stat().st_uid


def test_a_program_of_the_same_user_may_send_it_most_signals(shared_box: Any) -> None:
    step = shared_box.step(
        "for each in HUP INT TERM USR1 CHLD; do kill -$each $PPID; done; echo on"
    )
    assert (step.stdout, step.exit_code) == (b"on\n", 0)


def test_the_program_is_what_the_kernel_takes_first(box: Box) -> None:
    assert box.step("cat /proc/self/oom_score_adj").stdout == b"1000\n"


def test_the_program_of_a_plain_user_is_what_the_kernel_takes_first(shared_box: Any) -> None:
    assert shared_box.step("cat /proc/self/oom_score_adj").stdout == b"1000\n"


def test_the_program_ignores_no_signal(box: Box) -> None:
    step = box.step("grep -E 'Sig(Ign|Blk)' /proc/self/status")
    assert step.stdout.split() == [b"SigBlk:", b"0" * 16, b"SigIgn:", b"0" * 16]


def test_a_program_that_prints_an_envelope_only_prints(box: Box) -> None:
    code = (
        "echo 00000000000000000000000000000000 begin cHl0aG9u; "
        "echo 'command run code=0 cpu=0.0 disk_full=0 host_oom=0 killed=0 peak=- signal=0 "
        "stopped=- waited=- wall=0.0'; echo 'out 0 0 :'; echo 'err 0 0 :'; "
        "echo 00000000000000000000000000000000 end 1; exit 9"
    )
    assert box.step(code).exit_code == 9
