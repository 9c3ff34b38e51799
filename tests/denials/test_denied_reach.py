"""What a jail cannot reach: the network, the host's files, its processes and its descriptors."""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from daytona_validate._models import Step

pytestmark = pytest.mark.jail

Run = Callable[..., Awaitable[Step]]

_CONNECT = """
import socket
for host, port in {targets!r}:
    try:
        socket.create_connection((host, port), timeout=2)
        print("REACHED", host)
    except OSError as error:
        print(host, type(error).__name__)
"""


async def test_no_host_is_reached_the_metadata_service_neither(python: Run) -> None:
    """Reach a server of this machine's on loopback, by IPv4, IPv6 and by name.

    Happens: it is not the machine's loopback.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        own = server.getsockname()[1]
        targets = [
            *(("169.254.169.254", 80), ("1.1.1.1", 53), ("10.0.0.1", 80), ("example.org", 80)),
            *(("127.0.0.1", own), ("::1", own), ("localhost", own)),
        ]
        step = await python(_CONNECT.format(targets=targets))
    assert step.exit_code == 0, step.stderr
    assert b"REACHED" not in step.stdout
    assert len(step.stdout.splitlines()) == len(targets)


async def test_abstract_sockets_of_the_host_are_not_reached(python: Run) -> None:
    """Reach a socket of the host that has a name and no file (an abstract one).

    Happens: refused: only a network namespace hides them.
    """
    name = "\0daytona-validate-test"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        step = await python(
            f"import socket; socket.socket(socket.AF_UNIX).connect({name!r}); print('REACHED')"
        )
    assert b"ConnectionRefusedError" in step.stderr


async def test_only_what_is_bound_exists(shell: Run) -> None:
    """List all folders.

    Happens: only the system's commands, libraries and a few files of `/etc` are there.
    """
    step = await shell("ls -A /; ls -A /usr /etc /dev")
    seen = set(step.stdout.decode().split())
    top = {"bin", "dev", "etc", "lib", "lib64", "proc", "run", "sbin", "tmp", "usr", "var", "work"}
    below = {"lib", "lib64", "share", "bin", "/usr:", "/etc:", "/dev:"}
    etc = {"group", "hostname", "hosts", "nsswitch.conf", "passwd", "resolv.conf", "ssl"}
    etc |= {"os-release", "protocols", "services", "terminfo"}
    dev = {"fd", "null", "random", "shm", "stderr", "stdin", "stdout", "urandom", "zero"}
    dev |= {"core", "full", "ptmx", "pts", "tty"}
    assert seen <= top | below | etc | dev


@pytest.mark.parametrize(
    "path",
    ["/etc/shadow", "/root", "/home", "/var/log", "/sys", "/boot", "/mnt", "/proc/1/root/root"],
)
async def test_host_files_are_not_there(shell: Run, path: str) -> None:
    """Read files of the host from a shell.

    Happens: they are not there.
    """
    step = await shell(f"ls {path}; cat {path}")
    assert step.stdout == b""
    assert step.exit_code != 0


async def test_a_link_out_of_the_work_folder_leads_nowhere(shell: Run) -> None:
    """Follow a link, or `..`, out of the work folder.

    Happens: nothing is there.
    """
    step = await shell("ln -s /../../../../etc/shadow here; cat here; cat ../../etc/shadow")
    assert step.stdout == b""


@pytest.mark.parametrize(
    "path",
    ["/x", "/usr/x", "/usr/bin/x", "/etc/passwd", "/run/x", "/dev/x", "/proc/x", "/lib/x"],
)
async def test_nothing_outside_the_work_folder_can_be_written(shell: Run, path: str) -> None:
    """Write to a file of the system, or make one.

    Happens: refused.
    """
    step = await shell(f"echo x >>{path}")
    assert step.exit_code != 0


@pytest.mark.parametrize(
    "path",
    [
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/vm/drop_caches",
        "/proc/sys/vm/panic_on_oom",
        "/proc/sysrq-trigger",
        "/proc/self/uid_map",
        "/proc/self/oom_score_adj",
        "/proc/1/oom_score_adj",
    ],
)
async def test_host_settings_cannot_even_be_opened(shell: Run, path: str) -> None:
    """Open a setting of the host's kernel for writing (`/proc/sys`, `/proc/sysrq-trigger`).

    Happens: refused; the tests only open them, never write.
    """
    step = await shell(f"[ ! -e {path} ] || : >>{path}")
    assert step.exit_code != 0 or not Path(path).exists()


async def test_only_its_own_processes_are_seen(shell: Run) -> None:
    """List the processes of the host.

    Happens: only its own are seen.
    """
    step = await shell("ls -d /proc/[0-9]* | wc -l")
    assert int(step.stdout) < 10


async def test_an_inheritable_descriptor_does_not_leak(shell: Run, tmp_path: Path) -> None:
    """Read a file that who validates has open and would let its children inherit.

    Happens: it is not handed on.
    """
    secret = tmp_path / "secret"
    secret.write_text("very-secret")
    descriptor = os.open(secret, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    try:
        step = await shell("for each in /proc/*/fd/*; do readlink $each; done; cat <&3")
    finally:
        os.close(descriptor)
    assert b"secret" not in step.stdout


async def test_descriptors_are_the_three_streams(python: Run) -> None:
    """Use a descriptor that was left open.

    Happens: there are three: stdin, stdout, stderr.
    """
    step = await python("import os; print(sorted(map(int, os.listdir('/proc/self/fd')))[:-1])")
    assert step.stdout == b"[0, 1, 2]\n"


async def test_it_is_nobody_with_nothing(shell: Run) -> None:
    """Use a capability, a group, or the user's name.

    Happens: it is nobody (65534), in no group, without any capability.
    """
    step = await shell("id; hostname; grep -E '^(Cap|NoNewPrivs|Groups)' /proc/self/status")
    text = step.stdout.decode()
    assert "uid=65534(sandbox) gid=65534(sandbox)" in text
    assert "\nsandbox\n" in text
    assert "NoNewPrivs:\t1" in text
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert f"{name}:\t0000000000000000" in text


async def test_there_is_no_terminal(shell: Run) -> None:
    """Open the terminal of who validates.

    Happens: there is none.
    """
    step = await shell("tty; : </dev/tty; echo opened")
    assert b"opened" not in step.stdout


async def test_no_program_gives_more_rights(shell: Run) -> None:
    """Gain rights by a set-user-ID program of the host's.

    Happens: no mount lets one work (`nosuid`).
    """
    step = await shell("cat /proc/self/mountinfo")
    mounts = step.stdout.decode().splitlines()
    assert len(mounts) > 10
    assert all("nosuid" in line.split(" ")[5].split(",") for line in mounts)


async def test_what_the_first_process_tells_us_cannot_be_forged(shell: Run) -> None:
    """Write a note in the name of the sandbox's first process, so that its failure is excused.

    Happens: a socket that nobody can open.
    """
    step = await shell(
        "readlink /proc/1/fd/3; "
        "(: >/proc/1/fd/3) || echo refused; (: </proc/1/fd/3) || echo refused"
    )
    kind, *answers = step.stdout.decode().split()
    assert kind.startswith("socket:")
    assert answers == ["refused", "refused"]


async def test_what_usual_programs_need_is_allowed(python: Run) -> None:
    """A filter that refuses all would pass every other test here."""
    step = await python(
        "import ctypes, platform, socket\n"
        "for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK):\n"
        "    socket.socket(family, socket.SOCK_DGRAM).close()\n"
        "call = 92 if platform.machine() == 'aarch64' else 135\n"
        "print(ctypes.CDLL(None).syscall(call, ctypes.c_long(0xFFFFFFFF)))"
    )
    assert step.stdout == b"0\n", step.stderr
