"""A Java program around a fragment: what the block does not say, and its lines as they stand.

Everything of the block keeps its line and nearly its column: what a file does not hold is blank
there, and what is added stands on lines that the block has. So errors and tracebacks point at the
block, whichever file they name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from daytona_validate._core.fragments.java_source import JavaChunk, JavaSource
from daytona_validate._core.fragments.java_standard_names import STANDARD_IMPORTS
from daytona_validate._core.languages.java import ENTRY_FILE

MEMBERS_FILE = "FragmentMembers.java"
OWN_FILES = frozenset({ENTRY_FILE, MEMBERS_FILE})
_STARS = " ".join(f"import {each}.*;" for each in STANDARD_IMPORTS)
_NOT_BLANK = re.compile(r"[^\n]")
_HIDING = frozenset({"private"})
_AT_TOP = frozenset({"public", "private", "protected", "static"})


@dataclass(frozen=True, slots=True, kw_only=True)
class JavaTaken:
    """Dependencies of a block that stand in earlier blocks."""

    names: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    """Name and content of further files."""
    has_members: bool = False
    """Whether a class `EarlierMembers` is among them."""
    statements: str = ""
    """In one line, to stand before the block's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JavaPlan:
    """Plan of a completion: what is put around a Java block."""

    source: JavaSource
    earlier: tuple[JavaSource, ...] = ()
    taken: JavaTaken | None = None
    """What comes from earlier blocks; None: nothing was tried yet."""
    has_stars: bool = False
    """Whether the usual packages are imported."""
    is_returning: bool = False
    """Whether its statements return something."""
    beside: frozenset[str] = frozenset()
    """The names of files that lie beside the block: of theirs it makes none."""

    @property
    def has_statements(self) -> bool:
        """Whether there are statements to run."""
        return bool(self.source.of_kind("statement"))

    @property
    def has_something_to_run(self) -> bool:
        """Whether a pass means that code of the block ran."""
        return self.has_statements or self.source.has_main

    @property
    def wrapper(self) -> str:
        """Return the name of the class around."""
        names = {each.name for each in self.source.of_kind("type")}
        return "Fragment" if "Main" in names else "Main"

    @property
    def hidden_publics(self) -> tuple[JavaChunk, ...]:
        """Return the public types of a whole block that cannot be public beside another."""
        types = [
            each
            for each in self.source.of_kind("type")
            if any(modifier.text == "public" for modifier in each.modifiers)
        ]
        kept = next((each for each in types if each.has_main), types[0] if types else None)
        return tuple(each for each in types if each is not kept)

    @property
    def of_own_files(self) -> tuple[JavaChunk, ...]:
        """Return those of `hidden_publics` that a file can be named after."""
        if not self.source.is_whole:
            return ()
        declared = Counter(each.name for each in self.source.of_kind("type"))
        taken = {name for name, _ in self.taken.files} if self.taken is not None else set[str]()
        no_names = OWN_FILES | self.beside | taken
        return tuple(
            each
            for each in self.hidden_publics
            if declared[each.name] == 1 and own_file(each) not in no_names
        )

    @property
    def own_files(self) -> frozenset[str]:
        """Return the names of the files that hold lines of the block."""
        return OWN_FILES.union(map(own_file, self.of_own_files))


def own_file(chunk: JavaChunk) -> str:
    """Return the name of the file that a public type is declared in."""
    return f"{chunk.name}.java"


def note(plan: JavaPlan) -> str:
    """Return what was put around the block, for people."""
    parts: list[str] = []
    if not plan.source.is_whole:
        parts.append("a class")
        if plan.has_statements:
            parts.append("a main method")
    if plan.has_stars:
        parts.append("imports of java.util and the like")
    if plan.of_own_files:
        where = "a file of its own" if len(plan.of_own_files) == 1 else "files of their own"
        parts.append(f"{', '.join(each.name for each in plan.of_own_files)} in {where}")
    if plan.source.is_whole and (others := _without_file(plan)):
        parts.append(f"`public` taken off {', '.join(each.name for each in others)}")
    if plan.taken is not None:
        parts.append(f"{', '.join(plan.taken.names)} of earlier blocks")
    return ", ".join(parts)


def program(plan: JavaPlan) -> dict[str, str]:
    """Return the files of a plan, the entry file among them."""
    files = dict(plan.taken.files) if plan.taken is not None else {}
    if plan.source.is_whole:
        return files | _whole(plan)
    base = "extends EarlierMembers " if plan.taken is not None and plan.taken.has_members else ""
    members = plan.source.of_kind("type", "member")
    if not plan.has_statements:
        main = "" if plan.source.has_main else " public static void main(String[] all) {}"
        around = (f"class {plan.wrapper} {base}{{ ", main + " }")
        return files | {ENTRY_FILE: _file(plan, members, around, _static(members))}
    if members:
        around = (f"class FragmentMembers {base}{{ ", " }")
        hidden = _blanked(members, _HIDING)
        files[MEMBERS_FILE] = _file(plan, members, around, [*_static(members), *hidden])
        base = "extends FragmentMembers "
    return files | {
        ENTRY_FILE: _file(plan, plan.source.of_kind("statement"), _main(plan, base), ())
    }


