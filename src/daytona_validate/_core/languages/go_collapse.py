"""How a program written in Go ends itself: as such are the compilers of Go and of TypeScript."""

from __future__ import annotations

import re
from collections.abc import Sequence

from daytona_validate._core.languages.error_style import Diagnosis
from daytona_validate._models import Limit

_COLLAPSED = (
    (Limit.MEMORY, re.compile(r"fatal error: (?:runtime: )?(?:out of|cannot allocate) memory")),
    (Limit.PROCESSES, re.compile(r"runtime: failed to create new OS thread")),
    (None, re.compile(r"fatal error: |panic: ")),
)


def collapse(lines: Sequence[str]) -> Diagnosis | None:
    """Read the first line in which Go's runtime says what it lacked, or what went wrong."""
    for line in lines:
        for limit, pattern in _COLLAPSED:
            if pattern.match(line):
                return Diagnosis(message=line, limit=limit, is_uncaught=True)
    return None
