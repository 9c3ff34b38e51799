"""What a validation at Daytona costs its client: counted, so that nothing creeps back in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from daytona_validate import Snippet, Validator
from plain_settings import plain_settings
from scripted_server import scripted_server
from work_done import WorkDone, work_done

CALLS = 1615
"""Of functions, those in C included, for a validation on Python 3.11: 1404 when this was new."""
TIMERS = 2.3
"""For a validation: 2 when this was new."""


@pytest.fixture
def address() -> Iterator[str]:
    with scripted_server() as address:
        yield address


def cost_of(address: str, snippets: int) -> WorkDone:
    settings = plain_settings(api_key="a-key-of-nobody", base_url=f"{address}/api", concurrency=1)

    async def call() -> None:
        async with (
            Validator(settings, provider="daytona") as validator,
            validator.stream(
                Snippet(code=f"print(6 * 7)  # {number}", language="python")
                for number in range(snippets)
            ) as finished,
        ):
            found = [result.outcome async for result in finished]
        assert found == ["passed"] * snippets

    return work_done(call)


def test_a_validation_costs_one_task_two_timers_and_few_calls(address: str) -> None:
    """The task removes the sandbox."""
    cost_of(address, 1)  # what is imported and remembered once
    few, many = cost_of(address, 5), cost_of(address, 25)
    assert many.tasks - few.tasks == 20
    assert (many.timers - few.timers) / 20 <= TIMERS
    assert many.of("tenacity") == 0
    assert (many.calls.total() - few.calls.total()) / 20 <= CALLS
