"""The files that blocks of a page are: what a block that imports one finds beside it.

Authors show a program file by file, and later versions of a file further down. So of several blocks
with one name that counts which stands last before the block that imports it; if none does, the
first after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from daytona_validate._courses.course_snippet import CourseSnippet

_PACKAGE = re.compile(r"\w+(?:\.\w+)*")
"""A module of Python; the others are named by a path."""
_SCRIPT = r"(?:(?:/index)?\.[cm]?[jt]s|\.json)?"
_NO_PARTS = frozenset({"/", ".", "work"})
_ENTRY_FILES = {"python": "main.py", "javascript": "index.js", "typescript": "index.ts"}


def page_files(
    course: CourseSnippet, page: Sequence[CourseSnippet], *, module: str
) -> Mapping[str, str]:
    """Return the files to put beside a block that lacks a module; none if the page has it not.

    Args:
        course: The block that lacks it.
        page: All snippets of its page, in order, itself too.
        module: The module, as its error names it: `shop.cart`, `./cart.js`.
    """
    titled = _titled(course, page)
    folders = [folder for path in sorted(titled, key=len) for folder in _folders(path, module)]
    return dict(_beside(titled, folders[0], course.snippet.language)) if folders else {}


def _titled(course: CourseSnippet, page: Sequence[CourseSnippet]) -> dict[str, str]:
    """Return the code of the other files of the page, by their names."""
    at = next((number for number, each in enumerate(page) if each is course), len(page))
    after, before = page[:at:-1], page[:at]
    return {
        each.marks.file: each.snippet.code
        for each in (*after, *before)
        if each.marks.file is not None
        and each.marks.file != course.marks.file
        and each.snippet.language == course.snippet.language
        and each.snippet.unreadable is None
    }


def _folders(path: str, module: str) -> Iterator[str]:
    """Yield the folder that a module is imported from, if a file of this name is of that module."""
    name, suffix = _name_of(module)
    endings = re.escape(name) + suffix
    found = re.search(rf"(?:^|/)(?={endings}$)", path) if name else None
    if found is not None:
        yield path[: found.end()]


def _name_of(module: str) -> tuple[str, str]:
    """Return the path of a module without its suffix, and a pattern of what may follow it."""
    if _PACKAGE.fullmatch(module):
        return module.replace(".", "/"), r"(?:\.py|/.*\.py)"
    parts = PurePosixPath(module).parts
    return "/".join(part for part in parts if part not in _NO_PARTS), _SCRIPT


def _beside(files: Mapping[str, str], folder: str, language: str) -> Iterable[tuple[str, str]]:
    """Yield the files as they lie beside the block: those of the folder without its name."""
    entry = _ENTRY_FILES.get(language)
    for path, code in files.items():
        name = path.removeprefix(folder)
        if name.partition("/")[0] != entry:
            yield name, code
