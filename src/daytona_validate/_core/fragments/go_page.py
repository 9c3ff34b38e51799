"""What a Go block takes from the blocks above it: the declarations it needs, and no more.

Of several declarations of one name the last one counts. What is taken of one block stands in a file
of its own, with the imports that it needs; statements are taken only where they make a variable.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from daytona_validate._core.fragments.go_source import GoChunk, GoSource
from daytona_validate._core.fragments.go_standard_packages import standard_package

_NEVER_TAKEN = re.compile(r"main$|init$|_$|(?:Test|Benchmark|Fuzz|Example)(?![a-z])")
_PACKAGE = re.compile(r"(?:.*/)?(?!v\d+$)([A-Za-z_]\w*?)(?:\.v\d+)?(?:/v\d+)?")
_MAX_TAKEN = 200
_VERSION = re.compile(r"v\d+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoTaken:
    """Dependencies of a block that stand in earlier blocks."""

    names: tuple[str, ...]
    """What was taken, in the order of the page."""
    files: tuple[tuple[str, str], ...]
    """Name and content of further files."""
    statements: tuple[str, ...]
    """To stand before the block's own, each with the names that it makes used."""
    imports: frozenset[str]
    """Standard packages that the statements need."""


def taken_from(
    earlier: Sequence[GoSource], *, wanted: Iterable[str], block: GoSource, package: str
) -> GoTaken | None:
    """Return what earlier blocks have of the names that a block lacks; None if nothing.

    Args:
        earlier: The blocks above, in the order of the page.
        wanted: The names that nothing declares.
        block: What it declares itself is never taken.
        package: The block's package, for files.
    """
    own = {name for chunk in block.chunks for name in chunk.names if chunk.kind != "import"}
    places = _places(earlier)
    together: dict[str, list[str]] = {}  # a type with its methods
    for name in places:
        together.setdefault(name.partition(".")[0], []).append(name)
    chosen: dict[tuple[int, int], GoChunk] = {}
    queue = list(wanted)
    while queue and len(chosen) < _MAX_TAKEN:
        for name in together.pop(queue.pop(), ()):
            if name not in own:
                number, position = places[name]
                chosen[number, position] = earlier[number].chunks[position]
                queue += chosen[number, position].words
    if not chosen:
        return None
    return _taken(earlier, dict(sorted(chosen.items())), package)


def _places(earlier: Sequence[GoSource]) -> dict[str, tuple[int, int]]:
    """Return where each name is declared last: which block, which chunk."""
    places: dict[str, tuple[int, int]] = {}
    for number, source in enumerate(earlier):
        for position, chunk in enumerate(source.chunks):
            if chunk.kind in ("package", "import"):
                continue
            for name in chunk.names:
                if not _NEVER_TAKEN.match(name):
                    places[name] = (number, position)
    return places


def _taken(
    earlier: Sequence[GoSource], chosen: dict[tuple[int, int], GoChunk], package: str
) -> GoTaken:
    files: list[tuple[str, str]] = []
    statements: list[str] = []
    imports: set[str] = set()
    for number, source in enumerate(earlier):
        chunks = [chunk for (of, _), chunk in chosen.items() if of == number]
        declared = [each for each in chunks if each.kind != "statement"]
        if declared:
            texts = [source.code[each.start : each.end] for each in declared]
            head = [f"package {package}", *import_lines(source, declared)]
            files.append((f"earlier{number + 1}.go", "\n".join([*head, *texts, ""])))
        for each in chunks:
            if each.kind == "statement":
                used = "; ".join(f"_ = {name}" for name in each.names if name != "_")
                statements.append(f"{source.code[each.start : each.end]}\n{used}")
                imports |= standard_imports([each])
    names = dict.fromkeys(n.partition(".")[0] for chunk in chosen.values() for n in chunk.names)
    return GoTaken(
        names=tuple(names),
        files=tuple(files),
        statements=tuple(statements),
        imports=frozenset(imports),
    )


def import_lines(source: GoSource, chunks: Sequence[GoChunk]) -> Iterator[str]:
    """Yield the imports that chunks of a source need: its own or, without any, standard ones."""
    own = source.of_kind("import")
    words = frozenset[str]().union(*(each.words for each in chunks))
    for chunk in own:
        name = ""
        for token in chunk.tokens[1:]:
            if token.kind == "string":
                path = token.text.strip('"`')
                if (name or _called(path)) in words:
                    yield f'import {name} "{path}"'
            name = token.text if token.kind == "word" or token.text in "._" else ""
    if not own:
        for path in sorted(standard_imports(chunks)):
            yield f'import "{path}"'


def _called(path: str) -> str:
    """Return the name that a package is called by, if it has the name of its folder."""
    parts = path.split("/")
    if len(parts) > 1 and _VERSION.match(parts[-1]):
        parts.pop()
    return parts[-1].removeprefix("go-").partition(".")[0]


def imported_names(source: GoSource) -> Iterator[str]:
    """Yield the names that the imports of a block bind."""
    for chunk in source.of_kind("import"):
        yield from (token.text for token in chunk.tokens if token.kind == "word")
        yield from (found[1] for path in chunk.names if (found := _PACKAGE.fullmatch(path)))


def standard_imports(chunks: Iterable[GoChunk]) -> frozenset[str]:
    """Return the paths of standard packages that chunks seem to use: `name.Member` of no variable.

    A name that also stands without a dot behind it is taken for a variable.
    """
    members: dict[str, set[str]] = {}
    alone: set[str] = set()
    for chunk in chunks:
        tokens = chunk.tokens
        for number, token in enumerate(tokens):
            if token.kind != "word" or (number and tokens[number - 1].text == "."):
                continue
            following = [each.text for each in tokens[number + 1 : number + 3]]
            if len(following) > 1 and following[0] == "." and following[1][:1].isupper():
                members.setdefault(token.text, set()).add(following[1])
            else:
                alone.add(token.text)
    paths = (standard_package(n, used) for n, used in members.items() if n not in alone)
    return frozenset(path for path in paths if path is not None)
