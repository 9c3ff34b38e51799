"""Which Java packages somebody could add, and whether their absence is all that javac found."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PACKAGE = re.compile(r"[a-z_]\w*(?:\.[a-z_]\w*)*$")
_OF_THE_JDK = re.compile(r"(?:java|jdk|sun|com\.sun)(?:\.|$)")
_JAVAX = re.compile(r"javax(?:\.|$)")
# Of `javax` these come from elsewhere; all else is the JDK's, or a slip of the pen.
_JAVAX_OF_OTHERS = re.compile(
    r"javax\.(?:activation|annotation(?!\.processing)|batch|cache|decorator|ejb|el|enterprise|faces"
    r"|inject|interceptor|jms|json|jws|mail|measure|persistence|portlet|resource|servlet|validation"
    r"|vecmath|websocket|ws|xml\.bind|xml\.soap|xml\.ws)(?:\.|$)"
)
_ABSENT = re.compile(r"package (\S+) does not exist$")
_IMPORT = re.compile(r"\s*import\s+(?:static\s+)?(?:[\w$]+\.)+([\w$]+|\*)\s*;")
_SYMBOL = re.compile(r"  symbol: +(?:class|interface|variable|method|static) ([\w$]+)")
_ERROR = re.compile(r"(?:\S[^:]*\.java:\d+: )?error: (.+)")
_FOLLOWS = frozenset(
    {
        "method does not override or implement a method from a supertype",
        "static import only from classes and interfaces",
    }
)


def is_foreign(package: str) -> bool:
    """Whether a package is neither the JDK's nor in a form that no package has."""
    if not _PACKAGE.match(package) or _OF_THE_JDK.match(package):
        return False
    return not _JAVAX.match(package) or _JAVAX_OF_OTHERS.match(package) is not None


def absent_package(lines: Sequence[str]) -> str | None:
    """Return the first package that an import does not find, if that explains every error.

    Args:
        lines: What javac wrote.
    """
    first: str | None = None
    names: set[str] = set()
    errors = [(n, error[1]) for n, line in enumerate(lines) if (error := _ERROR.match(line))]
    following = [*(number for number, _ in errors[1:]), len(lines)]
    for (number, message), end in zip(errors, following, strict=False):
        about = lines[number + 1 : end]
        absent = _ABSENT.match(message)
        imported = _IMPORT.match(about[0]) if about else None
        if absent is not None and imported is not None and is_foreign(absent[1]):
            first = first or absent[1]
            names.add(imported[1])
        elif not _follows(message, about, names):
            return None
    return first


def _follows(message: str, about: Sequence[str], names: set[str]) -> bool:
    """Whether an error is only what the absence of imported names leads to."""
    if message == "cannot find symbol":
        symbol = next((found for line in about if (found := _SYMBOL.match(line))), None)
        return symbol is not None and (symbol[1] in names or "*" in names)
    return message in _FOLLOWS and bool(names)
