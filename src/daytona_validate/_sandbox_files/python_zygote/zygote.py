"""A Python that has started, and forks for each program.

It stops in the import of `site`. A fork makes a sandbox of its own around itself, and goes on from
there: it is the interpreter that opens and runs `main.py`, as ever.

Nothing of a program is read here: what a fork is to run comes by a descriptor that only the fork
reads, as its memory would be in each later fork. A fork is two processes: the first one of its
process namespace, which says how the program ended, and the program.
"""

from __future__ import annotations

import marshal
import os
import sys

TYPE_CHECKING = False  # whoever checks takes it for true; these modules would take time
if TYPE_CHECKING:
    import _socket
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, NoReturn

_NEW = {
    "NEWNS": 0x00020000,
    "NEWUTS": 0x04000000,
    "NEWIPC": 0x08000000,
    "NEWPID": 0x20000000,
    "NEWNET": 0x40000000,
}
_NEW_CGROUP = 0x02000000
_SIGINT, _SIGKILL, _SIGCHLD = 2, 9, 17
_CLONE = {"x86_64": 56, "aarch64": 220}
_READ_ONLY, _NO_SUID, _NO_DEV, _NO_EXEC = 1, 2, 4, 8
_REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 0x20, 0x1000, 0x4000, 0x40000
_PDEATHSIG, _DUMPABLE, _SECCOMP, _CAPBSET_DROP, _NO_NEW_PRIVS, _AMBIENT = 1, 4, 22, 24, 38, 47
_LAST_CAPABILITY = 63
_IS_UP = 0x41
_SET_FLAGS = 0x8914
_HIGHEST = 1024
"""Of a zygote's descriptors, which are few."""
_NEXT = b"next\n"


def serve(folder: str) -> None:
    """Fork at each request; return in the forks only, and there as a program that may start.

    Args:
        folder: What it is served from; forks do not see it.
    """
    try:
        control, system, config = _prepare(folder)
        while (given := _forked(control, system)) is None:
            pass
        _become_program(system, config, given)
    except BaseException as error:
        _give_up(2, error)


def _forked(control: _socket.socket, system: System) -> list[int] | None:
    """Fork at the next request; return, in the fork alone, the descriptors that it is given."""
    data, ancillary, _, _ = control.recvmsg(16, 1024)
    descriptors = [
        int.from_bytes(each[at : at + 4], sys.byteorder)
        for _, _, each in ancillary
        for at in range(0, len(each), 4)
    ]
    if not data:
        os._exit(0)
    if system.clone() == 0:
        return descriptors
    for each in descriptors:
        os.close(each)
    return None


def _give_up(told: int, error: BaseException) -> NoReturn:
    """End, even if nobody is there to be told: Python would go on, and run what it was to run."""
    try:
        os.write(told, f"failed {error!r}\n".encode()[:400])
    finally:
        os._exit(70)


def _prepare(folder: str) -> tuple[_socket.socket, System, Mapping[str, Any]]:
    with open(f"{folder}/config", "rb") as file:
        config = marshal.loads(file.read())
    namespace: dict[str, Any] = {"__name__": "stash"}
    with open(f"{folder}/stash.py", encoding="utf-8") as file:
        exec(compile(file.read(), "stash.py", "exec", dont_inherit=True), namespace)
    closures = config["closures"] or namespace["closures_of"](config["preloaded"])
    before = set(sys.modules)
    system = System(config["filter"])
    import gc

    served = system.socket_of(_only_socket())
    system.wait_for_no_child()
    kept = [sys.modules.pop(each) for each in [*sys.modules] if each not in before]
    namespace["Stash"](closures).fill()  # after the above, which would be given some of them
    system.keep((kept, namespace, served))
    gc.collect()
    gc.freeze()
    # What is frozen is not collected at the end, and what a program leaves in `__main__` must be.
    main = type(sys)("__main__")
    main.__dict__.update(sys.modules["__main__"].__dict__)
    sys.modules["__main__"] = main
    served.send(marshal.dumps(closures))
    return served, system, config


