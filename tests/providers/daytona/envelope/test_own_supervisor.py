"""The supervisor as a file of the snapshot: used if it is ours and root's alone, else told of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from daytona_validate._providers.daytona.envelope.answer import missing_supervisor

if TYPE_CHECKING:
    from tests.providers.daytona.envelope.conftest import Box

ROOT_ONLY = pytest.mark.skipif(os.getuid() != 0, reason="the supervisor of a snapshot is root's")
PROGRAM_ID = 64_100


def reason(box: Box) -> str | None:
    """Return why a box does not start its own supervisor, once it was seen to have run nothing."""
    box.carries_supervisor = False
    code = box.command("echo ran >again")
    result = box.send(box.script(code, files={"main.sh": b"true"}, stdin=b"in"))
    assert list(box.work.iterdir()) == list((box.root / "tmp").iterdir()) == []
    return missing_supervisor(result, nonce=box.nonce)


def link_file(box: Box) -> None:
    box.supervisor.rename(box.ours / "other.pl")
    box.supervisor.symlink_to(box.ours / "other.pl")


def link_folder(box: Box) -> None:
    box.ours.rename(box.root / "other")
    box.ours.symlink_to(box.root / "other")


CHANGES: dict[str, tuple[Callable[[Any], object], str]] = {
    "no file": (lambda box: box.supervisor.unlink(), "there is none"),
    "no folder": (lambda box: shutil.rmtree(box.ours), "there is none"),
    "a link": (link_file, "a link"),
    "a folder by a link": (link_folder, "a link"),
    "the program's": (lambda box: os.chown(box.supervisor, PROGRAM_ID, 0), "not root's"),
    "a folder of its": (lambda box: os.chown(box.ours, PROGRAM_ID, 0), "not root's"),
    "for a group": (lambda box: box.supervisor.chmod(0o664), "others than root"),
    "for all": (lambda box: box.supervisor.chmod(0o646), "others than root"),
    "a folder for all": (lambda box: box.ours.chmod(0o777), "others than root"),
    "a folder above for all": (lambda box: box.root.chmod(0o777), "others than root"),
    "cut off": (lambda box: os.truncate(box.supervisor, 10_000), "another version"),
    "empty": (lambda box: box.supervisor.write_bytes(b""), "another version"),
}


@ROOT_ONLY
@pytest.mark.parametrize(("change", "why"), CHANGES.values(), ids=CHANGES)
def test_what_is_not_ours_alone_is_told_of_before_anything_ran(
    make_box: Any, change: Callable[[Any], object], why: str
) -> None:
    box = make_box()
    change(box)
    assert why in (reason(box) or "")


@ROOT_ONLY
def test_without_sha256sum_it_is_told_of(make_box: Any, tmp_path: Any) -> None:
    for name in ("perl", "sh"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    assert "sha256sum" in (reason(make_box(path=str(tmp_path))) or "")


def test_the_same_sandbox_then_runs_the_one_that_is_sent(box: Box) -> None:
    box.supervisor.unlink()
    assert reason(box) is not None
    box.carries_supervisor = True
    step = box.step("echo out; exit 3")
    assert (step.stdout, step.exit_code) == (b"out\n", 3)


@pytest.mark.skipif(os.getuid() == 0, reason="what root makes is root's")
def test_what_is_not_roots_is_told_of(box: Box) -> None:
    assert "not root's" in (reason(box) or "")


REPLACE = """\
f=FILE; d=${f%/*}
echo 'print 1' >"$f"; chmod 777 "$f" "$d"; rm -f "$f"; mv "$f" "$f.old"; ln -sf /dev/null "$f"
mv "$d" "$d.old"; touch "$d/other"
echo NONCE absent version
"""


@ROOT_ONLY
@pytest.mark.parametrize("shares_user", [False, True])
def test_no_program_replaces_it_nor_says_that_it_is_missing(
    make_box: Any, shared_box: Any, *, shares_user: bool
) -> None:
    box = shared_box if shares_user else make_box()
    before = {path: path.read_bytes() for path in box.ours.iterdir()}
    code = REPLACE.replace("FILE", str(box.supervisor)).replace("NONCE", "0" * 32)
    command = box.command(code)
    result = box.send(box.script(command))
    assert missing_supervisor(result, nonce=box.nonce) is None
    assert box.read(result).steps[0].stdout.endswith(b"absent version\n")
    assert {path: path.read_bytes() for path in box.ours.iterdir()} == before
    shutil.rmtree(box.root / "tmp" / "guard")
    assert box.step("exit 5").exit_code == 5
