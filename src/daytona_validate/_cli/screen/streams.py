"""The three standard streams of the process, made usable in whatever state they are inherited.

One may be closed, full, read by nobody, or not blocking (as Node leaves a terminal). Python
makes `None` of a closed one, gives its number to the next file or socket that is opened, and
loses what a stream that does not block has no room for.
"""

from __future__ import annotations

import io
import os
import select
import sys
from collections.abc import Callable, Iterator

from daytona_validate._cli.exit_codes import ExitCode
from daytona_validate._errors import ConfigurationError

TYPE_CHECKING = False  # importing `typing` for it takes as long as half of --help
if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_CHUNK_BYTES = 1024 * 1024


class OutputLost(Exception):
    """stdout cannot be written; output is lost.

    It is no `OSError`, for none of the places that expect one of those is meant.

    Args:
        why: What the system said.
    """

    def __init__(self, why: OSError) -> None:
        super().__init__(f"stdout cannot be written: {why.strerror}")
        self.is_unread = isinstance(why, BrokenPipeError)
        """Whether its reader went away, which is nothing to complain of."""


def prepare_streams() -> None:
    """Make stdout and stderr usable, and leave no descriptor from 0 to 2 free.

    What is written to a closed stream is dropped, as by `> /dev/null`. A stderr that cannot be
    written drops what it is given, since there is nowhere to say so; a stdout raises `OutputLost`
    once. stdin stays None if it was closed: see `stdin_chunks`.
    """
    for number in (0, 1, 2):
        _open_if_closed(number)
    # None stands for a closed one, whatever the annotations say.
    encodings = [getattr(each, "encoding", "utf-8") for each in (sys.stdout, sys.stderr)]
    if sys.stdin is not None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(Descriptor(0, "r")), sys.stdin.encoding)
    stdout, stderr = Descriptor(1, "w"), Descriptor(2, "w", on_error=lambda _error: None)
    sys.stdout = _writer(stdout, encodings[0], is_by_line=stdout.isatty())
    sys.stderr = _writer(stderr, encodings[1], is_by_line=True)


def stdin_chunks() -> Iterator[bytes]:
    """Yield all that comes on stdin.

    Raises:
        ConfigurationError: It was closed when the program started, or cannot be read; the
            caller's fault.
    """
    if sys.stdin is None:
        raise ConfigurationError("-: stdin is closed, there is nothing to read")
    try:
        while chunk := sys.stdin.buffer.read(_CHUNK_BYTES):
            yield chunk
    except OSError as error:
        raise ConfigurationError(f"-: stdin cannot be read: {error.strerror}") from error


def read_stdin(*, at_most_bytes: int | None = None) -> bytes:
    """Return all that comes on stdin; None: however much.

    Raises:
        ConfigurationError: As `stdin_chunks`, or there is more; the caller's fault.
    """
    content = bytearray()
    for chunk in stdin_chunks():
        content += chunk
        if at_most_bytes is not None and len(content) > at_most_bytes:
            raise ConfigurationError(f"-: stdin has more than {at_most_bytes} bytes")
    return bytes(content)


def code_of_loss(lost: OutputLost) -> ExitCode:
    """Return the exit code of lost output; report it, unless the reader of stdout is gone."""
    if lost.is_unread:
        return ExitCode.BROKEN_PIPE
    sys.stderr.write(f"error: {lost}\n")
    return ExitCode.UNAVAILABLE


def _open_if_closed(number: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:  # a lower number was free
            os.dup2(nowhere, number)
            os.close(nowhere)
        os.set_inheritable(number, True)


def _lose(error: OSError) -> None:
    raise OutputLost(error)


def _writer(raw: Descriptor, encoding: str, *, is_by_line: bool) -> io.TextIOWrapper:
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=encoding,
        errors="backslashreplace",
        line_buffering=is_by_line,
    )


class Descriptor(io.FileIO):
    """Raw stream that waits on a non-blocking descriptor, and does not close it.

    Args:
        number: Of the descriptor.
        mode: `r` or `w`.
        on_error: Called with the first write error; later writes are dropped.
    """

    def __init__(
        self, number: int, mode: str, *, on_error: Callable[[OSError], object] = _lose
    ) -> None:
        super().__init__(number, mode, closefd=False)
        self._on_error = on_error
        self._is_lost = False

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        while (count := super().readinto(buffer)) is None:
            self._wait(select.POLLIN)
        return count

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            while not self._is_lost:
                if (count := super().write(data)) is not None:
                    return count
                self._wait(select.POLLOUT)
        except OSError as error:
            self._is_lost = True
            self._on_error(error)
        return memoryview(data).nbytes

    def _wait(self, event: int) -> None:
        ready = select.poll()
        ready.register(self, event)
        ready.poll()
