"""The example pages come to the same through both real providers, field by field."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from collected import snippets_of
from daytona_validate import Outcome, SandboxProvider, Snippet, Validator
from daytona_validate._courses.collect import collect
from daytona_validate._emulator.handle import Emulator
from daytona_validate._emulator.threaded import ThreadedEmulator
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.local import LocalProvider
from plain_settings import plain_settings

EXAMPLES = Path(__file__).parents[2] / "examples"
OWN = ("execution_time", "timings", "sandbox_id", "provider", "attempts", "usage", "network")
"""Fields in which no two runs need to agree."""

# The first use of a toolchain prepares it.
pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def blocks(language: str) -> list[Snippet]:
    """All of the language; among them some that fail."""
    pages = [str(EXAMPLES / name) for name in ("course.md", "mistakes.md")]
    return [each for each in snippets_of(collect(pages)) if each.language == language]


async def judged(provider: SandboxProvider, blocks: list[Snippet]) -> list[dict[str, Any]]:
    async with Validator(provider=provider, concurrency=4) as validator:
        results = [each.to_dict() for each in await validator.validate_many(blocks)]
    for result in results:
        result["details"] = re.sub(r"\d+\.\d\d seconds$", "", str(result["details"]))
        result["output"] = sorted(str(result["output"]).splitlines())  # goroutines take turns
    return results


@pytest.fixture
def at(daytona_for: Callable[..., ThreadedEmulator], language: str) -> Emulator:
    return daytona_for(language).emulator


@pytest.mark.parametrize("language", ["python", pytest.param("go", marks=pytest.mark.thorough)])
async def test_both_providers_say_the_same_of_every_example(
    at: Emulator, jail_cache_dir: Path, blocks: list[Snippet]
) -> None:
    config = plain_settings(api_key=SecretStr(at.api_key), base_url=at.base_url)
    local = await judged(LocalProvider(plain_settings(cache_dir=jail_cache_dir)), blocks)
    remote = await judged(DaytonaProvider(config), blocks)
    assert len({each["outcome"] for each in local}) > 1
    assert Outcome.UNAVAILABLE not in {each["outcome"] for each in local}
    assert [_comparable(each) for each in remote] == [_comparable(each) for each in local]


def _comparable(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name not in OWN}
