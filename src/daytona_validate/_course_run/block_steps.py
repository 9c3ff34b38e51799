"""The attempts at one block: alone, and then with what its page has for it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import TypeAlias

from daytona_validate._core.fragments.completion import Completion, not_runnable
from daytona_validate._core.fragments.tries import completion, judged
from daytona_validate._course_run.alternatives import made_anew
from daytona_validate._course_run.conflicts import after_needed
from daytona_validate._course_run.consequences import consequence, could_be_consequence, makes
from daytona_validate._course_run.course_page import CoursePage, SessionMode
from daytona_validate._course_run.remade import last_maker, remade_in_vain
from daytona_validate._course_run.replay import (
    MOST_REPLAYED,
    after,
    better,
    blocks,
    could_help,
    lacks_what_others_make,
)
from daytona_validate._course_run.settled import last_word
from daytona_validate._course_run.site import Gift
from daytona_validate._course_run.site_steps import given_before, run_after, with_gifts
from daytona_validate._course_run.steps import Answer, Request, Steps, Verdict, results_of, run
from daytona_validate._courses.page_files import page_files
from daytona_validate._models import CodeValidationResult, MissingKind, Outcome, Snippet

_Result: TypeAlias = Generator[Request, Answer, CodeValidationResult]


def block_steps(page: CoursePage, position: int) -> Steps:
    """Run a block that belongs to no session of its own until it has its result."""
    course = page.snippets[position]
    result = yield from run(course.snippet)
    lacks = course.snippet.should_fail is not None and result.missing is not None
    if course.page is not None and (lacks or result.outcome is not Outcome.PASSED):
        result = yield from _tried_further(page, position, result)
    yield Verdict(position, last_word(page, position, result))


def _tried_further(page: CoursePage, position: int, alone: CodeValidationResult) -> _Result:
    """Return the result of a block that failed alone, by the first attempt that is any better."""
    reason = page.no_program(position, alone)
    if reason is not None:
        return not_runnable(alone, reason)
    for attempt in _ATTEMPTS:
        result = yield from attempt(page, position, alone)
        if result is not alone:
            break
    else:
        result = alone
    reason = page.no_program(position, result)  # after others it may need what a reader gives
    if reason is not None:
        return not_runnable(result, reason)
    return (yield from _blamed(page, position, result))


def _blamed(page: CoursePage, position: int, result: CodeValidationResult) -> _Result:
    """Return a block's result; `skipped` if it only lacks what a block that failed makes."""
    before = page.before(position)[-MOST_REPLAYED:]
    is_alone = page.mode(position) is SessionMode.NONE
    if is_alone:
        return result
    maker = last_maker(page, position, result, before)
    if maker is None and not could_be_consequence(page, position, result, before):
        return result
    results = yield from results_of(before)
    if maker is not None:
        has_run = page.runs_well(maker, results[maker])
        return result if has_run else remade_in_vain(page, result, maker)
    without = [each for each in before if not page.runs_well(each, results[each])]
    return consequence(page, position, result, before=before, without=without)


def _beside_files(page: CoursePage, position: int, alone: CodeValidationResult) -> _Result:
    """Return a block's result beside the page's files, if one of them is what it imports."""
    course, missing = page.snippets[position], alone.missing
    if missing is None or missing.kind is not MissingKind.MODULE:
        return alone
    files = page_files(course, page.snippets, module=missing.name)
    if not files:
        return alone
    beside = replace(course.snippet, files={**files, **course.snippet.files})
    result = yield from run(beside)
    named = ", ".join(sorted(files))
    result = better(alone, result, note=f"the page's {named}")
    return (yield from _replayed_as(beside, page, position, result))


def _from_site(page: CoursePage, position: int, alone: CodeValidationResult) -> _Result:
    """Return a block's result after what its page's site gives, if none of its page makes it."""
    missing, language = alone.missing, page.languages[position]
    if page.mode(position) is SessionMode.NONE or missing is None:
        return alone
    before = page.before(position)
    if any(makes(page.code(each), missing.name, language=language) for each in before):
        return alone
    snippet = page.snippets[position].snippet
    result, given = yield from with_gifts(page, position, snippet, alone, given=(), codes=())
    if not given:
        return result
    result = better(alone, result, note=", ".join(each.note for each in given))
    reason = page.no_program(position, result)
    if reason is not None:
        return not_runnable(result, reason)
    return (yield from _replayed_as(snippet, page, position, result, given=given))


