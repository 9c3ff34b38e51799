"""A strict emulator compares bodies with the models of Daytona's own clients."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from daytona_validate._emulator.operations import ROUTES, Operation
from daytona_validate._emulator.web.official_models import (
    ANSWERS,
    PACKAGES,
    REQUESTS,
    OfficialModels,
)
from daytona_validate._errors import ConfigurationError

for package in PACKAGES.values():
    pytest.importorskip(package)


@pytest.fixture(scope="module")
def models() -> OfficialModels:
    return OfficialModels()


@pytest.fixture
async def strict(started: Any) -> AsyncIterator[Any]:
    async with started(is_strict=True) as house:
        yield house


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"autoStopIntervall": 3}, "no field autoStopIntervall"),
        ({"labels": {"a": 1}}, "CreateSandbox"),
        ({"buildInfo": {"dockerfile": "FROM python:3"}}, "CreateBuildInfo|dockerfile"),
    ],
    ids=["unknown field", "wrong type", "wrong field inside"],
)
async def test_a_request_that_no_client_would_send_is_refused(
    strict: Any, body: Any, says: str
) -> None:
    refused = await strict.api("POST", "/sandbox", json=body)
    assert refused.status_code == 400
    (violation,) = strict.emulator.violations
    assert violation.startswith("request create: ")
    assert any(each in violation for each in says.split("|"))
    assert strict.emulator.counts.violations == 1


def test_an_answer_needs_its_fields_and_no_others(models: OfficialModels) -> None:
    assert models.answer_fault(Operation.EXECUTE, {"exitCode": 0, "result": ""}) is None
    assert models.answer_fault(Operation.EXECUTE, {"exitCode": 0}) is not None
    assert models.answer_fault(Operation.EXECUTE, {"result": "", "exit": 0}) is not None
    assert models.answer_fault(Operation.VERSION, {"whatever": 1}) is None


def test_an_answers_enumerations_are_closed(models: OfficialModels) -> None:
    error = {"statusCode": 400, "message": "m", "path": "/", "timestamp": "t", "code": "NEW"}
    assert "unknown value" in str(models.error_fault(Operation.EXECUTE, error))
    assert models.error_fault(Operation.EXECUTE, {**error, "code": "BAD_REQUEST"}) is None
    assert models.error_fault(Operation.GET, error) is None, "the control plane has no model of it"


def test_every_operation_with_a_body_is_compared() -> None:
    emulated = {each for each, route in ROUTES.items() if route.area != "emulator"}
    without = emulated - set(ANSWERS)
    assert without == {
        Operation.SANDBOX_LOGS,
        Operation.SNAPSHOT_LOGS,
        Operation.DELETE_SNAPSHOT,
        Operation.DEACTIVATE_SNAPSHOT,
        Operation.DOWNLOAD,
        Operation.BULK_DOWNLOAD,
        Operation.UPLOAD,  # deprecated, and without a model
        Operation.VERSION,  # any object of texts
    }
    assert set(REQUESTS) <= emulated


def test_without_the_clients_it_says_what_to_install() -> None:
    with pytest.raises(ConfigurationError, match="test-sdk"):
        OfficialModels({"api": "no_such_package"})
