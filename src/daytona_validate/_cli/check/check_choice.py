"""The options of `check` as typed values, and the snippets they select."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from daytona_validate._cli.called_as import called_as
from daytona_validate._cli.check.report_targets import ReportTarget
from daytona_validate._cli.course_options import (
    Selection,
    repeat_options,
)
from daytona_validate._cli.former_run_options import FormerRunRules
from daytona_validate._cli.gate_options import GateRules
from daytona_validate._cli.package_options import PackageChoice
from daytona_validate._cli.screen.streams import stdin_chunks
from daytona_validate._course_run.course_page import RunRules
from daytona_validate._courses.collect import STDIN, Collection, collect
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._reports.text import TextStyle


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckChoice:
    """Options of one call of `check`."""

    paths: tuple[str, ...]
    reading: CollectOptions
    selection: Selection
    rules: RunRules
    packages: PackageChoice
    targets: tuple[ReportTarget, ...]
    output_format: str
    concurrency: int | None
    snippets_per_sandbox: int | None
    fast_python: bool
    provider: str | None
    env_file: Path | None
    progress: str
    fail_fast: bool
    strict: bool
    is_quiet: bool
    is_verbose: bool
    gate: GateRules
    former: FormerRunRules
    updates_outputs: bool
    explains: bool

    def collection(self, stdin: BinaryIO | None) -> Collection:
        """Return all snippets of the paths.

        Raises:
            ConfigurationError: A path is not there or is of no known kind; the caller's fault.
        """
        reading = replace(self.reading, has_fingerprints=self.selection.changed is not None)
        return collect(self.paths, options=reading, stdin=stdin)

    def sent_paths(self) -> tuple[str, ...]:
        """Return the paths of all that may be sent to a provider."""
        folder = self.reading.include_folder
        return self.paths if folder is None else (*self.paths, folder)

    def text_style(self, *, is_coloured: bool = False, link_base: str | None = None) -> TextStyle:
        """Return the style of the text report; the arguments are fields of it."""
        options = repeat_options(self.reading)
        options += [f"--timeout={self.selection.timeout_s:g}"] if self.selection.timeout_s else []
        options += ["--tests"] if self.selection.run_tests else []
        options += [self.selection.passed_once.value] if self.selection.passed_once else []
        options += [f"--provider={self.provider}"] if self.provider else []
        options += [f"--env-file={self.env_file}"] if self.env_file else []
        has_stdin = STDIN in self.paths
        return TextStyle(
            is_strict=self.strict,
            is_verbose=self.is_verbose,
            explains=self.explains,
            is_coloured=is_coloured,
            link_base=link_base,
            program=called_as(),
            repeat_options=tuple(options),
            include_folders=tuple(self._include_folders()),
            stdin_path=(self.reading.stdin_filename or STDIN) if has_stdin else None,
        )

    def _include_folders(self) -> Iterator[tuple[str, str]]:
        """Yield each folder given, after the prefix that the paths of its pages have."""
        if self.reading.include_folder is not None:
            yield "", self.reading.include_folder
            return
        for folder in (Path(path) for path in self.paths if path != STDIN):
            if folder.is_dir():
                yield "" if folder == Path() else f"{folder}/", str(folder)

    def can_be_read_twice(self) -> bool:
        """Whether the snippets can be counted ahead: they come from neither stdin nor a pipe."""
        return all(p != STDIN and (Path(p).is_file() or Path(p).is_dir()) for p in self.paths)


@contextmanager
def stdin_of(paths: Iterable[str]) -> Iterator[BinaryIO | None]:
    """Spool all of stdin into a temporary file if one of the paths is `-`; else yield None.

    It is read to its end before any event loop runs: Ctrl-C would otherwise have to wait for
    a thread that waits for the other end of a pipe.
    """
    if STDIN not in paths:
        yield None
        return
    with tempfile.TemporaryFile() as spool:
        spool.writelines(stdin_chunks())
        spool.seek(0)
        yield spool
