"""Commands and files over HTTP, as the daemon in a sandbox has them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from tests.emulator.conftest import House


async def test_a_command_is_run_and_its_output_is_text(house: House) -> None:
    sandbox = await house.create(env={"A": "1", "B": "1"})
    house.machines.results["ls"] = house.ran(3, b"a\xff\x00b")
    body = {"command": "ls", "cwd": "data", "envs": {"B": "2"}, "timeout": 7}
    answer = await house.toolbox(sandbox, "POST", "/process/execute", json=body)
    assert answer.json() == {"exitCode": 3, "result": "a\ufffd\x00b"}
    ((command, cwd, environment, timeout_s),) = house.machines.commands
    assert (command, cwd, timeout_s) == ("ls", "/home/daytona/data", 7)
    assert environment["A"] == "1"
    assert environment["B"] == "2"
    assert environment["DAYTONA_SANDBOX_ID"] == sandbox["id"]
    assert house.emulator.counts.executes == 1


async def test_a_timeout_is_a_408_without_any_output(house: House) -> None:
    sandbox = await house.create()
    house.machines.results["slow"] = house.ran(-1, b"so far", is_timed_out=True)
    answer = await house.execute(sandbox, "slow")
    body = answer.json()
    assert body.pop("timestamp")
    assert (answer.status_code, body) == (
        408,
        {
            "statusCode": 408,
            "message": "request timeout: command execution timeout",
            "code": "PROCESS_EXECUTION_TIMEOUT",
            "source": "DAYTONA_DAEMON",
            "path": "/process/execute",
            "method": "POST",
        },
    )


async def test_a_sandbox_is_reached_by_its_id_only(house: House) -> None:
    sandbox = await house.create(name="one")
    answer = await house.client.post("/toolbox/one/process/execute", json={"command": "ls"})
    assert (answer.status_code, answer.json()["source"]) == (401, "DAYTONA_PROXY")
    assert (await house.toolbox(sandbox, "GET", "/nothing")).status_code == 404


NOT_ADMITTED = (401, "unauthorized: authentication failed: Bearer token is invalid")


async def destroyed(house: House, sandbox: Any) -> None:
    await house.api("DELETE", f"/sandbox/{sandbox['id']}")
    await house.emulator.until(lambda counts: counts.alive == 0)


async def test_a_sandbox_that_is_gone_before_its_first_command_is_a_wrong_key(house: House) -> None:
    """As of the real proxy, which asks the API for each sandbox whether the key is good for it."""
    sandbox = await house.create()
    await destroyed(house, sandbox)
    answer = await house.execute(sandbox, "ls")
    assert (answer.status_code, answer.json()["message"]) == NOT_ADMITTED


async def test_for_two_minutes_the_proxy_believes_what_it_was_told(house: House) -> None:
    sandbox = await house.create()
    assert (await house.execute(sandbox, "ls")).status_code == 200
    await destroyed(house, sandbox)
    house.clock.now_s += 119
    answer = await house.execute(sandbox, "ls")
    assert (answer.status_code, answer.json()["message"]) == (404, "sandbox container not found")
    house.clock.now_s += 2
    answer = await house.execute(sandbox, "ls")
    assert (answer.status_code, answer.json()["message"]) == NOT_ADMITTED


async def test_one_proxied_sandbox_says_nothing_of_another(house: House) -> None:
    first, second = await house.create(), await house.create()
    await house.execute(first, "ls")
    await house.api("DELETE", f"/sandbox/{second['id']}")
    await house.emulator.until(lambda counts: counts.alive == 1)
    assert (await house.execute(second, "ls")).status_code == 401
    assert (await house.execute(first, "ls")).status_code == 200


async def test_a_sandbox_deleted_under_a_command_is_a_bare_502(house: House) -> None:
    sandbox = await house.create()
    running = asyncio.create_task(house.execute(sandbox, "hold"))
    await house.emulator.until(lambda counts: counts.executing == 1)
    await house.api("DELETE", f"/sandbox/{sandbox['id']}")
    lost = await running
    assert (lost.status_code, lost.content) == (502, b"")


async def test_a_command_outlives_its_client(house: House) -> None:
    """And as nobody waits for it any more, the sandbox is idle."""
    sandbox = await house.create(autoStopInterval=1, autoDeleteInterval=0)
    async with httpx.AsyncClient(headers=house.client.headers, trust_env=False, verify=False) as c:
        url = f"{sandbox['toolboxProxyUrl']}/{sandbox['id']}/process/execute"
        running = asyncio.create_task(c.post(url, json={"command": "hold"}))
        await house.emulator.until(lambda counts: counts.executing == 1)
        running.cancel()
        await asyncio.wait({running})
    await house.emulator.until(lambda counts: counts.open_connections == 1)
    assert house.emulator.counts.executing == 1
    house.machines.release.set()
    await house.emulator.until(lambda counts: counts.executing == 0)


async def test_code_is_run_by_its_language(house: House) -> None:
    sandbox = await house.create()
    body = {"code": "print(1)", "language": "python", "argv": ["x"], "timeout": 9}
    answer = await house.toolbox(sandbox, "POST", "/process/code-run", json=body)
    assert answer.status_code == 200
    assert answer.json()["artifacts"] == {"charts": []}
    ((command, _, _, timeout_s),) = house.machines.commands
    assert command.startswith("python3 -u - x </tmp/.code-")
    assert timeout_s == 9


async def test_files_go_up_and_down(house: House) -> None:
    sandbox = await house.create()
    up = await house.toolbox(
        sandbox,
        "POST",
        "/files/bulk-upload",
        data={"files[0].path": "a.txt", "files[1].path": "/tmp/b.bin"},
        files={"files[0].file": ("a", b"one"), "files[1].file": ("b", b"\x00\xff")},
    )
    assert up.json() == {
        "files": [{"path": "a.txt", "bytes": 3}, {"path": "/tmp/b.bin", "bytes": 2}]
    }
    params = {"path": "/tmp/b.bin"}
    down = await house.toolbox(sandbox, "GET", "/files/download", params=params)
    assert down.content == b"\x00\xff"
    single = {"file": ("c", b"two")}
    for path, more in (
        ("/files/upload", {"files": single}),
        ("/files/upload-v2", {"files": single}),
    ):
        answer = await house.toolbox(sandbox, "POST", path, params={"path": "c.txt"}, **more)
        assert answer.json() == {"name": "c.txt", "path": "/home/daytona/c.txt", "type": "file"}
    raw = await house.toolbox(
        sandbox, "POST", "/files/upload-v2", params={"path": "raw"}, content=b"three"
    )
    assert raw.status_code == 200
    params = {"path": "raw"}
    assert (await house.toolbox(sandbox, "GET", "/files/download", params=params)).text == "three"


async def test_many_files_come_in_parts_with_errors_among_them(house: House) -> None:
    sandbox = await house.create()
    await house.toolbox(
        sandbox, "POST", "/files/upload", params={"path": 'q"\\.txt'}, files={"file": ("q", b"1")}
    )
    body = {"paths": ['q"\\.txt', "missing"]}
    down = await house.toolbox(sandbox, "POST", "/files/bulk-download", json=body)
    kind = down.headers["content-type"]
    assert kind.startswith("multipart/form-data; boundary=")
    found, missing, end = down.content.split(kind.partition("=")[2].encode())[1:]
    assert b'name="file"; filename="q\\"\\\\.txt"' in found
    assert found.endswith(b"\r\n\r\n1\r\n--")
    assert b'name="error"' in missing
    assert b"FILE_NOT_FOUND" in missing
    assert end == b"--\r\n"


async def test_file_failures_have_their_statuses(house: House) -> None:
    sandbox = await house.create()
    missing = await house.toolbox(sandbox, "GET", "/files/download", params={"path": "x"})
    assert (missing.status_code, missing.json()["code"]) == (404, "FILE_NOT_FOUND")
    assert (await house.toolbox(sandbox, "GET", "/files/download")).status_code == 400
    denied = await house.toolbox(
        sandbox, "POST", "/files/upload", params={"path": "/root/x"}, files={"file": b"1"}
    )
    assert (denied.status_code, denied.json()["code"]) == (403, "FILE_ACCESS_DENIED")
    partly = await house.toolbox(
        sandbox,
        "POST",
        "/files/bulk-upload",
        data={"files[0].path": "/root/x", "files[1].path": "y"},
        files={"files[0].file": b"1", "files[1].file": b"22"},
    )
    assert partly.status_code == 400
    assert partly.json()["files"] == [{"path": "y", "bytes": 2}]
    assert len(partly.json()["errors"]) == 1
    pathless = await house.toolbox(
        sandbox, "POST", "/files/bulk-upload", files={"files[0].file": b"1"}
    )
    assert pathless.status_code == 400
    no_field = await house.toolbox(
        sandbox, "POST", "/files/upload", params={"path": "y"}, files={"other": b"1"}
    )
    assert no_field.status_code == 400


async def test_the_small_ones(house: House) -> None:
    sandbox = await house.create()
    for path in ("/work-dir", "/user-home-dir"):
        assert (await house.toolbox(sandbox, "GET", path)).json() == {"dir": "/home/daytona"}
    assert (await house.toolbox(sandbox, "GET", "/version")).json()["version"].startswith("0.")
