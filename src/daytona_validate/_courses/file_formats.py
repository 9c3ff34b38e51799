"""File formats: which suffix has which reader, and the readers, which yield a file's pieces."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from io import BufferedReader, RawIOBase
from pathlib import PurePath
from typing import BinaryIO, cast

from daytona_validate._core.languages.table import LANGUAGES, find_language
from daytona_validate._core.source_text import file_text
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.data_files import (
    BrokenData,
    DataRecord,
    csv_records,
    json_records,
)
from daytona_validate._courses.jsonl_records import (
    has_code,
    is_report,
    snippet_of_record,
    snippet_of_values,
    unreadable_record,
)
from daytona_validate._courses.notebook import BrokenNotebook, read_notebook
from daytona_validate._courses.piece import Piece, pieces_of
from daytona_validate._courses.rst import read_rst
from daytona_validate._models import Location, Snippet

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UNREAD_FORMATS = frozenset(
    {".adoc", ".asciidoc", ".jsx", ".org", ".rnw", ".svelte", ".tsx", ".vue"}
)
_RECORD = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{[ \t]*\"")
"""A record that begins. In a page whose front matter is JSON, a brace is alone in its line."""
_LOOKED_AT_BYTES = 64 * 1024
_CONSOLES = {
    **dict.fromkeys(("pycon", "pycon3", "python-repl", "doctest", "ipython"), "python"),
    **dict.fromkeys(("testsetup", "testcode"), "python"),  # Sphinx, beside its doctest
    **dict.fromkeys(("node-repl", "jscon"), "javascript"),
}
"""Words of fences that show a session in a language: what was typed is its program."""


class Refused(Exception):
    """A file cannot be read as a whole; the message says why. Becomes an unreadable snippet."""


class NoData(Refused):
    """A file of a format of data holds none with code; in a folder, it is one of other programs."""


class FormerReport(NoData):
    """A file is the report of an earlier run."""


Reader = Callable[[BinaryIO, str, CollectOptions], Iterator[Piece]]
"""From an open file, the path to show and options to pieces. May raise `Refused` and `OSError`."""


def reader_of(name: str) -> Reader | None:
    """Return the reader of a file of this name, or None if its suffix is not known."""
    if _source_language(name):
        return _source
    return _READERS.get(PurePath(name).suffix.lower())


def holds_code(name: str) -> bool:
    """Return whether a file of this name holds code, also in a format that has no reader."""
    return reader_of(name) is not None or PurePath(name).suffix.lower() in _UNREAD_FORMATS


def is_page(name: str) -> bool:
    """Return whether a file of this name is read as a page."""
    return reader_of(name) is _markdown


def accepted_names() -> str:
    """Return all suffixes that have a reader, for people."""
    return ", ".join((*_READERS, *_source_suffixes()))


def not_opened(problem: str, error: OSError, *, path: str) -> Piece:
    """Return the unreadable snippet of what the system does not open."""
    is_closed = isinstance(error, PermissionError)
    advice = " (let your user read it, or leave it out by --exclude)" if is_closed else ""
    return refused(f"{problem}: {error.strerror}{advice}", path=path)


def refused(problem: str, *, path: str) -> Piece:
    """Return the unreadable snippet of a file, or of its rest, that cannot be read."""
    location = Location(path, 1)
    snippet = Snippet(code="", language="", location=location, unreadable=problem)
    return Piece(location=location, end_line=sys.maxsize, course=CourseSnippet(snippet=snippet))


def _markdown(stream: BinaryIO, path: str, options: CollectOptions) -> Iterator[Piece]:
    # Here, for a run over data alone needs no parser.
    from daytona_validate._courses.markdown import read_page  # noqa: PLC0415

    # Undecodable bytes are kept as surrogates: they spoil the block they stand in, not the page.
    text = _content(stream, options).decode(errors="surrogateescape")
    page = read_page(text, path=path, language_of=_language_name, dialect=options.dialect)
    yield from pieces_of(page, options)


def _rst(stream: BinaryIO, path: str, options: CollectOptions) -> Iterator[Piece]:
    text = _content(stream, options).decode(errors="surrogateescape")
    yield from pieces_of(read_rst(text, path=path, language_of=_language_name), options)


def _notebook(stream: BinaryIO, path: str, options: CollectOptions) -> Iterator[Piece]:
    text = _content(stream, options).decode(errors="surrogateescape")
    try:
        page = read_notebook(text, path=path, language_of=_language_name)
    except BrokenNotebook as problem:
        raise Refused(str(problem)) from problem
    yield from pieces_of(page, options)


def _jsonl(stream: BinaryIO, path: str, options: CollectOptions) -> Iterator[Piece]:
    limit = options.max_file_bytes
    number = 0
    while line := stream.readline(limit + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)
            _refuse_binary(line)
            if is_report(line):
                raise FormerReport("the file is the report of an earlier run: see --resume")
        location = Location(path, number)
        snippet: Snippet | None
        if len(line) > limit:
            _skip_line(stream, line)
            problem = f"the record is larger than {limit} bytes"
            snippet = Snippet(code="", language="", location=location, unreadable=problem)
        else:
            snippet = snippet_of_record(line, location=location, **options.record_options())
        if snippet:
            course = CourseSnippet(snippet=snippet, code=snippet.code)
            yield Piece(location=location, end_line=number, course=course)


def _data(records: Callable[..., Iterator[DataRecord]]) -> Reader:
    """Return the reader of files that `records` parts into records."""

    def read(stream: BinaryIO, path: str, options: CollectOptions) -> Iterator[Piece]:
        is_code = partial(has_code, record_fields=options.record_fields, template=options.template)
        try:
            for record in records(stream, is_code=is_code, max_bytes=options.max_file_bytes):
                yield _piece_of_record(record, Location(path, record.line), options)
        except BrokenData as problem:
            raise (Refused if problem.is_data else NoData)(str(problem)) from problem

    return read


def _piece_of_record(record: DataRecord, location: Location, options: CollectOptions) -> Piece:
    if record.problem:
        snippet = unreadable_record(record.problem, location)
    else:
        snippet = snippet_of_values(record.values, location=location, **options.record_options())
    course = CourseSnippet(snippet=snippet, code=snippet.code)
    return Piece(location=location, end_line=record.end_line, course=course)


def unnamed(stream: BinaryIO, path: str, options: CollectOptions) -> Iterator[Piece]:
    """Read stdin without a name: as JSONL if its first line begins a record, else as a page."""
    buffered = BufferedReader(cast("RawIOBase", stream), _LOOKED_AT_BYTES)
    try:
        reader = _jsonl if _RECORD.match(buffered.peek()) else _markdown
        yield from reader(buffered, path, options)
    finally:
        buffered.detach()  # else it would close what it reads from


def read_source(content: bytes, *, path: str, language: str) -> Snippet:
    """Return the snippet of a whole file, in the encoding in which its language reads it.

    Args:
        content: The file's bytes; what its language cannot decode is left for it to judge.
        path: What the location shall name.
        language: The language's name in the table.
    """
    code, source = file_text(content, LANGUAGES[language])
    return Snippet(code=code, source=source, language=language, location=Location(path, 1))


def _source(stream: BinaryIO, path: str, options: CollectOptions) -> Iterator[Piece]:
    language = _source_language(path)
    assert language is not None  # noqa: S101 - as `reader_of` has it
    snippet = read_source(_content(stream, options), path=path, language=language)
    course = CourseSnippet(snippet=snippet, code_line=1, code=snippet.code)
    yield Piece(location=Location(path, 1), end_line=sys.maxsize, course=course)


def _content(stream: BinaryIO, options: CollectOptions) -> bytes:
    content = stream.read(options.max_file_bytes + 1)
    if len(content) > options.max_file_bytes:
        raise Refused(f"the file is larger than {options.max_file_bytes} bytes")
    _refuse_binary(content)
    return content


def _refuse_binary(content: bytes) -> None:
    if b"\0" in content:
        raise Refused("the file has NUL bytes: it is binary, or text that is not UTF-8")


def _skip_line(stream: BinaryIO, start: bytes) -> None:
    chunk = start
    while chunk and not chunk.endswith(b"\n"):
        chunk = stream.readline(1024 * 1024)


def _source_language(name: str) -> str | None:
    """Return the language that a file name's suffix stands for, or None."""
    suffix = PurePath(name).suffix.lower()
    return next((each.name for each in LANGUAGES.values() if suffix in each.suffixes), None)


def _source_suffixes() -> tuple[str, ...]:
    """Return every suffix of source files, with its dot."""
    return tuple(suffix for each in LANGUAGES.values() for suffix in each.suffixes)


def _language_name(word: str) -> str | None:
    language = find_language(_CONSOLES.get(word.lower(), word))
    return language.name if language else None


_READERS: dict[str, Reader] = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd"), _markdown),
    ".ipynb": _notebook,
    ".rst": _rst,
    **dict.fromkeys((".jsonl", ".ndjson"), _jsonl),
    ".json": _data(json_records),
    ".csv": _data(csv_records),
}
