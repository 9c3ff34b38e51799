"""Simulates macOS and Windows on Linux: what these systems lack is taken away.

    python tests/shared/other_system.py darwin|win32 ARGUMENT...
    python tests/shared/other_system.py darwin|win32 --program FILE ARGUMENT...

runs the command line so, or a Python program. Nothing else of those systems is simulated: their
files, processes and terminals behave as Linux's. What is missing in their Python raises here as it
does there, when it is imported, looked up or called.
"""

from __future__ import annotations

import asyncio
import errno
import importlib
import os
import runpy
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import NoReturn

OURS = "daytona_validate"

LOADED_BEFORE = [
    "anyio",
    "asyncio",
    "click",
    "click._termui_impl",
    "concurrent.futures.thread",
    "ctypes",
    "h11",
    "httpcore",
    "httptools",
    "httpx",
    "logging.handlers",
    "mimetypes",
    "multiprocessing",
    "pathlib",
    "platform",
    "pydantic_settings",
    "rich.console",
    "rich.progress",
    "shutil",
    "sqlite3",
    "ssl",
    "subprocess",
    "tempfile",
    "tenacity",
    "urllib.request",
    "uuid",
    "webbrowser",
    "anyio._backends._asyncio",
    "rich.table",
]
"""Others' modules, which choose by `sys.platform` what they import; here they are Linux's."""

_MACS_OS = [
    "O_PATH",
    "eventfd",
    "getrandom",
    "memfd_create",
    "pidfd_open",
    "posix_fadvise",
    "sched_getaffinity",
    "sched_setaffinity",
    "setns",
    "unshare",
    "MFD_CLOEXEC",
    "copy_file_range",
    "getxattr",
    "listxattr",
    "removexattr",
    "setxattr",
    "setresuid",
]
_WINDOWS_OS = [
    "chown",
    "chroot",
    "fchmod",
    "fchown",
    "fork",
    "forkpty",
    "fork_exec",
    "getegid",
    "geteuid",
    "getgid",
    "getgroups",
    "getloadavg",
    "getpgid",
    "getpgrp",
    "getsid",
    "getuid",
    "killpg",
    "lchown",
    "mkfifo",
    "mknod",
    "nice",
    "openpty",
    "posix_spawn",
    "pread",
    "pwrite",
    "register_at_fork",
    "setegid",
    "seteuid",
    "setgid",
    "setgroups",
    "setpgid",
    "setsid",
    "setuid",
    "sync",
    "sysconf",
    "uname",
    "wait3",
    "wait4",
    "WNOHANG",
    "O_CLOEXEC",
    "O_DIRECTORY",
    "O_NOCTTY",
    "O_NOFOLLOW",
    "O_NONBLOCK",
    "O_SYNC",
]
_WINDOWS_SIGNALS = [
    "SIGALRM",
    "SIGCHLD",
    "SIGHUP",
    "SIGKILL",
    "SIGPIPE",
    "SIGQUIT",
    "SIGSTOP",
    "SIGUSR1",
    "SIGUSR2",
    "SIGWINCH",
    "alarm",
    "pthread_sigmask",
    "setitimer",
]

LACKING: dict[str, dict[ModuleType, Sequence[str]]] = {
    "darwin": {
        os: _MACS_OS,
        select: ("epoll",),
        signal: ("pidfd_send_signal", "sigtimedwait", "sigwaitinfo"),
        socket: ("AF_NETLINK", "AF_VSOCK", "SO_PEERCRED"),
        time: ("CLOCK_BOOTTIME",),
    },
    "win32": {
        os: (*_MACS_OS, *_WINDOWS_OS),
        select: ("epoll", "poll"),
        signal: (*_WINDOWS_SIGNALS, "pidfd_send_signal", "sigtimedwait", "sigwaitinfo"),
        socket: ("AF_NETLINK", "AF_VSOCK", "SO_PEERCRED"),
        time: ("CLOCK_BOOTTIME", "clock_gettime", "pthread_getcpuclockid"),
    },
}
MODULES: dict[str, frozenset[str]] = {
    "darwin": frozenset({"pyseccomp"}),
    "win32": frozenset(
        {"crypt", "fcntl", "grp", "pty", "pwd", "pyseccomp", "readline", "resource", "syslog"}
        | {"termios", "tty"}
    ),
}


class _Absent:
    """Import hook that finds nothing under some names."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name in self._names:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def _no_signal_handler(*_: object) -> NoReturn:
    raise NotImplementedError


def _windows_locks() -> ModuleType:
    """Return a module that locks files as Windows does: at once, or with `PermissionError`.

    So it unlocks only what is locked.
    """
    import fcntl

    made = ModuleType("msvcrt")
    locked: set[int] = set()

    def locking(descriptor: int, mode: int, _count: int) -> None:
        if mode == 0:
            if descriptor not in locked:
                raise PermissionError(errno.EACCES, "not locked")
            locked.remove(descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            return
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PermissionError(error.errno, error.strerror) from error
        locked.add(descriptor)

    vars(made).update(LK_UNLCK=0, LK_NBLCK=2, locking=locking)
    return made


def become(system: str) -> None:
    """Take away what a system lacks, from this process, for ever.

    Args:
        system: `darwin` or `win32`.
    """
    for each in LOADED_BEFORE:
        importlib.import_module(each)
    asyncio.new_event_loop().close()  # Python 3.14 chooses a policy as late as here
    assert not any(each.split(".")[0] == OURS for each in sys.modules)
    if system == "win32":
        sys.modules["msvcrt"] = _windows_locks()
    for name in MODULES[system]:
        sys.modules.pop(name, None)
    sys.meta_path.insert(0, _Absent(MODULES[system]))
    for module, names in LACKING[system].items():
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    if system == "win32":
        asyncio.SelectorEventLoop.add_signal_handler = _no_signal_handler  # type: ignore[assignment]
        os.supports_dir_fd.clear()
    if sys.version_info >= (3, 13):
        os.process_cpu_count = os.cpu_count  # Linux's own asks for the affinity
    sys.platform = system


if __name__ == "__main__":
    become(sys.argv.pop(1))
    if sys.argv[1] == "--program":
        sys.argv[:2] = []
        runpy.run_path(sys.argv[0], run_name="__main__")
    else:
        from daytona_validate.__main__ import main

        main()
