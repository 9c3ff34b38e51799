"""The streams of a session: what earlier codes write is caught, and never held.

It is caught at the descriptors, so that what child processes write is, too. A process of its own
reads it, as a pipe that nobody reads blocks, a file has no bound, and a thread would be seen by the
program that follows. It keeps the head of what each code wrote and drops the rest. It is nobody's
child, so that no program can wait for it, and ends when nobody can write to it any more.
"""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import select
import signal
import socket
import struct
import sys
import termios
from typing import Any, TextIO

KEPT_BYTES = 8 * 1024
"""Of each stream of a code; a character may have up to four."""
_LENGTHS = struct.Struct("=II")
_MARK = b"m"


class Streams:
    """Standard streams of a session: caught while earlier codes run, and then given back."""

    def __init__(self) -> None:
        self._texts: dict[str, Any] = {
            name: getattr(sys, name) for name in ("stdin", "stdout", "stderr")
        }
        self._forms = {
            name: (text.encoding, text.errors, text.line_buffering)
            for name, text in self._texts.items()
            if text is not None
        }
        self._own = [os.dup(number) for number in range(3)]
        nothing = os.open(os.devnull, os.O_RDONLY)
        self._control, far = socket.socketpair()
        (out, out_end), (err, err_end) = os.pipe(), os.pipe()
        self._caught = [nothing, out_end, err_end]
        child = os.fork()
        if not child:
            if not os.fork():
                self._control.close()
                for number in (*self._own, out_end, err_end):
                    os.close(number)
                _serve(far, out, err)
            os._exit(0)
        os.waitpid(child, 0)
        far.close()
        os.close(out)
        os.close(err)

    def say(self, line: bytes) -> None:
        """Write to the real stderr."""
        while line:
            line = line[os.write(self._own[2], line) :]

    def catch(self) -> None:
        """Let what is written from now on be caught, whatever was done to the streams."""
        self._renew(self._caught)

    def take(self) -> tuple[str, str]:
        """Return what was written since it was called last, and forget it."""
        for text in (sys.stdout, sys.stderr, self._texts["stdout"], self._texts["stderr"]):
            _flush(text)
        try:
            self._control.sendall(_MARK)
            lengths = _LENGTHS.unpack(self._received(_LENGTHS.size))
            return self._text(lengths[0]), self._text(lengths[1])
        except (OSError, struct.error):  # it was killed: nothing is known
            return "", ""

    def give_back(self) -> None:
        """Let the program have its own streams, and nothing that it had not without this."""
        self._renew(self._own)
        self._control.close()
        for number in (*self._own, *self._caught):
            os.close(number)

    def _text(self, length: int) -> str:
        return self._received(length).decode("utf-8", "replace")

    def _received(self, length: int) -> bytes:
        parts: list[bytes] = []
        while length and (part := self._control.recv(length)):
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _renew(self, sources: list[int]) -> None:
        for number, (name, text) in enumerate(list(self._texts.items())):
            setattr(sys, name, text)
            if text is not None and not _is_sound(text, number):
                self._texts[name] = self._made(name, number)
            os.dup2(sources[number], number)
            setattr(sys, name, self._texts[name])
            setattr(sys, f"__{name}__", self._texts[name])

    def _made(self, name: str, number: int) -> TextIO:
        encoding, errors, line_buffering = self._forms[name]
        mode = "rb" if name == "stdin" else "wb"
        return io.TextIOWrapper(
            open(number, mode, closefd=False),
            encoding=encoding,
            errors=errors,
            line_buffering=line_buffering,
        )


def _is_sound(text: TextIO, number: int) -> bool:
    """Whether a stream is neither closed nor taken apart."""
    try:
        return bool(not text.closed and text.fileno() == number)
    except (ValueError, OSError):
        return False


def _flush(text: TextIO) -> None:
    with contextlib.suppress(Exception):  # it may be any object
        text.flush()


def _serve(control: socket.socket, out: int, err: int) -> None:
    """Read what is written, and tell of it when asked, until nobody is left who could write."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    heads = {out: bytearray(), err: bytearray()}
    waiting: set[int] = {out, err, control.fileno()}
    while waiting & {out, err}:
        ready, _, _ = select.select(list(waiting), [], [])
        # The question last: its answer takes all there is, and a read of nothing would wait.
        for each in sorted(ready, key=control.fileno().__eq__):
            if each != control.fileno():
                chunk = os.read(each, 1 << 16)
                _keep(heads[each], chunk)
                if not chunk:
                    waiting.discard(each)
            elif not _answer(control, heads):
                waiting.discard(each)
    os._exit(0)


def _answer(control: socket.socket, heads: dict[int, bytearray]) -> bool:
    """Tell what was written before the question; return whether there was one."""
    try:
        if not control.recv(1):
            return False
        for number, head in heads.items():
            left = _waiting_bytes(number)
            while left > 0 and (chunk := os.read(number, left)):
                _keep(head, chunk)
                left -= len(chunk)
        control.sendall(_LENGTHS.pack(*map(len, heads.values())) + b"".join(heads.values()))
    except OSError:
        return False
    for head in heads.values():
        head.clear()
    return True


def _waiting_bytes(number: int) -> int:
    answer = fcntl.ioctl(number, termios.FIONREAD, b"\0" * 4)
    return int.from_bytes(answer, sys.byteorder)


def _keep(head: bytearray, chunk: bytes) -> None:
    head += chunk[: KEPT_BYTES - len(head)]
