"""Ids that root has lent to a plain user, and the helpers that map them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails import id_maps
from daytona_validate._jails.id_maps import lent_ranges, lent_to
from daytona_validate._jails.own_ids import OwnIds

LENT = [("me", range(100_000, 165_536))]


def test_they_are_read_line_by_line() -> None:
    text = "me:100000:65536\n# a remark\n\n1000:231072:10\nbroken:1\n"
    assert lent_ranges(text) == [*LENT, ("1000", range(231_072, 231_082))]


@pytest.mark.parametrize(
    ("users", "groups", "first"),
    [
        (LENT, LENT, 100_000),
        ([("1000", range(100_000, 165_535))], LENT, 100_000),
        ([("you", range(100_000, 165_536))], LENT, None),
        (LENT, [("you", range(100_000, 165_536))], None),
        ([("me", range(100_000, 165_534))], LENT, None),
        ([("me", range(300_000, 365_536))], LENT, None),
        ([("me", range(90_000, 190_000))], [("me", range(120_000, 220_000))], 120_000),
        ([("me", range(5)), *LENT], [("me", range(9)), *LENT], 100_000),
        ([], [], None),
    ],
    ids=[
        *("both", "by number", "another's users", "another's groups", "too few", "apart"),
        *("overlapping", "the second line", "none"),
    ],
)
def test_as_many_as_a_jail_has_must_be_lent_as_users_and_as_groups(
    users: list[tuple[str, range]], groups: list[tuple[str, range]], first: int | None
) -> None:
    assert lent_to({"me", "1000"}, users, groups) == (None if first is None else OwnIds(first))


@pytest.fixture
def helpers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that alone is searched for helpers, with files that lend to this caller."""
    (tmp_path / "lent").write_text(f"{os.geteuid()}:100000:65536\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def lent_files(folder: Path) -> tuple[Path, Path]:
    return (folder / "lent", folder / "lent")


def helper(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_both_helpers_are_needed(helpers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = os.geteuid()
    helper(helpers, "newuidmap", "exit 0")
    assert id_maps.subordinate_ids(files=lent_files(helpers)) is None
    helper(helpers, "newgidmap", "exit 0")
    assert id_maps.subordinate_ids(files=lent_files(helpers)) == OwnIds(100_000)
    monkeypatch.setattr(os, "geteuid", lambda: uid or 1)
    files = lent_files(helpers)
    assert id_maps.ids_here(files=files) == id_maps.subordinate_ids(files=files)


def test_a_caller_without_a_name_has_none(helpers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in id_maps.HELPERS:
        helper(helpers, name, "exit 0")
    monkeypatch.setattr(os, "geteuid", lambda: 1_999_999_999)
    assert id_maps.subordinate_ids(files=lent_files(helpers)) is None


def test_files_that_are_not_there_lend_nothing(helpers: Path) -> None:
    for name in id_maps.HELPERS:
        helper(helpers, name, "exit 0")
    assert id_maps.subordinate_ids(files=(helpers / "no", helpers / "no")) is None


def test_a_helper_is_told_the_whole_map(helpers: Path) -> None:
    for name in id_maps.HELPERS:
        helper(helpers, name, f'echo "$@" >{helpers}/said-{name}')
    id_maps.map_by_helpers(OwnIds(100_000), pid=77)
    said = [(helpers / f"said-{name}").read_text() for name in id_maps.HELPERS]
    assert said == [f"77 0 {own} 1 1 100000 65535\n" for own in (os.geteuid(), os.getegid())]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'newuidmap: uid range not allowed' >&2; exit 1", "range not allowed"),
        ("exit 3", "newuidmap failed"),
        (None, "No such file"),
    ],
)
def test_a_refusal_is_told(helpers: Path, script: str | None, words: str) -> None:
    if script is not None:
        helper(helpers, "newuidmap", script)
    with pytest.raises(SandboxUnavailable, match=f"ids of its own: .*{words}"):
        id_maps.map_by_helpers(OwnIds(100_000), pid=77)


def test_a_helper_that_hangs_is_ended(helpers: Path) -> None:
    helper(helpers, "newuidmap", "exec /bin/sleep 60")
    with pytest.raises(SandboxUnavailable, match="timed out"):
        id_maps.map_by_helpers(OwnIds(100_000), pid=77, longest_s=0.05)