def _only_socket() -> int:
    """Return the one socket that this process was given, under a low number; close all else.

    Its number was our maker's, and so may be higher than forks look for what they have to close.
    """
    numbers = [int(each) for each in os.listdir("/proc/self/fd") if int(each) not in (0, 1, 2)]
    (control,) = filter(_is_socket, numbers)
    os.dup2(control, 1000)
    os.closerange(3, 1000)
    lowest = os.dup(1000)
    os.closerange(lowest + 1, max(numbers) + 1001)
    return lowest


def _is_socket(number: int) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{number}").startswith("socket:")
    except OSError:  # the one that listed them
        return False


def _become_program(system: System, config: Mapping[str, Any], given: Sequence[int]) -> None:
    """Make a sandbox, say so, and return in the program once it may start."""
    stdout, stderr, notes, status, payload, *others = given
    try:
        with open(payload, "rb") as file:
            task = marshal.loads(file.read())
        groups = others[: task["groups"]]
        system.enclose(config, task, groups)
        os.write(notes, b"ready\n")
        if os.read(notes, len(_NEXT)) != _NEXT:
            os._exit(1)
        program = os.fork()
    except BaseException as error:
        _give_up(notes, error)
    if program:
        _wait_for(program, notes, status)
    try:
        system.be_program()
        stdin = others[task["groups"]] if len(others) > task["groups"] else None
        null = os.open("/dev/null", os.O_RDONLY)
        for number, target in ((null if stdin is None else stdin, 0), (stdout, 1), (stderr, 2)):
            os.dup2(number, target)
        os.closerange(3, _HIGHEST)
    except BaseException:
        os._exit(125)


def _wait_for(program: int, notes: int, status: int) -> None:
    """Be the first process of the sandbox until the program has ended, and say how it did."""
    code = 125
    try:
        for first, end in _between(sorted((notes, status)), _HIGHEST):
            os.closerange(first, end)
        ended = 0
        while ended != program:
            ended, how = os.wait()
        code = os.waitstatus_to_exitcode(how)
        code = code if code >= 0 else 128 - code
        if code:
            free = [os.statvfs(each).f_bavail for each in ("/work", "/tmp")]  # noqa: S108 - in the jail
            os.write(notes, "{}\n{}\n".format(*free).encode())
        os.write(status, b'{"exit-code": %d}\n' % code)
    finally:
        os._exit(code)


def _between(kept: Sequence[int], highest: int) -> list[tuple[int, int]]:
    """Return the stretches of descriptors from 0 on that leave some out."""
    return list(zip([0, *(each + 1 for each in kept)], [*kept, highest], strict=True))


