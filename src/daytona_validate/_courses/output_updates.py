"""Rewrites the outputs that a page shows to what was printed; every other byte stays as it is.

It errs towards leaving an output alone: where it is not certain which line was printed by which,
or where the page is not as it was read, nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from daytona_validate._core.shown_output import ShownLine, normal
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.repl_session import shown_session
from daytona_validate._courses.shown_in_comments import printing_lines
from daytona_validate._models import CodeValidationResult, Outcome

_LINES = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Patch: some lines of a file, and those to put in their place."""

    line: int
    """1-based, of the first."""
    old: tuple[str, ...]
    """As the block has them: without the indentation of a list or the mark of a quote."""
    new: tuple[str, ...]


def output_updates(course: CourseSnippet, result: CodeValidationResult) -> Iterator[LineEdit]:
    """Yield what would make a page show what was printed, if its block printed something else.

    Args:
        course: The block.
        result: Its result; where its output was not kept whole, nothing is yielded.
    """
    is_other = result.outcome is Outcome.WRONG_OUTPUT and not result.lost_bytes.stdout
    is_here = course.snippet.location is not None and course.snippet.location.included is None
    if not (is_other and is_here) or course.code_line is None:
        return
    printed = tuple(result.output.removesuffix("\n").split("\n"))
    session, shown = shown_session(course.snippet), course.shown
    if session is not None:
        old = tuple(session.removesuffix("\n").split("\n"))
        yield LineEdit(course.code_line, old, _as_many_blank(printed, old))
    elif shown.whole is not None and shown.whole_line is not None:
        old = tuple(shown.whole.removesuffix("\n").split("\n"))
        yield LineEdit(shown.whole_line, old, printed)
    else:
        yield from _comment_updates(course, shown.lines, printed)


def updated(content: bytes, edits: Iterable[LineEdit]) -> tuple[bytes, int]:
    """Return a page with edits, and how many of them were made.

    Args:
        content: Of the page.
        edits: No two of the same line. One whose old lines are not there is not made.
    """
    text = content.decode(errors="surrogateescape")
    lines = [(found[1], found[2]) for found in _LINES.finditer(text) if found[0]]
    done = 0
    for edit in sorted(edits, key=lambda each: -each.line):
        first, last = edit.line - 1, edit.line - 1 + len(edit.old)
        there = lines[first:last]
        if len(there) == len(edit.old) and all(map(_ends_so, there, edit.old)):
            lines[first:last] = _edited(there, edit)
            done += 1
    return "".join(line + end for line, end in lines).encode(errors="surrogateescape"), done


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


def _comment_updates(
    course: CourseSnippet, shown: Iterable[ShownLine], printed: tuple[str, ...]
) -> Iterator[LineEdit]:
    code = course.snippet.code.split("\n")
    printing = printing_lines(course.snippet.code, course.snippet.language)
    if printing is None or len(printing) != len(printed):
        return
    by_line: dict[int, ShownLine | None] = {}
    for each in shown:
        line = max((at for at in printing if at <= each.line), default=0)
        by_line[line] = None if line in by_line else each
    for line, output in zip(printing, printed, strict=True):
        one = by_line.get(line)
        if one is None or normal(one.text) == normal(output):
            continue
        old = code[one.line - 1].removesuffix("\r")
        before, _, after = old.rpartition(one.text)
        quote = one.text[0] if one.text[0] == one.text[-1] and one.text[0] in "'\"" else ""
        assert course.code_line is not None  # noqa: S101 - `output_updates` has looked
        new = f"{before}{quote}{output}{quote}{after}"
        yield LineEdit(course.code_line + one.line - 1, (old,), (new,))
