"""What commands are asked for, and how their output reads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._emulator.refusals import HttpRefusal
from daytona_validate._emulator.toolbox.process_requests import (
    absolute,
    code_command,
    code_run,
    execute,
    text,
    without_charts,
)


@pytest.mark.parametrize(
    ("body", "cwd", "timeout_s"),
    [
        ({"command": "ls"}, "/home/daytona", None),
        ({"command": "ls", "cwd": "data", "timeout": 0}, "/home/daytona/data", None),
        ({"command": "ls", "cwd": "/tmp", "timeout": 7, "envs": {"A_1": "x"}}, "/tmp", 7),
    ],
    ids=["only a command", "relative and without end", "all"],
)
def test_a_command_starts_where_and_lasts_as_it_says(
    body: Any, cwd: str, timeout_s: int | None
) -> None:
    asked = execute(body)
    assert (asked.cwd, asked.timeout_s) == (cwd, timeout_s)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"command": "  \n"},
        {"command": "ls", "timeout": 1.5},
        {"command": "ls", "timeout": -1},
        {"command": "ls", "envs": {"1A": "x"}},
        {"command": "ls", "envs": {"A=B": "x"}},
        {"command": ["ls"]},
        "ls",
    ],
    ids=str,
)
def test_a_command_that_makes_no_sense_is_a_400(body: Any) -> None:
    with pytest.raises(HttpRefusal) as refused:
        execute(body)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    "body", [{"code": "1"}, {"language": "python"}, {"code": "1", "language": "ruby"}], ids=str
)
def test_code_needs_a_language_that_the_daemon_has(body: Any) -> None:
    with pytest.raises(HttpRefusal):
        code_run(body)


def test_arguments_of_code_are_not_quoted() -> None:
    """As the daemon does it; whoever wants better uses `execute`."""
    asked = code_run({"code": "1", "language": "python", "argv": ["a b", "$HOME"]})
    assert "python3 -u - a b $HOME </f/main.py" in code_command(asked, folder="/f").command


def test_lines_for_the_daemon_are_taken_out() -> None:
    assert without_charts("a\ndtn_artifact_k39fd2:{}\nb") == "a\nb"
    assert without_charts("x dtn_artifact_k39fd2:\n") == "x dtn_artifact_k39fd2:\n"


def test_each_byte_that_is_no_text_becomes_one_mark() -> None:
    """Go's JSON does so; Python's own replacement makes one mark of several bytes."""
    assert text(b"\xf0\x9f\x98x\xff\x00") == "\ufffd\ufffd\ufffdx\ufffd\x00"


@given(st.text())
def test_text_stays_text(value: str) -> None:
    encoded = value.encode("utf-8", "surrogatepass")
    if "\ufffd" not in text(encoded):
        assert text(encoded) == value


def test_relative_paths_begin_at_home() -> None:
    assert absolute("a/b") == "/home/daytona/a/b"
    assert absolute("/a") == "/a"
