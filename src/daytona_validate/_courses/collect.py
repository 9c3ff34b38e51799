"""Collects snippets from files, folders and stdin: the one place here that opens anything.

A wrong argument is an error at once, before anything is read. A file that cannot be read is an
unreadable snippet in its place, so that a run over many files goes on and loses nothing.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from daytona_validate._core.course_config import NO_CONFIG
from daytona_validate._core.not_read import NotRead, Why
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.config_files import CourseConfigs
from daytona_validate._courses.course_files import LeftOut, course_files
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.file_formats import (
    FormerReport,
    NoData,
    Reader,
    Refused,
    accepted_names,
    holds_code,
    is_page,
    not_opened,
    reader_of,
    refused,
    unnamed,
)
from daytona_validate._courses.fingerprinted import with_fingerprints
from daytona_validate._courses.included import with_included
from daytona_validate._courses.left_out_paths import LeftOutPaths
from daytona_validate._courses.named_snippet import Place, only_snippet, snippet_at
from daytona_validate._courses.piece import Piece
from daytona_validate._errors import ConfigurationError
from daytona_validate._models import Location, Snippet
from daytona_validate._regular_file import open_inside, open_regular

STDIN = "-"

_PLACE_IN_FILE = re.compile(
    r"(?P<file>.+?):(?:cell\[(?P<cell>\d{1,18})\](?::(?P<line_of_cell>\d{1,18}))?|(?P<line>\d{1,18}))",
    re.DOTALL,
)
_DEFAULTS = CollectOptions()


class Collection(Iterator[CourseSnippet]):
    """The snippets of some files, read as they are asked for.

    Its counts are complete once it is exhausted.
    """

    def __init__(self, pieces: Iterable[Piece | LeftOut]) -> None:
        self._pieces = iter(pieces)
        self._words: Counter[str] = Counter()
        self._left_out: Counter[Why] = Counter()
        self._first_left_out: dict[Why, str] = {}

    def __next__(self) -> CourseSnippet:
        for piece in self.pieces():
            if piece.course:
                return piece.course
        raise StopIteration

    def pieces(self) -> Iterator[Piece]:
        """Yield all snippets, and the blocks that are none with the reason, in their order."""
        for piece in self._pieces:
            if isinstance(piece, LeftOut):
                self._leave_out(piece.why, _shown(piece.path))
                continue
            if piece.why:
                self._leave_out(piece.why, str(piece.location))
                self._words.update([piece.word] if piece.why is Why.UNKNOWN_LANGUAGE else [])
            yield piece

    def leave_out(self, course: CourseSnippet) -> None:
        """Count a snippet that is left out by its marks."""
        self._leave_out(Why.MARKED, str(course.snippet.location))

    def not_read(self) -> NotRead:
        """Return the counts of files and blocks that were left out so far."""
        return NotRead(dict(self._left_out), dict(self._first_left_out), dict(self._words))

    def _leave_out(self, why: Why, place: str) -> None:
        self._left_out[why] += 1
        self._first_left_out.setdefault(why, place)


def collect(
    paths: Sequence[str],
    *,
    options: CollectOptions = _DEFAULTS,
    stdin: BinaryIO | None = None,
) -> Collection:
    """Return the snippets of files and folders, in the order given; a file is read once.

    Args:
        paths: Files of a known suffix, folders, and `-` for stdin.
        options: How files are read.
        stdin: What `-` reads; None: the process's own.

    Raises:
        ConfigurationError: A path does not exist, is no file and no folder, or is a file of an
            unknown suffix. The caller's fault. Files that cannot be read become unreadable
            snippets instead.
    """
    for path in paths:
        _check(path, options)
    return Collection(_Files(options, stdin).pieces_of_all(paths))


def find(
    target: str,
    *,
    options: CollectOptions = _DEFAULTS,
    stdin: BinaryIO | None = None,
) -> Snippet:
    """Return the one snippet that a target such as `lesson.md:137` names.

    It is the one that begins at that line or has that line in it, the fences included. Without
    a line, the file's only snippet.

    Args:
        target: A file or `-`, and after a colon a 1-based line, or `cell[3]` of a notebook.
        options: How files are read.
        stdin: What `-` reads; None: the process's own.

    Raises:
        ConfigurationError: There is no such file or no such snippet in it; the message names
            the nearest lines. The caller's fault.
    """
    path, place = _split(target)
    _check(path, options)
    if path != STDIN and Path(path).is_dir():
        raise ConfigurationError(f"{path} is a folder: name one file in it")
    pieces = _Files(options, stdin).pieces(path)
    if place is None:
        return only_snippet(pieces, path=path)
    return snippet_at(pieces, place, path=path)


def file_of(target: str) -> str:
    """Return the file that a target such as `lesson.md:137` names."""
    return _split(target)[0]


def _split(target: str) -> tuple[str, Place | None]:
    """Part a target from the place that it ends with, unless a file has just that name."""
    match = _PLACE_IN_FILE.fullmatch(target)
    if match is None or Path(target).exists():
        return target, None
    cell = match["cell"]
    line = match["line_of_cell"] or "1" if cell is not None else match["line"]
    return match["file"], Place(int(line), None if cell is None else int(cell))


def _check(path: str, options: CollectOptions) -> None:
    """Refuse a path that is missing or of an unknown format, before anything is read."""
    if path != STDIN and not os.path.isabs(path) and not _has_working_folder():  # noqa: PTH117
        raise ConfigurationError(
            f"{path} cannot be found: the working folder is gone, `cd` to one that exists"
        )
    if path != STDIN and not os.path.exists(path):  # noqa: PTH110 - Path.exists raises on some
        file, place = _split(path)
        hint = " (only `run` takes a line)" if place and os.path.exists(file) else ""  # noqa: PTH110
        raise ConfigurationError(f"{path} does not exist{hint}")
    if path != STDIN and os.path.isdir(path):  # noqa: PTH112 - as above
        return
    if _reader(path, options) is None:
        raise ConfigurationError(
            f"{options.stdin_filename if path == STDIN else path} is of no known format:"
            f" its name must end in one of {accepted_names()}"
        )
    if path != STDIN and not os.path.isfile(path):  # noqa: PTH113 - as above
        raise ConfigurationError(f"{path} is a pipe, a device or a socket: give it to stdin, as -")


def _has_working_folder() -> bool:
    try:
        return bool(os.getcwd())  # noqa: PTH109 - a text is all that is asked for
    except FileNotFoundError:
        return False


def _reader(path: str, options: CollectOptions) -> Reader | None:
    """Return the reader of a path by its suffix; of stdin by `stdin_filename` or its content."""
    name = path if path != STDIN else options.stdin_filename
    return unnamed if name is None else reader_of(name)


class _Files:
    """Reads files one after the other, each with the configuration of its folder."""

    def __init__(self, options: CollectOptions, stdin: BinaryIO | None) -> None:
        self._options = options
        self._stdin = stdin
        self._configs = CourseConfigs()

    def pieces_of_all(self, paths: Iterable[str]) -> Iterator[Piece | LeftOut]:
        """Yield the pieces of all files, and what is left out."""
        seen: set[str] = set()
        for found, folder in self._files(paths):
            if isinstance(found, LeftOut):
                yield found
                continue
            if isinstance(found, OSError):
                yield not_opened("cannot be listed", found, path=_shown(found.filename))
                continue
            same_file = found if found == STDIN else os.path.realpath(found)
            if same_file not in seen:
                seen.add(same_file)
                yield from self.pieces(found, folder=folder)

    def _files(self, paths: Iterable[str]) -> Iterator[tuple[str | LeftOut | OSError, str | None]]:
        """Yield all files, each with the folder that it was found in and must not lead out of."""
        for path in paths:
            if path == STDIN or not Path(path).is_dir():
                yield path, None
                continue
            rules = LeftOutPaths(path, exclude=self._options.exclude, configs=self._configs)
            found_here = course_files(
                path,
                wanted=holds_code,
                left_out=lambda each, is_folder: rules.why(each, is_folder=is_folder),  # noqa: B023 - used within this round
            )
            for found in found_here:
                is_read = not isinstance(found, str) or reader_of(found) is not None
                yield found if is_read else LeftOut(str(found), Why.FORMAT), path

    def pieces(self, path: str, *, folder: str | None = None) -> Iterator[Piece]:
        """Yield the pieces of one file; an error while reading becomes the last one.

        Raises:
            ConfigurationError: The configuration of its folder is wrong.
        """
        config = self._configs.of_file(path) if _has_working_folder() else NO_CONFIG
        options = self._options.in_folder(config)
        pieces = _pieces(path, options, self._stdin, folder=folder)
        for piece in with_fingerprints(pieces) if options.has_fingerprints else pieces:
            course = None if piece.course is None else replace(piece.course, config=config)
            yield replace(piece, course=course)


def _pieces(
    path: str, options: CollectOptions, stdin: BinaryIO | None, *, folder: str | None = None
) -> Iterator[Piece]:
    """Read one file; an error while reading becomes its last piece."""
    reader = _reader(path, options)
    assert reader is not None  # noqa: S101 - `_check` and `course_files` let no other through
    shown = _shown(options.stdin_filename or STDIN if path == STDIN else path)
    try:
        if path == STDIN:
            yield from reader(stdin or sys.stdin.buffer, shown, options)
        else:
            with open_regular(path) if folder is None else open_inside(path, folder) as stream:
                pieces = reader(stream, shown, options)
                yield from (
                    _with_included(pieces, path, folder, options) if is_page(path) else pieces
                )
    except Refused as problem:
        if folder is not None and isinstance(problem, NoData):
            if isinstance(problem, FormerReport):
                yield Piece(location=Location(shown, 1), end_line=1, course=None, why=Why.REPORT)
            return  # a package.json, a table of figures: nobody named it
        yield refused(str(problem), path=shown)
    except OSError as error:
        yield not_opened("the file cannot be read", error, path=shown)


def _with_included(
    pieces: Iterable[Piece], page: str, folder: str | None, options: CollectOptions
) -> Iterator[Piece]:
    for piece in pieces:
        if piece.course is None or piece.course.snippet.unreadable is not None:
            yield piece
            continue
        snippet = with_included(
            piece.course.snippet,
            page=page,
            folder=options.include_folder or folder,
            max_file_bytes=options.max_file_bytes,
        )
        yield replace(piece, course=replace(piece.course, snippet=snippet))


def _shown(path: str) -> str:
    """Return a path as text that can be printed, whatever bytes it has."""
    return os.fsencode(Path(path)).decode(errors="replace")
