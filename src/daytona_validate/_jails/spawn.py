"""Starting bubblewrap, held at a gate until it has been put under its limits.

`subprocess.Popen` is called in the event loop's own thread, for the 1 ms that all of this takes:
bubblewrap asks to die with its parent, and to the kernel the parent is the *thread* that forked
it, so that a jail started by a worker thread would die with that thread. asyncio's own
subprocesses are not used: uvloop's have no `user=`, and give the child a socket as stdin.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.bubblewrap import Bubblewrap
from daytona_validate._jails.ceilings import Ceilings
from daytona_validate._jails.ignored_signals import ignored_signals, resetting_argv
from daytona_validate._jails.jail import Base, Jail, JailDescriptors, bwrap_argv
from daytona_validate._jails.user_namespace import DESCRIPTOR, joining_argv
from daytona_validate._reason import Reason

_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE

HAS_IDS = b"id"
"""What bubblewrap waits for until a jail has its own ids: any two bytes."""
PASSING = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE})
"""Transient errnos: the next attempt may succeed."""

CERTIFICATES = {
    "/etc/ssl/certs/ca-certificates.crt": (
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
    ),
}
"""What a jail with a door needs of the host's /etc; the first that is there."""


@dataclass(frozen=True, slots=True)
class Spawned:
    """Child process held back: a bubblewrap that waits at its gate, and our ends of its pipes."""

    popen: subprocess.Popen[bytes]
    status: int
    gate: int
    """Closing it lets the jail start; `HAS_IDS` comes first, if it has ids of its own."""
    stdout: int
    stderr: int
    notes: int
    """A socket to the jail's first process."""
    reserved: tuple[int, int]
    """In place of the descriptors by which two processes are watched: to be closed for them.
    A jail that could not be watched, for want of descriptors, could not be ended either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Content that the jail is given by descriptor, and so without a name on the host."""

    seccomp: bytes
    stdin: bytes | int
    """A number is a pipe's reading end."""
    etc: Mapping[str, bytes]
    namespace: str | None = None
    """Path of the user namespace to join, for a plain user's jail with ids of its own."""
    rlimits: tuple[str, ...] = ()
    """Command prefix that sets those which the jail would inherit; see `inherited.py`."""
    joining: tuple[str, ...] = ()
    """Command prefix that joins the jail's control groups; see `Cgroup.joining_argv`."""


def spawn(
    bubblewrap: Bubblewrap, jail: Jail, *, base: Base, bounds: Ceilings, inputs: Inputs
) -> Spawned:
    """Start bubblewrap and return at once; the caller owns every descriptor in the answer.

    Raises:
        SandboxUnavailable: The system would not; retryable if it was out of processes, memory
            or descriptors.
    """
    try:
        with ExitStack() as lent, ExitStack() as kept:
            spawned = _spawned(bubblewrap, jail, base, bounds, inputs, lent=lent, kept=kept)
            kept.pop_all()
            return spawned
    except OSError as error:
        raise SandboxUnavailable(
            f"Bubblewrap ({bubblewrap.path}) could not be started: {error}.",
            reason=Reason.HOST_FAILED,
            retryable=error.errno in PASSING,
        ) from error


def _spawned(
    bubblewrap: Bubblewrap,
    jail: Jail,
    base: Base,
    bounds: Ceilings,
    inputs: Inputs,
    *,
    lent: ExitStack,
    kept: ExitStack,
) -> Spawned:
    status, their_status = _lasting_pipe(kept, lent)
    their_block, gate = _pipe(lent, kept)
    stdout, their_stdout = _pipe(kept, lent)
    stderr, their_stderr = _pipe(kept, lent)
    notes, their_notes = _socket_pair(kept, lent)
    descriptors = _descriptors(jail, inputs, lent, status=their_status, block=their_block)
    if bubblewrap.run_as is not None:  # so that they can be opened inside, as /dev/stdout
        for each in (their_stdout, their_stderr, *_given(descriptors.requests)):
            os.fchown(each, bubblewrap.run_as, bubblewrap.run_as)
    reserved = (_reserved(kept, status), _reserved(kept, status))
    argv = bwrap_argv(jail, base=base, bounds=bounds, descriptors=descriptors)
    run_as = None if bubblewrap.dropping_argv else bubblewrap.run_as
    popen = subprocess.Popen(
        [*_before(bubblewrap, inputs, joins=run_as is None), str(bubblewrap.path), *argv],
        stdin=their_notes,
        stdout=their_stdout,
        stderr=their_stderr,
        pass_fds=_inherited(descriptors),
        env={},
        cwd="/",
        start_new_session=True,
        umask=0o022,
        user=run_as,
        group=run_as,
        extra_groups=None if run_as is None else [],
    )
    for each in (status, stdout, stderr, notes, gate):
        os.set_blocking(each, False)
    return Spawned(popen, status, gate, stdout, stderr, notes, reserved)


