"""A page that is run: its snippets, and the rules for what may run before what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from daytona_validate._core.details import unavailable_details
from daytona_validate._core.fragments.no_program import no_program
from daytona_validate._core.fragments.shown_values import is_value_of
from daytona_validate._core.languages.table import LANGUAGES, find_language
from daytona_validate._core.results import rejudged
from daytona_validate._core.session_outsiders import is_outsider
from daytona_validate._course_run.notebook_names import LANGUAGE as NOTEBOOK_LANGUAGE
from daytona_validate._course_run.notebook_names import needs_ipython, notebook_code
from daytona_validate._course_run.set_up import NO_SET_UP, SetUp
from daytona_validate._course_run.site import NO_SITE, Gift, Site
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import CodeValidationResult, Fault, Outcome, Reason, Snippet, Stage

SESSION_LANGUAGES = frozenset(each.name for each in LANGUAGES.values() if each.session_steps)
"""Those in which code can run after other code."""

_RAN = frozenset({Outcome.PASSED, Outcome.WRONG_OUTPUT})
"""Of what ran to its end, as far as others need to know."""
_REFUSED = frozenset({Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR})


class SessionMode(StrEnum):
    """Policy for plain blocks: which of a page's blocks run in one session."""

    AUTO = "auto"
    """Each runs alone; what then lacks a name runs again after the blocks before it."""
    NONE = "none"
    """Each runs alone."""
    PAGE = "page"
    """All blocks of a page in one session; those of each language have their own."""
    SECTION = "section"
    """The same for the blocks under one heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRules:
    """Options for how the blocks of a page are run."""

    session: SessionMode | None = None
    """None: what the course's configuration says, else `AUTO`."""
    allows_files: bool = False
    """Whether files of a course that its configuration names may lie beside its blocks."""
    has_fragments: bool = True
    """Whether blocks that are no whole programs are completed to one."""
    stop_after_unavailable: int | None = None
    """So many runs in a row without a verdict call off the rest; None: none do."""

    def at(self, *, is_local: bool) -> RunRules:
        """Return the rules at a provider: on this host, a course's files may lie beside blocks."""
        return replace(self, allows_files=self.allows_files or is_local)


class CoursePage:
    """Page in progress; also a record or a file, which is a page of one snippet.

    Args:
        snippets: In the order of the page.
        rules: What may run before what.
        set_up: What every block of the page finds there.
        session_languages: The languages in which anything may.
        site: What the site of the page gives to blocks that lack a name.
    """

    def __init__(
        self,
        snippets: Iterable[CourseSnippet],
        rules: RunRules,
        *,
        set_up: SetUp = NO_SET_UP,
        session_languages: frozenset[str] = SESSION_LANGUAGES,
        site: Site = NO_SITE,
    ) -> None:
        self.snippets = tuple(snippets)
        self.rules = rules
        self.site = site
        self.gave: dict[int, tuple[Gift, ...]] = {}
        """What the site gave to blocks that ran well with it, by their positions."""
        self._set_up = set_up
        self._session_languages = session_languages
        self._notebook_code = notebook_code(self.snippets)
        self.languages = tuple(_language_name(each.snippet.language) for each in self.snippets)
        """By the table's names; what a snippet calls its language if the table has it not."""

    def with_set_up(self, position: int, snippet: Snippet) -> Snippet:
        """Return a snippet of a block as it runs: after and beside what its page is set up with."""
        if self.snippets[position].page is None:
            return snippet
        own = self._set_up.files_beside(snippet, self.languages[position])
        earlier = (*self._codes_before(position), *snippet.earlier)
        return replace(snippet, earlier=earlier, files=own)

    def is_set_up(self, position: int) -> bool:
        """Return whether something runs before a block, or lies beside it, that no block has."""
        snippet = self.snippets[position].snippet
        as_run = self.with_set_up(position, snippet)
        return bool(as_run.files) or bool(as_run.earlier)

    def _codes_before(self, position: int) -> tuple[str, ...]:
        """Return what runs before a block and is none of its page: a notebook's names, a set-up."""
        language = self.languages[position]
        is_cell = self.snippets[position].is_cell and language == NOTEBOOK_LANGUAGE
        codes = (self._notebook_code if is_cell else None, self._set_up.codes.get(language))
        return tuple(code for code in codes if code is not None)

    def without_set_up(self, position: int, result: CodeValidationResult) -> CodeValidationResult:
        """Return a result without the set-up's own; none where that has spoilt it."""
        count = len(self._codes_before(position))
        if self.snippets[position].page is None or not count or not result.earlier:
            return result
        set_up, earlier = result.earlier[:count], result.earlier[count:]
        failed = next((each for each in set_up if not each.has_passed), None)
        if failed is None or result.outcome is Outcome.PASSED:
            return replace(result, earlier=earlier)
        details = unavailable_details(f"the set-up of its page failed: {failed.details}")
        spoilt = rejudged(
            result,
            Outcome.UNAVAILABLE,
            details,
            fault=Fault.ENVIRONMENT,
            reason=Reason.PAGE_FAILED,
        )
        return replace(spoilt, stage=Stage.SETUP, error_line=None, missing=None, earlier=())

    def code(self, position: int) -> str:
        """Return the code of a snippet, as it runs before others."""
        course = self.snippets[position]
        return course.snippet.code if course.earlier_code is None else course.earlier_code

    def no_program(self, position: int, result: CodeValidationResult) -> str | None:
        """Return why a block that failed is no program; of a session, what was typed is asked."""
        course = self.snippets[position]
        lacking = needs_ipython(course, result)
        if lacking is not None or not self.rules.has_fragments:
            return lacking
        is_refused = result.outcome in _REFUSED
        if is_refused and (course.is_output or _is_value(course, result)):
            return "the output of the block before it"
        return no_program(replace(course.snippet, code=self.code(position)), result)

    def runs_well(self, position: int, result: CodeValidationResult) -> bool:
        """Return whether a snippet with this result runs to its end, and so before others."""
        is_to_fail = self.snippets[position].snippet.should_fail is not None
        return result.outcome in _RAN and not is_to_fail

    def mode(self, position: int) -> SessionMode:
        """Return the session mode of one snippet."""
        has_none = self.languages[position] not in self._session_languages
        is_outside = has_none or self._is_outsider(position)
        return SessionMode.NONE if is_outside else self._said(position)

    def _is_outsider(self, position: int) -> bool:
        return is_outsider(self.code(position), self.languages[position])

    def _said(self, position: int) -> SessionMode:
        """Return what is said of one snippet's sessions, in whatever language it is."""
        course = self.snippets[position]
        if course.page is None or course.marks.stands_alone:
            return SessionMode.NONE
        return self.rules.session or SessionMode(course.config.session or SessionMode.AUTO)

    def before(self, position: int) -> tuple[int, ...]:
        """Return the positions of the blocks before one that it may run after or be joined with."""
        said, course = self._said(position), self.snippets[position]
        return tuple(
            other
            for other in range(position if said is not SessionMode.NONE else 0)
            if self.languages[other] == self.languages[position]
            and not self._is_outsider(other)
            and self.snippets[other].marks.session == course.marks.session
            and (said is not SessionMode.SECTION or self.snippets[other].section == course.section)
        )


def _is_value(course: CourseSnippet, result: CodeValidationResult) -> bool:
    """Return whether a block that its language cannot read is the value of the code above it."""
    is_unread = result.outcome is Outcome.COMPILE_ERROR or "syntax error" in result.details
    return is_unread and bool(course.above) and is_value_of(course.above, course.snippet.code)


def _language_name(named: str) -> str:
    language = find_language(named)
    return named if language is None else language.name
