"""A program that the sandbox has no room for is never run in part: the sandbox is at fault."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from daytona_validate._errors import SandboxLost, SandboxUnavailable

if TYPE_CHECKING:
    from tests.providers.daytona.envelope.conftest import Box

KIB = 1024
ROWS = b"# one of many lines that say nothing\n" * 800
PROGRAM = ROWS + b"exit 7\n"
"""About 29 KiB, the last line of which says how it ends."""

ROOT_ONLY = pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("unshare") is None,
    reason="only root, with unshare, makes a small disk",
)


def on_disk_of(size_kib: int, *folders: Path) -> tuple[str, ...]:
    """Return a shell that sees small disks at some folders; nobody else sees them."""
    mounts = (f"mount -t tmpfs -o size={size_kib}k,mode=755 none {each} &&" for each in folders)
    return ("unshare", "--mount", "sh", "-c", f"{' '.join(mounts)} exec sh")


def bounded_to(size_kib: int) -> tuple[str, ...]:
    """Return a shell where no file may be longer: the kernel takes that part, and then an error."""
    return ("sh", "-c", f"ulimit -f {size_kib * 2}; trap '' XFSZ; exec sh")


def refusal(box: Box, **inputs: Any) -> str:
    """Return why nothing was run, once it was seen that nothing was."""
    witness = box.root / "witness"
    witness.mkdir()
    witness.chmod(0o777)
    command = box.command(f"mkdir {witness}/ran; sh main.sh")
    with pytest.raises(SandboxUnavailable) as caught:
        box.run(command, **inputs)
    assert list(witness.iterdir()) == []
    assert not isinstance(caught.value, SandboxLost)
    return str(caught.value)


CONTENTS: dict[str, dict[str, Any]] = {
    "program": {"files": {"main.sh": PROGRAM}},
    "file beside it": {"files": {"main.sh": b"true", "data/rows.txt": ROWS}},
    "stdin": {"stdin": ROWS},
}


@pytest.mark.parametrize("inputs", CONTENTS.values(), ids=CONTENTS)
@pytest.mark.parametrize("size_kib", [16, 1, 0])
def test_what_was_written_in_part_is_not_run(
    make_box: Callable[..., Box], size_kib: int, inputs: dict[str, Any]
) -> None:
    box = make_box(shell=bounded_to(size_kib), carries_supervisor=True)
    assert "could not be written whole" in refusal(box, **inputs)


@ROOT_ONLY
@pytest.mark.parametrize("inputs", CONTENTS.values(), ids=CONTENTS)
def test_no_program_is_run_on_a_disk_that_is_too_small_for_it(
    make_box: Callable[..., Box], inputs: dict[str, Any]
) -> None:
    box = make_box()
    box.shell = on_disk_of(16, box.work, box.root / "tmp")
    assert "could not be written whole" in refusal(box, **inputs)


@ROOT_ONLY
def test_a_single_byte_that_found_no_room_is_told_of(make_box: Callable[..., Box]) -> None:
    box = make_box()
    box.shell = on_disk_of(16, box.work)
    files = {"full.txt": b"x" * 16 * KIB, "main.sh": b":"}
    assert "could not be written whole" in refusal(box, files=files)


@ROOT_ONLY
def test_what_just_fits_is_run(make_box: Callable[..., Box]) -> None:
    box = make_box()
    box.shell = on_disk_of(32, box.work)
    (step,) = box.run(box.command("sh main.sh"), files={"main.sh": PROGRAM}).steps
    assert step.exit_code == 7


def test_an_answer_that_cannot_be_kept_is_given_once(make_box: Callable[..., Box]) -> None:
    """Who asks again is told at once that it is lost: it never stands there in part."""
    box = make_box(shell=bounded_to(1), carries_supervisor=True)
    command = box.command("yes | head -c 4096")
    script = box.script(command)
    assert len(box.read(box.send(script)).steps[0].stdout) == 4096
    assert (box.root / "tmp" / "guard" / "answer").read_bytes() == b""
    with pytest.raises(SandboxLost):
        box.read(box.send(script))
