"""examples/pipeline.py: generated courses come back with the results of their snippets."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from daytona_validate import Validator
from daytona_validate._errors import SandboxUnavailable
from daytona_validate.testing import FakeProvider, ran

EXAMPLES = Path(__file__).parents[2] / "examples"
COURSES = (EXAMPLES / "courses.jsonl").read_text().splitlines()


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(EXAMPLES))
    return importlib.import_module("pipeline")


async def test_each_snippet_gets_its_own_result_and_stays_where_it_is(pipeline: Any) -> None:
    def answer(snippet: Any) -> Any:
        if "totl" in snippet.code:
            return ran(stderr="NameError: name 'totl' is not defined\n", exit_code=1)
        if snippet.language == "javascript":
            raise SandboxUnavailable("none today")
        return ran("10\n")

    courses = [pipeline.Course.model_validate_json(line) for line in COURSES]
    async with Validator(provider=FakeProvider(answer)) as validator:
        found = await pipeline.validated(courses, validator)
    assert (found.ready, found.broken, found.unknown) == (1, 1, 1)
    outcomes = [[each.validation.outcome for each in course.snippets] for course in found.courses]
    assert outcomes == [["passed", "runtime_error"], ["unavailable"]]
    assert found.courses[0].snippets[1].validation.skill == "Python basics"
    assert courses[0].snippets[0].validation is None, "what came in is not touched"
    assert pipeline.Answer.model_validate_json(found.model_dump_json()) == found
