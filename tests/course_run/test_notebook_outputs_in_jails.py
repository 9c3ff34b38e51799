"""A notebook's cells in real sandboxes, compared with the outputs that it has stored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from daytona_validate import CodeValidationResult, Validator
from daytona_validate._core.not_read import Why
from daytona_validate._course_run.run_course import run_course
from daytona_validate._courses.collect import collect
from daytona_validate._courses.collect_options import CollectOptions
from daytona_validate._courses.course_snippet import CourseSnippet
from daytona_validate._providers.local import LocalProvider
from plain_settings import plain_settings

# The first use of a toolchain prepares it.
pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.timeout(600)]

Output = dict[str, object]


def value(text: str, **more: str) -> Output:
    return {"output_type": "execute_result", "data": {"text/plain": text, **more}}


def printed(text: str) -> Output:
    return {"output_type": "stream", "name": "stdout", "text": text}


CELLS: tuple[tuple[str, list[Output], str], ...] = (
    ("names = {'b', 'a'}\nnames", [value("{'a', 'b'}")], "passed"),
    ("names", [value("{'a', 'c'}")], "wrong_output"),
    ("print(1)\nint", [printed("1\n"), value("int")], "passed"),
    ("print(1)", [printed("1\n"), value("int")], "wrong_output"),
    ("[*range(30)]", [value(",\n ".join(map(str, [*range(30)])).join("[]"))], "passed"),
    ("2 + 2;", [], "passed"),
    ("2 + 2", [], "passed"),
    ("print(3)\n4", [printed("3\n"), value("4", **{"text/html": "<b>4</b>"})], "passed"),
    ("print(5)\n6", [printed("3\n"), value("4", **{"text/html": "<b>4</b>"})], "wrong_output"),
    ("import random\nchance = random.random()", [], "passed"),
    ("print(chance)", [printed("0.1\n")], "passed"),
    ("chance = 1\nprint(chance)", [printed("2\n")], "wrong_output"),
    ("try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    print(e)", [printed("x\n")], "passed"),
    ("try:\n    1 / 0\nexcept Exception as e:\n    print(e)", [printed("x\n")], "wrong_output"),
    ("display({3, 1})", [printed("{1, 3}\n")], "passed"),
    ("nmaes", [value("{'a', 'b'}")], "runtime_error"),
)


@pytest.fixture
def course(tmp_path: Path) -> list[CourseSnippet]:
    cells = [
        {"cell_type": "code", "source": code, "outputs": outputs, "metadata": {}}
        for code, outputs, _ in CELLS
    ]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}))
    found = collect([str(tmp_path)], options=CollectOptions(outputs=("notebook",)))
    courses = list(found)
    assert found.not_read().counts == {Why.RICH: 2}
    return courses


async def test_each_cell_has_its_verdict(course: list[CourseSnippet], jail_cache_dir: Path) -> None:
    found: dict[int, CodeValidationResult] = {}

    async def keep(_course: CourseSnippet, result: CodeValidationResult) -> None:
        assert result.location is not None
        assert result.location.cell is not None
        found[result.location.cell] = result

    provider = LocalProvider(plain_settings(cache_dir=jail_cache_dir))
    async with Validator(provider=provider, concurrency=2) as validator:
        await run_course(course, validator=validator, on_result=keep)
    assert [found[at].outcome for at in range(len(CELLS))] == [each for _, _, each in CELLS]
    assert "the cell ends without it" in found[3].details
    assert found[0].output == "{'a', 'b'}\n"
    assert len({each.sandbox_id for each in found.values()}) == 1