class System:
    """System calls that Python has no functions for.

    Args:
        program: The compiled filter of system calls.
    """

    def __init__(self, program: bytes) -> None:
        import _signal  # type: ignore[import-not-found]  # typeshed has its face, `signal`
        import _socket
        import ctypes
        import fcntl
        import resource

        class Filter(ctypes.Structure):
            _fields_ = (("len", ctypes.c_ushort), ("filter", ctypes.c_void_p))

        self._ctypes = ctypes
        self._signal = _signal
        self._socket = _socket
        self._ioctl = fcntl.ioctl
        self._setrlimit: Callable[[int, tuple[int, int]], None] = resource.setrlimit
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._buffer = ctypes.create_string_buffer(program, len(program))
        self._filter = Filter(len(program) // 8, ctypes.addressof(self._buffer))
        self._clone_number = _CLONE[os.uname().machine]

    def socket_of(self, number: int) -> _socket.socket:
        """Return the socket behind a descriptor."""
        return self._socket.socket(fileno=number)

    def wait_for_no_child(self) -> None:
        """Have the kernel forget children that end."""
        self._signal.signal(_SIGCHLD, self._signal.SIG_IGN)

    def keep(self, *values: object) -> None:
        """Never let go of values, not even at the end of a program."""
        self._ctypes.pythonapi.Py_IncRef(self._ctypes.py_object((self, values)))

    def clone(self) -> int:
        """Fork into new namespaces; return the child's pid, or 0 there."""
        flags = sum(_NEW.values()) | _SIGCHLD
        return self._checked(self._libc.syscall(self._clone_number, flags, 0, 0, 0, 0))

    def enclose(
        self, config: Mapping[str, Any], task: Mapping[str, Any], groups: Sequence[int]
    ) -> None:
        """Make a sandbox around this process, the first of its namespaces."""
        self._prctl(_PDEATHSIG, _SIGKILL)
        self._prctl(_DUMPABLE, 0)
        for each in groups:
            os.write(each, b"0")
        self._checked(self._libc.unshare(_NEW_CGROUP))
        self._signal.signal(_SIGCHLD, self._signal.SIG_DFL)
        self._signal.signal(_SIGINT, self._signal.SIG_DFL)  # as the first of a namespace, none
        os.setsid()
        self._mount_all(config, task)
        self._raise_loopback()
        for path, content in task["files"].items():
            os.makedirs(os.path.dirname(f"/work/{path}"), exist_ok=True)
            file = os.open(f"/work/{path}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            with os.fdopen(file, "wb") as opened:
                opened.write(content)
        os.chdir("/work")
        for which, soft, hard in task["rlimits"]:
            self._setrlimit(which, (soft, hard))
        self._drop_all()

    def be_program(self) -> None:
        """Undo what the first process alone must be."""
        self._prctl(_DUMPABLE, 1)
        self._signal.signal(_SIGINT, self._signal.default_int_handler)

    def _mount_all(self, config: Mapping[str, Any], task: Mapping[str, Any]) -> None:
        plain = _NO_SUID | _NO_DEV
        self._mount("none", "/", "", _RECURSIVE | _PRIVATE)
        self._mount("proc", "/proc", "proc", plain | _NO_EXEC | _READ_ONLY)
        for each in config["covered_files"]:
            self._mount("/dev/null", each, "", _BIND)
            self._mount("none", each, "", _REMOUNT | _BIND | plain | _READ_ONLY)
        for each in config["covered_folders"]:
            self._mount("tmpfs", each, "tmpfs", plain | _READ_ONLY, "mode=0755,size=4096")
        for path, size, mode in task["folders"]:
            self._mount("tmpfs", path, "tmpfs", plain, f"mode={mode},size={size}")
        options = "newinstance,ptmxmode=0666,mode=620"
        self._mount("devpts", "/dev/pts", "devpts", _NO_SUID | _NO_EXEC, options)

    def _raise_loopback(self) -> None:
        any_socket = self._socket.socket(self._socket.AF_INET, self._socket.SOCK_DGRAM)
        flags = _IS_UP.to_bytes(2, sys.byteorder)
        self._ioctl(any_socket.fileno(), _SET_FLAGS, b"lo".ljust(16, b"\0") + flags + bytes(22))
        any_socket.close()

    def _drop_all(self) -> None:
        """Give up all capabilities for good, and refuse system calls from here on."""
        for each in range(_LAST_CAPABILITY + 1):
            if self._libc.prctl(_CAPBSET_DROP, each, 0, 0, 0) < 0:
                break
        self._prctl(_AMBIENT, 4)
        version = 0x20080522.to_bytes(4, sys.byteorder) + bytes(4)
        self._checked(self._libc.capset(version, bytes(24)))
        self._prctl(_NO_NEW_PRIVS, 1)
        self._prctl(_SECCOMP, 2, self._ctypes.byref(self._filter))

    def _mount(self, source: str, target: str, kind: str, flags: int, options: str = "") -> None:
        done = self._libc.mount(
            *(each.encode() for each in (source, target, kind)), flags, options.encode()
        )
        if done < 0:
            raise OSError(self._ctypes.get_errno(), f"cannot mount {target}")

    def _prctl(self, *values: object) -> None:
        self._checked(self._libc.prctl(*values, *([0] * (5 - len(values)))))

    def _checked(self, answer: int) -> int:
        if answer < 0:
            number = self._ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return answer
