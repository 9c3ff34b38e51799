"""A key alone counts: for files of its folder, towards the address that is used anyway.

That address is Daytona's; here the environment names one of the user's own in its place.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .strangers_folder import CANARY, KEY, LONGEST_S, LURES, Stranger, call, own_server

pytestmark = pytest.mark.timeout(LONGEST_S)


@pytest.mark.parametrize("command", ["check .", "check lesson.md hello.py", "run hello.py"])
def test_a_key_alone_counts_for_files_of_its_folder(stranger: Stranger, command: str) -> None:
    stranger.write(".env", KEY)
    with own_server() as own:
        ran = call(stranger.folder, *command.split(), DAYTONA_BASE_URL=own.address)
    assert ran.returncode == 3, ran.stderr
    assert set(own.keys) == {"Bearer dtn_stranger"}
    assert "of-the-user" not in "".join(own.bodies)
    host = own.address.removeprefix("http://").removesuffix("/api")
    assert f"provider: daytona at {host} (key from {stranger.folder / '.env'})\n" in ran.stderr


@pytest.mark.jail
@pytest.mark.parametrize(
    ("command", "stdin"),
    [
        ("check -", "```python\nprint(1)\n```\n"),
        ("run - --language python", "print(1)\n"),
        ("run hello.py --stdin -", "x"),
        ("run hello.py --stdin ../private/credentials", ""),
        ("run hello.py --stdin notes.py", ""),
        ("run notes.py", ""),
        ("run notes.py:1", ""),
        ("check notes.py", ""),
        pytest.param("check lesson.md notes.py", "", marks=pytest.mark.thorough),
        ("check ../private/mine.py", ""),
        pytest.param("check lesson.md ..", "", marks=pytest.mark.thorough),
        pytest.param("check sub/../../private/mine.py", "", marks=pytest.mark.thorough),
        ("check including.md --include-folder ..", ""),
        ("run including.md --include-folder ../private", ""),
    ],
)
def test_a_key_alone_does_not_count_for_stdin_and_for_files_elsewhere(
    stranger: Stranger, command: str, stdin: str
) -> None:
    stranger.write(".env", KEY)
    stranger.write("sub/.keep")
    stranger.write("including.md", "```python", '--8<-- "mine.py"', "```")
    (stranger.folder.parent / "private" / "mine.py").write_text(CANARY)
    with own_server() as own:
        ran = call(stranger.folder, *command.split(), stdin=stdin, DAYTONA_BASE_URL=own.address)
    assert ran.returncode == 0, ran.stderr
    assert own.keys == []
    assert "provider: local (the key in .env does not count)\n" in ran.stderr
    assert (
        "warning: DAYTONA_API_KEY in .env counts only for files in this folder; "
        "to let it count: --provider daytona\n"
    ) in ran.stderr


def test_it_counts_for_them_if_daytona_is_asked_for(stranger: Stranger) -> None:
    stranger.write(".env", KEY)
    with own_server() as own:
        ran = call(
            stranger.folder,
            *("run", "-", "--language", "python", "--provider", "daytona"),
            stdin="print(1)\n",
            DAYTONA_BASE_URL=own.address,
        )
    assert ran.returncode == 3
    assert set(own.keys) == {"Bearer dtn_stranger"}


@pytest.mark.parametrize("command", ["check .", "run hello.py", "snapshots list", "sweep"])
def test_the_users_own_key_goes_to_the_users_own_address_only(
    stranger: Stranger, command: str
) -> None:
    stranger.write(".env", *LURES["with-all"])
    with own_server() as own:
        environ = {"DAYTONA_API_KEY": "dtn_user", "DAYTONA_BASE_URL": own.address}
        ran = call(stranger.folder, *command.split(), **environ)
    assert ran.returncode in (2, 3), ran.stdout + ran.stderr
    assert not stranger.was_called()
    assert set(own.keys) == {"Bearer dtn_user"}
    assert "of-the-user" not in "".join(own.bodies)
    assert (
        "warning: not taken from .env: DAYTONA_NETWORK, DAYTONA_TARGET, DAYTONA_CPU" in ran.stderr
    )
    if command.startswith(("check", "run")):
        assert "(key from the environment)\n" in ran.stderr


def test_the_old_address_beside_a_key_gives_its_message(stranger: Stranger) -> None:
    stranger.write(".env", KEY, "DAYTONA_BASE_URL=https://api.daytona.io/v1")
    ran = call(stranger.folder, "check", "lesson.md", "--output-format", "json")
    assert ran.returncode == 3, ran.stderr
    (result,) = json.loads(ran.stdout)["results"]
    assert "nothing was sent there; set DAYTONA_BASE_URL=" in result["details"]


@pytest.mark.jail
@pytest.mark.parametrize("file", [".env", "pyproject.toml"])
def test_packages_that_a_folder_asks_for_are_not_installed(
    stranger: Stranger, file: str, tmp_path: Path
) -> None:
    asking = {
        ".env": "DAYTONA_PACKAGES__PYTHON=six, rich[a]==1",
        "pyproject.toml": "[tool.daytona-validate]\npackages = { python = ['six', 'rich[a]==1'] }",
    }
    told = {
        ".env": "warning: pyproject.toml or .env asks for packages, which were not installed: "
        "six rich[a]==1 (python); "
        "to install them: export DAYTONA_PACKAGES__PYTHON='six,rich[a]==1'",
        "pyproject.toml": "the course asks for packages, which are not installed: "
        "rich[a]==1 six (python); to install them: --allow-packages",
    }
    stranger.write(file, asking[file])
    ran = call(stranger.folder, "check", "hello.py")
    assert ran.returncode == 0, ran.stderr
    assert f"{told[file]}\n" in ran.stderr


@pytest.mark.jail
def test_a_limit_beyond_what_a_folder_may_ask_for_is_lowered_and_told(stranger: Stranger) -> None:
    stranger.write(".env", "DAYTONA_MEMORY_MIB=1000000", "DAYTONA_TIMEOOUT=1")
    ran = call(stranger.folder, "run", "hello.py", "-q")
    assert (ran.returncode, ran.stdout) == (0, "hello\n"), ran.stderr
    assert (
        "warning: memory_mib = 1000000 in .env counts as 2048, the most that a folder may ask for "
        "here; to allow more: export DAYTONA_MEMORY_MIB=1000000\n"
    ) in ran.stderr
    assert (
        "warning: DAYTONA_TIMEOOUT in .env is no setting; did you mean DAYTONA_TIMEOUT?\n"
    ) in ran.stderr
