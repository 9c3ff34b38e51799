"""Says that a program reached its end, to those who gave its run a secret (`_core/reached_end.py`).

The secret is read and its file removed before any code of the program runs. It then stands in no
frame's names, so that nobody meets it by walking up the stack; the garbage collector knows it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # whoever checks takes it for true; the module would take time
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Value = TypeVar("Value")

SECRET_FILE = ".reach-end"  # noqa: S105 - where it stands
LOW_NUMBERS = 64
"""Below it stay the descriptors that the program opens, so that they have their usual numbers."""


def saying(path: str = SECRET_FILE, word: str = "reached") -> Callable[[Value], Value]:
    """Return what says that a program has ended in the ordinary way, and hands its value on.

    It is called as `saying()(run())`: so it is there before `run` begins, in no variable. In a
    child that the program forked it says nothing.

    Args:
        path: Of the file with the secret.
        word: What stands before it in the line.
    """
    try:
        with open(path, encoding="ascii") as file:
            line = f"{word} {file.read()}\n".encode()
    except FileNotFoundError:
        return lambda value: value
    os.remove(path)
    own, getpid, write, stderr = os.getpid(), os.getpid, os.write, stderr_of_its_own()

    def say(value: Value) -> Value:
        if getpid() == own:
            write(stderr, line)
        return value

    return say


def stderr_of_its_own() -> int:
    """Return stderr under another number, which the program does not close by chance."""
    import fcntl

    try:
        return fcntl.fcntl(2, fcntl.F_DUPFD_CLOEXEC, LOW_NUMBERS)
    except OSError:  # it may open fewer files than that, or stderr is closed
        return 2
