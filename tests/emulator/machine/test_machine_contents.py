"""What stands in a machine: toolchains, packages, a word about them, and what runs need."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import pytest

from daytona_validate._emulator.machines.emulated_machine import EmulatedMachine
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines
from daytona_validate._emulator.machines.folders import MachineFolder
from daytona_validate._emulator.machines.machine_interface import CommandResult
from daytona_validate._emulator.machines.machine_jail import (
    description,
    machine_jail,
    machine_limits,
)
from daytona_validate._errors import ToolchainMissing
from daytona_validate._jails.jail import Bind, Overlay
from daytona_validate._toolchains.packages.packages import PreparedPackages
from daytona_validate._toolchains.record import Toolchain

# What the supervisor of a run does, as far as a jail could forbid it: become the reaper of
# orphans, find and kill them, limit a child and take what it used.
SUPERVISOR = r"""
my $PR_SET_CHILD_SUBREAPER = 36;
print "reaper ", syscall(157, $PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "\n";
my $child = fork;
if (!$child) {
  setpgrp(0, 0);
  my $limit = pack("q2", 64, 64);
  print "limited ", syscall(160, 7, $limit), "\n";
  exec "sh", "-c", "ulimit -n; setsid sleep 60 & exit 7";
}
waitpid($child, 0);
print "exit ", $? >> 8, "\n";
my ($orphan) = grep { $_ } map { open(my $f, "<", $_); split " ", <$f> // "" }
  glob("/proc/$$/task/*/children");
print "found ", ($orphan ? 1 : 0), "\n";
kill 9, $orphan;
my ($status, $usage) = (pack("i", 0), "\0" x 144);
print "reaped ", syscall(61, $orphan, $status, 0, $usage) == $orphan ? 1 : 0, "\n";
print "killed by ", unpack("i", $status) & 127, "\n";
print "pages ", (unpack("q18", $usage))[8] > 0 ? 1 : 0, "\n";
my $now = "\0" x 16;
print "clock ", syscall(228, 1, $now), "\n";
select(undef, undef, undef, 0.01);
print open(my $score, ">", "/proc/self/oom_score_adj") ? "score\n" : "no score: $!\n";
"""


@pytest.mark.jail
async def test_a_machine_tells_what_runs_in_it(machine: EmulatedMachine) -> None:
    runtime = (await machine.read("/opt/daytona-validate/runtime")).decode()
    assert runtime.startswith("shell ")
    environment = await machine.read("/opt/daytona-validate/environment")
    assert environment == b"PATH=/usr/local/bin:/usr/bin:/bin\n"
    done = await machine.execute("echo x >/opt/daytona-validate/runtime")
    assert done.exit_code != 0


@pytest.mark.jail
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are those of x86_64")
async def test_a_supervisor_can_do_its_work(machine: EmulatedMachine) -> None:
    await machine.write("/work/supervisor.pl", SUPERVISOR.encode())
    done = await machine.execute("perl /work/supervisor.pl")
    assert done.output.decode().splitlines() == [
        *("reaper 0", "limited 0", "64", "exit 7", "found 1", "reaped 1", "killed by 9"),
        *("pages 1", "clock 0", "no score: Read-only file system"),
    ]


class Only:
    """The toolchains of a machine that has but one."""

    def __init__(self, name: str, whole: Any) -> None:
        self._name = name
        self._whole = whole

    async def prepare(self, name: str) -> Toolchain:
        if name != self._name:
            raise ToolchainMissing(f"There is no {name} here.")
        found: Toolchain = await self._whole.prepare(name)
        return found


@pytest.mark.jail
@pytest.mark.slow
async def test_only_the_first_language_must_be_here(
    machines: EmulatedMachines, caplog: pytest.LogCaptureFixture
) -> None:
    """Else a default sandbox could not be had where Python is, but no Node."""
    only: Any = Only("python", machines._toolchains)
    lacking = EmulatedMachines(
        *(machines._runner, machines._launcher, machines._folders),
        trees=machines._trees,
        toolchains=only,
        packages=machines._packages,
    )
    for number in range(2):
        made = await lacking.make(
            f"lacking-{number}",
            languages=("python", "javascript"),
            memory_mib=256,
            disk_mib=8,
        )
        assert (await made.execute("python3 -c 'print(1)'; command -v node")).output == b"1\n"
        await made.remove()
    assert [each.getMessage() for each in caplog.records] == [
        "Emulated machines are made without node: There is no node here."
    ]
    with pytest.raises(ToolchainMissing):
        await lacking.make("js", languages=("javascript", "python"), memory_mib=256, disk_mib=8)


@pytest.mark.jail
@pytest.mark.slow
async def test_a_machine_has_the_commands_of_its_language(machines: EmulatedMachines) -> None:
    made = await machines.make("py", languages=("python",), memory_mib=256, disk_mib=8)
    assert (await made.read("/opt/daytona-validate/runtime")).startswith(b"python 3.")
    done = await made.execute("python3 -c 'import json; print(json.dumps(1))'")
    assert done == CommandResult(0, b"1\n")
    await made.remove()


@pytest.mark.jail
@pytest.mark.slow
async def test_a_network_is_not_to_be_had(machine: EmulatedMachine) -> None:
    done = await machine.execute("cat /proc/net/dev | tail -n +3 | cut -d: -f1")
    assert done.output.split() == [b"lo"]


def _toolchain(name: str, **environment: str) -> Toolchain:
    return Toolchain(
        name=name,
        version="1.2",
        binds=(Bind(f"/cache/{name}", f"/opt/{name}"), Bind("/cache/shared", "/opt/shared")),
        links=((f"/opt/{name}/run", f"/usr/local/bin/{name}"), ("/opt/shared/x", "/shared")),
        environment=environment,
        overlays=(Overlay("/cache/warm", "/opt/warm"),),
    )


def test_several_toolchains_stand_side_by_side() -> None:
    jail = machine_jail(
        [_toolchain("a", BOTH="of a", ONE="1"), _toolchain("b", BOTH="of b", TWO="2")],
        PreparedPackages((Bind("/cache/p", "/opt/p"),), {"PACKAGES": "/opt/p"}),
        MachineFolder(Path("/cache/machines/x/y")),
        perl=Bind("/usr/bin/perl", "/usr/local/bin/perl"),
        limits=machine_limits(memory_mib=100, disk_mib=10),
        reserved_mib=7,
    )
    assert [each.target for each in jail.binds] == [
        *("/opt/a", "/opt/shared", "/opt/b", "/opt/p"),
        *("/opt/daytona-validate", "/opt/daytona-validate.fresh/opt/warm", "/usr/local/bin/perl"),
    ]
    assert [path for _, path in jail.links] == ["/usr/local/bin/a", "/shared", "/usr/local/bin/b"]
    assert [each.target for each in jail.overlays] == ["/opt/warm"]
    assert [each.target for each in jail.lasting] == ["/work", "/tmp", "/home/daytona"]
    assert jail.environment == {
        "HOME": "/home/daytona",
        "BOTH": "of a",
        "ONE": "1",
        "TWO": "2",
        "PACKAGES": "/opt/p",
    }
    assert (jail.limits.memory_mib, jail.limits.disk_mib, jail.reserved_mib) == (100, 10, 7)


def test_the_description_is_that_of_our_snapshots() -> None:
    about = description(_toolchain("node", NODE_X="a=b c"), PreparedPackages((), {"P": "/p"}))
    assert about == {
        "runtime": "node 1.2\n",
        "environment": "PATH=/usr/local/bin:/usr/bin:/bin\nNODE_X=a=b c\nP=/p\n",
    }


@pytest.mark.jail
@pytest.mark.slow
async def test_several_languages_and_what_they_bring(machines: EmulatedMachines) -> None:
    """What binds, links and overlays of several toolchains cannot be, is seen here."""
    made = await machines.make(
        "both", languages=("javascript", "python"), memory_mib=512, disk_mib=64
    )
    assert (await made.read("/opt/daytona-validate/runtime")).startswith(b"node ")
    done = await made.execute("node -p 1+1; python3 -c 'print(3)'")
    assert done == CommandResult(0, b"2\n3\n")
    await made.remove()
