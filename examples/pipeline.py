"""Generated courses, their snippets validated, ready to be sent: a course builder's last steps.

    python pipeline.py < courses.jsonl

Each line is a course: `{"skill": "...", "snippets": [{"code": "...", "language": "..."}]}`. All
snippets of all courses are validated together; the answer has each course with its snippets, each
with its `validation`. A snippet that fails stays in it, and says why; who reads on decides.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable

from pydantic import BaseModel

from daytona_validate import CodeSnippet, Validator


class Course(BaseModel):
    """A course as a model wrote it."""

    skill: str
    snippets: list[CodeSnippet]


class Answer(BaseModel):
    """What goes to the user."""

    courses: list[Course]
    ready: int
    """Snippets that ran as they stand."""
    broken: int
    """Snippets whose own fault it is that they did not."""
    unknown: int
    """Snippets of which nothing was found out: to be validated again."""


async def validated(courses: Iterable[Course], validator: Validator) -> Answer:
    """Return courses with the results of their snippets."""
    found = [course.model_copy(deep=True) for course in courses]
    results = await validator.validate_many(
        snippet.to_snippet(skill=course.skill) for course in found for snippet in course.snippets
    )
    in_turn = iter(results)  # in the order of the snippets
    for course in found:
        course.snippets = [each.with_validation(next(in_turn)) for each in course.snippets]
    return Answer(
        courses=found,
        ready=sum(result.outcome == "passed" for result in results),
        broken=sum(result.fault == "snippet" for result in results),
        unknown=sum(not result.is_verdict for result in results),
    )


async def main() -> None:
    """Read courses, print the answer."""
    courses = [Course.model_validate_json(line) for line in sys.stdin if line.strip()]
    async with Validator() as validator:
        print((await validated(courses, validator)).model_dump_json(indent=2))


if __name__ == "__main__":
    asyncio.run(main())
