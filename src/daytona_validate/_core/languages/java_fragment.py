"""Java that lacks the class around it: methods, statements, imports alone.

Our compiler tells it: it finds every brace and semicolon right, once there is a class around, and
none inside. So a slip is never excused, and neither is code with a class or a package clause.
"""

from __future__ import annotations

from daytona_validate._core.languages.error_style import Diagnosis
from daytona_validate._core.languages.java_errors import FRAGMENT


def java_fragment(code: str, diagnosis: Diagnosis) -> str | None:
    """Return what rejected code is, if the compiler says that it only lacks a class, else None."""
    del code  # the compiler has read it
    is_told = diagnosis.message.startswith(FRAGMENT)
    return diagnosis.message.removeprefix(FRAGMENT) if is_told else None
