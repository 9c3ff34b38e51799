"""What `doctor` says of the service, the key and the snapshots."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import respx
from pydantic import SecretStr

from daytona_validate._cli.doctor.cases import CASES, FirstCase
from daytona_validate._cli.doctor.doctor_run import packages_of
from daytona_validate._cli.doctor.report import DoctorReport
from daytona_validate._models.readiness import Finding
from daytona_validate._providers.daytona.dockerfiles.dockerfile import supervisor_part
from daytona_validate._providers.daytona.findings import (
    daytona_findings,
    key_finding,
    snapshot_findings,
)
from daytona_validate._providers.daytona.images import Image, Resources
from daytona_validate._providers.daytona.wire.parse import KeyAnswer, SnapshotAnswer
from daytona_validate._providers.daytona.wire.service import Service

API = "https://daytona.test/api"
IMAGE = Image("go", "daytona-validate-go-0a1b2c3d", "", Resources(1, 1, 3))
ALL = ["write:sandboxes", "delete:sandboxes", "write:snapshots", "delete:snapshots"]


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with httpx.AsyncClient() as client:
        yield Service(API, SecretStr("dtn_canary"), client, request_timeout_s=30)


@pytest.fixture
def api() -> Iterator[respx.MockRouter]:
    """A service where all is well."""
    with respx.mock(base_url=API, assert_all_called=False) as router:
        router.get("/config").respond(json={"version": "v0.214.3"})
        router.get("/api-keys/current").respond(json={"name": "ci", "permissions": ALL})
        snapshot = {"id": "1", "name": IMAGE.name, "state": "active"}
        router.get("/snapshots").respond(json={"items": [snapshot], "totalPages": 1})
        yield router


async def findings(service: Service) -> list[Finding]:
    return list(await daytona_findings(service, [IMAGE], address=API))


async def test_all_is_well(api: respx.MockRouter, service: Service) -> None:
    assert await findings(service) == [
        Finding("server", True, f"{API}, v0.214.3"),
        Finding("key", True, f"ci, may {', '.join(ALL)}"),
        Finding("snapshot go", True, IMAGE.name),
    ]


async def test_a_server_that_cannot_be_reached_is_all_there_is_to_say(
    api: respx.MockRouter, service: Service
) -> None:
    api.get("/config").mock(side_effect=httpx.ConnectError("no route"))
    (finding,) = await findings(service)
    assert (finding.name, finding.is_good) == ("server", False)


async def test_a_refused_key_is_told_apart_from_the_server(
    api: respx.MockRouter, service: Service
) -> None:
    api.get("/api-keys/current").respond(401, json={"message": "Unauthorized"})
    server, key = await findings(service)
    assert server.is_good
    assert (key.name, key.is_good) == ("key", False)
    assert "DAYTONA_API_KEY" in key.text


@pytest.mark.parametrize(
    ("permissions", "is_good", "text"),
    [
        (ALL, True, "may write:sandboxes"),
        (ALL[:2], True, "this key cannot build snapshots: it lacks write:snapshots"),
        (ALL[:1], False, "lacks delete:sandboxes: make a key"),
        ([], False, "may do nothing; lacks write:sandboxes, delete:sandboxes"),
    ],
)
def test_a_key_is_judged_by_what_it_may(permissions: list[str], is_good: bool, text: str) -> None:
    finding = key_finding(KeyAnswer(name="", permissions=tuple(permissions)))
    assert finding.is_good is is_good
    assert text in finding.text


@pytest.mark.parametrize(
    ("state", "is_good", "text"),
    [
        (None, False, "is not built: daytona-validate snapshots build go"),
        ("active", True, IMAGE.name),
        ("inactive", True, "the first run activates it"),
        ("build_failed", False, "failed (no disk): daytona-validate snapshots build go"),
        ("building", False, "is building; to wait for it"),
    ],
)
def test_a_snapshot_is_judged_by_its_state(state: str | None, is_good: bool, text: str) -> None:
    snapshot = SnapshotAnswer(id="1", name=IMAGE.name, state=state or "", error_reason="no disk")
    (finding,) = snapshot_findings([IMAGE], {} if state is None else {IMAGE.name: snapshot})
    assert (finding.name, finding.is_good) == ("snapshot go", is_good)
    assert text in finding.text


@pytest.mark.parametrize(
    ("dockerfile", "is_told"),
    [(None, False), (supervisor_part(), False), ("FROM golang:1.21\n", True)],
    ids=["not shown", "ours", "of another version"],
)
def test_a_snapshot_without_our_supervisor_is_good_and_told_of(
    dockerfile: str | None, *, is_told: bool
) -> None:
    snapshot = SnapshotAnswer(id="1", name=IMAGE.name, state="active", dockerfile=dockerfile)
    (finding,) = snapshot_findings([IMAGE], {IMAGE.name: snapshot})
    assert finding.is_good
    again = f"snapshots delete {IMAGE.name}, then daytona-validate snapshots build go"
    assert (again in finding.text) is is_told


@pytest.mark.parametrize(
    ("is_shown", "findings"), [(False, ()), (True, (Finding("server", False, "not\nhere"),))]
)
def test_the_report_has_a_part_for_it_if_a_key_is_set(
    is_shown: bool, findings: tuple[Finding, ...]
) -> None:
    report = DoctorReport(version="1", settings=(), local=(), daytona=findings, cases=())
    assert ("\nDaytona\n  server  NO not here\n" in report.to_text()) is is_shown


NUMPY = next(case for case in CASES if case.packages)
PLAIN = CASES[0]


@pytest.mark.parametrize("built", [("numpy",), ("numpy==2.0.1", "pandas"), ("numpy[all]",)])
def test_at_daytona_a_case_runs_in_a_snapshot_that_is_built(built: tuple[str, ...]) -> None:
    configured = {"python": built, "javascript": ("ms",)}
    assert packages_of(NUMPY, configured, provider="daytona") == configured
    assert packages_of(PLAIN, configured, provider="daytona") == configured


def test_a_package_that_is_not_configured_is_asked_for_alone() -> None:
    configured = {"python": ("pandas",)}
    assert packages_of(NUMPY, configured, provider="daytona") == {"python": ("numpy",)}


@pytest.mark.parametrize(("case", "expected"), [(NUMPY, {"python": ("numpy",)}), (PLAIN, {})])
def test_here_a_case_has_its_own_packages(case: FirstCase, expected: object) -> None:
    assert packages_of(case, {"python": ("numpy", "pandas")}, provider="local") == expected
