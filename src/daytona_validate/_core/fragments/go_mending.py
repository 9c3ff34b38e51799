"""What a further try of a Go block mends, by what the compiler complained of.

Standard packages that are not imported, what is not used or is returned, names of earlier blocks:
what the text around a fragment would have. Functions of the author's own are never mended, nor is
anything in a block with a package clause, but that it may take from earlier blocks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from daytona_validate._core.fragments.go_compiler_errors import GoError
from daytona_validate._core.fragments.go_page import taken_from
from daytona_validate._core.fragments.go_program import GoPlan
from daytona_validate._core.fragments.go_source import GoChunk, Token
from daytona_validate._core.fragments.go_standard_packages import standard_package

_LACKS_METHOD = re.compile(r"\(missing method |undefined \(type .* has no field or method ")
_UNUSED = re.compile(r"declared and not used: (\w+)$|(\w+) declared (?:and|but) not used$")
_UNUSED_IMPORT = re.compile(r'"([^"]+)" imported(?: as \w+)? and not used$')
_NO_PACKAGE = re.compile(r"use of package (\w+) not in selector$")
_UNUSED_VALUE = re.compile(r".* is not used$")
_TOO_MANY_RESULTS = "too many return values"
_HAVE = re.compile(r"\thave \((.*)\)$")


def mended(plan: GoPlan, errors: Sequence[GoError]) -> GoPlan | None:
    """Return a plan that answers what can be answered; None if nothing can."""
    changed = plan
    if plan.is_fragment:
        changed = _with_imports(changed, errors)
        for each in errors:
            changed = _with_use(changed, each)
        changed = _with_results(changed, errors)
    if plan.taken is None:
        changed = with_earlier(changed, errors) or changed
    return None if changed == plan else changed


def _with_imports(plan: GoPlan, errors: Iterable[GoError]) -> GoPlan:
    """Add and drop standard packages; not where the block itself shows its imports."""
    if plan.source.of_kind("import"):
        return plan
    said = [each.message for each in errors]
    variables = plan.variables | {found[1] for found in map(_NO_PACKAGE.match, said) if found}
    names = {each.undefined for each in errors if each.undefined is not None} - variables
    added = {path for path in map(standard_package, names) if path is not None}
    unused = {found[1] for found in map(_UNUSED_IMPORT.match, said) if found}
    dropped = unused | {path for path in map(standard_package, variables) if path is not None}
    imports = (plan.imports | added) - dropped
    return replace(plan, imports=imports, variables=variables)


def _with_use(plan: GoPlan, error: GoError) -> GoPlan:
    """Use what a fragment's statements or imports leave unused."""
    chunk = plan.source.chunk_at(error.line)
    unused_import = _UNUSED_IMPORT.match(error.message)
    if not error.is_own or chunk is None:
        return plan
    if unused_import:
        return _with_insertion(plan, _path_token(chunk, unused_import[1]), "_ ")
    if chunk.kind not in ("statement", "var"):
        return plan
    unused = _UNUSED.match(error.message)
    if unused:
        return _with_variable(plan, chunk, error.line, unused[1] or unused[2])
    is_first = plan.source.line(chunk.start) == error.line
    if is_first and _UNUSED_VALUE.match(error.message):
        return _with_insertion(plan, chunk.start, "_ = ")
    return plan


def _with_variable(plan: GoPlan, chunk: GoChunk, line: int, name: str) -> GoPlan:
    if name in chunk.names:
        return replace(plan, used=tuple(dict.fromkeys((*plan.used, name))))
    return _with_insertion(plan, _empty_body(plan, chunk, line, name), f" _ = {name};")


def _with_insertion(plan: GoPlan, position: int | None, text: str) -> GoPlan:
    added = (position, text)
    if position is None or added in plan.insertions:
        return plan
    return replace(plan, insertions=(*plan.insertions, (position, text)))


def _path_token(chunk: GoChunk, path: str) -> int | None:
    """Return where an import's path stands, if it has no name of its own."""
    before: Token | None = None
    for token in chunk.tokens:
        if token.kind == "string" and token.text.strip('"`') == path:
            has_name = before is not None and before.kind == "word" and before.text != "import"
            return None if has_name else token.start
        before = token
    return None


def _empty_body(plan: GoPlan, chunk: GoChunk, line: int, name: str) -> int | None:
    """Return where the body begins that a loop's variables are for, if comments are all it has."""
    tokens = chunk.tokens
    of_line = [n for n, each in enumerate(tokens) if plan.source.line(each.start) == line]
    braces = [n for n in of_line if tokens[n].text == "{"]
    if not braces or all(tokens[n].text != name for n in of_line):
        return None
    opened = braces[-1]  # those before it are values, as in `range []int{1} {`
    following = (each for each in tokens[opened + 1 :] if each.kind != "newline")
    inside = next(following, None)
    is_empty = inside is not None and inside.text == "}"
    return tokens[opened].start + 1 if is_empty else None


def _with_results(plan: GoPlan, errors: Iterable[GoError]) -> GoPlan:
    """Let statements that return something do so."""
    if not plan.has_statements or plan.results:
        return plan
    for each in errors:
        have = _HAVE.search(each.rest.split("\n")[0])
        if each.is_own and each.message.startswith(_TOO_MANY_RESULTS) and have:
            chunk = plan.source.chunk_at(each.line)
            if chunk is not None and chunk.kind == "statement":
                return replace(plan, results=have[1].count(",") + 1)
    return plan


def with_earlier(plan: GoPlan, errors: Sequence[GoError]) -> GoPlan | None:
    """Return a plan that takes what is undefined from earlier blocks; None if they lack it."""
    wanted = [each.undefined for each in errors if each.undefined is not None and each.is_own]
    if any(_LACKS_METHOD.search(each.message) for each in errors):
        wanted += [name for chunk in plan.source.of_kind("type") for name in chunk.names]
    if not wanted:
        return None
    taken = taken_from(
        plan.earlier, wanted=wanted, block=plan.source, package=plan.source.package or "main"
    )
    return None if taken is None else replace(plan, taken=taken)
