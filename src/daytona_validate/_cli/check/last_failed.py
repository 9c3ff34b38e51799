"""`--last-failed`: which snippets of a course ran without failure the last time."""

from __future__ import annotations

from dataclasses import replace

from daytona_validate._cli.check.check_choice import CheckChoice
from daytona_validate._cli.check.last_run_file import LastRunFile
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._core.last_run import LastRun
from daytona_validate._core.reported import Reported
from daytona_validate._courses.collect import STDIN
from daytona_validate._settings import Settings

_OPTION = "--last-failed"
_NOTHING = LastRun()


class RunMemory:
    """Memory of runs: knows the last one of the same paths, and records this one.

    Args:
        choice: The options.
        settings: They say where the cache is.
        screen: Told what `--last-failed` knows.
    """

    def __init__(self, choice: CheckChoice, settings: Settings, screen: Screen) -> None:
        self._choice = choice
        self._is_known = STDIN not in choice.paths
        self._file = LastRunFile(choice.paths, cache_dir=settings.cache_dir)
        self._screen = screen
        self._last = self._file.read() if self._is_known else None
        self._failed: set[str] = set()
        self._passed: set[str] = set()

    def choice(self) -> CheckChoice:
        """Return the options, with `--last-failed` as a part of what they select."""
        if not self._choice.former.last_failed:
            return self._choice
        last = self._last
        if last is None:
            self._screen.note(f"{_OPTION}: no former run of these paths is known; all run")
            return self._choice
        if not last.failed:
            self._screen.note(f"{_OPTION}: nothing failed the last time; all run")
            return self._choice
        return replace(self._choice, selection=replace(self._choice.selection, last_run=last))

    def add(self, reported: Reported, *, has_failed: bool) -> None:
        """Take a result of this run."""
        (self._failed if has_failed else self._passed).add(reported.input_fingerprint)

    def record(self, *, is_whole: bool) -> None:
        """Record this run; it blocks.

        Args:
            is_whole: Whether everything selected has its result.
        """
        if not self._is_known:
            return
        is_whole = is_whole and not self._choice.former.is_part
        failed = frozenset(self._failed)
        now = LastRun(failed=failed, passed=frozenset(self._passed) - failed)
        last = self._last if self._choice.former.last_failed or not is_whole else None
        run = (last or _NOTHING).followed_by(now, has_all_failed=is_whole)
        if not self._file.write(run) and self._choice.former.last_failed:
            self._screen.note(f"{_OPTION}: this run cannot be kept for the next one")
