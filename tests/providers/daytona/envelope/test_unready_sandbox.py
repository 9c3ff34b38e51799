"""A sandbox that is not made from a snapshot of ours says what it lacks."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from daytona_validate._errors import SandboxLost, SandboxUnavailable


def refusal(box: Any) -> str:
    with pytest.raises(SandboxUnavailable) as caught:
        box.step("true")
    assert not isinstance(caught.value, SandboxLost)
    assert "snapshots build" in str(caught.value)
    return str(caught.value)


def test_without_a_work_folder(either_box: Any) -> None:
    either_box.work.rmdir()
    assert "/work is missing" in refusal(either_box)


def test_without_the_name_of_a_runtime(either_box: Any) -> None:
    (either_box.ours / "runtime").unlink()
    assert "/opt/daytona-validate/runtime is missing" in refusal(either_box)


def test_without_a_folder_for_temporary_files(either_box: Any) -> None:
    (either_box.root / "tmp").rmdir()
    assert "in /tmp" in refusal(either_box)


def test_without_perl_and_what_does_its_work(make_box: Any, tmp_path: Path) -> None:
    for name in ("cat", "id", "mkdir", "sh", "true"):
        (tmp_path / name).symlink_to(Path(shutil.which(name) or "").resolve())
    (tmp_path / "setpriv").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "setpriv").chmod(0o755)
    assert "neither perl nor" in refusal(make_box(path=str(tmp_path)))


@pytest.mark.skipif(os.getuid() != 0, reason="others need not become another user")
def test_without_any_way_to_leave_root(make_box: Any, tmp_path: Path) -> None:
    for name in ("base64", "cat", "head", "id", "mkdir", "setsid", "sh", "sleep", "tail", "wc"):
        (tmp_path / name).symlink_to(Path(shutil.which(name) or "").resolve())
    assert "setpriv" in refusal(make_box(path=str(tmp_path)))


def test_a_script_that_was_cut_is_no_run(either_box: Any) -> None:
    script = either_box.script(either_box.command("echo ran >again"))
    with pytest.raises(SandboxLost):
        either_box.read(either_box.send(script[: len(script) // 2]))
    assert not (either_box.work / "again").exists()
