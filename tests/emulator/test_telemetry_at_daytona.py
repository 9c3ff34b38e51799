"""Spans and metrics of Daytona's own provider, before an emulator whose faults provoke them."""

from __future__ import annotations

import asyncio

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

    values = {
        name.removeprefix("daytona_validate."): [
            (point["value"], point["attributes"]) for point in metric["data"]["data_points"]
        ]
        for name, metric in metrics_of(found).items()
        if "value" in metric["data"]["data_points"][0]
    }
    ((throttled_s, _),) = values.pop("throttled.duration")
    assert throttled_s > 0
    assert values == {
        "sandboxes": [(0, {})],
        "sandboxes.unconfirmed": [(1, {"certainty": "certain"})],
        "queue.waiting": [(0, {})],
        "retries": [(1, {"operation": "create", "reason": "throttled"})],
    }
