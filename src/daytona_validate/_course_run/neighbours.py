"""Files of a course that lie beside the blocks of its pages, as its configuration asks for.

A course may be a stranger's. So no hidden file is among them, no link, and nothing that git
ignores; they are read from inside the folder, and they are few and small.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from daytona_validate._core.course_config import CourseConfig
from daytona_validate._courses.config_files import CourseConfigs
from daytona_validate._courses.course_files import course_files
from daytona_validate._courses.ignore_patterns import IgnorePatterns
from daytona_validate._courses.left_out_paths import LeftOutPaths
from daytona_validate._errors import ConfigurationError
from daytona_validate._regular_file import read_regular

MOST_FILES = 64
MOST_BYTES = 4 * 1024 * 1024
"""Of all together: they travel with every run."""


def neighbours(config: CourseConfig) -> dict[str, bytes]:
    """Return the files that a configuration names, by their paths in its folder.

    Raises:
        ConfigurationError: They are too many or too large, or one cannot be read.
    """
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    for path in named_files(config):
        if len(found) == MOST_FILES:
            raise ConfigurationError(f"files in {config.source} are more than {MOST_FILES}")
        try:
            content = read_regular(
                Path(config.folder) / path, at_most_bytes=left, inside=Path(config.folder)
            )
        except OSError as error:
            raise ConfigurationError(
                f"files in {config.source}: {path} cannot be read: {error.strerror}"
                f" (all together may have {MOST_BYTES} bytes)"
            ) from error
        left -= len(content)
        found[path] = content
    return found


def seen_from(page: str, config: CourseConfig, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files by the paths under which the blocks of a page find them.

    What lies in the page's folder, or below it, has its path there; all else that in the course.
    """
    folder = PurePath(os.path.dirname(os.path.abspath(page)))  # noqa: PTH100, PTH120 - of any bytes
    seen: dict[str, bytes] = {}
    for path, content in files.items():
        whole = PurePath(config.folder) / path
        is_near = whole.is_relative_to(folder)
        seen[str(whole.relative_to(folder)) if is_near else path] = content
    return seen


def named_files(config: CourseConfig) -> Iterator[str]:
    """Yield the paths, in a configuration's folder, of the files that it names."""
    wanted = IgnorePatterns(config.files)
    rules = LeftOutPaths(config.folder, exclude=(), configs=CourseConfigs())
    paths = course_files(
        config.folder,
        wanted=lambda _name: True,
        left_out=lambda path, is_folder: rules.why(path, is_folder=is_folder),
    )
    for path in paths:
        if not isinstance(path, str) or os.path.islink(path):  # noqa: PTH114 - of any bytes
            continue
        below = os.path.relpath(path, config.folder)
        if wanted.ignores(below, is_folder=False):
            yield below
