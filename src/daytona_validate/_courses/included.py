"""Resolves includes: a block that only includes files becomes the code of those files.

A page may be a stranger's, and what it includes is run, maybe elsewhere. So only plain source files
of the block's own language are read, from the folder that was given (of a page named by itself:
the page's), nothing hidden, and no link that leads out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from textwrap import dedent

from daytona_validate._core.includes import Include, includes_of
from daytona_validate._core.languages.language import Language
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.source_text import file_text
from daytona_validate._courses.course_files import is_passed_over
from daytona_validate._courses.sections import NoSuchSection, section
from daytona_validate._models import Snippet
from daytona_validate._regular_file import is_inside, open_inside

_MAX_FILES = 20
"""In one block: a page of includes is no program, but a lot of work."""


_SIGNS = (b"8<--", b"{!", b"{*", b"{{", b"<<<", b"{%", b"include::")
"""With what an include begins, of any form of `includes_of`."""


class _NotIncluded(Exception):
    """An include cannot be resolved; the message says why. Never leaves this module."""


def with_included(
    snippet: Snippet, *, page: str, folder: str | None, max_file_bytes: int
) -> Snippet:
    """Return the snippet with its includes resolved; one without includes as it is.

    An include that cannot be resolved makes the snippet not runnable, with the reason.

    Args:
        snippet: A block of the page, its language known.
        page: The path of the page.
        folder: The folder that no include may leave; None: the page's own.
        max_file_bytes: Size of an included file.
    """
    includes = includes_of(snippet.code)
    if not includes or snippet.location is None:
        return snippet
    names = ", ".join(include.path for include in includes)
    language = LANGUAGES[snippet.language]
    search_path = _SearchPath(page, folder or os.path.dirname(page) or ".")  # noqa: PTH120 - of any bytes
    try:
        if len(includes) > _MAX_FILES:
            raise _NotIncluded(f"the block includes more than {_MAX_FILES} files")  # noqa: TRY301 - as below
        codes = [_code(each, language, search_path, max_file_bytes) for each in includes]
    except _NotIncluded as reason:
        return replace(snippet, not_runnable=f"an include of {names}: {reason}")
    location = replace(snippet.location, included=names)
    (code, source), *others = codes
    if others:
        code, source = "\n".join(text.rstrip("\n") for text, _ in codes) + "\n", None
    return replace(snippet, code=code, source=source, location=location)


def may_include(content: bytes) -> bool:
    """Return whether a page may include anything, as far as its bytes tell without parsing."""
    return any(sign in content for sign in _SIGNS)


def included_paths(snippet: Snippet, *, page: str, folder: str | None) -> Iterator[str]:
    """Yield every path that an include of a block may mean, whether a file is there or not.

    Args:
        snippet: A block of the page, its includes not resolved.
        page: The path of the page.
        folder: As `with_included` takes it.
    """
    search_path = _SearchPath(page, folder or os.path.dirname(page) or ".")  # noqa: PTH120 - of any bytes
    for include in includes_of(snippet.code)[:_MAX_FILES]:
        yield from search_path.paths(include)


class _SearchPath:
    """Search path of a page's includes."""

    def __init__(self, page: str, root: str) -> None:
        self.root = os.path.abspath(root)  # noqa: PTH100 - links are not followed yet
        self._page_folder = os.path.dirname(os.path.abspath(page))  # noqa: PTH100, PTH120 - as above

    def paths(self, include: Include) -> list[str]:
        """Return the paths inside the folder that an include may mean."""
        path = include.path.removeprefix("@site/").removeprefix("@/").lstrip("/")
        all_paths = [os.path.normpath(f"{base}/{path}") for base in self._bases(include)]
        return [each for each in all_paths if PurePath(each).is_relative_to(self.root)]

    def file(self, include: Include) -> str:
        """Return the one file that an include names.

        Raises:
            _NotIncluded: The folder has none, or more than one may be meant.
        """
        inside = self.paths(include)
        there = {os.path.realpath(each): each for each in inside if os.path.lexists(each)}
        if not there:
            where = "there is no such file in" if inside else "the path leads out of"
            raise _NotIncluded(f"{where} the folder that is checked")
        if len(there) > 1:
            raise _NotIncluded("the path matches several files")
        ((real, found),) = there.items()
        if not is_inside(found, self.root):
            raise _NotIncluded("the link leads out of the folder that is checked")
        relative = PurePath(real).relative_to(os.path.realpath(self.root))
        if any(map(is_passed_over, relative.parts)):
            raise _NotIncluded("the file is hidden, or in a folder that is never read")
        return real

    def _bases(self, include: Include) -> Iterator[str]:
        """Yield the folders that a path may start from: builders have many settings for it."""
        yield self._page_folder
        if include.is_beside_page:
            return
        above = [str(each) for each in PurePath(self._page_folder).parents]
        inside = [each for each in above if PurePath(each).is_relative_to(self.root)]
        yield from inside or [self.root]


def _code(
    include: Include, language: Language, search_path: _SearchPath, max_file_bytes: int
) -> tuple[str, bytes | None]:
    """Return an include's code as text and, where decoding lost something, as bytes too."""
    if "://" in include.path:
        raise _NotIncluded("URLs are not fetched")
    if include.problem:
        raise _NotIncluded(include.problem)
    path = search_path.file(include)
    if not path.lower().endswith(language.suffixes):
        raise _NotIncluded(f"the file is no {language.title} source file")
    text, source = file_text(_content(path, search_path.root, max_file_bytes), language)
    if include.first_line == 1 and include.last_line is None and not include.section:
        return text, source
    if source is not None:
        raise _NotIncluded("the file is not UTF-8")
    try:
        return _part(text, include), None
    except NoSuchSection as problem:
        raise _NotIncluded(str(problem)) from problem


def _content(path: str, root: str, max_file_bytes: int) -> bytes:
    try:
        with open_inside(path, root) as stream:
            content = stream.read(max_file_bytes + 1)
    except OSError as error:
        raise _NotIncluded(f"the file cannot be read: {error.strerror}") from error
    if len(content) > max_file_bytes:
        raise _NotIncluded(f"the file is larger than {max_file_bytes} bytes")
    if b"\0" in content:
        raise _NotIncluded("the file has NUL bytes")
    return content


def _part(text: str, include: Include) -> str:
    """Return some lines of a file, and blank ones before them: they keep their numbers."""
    lines = text.replace("\r\n", "\n").split("\n")
    first, last = include.first_line, include.last_line or len(lines)
    if include.section:
        first, last = section(lines, include.section)
    chosen = "\n".join(lines[first - 1 : last])
    if not chosen.strip():
        raise _NotIncluded("the file has no such lines")
    return "\n" * (first - 1) + dedent(chosen).rstrip("\n") + "\n"
