"""Parser of the error output of TypeScript's compiler; written against real texts of 7.0.

Each mistake stands on a line of its own, by file and then by place; what explains it is indented::

    index.ts(3,7): error TS2322: Type '(x: number) => string' is not assignable to type '…'.
      Type 'string' is not assignable to type 'number'.

A compiled program is Node's, whose traces name the TypeScript file and its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from daytona_validate._core.languages import javascript_errors
from daytona_validate._core.languages.diagnosis import Diagnosis, Ending, last_line
from daytona_validate._core.languages.go_errors import collapse

_ERROR = re.compile(r"(?:(\S.*?)\((\d+),\d+\): )?error (TS\d+: .+)")
_NOT_FOUND = (
    re.compile(r"TS2307: Cannot find module '([^']+)' or its corresponding type declarations"),
    re.compile(r"TS2882: Cannot find module or type declarations for side-effect import of '(.+)'"),
    # It is there, but the package with its types is not.
    re.compile(r"TS7016: Could not find a declaration file for module '([^']+)'"),
    re.compile(r"TS2688: Cannot find type definition file for '([^']+)'"),
)
_AUGMENTED = (
    re.compile(r"TS2664: Invalid module name in augmentation, module '([^']+)' cannot be found"),
)
"""What a page extends and does not import: a program that stands alone has to bring it."""
_ESBUILD = re.compile(r"\S+ \[ERROR\] (.+)")
_ESBUILD_PLACE = re.compile(r" +([^:]+):(\d+):\d+:$")


def diagnose(ending: Ending) -> Diagnosis | None:
    """Read what the compiler wrote, or what Node did when a program failed."""
    if not ending.is_compiler:
        return javascript_errors.diagnose(ending)
    lines = ending.text.split("\n")
    found = _first_mistake(lines, ending.entry_file)
    return found or collapse(lines) or _of_esbuild(lines, ending.entry_file) or last_line(ending)


def _first_mistake(lines: list[str], entry_file: str) -> Diagnosis | None:
    """Return the first error in the entry file, else the very first."""
    mistakes = [found for line in lines if (found := _ERROR.match(line))]
    if not mistakes:
        return None
    first = next((each for each in mistakes if each[1] == entry_file), mistakes[0])
    is_ours = first[1] == entry_file
    return Diagnosis(
        message=first[3] if is_ours or first[1] is None else f"{first[1]}:{first[2]}: {first[3]}",
        line=int(first[2]) if is_ours else None,
        missing_module=next(_missing(first[3], _NOT_FOUND), None),
        told_package=next(_missing(first[3], _AUGMENTED), None),
        is_uncaught=True,
    )


def _missing(message: str, patterns: Iterable[re.Pattern[str]]) -> Iterator[str]:
    for pattern in patterns:
        found = pattern.match(message)
        package = javascript_errors.package_of(found[1]) if found else None
        if package is not None:
            yield package


def _of_esbuild(lines: list[str], entry_file: str) -> Diagnosis | None:
    """Read the rare error that shows only when JavaScript is made; its place is two lines below."""
    for number, line in enumerate(lines):
        found = _ESBUILD.match(line)
        if found is not None:
            place = _ESBUILD_PLACE.match("".join(lines[number + 2 : number + 3]))
            is_ours = place is not None and place[1] == entry_file
            at = int(place[2]) if place is not None and is_ours else None
            return Diagnosis(message=found[1], line=at, is_uncaught=True)
    return None
