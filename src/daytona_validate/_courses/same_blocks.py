"""Whether a page that was rewritten still has its blocks: each where it must be now, and no other.

A page is read as it will be read the next time, so that nothing that was printed is code then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO

from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.file_formats import Refused, reader_of
from daytona_validate._courses.output_updates import LineEdit
from daytona_validate._courses.piece import Piece


def has_same_blocks(
    before: bytes,
    after: bytes,
    edits: Iterable[LineEdit],
    *,
    path: str,
    options: CollectOptions,
) -> bool:
    """Return whether only the lines of edits differ between the blocks of two pages.

    Args:
        before: The page.
        after: The same with its edits.
        edits: All that were made.
        path: Of the page; its suffix tells its format.
        options: How it is read.
    """
    made = tuple(edits)
    try:
        was = [_form(each, made) for each in _pieces(before, path, options)]
        now = [_form(each, ()) for each in _pieces(after, path, options)]
    except Refused:
        return False
    is_same = [place for place, *_ in was] == [place for place, *_ in now]
    return is_same and all(
        what == what_now and (has_edit or code == code_now)
        for (_, what, code, has_edit), (_, what_now, code_now, _) in zip(was, now, strict=True)
    )


def _pieces(content: bytes, path: str, options: CollectOptions) -> Iterator[Piece]:
    reader = reader_of(path)
    if reader is None:
        raise Refused("no page has such a name")
    return reader(BytesIO(content), path, options)


def _form(
    piece: Piece, edits: tuple[LineEdit, ...]
) -> tuple[tuple[int, int], tuple[object, ...], str, bool]:
    """Return where a block is once edits are made, what it is, its code, and if one is in it."""
    first, last, course = piece.location.line, piece.end_line, piece.course
    place = (_moved(first, edits), _moved(last, edits))
    has_edit = any(first <= each.line <= last for each in edits)
    if course is None:
        return place, (piece.word, piece.why), "", has_edit
    return place, (course.snippet.language, course.marks, course.section), course.code, has_edit


def _moved(line: int, edits: tuple[LineEdit, ...]) -> int:
    """Return which line a line is once the edits above it are made."""
    above = (each for each in edits if each.line + len(each.old) - 1 <= line)
    return line + sum(len(each.new) - len(each.old) for each in above)
