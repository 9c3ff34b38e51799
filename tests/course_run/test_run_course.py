"""`run_course`: in which order results come, how much is held, and what is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from cancelled_at import at_every_wait
from daytona_validate import CodeValidationResult, Snippet, Validator
from daytona_validate._course_run.run_course import run_course
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._models import Location
from daytona_validate.testing import FakeProvider, ran

Found = list[tuple[CourseSnippet, CodeValidationResult]]


def page(name: str | None, *codes: str) -> Iterator[CourseSnippet]:
    for line, code in enumerate(codes, 1):
        location = Location(name or "data.jsonl", line)
        snippet = Snippet(code=code, language="python", location=location, snippet_id=code)
        yield CourseSnippet(snippet=snippet, page=name, code=code)


async def run_all(
    fake: FakeProvider, course: Iterator[CourseSnippet], *, last: str = "", wanted: str = ""
) -> Found:
    found: Found = []

    async def on_result(snippet: CourseSnippet, result: CodeValidationResult) -> None:
        found.append((snippet, result))

    async with Validator(provider=fake, concurrency=3) as validator:
        await run_course(
            course,
            validator=validator,
            on_result=on_result,
            is_last=lambda result: result.snippet_id == last,
            is_wanted=lambda snippet: wanted in snippet.code,
        )
    return found


async def test_each_result_has_its_place_among_those_that_are_wanted() -> None:
    def course() -> Iterator[CourseSnippet]:
        yield from page("one.md", "a1", "b", "a2")
        yield from page(None, "a3", "b", "a4")
        yield from page("two.md", "b")
        yield from page("three.md", "a5")

    fake = FakeProvider()
    found = await run_all(fake, course(), wanted="a")
    assert sorted((result.index, result.snippet_id) for _, result in found) == [
        (0, "a1"),
        (1, "a2"),
        (2, "a3"),
        (3, "a4"),
        (4, "a5"),
    ]
    assert all(course.snippet.location == result.location for course, result in found)
    assert {snippet.code for snippet in fake.snippets} == {"a1", "a2", "a3", "a4", "a5"}


async def test_what_is_settled_counts_and_is_not_run() -> None:
    fake = FakeProvider()
    indices: list[int] = []

    async def on_result(_snippet: CourseSnippet, result: CodeValidationResult) -> None:
        indices.append(result.index)

    async with Validator(provider=fake) as validator:
        await run_course(
            page("one.md", "a1", "b", "a2", "a3"),
            validator=validator,
            on_result=on_result,
            is_wanted=lambda snippet: "a" in snippet.code,
            is_settled=lambda index, snippet: (index, snippet.code) in {(1, "a2"), (0, "b")},
        )
    assert sorted(indices) == [0, 2]
    assert {snippet.code for snippet in fake.snippets} == {"a1", "a3"}


async def test_no_more_pages_are_read_than_have_something_under_way() -> None:
    read = 0

    def course() -> Iterator[CourseSnippet]:
        nonlocal read
        for number in range(500):
            read += 1
            yield from page(f"{number}.md", "x")

    fake = FakeProvider()
    fake.hold("run")
    running = asyncio.create_task(run_all(fake, course()))
    await fake.until(lambda fake: fake.running == 3)
    assert read <= 48  # a few snippets for each of three, in batches of 16
    fake.release("run")
    assert len(await running) == 500


async def test_nothing_runs_after_the_last_result_that_is_wanted() -> None:
    def course() -> Iterator[CourseSnippet]:
        for number in range(100):
            yield from page(f"{number}.md", f"x{number}", "y")

    fake = FakeProvider()
    found = await run_all(fake, course(), last="x5")
    assert found[-1][1].snippet_id == "x5"
    assert fake.alive == fake.running == 0
    assert len(fake.snippets) < 50


async def test_what_the_reader_raises_comes_out_after_the_results_before_it() -> None:
    def course() -> Iterator[CourseSnippet]:
        yield from page("one.md", "x")
        yield from page("two.md", "y")
        raise OSError("gone")

    fake = FakeProvider()
    with pytest.raises(OSError, match="gone"):
        await run_all(fake, course())
    assert fake.alive == 0


async def test_a_course_without_snippets_has_no_results() -> None:
    assert await run_all(FakeProvider(), iter(())) == []


@pytest.mark.parametrize("times", [pytest.param(1, marks=pytest.mark.thorough), 2])
async def test_nothing_is_left_whenever_it_is_cancelled(times: int) -> None:
    fakes: list[FakeProvider] = []

    async def work() -> Found:
        fakes.append(FakeProvider(ran("x")))
        return await run_all(fakes[-1], page("one.md", "a", "b", "c"))

    async for _end in at_every_wait(work, times=times):
        assert fakes[-1].alive == fakes[-1].running == 0
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({}, 'File "one.md", line 8'),
        ({"page": None}, 'File "/work/main.py", line 1'),
        ({"earlier_code": "a"}, 'File "/work/main.py", line 1'),
    ],
    ids=["a block", "a record", "a session that is shown"],
)
async def test_errors_of_blocks_name_lines_of_their_page(
    changes: dict[str, Any], place: str
) -> None:
    (course,) = page("one.md", "a")
    fake = FakeProvider(ran(stderr='File "/work/main.py", line 1', exit_code=1))
    ((_, result),) = await run_all(fake, iter([replace(course, code_line=8, **changes)]))
    assert result.error == place
