"""Text as one word of a shell command that can be copied from a terminal."""

from __future__ import annotations

import shlex

from daytona_validate._unsafe_characters import COMMAND_NUMBER_SIGN, UNSAFE_CHARACTER

_BYTES_FROM, _BYTES_TO = 0xDC80, 0xDCFF  # how Python holds bytes of a name that are not UTF-8
_ASCII_TO, _SHORT_TO = 0x7F, 0xFFFF


def shell_path(path: str) -> str:
    """Return a path quoted as by `shell_word`, so that no command takes it for an option."""
    return shell_word(f"./{path}" if path.startswith("-") and path != "-" else path)


def shell_word(word: str) -> str:
    """Return a word quoted for bash and zsh, whatever characters it has.

    One with control characters or bytes that are not UTF-8 is written as `$'…'`, as is one that a
    build server would obey.
    """
    if not UNSAFE_CHARACTER.search(word) and not COMMAND_NUMBER_SIGN.search(word):
        return shlex.quote(word)
    return "$'" + "".join(_escaped(character) for character in word) + "'"


def _escaped(character: str) -> str:
    point = ord(character)
    if character in "'\\":
        return "\\" + character
    if not UNSAFE_CHARACTER.match(character) and character != "#":
        return character
    if point <= _ASCII_TO or _BYTES_FROM <= point <= _BYTES_TO:
        return f"\\x{point & 0xFF:02x}"
    return f"\\u{point:04x}" if point <= _SHORT_TO else f"\\U{point:08x}"
