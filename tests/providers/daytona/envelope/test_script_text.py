"""The script as a text: what it is made of, and what it refuses."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._core.source_text import work_files
from daytona_validate._models import Limits, Snippet, Stage
from daytona_validate._providers.daytona.envelope.command import TimedCommand, seconds_for
from daytona_validate._providers.daytona.envelope.reuse import MOST_USES
from daytona_validate._providers.daytona.envelope.run_script import END, run_script
from daytona_validate._providers.daytona.envelope.supervisor import (
    CARRIED,
    CARRIED_FURTHER,
    SOURCE,
    starter,
)

each_language = pytest.mark.parametrize("language", list(LANGUAGES))
TRUE = TimedCommand(Stage.RUN, ("true",), 1)


def script(*commands: TimedCommand, nonce: str = "0123456789abcdef", **inputs: Any) -> str:
    given_inputs: dict[str, Any] = {"files": {}, "stdin": b"", "environment": {}, **inputs}
    return run_script(commands, limits=Limits(), reserved_mib=7, nonce=nonce, **given_inputs)


@pytest.mark.parametrize("nonce", ["", "short", "0123456789abcde", "0123456789abcdef\n", "'" * 20])
def test_a_nonce_that_a_shell_could_read_is_refused(nonce: str) -> None:
    with pytest.raises(ValueError, match="nonce"):
        script(TRUE, nonce=nonce)


def test_a_run_without_a_command_is_refused() -> None:
    with pytest.raises(ValueError, match="command"):
        script()


@given(st.binary(), st.text(st.characters(exclude_characters="\0")), st.binary())
def test_no_content_leaves_its_here_document(content: bytes, text: str, stdin: bytes) -> None:
    made = script(
        TimedCommand(Stage.RUN, ("sh", text), 1),
        files={text: content},
        stdin=stdin,
        environment={"NAME": text},
    )
    assert made.isascii()
    assert made.splitlines().count(END) == 2
    assert made.startswith("{ ")
    assert made.endswith("\nexit 0\n}\n")


@pytest.mark.parametrize("use", [0, MOST_USES + 1])
def test_a_use_that_no_sandbox_has_is_refused(use: int) -> None:
    with pytest.raises(ValueError, match="used 1 to 50 times"):
        script(TRUE, use=use)


def test_a_first_use_is_not_told_of() -> None:
    assert script(TRUE, use=1) == script(TRUE)
    assert script(TRUE, use=50).count("\nnumber use 50\n") == 1


def test_what_a_runtime_reserves_is_added_to_its_memory() -> None:
    assert f"\nnumber memory {(512 + 7) * 1024 * 1024}\n" in script(TRUE)


def test_the_same_run_is_the_same_script() -> None:
    assert script(TRUE) == script(TRUE)


@pytest.mark.parametrize(("timeout_s", "timeout_ms"), [(0.0001, 1), (0.25, 250), (30, 30_000)])
def test_time_is_told_in_milliseconds(timeout_s: float, timeout_ms: int) -> None:
    assert f"\ncommand run {timeout_ms} =" in script(TimedCommand(Stage.RUN, ("true",), timeout_s))


def test_the_request_lasts_longer_than_the_run() -> None:
    commands = [
        TimedCommand(Stage.COMPILE, ("true",), 0.5),
        TimedCommand(Stage.RUN, ("true",), 1.2),
    ]
    assert seconds_for(commands) == 17


def test_a_supervisor_is_sent_without_comments() -> None:
    lines = CARRIED_FURTHER.splitlines()
    assert END not in lines
    assert len(CARRIED) < len(CARRIED_FURTHER)
    assert not [line for line in lines if line.startswith(("#", " ")) or not line]


@each_language
def test_a_request_has_at_most_2_kb_beside_the_code(language: str) -> None:
    record = LANGUAGES[language]
    snippet = Snippet(code="", language=language, run_tests=True)
    assert work_files(snippet, record) == {record.entry_file: b""}
    commands = [
        TimedCommand(each.stage, each.argv, 1234.567)
        for each in record.commands(snippet, until=Stage.RUN)
    ]
    made = script(
        *commands,
        nonce="0" * 32,
        files={record.entry_file: b""},
        environment=record.environment,
    )
    assert len(made) <= 2048


def with_its_part() -> str:
    """Return the supervisor with what stands as a text in it as a part of the program."""
    head, part, tail = re.split(
        r"my \$FURTHER_USE = <<.*|^END_OF_PROGRAM$", SOURCE.decode(), flags=re.MULTILINE
    )
    assert "sub begin_anew" in part
    return head + "my $FURTHER_USE;" + part + tail


@pytest.mark.skipif(shutil.which("perl") is None, reason="perl is not installed")
@pytest.mark.parametrize(
    "program",
    [
        SOURCE.decode(),
        with_its_part(),
        CARRIED,
        CARRIED_FURTHER,
        starter("/opt/it's", nonce="0" * 16),
    ],
    ids=["file", "whole", "carried", "carried further", "starter"],
)
def test_perl_has_nothing_to_say_against_a_program(program: str) -> None:
    argv = ["perl", "-Mstrict", "-Mwarnings", "-c", "-"]
    checked = subprocess.run(argv, input=program, capture_output=True, text=True, check=True)
    assert checked.stderr == "- syntax OK\n"
