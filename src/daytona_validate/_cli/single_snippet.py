"""The one snippet that `run` is given: a file, stdin, or a place in a page or a data set."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

from daytona_validate._cli.course_options import language_of
from daytona_validate._cli.screen.streams import read_stdin
from daytona_validate._core.intake import MAX_INPUT_BYTES
from daytona_validate._courses.collect import STDIN, file_of, find
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.fenced_answer import NoProgram, program_of
from daytona_validate._courses.file_formats import is_page, read_source, reader_of
from daytona_validate._errors import ConfigurationError
from daytona_validate._models import Location, Snippet
from daytona_validate._regular_file import is_handed_over, read_named


def single_snippet(source: str, *, language: str | None, reading: CollectOptions) -> Snippet:
    """Return the snippet that `run` is given.

    Args:
        source: A file, `-`, or `page.md:137`.
        language: The language by any of its names; None: the file's or the block's.
        reading: How files are read.

    Raises:
        ConfigurationError: There is no such snippet, or nothing says its language; the caller's
            fault.
    """
    name = None if language is None else language_of(language)
    if reading.fenced is not None and _is_answer(source):
        return _of_answer(_bytes(source), path=source, language=name, which=reading.fenced)
    if source == STDIN:
        if name is None:
            raise ConfigurationError(
                "run -: nothing names the language of the code: add --language NAME"
            )
        return read_source(_bytes(STDIN), path=STDIN, language=name)
    if name is None:
        return _found(source, reading)
    if _is_whole(source) and reader_of(source) is None:
        return read_source(_bytes(source), path=source, language=name)
    # A record that names no language may have fences in several.
    return replace(_found(source, replace(reading, default_language=name)), language=name)


def _is_answer(source: str) -> bool:
    """Whether a source is one answer as a whole, if its fences are asked for: no data, no code."""
    return _is_whole(source) and (is_page(source) or reader_of(source) is None)


def _is_whole(source: str) -> bool:
    """Whether a source is a file or a stream, and no place in one."""
    return source == STDIN or is_handed_over(source) or Path(source).is_file()


def _of_answer(content: bytes, *, path: str, language: str | None, which: str) -> Snippet:
    try:
        program = program_of(content.decode("utf-8-sig"), which=which, language=language)
    except (NoProgram, UnicodeDecodeError) as problem:
        why = str(problem) if isinstance(problem, NoProgram) else "the answer is not UTF-8"
        name, location = language or "", Location(path, 1)
        return Snippet(code="", language=name, location=location, unreadable=why)
    if program.language is None:
        raise ConfigurationError(
            f"run {path}: the answer's fences name no language: add --language NAME"
        )
    return Snippet(code=program.code, language=program.language, location=Location(path, 1))


def _found(source: str, reading: CollectOptions) -> Snippet:
    """Return the snippet that a target such as `lesson.md:137` or `-:12` names."""
    is_stdin = source.startswith(f"{STDIN}:") and not Path(source).exists()
    return find(source, options=reading, stdin=BytesIO(read_stdin()) if is_stdin else None)


def sent_paths(source: str, *others: str | None) -> tuple[str, ...]:
    """Return the paths of all that may be sent when a snippet is run.

    Args:
        source: A file, `-`, or `page.md:137`.
        others: What else may be: its stdin, a folder that it includes from; None: nothing.
    """
    path = source if source == STDIN else file_of(source)
    return (path, *(each for each in others if each is not None))


def courses(source: str) -> tuple[str, ...]:
    """Return the path whose course may say something about a snippet; none for a stream."""
    path = file_of(source)
    return () if path == STDIN or is_handed_over(path) else (path,)


def stdin_text(file: str | None, snippet: Snippet) -> str:
    """Return what the program reads from stdin.

    Args:
        file: A path, or `-` for our own stdin; None: what the snippet's record says.
        snippet: The snippet.
    """
    if file is None:
        return snippet.stdin
    content = _bytes(file)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"--stdin: {file} is not UTF-8 at byte {error.start + 1}"
        ) from error


def _bytes(path: str) -> bytes:
    try:
        if path == STDIN:
            return read_stdin(at_most_bytes=MAX_INPUT_BYTES)
        return read_named(path, at_most_bytes=MAX_INPUT_BYTES)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error
