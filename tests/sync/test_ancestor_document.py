"""The promises of the document that this project was created from, one by one.

It described a module `daytona_client`. Programs written for that run after their import line is
changed, and nothing else.
"""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar, cast

import pytest

from daytona_validate import (
    CodeSnippet,
    ConfigurationError,
    DaytonaClient,
    Settings,
    get_daytona_client,
)
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.service_url import OLD_HOST_ADVICE
from daytona_validate._emulator.counts import Counts
from daytona_validate._emulator.threaded import ThreadedEmulator

Run = Callable[..., subprocess.CompletedProcess[str]]
Test = TypeVar("Test", bound=Callable[..., None])

USAGE = """\
from daytona_validate import get_daytona_client

# Create client
client = get_daytona_client()

# Validate Python code
result = client.validate_code_with_daytona(
    code='print("Hello, World!")',
    language="python",
    skill="Python Programming"
)

print(f"Status: {result['status']}")
print(f"Output: {result['output']}")
print(f"Time: {result['execution_time']}s")
"""
USAGE_IN_A_COROUTINE = (
    "import asyncio\nasync def main():\n" + textwrap.indent(USAGE, "    ") + "asyncio.run(main())\n"
)
ENV_FILE = """\
DAYTONA_API_KEY=your_actual_daytona_api_key_here
DAYTONA_BASE_URL=https://api.daytona.io/v1
DAYTONA_TIMEOUT=30
"""
LONGEST_S = 60.0
FALLBACK = {"status": "Failure", "output": "", "error": None, "execution_time": 0.0}
NO_KEY = "Code validation unavailable - API key not configured"


def at_daytona(test: Test) -> Test:
    """Mark what starts real sandboxes."""
    return cast("Test", pytest.mark.slow(pytest.mark.jail(test)))


in_and_outside_a_loop = pytest.mark.parametrize(
    "usage",
    [pytest.param(USAGE, marks=pytest.mark.thorough), USAGE_IN_A_COROUTINE],
    ids=["script", "running loop"],
)


