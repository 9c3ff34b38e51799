"""Options of how files are read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from daytona_validate._core.course_config import CourseConfig
from daytona_validate._core.dialect import Dialect
from daytona_validate._courses.code_template import CodeTemplate
from daytona_validate._courses.jsonl_records import RecordFields


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectOptions:
    """How files are read."""

    record_fields: RecordFields = field(default_factory=RecordFields)
    default_language: str | None = None
    """The language of JSONL records that carry none; None: such records are unreadable."""
    compare: str | None = None
    """How outputs are compared where a JSONL record does not say it; None: as `lines`."""
    fenced: str | None = None
    """Which fences of a JSONL record's code are its program: `first`, `last` or `all`; None: the
    field itself is the program."""
    stdin_filename: str | None = None
    """A name for what comes on stdin: its suffix tells the format; None: its first line does."""
    include_folder: str | None = None
    """Where files that a page includes may lie; None: in the folder given, or the page's own."""
    strip: tuple[str, ...] = ()
    """Marks that authors put into the code of pages for their builder; they are taken off."""
    exclude: tuple[str, ...] = ()
    """Patterns of files in folders that are not read, as in `.gitignore`."""
    dialect: Dialect | None = None
    """What Markdown pages are written in; None: what their names and they themselves tell."""
    outputs: tuple[str, ...] = ()
    """Which outputs that pages show are compared: `comments`, `fences`, `notebook`."""
    template: CodeTemplate | None = None
    """Joins the code of a record from several fields; None: one field has it."""
    has_fingerprints: bool = False
    """Whether each snippet has its fingerprint."""
    max_file_bytes: int = 16 * 1024 * 1024
    """Size of a page, of a source file, of a JSON file, and of one record of JSONL or CSV."""

    def record_options(self) -> dict[str, Any]:
        """Return what says how records are read, by the names that their reader has."""
        names = ("record_fields", "default_language", "compare", "fenced", "template")
        return {name: getattr(self, name) for name in names}

    def in_folder(self, config: CourseConfig) -> CollectOptions:
        """Return the options for a page in a folder: its configuration says what these do not."""
        return replace(
            self,
            strip=self.strip or config.strip,
            dialect=self.dialect or config.dialect,
            outputs=self.outputs or config.outputs,
        )
