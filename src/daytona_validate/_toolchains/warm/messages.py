"""What we and a warm tool say to each other: requests and answers as bytes; no I/O.

A message is its length in four bytes, and so many bytes. A request is a line of arguments and
files; an answer is a verdict, the tool's memory and files. A number is four bytes, the highest
first; text is UTF-8; names and contents have their length before them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

NUMBER = struct.Struct(">I")
MOST_BYTES = 8 * 1024 * 1024
"""Of a message: snippets are far smaller, and what is larger is compiled cold."""


class NotUnderstood(Exception):
    """A tool said something that is no answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Verdict of a warm tool."""

    is_clean: bool
    """Whether it found nothing at all to say; all else is for the cold tool to judge."""
    memory_mib: int
    """What the tool then used, by its own account."""
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])


def request(arguments: str, files: Mapping[str, bytes]) -> bytes:
    """Return the message that asks about some files."""
    return framed(b"".join((_sized(arguments.encode()), *_packed(files))))


def answered(answer: Answer) -> bytes:
    """Return the message of an answer, as a tool writes it."""
    head = NUMBER.pack(answer.is_clean) + NUMBER.pack(answer.memory_mib)
    return framed(b"".join((head, *_packed(answer.files))))


def framed(message: bytes) -> bytes:
    """Return a message with its length before it."""
    return NUMBER.pack(len(message)) + message


def whole_message(received: bytes) -> bytes | None:
    """Return the one message that was received, or None while more of it is to come.

    Raises:
        NotUnderstood: It is too long, or something follows it that nobody asked for.
    """
    if len(received) < NUMBER.size:
        return None
    (length,) = NUMBER.unpack_from(received)
    if length > MOST_BYTES or len(received) > NUMBER.size + length:
        raise NotUnderstood(f"{length} bytes were announced, and {len(received)} came")
    whole = received[NUMBER.size :]
    return whole if len(whole) == length else None


def answer(message: bytes) -> Answer:
    """Return what a tool answered.

    Raises:
        NotUnderstood: It is no answer.
    """
    try:
        is_clean, memory_mib, count = struct.unpack_from(">III", message)
        files, end = _unpacked(message, 3 * NUMBER.size, count)
    except (struct.error, UnicodeDecodeError) as error:
        raise NotUnderstood(str(error)) from error
    if is_clean not in (0, 1) or end != len(message) or len(files) != count:
        raise NotUnderstood("it has a wrong verdict, or a wrong length")
    return Answer(is_clean == 1, memory_mib, files)


def _packed(files: Mapping[str, bytes]) -> Iterator[bytes]:
    yield NUMBER.pack(len(files))
    for name, content in files.items():
        yield _sized(name.encode())
        yield _sized(content)


def _sized(content: bytes) -> bytes:
    return NUMBER.pack(len(content)) + content


def _unpacked(message: bytes, start: int, count: int) -> tuple[dict[str, bytes], int]:
    files: dict[str, bytes] = {}
    for _ in range(count):
        name, start = _piece(message, start)
        content, start = _piece(message, start)
        files[name.decode()] = content
    return files, start


def _piece(message: bytes, start: int) -> tuple[bytes, int]:
    (length,) = NUMBER.unpack_from(message, start)
    begin = start + NUMBER.size
    piece = message[begin : begin + length]
    if len(piece) != length:
        raise struct.error(f"{length} bytes are missing at {begin}")
    return piece, begin + length
