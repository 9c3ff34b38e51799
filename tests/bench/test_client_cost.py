"""The cost of a client is measured, of each that is here, and no request is one too many."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from daytona_validate._bench.client_cost import (
    COLUMNS,
    SDK,
    SIDES,
    client_cost,
    makespan_bound_s,
)
from daytona_validate._bench.client_sides import ClientRun, settled
from daytona_validate._bench.figures import Figure
from daytona_validate._bench.record import Record
from daytona_validate._bench.scripted_daytona import ServerCounts
from daytona_validate._bench.sides import Side


def a_run(**values: float) -> ClientRun:
    fields = {"count": 20, "wall_s": 1.0, "cpu_s": 0.1, "server_cpu_s": 0.01, "peak_rss_bytes": 1}
    fields |= {"requests": 60, "errors": 0, "most_alive": 10} | values
    return ClientRun(**fields)  # type: ignore[arg-type] # some of them are counts


def test_the_bound_is_the_larger_of_latency_and_work() -> None:
    assert makespan_bound_s(a_run(), 10) == pytest.approx(2 * 3 * 0.05)
    assert makespan_bound_s(a_run(), 8) == pytest.approx(3 * 3 * 0.05)
    assert makespan_bound_s(a_run(cpu_s=5.0), 10) == 5.0
    assert makespan_bound_s(a_run(server_cpu_s=6.0), 10) == 6.0


async def test_a_measurement_lasts_until_each_sandbox_is_deleted() -> None:
    seen = iter(
        [ServerCounts(alive=2, most_alive=5), ServerCounts(alive=1), ServerCounts(delete=9)]
    )

    async def counts() -> ServerCounts:
        return next(seen)

    assert await settled(counts) == ServerCounts(delete=9, most_alive=5)


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.alone
async def test_each_side_that_is_here_is_measured_without_an_error() -> None:
    said: list[str] = []
    record = await client_cost(repetitions=1, counts={2: 4}, say=said.append)
    here = [side.title for side in SIDES if side.is_here]
    assert [row[1] for row in record.rows] == here
    assert len(said) == len(here)
    for row in record.rows:
        found = dict(zip(COLUMNS, row, strict=True))
        assert found["errors"] == 0
        assert found["requests a validation"] == Figure(3, 3, 3)
        assert found["most sandboxes"] in (1, 2, 3, 4)
        assert isinstance(found["CPU / SDK's"], Figure) is (SDK.is_here and row[1] != SDK.title)
    assert Record.of_json(json.loads(json.dumps(asdict(record)))) == record


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.alone
async def test_without_the_sdk_nothing_is_compared_with_it() -> None:
    sides = (Side("theirs", "sdk", ("no_such_module",)), Side("ours", "ours"))
    record = await client_cost(repetitions=2, counts={1: 1}, sides=sides, say=lambda _: None)
    ((_, title, cpu_ms, ratio, *_),) = record.rows
    assert (title, ratio) == ("ours", "-")
    assert isinstance(cpu_ms, Figure)
    assert 0 < cpu_ms.low <= cpu_ms.median <= cpu_ms.high
