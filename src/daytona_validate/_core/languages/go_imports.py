"""Which packages a Go program may import, read from its text before anything is compiled.

It errs towards too many: every string literal that could be a package's path counts, as one that
is missed would be compiled for its snippet alone, within the snippet's time limit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from daytona_validate._core.reached_end import FILE

TESTING = frozenset({"os", "reflect", "testing", "testing/internal/testdeps"})
"""What the program imports that the go command writes around tests."""
ENDING = TESTING | {"syscall"}
"""What is imported by what tells whether a program reached its end."""

_ESCAPE = r"\\(?:x[0-9a-fA-F]{2}|[0-7]{3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"
_PATH = re.compile(rf"""["`]((?:[a-z0-9/]|{_ESCAPE})+)(?=["`])""")
_ASCII_END = 0x80
_TESTS = re.compile(r"func\s+Example|[\"`]testing[\"`]")


def go_imports(files: Mapping[str, bytes]) -> frozenset[str]:
    """Return all that the Go files of a work folder may import, and other words that they quote."""
    found: set[str] = set(ENDING if FILE in files else ())
    for path, content in files.items():
        if path.endswith(".go"):
            text = content.decode("utf-8", "replace")
            found.update(re.sub(_ESCAPE, _character, each) for each in _PATH.findall(text))
            if path.endswith("_test.go") or _TESTS.search(text):
                found |= TESTING
    return frozenset(found)


def _character(escape: re.Match[str]) -> str:
    digits = escape[0][1:]
    number = int(digits, 8) if digits[0].isdigit() else int(digits[1:], 16)
    return chr(number) if number < _ASCII_END else ""  # no path of the library has another
