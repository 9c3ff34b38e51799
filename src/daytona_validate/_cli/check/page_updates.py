"""The pages that a run of `check` rewrites, because they show another output than was printed."""

from __future__ import annotations

import os
import stat
import tempfile
from collections import defaultdict
from pathlib import Path

from daytona_validate._cli.screen.screen import Screen
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.output_updates import LineEdit, output_updates, updated
from daytona_validate._models import CodeValidationResult
from daytona_validate._regular_file import read_regular

_LARGEST_BYTES = 16 * 1024 * 1024


class PageUpdates:
    """Patches by page, collected while results come and written at the end.

    Args:
        is_wanted: Whether anything is to be rewritten.
    """

    def __init__(self, *, is_wanted: bool) -> None:
        self._is_wanted = is_wanted
        self._edits: defaultdict[str, list[LineEdit]] = defaultdict(list)

    def add(self, course: CourseSnippet, result: CodeValidationResult) -> None:
        """Keep what the page of a result should show."""
        if self._is_wanted and course.page is not None:
            edits = list(output_updates(course, result))
            if edits:
                self._edits[course.page] += edits

    def write(self, screen: Screen) -> None:
        """Rewrite the pages, each at once; one that cannot be is told, and left as it is."""
        done = 0
        for page, edits in sorted(self._edits.items()):
            try:
                done += _rewrite(Path(page), edits)
            except OSError as error:
                screen.error(f"{page} is not updated: {error.strerror}")
        if self._is_wanted:
            screen.note(f"updated {done} output{'' if done == 1 else 's'} that pages show")


def _rewrite(page: Path, edits: list[LineEdit]) -> int:
    """Rewrite one page; return how many edits were made.

    Raises:
        OSError: It cannot be read or written, or is a link, through which nothing is written.
    """
    before = page.lstat()
    if not stat.S_ISREG(before.st_mode):
        raise OSError(0, "it is no plain file, or a link to one", str(page))
    content, done = updated(read_regular(page, at_most_bytes=_LARGEST_BYTES), edits)
    if done:
        _replace(page, content, mode=stat.S_IMODE(before.st_mode))
    return done


def _replace(page: Path, content: bytes, *, mode: int) -> None:
    """Put a file in a page's place, which is then there as a whole or not at all."""
    descriptor, name = tempfile.mkstemp(prefix=f".{page.name}.", dir=page.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
        Path(name).replace(page)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
