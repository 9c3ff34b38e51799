"""Shells differ in how they read a script, and in nothing that comes after: one run in each."""

from __future__ import annotations

from typing import Any

from daytona_validate._models import Stage
from daytona_validate._providers.daytona.envelope.command import TimedCommand

CODE = b"""\
cat "$1"; cat; env | grep ^NAME; tail -c 4 main.sh >&2; exit 3
"""
CODE += b"#" * 100_000 + b"end\n"
FILES = {"main.sh": CODE, "a $b/c'd\n": b"file \0\xff\n_\n.\nend\n"}


def test_a_shell_hands_on_all_that_was_sent_and_runs_it_once(any_box: Any) -> None:
    commands = (
        any_box.command("echo ran >>runs", stage=Stage.COMPILE),
        TimedCommand(Stage.RUN, ("sh", "./main.sh", "a $b/c'd\n"), 20),
    )
    script = any_box.script(
        *commands, files=FILES, stdin=b"in\0\n", environment={"NAME": "`echo` $$\\"}
    )
    first, second = any_box.send(script), any_box.send(script)
    assert first == second
    compiled, ran = any_box.read(first).steps
    assert (compiled.exit_code, ran.exit_code) == (0, 3)
    assert ran.stdout == b"file \0\xff\n_\n.\nend\nin\0\nNAME=`echo` $$\\\n"
    assert ran.stderr == b"end\n"
    assert (any_box.work / "runs").read_text() == "ran\n"
