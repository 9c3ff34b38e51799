"""A whole run, as the daemon starts it; what a shell reads, in whatever shell an image has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from daytona_validate._models import Limit, Limits, Stage
from daytona_validate._providers.daytona.envelope.command import TimedCommand

if TYPE_CHECKING:
    from tests.providers.daytona.envelope.conftest import Box

NAMES = (
    "plain.txt",
    "a folder/deep/er/x y",
    "quo'te\"s$`",
    "new\nline",
    "tab\there",
    "-n",
    "ü/é€😀",
)
CONTENTS = (b"", b"\n", b"no end", b"\0\xff\x01\x7f\r\n", b"_\n.\nend\n", bytes(range(256)) * 40)


def test_files_are_written_as_they_are(box: Box) -> None:
    files = dict(zip(NAMES, (*CONTENTS, b"last"), strict=True))
    box.run(box.command("true"), files=files)
    assert {name: (box.work / name).read_bytes() for name in files} == files


def test_streams_are_told_apart_byte_by_byte(box: Box) -> None:
    step = box.step(r"printf 'a\0\377\n\n'; printf 'e\r' >&2; exit 3")
    assert (step.stdout, step.stderr) == (b"a\0\xff\n\n", b"e\r")
    assert (step.stage, step.exit_code, step.signal, step.limit) == (Stage.RUN, 3, None, None)
    assert (step.lost_stdout_bytes, step.lost_stderr_bytes) == (0, 0)


def test_the_last_command_gets_stdin_and_nobody_eats_the_script(box: Box) -> None:
    commands = (box.command("cat", stage=Stage.COMPILE), box.command("cat; echo done"))
    execution = box.run(*commands, stdin=b"one\0\ntwo")
    assert [step.stdout for step in execution.steps] == [b"", b"one\0\ntwodone\n"]
    assert [step.stage for step in execution.steps] == [Stage.COMPILE, Stage.RUN]
    assert execution.runtime == "python 3.11.9"


def test_arguments_arrive_as_they_are(box: Box) -> None:
    arguments = ("", "a b", "*", "$HOME", "'\"", "é\n", "new\nline\n\n", "-")
    code = 'for each; do printf "<%s>" "$each"; done'
    (step,) = box.run(TimedCommand(Stage.RUN, ("sh", "-c", code, "sh", *arguments), 20)).steps
    assert step.stdout.decode() == "".join(f"<{each}>" for each in arguments)


def test_the_environment_is_clean(box: Box) -> None:
    (box.ours / "environment").write_text(
        "PATH=/usr/local/bin:/usr/bin:/bin\nOF_IMAGE=a  b='c' \nBOTH=image\n# no name\n\n"
    )
    environment = {"OF_LANGUAGE": "x=y\n$z\n", "BOTH": "language"}
    (step,) = box.run(TimedCommand(Stage.RUN, ("env", "-0"), 20), environment=environment).steps
    assert dict(each.split("=", 1) for each in step.stdout.decode().split("\0") if each) == {
        "HOME": str(box.work),
        "LANG": "C.UTF-8",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "OF_IMAGE": "a  b='c' ",
        "OF_LANGUAGE": "x=y\n$z\n",
        "BOTH": "language",
    }


def test_a_command_that_fails_is_the_last(box: Box) -> None:
    commands = [
        box.command("echo 1"),
        box.command("echo 2; exit 7"),
        box.command("echo 3"),
    ]
    steps = box.run(*commands).steps
    assert [(step.stdout, step.exit_code) for step in steps] == [(b"1\n", 0), (b"2\n", 7)]


@pytest.mark.slow
def test_what_a_timeout_ends_has_said_something_before(box: Box) -> None:
    step = box.step("echo early; sleep 30", timeout_s=1.2)
    assert (step.stdout, step.limit, step.exit_code) == (b"early\n", Limit.TIMEOUT, None)
    assert step.usage.wall_s > 1.18


def test_a_long_output_keeps_its_head_and_its_tail(box: Box) -> None:
    step = box.step(
        "printf 0123456789; printf abc >&2", limits=Limits(kept_output_bytes=5, processes=50)
    )
    assert (step.stdout, step.lost_stdout_bytes) == (b"01789", 5)
    assert (step.stderr, step.lost_stderr_bytes) == (b"abc", 0)


def test_a_second_copy_of_the_script_prints_the_same_answer(box: Box) -> None:
    script = box.script(box.command("echo ran >>again; cat again"))
    first, second = box.send(script), box.send(script)
    assert first == second
    assert (box.work / "again").read_text() == "ran\n"


def test_a_program_of_300_kb_runs(box: Box) -> None:
    code = b"#" * 300_000 + b"\ntail -c 4 main.sh; echo done"
    (step,) = box.run(box.command(". ./main.sh"), files={"main.sh": code}).steps
    assert step.stdout == b"donedone\n"