def _replayed(page: CoursePage, position: int, alone: CodeValidationResult) -> _Result:
    return _replayed_as(page.snippets[position].snippet, page, position, alone)


def _replayed_as(
    snippet: Snippet,
    page: CoursePage,
    position: int,
    alone: CodeValidationResult,
    *,
    given: Sequence[Gift] = (),
) -> _Result:
    """Return a block's result after the blocks before it that ran, if they can help it.

    Args:
        snippet: The block's, as it ran.
        page: Its page.
        position: Its place there.
        alone: The result of that run.
        given: What its site gave to it.
    """
    if (
        page.mode(position) is SessionMode.NONE
        or alone.missing is None
        or not lacks_what_others_make(alone)
    ):
        return alone
    before = page.before(position)[-MOST_REPLAYED:]
    if not could_help(alone.missing, (page.code(other) for other in before)):
        return alone
    results = yield from results_of(before)
    ran = {n: page.code(n) for n in before if page.runs_well(n, results[n])}
    codes = [*ran.values()]
    if not could_help(alone.missing, codes):
        return alone
    given = given_before(page, given, before)
    replayed = yield from run_after(snippet, given, codes)
    replayed, given = yield from with_gifts(
        page, position, snippet, replayed, given=given, codes=codes
    )
    notes = [*filter(None, (alone.completed, blocks(len(codes))))]
    alternative = made_anew(snippet.code, replayed, codes)
    if alternative is not None:
        anew = yield from run(after(snippet, [*codes, alternative.drops]))
        if anew.outcome is Outcome.PASSED:
            replayed = replace(anew, earlier=anew.earlier[:-1])
            notes.append(f"without {alternative.names} of theirs")
    needed = yield from after_needed(snippet, alone, replayed, gifts=given, codes=ran)
    if needed is not None:
        replayed = needed[0]
        notes[-1] = f"{needed[1]} of {notes[-1]}, as the others clash with it"
    return better(alone, replayed, note=", ".join(notes))


def _with_state(page: CoursePage, position: int, alone: CodeValidationResult) -> _Result:
    """Return a session's result after the blocks before it, if its outputs are then as shown.

    Blocks may change what a library does without making a name; in doctest, all are one session.
    """
    course = page.snippets[position]
    is_other = alone.outcome is Outcome.WRONG_OUTPUT and course.earlier_code is not None
    before = page.before(position)[-MOST_REPLAYED:]
    if not is_other or page.mode(position) is SessionMode.NONE or not before:
        return alone
    results = yield from results_of(before)
    ran = [each for each in before if page.runs_well(each, results[each])]
    codes = [page.code(each) for each in ran]
    after_them = yield from run_after(course.snippet, given_before(page, (), ran), codes)
    has_passed = after_them.outcome is Outcome.PASSED
    return replace(after_them, completed=blocks(len(codes))) if has_passed else alone


def _completed(page: CoursePage, position: int, alone: CodeValidationResult) -> _Result:
    """Return the result of the program that a fragment was completed to."""
    if not page.rules.has_fragments:
        return alone
    snippet = page.snippets[position].snippet
    above = [page.snippets[other].snippet for other in page.before(position)]
    tried: CodeValidationResult | Completion | None = completion(snippet, alone, earlier=above)
    while isinstance(tried, Completion):
        result = yield from run(tried.snippet)
        tried = judged(snippet, alone, tried, result)
    return alone if tried is None else tried


_ATTEMPTS: tuple[Callable[[CoursePage, int, CodeValidationResult], _Result], ...] = (
    _beside_files,
    _from_site,
    _replayed,
    _with_state,
    _completed,
)
"""In this order; each returns the very result that it was given if it has nothing to try."""
