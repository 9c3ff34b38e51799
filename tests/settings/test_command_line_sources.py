"""What a command takes from a folder that others made: a key alone, nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from daytona_validate._core import service_url
from daytona_validate._errors import ConfigurationError
from daytona_validate._settings.command_line import CommandSources, read_sources
from daytona_validate._settings.model import Settings

ELSEWHERE = "https://stranger.example/api"
SELF_HOSTED = "https://self.example/api"


def read(
    folder: Path, *, env_file: Path | None = None, takes_key: bool = True, **environ: str
) -> CommandSources:
    return read_sources(environ, folder, env_file=env_file, takes_key=takes_key)


def counts(sources: CommandSources) -> Settings:
    return sources.settings(is_at_daytona=False).settings


def key_of(settings: Settings) -> str | None:
    return None if settings.api_key is None else settings.api_key.get_secret_value()


def write(folder: Path, *lines: str, name: str = ".env") -> Path:
    (folder / name).write_text("".join(f"{line}\n" for line in lines))
    return folder / name


def test_a_key_alone_counts_towards_daytonas_own_address(folder: Path) -> None:
    write(folder, "DAYTONA_API_KEY=dtn_x")
    sources = read(folder)
    settings = counts(sources)
    assert (key_of(settings), settings.base_url) == ("dtn_x", service_url.DEFAULT_BASE_URL)
    assert sources.key_from == str(folder / ".env")


def test_a_key_alone_does_not_count_for_what_lies_elsewhere(folder: Path) -> None:
    write(folder, "DAYTONA_API_KEY=dtn_x")
    sources = read(folder, takes_key=False)
    assert key_of(counts(sources)) is None
    assert sources.key_from is None
    assert sources.settings(is_at_daytona=False).left_out == ("api_key",)


@pytest.mark.parametrize("name", ["DAYTONA_BASE_URL", "DAYTONA_API_URL"])
@pytest.mark.parametrize(
    "address",
    [
        ELSEWHERE,
        "https://app.daytona.io.example/api",
        "https://app.daytona.io/other",
        "https://app.daytona.io@stranger.example/api",
        "http://127.0.0.1:1/api",
    ],
)
@pytest.mark.parametrize("takes_key", [True, False])
def test_a_key_beside_another_address_does_not_count_nor_does_the_address(
    folder: Path, name: str, address: str, takes_key: bool
) -> None:
    write(folder, "DAYTONA_API_KEY=dtn_x", f"{name}={address}")
    sources = read(folder, takes_key=takes_key)
    settings = counts(sources)
    assert (key_of(settings), settings.base_url) == (None, service_url.DEFAULT_BASE_URL)
    assert sources.key_from is None
    assert sources.settings(is_at_daytona=False).left_out == ("api_key", "base_url")


@pytest.mark.parametrize(
    "address", [service_url.DEFAULT_BASE_URL, f" {service_url.DEFAULT_BASE_URL}/ "]
)
def test_daytonas_own_address_beside_a_key_is_no_other(folder: Path, address: str) -> None:
    write(folder, "DAYTONA_API_KEY=dtn_x", f"DAYTONA_BASE_URL='{address}'")
    assert key_of(counts(read(folder))) == "dtn_x"


def test_the_old_address_beside_a_key_counts_as_nothing_is_sent_there(folder: Path) -> None:
    write(folder, "DAYTONA_API_KEY=dtn_x", "DAYTONA_BASE_URL=https://api.daytona.io/v1")
    settings = counts(read(folder))
    assert key_of(settings) == "dtn_x"
    assert service_url.refusal(settings.base_url) == service_url.OLD_HOST_ADVICE


def test_a_key_alone_counts_towards_the_address_in_the_environment(folder: Path) -> None:
    write(folder, "DAYTONA_API_KEY=dtn_x", f"DAYTONA_BASE_URL={SELF_HOSTED}")
    settings = counts(read(folder, DAYTONA_BASE_URL=f"{SELF_HOSTED}/"))
    assert (key_of(settings), settings.base_url) == ("dtn_x", SELF_HOSTED)
    settings = counts(read(folder, DAYTONA_BASE_URL="https://third.example"))
    assert (key_of(settings), settings.base_url) == (None, "https://third.example")


def test_the_users_key_never_goes_to_a_folders_address(folder: Path) -> None:
    write(folder, "DAYTONA_API_KEY=dtn_theirs", f"DAYTONA_BASE_URL={ELSEWHERE}", "DAYTONA_CPU=9")
    sources = read(folder, DAYTONA_API_KEY="dtn_ours")
    settings = counts(sources)
    assert (key_of(settings), settings.base_url) == ("dtn_ours", service_url.DEFAULT_BASE_URL)
    assert (settings.cpu, sources.key_from) == (1, "the environment")
    assert sources.settings(is_at_daytona=True).left_out == ("base_url", "cpu")


def test_a_file_that_the_user_names_counts_like_the_environment(folder: Path) -> None:
    path = write(
        folder,
        "DAYTONA_API_KEY=dtn_x",
        f"DAYTONA_BASE_URL={SELF_HOSTED}",
        "DAYTONA_NETWORK=organization",
        "DAYTONA_PACKAGES__PYTHON=numpy",
        "DAYTONA_MEMORY_MIB=4096",
        "DAYTONA_TIMEOUT=5",
        name="mine.env",
    )
    sources = read(folder, env_file=path, DAYTONA_TIMEOUT="6")
    settings = counts(sources)
    assert (key_of(settings), settings.base_url) == ("dtn_x", SELF_HOSTED)
    assert (settings.network, settings.memory_mib, settings.timeout_s) == ("organization", 4096, 6)
    assert settings.packages == {"python": ("numpy",)}
    assert sources.key_from == str(path)


@pytest.mark.parametrize("named", [".env", "./.env", "link"])
def test_dotenv_counts_as_a_whole_once_it_is_named(folder: Path, named: str) -> None:
    write(folder, "DAYTONA_API_KEY=dtn_x", f"DAYTONA_BASE_URL={ELSEWHERE}")
    (folder / "link").symlink_to(".env")
    sources = read(folder, env_file=Path(named))
    assert counts(sources).base_url == ELSEWHERE
    assert sources.settings(is_at_daytona=True).left_out == ()


@pytest.mark.parametrize("content", [None, b"\xff", b"x" * 2_000_000])
def test_a_named_file_that_cannot_be_read_is_an_error(folder: Path, content: bytes | None) -> None:
    if content is not None:
        (folder / "x.env").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"x\.env"):
        read(folder, env_file=Path("x.env"))


def test_a_named_file_may_be_a_pipe(folder: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"DAYTONA_API_KEY=dtn_x\n")
    os.close(writing)
    try:
        assert key_of(counts(read(folder, env_file=Path(f"/dev/fd/{reading}")))) == "dtn_x"
    finally:
        os.close(reading)


def test_a_dotenv_that_leads_out_is_not_read(folder: Path) -> None:
    (folder / "course").mkdir()
    write(folder, "DAYTONA_API_KEY=dtn_x", "DAYTONA_PROCESSES=7", name="private")
    (folder / "course" / ".env").symlink_to("../private")
    sources = read(folder / "course")
    assert counts(sources).model_fields_set == set()
    assert sources.dotenv_problem == "the link leads out of the folder"


@pytest.mark.parametrize("kind", ["pipe", "loop", "device"])
def test_a_dotenv_that_is_no_file_holds_nobody(folder: Path, kind: str) -> None:
    path = folder / ".env"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(".env" if kind == "loop" else "/dev/zero")
    sources = read(folder)
    assert counts(sources).model_fields_set == set()
    assert sources.dotenv_problem is not None
    if kind != "device":
        assert Settings().model_fields_set == set(), "the library passes it over"


def test_a_virtual_environment_of_that_name_is_no_concern(folder: Path) -> None:
    (folder / ".env").mkdir()
    assert read(folder).dotenv_problem is None


def test_a_link_inside_the_folder_is_read(folder: Path) -> None:
    write(folder, "DAYTONA_API_KEY=dtn_x", name="settings")
    (folder / ".env").symlink_to("settings")
    assert key_of(counts(read(folder))) == "dtn_x"


def test_packages_are_warned_of_where_only_the_folder_asks_for_them(folder: Path) -> None:
    write(folder, "DAYTONA_PACKAGES__PYTHON=numpy, pandas==2.2.3")
    (folder / "pyproject.toml").write_text(
        "[tool.daytona-validate]\npackages = { js = ['left-pad'], python = ['six'] }\n"
    )
    found = read(folder, DAYTONA_PACKAGES__PYTHON="numpy").settings(is_at_daytona=False)
    assert found.settings.packages == {"python": ("numpy",)}
    assert found.requested == {"python": ("pandas==2.2.3",), "javascript": ("left-pad",)}


def test_what_the_user_has_set_is_not_told(folder: Path) -> None:
    write(folder, "DAYTONA_MEMORY_MIB=4096", "DAYTONA_TIMEOUTS__JAVA=999", "DAYTONA_CPU=2")
    found = read(folder, DAYTONA_MEMORY_MIB="5000", DAYTONA_CPU="3").settings(is_at_daytona=False)
    assert (found.settings.memory_mib, found.settings.cpu, found.left_out) == (5000, 3, ())
    assert [(each.field, each.language, each.asked) for each in found.lowered] == [
        ("timeouts", "java", "999")
    ]
