"""Spans and metrics of OpenTelemetry, in a process whose providers are its own."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from functools import cache
from typing import Any

import pytest

from shown_telemetry import metrics_of, shown

pytest.importorskip("opentelemetry.sdk", reason="comes with the extra test")
pytestmark = pytest.mark.slow

KEY = "dtn_secret_key"
PASSED_AND_LOST = """
async def main():
    answers = [ran("1\\n"), ran(stderr="x", exit_code=1), SandboxLost("gone"), SandboxLost("gone")]
    busy = SandboxUnavailable("full", reason=Reason.NO_ROOM, retryable=True)
    async with Validator(provider=FakeProvider(answers, open_errors=[busy])) as validator:
        for code in ("print(1)", "1/0", "hangs()"):
            with trace.get_tracer("app").start_as_current_span("request"):
                await validator.validate(code, "python")
asyncio.run(main())
"""


@cache
def passed_and_lost() -> dict[str, Any]:
    """Run that program once for all that it shows."""
    return shown(PASSED_AND_LOST)


def test_a_snippet_is_a_span_with_children_and_a_linked_removal() -> None:
    spans = passed_and_lost()["spans"]
    assert isinstance(spans, list)
    by_id = {each["context"]["span_id"]: each for each in spans}
    validates = [each for each in spans if each["name"] == "validate python"]
    assert [by_id[each["parent_id"]]["name"] for each in validates] == ["request"] * 3
    assert [each["attributes"].get("error.type") for each in validates] == [
        *(None, None, "sandbox_lost"),
    ], "a failed snippet is no error"
    assert [each["status"]["status_code"] for each in validates] == ["UNSET", "UNSET", "ERROR"]
    children = [s["name"] for s in spans if s["parent_id"] == validates[0]["context"]["span_id"]]
    assert children == ["sandbox create", "sandbox create", "run"], "the first was refused"
    deletions = [each for each in spans if each["name"] == "sandbox delete"]
    linked = {by_id[each["links"][0]["context"]["span_id"]]["name"] for each in deletions}
    assert (len(deletions), linked) == (4, {"validate python"})
    assert {each["parent_id"] for each in deletions} == {None}
    assert {each["status"]["status_code"] for each in deletions} == {"UNSET"}


def test_a_removal_that_fails_is_an_error_span() -> None:
    found = shown("""
    async def main():
        failed = SandboxUnavailable("still mounted", reason=Reason.HOST_FAILED)
        provider = FakeProvider(close_errors=[failed, ValueError("odd")])
        async with Validator(provider=provider) as validator:
            for number in range(3):
                result = await validator.validate(f"print({number})", "python")
                assert result.outcome == "passed"
    asyncio.run(main())
    """)
    deletions = [each for each in found["spans"] if each["name"] == "sandbox delete"]
    ends = [(x["status"]["status_code"], x["attributes"].get("error.type")) for x in deletions]
    assert ends == [("ERROR", "host_failed"), ("ERROR", "bug"), ("UNSET", None)]
    (unconfirmed,) = metrics_of(found)["daytona_validate.sandboxes.unconfirmed"]["data"][
        "data_points"
    ]
    assert (unconfirmed["value"], unconfirmed["attributes"]) == (2, {"certainty": "certain"})


def test_metrics_have_units_buckets_and_few_attributes() -> None:
    found = metrics_of(passed_and_lost())
    units = {name.removeprefix("daytona_validate."): each["unit"] for name, each in found.items()}
    assert units == {
        "validation.duration": "s",
        "queue.duration": "s",
        "sandbox.create.duration": "s",
        "sandboxes": "{sandbox}",
        "queue.waiting": "{snippet}",
        "retries": "{retry}",
    }
    (first, *_) = found["daytona_validate.validation.duration"]["data"]["data_points"]
    assert (first["explicit_bounds"][0], first["explicit_bounds"][-1]) == (0.005, 600.0)
    (sandboxes,) = found["daytona_validate.sandboxes"]["data"]["data_points"]
    assert sandboxes["value"] == 0, "created is deleted"
    (retries,) = found["daytona_validate.retries"]["data"]["data_points"]
    assert retries["attributes"] == {"operation": "create", "reason": "no_room"}


def test_neither_the_key_nor_code_or_output_is_in_a_span_a_metric_an_event_or_a_record() -> None:
    found = shown(f"""
    import logging, io
    log, events = io.StringIO(), []
    logging.basicConfig(stream=log, level=logging.DEBUG)
    os.environ |= {{"DAYTONA_API_KEY": "{KEY}", "DAYTONA_BASE_URL": "http://127.0.0.1:9/api"}}
    async def main():
        async with Validator(on_event=events.append) as validator:
            result = await validator.validate("my_code()", "python")
            assert result.reason == Reason.UNREACHABLE, result
    asyncio.run(main())
    assert log.getvalue(), "something was logged"
    assert "{KEY}" not in log.getvalue() + repr(events)
    assert "my_code" not in log.getvalue()
    """)
    (span,) = [each for each in found["spans"] if each["name"] == "validate python"]
    assert span["attributes"]["error.type"] == "unreachable"
    assert KEY not in json.dumps(found)
    assert "my_code" not in json.dumps(found)


def test_nothing_is_loaded_or_done_where_the_program_set_no_provider() -> None:
    code = """
    import asyncio, sys
    from daytona_validate import Validator
    from daytona_validate.testing import FakeProvider
    async def main():
        async with Validator(provider=FakeProvider()) as validator:
            await validator.validate("1", "python")
            assert not validator._session.watch.telemetry.is_on
    asyncio.run(main())
    assert not [name for name in sys.modules if name.startswith("opentelemetry")]
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=True)
