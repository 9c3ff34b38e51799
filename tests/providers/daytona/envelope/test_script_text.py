"""The script as a text: what it is made of, and what it refuses."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._models import Limits, Stage
from daytona_validate._providers.daytona.envelope.command import TimedCommand, seconds_for
from daytona_validate._providers.daytona.envelope.run_script import END, run_script
from daytona_validate._providers.daytona.envelope.supervisors import (
    PERL_SUPERVISOR,
    PLAIN_SUPERVISOR,
)

TRUE = TimedCommand(Stage.RUN, ("true",), 1)


def script(*commands: TimedCommand, nonce: str = "0123456789abcdef", **inputs: Any) -> str:
    given_inputs: dict[str, Any] = {"files": {}, "stdin": b"", "environment": {}, **inputs}
    return run_script(commands, limits=Limits(), reserved_mib=7, nonce=nonce, **given_inputs)


@pytest.mark.parametrize("nonce", ["", "short", "0123456789abcde", "0123456789abcdef\n", "'" * 20])
def test_a_nonce_that_a_shell_could_read_is_refused(nonce: str) -> None:
    with pytest.raises(ValueError, match="nonce"):
        script(TRUE, nonce=nonce)


def test_a_run_without_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="command"):
        script()


@pytest.mark.slow
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


def test_what_a_runtime_reserves_is_added_to_its_memory() -> None:
    assert f"\nnumber memory {(512 + 7) * 1024 * 1024}\n" in script(TRUE)


def test_the_same_run_is_the_same_script() -> None:
    assert script(TRUE) == script(TRUE)


@pytest.mark.parametrize(("timeout_s", "timeout_ms"), [(0.0001, 1), (0.25, 250), (30, 30_000)])
def test_time_is_told_in_milliseconds(timeout_s: float, timeout_ms: int) -> None:
    assert f"\npart run {timeout_ms} :" in script(TimedCommand(Stage.RUN, ("true",), timeout_s))


def test_the_request_lasts_longer_than_the_run() -> None:
    commands = [
        TimedCommand(Stage.COMPILE, ("true",), 0.5),
        TimedCommand(Stage.RUN, ("true",), 1.2),
    ]
    assert seconds_for(commands) == 17


def test_supervisors_are_sent_without_comments() -> None:
    for text in (PERL_SUPERVISOR, PLAIN_SUPERVISOR):
        assert END not in text.splitlines()
        assert not [line for line in text.splitlines() if line.startswith(("#", " ")) or not line]


@pytest.mark.skipif(shutil.which("perl") is None, reason="perl is not installed")
def test_perl_has_nothing_to_say_against_its_supervisor() -> None:
    argv = ["perl", "-Mstrict", "-Mwarnings", "-c", "-"]
    checked = subprocess.run(
        argv, input=PERL_SUPERVISOR, capture_output=True, text=True, check=True
    )
    assert checked.stderr == "- syntax OK\n"
