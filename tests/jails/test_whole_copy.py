"""What all jails have is made anew when something of it is gone, and never under a program."""

from __future__ import annotations

from pathlib import Path

import pytest

from daytona_validate._errors import SandboxUnavailable
from daytona_validate._jails.base_image import base
from daytona_validate._jails.bubblewrap import installed
from daytona_validate._jails.folder_use import FoldersInUse, is_in_use
from daytona_validate._jails.runner import JailRunner
from daytona_validate._jails.whole_copy import COUNT, whole_copy


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where a copy is to be."""
    return tmp_path / "copies" / "one"


def _fill(aside: Path) -> None:
    (aside / "deep").mkdir()
    (aside / "deep" / "empty").touch()
    (aside / "link").symlink_to("deep")


def test_a_whole_one_stays(place: Path) -> None:
    whole_copy(place, _fill)
    inode = place.stat().st_ino
    assert whole_copy(place, _fill) == place
    assert place.stat().st_ino == inode


@pytest.mark.parametrize("lost", ["deep/empty", "link", COUNT])
def test_one_that_lost_anything_is_made_anew(place: Path, lost: str) -> None:
    whole_copy(place, _fill)
    (place / lost).unlink()
    whole_copy(place, _fill)
    assert {str(each.relative_to(place)) for each in place.rglob("*")} == {
        *("deep", "deep/empty", "link", COUNT)
    }


@pytest.mark.parametrize("count", ["", "many", "-1"])
def test_one_that_does_not_say_how_much_it_has_is_made_anew(place: Path, count: str) -> None:
    whole_copy(place, _fill)
    written = (place / COUNT).read_text()
    (place / COUNT).unlink()
    (place / COUNT).write_text(count)
    whole_copy(place, _fill)
    assert (place / COUNT).read_text() == written


def test_nothing_is_taken_from_under_a_program(place: Path) -> None:
    whole_copy(place, _fill)
    (place / "link").unlink()
    users = FoldersInUse()
    assert users.hold(place)
    try:
        with pytest.raises(SandboxUnavailable, match="has been changed") as caught:
            whole_copy(place, _fill)
    finally:
        users.close()
    assert caught.value.retryable
    assert (place / "deep" / "empty").exists()


@pytest.mark.slow
@pytest.mark.thorough  # all of the host's libraries are copied
def test_a_lost_command_is_there_again(open_folder: Path) -> None:
    """Or a program that calls it would be blamed for it."""
    commands = next(each for each in base(open_folder).binds if each.target == "/usr/bin")
    lost = Path(commands.source, "grep")
    lost.unlink()
    base(open_folder)
    assert lost.stat().st_size > 0


@pytest.mark.slow
def test_a_lost_library_of_bubblewraps_is_there_again(open_folder: Path) -> None:
    program = installed(open_folder)
    assert program is not None
    if not program.is_relative_to(open_folder):
        pytest.skip("bubblewrap is the system's here, of which there is no copy")
    others = [each for each in program.parents[2].rglob("*") if each.is_file() and each != program]
    lost = next(each for each in others if each.name != COUNT)
    lost.unlink()
    installed(open_folder)
    assert lost.exists()


@pytest.mark.jail
def test_a_runner_holds_all_that_its_jails_are_made_of(jail_runner: JailRunner) -> None:
    held = [Path(each) for each in jail_runner.base.copies if is_in_use(Path(each))]
    sources = [Path(each.source) for each in jail_runner.base.binds]
    assert [source for source in sources if not held_in(source, held)] == []


def held_in(source: Path, held: list[Path]) -> bool:
    return any(source.is_relative_to(each) for each in held)
