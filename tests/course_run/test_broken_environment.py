"""A course whose environment is broken ends early, and each of its snippets has a result."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from daytona_validate import CodeValidationResult, Snippet, Validator
from daytona_validate._course_run.course_page import RunRules
from daytona_validate._course_run.run_course import run_course
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate.testing import Answer, FakeProvider, SandboxUnavailable, ran

BROKEN = SandboxUnavailable("no key")
RULES = RunRules(stop_after_unavailable=3)
WHY = "Code validation cancelled - 3 in a row had no verdict, the last: "


def block(page: str | None, code: str) -> CourseSnippet:
    return CourseSnippet(snippet=Snippet(code=code, language="python"), page=page, code=code)


def pages(count: int, *, blocks: int) -> Iterator[CourseSnippet]:
    for number in range(count):
        for position in range(blocks):
            yield block(f"{number}.md", f"x{number}.{position}")


@pytest.mark.parametrize("concurrency", [1, 4])
async def test_all_that_is_left_is_cancelled_for_one_reason(concurrency: int) -> None:
    found: list[CodeValidationResult] = []
    notes: list[str] = []

    async def on_result(_: CourseSnippet, result: CodeValidationResult) -> None:
        found.append(result)

    fake = FakeProvider(BROKEN)
    async with Validator(provider=fake, concurrency=concurrency) as validator:
        await run_course(
            pages(40, blocks=3),
            validator=validator,
            on_result=on_result,
            is_wanted=lambda course: not course.snippet.code.endswith(".1"),
            rules=RULES,
            on_note=notes.append,
        )
    assert sorted(each.index for each in found) == list(range(80))
    outcomes = [each.outcome.value for each in found]
    assert outcomes == ["unavailable"] * 3 + ["cancelled"] * 77
    (reason,) = {each.details for each in found[3:]}
    assert reason.startswith(WHY)
    said = reason.removeprefix("Code validation cancelled - ")
    assert notes == [f"stopped: {said} (--stop-after-unavailable)"]
    assert fake.alive == 0


async def test_what_runs_between_them_keeps_the_course_going() -> None:
    script: dict[str, Answer] = {
        f"x{number}.0": ran("fine\n") if number % 3 == 2 else BROKEN for number in range(20)
    }
    found: list[CodeValidationResult] = []

    async def on_result(_: CourseSnippet, result: CodeValidationResult) -> None:
        found.append(result)

    async with Validator(provider=FakeProvider(script), concurrency=1) as validator:
        await run_course(pages(20, blocks=1), validator=validator, on_result=on_result, rules=RULES)
    assert {each.outcome.value for each in found} == {"passed", "unavailable"}
    assert len(found) == 20


async def test_what_is_being_read_when_it_ends_is_not_lost() -> None:
    may_read, loop = threading.Event(), asyncio.get_running_loop()
    found: list[str] = []

    def course() -> Iterator[CourseSnippet]:
        for number in range(16):  # read at one time
            yield block(None, f"wanted {number}" if number < 3 else "other")
        assert may_read.wait(60)
        yield from (block(None, "wanted late"), block(None, "wanted last"))

    async def on_result(course: CourseSnippet, result: CodeValidationResult) -> None:
        found.append(f"{course.snippet.code} {result.outcome}")
        if len(found) == 3:
            loop.call_soon(may_read.set)  # a turn after all was called off

    async with Validator(provider=FakeProvider(BROKEN), concurrency=4) as validator:
        await run_course(
            course(),
            validator=validator,
            on_result=on_result,
            is_wanted=lambda course: course.snippet.code.startswith("wanted"),
            rules=RULES,
        )
    assert found[3:] == ["wanted late cancelled", "wanted last cancelled"]
