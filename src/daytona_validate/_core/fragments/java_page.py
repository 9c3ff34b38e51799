"""What a Java block takes from the blocks above it: the types, methods and variables it needs.

Of several declarations of one name the last one counts. The types of one block stand in a file of
their own, with the imports of that block; methods in a class that the fragment's class extends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from daytona_validate._core.fragments.java_program import JavaTaken, members_class, top_level
from daytona_validate._core.fragments.java_source import JavaChunk, JavaSource

_MAX_TAKEN = 200
_LEFT_OUT = re.compile(r"[=({;,]\s*(?:\.\.\.|…)")
"""Where something is left out: of code that has it there is no use."""


def taken_from(
    earlier: Sequence[JavaSource], *, wanted: Iterable[str], block: JavaSource
) -> JavaTaken | None:
    """Return what earlier blocks have of the names that a block lacks; None if nothing.

    Args:
        earlier: The blocks above, in the order of the page.
        wanted: The names that nothing declares.
        block: What it declares itself is never taken; a block of types takes nothing but types.
    """
    own = {each.name for each in block.chunks if each.kind != "import"}
    kinds = ("type",) if block.is_whole else ("type", "member", "statement")
    places = {
        chunk.name: (number, position)
        for number, source in enumerate(earlier)
        for position, chunk in enumerate(source.chunks)
        if chunk.kind in kinds and chunk.name not in ("", "main") and source.is_balanced
        if not _LEFT_OUT.search(source.code, chunk.start, chunk.end)
    }
    chosen: dict[tuple[int, int], JavaChunk] = {}
    queue = list(wanted)
    while queue and len(chosen) < _MAX_TAKEN:
        name = queue.pop()
        place = places.pop(name, None)
        if place is not None and name not in own:
            chosen[place] = earlier[place[0]].chunks[place[1]]
            queue += chosen[place].words
    return _taken(earlier, dict(sorted(chosen.items()))) if chosen else None


def _taken(earlier: Sequence[JavaSource], chosen: Mapping[tuple[int, int], JavaChunk]) -> JavaTaken:
    files: list[tuple[str, str]] = []
    members: list[str] = []
    imports: list[str] = []
    statements: list[str] = []
    for number, source in enumerate(earlier):
        chunks = [chunk for (of, _), chunk in chosen.items() if of == number]
        types = [each for each in chunks if each.kind == "type"]
        if types:
            files.append((f"Earlier{number + 1}.java", top_level(source, types)))
        of_members = [each for each in chunks if each.kind == "member"]
        members += [_without_private(source, each) for each in of_members]
        if of_members:
            imports += [source.code[i.start : i.end] for i in source.of_kind("import")]
        statements += [_in_one_line(each) for each in chunks if each.kind == "statement"]
    if members:
        files.append(("EarlierMembers.java", members_class(members, dict.fromkeys(imports))))
    return JavaTaken(
        names=tuple(dict.fromkeys(each.name for each in chosen.values())),
        files=tuple(files),
        has_members=bool(members),
        statements="".join(f"{each} " for each in statements),
    )


def _without_private(source: JavaSource, chunk: JavaChunk) -> str:
    text = source.code[chunk.start : chunk.end]
    return text.replace("private ", "", 1) if chunk.tokens[0].text == "private" else text


def _in_one_line(chunk: JavaChunk) -> str:
    """Return a statement without comments and line ends."""
    parts: list[str] = []
    before: str | None = None
    for token in chunk.tokens:
        is_split = before in ("word", "number") and token.kind in ("word", "number")
        parts.append(f" {token.text}" if is_split else token.text)
        before = token.kind
    return "".join(parts)
