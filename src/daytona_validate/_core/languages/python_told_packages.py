"""Packages that a library of Python's asks for in its own words: `X is not installed, run pip …`.

The message must say that a package is to be installed, and the innermost frame of its traceback
must be in an installed library. A name that the code itself has may be misspelt there, and says
nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_TYPES = re.compile(
    r"(?:\w+\.)*(?:ImportError|ModuleNotFoundError|RuntimeError|AssertionError|ImproperlyConfigured"
    r"|\w*(?:Missing|Optional)\w*(?:Error|Exception)): "
)
_OF_IMPORTS = re.compile(r"(?:\w+\.)*(?:ImportError|ModuleNotFoundError|\w*(?:Missing|Optional))")
_LIBRARY = re.compile(
    r'  File "/(?!(?:work|tmp)/)(?:[^"]*/)?(?:site-packages|dist-packages|opt/packages)/'
)
_FRAME = '  File "'
_QUOTE = r"[`'\"]{0,2}"
_NAME = rf"{_QUOTE}([A-Za-z0-9][\w.-]{{0,58}}\w(?:\[\w[\w,-]{{0,40}}\])?){_QUOTE}"
_KIND = r"(?: (?:python )?(?:package|library))?"
_SAYS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bpip3? install (?:--?[\w-]+ ){{0,3}}{_NAME}",
        rf"\bmissing optional dependency {_NAME}",
        rf"(?<![\w-]){_NAME}{_KIND} (?:is|are|was) not installed",
        rf"(?<![\w-]){_NAME}{_KIND} (?:must|needs to|has to|should) be installed",
        rf"(?<![\w-]){_NAME}(?: \w{{1,20}}){{0,2}} (?:driver|adapter)s? (?:was |is )?not found",
        rf"\b(?:requires?|needs?) (?:the )?{_NAME}{_KIND} to be installed",
        rf"\b(?:please|need to|must|have to) install (?:the )?{_NAME}",
        rf"\binstall (?:the )?{_NAME}{_KIND} (?:to use|in order to|first)\b",
    )
)
_IS_REQUIRED = re.compile(rf"(?<![\w-]){_NAME}{_KIND} is required (?:to use|for)\b", re.IGNORECASE)
"""Also said of arguments: it counts of an import alone."""
_EXTRA = re.compile(
    rf"\binstall (?:the )?{_NAME}{_KIND} with the {_QUOTE}(\w[\w-]{{0,30}}){_QUOTE} extra\b",
    re.IGNORECASE,
)
_NO_NAMES = frozenset(
    """
    all and any app application backend dependencies dependency driver engine extension extra extras
    following from handler it library module of one or package packages plugin python required
    requirements that the them these this those to version which with you
    """.split()  # noqa: SIM905 - a table of words
)
_READ_CHARACTERS = 500


def told_package(message: str, trace: Sequence[str], code: str) -> str | None:
    """Return the package that a library says is to be installed, or None.

    Args:
        message: The first line of the error, with its type.
        trace: The lines of its frames, outermost first.
        code: The program's own.
    """
    message = message[:_READ_CHARACTERS]
    kind = _TYPES.match(message)
    frames = [number for number, line in enumerate(trace) if line.startswith(_FRAME)]
    has_source = bool(frames) and frames[-1] + 1 < len(trace)  # what is made by `exec` has none
    if kind is None or not has_source or not _LIBRARY.match(trace[frames[-1]]):
        return None
    name = _named(message[kind.end() :])
    if name is None and _OF_IMPORTS.match(message) is not None:
        required = _IS_REQUIRED.search(message[kind.end() :])
        name = None if required is None else required[1]
    is_plain = name is not None and name.lower() not in _NO_NAMES
    return name if is_plain and name is not None and not _has(code, name) else None


def _named(said: str) -> str | None:
    """Return what a message says is to be installed."""
    extra = _EXTRA.search(said)
    if extra is not None:
        return f"{extra[1]}[{extra[2]}]"
    found = (pattern.search(said) for pattern in _SAYS)
    return next((each[1] for each in found if each is not None), None)


def _has(code: str, name: str) -> bool:
    """Return whether code has a package's name, but for the imports of one with an extra."""
    if name.endswith("]"):
        return False
    spelt = re.sub(r"[-_.]", "[-_.]", re.escape(name).replace("\\-", "-").replace("\\.", "."))
    return re.search(rf"(?<!\w){spelt}(?!\w)", code, re.IGNORECASE) is not None
