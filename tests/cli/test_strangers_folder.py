"""A stranger's folder sends nothing: neither the key nor a file, with no command there is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .strangers_folder import LONGEST_S, LURES, Stranger, call

pytestmark = pytest.mark.timeout(LONGEST_S)


@pytest.mark.jail
@pytest.mark.slow
@pytest.mark.parametrize("lure", LURES.values(), ids=LURES)
def test_check_in_a_folder_with_a_lure_stays_on_this_machine(
    stranger: Stranger, lure: tuple[str, ...]
) -> None:
    stranger.write(".env", *lure)
    ran = call(stranger.folder, "check", ".", "--output-format", "jsonl")
    assert ran.returncode == 0, ran.stderr
    assert not stranger.was_called()
    assert "provider: local (the key in .env does not count)\n" in ran.stderr
    assert "warning: not taken from .env: DAYTONA_API_KEY, DAYTONA_BASE_URL" in ran.stderr
    assert "to let all of it count: --env-file .env\n" in ran.stderr
    assert "not read: 1 link out of the folder (notes.py)" in ran.stderr
    assert "of-the-user" not in ran.stdout + ran.stderr


SENDING = [
    "check . --provider daytona",
    "check notes.py --provider daytona",
    "check lesson.md notes.py --provider daytona",
    "run hello.py --provider daytona",
    "run lesson.md:1 --provider daytona",
    "run hello.py --stdin notes.py --provider daytona",
    "snapshots build python",
    "snapshots list",
    "snapshots delete --all",
    "sweep",
    "sweep --dry-run",
]

ALSO_CALLED = ("check . --provider daytona", "sweep")


@pytest.mark.parametrize("command", SENDING)
def test_no_command_calls_a_folders_address_also_if_daytona_is_asked_for(
    stranger: Stranger, command: str
) -> None:
    stranger.write(".env", *LURES["with-all"])
    ran = call(stranger.folder, *command.split())
    assert ran.returncode in (2, 3), ran.stdout + ran.stderr
    assert not stranger.was_called()
    assert "API key" in ran.stderr
    assert "warning: not taken from .env: DAYTONA_API_KEY, DAYTONA_BASE_URL" in ran.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(each, marks=[] if each in ALSO_CALLED else [pytest.mark.thorough])
        for each in SENDING
        if not each.endswith("notes.py")
    ],
)
def test_the_same_commands_do_call_it_once_the_user_names_the_file(
    stranger: Stranger, command: str
) -> None:
    """What the tests above rest on: they would see a call."""
    stranger.write(".env", *LURES["key-and-address"])
    environ = {"DAYTONA_CREATE_ATTEMPTS": "1", "DAYTONA_CREATE_TIMEOUT": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "daytona_validate", *command.split(), "--env-file", ".env"],
        cwd=stranger.folder,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with process:
        stranger.listening.settimeout(60)
        connection, _ = stranger.listening.accept()
        with connection:
            connection.settimeout(60)
            request = connection.recv(65536)
        process.kill()
    assert b"authorization: bearer dtn_stranger" in request.lower()


@pytest.mark.jail
def test_doctor_does_not_call_it_either(stranger: Stranger) -> None:
    stranger.write(".env", *LURES["key-and-address"])
    ran = call(stranger.folder, "doctor", "--provider", "daytona")
    assert ran.returncode == 3, ran.stdout + ran.stderr
    assert not stranger.was_called()
    assert "DAYTONA_API_KEY is not set" in ran.stdout


@pytest.mark.slow
@pytest.mark.jail
@pytest.mark.parametrize("command", ["toolchains list", "languages"])
def test_commands_about_this_machine_do_not_call_it(stranger: Stranger, command: str) -> None:
    stranger.write(".env", *LURES["with-all"])
    ran = call(stranger.folder, *command.split())
    assert ran.returncode == 0, ran.stderr
    assert not stranger.was_called()


@pytest.mark.parametrize(
    ("command", "setting"),
    [
        ("check .", 'base_url = "ADDRESS"'),
        ("check .", 'api_key = "dtn_x"'),
        ("run hello.py", 'provider = "daytona"'),
        ("check .", 'network = "organization"'),
        ("snapshots list", "cpu = 64"),
        ("sweep", 'cache_dir = "/tmp/stranger"'),
        ("check .", "concurrency = 10000"),
    ],
)
def test_a_pyproject_that_says_more_than_it_may_stops_every_command(
    stranger: Stranger, command: str, setting: str
) -> None:
    stranger.write("pyproject.toml", "[tool.daytona-validate]", setting)
    stranger.write("sub/.keep")
    for folder in (stranger.folder, stranger.folder / "sub"):
        ran = call(folder, *command.split())
        assert ran.returncode == 2, ran.stderr
        assert "cannot be set in [tool.daytona-validate] of" in ran.stderr or (
            "does not exist" in ran.stderr
        )
    assert not stranger.was_called()


@pytest.mark.slow
@pytest.mark.jail
def test_the_folder_checked_and_those_above_and_below_have_no_say(
    stranger: Stranger, tmp_path: Path
) -> None:
    """Only the working folder's own `.env` is read, and it counts no more than any."""
    stranger.write(".env", *LURES["key-and-address"])
    stranger.write("sub/.env", *LURES["key-and-address"])
    stranger.write("sub/a.py", "print(1)")
    for folder, path in ((tmp_path, "repository"), (stranger.folder, "sub"), (tmp_path, ".")):
        call(folder, "check", path)
    call(stranger.folder / "sub", "check", "..")
    call(stranger.folder / "sub", "run", "a.py")
    assert not stranger.was_called()
