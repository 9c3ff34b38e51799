"""The same script twice, as proxies send it, is one run."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest

from daytona_validate._errors import SandboxLost


def test_who_asks_while_it_runs_gets_the_same_answer(either_box: Any) -> None:
    started, finish = (either_box.work / name for name in ("started", "finish"))
    for pipe in (started, finish):
        os.mkfifo(pipe)
        pipe.chmod(0o666)
    code = "echo run >>runs; echo here >started; read -r word <finish; echo $word"
    script = either_box.script(either_box.command(code)).encode()
    with either_box.start() as first, either_box.start() as second:
        first.stdin.write(script)
        first.stdin.close()
        assert started.read_text() == "here\n"
        second.stdin.write(script)
        second.stdin.close()
        finish.write_text("done\n")
        answers = [process.stdout.read().decode() for process in (first, second)]
    assert answers[0] == answers[1]
    assert either_box.read(answers[0]).steps[0].stdout == b"done\n"
    assert (either_box.work / "runs").read_text() == "run\n"


def test_who_asks_for_another_run_gets_none(either_box: Any) -> None:
    either_box.step("true")
    either_box.nonce = "0" * 32
    with pytest.raises(SandboxLost):
        either_box.step("echo ran >again")
    assert not (either_box.work / "again").exists()


def test_who_asks_after_the_first_was_lost_waits_in_vain(either_box: Any) -> None:
    (either_box.root / "tmp" / "guard").mkdir()
    script = either_box.script(either_box.command("echo ran >again"))
    impatient, count = re.subn(r"instant \+ \d+ \* 100", "instant + 0 * 100", script)
    assert count == 1
    with pytest.raises(SandboxLost, match="asked twice"):
        either_box.read(either_box.send(impatient))
    assert not (either_box.work / "again").exists()
