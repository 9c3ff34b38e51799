"""Types of a signature that are nearly one of its language's own."""

from __future__ import annotations

import re

from daytona_validate._core.fragments.java_standard_names import IMPORTED, JAVA_LANG
from daytona_validate._core.fragments.near_names import is_misspelt

SCRIPT_TYPES = frozenset(
    """
    any bigint boolean never null number object string symbol undefined unknown void Array Boolean
    Date Error Function Iterable Iterator Map Number Object Omit Partial Pick Promise ReadonlyArray
    Record RegExp Set String
    """.split()  # noqa: SIM905 - a table of words
)
_TYPES = {
    "typescript": SCRIPT_TYPES,
    "python": frozenset(
        """
        Any Callable Iterable Iterator List None Optional Sequence Tuple Union bool bytes complex
        dict float frozenset int list object set str tuple
        """.split()  # noqa: SIM905 - a table of words
    ),
    "go": frozenset(
        """
        any bool byte error float32 float64 int int16 int32 int64 int8 rune string uint uint16
        uint32 uint64 uint8
        """.split()  # noqa: SIM905 - a table of words
    ),
    "java": JAVA_LANG | IMPORTED,
}
_SHORTEST = 3
_AFTER_COLON = re.compile(r"(?::|->|[|<])[ \t]*([^\W\d]\w*)")
_PLACES = {
    "typescript": _AFTER_COLON,
    "python": _AFTER_COLON,
    "go": re.compile(r"(?<=[ \])*])([^\W\d]\w*)(?=[ \t]*(?:[,){]|$))", re.MULTILINE),
    "java": re.compile(r"(?<!@)\b([^\W\d]\w*)(?:\[\]|\.\.\.){0,3}[ \t]+(?=[^\W\d])"),
}


def has_misspelt_type(bare: str, language: str) -> bool:
    """Return whether a word that stands for a type is nearly one that the language has.

    Args:
        bare: Code without its strings and comments.
        language: `typescript`, `python`, `go` or `java`.
    """
    types = _TYPES[language]
    found = {*_PLACES[language].findall(bare)} - types
    capital = frozenset(each for each in types if each[0].isupper())
    return any(
        is_misspelt(each, capital if each[0].isupper() else types - capital)
        for each in found
        if len(each) >= _SHORTEST
    )
