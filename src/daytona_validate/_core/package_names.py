"""Which names of third-party packages are accepted: names with versions, and nothing else.

A package list ends up on the command line of an installer. An address, a path or an option in
it would let a stranger's settings fetch or read something else, so what is not plainly a name
is refused. It errs on the strict side: `name>=1` is refused too, because a list that means
another version tomorrow would still be served from the same cached environment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_PACKAGES = 20
"""Packages in one list; what they depend on is not counted."""
_MAX_NAME_LENGTH = 214
"""npm's own limit for a name, and more than anything on PyPI."""

_PYPI_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_PYPI_VERSION = (  # PEP 440 in its normalised and its tolerated spellings
    r"(?:\d+!)?\d+(?:\.\d+)*(?:[-_.]?(?:alpha|a|beta|b|preview|pre|c|rc)[-_.]?\d*)?"
    r"(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?(?:[-_.]?dev[-_.]?\d*)?"
    r"(?:\+[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*)?"
)
_NPM_PART = r"[A-Za-z0-9~][A-Za-z0-9._~-]*"
_NPM_VERSION = r"\d+(?:\.\d+){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?"
# pip and npm both take a name with such an ending for a file in the current folder.
_ARCHIVE = re.compile(r"\.(?:whl|zip|tar|tgz|gz|tbz|bz2|txz|xz|tlz|lz|lzma)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PackageGrammar:
    """Grammar of a language's package specifiers."""

    pattern: re.Pattern[str]
    """Group `name` is the part before any extras and version."""
    form: str
    """For people: what is accepted."""


_NPM = PackageGrammar(
    re.compile(rf"(?P<name>(?:@{_NPM_PART}/)?{_NPM_PART})(?:@(?:{_NPM_VERSION}))?"),
    "name, name@1.2.3 or @scope/name@1.2.3",
)

PACKAGE_GRAMMARS: dict[str, PackageGrammar] = {
    "python": PackageGrammar(
        re.compile(
            rf"(?P<name>{_PYPI_NAME})(?:\[{_PYPI_NAME}(?:,{_PYPI_NAME})*\])?"
            rf"(?:==(?:{_PYPI_VERSION}))?"
        ),
        "name, name==1.2.3 or name[extra]==1.2.3",
    ),
    "javascript": _NPM,
    "typescript": _NPM,
}
"""Per language's name; a language that is not here takes no packages."""


def packages_refusal(language: str, names: Sequence[str]) -> str | None:
    """Return one line that says why a list of packages is refused, or None if it is accepted.

    Args:
        language: The language's name in the table, not an alias.
        names: The packages as the caller wrote them.
    """
    if not names:
        return None
    grammar = PACKAGE_GRAMMARS.get(language)
    if grammar is None:
        return f"packages of {language!r} are not supported, only of {_enumeration()}"
    if len(names) > MAX_PACKAGES:
        return f"{len(names)} {language} packages are too many: at most {MAX_PACKAGES}"
    for name in names:
        if not _is_accepted(grammar, name):
            return f"{_shown(name)} is not a {language} package: write {grammar.form}"
    return None


def canonical_packages(names: Sequence[str]) -> tuple[str, ...]:
    """Return a list's packages sorted and without repetitions: what its cache key is made of."""
    return tuple(sorted(set(names)))


def _is_accepted(grammar: PackageGrammar, name: str) -> bool:
    if len(name) > _MAX_NAME_LENGTH or _ARCHIVE.search(name):
        return False
    match = grammar.pattern.fullmatch(name)
    return match is not None and not _ARCHIVE.search(match["name"])


def _shown(name: str) -> str:
    return repr(name if len(name) <= 60 else name[:57] + "...")  # noqa: PLR2004 - a line's room


def _enumeration() -> str:
    return ", ".join(sorted(PACKAGE_GRAMMARS))