def _main(plan: JavaPlan, base: str) -> tuple[str, str]:
    before = plan.taken.statements if plan.taken is not None else ""
    start, end = "void run() throws Throwable { ", " }"
    if plan.is_returning:
        start, end = "Object run() throws Throwable { if (Boolean.TRUE) { ", " } return null; }"
    run = f"new {plan.wrapper}().run();"
    main = f" public static void main(String[] all) throws Throwable {{ {run} }} }}"
    return f"class {plan.wrapper} {base}{{ {start}{before}", end + main


Edit = tuple[int, int, str]
"""From, to, and what stands there instead; without line ends."""


def _without_file(plan: JavaPlan) -> list[JavaChunk]:
    """Return the public types that stay in the entry file, beside the one that is public there."""
    return [each for each in plan.hidden_publics if each not in plan.of_own_files]


def _whole(plan: JavaPlan) -> dict[str, str]:
    """Return the files of a block of types: one, and one for each further public type.

    They have no package clause where types of earlier blocks are to see them.
    """
    code, heads = plan.source.code, plan.source.of_kind("package", "import")
    own = plan.of_own_files
    edits = _heads(plan)
    off = [*_blanked(_without_file(plan), {"public"}), *(_blank(code, each) for each in own)]
    files = {own_file(each): edited(code, [*edits, *_gaps(code, [*heads, each])]) for each in own}
    return files | {ENTRY_FILE: edited(code, [*edits, *off])}


def _heads(plan: JavaPlan) -> list[Edit]:
    """Return what changes the package clause and the imports, the same in each file."""
    packages = plan.source.of_kind("package")
    at = packages[0].end if packages else plan.source.chunks[0].start
    stars: list[Edit] = [(at, at, f" {_STARS} " if packages else f"{_STARS} ")]
    declared = frozenset(plan.taken.names if plan.taken is not None else ())
    blanked = [
        _blank(plan.source.code, each)
        for each in plan.source.of_kind("package", "import")
        if plan.taken is not None and (each.kind == "package" or each.name in declared)
    ]
    return [*(stars if plan.has_stars else []), *blanked]


def _blank(code: str, chunk: JavaChunk) -> Edit:
    return chunk.start, chunk.end, _NOT_BLANK.sub(" ", code[chunk.start : chunk.end])


def _file(
    plan: JavaPlan, chunks: Sequence[JavaChunk], around: tuple[str, str], edits: Iterable[Edit]
) -> str:
    """Return a file of the block's imports and some of its chunks, with text around these."""
    code = plan.source.code
    imports = plan.source.of_kind("import")
    before, after = around
    if plan.has_stars:
        before = f"{_STARS} {before}"
    start = chunks[0].start if chunks else (imports[-1].end if imports else 0)
    end = chunks[-1].end if chunks else start
    gaps = _gaps(code, [*imports, *chunks])
    return edited(code, [*gaps, (start, start, before), *edits, (end, end, after)])


def _gaps(code: str, chunks: Sequence[JavaChunk]) -> list[Edit]:
    """Return what blanks everything but some chunks."""
    gaps: list[Edit] = []
    start = 0
    for chunk in sorted(chunks, key=lambda each: each.start):
        gaps.append((start, chunk.start, _NOT_BLANK.sub(" ", code[start : chunk.start])))
        start = chunk.end
    return [*gaps, (start, len(code), _NOT_BLANK.sub(" ", code[start:]))]


def _static(chunks: Iterable[JavaChunk]) -> list[Edit]:
    """Return what makes the types of a block independent of an instance of the class around."""
    return [
        (each.tokens[each.head].start, each.tokens[each.head].start, "static ")
        for each in chunks
        if each.kind == "type" and not any(m.text == "static" for m in each.modifiers)
    ]


def _blanked(chunks: Iterable[JavaChunk], modifiers: Iterable[str]) -> list[Edit]:
    """Return what takes modifiers off."""
    taken = frozenset(modifiers)
    return [
        (token.start, token.end, " " * len(token.text))
        for each in chunks
        for token in each.modifiers
        if token.text in taken
    ]


def top_level(source: JavaSource, chunks: Sequence[JavaChunk]) -> str:
    """Return some types of an earlier block as a file of their own, with its imports."""
    imports = source.of_kind("import")
    edits = [*_gaps(source.code, [*imports, *chunks]), *_blanked(chunks, _AT_TOP)]
    stars = "" if imports else f"{_STARS} "
    return stars + edited(source.code, edits)


def members_class(texts: Iterable[str], imports: Iterable[str]) -> str:
    """Return a class of members of earlier blocks."""
    return "\n".join([_STARS, *imports, "class EarlierMembers {", *texts, "}", ""])


def edited(code: str, edits: Iterable[Edit]) -> str:
    """Return code with some parts replaced."""
    parts: list[str] = []
    at = 0
    # Of edits at one place, insertions come first, in the order they are given.
    for start, end, text in sorted(edits, key=lambda edit: edit[:2]):
        parts += [code[at:start], text]
        at = max(at, end)
    return "".join([*parts, code[at:]])
