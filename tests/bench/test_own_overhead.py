"""The cost of a snippet is measured over sandboxes that run nothing, beside a loop by hand."""

from __future__ import annotations

import pytest

from daytona_validate._bench.figures import Figure
from daytona_validate._bench.overhead_sides import RAN, NullProvider
from daytona_validate._bench.own_overhead import COLUMNS, GATHER, SIDES, own_overhead
from daytona_validate._models import Limits, SandboxSpec, Snippet
from daytona_validate._providers.protocol import SandboxProvider


async def test_the_provider_of_the_benchmark_is_one() -> None:
    provider = NullProvider()
    assert isinstance(provider, SandboxProvider)
    async with provider.open(SandboxSpec(language="python", limits=Limits())) as sandbox:
        assert await sandbox.run(Snippet(code="", language="python")) is RAN
    await provider.aclose()


@pytest.mark.thorough
@pytest.mark.alone
@pytest.mark.slow
async def test_each_side_that_is_here_is_measured_without_an_error() -> None:
    record = await own_overhead(repetitions=1, count=200, in_flight=10, say=lambda _: None)
    assert [row[0] for row in record.rows] == [side.title for side in SIDES if side.is_here]
    for row in record.rows:
        found = dict(zip(COLUMNS, row, strict=True))
        assert found["errors"] == 0
        assert isinstance(found["CPU us a snippet"], Figure)
        assert isinstance(found["CPU / gather's"], Figure) is (row[0] != GATHER.title)
