"""The system calls that a jail is refused, as a program for the kernel's filter.

A list of what is denied, not of what is allowed: every runtime must run, and the jail has no
capabilities anyway. What is denied is the kernel's wide and seldom walked ground (keys, BPF,
io_uring, performance counters), what looks into other processes, what makes namespaces or
mounts, and what types into a terminal. System calls of other architectures, x32 included, end
the program: their numbers would pass the filter.
"""

from __future__ import annotations

import errno
import importlib
import os
import platform
import termios
from types import ModuleType
from typing import Any

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.call_numbers import LATER, absent_above_highest
from daytona_validate._jails.wheels import install_line
from daytona_validate._reason import Reason

MISSING = (
    "System calls cannot be filtered here ({reason}), so nothing is run. "
    f"Install what does it: {install_line('local')}; apt-get install libseccomp2."
)

DENIED = (
    "add_key keyctl request_key bpf perf_event_open userfaultfd ptrace kcmp pidfd_getfd "
    "process_vm_readv process_vm_writev process_madvise move_pages migrate_pages "
    "mount umount umount2 pivot_root chroot mount_setattr move_mount open_tree open_tree_attr "
    "fsopen fsconfig fsmount fspick unshare setns name_to_handle_at open_by_handle_at "
    "fanotify_init quotactl quotactl_fd swapon swapoff acct reboot kexec_load kexec_file_load "
    "init_module finit_module delete_module create_module syslog lookup_dcookie nfsservctl "
    "settimeofday clock_settime clock_adjtime adjtimex iopl ioperm modify_ldt uselib vhangup "
    "sethostname setdomainname memfd_secret ustat sysfs"
)
"""Answered with EPERM."""

ABSENT = (
    "io_uring_setup io_uring_enter io_uring_register clone3 io_setup "
    "mbind get_mempolicy set_mempolicy set_mempolicy_home_node "
    "statmount listmount lsm_get_self_attr lsm_set_self_attr lsm_list_modules"
)
"""Answered with ENOSYS, upon which libuv, libnuma and the C library take an older way. The flags
of `clone3` lie in memory, where a filter cannot look; what `io_setup` gives is counted for the
whole host, root included."""

_NAMESPACE_FLAGS = {
    "CLONE_NEWNS": 0x00020000,
    "CLONE_NEWCGROUP": 0x02000000,
    "CLONE_NEWUTS": 0x04000000,
    "CLONE_NEWIPC": 0x08000000,
    "CLONE_NEWUSER": 0x10000000,
    "CLONE_NEWPID": 0x20000000,
    "CLONE_NEWNET": 0x40000000,
}
_NEW_TIME = 0x80
"""For `clone` that is no flag, but a part of a signal's number."""
UNSHARE = "unshare"
_OF_ROOT = ("CLONE_NEWNET", "CLONE_NEWIPC")
"""What root of a jail with other users may have anew."""
_TIOCLINUX = 0x541C
_UINT = 0xFFFFFFFF
_SOCKET_FAMILIES = (1, 2, 10, 16)
"""AF_UNIX, AF_INET, AF_INET6 and AF_NETLINK, with which the C library lists interfaces."""
_NETLINK, _NETLINK_ROUTE = 16, 0
_SET_DUMPABLE = 4
MOST_SEGMENT_BYTES = 4096
"""Of a segment of System V's shared memory where nothing counts it: there may be 4,096 of them, and
one that nobody has mapped is to be seen by nobody outside."""


def seccomp_program(
    *, makes_spaces: bool = False, may_hide: bool = False, counts_memory: bool = True
) -> bytes:
    """Compile the filter; it takes some ms and serves all jails.

    Args:
        makes_spaces: Whether a namespace may be made for the network, or for what processes share
            with one another, and no other one: for jails with a root of their own.
        may_hide: Whether a process may close its memory and descriptors to others of its user, and
            so to what watches a plain user's jails: for a machine, which nobody watches.
        counts_memory: Whether a control group counts the memory that it takes.

    Raises:
        SandboxUnavailable: libseccomp is not there; the message has the line that installs it.
    """
    try:
        library = importlib.import_module("pyseccomp")
    except (ImportError, RuntimeError, OSError) as error:
        raise SandboxUnavailable(
            MISSING.format(reason=error), reason=Reason.NO_ISOLATION
        ) from error
    rules = library.SyscallFilter(library.ALLOW)
    rules.set_attr(library.Attr.ACT_BADARCH, library.KILL_PROCESS)
    _deny_calls(library, rules, UNSHARE if makes_spaces else "")
    if makes_spaces:
        refused = {name: flag for name, flag in _NAMESPACE_FLAGS.items() if name not in _OF_ROOT}
        for flag in (*refused.values(), _NEW_TIME):
            other = library.Arg(0, library.MASKED_EQ, flag, flag)
            rules.add_rule(library.ERRNO(errno.EPERM), UNSHARE, other)
    _deny_arguments(library, rules)
    if not may_hide:
        rules.add_rule(
            library.ERRNO(errno.EPERM),
            "prctl",
            library.Arg(0, library.MASKED_EQ, _UINT, _SET_DUMPABLE),
            library.Arg(1, library.EQ, 0),
        )
    if not counts_memory:
        too_large = library.Arg(1, library.GT, MOST_SEGMENT_BYTES)
        rules.add_rule(library.ERRNO(errno.EINVAL), "shmget", too_large)  # as above SHMMAX
    return _compiled(rules)


def _deny_calls(library: ModuleType, rules: Any, but: str) -> None:  # noqa: ANN401 - an untyped library
    for names, number in ((DENIED, errno.EPERM), (ABSENT, errno.ENOSYS)):
        for name in names.split():
            call = _call(library, name)
            if name != but and call >= 0:
                rules.add_rule(library.ERRNO(number), call)


def _deny_arguments(library: ModuleType, rules: Any) -> None:  # noqa: ANN401 - as above
    refused = library.ERRNO(errno.EPERM)
    for flag in _NAMESPACE_FLAGS.values():
        rules.add_rule(refused, "clone", library.Arg(0, library.MASKED_EQ, flag, flag))
    for request in (termios.TIOCSTI, _TIOCLINUX):
        # The kernel reads 32 bits of the request: comparing 64 could be got around.
        rules.add_rule(refused, "ioctl", library.Arg(1, library.MASKED_EQ, _UINT, request))
    rules.add_rule(refused, "personality", library.Arg(0, library.NE, _UINT))  # but may be asked
    unknown = library.ERRNO(errno.EAFNOSUPPORT)
    last = max(_SOCKET_FAMILIES)
    rules.add_rule(unknown, "socket", library.Arg(0, library.GT, last))
    for family in set(range(last)) - set(_SOCKET_FAMILIES):
        rules.add_rule(unknown, "socket", library.Arg(0, library.EQ, family))
    absent = library.ERRNO(errno.EPROTONOSUPPORT)
    protocol = library.Arg(2, library.NE, _NETLINK_ROUTE)
    rules.add_rule(absent, "socket", library.Arg(0, library.EQ, _NETLINK), protocol)


def _call(library: ModuleType, name: str) -> int:
    """Return a call's number; negative: this architecture does not have it."""
    number: int = library.resolve_syscall(library.system_arch(), name)
    return number if number >= 0 else LATER.get(name, number)


def _compiled(rules: Any) -> bytes:  # noqa: ANN401 - as above
    with os.fdopen(os.memfd_create("filter"), "w+b") as file:
        rules.export_bpf(file)
        file.seek(0)
        return absent_above_highest(platform.machine()) + file.read()
