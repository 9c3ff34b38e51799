"""What Daytona's sandboxes are made of, as far as a name tells: nothing is asked for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from daytona_validate import Limits, SandboxSpec
from daytona_validate._providers.daytona.provider import DaytonaProvider
from plain_settings import plain_settings

SPEC = SandboxSpec(language="python", limits=Limits())
KEY = "dtn_canary"


async def identity(spec: SandboxSpec = SPEC, **values: Any) -> str | None:
    provider = DaytonaProvider(plain_settings(**{"api_key": KEY, **values}))
    try:
        return await provider.identity(spec)
    finally:
        await provider.aclose()


@pytest.mark.parametrize(
    "values",
    [
        {"api_key": "dtn_another"},
        {"base_url": "https://daytona.example/api"},
        {"target": "eu"},
        {"cpu": 2},
        {"memory_mib": 2000},
    ],
    ids=["the organization", "the service", "the region", "the cores", "the snapshot"],
)
async def test_whatever_runs_elsewhere_is_another(values: dict[str, Any]) -> None:
    spec = replace(SPEC, limits=Limits(memory_mib=values.get("memory_mib", 512)))
    found = {await identity(), await identity(spec, **values)}
    assert (len(found), None in found) == (2, False)


async def test_it_is_the_same_another_time_and_tells_no_key() -> None:
    found = await identity()
    assert found == await identity()
    assert KEY not in (found or "")


@pytest.mark.parametrize(
    "values",
    [{"api_key": None}, {"network": "organization"}, {"packages": ("numpy==2.0",)}],
    ids=["no key", "a network", "packages, whose own needs only the service knows"],
)
async def test_what_no_name_stands_for_is_not_known(values: dict[str, Any]) -> None:
    packages = values.pop("packages", ())
    assert await identity(replace(SPEC, packages=packages), **values) is None
