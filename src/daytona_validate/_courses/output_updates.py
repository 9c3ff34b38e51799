"""Rewrites the outputs that a page shows to what was printed; every other byte stays as it is.

It errs towards leaving an output alone: where it is not certain which line was printed by which,
where the page is not as it was read, or where what was printed could be read as more than an
output, nothing is changed. A program must not write code into its page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from daytona_validate._core.shown_session import ShownSession, other_outputs
from daytona_validate._courses.comment_updates import comment_updates
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.notebook_updates import CellEdit
from daytona_validate._courses.repl_session import reads_as_output, session_code, shown_session
from daytona_validate._models import CodeValidationResult, Outcome
from daytona_validate._unsafe_characters import UNSAFE_CHARACTER

_LINES = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")
_FENCE = re.compile(r"[\s>]*(`{3,}|~{3,}|:{3,})")
_PROMPT = re.compile(r"[ \t]*(?:>>>|\.{3,9}:?|In ?\[[\d ]{0,9}\]:) ?")


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Patch: some lines of a file, and those to put in their place."""

    line: int
    """1-based, of the first."""
    old: tuple[str, ...]
    """As the block has them: without the indentation of a list or the mark of a quote."""
    new: tuple[str, ...]


def output_updates(
    course: CourseSnippet, result: CodeValidationResult
) -> Iterator[LineEdit | CellEdit]:
    """Yield what would make a page show what was printed, if its block printed something else.

    Args:
        course: The block.
        result: Its result; where its output was not kept whole, nothing is yielded.
    """
    is_other = result.outcome is Outcome.WRONG_OUTPUT and not result.lost_bytes.stdout
    location = course.snippet.location
    if not is_other or location is None or location.included is not None:
        return
    if location.cell is not None:
        yield from _cell_update(course, location.cell, result.output)
    elif course.code_line is not None:
        yield from _line_updates(course, course.code_line, result.output)


def _cell_update(course: CourseSnippet, cell: int, output: str) -> Iterator[CellEdit]:
    stored = course.shown.cell
    if stored is None or stored.printed is not None or any(map(_is_unsafe, output.split("\n"))):
        return
    value = "" if stored.value is None else f"{stored.value}\n"
    if output.endswith(value):  # that is shown, and not printed
        yield CellEdit(cell, course.code, stored.text, output.removesuffix(value))


def _line_updates(course: CourseSnippet, first: int, output: str) -> Iterator[LineEdit]:
    """Yield what a block shows itself, or the fence after it.

    Args:
        course: The block.
        first: 1-based line of the file at which its code begins.
        output: What it printed.
    """
    printed = tuple(output.removesuffix("\n").split("\n"))
    session, shown = shown_session(course.snippet), course.shown
    if session is not None:
        old = tuple(session.removesuffix("\n").split("\n"))
        new = _as_many_blank(printed, old)
        if _is_only_output(new, old) and _is_same_session(new, old):
            yield LineEdit(first, old, new)
    elif shown.session is not None:
        yield from _session_updates(shown.session, first, output)
    elif shown.whole is not None and shown.whole_line is not None:
        old = tuple(shown.whole.removesuffix("\n").split("\n"))
        new = _as_many_blank(printed, old)
        if _is_only_output(new, old):
            yield LineEdit(shown.whole_line, old, new)
    else:
        snippet = course.snippet
        found = comment_updates(snippet.code, snippet.language, shown.lines, printed)
        for line, before, after in found:
            if not _is_unsafe(after):
                yield LineEdit(first + line - 1, (before,), (after,))


def _session_updates(session: ShownSession, first: int, output: str) -> Iterator[LineEdit]:
    for other in other_outputs(session, output):
        old, new = other.input.shown, tuple(line.rstrip() for line in other.printed)
        if new[1:] and new[-1] == "undefined" != old[-1]:  # most pages leave it out
            new = new[:-1]
        is_output = _is_only_output(new, old) and reads_as_output(new, session.language)
        if new and is_output:
            yield LineEdit(first + other.input.line - 1, old, new)


def _is_only_output(new: tuple[str, ...], old: tuple[str, ...]) -> bool:
    """Return whether lines have nothing that ends their block, or that no page should have.

    A fence is only as long as one that is shown there already.
    """
    fences = tuple(found[1] for found in map(_FENCE.match, old) if found)
    ends = (found[1] for found in map(_FENCE.match, new) if found)
    is_block = all(any(each.startswith(end) for each in fences) for end in ends)
    return is_block and not any(map(_is_unsafe, new))


def _is_unsafe(line: str) -> bool:
    return UNSAFE_CHARACTER.search(line.replace("\t", "")) is not None


def _is_same_session(new: tuple[str, ...], old: tuple[str, ...]) -> bool:
    """Return whether a session types what another does, and no line of its output more."""
    typed, typed_before = ([each for each in lines if _PROMPT.match(each)] for lines in (new, old))
    before = {_PROMPT.sub("", each, count=1) for each in typed_before} | _typed(old)
    return typed == typed_before and _typed(new) <= before


def _typed(lines: tuple[str, ...]) -> set[str]:
    return set(session_code("\n".join(lines), "python").split("\n"))


def updated(content: bytes, edits: Iterable[LineEdit]) -> tuple[bytes, tuple[LineEdit, ...]]:
    """Return a page with edits, and those that were made.

    Args:
        content: Of the page.
        edits: No two of the same line. One whose old lines are not there is not made.
    """
    text = content.decode(errors="surrogateescape")
    lines = [(found[1], found[2]) for found in _LINES.finditer(text) if found[0]]
    done: list[LineEdit] = []
    for edit in sorted(edits, key=lambda each: -each.line):
        first, last = edit.line - 1, edit.line - 1 + len(edit.old)
        there = lines[first:last]
        if len(there) == len(edit.old) and all(map(_ends_so, there, edit.old)):
            lines[first:last] = _edited(there, edit)
            done.append(edit)
    return "".join(line + end for line, end in lines).encode(errors="surrogateescape"), tuple(done)


def _as_many_blank(printed: tuple[str, ...], old: tuple[str, ...]) -> tuple[str, ...]:
    """Return lines with as many blank ones at their end as others have."""
    while printed and not printed[-1].strip():
        printed = printed[:-1]
    blank = len(old) - len("\n".join(old).rstrip().split("\n"))
    return printed + old[len(old) - blank :]


def _ends_so(there: tuple[str, str], old: str) -> bool:
    return there[0].endswith(old)


def _edited(there: list[tuple[str, str]], edit: LineEdit) -> Iterator[tuple[str, str]]:
    prefixes = [line.removesuffix(old) for (line, _), old in zip(there, edit.old, strict=True)]
    for number, new in enumerate(edit.new):
        at = min(number, len(there) - 1)
        if number < len(there) and edit.old[number].rstrip() == new.rstrip():
            yield there[number]
            continue
        prefix = prefixes[at] if edit.old[at] else prefixes[0]
        yield prefix + new if new else prefix.rstrip(), there[at][1] or there[0][1]