@pytest.fixture
def client(
    folder: Path,
    daytona: ThreadedEmulator,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> Iterator[DaytonaClient]:
    """A client of the service, which keeps its key to itself and leaves no sandbox."""
    for name, value in daytona.emulator.environment.items():
        monkeypatch.setenv(name, value)
    with caplog.at_level(logging.DEBUG), get_daytona_client() as client:
        yield client
    daytona.emulator.faults.clear()
    daytona.until(is_empty, longest_s=LONGEST_S)
    assert daytona.emulator.api_key not in caplog.text


def is_empty(counts: Counts) -> bool:
    return counts.alive == 0


def validated(client: DaytonaClient, code: str = "print(1)") -> dict[str, object]:
    return client.validate_code_with_daytona(code, "python", "Python Programming")


def is_fallback(answer: dict[str, object]) -> bool:
    """Whether it is the fallback, for whatever reason; and never says what the key is."""
    assert "dtn_" not in json.dumps(answer)
    assert str(answer["details"]).startswith("Code validation unavailable - ")
    return answer == FALLBACK | {"skill": "Python Programming", "details": answer["details"]}


# Quick start


@pytest.mark.slow
@in_and_outside_a_loop
def test_the_usage_runs_with_the_old_settings_and_says_what_to_set(
    program: Run, folder: Path, usage: str
) -> None:
    (folder / ".env").write_text(ENV_FILE)
    done = program(usage)
    assert (done.stdout, done.returncode) == ("Status: Failure\nOutput: \nTime: 0.0s\n", 0)
    details = program(usage.replace("result['status']", "result['details']")).stdout
    assert OLD_HOST_ADVICE in details
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@in_and_outside_a_loop
def test_the_usage_runs_without_a_key(program: Run, usage: str) -> None:
    done = program(usage)
    assert (done.stdout, done.returncode) == ("Status: Failure\nOutput: \nTime: 0.0s\n", 0)
    assert "Traceback" not in done.stderr


@at_daytona
@in_and_outside_a_loop
def test_the_usage_succeeds_with_a_key_and_an_address(
    program: Run, daytona: ThreadedEmulator, usage: str
) -> None:
    done = program(usage, **daytona.emulator.environment)
    assert done.stdout.startswith("Status: Success\nOutput: Hello, World!\n\nTime: 0.")
    assert (done.stderr, done.returncode) == ("", 0)
    daytona.until(is_empty, longest_s=LONGEST_S)


# API reference


def test_the_fallback_is_the_documented_one_to_the_letter(folder: Path) -> None:
    with get_daytona_client() as client:
        answer = validated(client)
    assert json.dumps(answer, indent=2) == textwrap.dedent("""\
        {
          "skill": "Python Programming",
          "status": "Failure",
          "output": "",
          "error": null,
          "execution_time": 0.0,
          "details": "Code validation unavailable - API key not configured"
        }""")


@at_daytona
def test_a_success_looks_as_in_the_example(client: DaytonaClient) -> None:
    answer = validated(client, 'print("Hello, World!")')
    time_s = answer["execution_time"]
    assert isinstance(time_s, float)
    assert time_s > 0
    assert list(answer.items()) == [
        ("skill", "Python Programming"),
        ("status", "Success"),
        ("output", "Hello, World!\n"),
        ("error", None),
        ("execution_time", time_s),
        ("details", f"Code executed successfully in {time_s:.2f} seconds"),
    ]


@at_daytona
def test_a_failure_looks_as_in_the_example(client: DaytonaClient) -> None:
    answer = validated(client, "x = = 1")
    assert list(answer.items()) == [
        ("skill", "Python Programming"),
        ("status", "Failure"),
        ("output", ""),
        ("error", "SyntaxError: invalid syntax (line 1)"),
        ("execution_time", answer["execution_time"]),
        ("details", "Code execution failed: SyntaxError: invalid syntax (line 1)"),
    ]


def test_all_its_languages_are_there() -> None:
    table = {each.title: (each.image, each.entry_file) for each in LANGUAGES.values()}
    assert table == {
        "Python": ("python:3.11", "main.py"),
        "JavaScript": ("node:18", "index.js"),
        "TypeScript": ("node:18", "index.ts"),
        "Java": ("java:17", "Main.java"),
        "Go": ("golang:1.21", "main.go"),
        "SQL (PostgreSQL)": ("postgres:15", "query.sql"),
    }


# Error handling


@at_daytona
@pytest.mark.parametrize("kind", ["unauthorized", "forbidden"])
def test_1_a_refused_key_gives_the_fallback_and_a_log_record(
    client: DaytonaClient, daytona: ThreadedEmulator, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    before = daytona.emulator.counts.requests.get("create", 0)
    daytona.emulator.set("create", kind)
    answers = [validated(client) for _ in range(3)]
    assert all(is_fallback(answer) for answer in answers)
    (record,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert record.getMessage() == answers[0]["details"]
    assert daytona.emulator.counts.requests["create"] == before + 1


@at_daytona
def test_2_a_creation_that_fails_is_tried_again(
    client: DaytonaClient, daytona: ThreadedEmulator
) -> None:
    daytona.emulator.set("create", "fails_to_start", last=1)
    assert validated(client)["status"] == "Success"


@at_daytona
def test_2_a_creation_that_fails_for_good_gives_the_fallback(
    client: DaytonaClient, daytona: ThreadedEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    before = daytona.emulator.counts.requests.get("create", 0)
    daytona.emulator.set("create", "fails_to_start")
    assert is_fallback(validated(client))
    assert daytona.emulator.counts.requests["create"] >= before + 2
    assert [each for each in caplog.records if each.levelno >= logging.WARNING]


@at_daytona
def test_2_without_a_snapshot_the_fallback_says_how_to_build_it(
    client: DaytonaClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.close()
    monkeypatch.setenv("DAYTONA_CPU", "3")
    with get_daytona_client() as other:
        answer = validated(other)
    assert is_fallback(answer)
    assert "daytona-validate snapshots build" in str(answer["details"])


@at_daytona
def test_3_a_program_that_does_not_end_is_ended(client: DaytonaClient) -> None:
    """It sleeps: one that computes gets no verdict where others take its processor."""
    waits = "import time\nprint(1, flush=True)\ntime.sleep(60)"
    result = client.validate(waits, "python", timeout_s=2)
    assert (result.outcome, result.output) == ("timeout", "1\n")
    assert result.details == "Code execution failed: time limit of 2 seconds exceeded"


@pytest.mark.slow
def test_4_a_service_that_is_not_there_gives_the_fallback_and_a_stack_trace(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        monkeypatch.setenv("DAYTONA_API_KEY", "dtn_canary")
        monkeypatch.setenv("DAYTONA_BASE_URL", f"http://127.0.0.1:{port}")
        with get_daytona_client() as client:
            assert is_fallback(validated(client))
            assert is_fallback(validated(client))
    (record,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert record.exc_info
    assert "dtn_canary" not in caplog.text


@at_daytona
@pytest.mark.parametrize("kind", ["html", pytest.param("truncated", marks=pytest.mark.thorough)])
def test_5_an_answer_without_sense_gives_the_fallback_and_a_warning(
    client: DaytonaClient, daytona: ThreadedEmulator, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    daytona.emulator.set("execute", kind)
    assert is_fallback(validated(client))
    assert [each for each in caplog.records if each.levelname == "WARNING"]


# Security, integration


def test_the_key_goes_to_no_address_without_tls(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="DAYTONA_BASE_URL"):
        Settings(base_url="http://app.daytona.io/api")


def test_the_result_is_added_to_the_model_of_a_snippet(folder: Path) -> None:
    snippet = CodeSnippet(code="print(1)", language="python", description="prints")
    assert snippet.validation is None
    with get_daytona_client() as client:
        snippet = snippet.with_validation(client.validate(snippet.to_snippet()))
    assert snippet.validation is not None
    assert snippet.validation.details == NO_KEY
