"""The one snippet that `run` is given: a file, stdin, or a place in a page or a data set."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

from daytona_validate._cli.course_options import language_of
from daytona_validate._cli.streams import read_stdin
from daytona_validate._courses.collect import STDIN, find
from daytona_validate._courses.pieces import CollectOptions, reader_of
from daytona_validate._courses.source_file import read_source
from daytona_validate._errors import ConfigurationError
from daytona_validate._models import Snippet


def single_snippet(source: str, *, language: str | None, reading: CollectOptions) -> Snippet:
    """Return the snippet that is meant.

    Args:
        source: A file, `-`, or `page.md:137`.
        language: Its language in any spelling; None: its file or its block says.
        reading: How files are read.

    Raises:
        ConfigurationError: There is no such snippet, or nothing says its language; the caller's
            fault.
    """
    name = None if language is None else language_of(language)
    if source == STDIN:
        if name is None:
            raise ConfigurationError("run -: say in which language, with --language NAME")
        return read_source(read_stdin(), path=STDIN, language=name)
    if name is None:
        return _found(source, reading)
    path = Path(source)
    if path.is_file() and reader_of(source) is None:
        return read_source(_content(path), path=source, language=name)
    return replace(_found(source, reading), language=name)


def _found(source: str, reading: CollectOptions) -> Snippet:
    """Return the snippet that a target such as `lesson.md:137` or `-:12` names."""
    is_stdin = source.startswith(f"{STDIN}:") and not Path(source).exists()
    return find(source, options=reading, stdin=BytesIO(read_stdin()) if is_stdin else None)


def stdin_text(file: str | None, snippet: Snippet) -> str:
    """Return what the program reads from stdin.

    Args:
        file: A path, or `-` for our own stdin; None: what the snippet's record says.
        snippet: The snippet.
    """
    if file is None:
        return snippet.stdin
    content = read_stdin() if file == STDIN else _content(Path(file))
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"--stdin: not UTF-8 at its byte {error.start + 1}") from error


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
