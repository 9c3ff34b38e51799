"""Daytona's daemon as the programs in an emulated sandbox have it: without a key, at port 2280."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from daytona_validate import CodeValidationResult, Limits, Snippet, Validator
from daytona_validate._emulator.handle import Emulator
from daytona_validate._emulator.machines.emulated_machine import EmulatedMachine
from daytona_validate._emulator.machines.emulated_machines import EmulatedMachines
from daytona_validate._emulator.serve import emulator
from daytona_validate._models import Outcome
from daytona_validate._providers.daytona.images import image, resources_for
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.daytona.snapshots import build
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client
from plain_settings import plain_settings

pytestmark = [pytest.mark.jail, pytest.mark.slow, pytest.mark.timeout(300)]

FORGE = Path(__file__).parents[1] / "providers/daytona/envelope/daemon/forge.pl"
ASKS_THE_DAEMON = """
import http.client, json, os, sys

def parent(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(") ")[2].split()[1]

supervisor = os.getppid()
minder = parent(supervisor)  # in the emulator two share the daemon's part: it, and the keeper
command = f"perl /work/forge.pl {minder} {supervisor} {parent(minder)}"
asked = http.client.HTTPConnection("127.0.0.1", 2280, timeout=20)
try:
    asked.request("POST", "/process/execute", json.dumps({"command": command}))
    print("asked:", asked.getresponse().read().decode())
except OSError as error:
    print("not reached:", error)
sys.exit(1)
"""
ASK = (
    "exec 3<>/dev/tcp/127.0.0.1/2280; "
    r"printf 'POST %s HTTP/1.1\r\nContent-Length: %d\r\n\r\n' PATH $(stat -c %s /work/body) >&3; "
    "cat /work/body >&3; cat <&3"
)


def needs_ids(machines: EmulatedMachines) -> None:
    if machines.ids is None:
        pytest.skip("this caller has no ids to give to machines")


@pytest.fixture
def of_one_user(jail_machines: EmulatedMachines) -> Iterator[None]:
    """Have machines made with one user, as where this host allows no more."""
    ids, jail_machines.ids = jail_machines.ids, None
    yield
    jail_machines.ids = ids


@pytest.fixture
async def emulated(jail_machines: EmulatedMachines) -> AsyncIterator[Emulator]:
    async with emulator(machines=jail_machines) as running, http_client() as client:
        service = Service(
            running.base_url, SecretStr(running.api_key), client, request_timeout_s=30
        )
        await build(service, image("python", (), resources_for(Limits(), cpu=1)))
        yield running


async def forged(emulated: Emulator) -> CodeValidationResult:
    """Return the result of a program that fails, and has the daemon forge another result."""
    config = plain_settings(api_key=SecretStr(emulated.api_key), base_url=emulated.base_url)
    async with Validator(provider=DaytonaProvider(config)) as validator:
        files = {"forge.pl": FORGE.read_text()}
        return await validator.validate(
            Snippet(code=ASKS_THE_DAEMON, language="python", files=files)
        )


async def asked(
    machine: EmulatedMachine, body: Any, path: str = "/process/execute"
) -> tuple[str, Any]:
    """Return status and body of what the daemon answers to a program."""
    await machine.write("/work/body", json.dumps(body).encode())
    done = await machine.execute(ASK.replace("PATH", path), timeout_s=20)
    head, _, answer = done.output.decode().partition("\r\n\r\n")
    return head.split(" ", 1)[1].split("\r\n")[0], json.loads(answer)


@pytest.fixture
async def machine(jail_machines: EmulatedMachines) -> AsyncIterator[EmulatedMachine]:
    made = await jail_machines.make("daemon", memory_mib=256, disk_mib=8)
    yield made
    await made.remove()


async def test_a_program_cannot_have_the_daemon_forge_its_result(
    emulated: Emulator, jail_machines: EmulatedMachines
) -> None:
    needs_ids(jail_machines)
    result = await forged(emulated)
    assert result.outcome is Outcome.RUNTIME_ERROR
    assert result.output == "not reached: [Errno 111] Connection refused\n"
    assert (result.exit_code, result.network) == (1, "blocked")


@pytest.mark.usefixtures("of_one_user")
async def test_under_one_user_it_can(emulated: Emulator) -> None:
    result = await forged(emulated)
    assert (result.outcome, result.output) == (Outcome.PASSED, "forged")


@pytest.mark.usefixtures("of_one_user")
async def test_under_one_user_a_result_says_that_it_could_be_forged(emulated: Emulator) -> None:
    config = plain_settings(api_key=SecretStr(emulated.api_key), base_url=emulated.base_url)
    async with Validator(provider=DaytonaProvider(config)) as validator:
        result = await validator.validate("print(1)", "python")
    assert (result.outcome, result.network) == (Outcome.PASSED, "blocked, daemon open")


async def test_the_daemon_runs_what_it_is_told(machine: EmulatedMachine) -> None:
    body = {"command": 'echo "a\té\\\\n"; pwd; printf "\\377"; exit 3', "cwd": "/work"}
    status, answer = await asked(machine, body)
    assert status == "200 OK"
    assert answer == {"exitCode": 3, "result": "a\té\\n\n/work\n\N{REPLACEMENT CHARACTER}"}


async def test_the_daemon_ends_what_takes_too_long(machine: EmulatedMachine) -> None:
    status, _ = await asked(machine, {"command": "echo begun; sleep 60", "timeout": 1})
    assert status == "408 Request Timeout"


async def test_the_daemon_says_what_it_cannot_do(machine: EmulatedMachine) -> None:
    assert (await asked(machine, {}))[0] == "400 Bad Request"
    assert (await asked(machine, {}, path="/process/session"))[0] == "404 Not Found"
    _, answer = await asked(machine, {"command": "true", "cwd": "/nothing"})
    assert answer["exitCode"] == -1
    assert answer["result"].endswith(": no such file or directory")


async def test_a_machine_with_users_is_as_tight_as_another(
    machine: EmulatedMachine, jail_machines: EmulatedMachines
) -> None:
    needs_ids(jail_machines)
    script = (
        "id -u; for file in /proc/sys/kernel/core_pattern /proc/sys/net/ipv4/ip_forward "
        "/proc/self/uid_map /usr/bin/sh; do (: >>$file) 2>/dev/null && echo $file; done; "
        "ls /root /home /etc/shadow 2>/dev/null; sed -n 's/:.*//p' /proc/net/dev"
    )
    done = await machine.execute(script)
    assert done.output.split() == [b"0", b"/home:", b"daytona", b"lo"]
