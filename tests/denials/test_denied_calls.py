"""System calls that a jail is refused, each tried for real from inside one."""

from __future__ import annotations

import asyncio
import errno
import json
import platform
from collections.abc import Awaitable, Callable

import pytest

from daytona_validate._jails.runner import JailRunner
from daytona_validate._models import Step
from daytona_validate._toolchains.record import Toolchain
from jail_with import jail_with

pytestmark = pytest.mark.jail

Run = Callable[..., Awaitable[Step]]

_PROBES = r"""
import ctypes, errno, fcntl, json, os, platform, socket
libc = ctypes.CDLL(None, use_errno=True)
arm = platform.machine() == "aarch64"
number = lambda intel, other: other if arm else intel

def tried(function, *arguments):
    ctypes.set_errno(0)
    return ctypes.get_errno() if function(*arguments) == -1 else 0

def call(*arguments):
    return tried(libc.syscall, *map(ctypes.c_long, arguments))

def opened(family, kind=socket.SOCK_STREAM, protocol=0):
    try:
        socket.socket(family, kind, protocol).close()
    except OSError as error:
        return error.errno
    return 0

def typed(request):
    for descriptor in (0, 1, 2):
        try:
            fcntl.ioctl(descriptor, request, b"x")
        except OSError as error:
            return error.errno
    return 0

namespaces = dict(user=0x10000000, mount=0x20000, net=0x40000000, pid=0x20000000,
                  ipc=0x08000000, uts=0x04000000, cgroup=0x02000000, time=0x80)
found = {f"unshare {name}": tried(libc.unshare, flag) for name, flag in namespaces.items()}
for name, flag in namespaces.items():
    if name != "time":
        found[f"clone {name}"] = call(number(56, 220), flag | 17, 0, 0, 0, 0)
found |= {
    "clone3": call(435, 0, 0),
    "setns": tried(libc.setns, os.open("/proc/self/ns/net", os.O_RDONLY), 0),
    "mount": tried(libc.mount, b"none", b"/tmp", b"tmpfs", 0, None),
    "umount": tried(libc.umount2, b"/proc", 2),
    "pivot_root": call(number(155, 41), 0, 0),
    "chroot": tried(libc.chroot, b"/tmp"),
    "open_tree": call(428, -100, 0, 1),
    "fsopen": call(430, 0, 0),
    "ptrace": tried(libc.ptrace, 16, 1, 0, 0),
    "process_vm_readv": call(number(310, 270), 1, 0, 0, 0, 0, 0),
    "process_vm_writev": call(number(311, 271), 1, 0, 0, 0, 0, 0),
    "pidfd_getfd": call(438, 0, 0, 0),
    "keyctl": call(number(250, 219), 0, -3, 0, 0, 0),
    "add_key": call(number(248, 217), 0, 0, 0, 0, 0),
    "bpf": call(number(321, 280), 0, 0, 0),
    "perf_event_open": call(number(298, 241), 0, 0, -1, -1, 0),
    "userfaultfd": call(number(323, 282), 0),
    "io_uring_setup": call(425, 1, 0),
    "kexec_load": call(number(246, 104), 0, 0, 0, 0),
    "init_module": call(number(175, 105), 0, 0, 0),
    "swapon": call(number(167, 224), 0, 0),
    "reboot": call(number(169, 142), 0, 0, 0, 0),
    "sethostname": tried(libc.sethostname, b"other", 5),
    "clock_settime": call(number(227, 112), 0, 0),
    "open_by_handle_at": call(number(304, 265), -100, 0, 0),
    "personality": call(number(135, 92), 0x0400000),
    "TIOCSTI": typed(0x5412),
    "TIOCSTI with high bits": call(number(16, 29), 0, 0x1_0000_5412, 0),
    "TIOCLINUX": typed(0x541C),
    "AF_ALG": opened(38, socket.SOCK_SEQPACKET),
    "AF_VSOCK": opened(40),
    "AF_PACKET": opened(17, socket.SOCK_RAW),
    "AF_BLUETOOTH": opened(31),
    "AF_APPLETALK": opened(5, socket.SOCK_DGRAM),
    "AF_ALG with high bits": call(number(41, 198), 0x1_0000_0026, 5, 0),
    "raw socket": opened(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    "allowed: query of personality": call(number(135, 92), 0xFFFFFFFF),
    "allowed: unix socket": opened(socket.AF_UNIX),
    "allowed: inet socket": opened(socket.AF_INET),
}
print(json.dumps(found))
"""

_NAMESPACES = ("user", "mount", "net", "pid", "ipc", "uts", "cgroup")
_NOT_PERMITTED = (
    *(f"unshare {name}" for name in (*_NAMESPACES, "time")),
    *(f"clone {name}" for name in _NAMESPACES),
    *("setns", "mount", "umount", "pivot_root", "chroot", "open_tree", "fsopen", "ptrace"),
    *("process_vm_readv", "process_vm_writev", "pidfd_getfd", "keyctl", "add_key", "bpf"),
    *("perf_event_open", "userfaultfd", "kexec_load", "init_module", "swapon", "reboot"),
    *("sethostname", "clock_settime", "open_by_handle_at", "personality", "TIOCSTI"),
    *("TIOCSTI with high bits", "TIOCLINUX", "raw socket"),
)
_EXPECTED = {
    **dict.fromkeys(_NOT_PERMITTED, errno.EPERM),
    **dict.fromkeys(("io_uring_setup", "clone3"), errno.ENOSYS),
    **dict.fromkeys(
        ("AF_ALG", "AF_VSOCK", "AF_PACKET", "AF_BLUETOOTH", "AF_APPLETALK"), errno.EAFNOSUPPORT
    ),
    "AF_ALG with high bits": errno.EAFNOSUPPORT,
    "allowed: query of personality": 0,
    "allowed: unix socket": 0,
    "allowed: inet socket": 0,
}


@pytest.fixture(scope="module")
def answers(jail_runner: JailRunner, python_toolchain: Toolchain) -> dict[str, int]:
    """What each probe got, as errno: all of them from one jail."""
    jail = jail_with(
        python_toolchain, ("python3", "-s", "main.py"), files={"main.py": _PROBES.encode()}
    )
    step = asyncio.run(jail_runner.run(jail, timeout_s=20))
    assert step.exit_code == 0, step.stderr.decode()
    found: dict[str, int] = json.loads(step.stdout)
    return found


@pytest.mark.parametrize("probe", _EXPECTED)
def test_the_kernel_answers_as_the_filter_says(answers: dict[str, int], probe: str) -> None:
    assert errno.errorcode.get(answers[probe]) == errno.errorcode.get(_EXPECTED[probe])


def test_every_probe_is_judged(answers: dict[str, int]) -> None:
    assert set(answers) == set(_EXPECTED)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="x32 belongs to x86_64")
async def test_calls_of_x32_end_the_program(python: Run) -> None:
    """Their numbers would pass a filter that looks only at the native ones."""
    step = await python("import ctypes; ctypes.CDLL(None).syscall(0x40000000 + 39); print('alive')")
    assert (step.signal, step.stdout) == (31, b"")
