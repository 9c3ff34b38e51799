"""What a fragment of Go lacks, and whether that is its page's to give or a slip of the pen."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from daytona_validate._core.fragments.go_compiler_errors import GoError
from daytona_validate._core.fragments.go_page import imported_names
from daytona_validate._core.fragments.go_program import GoPlan
from daytona_validate._core.fragments.go_standard_packages import STANDARD_PACKAGES
from daytona_validate._core.fragments.near_names import is_misspelt

_PREDECLARED = """
    bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64
    rune string uint uint8 uint16 uint32 uint64 uintptr any true false iota nil append cap clear
    close complex copy delete imag len make max min new panic print println real recover func
    return range struct switch interface break continue const defer package import
    """.split()  # noqa: SIM905 - a table of words
_AGAIN = "no new variables on left side of :="
_MAKES = re.compile(
    r"[ \t]*([A-Za-z_]\w*(?:,[ \t]*[A-Za-z_]\w*){0,9})[ \t]*:=[ \t]*([\w.]+)[ \t]*[(\[]"
)


def is_mistake(name: str, plan: GoPlan) -> bool:
    """Return whether an unknown name is none of the page's: misspelt, or a forgotten import."""
    is_import = name in STANDARD_PACKAGES and bool(plan.source.of_kind("import"))
    if not is_import and any(name in imported_names(each) for each in plan.earlier):
        return False
    return is_import or is_misspelt(name, set(_known(name, plan)))


def _known(name: str, plan: GoPlan) -> Iterator[str]:
    """Yield the names that an unknown one may be a misspelling of."""
    for chunk in plan.source.chunks:
        yield from (token.text for token in chunk.tokens if token.kind == "word")
    for source in plan.earlier:
        for chunk in source.chunks:
            yield from chunk.names
    yield from imported_names(plan.source)
    if re.search(rf"\b{name}\s*[.(]", plan.source.code) is not None:
        yield from STANDARD_PACKAGES
    yield from _PREDECLARED


def made_in_two_ways(plan: GoPlan, errors: Sequence[GoError]) -> str | None:
    """Return what a fragment makes again and again by the same call, to show what comes of it.

    Args:
        plan: Of the fragment.
        errors: All that the compiler says of it but for unknown names.

    Returns:
        None: it may be a mistake, such as a second call below the first, or a use between them.
    """
    if not plan.is_fragment or not errors or any(each.message != _AGAIN for each in errors):
        return None
    lines = plan.source.code.split("\n")
    made: str | None = None
    for each in errors:
        again = _MAKES.match(lines[each.line - 1]) if 0 < each.line <= len(lines) else None
        if again is None or not _is_made_above(lines[: each.line - 1], again):
            return None
        made = again[1]
    return made


def _is_made_above(above: Sequence[str], again: re.Match[str]) -> bool:
    """Return whether the same call makes the same names above, after a blank line, unused since."""
    names = re.findall(r"[A-Za-z]\w*", again[1])
    is_apart = False
    for line in reversed(above):
        first = _MAKES.match(line)
        if first is not None and first[1] == again[1]:
            return is_apart and first[2] == again[2]
        code = line.partition("//")[0]
        is_apart = is_apart or not line.strip()
        if any(re.search(rf"\b{name}\b", code) for name in names):
            return False
    return False
