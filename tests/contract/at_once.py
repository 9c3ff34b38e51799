"""Programs that run at once, as snippets do that come as many; each test then judges one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import pytest

from daytona_validate import CodeValidationResult, Snippet, Validator
from daytona_validate.testing import Execution

from .conftest import NewCase, closed

V = TypeVar("V")
Kept = dict[tuple[str, str], dict[str, CodeValidationResult]]
"""Results by provider and language, of those that ran."""


@dataclass(frozen=True, slots=True)
class Told:
    """A snippet, and what a provider that runs nothing is told of it."""

    snippet: Snippet
    run: Execution
    check: Execution


def chosen(
    request: pytest.FixtureRequest, programs: Mapping[str, V], *, parameter: str
) -> dict[str, V]:
    """Return the programs, by a parameter of their tests, that this session judges at a provider.

    What only the thorough tests judge is not run for the others.
    """
    found = set()
    for item in request.session.items:
        if item.path == request.node.path and isinstance(item, pytest.Function):
            params = item.callspec.params if hasattr(item, "callspec") else {}
            if params.get("new_case") == request.node.callspec.params["new_case"]:
                found.add(params.get(parameter))
    return {name: program for name, program in programs.items() if name in found}


async def results_of(
    new_case: NewCase, programs: Mapping[str, Told]
) -> dict[str, CodeValidationResult]:
    """Run programs by a provider of their own, and close it; results have the programs' names."""
    async with closed(new_case()) as case:
        for each in programs.values():
            case.script(each.snippet.code, run=each.run, check=each.check)
        async with Validator(provider=case.provider) as validator:
            results = await validator.validate_many(each.snippet for each in programs.values())
    return dict(zip(programs, results, strict=True))
