"""Spans and metrics of Daytona's own provider, before an emulator whose faults provoke them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from build_snapshots import build_snapshots
from daytona_validate._emulator.threaded import ThreadedEmulator
from shown_telemetry import metrics_of, shown

pytest.importorskip("opentelemetry.sdk", reason="comes with the extra test")
pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.timeout(300)]

TWO = """
async def main():
    async with Validator(provider="daytona") as validator:
        for code in ("print(1)", "1/0"):
            await validator.validate(code, "python")
    async with Validator(provider="daytona") as validator:
        assert (await validator.sweep(older_than_s=0)).removed == 1
asyncio.run(main())
"""

LOST = """
async def main():
    async with Validator(provider="daytona") as validator:
        result = await validator.validate("print(1)", "python")
        assert result.reason == Reason.UNREACHABLE, result
asyncio.run(main())
"""


def ends_of_removals(found: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Return status and error of the spans of removals, the errors first."""
    spans = [each for each in found["spans"] if each["name"] == "sandbox delete"]
    return sorted(
        ((each["status"]["status_code"], each["attributes"].get("error.type")) for each in spans),
        key=lambda end: end[0],
    )


def counted(found: dict[str, Any]) -> dict[str, list[tuple[float, dict[str, str]]]]:
    """Return values and attributes of all metrics but histograms, by their names."""
    return {
        name.removeprefix("daytona_validate."): [
            (point["value"], point["attributes"]) for point in metric["data"]["data_points"]
        ]
        for name, metric in metrics_of(found).items()
        if "value" in metric["data"]["data_points"][0]
    }


def test_creation_run_and_removal_are_spans_and_faults_are_in_the_metrics(
    in_thread: ThreadedEmulator,
) -> None:
    asyncio.run(build_snapshots(in_thread, ["python"]))
    in_thread.emulator.set("create", "throttled", last=1)
    in_thread.emulator.set("delete", "forbidden", last=1)
    found = shown(TWO, **in_thread.emulator.environment)
    spans = found["spans"]
    validates = [each for each in spans if each["name"] == "validate python"]
    assert [each["attributes"]["daytona_validate.outcome"] for each in validates] == [
        *("passed", "runtime_error"),
    ]
    assert {each["attributes"]["daytona_validate.provider"] for each in validates} == {"daytona"}
    for validate in validates:
        own_id = validate["context"]["span_id"]
        children = [each["name"] for each in spans if each["parent_id"] == own_id]
        assert children == ["sandbox create", "run"]
        (deletion,) = [
            each for each in spans if [x["context"]["span_id"] for x in each["links"]] == [own_id]
        ]
        assert (deletion["name"], deletion["parent_id"]) == ("sandbox delete", None)
    assert ends_of_removals(found) == [("ERROR", "refused_key"), ("UNSET", None)]

    values = counted(found)
    ((throttled_s, _),) = values.pop("throttled.duration")
    assert throttled_s > 0
    assert values == {
        "sandboxes": [(0, {})],
        "sandboxes.unconfirmed": [(1, {"certainty": "certain"})],
        "queue.waiting": [(0, {})],
        "retries": [(1, {"operation": "create", "reason": "throttled"})],
    }


@pytest.mark.thorough
def test_a_sandbox_that_nobody_knows_to_exist_is_counted_as_doubtful(
    in_thread: ThreadedEmulator,
) -> None:
    asyncio.run(build_snapshots(in_thread, ["python"]))
    in_thread.emulator.set("create", "dropped_before")
    in_thread.emulator.set("delete", "forbidden")
    found = shown(LOST, **in_thread.emulator.environment, DAYTONA_CREATE_ATTEMPTS="1")
    assert ends_of_removals(found) == [("ERROR", "refused_key")]
    assert counted(found)["sandboxes.unconfirmed"] == [(1, {"certainty": "doubtful"})]
