"""`--resume`: results of a former run that are taken over, so that only the rest runs."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from anyio import to_thread
from pydantic import ValidationError

from daytona_validate._cli.check.check_choice import CheckChoice
from daytona_validate._cli.screen.screen import Screen
from daytona_validate._core.former_results import FormerResults, ResultKey, result_key
from daytona_validate._course_run.course_page import RunRules
from daytona_validate._course_run.run_course import read_ahead
from daytona_validate._course_run.surroundings import SurroundingsReader
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._courses.input_fingerprint import input_fingerprint
from daytona_validate._errors import ConfigurationError
from daytona_validate._models import CodeValidationResult
from daytona_validate._models.json_form import adapter
from daytona_validate._regular_file import open_regular

_OPTION = "--resume"


class FormerRun:
    """Report of a former run, read whole.

    Args:
        path: A report in the format `jsonl`, whole or not.

    Raises:
        ConfigurationError: It cannot be read; the caller's fault.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.results = FormerResults()
        self.broken_lines = 0
        try:
            with open_regular(str(path)) as lines:
                for line in lines:
                    self._add(line)
        except OSError as error:
            raise ConfigurationError(f"{_OPTION}: cannot read {path}: {error.strerror}") from error

    def _add(self, line: bytes) -> None:
        try:
            row = json.loads(line)
            if row["type"] == "result":
                content, page = row["input_fingerprint"], row["page_fingerprint"]
                result = adapter(CodeValidationResult).validate_python(row)
                self.results.add(content, result, page=page)
        except (ValueError, RecursionError, TypeError, KeyError, ValidationError):
            self.broken_lines += 1


class Resumption:
    """Results that a run takes over from a former one.

    Args:
        former: The former run; None: there is none, and nothing is taken over.
        choice: The options, which say what of the course is wanted.
        rules: How the blocks of a page are run.
        provider: The name of the provider of this run.
        screen: Told what is taken over.
    """

    def __init__(
        self,
        former: FormerRun | None,
        choice: CheckChoice,
        *,
        rules: RunRules,
        provider: str,
        screen: Screen,
    ) -> None:
        self._former = former
        self._choice = choice
        self._surroundings = SurroundingsReader(rules)
        self._provider = provider
        self._screen = screen
        self._taken: dict[int, ResultKey] = {}

    async def results(self) -> AsyncGenerator[tuple[CourseSnippet, CodeValidationResult], None]:
        """Yield the snippets that have a result already, in the order of the course."""
        if self._former is None:
            return
        found = await to_thread.run_sync(self._found, self._former)
        position = 0
        async with aclosing(read_ahead(self.wanted())) as wanted:
            async for course in wanted:
                result = found.get(position)
                if result is not None:
                    self._taken[position] = self._key(course)
                    yield course, _of_snippet(result, course, position)
                position += 1

    def is_settled(self, position: int, course: CourseSnippet) -> bool:
        """Whether the result of a snippet is taken over; its position is among those wanted."""
        return position in self._taken and self._taken[position] == self._key(course)

    def _found(self, former: FormerRun) -> Mapping[int, CodeValidationResult]:
        wanted = [(self._key(course), course.snippet.location) for course in self.wanted()]
        found = {
            position: result
            for position, result in former.results.of(key for key, _ in wanted).items()
            # An error names lines of the page: where they are others now, it would mislead.
            if result.error is None or result.location == wanted[position][1]
        }
        if former.broken_lines:
            plural = "line is" if former.broken_lines == 1 else "lines are"
            self._screen.note(
                f"{_OPTION}: {former.broken_lines} {plural} broken in {former.path}, and left out"
            )
        self._screen.note(
            f"{_OPTION}: {len(found)} results taken over from {former.path}, "
            f"{len(wanted) - len(found)} to run"
            if found
            else f"{_OPTION}: no result in {former.path} is of these snippets; all run"
        )
        return found

    def wanted(self) -> Iterator[CourseSnippet]:
        """Yield the snippets that are selected, each told what its page depends on; it blocks."""
        selection = self._choice.selection
        course = selection.with_options(self._choice.collection(None))
        for path, page in groupby(course, attrgetter("page")):
            told = page if path is None else self._told(tuple(page))  # noqa: B031 - either is used
            yield from filter(selection.has, told)

    def _told(self, page: tuple[CourseSnippet, ...]) -> Iterable[CourseSnippet]:
        """Return the snippets of a page, each told what the page depends on."""
        return self._surroundings.of(page).told_to(page)

    def _key(self, course: CourseSnippet) -> ResultKey:
        return result_key(
            input_fingerprint(course),
            course.snippet.location,
            provider=self._provider,
            page=course.page_fingerprint,
        )


def _of_snippet(
    result: CodeValidationResult, course: CourseSnippet, position: int
) -> CodeValidationResult:
    snippet = course.snippet
    return replace(
        result,
        index=position,
        skill=snippet.skill,
        snippet_id=snippet.snippet_id,
        location=snippet.location,
    )
