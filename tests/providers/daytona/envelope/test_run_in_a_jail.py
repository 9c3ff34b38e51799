"""A run without perl where /proc is read-only, as in many a container."""

from __future__ import annotations

import pytest

from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Limits, Stage
from daytona_validate._providers.daytona.envelope.answer import read_answer
from daytona_validate._providers.daytona.envelope.command import Places, TimedCommand
from daytona_validate._providers.daytona.envelope.run_script import run_script

NONCE = "0123456789abcdef"


@pytest.mark.jail
@pytest.mark.slow
async def test_what_the_shell_may_not_do_is_not_in_what_the_program_said(
    jail_runner: JailRunner,
) -> None:
    script = run_script(
        [TimedCommand(Stage.RUN, ("sh", "-c", "echo out; echo err >&2; exit 3"), 10)],
        files={},
        stdin=b"",
        environment={},
        limits=Limits(),
        reserved_mib=0,
        nonce=NONCE,
        places=Places(ours="/work/ours"),
    )
    # More than the program may have: without a cgroup these bound the supervisor as well.
    ample = Limits(memory_mib=1024, processes=1024, open_files=1024, disk_mib=128, timeout_s=60)
    jail = Jail(argv=("sh",), limits=ample, files={"ours/runtime": b"sh 1\n"})
    printed = await jail_runner.run(jail, timeout_s=30, stdin=script.encode())
    (step,) = read_answer(printed.stdout.decode(), nonce=NONCE, limits=Limits()).steps
    assert (step.exit_code, step.stdout, step.stderr) == (3, b"out\n", b"err\n")
