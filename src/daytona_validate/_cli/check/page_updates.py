"""The pages that a run of `check` rewrites, because they show another output than was printed.

Programs ran since the pages were read, and others may write where pages are. So a page is read and
written in one open folder, and no link below the path that the user named is gone through.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from pathlib import PurePath

from daytona_validate._cli.screen.screen import Screen
from daytona_validate._courses.collect import STDIN
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.notebook_updates import CellEdit, updated_notebook
from daytona_validate._courses.output_updates import LineEdit, output_updates, updated
from daytona_validate._courses.same_blocks import has_same_blocks
from daytona_validate._models import CodeValidationResult
from daytona_validate._open_folder import OpenFolder
from daytona_validate._regular_file import open_in
from daytona_validate._systems import open_flags

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | open_flags()


class PageUpdates:
    """Patches by page, collected while results come and written at the end.

    Args:
        is_wanted: Whether anything is to be rewritten.
        paths: The files and folders that the user named.
        reading: How pages are read.
    """

    def __init__(self, *, is_wanted: bool, paths: Iterable[str], reading: CollectOptions) -> None:
        self._is_wanted = is_wanted
        self._edits: defaultdict[str, list[LineEdit | CellEdit]] = defaultdict(list)
        self._options: dict[str, CollectOptions] = {}
        self._reading = reading
        named = [path for path in paths if path != STDIN] if is_wanted else []
        self._roots = {folder: os.path.realpath(folder) for folder in map(_folder_of, named)}

    def add(self, course: CourseSnippet, result: CodeValidationResult) -> None:
        """Keep what the page of a result should show."""
        if self._is_wanted and course.page is not None:
            edits = list(output_updates(course, result))
            if edits:
                self._edits[course.page] += edits
                self._options[course.page] = self._reading.in_folder(course.config)

    def write(self, screen: Screen) -> None:
        """Rewrite the pages, each at once; one that cannot be is told, and left as it is."""
        done = 0
        for page, edits in sorted(self._edits.items()):
            try:
                done += self._rewrite(page, edits)
            except OSError as error:
                screen.error(f"{page} is not updated: {error.strerror}")
        if self._is_wanted:
            screen.note(f"updated {done} output{'' if done == 1 else 's'} that pages show")

    def _rewrite(self, page: str, edits: list[LineEdit | CellEdit]) -> int:
        """Rewrite one page; return how many edits were made.

        Raises:
            OSError: It cannot be read or written, is a link or behind one, or it would have other
                blocks then.
        """
        holders = [each for each in self._roots if PurePath(page).is_relative_to(each)]
        if not holders:
            raise OSError(errno.ENOENT, "it is in no folder that was named", page)
        folder = max(holders, key=lambda each: len(each.parts))
        *inner, name = PurePath(page).relative_to(folder).parts
        with closing(OpenFolder(self._roots[folder], inner)) as holder:
            content, mode = _content(holder, name, page, self._reading.max_file_bytes)
            lines = [each for each in edits if isinstance(each, LineEdit)]
            cells = [each for each in edits if isinstance(each, CellEdit)]
            new, made = updated(content, lines)
            new, made_cells = updated_notebook(new, cells) if cells else (new, ())
            if made or made_cells:
                if not has_same_blocks(content, new, made, path=page, options=self._options[page]):
                    raise OSError(errno.EINVAL, "it would have other blocks then", page)
                _replace(holder, name, new, mode=mode)
        return len(made) + len(made_cells)


def _folder_of(path: str) -> PurePath:
    """Return a path that is a folder, or the folder of one that is a file."""
    return PurePath(path) if os.path.isdir(path) else PurePath(path).parent  # noqa: PTH112 - as `collect` has it


def _content(holder: OpenFolder, name: str, page: str, at_most_bytes: int) -> tuple[bytes, int]:
    """Return the content and the mode of a page in an open folder."""
    try:
        opened = open_in(holder, name, page)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "it is no plain file, or a link to one", page) from error
        raise
    with opened as stream:
        content = stream.read(at_most_bytes + 1)
        if len(content) > at_most_bytes:
            raise OSError(errno.EFBIG, f"it is larger than {at_most_bytes} bytes", page)
        return content, stat.S_IMODE(os.fstat(stream.fileno()).st_mode)


def _replace(holder: OpenFolder, name: str, content: bytes, *, mode: int) -> None:
    """Put a file in a page's place, which is then there as a whole or not at all."""
    new = f".{secrets.token_hex(16)}.new"
    descriptor = holder.open(new, _NEW)
    try:
        with os.fdopen(descriptor, "wb") as file:
            if hasattr(os, "fchmod"):  # else who may write is no part of a mode
                os.fchmod(file.fileno(), mode)
            file.write(content)
        holder.replace(name, by=new)
    except BaseException:
        holder.unlink(new)
        raise
