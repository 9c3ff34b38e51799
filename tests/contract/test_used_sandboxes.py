"""What a snippet comes to does not depend on what was in its sandbox before, by any provider."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from daytona_validate import CodeValidationResult, Snippet, Validator
from plain_settings import plain_settings

from .conftest import BEHAVIOURS, Case, NewCase, closed

USES = 20


def snippets() -> list[Snippet]:
    """Return each behaviour, and after each a plain one that must not notice."""
    names = [name for name in BEHAVIOURS if name != "waits"]
    order = [each for name in names for each in (name, "prints")]
    behaviours = [BEHAVIOURS[name] for name in order]
    return [replace(each.snippet, limits=each.limits) for each in behaviours]


async def came_to(new_case: NewCase, uses: int) -> list[CodeValidationResult]:
    async with closed(new_case()) as case:
        settings = plain_settings(snippets_per_sandbox=uses)
        async with Validator(settings, provider=case.provider, concurrency=3) as validator:
            results = await validator.validate_many(snippets())
            assert await left_in_use(case, uses) == 0
    return results


async def left_in_use(case: Case, uses: int) -> int:
    """Count what outlives its call, while its validator is still open."""
    return await case.left_over() if uses > 1 else 0


def told(result: CodeValidationResult) -> tuple[object, ...]:
    return (result.outcome, result.exit_code, result.signal, result.output[:500], result.error)


@pytest.mark.timeout(180)
async def test_each_comes_to_the_same_in_a_sandbox_of_its_own_and_in_a_used_one(
    new_case: NewCase, request: pytest.FixtureRequest
) -> None:
    alone, shared = await came_to(new_case, 1), await came_to(new_case, USES)
    assert list(map(told, shared)) == list(map(told, alone))
    assert {each.sandbox_use for each in alone} == {1}
    uses = [each.sandbox_use or 0 for each in shared]
    assert len({(each.sandbox_id, each.sandbox_use) for each in shared}) == len(shared)
    assert max(uses) <= USES
    name = request.node.callspec.params["new_case"]
    is_shared = name == "fake" or (name == "daytona" and os.geteuid() == 0)
    assert (max(uses) > 1) == is_shared
