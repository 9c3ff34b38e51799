"""A Java program around a fragment: what the block does not say, and its lines as they stand.

Everything of the block keeps its line and nearly its column: what a file does not hold is blank
there, and what is added stands on lines that the block has. So errors and tracebacks point at the
block, whichever file they name.
"""

from __future__ import annotations

import re
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


def note(plan: JavaPlan) -> str:
    """Return what was put around the block, for people."""
    parts: list[str] = []
    if not plan.source.is_whole:
        parts.append("a class")
        if plan.has_statements:
            parts.append("a main method")
    if plan.has_stars:
        parts.append("imports of java.util and the like")
    if plan.source.is_whole and plan.hidden_publics:
        names = ", ".join(each.name for each in plan.hidden_publics)
        parts.append(f"`public` taken off {names}")
    if plan.taken is not None:
        parts.append(f"{', '.join(plan.taken.names)} of earlier blocks")
    return ", ".join(parts)


def program(plan: JavaPlan) -> dict[str, str]:
    """Return the files of a plan, the entry file among them."""
    files = dict(plan.taken.files) if plan.taken is not None else {}
    if plan.source.is_whole:
        return files | {ENTRY_FILE: _whole(plan)}
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


def _whole(plan: JavaPlan) -> str:
    """Return a block of types, without a package clause where others are to see them."""
    edits = list(_blanked(plan.hidden_publics, {"public"}))
    if plan.taken is not None:
        declared = frozenset(plan.taken.names)
        edits += [
            (each.start, each.end, " " * (each.end - each.start))
            for each in plan.source.of_kind("package", "import")
            if each.kind == "package" or each.name in declared
        ]
    first = plan.source.chunks[0].start
    stars = [(first, first, f"{_STARS} ")] if plan.has_stars else []
    return edited(plan.source.code, [*stars, *edits])


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
