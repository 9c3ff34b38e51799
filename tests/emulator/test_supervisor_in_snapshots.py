"""The supervisor comes from the snapshot, or with the run: both ways, over real sockets."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import httpx
import pytest
from pydantic import SecretStr

from daytona_validate import Limits, Validator
from daytona_validate._emulator.handle import Emulator
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines
from daytona_validate._emulator.serve import emulator
from daytona_validate._providers.daytona.images import has_supervisor, image, resources_for
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.daytona.snapshots import Done, build, listed, remove
from daytona_validate._providers.daytona.wire.service import Service
from plain_settings import plain_settings

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.timeout(300)]

PYTHON = image("python", (), resources_for(Limits(), cpu=1))
SHORT_BYTES = 2048
MINUTE_S = 6.0
"""Of the emulator's clock: a snapshot takes ten seconds of real time to be gone, here one."""


@dataclass
class Cloud:
    """An emulator, and what was asked to be executed there."""

    emulator: Emulator
    client: httpx.AsyncClient
    scripts: list[str] = field(default_factory=list)

    @property
    def service(self) -> Service:
        key = SecretStr(self.emulator.api_key)
        return Service(self.emulator.base_url, key, self.client, request_timeout_s=30)

    async def heard(self, request: httpx.Request) -> None:
        if request.url.path.endswith("/process/execute"):
            self.scripts.append(json.loads(request.content)["command"])

    @asynccontextmanager
    async def validator(self) -> AsyncIterator[Validator]:
        at = self.emulator
        config = plain_settings(api_key=at.api_key, base_url=at.base_url)
        provider = DaytonaProvider(config, http_client=self.client)
        async with Validator(provider=provider) as validator:
            yield validator

    async def are_short(self, validator: Validator) -> list[bool]:
        """Validate a program, and return of each script that was sent whether it is short."""
        self.scripts.clear()
        result = await validator.validate("print(6 * 7)", "python")
        assert (result.status, result.output) == ("Success", "42\n"), result
        return [len(script) <= SHORT_BYTES for script in self.scripts]


@pytest.fixture
async def cloud(jail_machines: EmulatedMachines) -> AsyncIterator[Cloud]:
    own = httpx.AsyncClient()
    async with emulator(machines=jail_machines, minute_s=MINUTE_S) as running, own as client:
        made = Cloud(running, client)
        client.event_hooks["request"].append(made.heard)
        yield made


@pytest.fixture
def of_one_user(jail_machines: EmulatedMachines) -> Iterator[None]:
    """Have machines made with one user, as where this host allows no more."""
    ids, jail_machines.ids = jail_machines.ids, None
    yield
    jail_machines.ids = ids


async def test_a_snapshots_own_supervisor_saves_sending_it(
    cloud: Cloud, jail_machines: EmulatedMachines
) -> None:
    if jail_machines.ids is None:
        pytest.skip("this caller has no ids to give to machines, so that nothing there is root's")
    assert await build(cloud.service, PYTHON) is Done.BUILT
    async with cloud.validator() as validator:
        assert await cloud.are_short(validator) == [True]
        assert await cloud.are_short(validator) == [True]


@pytest.mark.usefixtures("of_one_user")
async def test_where_nothing_is_roots_it_is_sent(cloud: Cloud) -> None:
    await build(cloud.service, PYTHON)
    async with cloud.validator() as validator:
        assert await cloud.are_short(validator) == [True, False]
        assert await cloud.are_short(validator) == [False]


BEFORE = pytest.param("a version before it", marks=pytest.mark.thorough)


@pytest.mark.parametrize("of", [BEFORE, "another version"])
async def test_a_snapshot_of_another_version_works_and_is_told_of(cloud: Cloud, of: str) -> None:
    text, supervisor = PYTHON.dockerfile.split('ENTRYPOINT ["sleep", "infinity"]\n')
    other = supervisor.replace("| base64 -d | gzip -d", "| base64 -d")
    other = other.replace("daytona-validate.supervisor=", "daytona-validate.old=")
    dockerfile = text + (other if of == "another version" else "")
    await build(cloud.service, replace(PYTHON, dockerfile=dockerfile))
    async with cloud.validator() as validator:
        assert await cloud.are_short(validator) == [True, False]
        assert await cloud.are_short(validator) == [False]
    assert await build(cloud.service, PYTHON) is Done.THERE
    (snapshot,) = await listed(cloud.service)
    assert snapshot.dockerfile is not None
    assert not has_supervisor(snapshot.dockerfile)
    await remove(cloud.service, snapshot)
    assert await build(cloud.service, PYTHON) is Done.BUILT
    (snapshot,) = await listed(cloud.service)
    assert has_supervisor(snapshot.dockerfile or "")
