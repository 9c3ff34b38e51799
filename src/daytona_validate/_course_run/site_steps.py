"""The attempts at a block after what the site of its page gives to it."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from daytona_validate._core.details import cause, failure_details
from daytona_validate._core.fragments.code_text import code_line
from daytona_validate._core.missing_dependency import install_advice
from daytona_validate._core.results import rejudged
from daytona_validate._course_run.course_page import CoursePage
from daytona_validate._course_run.replay import after
from daytona_validate._course_run.site import Gift
from daytona_validate._course_run.steps import Answer, Request, run
from daytona_validate._models import (
    CodeValidationResult,
    EarlierRun,
    MissingKind,
    Outcome,
    Snippet,
)

_Result: TypeAlias = Generator[Request, Answer, CodeValidationResult]
_MOST_GIFTS = 8
_OF_FUNCTION = re.compile(r"AttributeError: 'function' object has no attribute ")


def run_after(snippet: Snippet, gifts: Sequence[Gift], codes: Sequence[str]) -> _Result:
    """Run a snippet after what its site gives, and then other blocks; of these the result tells."""
    if not gifts:
        return (yield from run(after(snippet, codes)))
    result = yield from run(after(snippet, [_joined(gifts), *codes]))
    return replace(result, earlier=result.earlier[1:])


def with_gifts(
    page: CoursePage,
    position: int,
    snippet: Snippet,
    result: CodeValidationResult,
    *,
    given: Sequence[Gift],
    codes: Sequence[str],
) -> Generator[Request, Answer, tuple[CodeValidationResult, tuple[Gift, ...]]]:
    """Run a block again, as long as it lacks a name that its site gives.

    Args:
        page: Its page.
        position: Its place there.
        snippet: The block, as it ran.
        result: Of that run.
        given: What it was given already.
        codes: The blocks that it ran after.

    Returns:
        The result of the last run that what was given let begin, and what was given to it.
    """
    given = (*given,)
    tried = {each.code for each in given}
    while len(tried) < _MOST_GIFTS:
        gift = next(
            (each for each in _gifts(page, position, result) if each.code not in tried), None
        )
        if gift is None:
            break
        tried.add(gift.code)
        ran = yield from run(after(snippet, [_joined([*given, gift]), *codes]))
        if ran.outcome is Outcome.UNAVAILABLE:
            return ran, (*given, gift)
        set_up = next(iter(ran.earlier), None)
        if _is_another(page.code(position), result, ran):
            break
        if set_up is not None and set_up.has_passed:
            given = (*given, gift)
            result = replace(ran, earlier=ran.earlier[1:])
        elif set_up is not None and _lacks_module(set_up):
            return _without_package(page, position, result, set_up), given
    if given and page.runs_well(position, result):
        page.gave[position] = given
    return result, given


def _is_another(code: str, lacking: CodeValidationResult, ran: CodeValidationResult) -> bool:
    """Return whether a block means a thing of its own by a name that the site has for a function.

    It has `request.headers`, and a function has no attributes that a page would ask for.
    """
    if lacking.missing is None or not _OF_FUNCTION.match(cause(ran.details)):
        return False
    line = code_line(code.split("\n"), ran.error_line)
    return re.search(rf"(?<![\w.]){re.escape(lacking.missing.name)}\.", line) is not None


def given_before(page: CoursePage, given: Sequence[Gift], before: Sequence[int]) -> list[Gift]:
    """Return what a block is given, and what those before it were."""
    gifts = (*(each for other in before for each in page.gave.get(other, ())), *given)
    return [*dict.fromkeys(gifts)]


def _gifts(page: CoursePage, position: int, result: CodeValidationResult) -> Iterator[Gift]:
    missing, language = result.missing, page.languages[position]
    if missing is None or result.outcome is Outcome.PASSED:
        return
    yield from page.site.gifts(missing, language)


def _joined(gifts: Sequence[Gift]) -> str:
    return "\n".join(each.code for each in gifts)


def _lacks_module(set_up: EarlierRun) -> bool:
    return set_up.missing is not None and set_up.missing.kind is MissingKind.MODULE


def _without_package(
    page: CoursePage, position: int, result: CodeValidationResult, set_up: EarlierRun
) -> CodeValidationResult:
    """Return the result of a block whose site's own package is not installed."""
    assert set_up.missing is not None  # noqa: S101 - as `_lacks_module` says
    advice = install_advice(page.languages[position], set_up.missing.name.partition(".")[0])
    details = failure_details(set_up.details, advice)
    lacking = rejudged(result, Outcome.MISSING_DEPENDENCY, details)
    return replace(lacking, missing=set_up.missing, error_line=None)
