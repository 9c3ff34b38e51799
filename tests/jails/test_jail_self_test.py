"""What the self-test lets pass, what it refuses, and what it then advises."""

from __future__ import annotations

import importlib
import os
import pwd
from dataclasses import replace
from pathlib import Path

import pytest

from daytona_validate._core.printable import ONE_LINE_CHARACTERS, one_line
from daytona_validate._errors import SandboxLost, SandboxUnavailable
from daytona_validate._jails import seccomp
from daytona_validate._jails.bubblewrap import Bubblewrap, bubblewrap, unprivileged_ids
from daytona_validate._jails.cgroups import Cgroups
from daytona_validate._jails.jail import Jail
from daytona_validate._jails.runner import JailRunner
from daytona_validate._jails.self_test import (
    faults,
    prove,
    self_test_jail,
)
from daytona_validate._jails.start_advice import OF_CONTAINERS, SETTINGS, start_advice
from daytona_validate._models import Limits, Step
from daytona_validate._reason import Reason

GOOD = """\
terminals ptmx
descriptors 0 1 2
CapBnd 0000000000000000
CapEff 0000000000000000
NoNewPrivs 1
Seccomp 2
interface lo
environment HOME=/work
environment PATH=/usr/bin
forks 1
finished
"""


def test_a_good_report_has_no_faults() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        (GOOD + "writable /proc/sys/vm/drop_caches\n", "drop_caches can be written"),
        (GOOD + "interface eth0\n", "interface eth0 can be seen"),
        (GOOD + "environment API_KEY=x\n", "API_KEY leaks in"),
        (GOOD.replace("descriptors 0 1 2", "descriptors 0 1 2 7"), "descriptors is"),
        (GOOD.replace("terminals ptmx", "terminals 0\nptmx"), "terminals is"),
        (GOOD.replace("CapEff 0000", "CapEff 00ff"), "CapEff is"),
        (GOOD.replace("Seccomp 2\n", ""), "Seccomp is None"),
        (GOOD.replace("NoNewPrivs 1", "NoNewPrivs 0"), "NoNewPrivs is"),
        (GOOD.replace("forks 1", "forks 64"), "processes is not enforced"),
        (GOOD.replace("finished\n", ""), "did not come to its end"),
        ("", "did not come to its end"),
    ],
)
def test_each_fault_is_named(changed: str, fault: str) -> None:
    assert any(fault in each for each in faults(changed))


@pytest.mark.jail
async def test_the_report_of_a_real_jail_is_good(jail_runner: JailRunner) -> None:
    step = await jail_runner.run(self_test_jail(), timeout_s=10)
    assert faults(step.stdout.decode()) == []


@pytest.mark.jail
async def test_a_real_hole_is_found(jail_runner: JailRunner) -> None:
    """A jail with too few processes and something in its environment, as the self-test sees it."""
    jail = self_test_jail()
    open_jail = Jail(argv=jail.argv, limits=Limits(processes=64), environment={"LEAK": "1"})
    step = await jail_runner.run(open_jail, timeout_s=10)
    found = " ".join(faults(step.stdout.decode()))
    assert "LEAK leaks in" in found
    assert "processes is not enforced" in found


@pytest.mark.jail
async def test_bubblewrap_that_cannot_start_a_jail_is_refused_with_advice(
    jail_runner: JailRunner,
) -> None:
    broken = JailRunner(
        jail_runner._host.__class__(
            cache=jail_runner.cache,
            bubblewrap=Bubblewrap(Path("/bin/false"), jail_runner._host.bubblewrap.run_as),
            base=jail_runner.base,
            seccomp=jail_runner._host.seccomp,
            watched_seccomp=jail_runner._host.watched_seccomp,
            highest=jail_runner._host.highest,
        ),
        Cgroups(()),
    )
    with pytest.raises(SandboxUnavailable, match="No sandbox can be started here"):
        await prove(broken.run)


# As bubblewrap 0.11 said it on Debian 13, by setting: kernel.unprivileged_userns_clone=0, and
# user.max_user_namespaces=0; and in a container of systemd-nspawn.
REFUSALS = (
    (
        "bwrap: No permissions to creating new namespace, likely because the kernel does not allow "
        "non-privileged user namespaces. On e.g. debian this can be enabled with 'sysctl "
        "kernel.unprivileged_userns_clone=1'."
    ),
    (
        "bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces "
        "exceeded (ENOSPC)"
    ),
    "bwrap: Can't mount proc on /newroot/proc: Operation not permitted",
)


@pytest.mark.parametrize("words", REFUSALS)
async def test_the_way_out_is_not_cut_off_where_doctor_shows_one_line(words: str) -> None:
    async def refused(_jail: Jail, /, *, timeout_s: float) -> Step:
        assert timeout_s > 0
        raise SandboxLost(f"Bubblewrap made no jail: {words}")

    with pytest.raises(SandboxUnavailable) as raised:
        await prove(refused)
    shown = one_line(str(raised.value))
    all_advice = [
        start_advice(settings, kind)
        for settings in ({}, *({name: forbids} for name, forbids, *_ in SETTINGS))
        for kind in (None, *OF_CONTAINERS)
    ]
    assert any(each in shown for each in all_advice)
    assert max(map(len, all_advice)) < ONE_LINE_CHARACTERS - 40
    assert words[:40] in shown


@pytest.mark.jail
async def test_a_test_that_has_not_ended_in_time_says_nothing_of_isolation(
    jail_runner: JailRunner,
) -> None:
    """It may be the machine's load: whoever gets advice on containers then looks in vain."""

    async def hurried(jail: Jail, /, *, timeout_s: float) -> Step:
        return await jail_runner.run(replace(jail, argv=("sleep", "60")), timeout_s=timeout_s / 300)

    with pytest.raises(SandboxUnavailable, match="Try again") as raised:
        await prove(hurried)
    assert (raised.value.reason, raised.value.retryable) == (Reason.STARVED, True)


def test_a_machine_without_bubblewrap_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(SandboxUnavailable, match="pip install"):
        bubblewrap(tmp_path, find=lambda _: None)


def test_a_machine_without_libseccomp_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def absent(_: str) -> None:
        raise RuntimeError("Unable to find libseccomp")

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(SandboxUnavailable, match="apt-get install libseccomp2"):
        seccomp.seccomp_program()


def test_the_unprivileged_id_belongs_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    first = unprivileged_ids()[0]
    assert first not in (0, 65534, os.getuid())
    taken = pwd.struct_passwd(("someone", "x", first, first, "", "/", "/bin/sh"))
    monkeypatch.setattr(pwd, "getpwall", lambda: [taken])
    assert unprivileged_ids()[0] != first
