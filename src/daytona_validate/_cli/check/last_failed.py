"""`--last-failed`: which snippets of a course ran without failure the last time."""

from __future__ import annotations

from dataclasses import replace

from daytona_validate._cli.check.check_choice import CheckChoice
from daytona_validate._cli.check.last_run_file import LastRunFile
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._core.last_run import LastRun, with_page
from daytona_validate._core.reported import Reported
from daytona_validate._course_run.course_page import SessionMode
from daytona_validate._courses.collect import STDIN
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import Outcome
from daytona_validate._settings import Settings

_OPTION = "--last-failed"
_NOTHING = LastRun()
_ALONE = (SessionMode.AUTO, SessionMode.NONE)
"""Where a block that has run well by itself was not run after others."""


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

    def add(self, course: CourseSnippet, reported: Reported, *, has_failed: bool) -> None:
        """Take a result of this run."""
        content = reported.input_fingerprint
        if has_failed:
            self._failed.add(content)
        elif _passed_alone(course, reported, self._choice.rules.session):
            self._passed.add(content)
        else:
            self._passed.add(with_page(content, reported.page_fingerprint))

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


def _passed_alone(course: CourseSnippet, reported: Reported, session: str | None) -> bool:
    """Return whether a snippet passed by nothing that its page says, makes or is set up with.

    Args:
        course: The snippet.
        reported: Its result.
        session: The policy for blocks that the options name, if any.
    """
    result, config, marks = reported.result, course.config, course.marks
    has_passed = result.outcome is Outcome.PASSED and result.exit_code == 0
    has_help = bool(result.earlier) or result.completed is not None
    is_set_up = bool(config.setup or config.files or config.packages)
    is_joined = course.is_cell or marks.continues or marks.session is not None
    is_joined |= (session or config.session or _ALONE[0]) not in _ALONE
    return course.page is None or (has_passed and not (has_help or is_set_up or is_joined))
