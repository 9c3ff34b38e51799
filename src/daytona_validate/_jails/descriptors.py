"""Descriptors that a jail is given: pipes, sockets, and files in memory without a name."""

from __future__ import annotations

import fcntl
import os
import socket
from contextlib import ExitStack

from daytona_validate._jails.user_namespace import DESCRIPTOR

_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


def pipe(reader: ExitStack, writer: ExitStack) -> tuple[int, int]:
    """Return both ends of a pipe, each closed with its stack."""
    read_end, write_end = map(above_streams, os.pipe())
    reader.callback(os.close, read_end)
    writer.callback(os.close, write_end)
    return read_end, write_end


def socket_pair(ours: ExitStack, theirs: ExitStack) -> tuple[int, int]:
    """Return a socket of ours and the one that goes with it."""
    near, far = (above_streams(each.detach()) for each in socket.socketpair())
    ours.callback(os.close, near)
    theirs.callback(os.close, far)
    return near, far


def above_streams(number: int) -> int:
    """Return a descriptor that is none of the three streams, which the child's own will replace.

    A daemon may have closed its own, and then gets their numbers for what it opens next. Nor is it
    one that a shell may open on the way.
    """
    if number > DESCRIPTOR:
        return number
    higher: int = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, DESCRIPTOR + 1)
    os.close(number)
    return higher


def sealed(stack: ExitStack, content: bytes) -> int:
    """Return a descriptor of bytes in memory that nobody can change any more.

    Sealed, as a program could otherwise store without limit in its own stdin.
    """
    number = above_streams(os.memfd_create("content", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING))
    stack.callback(os.close, number)
    left = memoryview(content)
    while left:
        left = left[os.write(number, left) :]
    os.fchmod(number, 0o444)  # as bubblewrap has its own: else 0777, which a program can see
    os.lseek(number, 0, os.SEEK_SET)
    fcntl.fcntl(number, fcntl.F_ADD_SEALS, _SEALS)
    return number


def reserved(stack: ExitStack, like: int) -> int:
    """Return a descriptor that keeps a number free, to be closed when one is needed."""
    number = os.dup(like)
    stack.callback(os.close, number)
    return number
