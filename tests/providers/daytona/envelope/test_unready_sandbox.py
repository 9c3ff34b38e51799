"""A sandbox that is not made from a snapshot of ours says what it lacks."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from daytona_validate._errors import SandboxLost, SandboxUnavailable

if TYPE_CHECKING:
    from tests.providers.daytona.envelope.conftest import Box


def refusal(box: Box) -> str:
    with pytest.raises(SandboxUnavailable) as caught:
        box.step("true")
    assert not isinstance(caught.value, SandboxLost)
    assert "snapshots build" in str(caught.value)
    return str(caught.value)


def test_without_a_work_folder(box: Box) -> None:
    box.work.rmdir()
    assert "/work is missing" in refusal(box)


def test_without_the_name_of_a_runtime(box: Box) -> None:
    (box.ours / "runtime").unlink()
    assert "/opt/daytona-validate/runtime is missing" in refusal(box)


def test_without_a_folder_for_temporary_files(box: Box) -> None:
    (box.root / "tmp").rmdir()
    assert "in /tmp" in refusal(box)


def test_without_perl(make_box: Any, tmp_path: Path) -> None:
    box = make_box(path=str(tmp_path), shell=(shutil.which("sh"),))
    assert "has no perl" in refusal(box)
    assert list(box.work.iterdir()) == []


def test_a_script_that_was_cut_is_no_run(box: Box) -> None:
    script = box.script(box.command("echo ran >again"))
    with pytest.raises(SandboxLost):
        box.read(box.send(script[: len(script) // 2]))
    assert not (box.work / "again").exists()
