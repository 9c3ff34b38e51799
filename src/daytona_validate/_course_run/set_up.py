"""What a course's configuration puts before and beside the blocks of a page; read from its folder.

A course may be a stranger's, so everything stays inside that folder: nothing hidden, no link and
nothing that git ignores is read, and it is sent nowhere unless that is allowed. What cannot be read
as configured is the fault of whoever configured it, and said at once: judged without it, every
block of the page would be blamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from daytona_validate._core.course_config import CourseConfig
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.not_read import Why
from daytona_validate._course_run.neighbours import neighbours, seen_from
from daytona_validate._courses.config_files import CourseConfigs
from daytona_validate._courses.course_files import is_passed_over
from daytona_validate._courses.left_out_paths import LeftOutPaths
from daytona_validate._errors import ConfigurationError
from daytona_validate._models import Snippet
from daytona_validate._regular_file import read_regular

_LARGEST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """Fixture of a page: what every block finds there."""

    codes: Mapping[str, str] = field(default_factory=dict[str, str])
    """By language: code that runs before each block."""
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    """What lies beside each block, by its path there."""

    def files_beside(self, snippet: Snippet, language: str) -> Mapping[str, str | bytes]:
        """Return the files of a snippet and those of its page; its own come first.

        A file whose place the snippet's own code takes is left out.
        """
        if not self.files or language not in LANGUAGES:
            return snippet.files
        entry = LANGUAGES[language].entry_file
        files = {path: each for path, each in self.files.items() if path.split("/")[0] != entry}
        return {**files, **snippet.files}


NO_SET_UP = SetUp()


class SetUps:
    """Cache of what configurations put before and beside blocks, by their folders.

    Args:
        allows_files: Whether files of a course may be handed to the provider.
    """

    def __init__(self, *, allows_files: bool) -> None:
        self._allows_files = allows_files
        self._codes: dict[str, Mapping[str, str]] = {}
        self._files: dict[str, Mapping[str, bytes]] = {}
        self.has_held_back: bool = False
        """Whether a configuration names files, and they were not allowed."""

    @staticmethod
    def has_any(config: CourseConfig) -> bool:
        """Return whether a configuration names anything that is to be read."""
        return bool(config.setup or config.files)

    def of(self, config: CourseConfig, page: str) -> SetUp:
        """Return what a page's configuration names; it blocks.

        Raises:
            ConfigurationError: It cannot be had as configured, or its code must not be handed over;
                the message names the file.
        """
        key = config.folder
        if key not in self._codes:
            self._codes[key] = {
                name: _code(config, name, path, is_allowed=self._allows_files)
                for name, path in config.setup.items()
            }
        self.has_held_back |= bool(config.files) and not self._allows_files
        if not config.files or not self._allows_files:
            return SetUp(codes=self._codes[key])
        if key not in self._files:
            self._files[key] = neighbours(config)
        return SetUp(codes=self._codes[key], files=seen_from(page, config, self._files[key]))


def _code(config: CourseConfig, language: str, path: str, *, is_allowed: bool) -> str:
    refusal = _refusal(config, language, path)
    if refusal is not None:
        raise ConfigurationError(f"setup in {config.source}: {refusal}")
    if not is_allowed:
        raise ConfigurationError(
            f"setup in {config.source}: {path} is a file of the course, which is not sent: "
            "--allow-files sends it"
        )
    folder = Path(config.folder)
    try:
        content = read_regular(folder / path, at_most_bytes=_LARGEST_BYTES, inside=folder)
        return content.decode()
    except OSError as error:
        reason = error.strerror
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    raise ConfigurationError(f"setup in {config.source}: {path} cannot be read: {reason}")


def _refusal(config: CourseConfig, language: str, path: str) -> str | None:
    """Return why a file is not read as set-up, whatever it holds; None: it may be."""
    entry = LANGUAGES[language]
    if not entry.session_steps:
        return f"nothing can run before {entry.title} code"
    if PurePath(path).suffix.lower() not in entry.suffixes:
        return f"{path} is no {entry.title} file by its suffix ({', '.join(entry.suffixes)})"
    rules = LeftOutPaths(config.folder, exclude=(), configs=CourseConfigs())
    for part in (PurePath(path), *PurePath(path).parents[:-1]):
        inner = Path(config.folder) / part
        if is_passed_over(part.name):
            return f"{path} is hidden, or made by tools"
        if inner.is_symlink():
            return f"{path} is a link, or leads through one"
        if rules.why(str(inner), is_folder=part != PurePath(path)) is Why.IGNORED:
            return f"{path} is ignored by git"
    return None
