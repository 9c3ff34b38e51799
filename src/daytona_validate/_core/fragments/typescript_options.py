"""Recognizer of TypeScript that asks for a compiler less strict than ours, as twoslash does.

Errors that only the strict rules know are then none of the block's; any other is.
"""

from __future__ import annotations

import re

from daytona_validate._core.details import cause
from daytona_validate._models import CodeValidationResult

_OPTION = re.compile(
    r"^[ \t]*// ?@(strict\w{0,40}|noImplicit\w{1,40})[ \t]*:[ \t]*false[ \t]*$", re.MULTILINE
)
_CODE = re.compile(r"error TS(\d+):")
_OWN_CODE = re.compile(r"TS(\d+):")
_NULLS = frozenset({"2531", "2532", "2533", "2721", "2722", "18046", "18047", "18048", "18049"})
_ANY = frozenset({"7005", "7006", "7008", "7010", "7011", "7018", "7019", "7031", "7034", "7053"})
_INITIALIZED = frozenset({"2564"})
_CODES = {
    "strict": _NULLS | _ANY | _INITIALIZED | {"2683", "7016"},
    "strictNullChecks": _NULLS | _INITIALIZED,  # without the one there cannot be the other
    "strictPropertyInitialization": _INITIALIZED,
    "noImplicitAny": _ANY | {"7016"},
    "noImplicitThis": frozenset({"2683"}),
}
"""Codes of the errors that an option turns off."""


def less_strict(code: str, result: CodeValidationResult) -> str | None:
    """Return what a block asks of its compiler, if all of its errors come of that."""
    options = _OPTION.findall(code)
    allowed = frozenset[str]().union(*(_CODES.get(option, frozenset()) for option in options))
    first = _OWN_CODE.match(cause(result.details))
    found = {*_CODE.findall(result.error or ""), *([first[1]] if first else [])}
    if not found or not found <= allowed:
        return None
    return f"it is for a compiler with {options[0]}: false, and has no other error"
