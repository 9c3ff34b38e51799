"""The key of the service stands nowhere, whatever goes wrong: not in words, reports or files."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from daytona_validate import CodeValidationResult, Settings, Snippet, Validator
from daytona_validate._core.reported import Reported
from daytona_validate._core.summary import Tally
from daytona_validate._emulator.handle import Emulator
from daytona_validate._emulator.threaded import ThreadedEmulator
from daytona_validate._providers.daytona.effects import Effects
from daytona_validate._providers.daytona.provider import DaytonaProvider
from daytona_validate._providers.daytona.sweep import sweep
from daytona_validate._providers.daytona.wire.service import Service
from daytona_validate._providers.daytona.wire.transport import http_client
from daytona_validate._reports.formats import FORMATS
from hurried_time import HurriedTime
from plain_settings import plain_settings

pytestmark = [pytest.mark.slow, pytest.mark.jail]

FAULTS = [
    ("create", "unauthorized"),
    ("create", "forbidden"),
    ("create", "quota"),
    ("create", "html"),
    ("create", "truncated"),
    ("create", "server_error"),
    ("create", "dropped_before"),
    ("create", "dropped_after"),
    ("create", "error_state"),
    ("get", "html"),
    ("execute", "dropped_during"),
    ("execute", "truncated"),
    ("execute", "key_unchecked"),
    ("execute", "execute_timeout"),
    ("delete", "forbidden"),
    ("delete", "dropped_after"),
]
PRINTS_ITS_WORLD = "import os, sys; print(dict(os.environ), sys.argv)"


@pytest.fixture
def daytona_with_faults(daytona: ThreadedEmulator) -> Iterator[ThreadedEmulator]:
    yield daytona
    daytona.emulator.faults.clear()
    asyncio.run(sweep_all(daytona.emulator))  # what could not be deleted
    daytona.until(lambda counts: counts.alive == 0, longest_s=60)


async def sweep_all(at: Emulator) -> None:
    async with http_client() as client:
        service = Service(at.base_url, SecretStr(at.api_key), client, request_timeout_s=30)
        await sweep(service, older_than_s=0, now=datetime.now(UTC))


def reports(result: CodeValidationResult) -> list[str]:
    """Return a result in every form that it leaves us in."""
    tally = Tally()
    tally.add(result)
    reported = Reported(result=result)
    written = [repr(result), result.to_json()]
    for form in FORMATS.values():
        written += [form.each(reported), form.end([reported], tally.summary(1.0))]
    return written


def everything_in(folder: Path) -> str:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(f"{path}\n{path.read_text(errors='replace')}" for path in files)


@pytest.mark.parametrize(("operation", "kind"), FAULTS)
async def test_no_log_result_or_report_has_it(
    daytona_with_faults: ThreadedEmulator,
    operation: str,
    kind: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    at = daytona_with_faults.emulator
    met_before = at.counts.faults.get(kind, 0)
    if operation == "get":
        at.set("create", "stale")  # else nobody asks
    at.set(operation, kind, last=4)
    key = SecretStr(at.api_key)
    settings = await asyncio.to_thread(Settings, api_key=key, base_url=at.base_url)
    config = plain_settings(api_key=key, base_url=at.base_url)
    hurried = HurriedTime()
    provider = DaytonaProvider(config, effects=Effects(clock=hurried, sleep=hurried.sleep))
    words = [repr(each) for each in (settings, config, provider)]
    async with Validator(settings, provider=provider) as validator:
        words.append(repr(validator))
        result = await validator.validate(Snippet(code=PRINTS_ITS_WORLD, language="python"))
    words += await asyncio.to_thread(reports, result)
    words.append(caplog.text)
    for record in caplog.records:
        if record.exc_info is not None and record.exc_info[1] is not None:
            words += traceback.format_exception(record.exc_info[1])
    assert at.counts.faults.get(kind, 0) > met_before, "this fault was not met"
    assert "POST" in caplog.text, "nothing was logged at all"
    assert at.api_key not in "\n".join(words)


THOROUGH = [
    pytest.param(each, marks=pytest.mark.thorough) for each in ("doctor", "sweep", "snapshots list")
]
"""Each is a process or, as `doctor` runs its six cases, many."""


@pytest.mark.parametrize("option", ["", *THOROUGH])
@pytest.mark.thorough
def test_no_command_writes_it(
    daytona_with_faults: ThreadedEmulator, shared_cache: None, option: str, tmp_path: Path
) -> None:
    at = daytona_with_faults.emulator
    for operation in ("create", "list", "list_snapshots", "get_snapshot", "key"):
        at.set(operation, "dropped_during", last=3)
    (tmp_path / "page.md").write_text(f"```python\n{PRINTS_ITS_WORLD}\n```\n")
    check = "check page.md --report junit=r.xml --report json=r.json --report jsonl=r.jsonl"
    run: Any = subprocess.run(
        [sys.executable, "-X", "dev", "-m", "daytona_validate", *(option or check).split()],
        cwd=tmp_path,
        env=os.environ | at.environment | {"HOME": str(tmp_path), "PYTHONASYNCIODEBUG": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout + run.stderr
    assert at.api_key not in run.stdout + run.stderr + everything_in(tmp_path)
