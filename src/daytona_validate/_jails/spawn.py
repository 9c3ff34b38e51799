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
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.bubblewrap import Bubblewrap
from daytona_validate._jails.ceilings import Ceilings
from daytona_validate._jails.descriptors import above_streams, pipe, reserved, sealed, socket_pair
from daytona_validate._jails.ignored_signals import ignored_signals, resetting_argv
from daytona_validate._jails.inherited import set_rlimits
from daytona_validate._jails.jail import Base, Jail, JailDescriptors, bwrap_argv
from daytona_validate._jails.user_namespace import DESCRIPTOR, joining_argv
from daytona_validate._reason import Reason

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


@dataclass(slots=True)
class Forked:
    """First process of a sandbox that a zygote has forked: no child of this process."""

    pid: int
    returncode: int | None = None


@dataclass(frozen=True, slots=True)
class Spawned:
    """Child process held back: a bubblewrap that waits at its gate, and our ends of its pipes."""

    popen: subprocess.Popen[bytes] | Forked
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
    pidfd: int | None = None
    """Of a fork of a zygote's: no child of ours, so that its pid ends with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Content that the jail is given by descriptor, and so without a name on the host."""

    seccomp: bytes | None
    """None: nothing is refused; for a zygote."""
    stdin: bytes | int
    """A number is a pipe's reading end."""
    etc: Mapping[str, bytes]
    namespace: str | None = None
    """Path of the user namespace to join, for a plain user's jail with ids of its own."""
    rlimits: tuple[str, ...] = ()
    """Command prefix that sets those which the jail would inherit; see `inherited.py`."""
    joining: tuple[str, ...] = ()
    """Command prefix that joins the jail's control groups; see `Cgroup.joining_argv`."""
    is_held: bool = False
    """Whether that waits for a line, before which the rlimits are set in place of `rlimits`; it is
    this process's user who runs it."""
    kept: tuple[int, ...] = ()
    """Descriptors that the program has open from the start."""


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
    their_block, gate = pipe(lent, kept)
    stdout, their_stdout = pipe(kept, lent)
    stderr, their_stderr = pipe(kept, lent)
    notes, their_notes = socket_pair(kept, lent)
    descriptors = _descriptors(jail, inputs, lent, status=their_status, block=their_block)
    if bubblewrap.run_as is not None:  # so that they can be opened inside, as /dev/stdout
        for each in (their_stdout, their_stderr, *_given(descriptors.requests)):
            os.fchown(each, bubblewrap.run_as, bubblewrap.run_as)
    for_ends = (reserved(kept, status), reserved(kept, status))
    argv = bwrap_argv(jail, base=base, bounds=bounds, descriptors=descriptors)
    run_as = None if bubblewrap.dropping_argv else bubblewrap.run_as
    popen = subprocess.Popen(
        [*_before(bubblewrap, inputs, joins=run_as is None), str(bubblewrap.path), *argv],
        stdin=their_notes,
        stdout=their_stdout,
        stderr=their_stderr,
        pass_fds=(*_inherited(descriptors), *inputs.kept),
        env={},
        cwd="/",
        start_new_session=True,
        umask=0o022,
        user=run_as,
        group=run_as,
        extra_groups=None if run_as is None else [],
    )
    if inputs.is_held:
        _bound(popen, notes)
    for each in (status, stdout, stderr, notes, gate):
        os.set_blocking(each, False)
    return Spawned(popen, status, gate, stdout, stderr, notes, for_ends)


def _bound(popen: subprocess.Popen[bytes], notes: int) -> None:
    """Set the rlimits of what waits for that, and let it go on; end it if that is refused."""
    try:
        set_rlimits(popen.pid)
        os.write(notes, b"\n")
    except (BrokenPipeError, ProcessLookupError):
        pass  # somebody has killed it, which is noticed as any end
    except BaseException:
        popen.kill()
        popen.wait()
        raise


def _descriptors(
    jail: Jail, inputs: Inputs, lent: ExitStack, *, status: int, block: int
) -> JailDescriptors:
    stdin = inputs.stdin
    return JailDescriptors(
        status=status,
        block=block,
        seccomp=None if inputs.seccomp is None else sealed(lent, inputs.seccomp),
        stdin=sealed(lent, stdin) if isinstance(stdin, bytes) and stdin else None,
        requests=_copy(lent, stdin) if isinstance(stdin, int) else None,
        files={path: sealed(lent, content) for path, content in jail.files.items()},
        made={path: sealed(lent, content) for path, content in jail.made.items()},
        etc={path: sealed(lent, content) for path, content in inputs.etc.items()},
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
    if not inputs.is_held:
        yield from inputs.rlimits
    yield from bubblewrap.dropping_argv
    yield from resetting_argv(ignored_signals())
    if inputs.namespace is not None:
        yield from joining_argv(inputs.namespace)


def _inherited(descriptors: JailDescriptors) -> tuple[int, ...]:
    return (
        *(descriptors.status, descriptors.block),
        *_given(descriptors.seccomp),
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


def _info_sink(stack: ExitStack) -> int:
    number = above_streams(os.open("/dev/null", os.O_WRONLY | os.O_CLOEXEC))
    stack.callback(os.close, number)
    return number


def _lasting_pipe(reader: ExitStack, writer: ExitStack) -> tuple[int, int]:
    """Return a pipe that can be written when we are gone.

    Bubblewrap would end at a broken one (0.11), and leave a child that waits for it for ever.
    """
    with ExitStack() as closed:
        read_end, write_end = pipe(reader, closed)
        both_ends = above_streams(os.open(f"/proc/self/fd/{write_end}", os.O_RDWR | os.O_CLOEXEC))
        writer.callback(os.close, both_ends)
        return read_end, both_ends


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
