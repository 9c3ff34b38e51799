"""What a program lacked, by the error that ended it: a fact beside its verdict, never a part of it.

Whoever has other code at hand (the blocks before it, a package, a file) may then try with that.
"""

from __future__ import annotations

from daytona_validate._core.languages.diagnosis import Diagnosis
from daytona_validate._core.languages.language import Language
from daytona_validate._core.printable import one_line
from daytona_validate._models import Missing, MissingKind

_LONGEST_NAME = 200
_READ_CHARACTERS = 1000
"""Of a message: a compiler may quote a line of any length."""


def missing(
    diagnosis: Diagnosis | None, language: Language, *, is_compiler: bool
) -> Missing | None:
    """Return what a program lacked, or None if that did not end it or is not known.

    Args:
        diagnosis: The error that ended it.
        language: Its language.
        is_compiler: Whether a compiler found the error, whose words no program can make up.
    """
    if diagnosis is None or not (diagnosis.is_uncaught or is_compiler):
        return None
    module = diagnosis.missing_module
    if module is not None:
        return Missing(MissingKind.MODULE, one_line(module, _LONGEST_NAME))
    message = diagnosis.message[:_READ_CHARACTERS]
    for kind, pattern in language.missing_patterns:
        found = pattern.search(message) if is_compiler else pattern.match(message)
        if found is not None:
            return Missing(kind, one_line(found[1], _LONGEST_NAME))
    return None