def _descriptors(
    jail: Jail, inputs: Inputs, lent: ExitStack, *, status: int, block: int
) -> JailDescriptors:
    stdin = inputs.stdin
    return JailDescriptors(
        status=status,
        block=block,
        seccomp=_sealed(lent, inputs.seccomp),
        stdin=_sealed(lent, stdin) if isinstance(stdin, bytes) and stdin else None,
        requests=_copy(lent, stdin) if isinstance(stdin, int) else None,
        files={path: _sealed(lent, content) for path, content in jail.files.items()},
        made={path: _sealed(lent, content) for path, content in jail.made.items()},
        etc={path: _sealed(lent, content) for path, content in inputs.etc.items()},
        info_sink=_info_sink(lent) if jail.ids is not None and inputs.namespace is None else None,
        namespace=None if inputs.namespace is None else DESCRIPTOR,
    )


def _before(bubblewrap: Bubblewrap, inputs: Inputs, *, joins: bool) -> Iterator[str]:
    """Yield what stands before bubblewrap in the command line.

    Args:
        bubblewrap: The program.
        inputs: Of the jail.
        joins: Whether it is started as the one whose groups they are.
    """
    if joins:
        yield from inputs.joining
    yield from inputs.rlimits
    yield from bubblewrap.dropping_argv
    yield from resetting_argv(ignored_signals())
    if inputs.namespace is not None:
        yield from joining_argv(inputs.namespace)


def _inherited(descriptors: JailDescriptors) -> tuple[int, ...]:
    return (
        *(descriptors.status, descriptors.block, descriptors.seccomp),
        *_given(descriptors.stdin),
        *_given(descriptors.requests),
        *_given(descriptors.info_sink),
        *(*descriptors.files.values(), *descriptors.made.values(), *descriptors.etc.values()),
    )


def _given(descriptor: int | None) -> list[int]:
    return [] if descriptor is None else [descriptor]


def _copy(stack: ExitStack, number: int) -> int:
    copy: int = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, DESCRIPTOR + 1)
    stack.callback(os.close, copy)
    return copy


def _reserved(stack: ExitStack, like: int) -> int:
    number = os.dup(like)
    stack.callback(os.close, number)
    return number


def _info_sink(stack: ExitStack) -> int:
    number = _above_streams(os.open("/dev/null", os.O_WRONLY | os.O_CLOEXEC))
    stack.callback(os.close, number)
    return number


def _pipe(reader: ExitStack, writer: ExitStack) -> tuple[int, int]:
    read_end, write_end = map(_above_streams, os.pipe())
    reader.callback(os.close, read_end)
    writer.callback(os.close, write_end)
    return read_end, write_end


def _lasting_pipe(reader: ExitStack, writer: ExitStack) -> tuple[int, int]:
    """Return a pipe that can be written when we are gone.

    Bubblewrap would end at a broken one (0.11), and leave a child that waits for it for ever.
    """
    with ExitStack() as closed:
        read_end, write_end = _pipe(reader, closed)
        both_ends = _above_streams(os.open(f"/proc/self/fd/{write_end}", os.O_RDWR | os.O_CLOEXEC))
        writer.callback(os.close, both_ends)
        return read_end, both_ends


def _socket_pair(ours: ExitStack, theirs: ExitStack) -> tuple[int, int]:
    near, far = (_above_streams(each.detach()) for each in socket.socketpair())
    ours.callback(os.close, near)
    theirs.callback(os.close, far)
    return near, far


def _above_streams(number: int) -> int:
    """Return a descriptor that is none of the three streams, which the child's own will replace.

    A daemon may have closed its own, and then gets their numbers for what it opens next. Nor is it
    one that a shell may open on the way.
    """
    if number > DESCRIPTOR:
        return number
    higher: int = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, DESCRIPTOR + 1)
    os.close(number)
    return higher


def _sealed(stack: ExitStack, content: bytes) -> int:
    """Return a descriptor of bytes in memory that nobody can change any more.

    Sealed, as a program could otherwise store without limit in its own stdin.
    """
    number = _above_streams(os.memfd_create("content", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING))
    stack.callback(os.close, number)
    left = memoryview(content)
    while left:
        left = left[os.write(number, left) :]
    os.lseek(number, 0, os.SEEK_SET)
    fcntl.fcntl(number, fcntl.F_ADD_SEALS, _SEALS)
    return number


def host_files(paths: Mapping[str, tuple[str, ...]]) -> dict[str, bytes]:
    """Return, under each path, the content of the first of its host files that can be read."""
    found: dict[str, bytes] = {}
    for path, sources in paths.items():
        for source in sources:
            try:
                found[path] = Path(source).read_bytes()
            except OSError:
                continue
            break
    return found
