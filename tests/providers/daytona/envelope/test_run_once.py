"""The same script twice, as proxies send it, is one run."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from daytona_validate._errors import SandboxLost

if TYPE_CHECKING:
    from tests.providers.daytona.envelope.conftest import Box


def test_who_asks_while_it_runs_gets_the_same_answer(box: Box) -> None:
    started, finish = (box.work / name for name in ("started", "finish"))
    for pipe in (started, finish):
        os.mkfifo(pipe)
        pipe.chmod(0o666)
    code = "echo run >>runs; echo here >started; read -r word <finish; echo $word"
    script = box.script(box.command(code)).encode()
    with box.start() as first, box.start() as second:
        assert first.stdin
        assert second.stdin
        first.stdin.write(script)
        first.stdin.close()
        assert started.read_text() == "here\n"
        second.stdin.write(script)
        second.stdin.close()
        finish.write_text("done\n")
        answers = [each.stdout.read().decode() for each in (first, second) if each.stdout]
    assert answers[0] == answers[1]
    assert box.read(answers[0]).steps[0].stdout == b"done\n"
    assert (box.work / "runs").read_text() == "run\n"


def test_who_asks_for_another_run_gets_none(box: Box) -> None:
    box.step("true")
    box.nonce = "0" * 32
    with pytest.raises(SandboxLost):
        box.step("echo ran >again")
    assert not (box.work / "again").exists()


def test_who_asks_after_the_first_was_lost_waits_in_vain(box: Box) -> None:
    (box.root / "tmp" / "guard").mkdir()
    script = box.script(box.command("echo ran >again"))
    impatient, count = re.subn(r"number patience \d+", "number patience 0", script)
    assert count == 1
    with pytest.raises(SandboxLost, match="asked twice"):
        box.read(box.send(impatient))
    assert not (box.work / "again").exists()


def test_a_program_cannot_take_the_place_of_ours_for_who_asks_again(make_box: Any) -> None:
    """As in an image whose PATH begins with a folder where everybody may write."""
    box = make_box(programs=os.environ["PATH"])
    box.path = f"{box.work}/bin:{os.environ['PATH']}"
    plant = "mkdir bin; printf '#!/bin/sh\\necho planted\\n' >bin/perl; chmod +x bin/perl"
    script = box.script(box.command(plant))
    first = box.send(script)
    assert box.read(first).steps[0].exit_code == 0
    assert box.send(script) == first
