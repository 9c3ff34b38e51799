"""What the body of `POST /sandbox` asks for."""

from __future__ import annotations

from typing import Any

import pytest

from daytona_validate._emulator.control_plane.create_request import requested_sandbox
from daytona_validate._emulator.control_plane.sandbox_states import SandboxResources, SandboxRow
from daytona_validate._emulator.refusals import HttpRefusal

BUILD = {"dockerfileContent": "FROM python:3.11-slim\n", "contextHashes": []}


def row_of(body: Any) -> SandboxRow:
    return requested_sandbox(body, sandbox_id="id-1", now_s=1000, minute_s=60)


def test_an_empty_body_asks_for_the_defaults() -> None:
    asked = row_of({})
    assert (asked.name, asked.snapshot, asked.dockerfile) == ("id-1", None, None)
    assert (asked.auto_stop_min, asked.auto_delete_min, asked.destroy_s) == (15, -1, None)


def test_what_a_one_shot_run_sends_is_understood() -> None:
    asked = row_of(
        {
            "name": "run-1",
            "snapshot": "judge",
            "labels": {"app": "runner"},
            "autoStopInterval": 3,
            "autoDeleteInterval": 0,
            "ttlMinutes": 10,
            "networkBlockAll": True,
            "fieldOfTheFuture": [1, {"a": 2}],
            "target": None,
        }
    )
    assert (asked.name, asked.snapshot, asked.labels) == ("run-1", "judge", {"app": "runner"})
    assert (asked.auto_stop_min, asked.auto_delete_min, asked.destroy_s) == (3, 0, 1600)
    assert asked.is_network_blocked


def test_a_build_has_resources_of_its_own() -> None:
    asked = row_of({"buildInfo": BUILD, "cpu": 2, "memory": 4})
    assert asked.dockerfile == "FROM python:3.11-slim\n"
    assert asked.resources == SandboxResources(cpu=2, memory_gib=4, disk_gib=3)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param([], "JSON object", id="a list"),
        pytest.param({"name": 3}, "name must be a string", id="name"),
        pytest.param({"labels": {"a": 1}}, "labels must be", id="labels"),
        pytest.param({"ttlMinutes": 1.5}, "ttlMinutes must be", id="half a minute"),
        pytest.param({"ttlMinutes": True}, "ttlMinutes must be", id="a truth is no number"),
        pytest.param({"ttlMinutes": -1}, "ttlMinutes", id="negative"),
        pytest.param({"autoStopInterval": -1}, "non-negative", id="stops before it starts"),
        pytest.param({"cpu": 2}, "when using a snapshot", id="resources of a snapshot"),
        pytest.param({"snapshot": "a", "buildInfo": BUILD}, "both", id="two origins"),
        pytest.param(
            {"buildInfo": BUILD, "cpu": 5}, "CPU request 5 exceeds maximum", id="too many cores"
        ),
        pytest.param({"buildInfo": {}}, "dockerfileContent", id="no Dockerfile"),
        pytest.param(
            {"buildInfo": {**BUILD, "contextHashes": ["a"]}}, "object storage", id="with files"
        ),
        pytest.param({"linkedSandbox": "a"}, "linked", id="linked"),
        pytest.param({"name": 1, "user": 2}, "name must be a string, user must be", id="two"),
    ],
)
def test_what_makes_no_sense_is_a_400(body: Any, says: str) -> None:
    with pytest.raises(HttpRefusal, match=says) as refused:
        row_of(body)
    assert refused.value.status == 400
