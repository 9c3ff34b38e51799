"""The command `emulator`: what it says, and what it leaves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from click.testing import Result

from eventually import wait_until

Invoke = Callable[..., Result]


def test_an_address_that_others_reach_needs_a_key(invoke: Invoke) -> None:
    result = invoke("emulator", "--host", "0.0.0.0")
    assert result.exit_code == 2
    assert "--api-key" in result.stderr


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_is_a_port(invoke: Invoke, port: str) -> None:
    assert invoke("emulator", "--port", port).exit_code == 2


@pytest.mark.slow
def test_without_its_extra_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['starlette'] = None; sys.argv[1:] = ['emulator']; "
        "from daytona_validate.__main__ import main; main()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 2
    assert "needs starlette: " in ran.stderr
    assert "pip install 'daytona-validate[emulator]'\n" in ran.stderr


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize(
    ("which", "exit_code", "key"),
    [
        pytest.param(signal.SIGINT, 130, "", marks=pytest.mark.thorough),
        (signal.SIGTERM, 143, "dtn_of_the_environment"),
    ],
    ids=str,
)
def test_it_says_what_to_set_and_leaves_nothing(
    jail_cache_dir: Path, tmp_path: Path, which: signal.Signals, exit_code: int, key: str
) -> None:
    variables = {"DAYTONA_CACHE_DIR": str(jail_cache_dir), "DAYTONA_EMULATOR_KEY": key}
    environment = {**os.environ, **variables, "DAYTONA_API_KEY": "dtn_of_daytona_itself"}
    command = [sys.executable, "-m", "daytona_validate", "emulator", "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.fullmatch(
                r"export DAYTONA_API_KEY=(\S+) DAYTONA_BASE_URL=(http://127\.0\.0\.1:\d+/api)\n",
                line,
            )
            assert found is not None, line
            assert found[1] == key if key else found[1] != "dtn_of_daytona_itself"
            headers = {"Authorization": f"Bearer {found[1]}"}
            client = httpx.Client(
                base_url=found[2], headers=headers, trust_env=False, verify=False, timeout=200
            )
            with client:
                made = client.post("/sandbox", json={}).json()
                place = f"/sandbox/{made['id']}"
                # Its creation answers after some seconds, ready or not: on a busy machine, not.
                wait_until(lambda: client.get(place).json()["state"] != "creating")
                now = client.get(place).json()
                assert now["state"] == "started", now
                url = f"{made['toolboxProxyUrl']}/{made['id']}/process/execute"
                ran = client.post(url, json={"command": "echo hi"}).json()
                assert ran == {"exitCode": 0, "result": "hi\n"}
            (machine,) = jail_cache_dir.glob(f"machines/*/{made['id']}")
            process.send_signal(which)
            process.send_signal(which)
            _, stderr = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == exit_code
    assert "Traceback" not in stderr
    assert "DAYTONA_API_URL=" in stderr
    assert not machine.parent.exists()
