"""What a folder's files may decide is a list, and what is on it is bounded."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daytona_validate._errors import ConfigurationError
from daytona_validate._models import Limits
from daytona_validate._providers.daytona.images import resources_for
from daytona_validate._settings import Settings, library
from daytona_validate._settings.command_line import read_sources
from daytona_validate._settings.folder_rules import (
    AT_DAYTONA,
    FROM_A_FOLDER,
    ONLY_REQUESTED,
    folder_settings,
)
from daytona_validate._settings.model import settings_of
from daytona_validate._settings.names import PER_LANGUAGE, key, variable
from daytona_validate._settings.variables import Layer

LISTED = {
    "timeout_s",
    "timeouts",
    "compile_timeout_s",
    "memory_mib",
    "processes",
    "open_files",
    "disk_mib",
    "kept_output_kib",
    "max_output_mib",
    "max_code_kib",
}
"""Who adds one here has thought of a stranger who sets it: nothing that sends code anywhere, opens
a network, installs, weakens isolation, or asks more of machine and service than one program may."""

NOT_LISTED = sorted(Settings.model_fields.keys() - LISTED)


@pytest.fixture(autouse=True)
def told_nothing_yet() -> None:
    library._warn_once.cache_clear()  # another test may have been told


def test_the_list_is_the_one_that_was_thought_about() -> None:
    assert FROM_A_FOLDER.keys() == AT_DAYTONA.keys() == LISTED
    assert {"packages"} == ONLY_REQUESTED


@pytest.mark.parametrize("field", [each for each in NOT_LISTED if each not in ONLY_REQUESTED])
def test_a_setting_that_is_not_listed_is_refused_in_pyproject(folder: Path, field: str) -> None:
    (folder / "pyproject.toml").write_text(f'[tool.daytona-validate]\n{key(field)} = "1"\n')
    with pytest.raises(ConfigurationError, match=f"^{key(field)} cannot be set in .*DAYTONA_"):
        Settings()
    with pytest.raises(ConfigurationError, match=f"^{key(field)} cannot be set in .*DAYTONA_"):
        read_sources({}, folder, env_file=None, takes_key=True)


@pytest.mark.parametrize("field", NOT_LISTED)
@pytest.mark.parametrize("takes_key", [True, False])
def test_a_setting_that_is_not_listed_does_not_count_in_dotenv_for_a_command(
    folder: Path, field: str, takes_key: bool
) -> None:
    value = "DAYTONA_PACKAGES__PYTHON=numpy" if field == "packages" else f"{variable(field)}=17"
    (folder / ".env").write_text(f"{value}\nDAYTONA_PROCESSES=7\n")
    found = read_sources({}, folder, env_file=None, takes_key=takes_key).settings(
        is_at_daytona=False
    )
    if field == "api_key" and takes_key:
        assert found.settings.model_fields_set == {"api_key", "processes"}
        return
    assert found.settings.model_fields_set == {"processes"}
    assert found.left_out == (() if field in ONLY_REQUESTED else (field,))


@pytest.mark.parametrize("field", sorted(FROM_A_FOLDER))
@pytest.mark.parametrize("is_at_daytona", [True, False])
def test_a_listed_setting_counts_up_to_its_bound(
    folder: Path, field: str, is_at_daytona: bool
) -> None:
    most = (AT_DAYTONA if is_at_daytona else FROM_A_FOLDER)[field]
    is_one_of_many = field in PER_LANGUAGE
    toml, name = (
        (f"{key(field)} = {{ java = %g }}", variable(field, "java"))
        if is_one_of_many
        else (f"{key(field)} = %g", variable(field))
    )
    for asked, counts in ((most, most), (most + 1, most), (10 * most, most)):
        (folder / ".env").write_text(f"{name}={asked:g}\n")
        (folder / "pyproject.toml").write_text(f"[tool.daytona-validate]\n{toml % asked}\n")
        for file in (".env", "pyproject.toml"):
            sources = read_sources({}, folder, env_file=None, takes_key=True)
            found = sources.settings(is_at_daytona=is_at_daytona)
            value = getattr(found.settings, field)
            assert (value["java"] if is_one_of_many else value) == counts
            assert bool(found.lowered) == (asked > most)
            (folder / file).unlink()


def test_what_a_folder_may_ask_for_at_daytona_makes_no_sandbox_larger() -> None:
    def size(memory_mib: float, disk_mib: float) -> object:
        return resources_for(Limits(memory_mib=int(memory_mib), disk_mib=int(disk_mib)), cpu=1)

    most = AT_DAYTONA["memory_mib"], AT_DAYTONA["disk_mib"]
    assert size(*most) == resources_for(Limits(), cpu=1)
    assert (
        size(most[0] + 1, most[1]) != resources_for(Limits(), cpu=1) != size(most[0], most[1] + 1)
    )


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.none()))
def test_no_spelling_of_a_number_gets_past_its_bound(value: object) -> None:
    for field in ("memory_mib", "timeout_s"):
        says = folder_settings(Layer("x", {field: value}))
        try:
            settings = settings_of((says.layer,))
        except ConfigurationError:
            continue
        assert getattr(settings, field) <= FROM_A_FOLDER[field]


@pytest.mark.parametrize(
    "toml", ["0xffffff", "1_000_000", "1e9", "inf", "0x" + "f" * 9000, '" 9999999 "', "9999999.0"]
)
def test_numbers_as_toml_writes_them_are_bounded_too(folder: Path, toml: str) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.daytona-validate]\nmemory_mib = {toml}\n")
    assert Settings().memory_mib == FROM_A_FOLDER["memory_mib"]


def test_the_library_is_told_once_of_what_does_not_count(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "pyproject.toml").write_text(
        "[tool.daytona-validate]\nmemory_mib = 4096\npackages = { python = ['numpy'] }\n"
    )
    with caplog.at_level(logging.WARNING):
        assert Settings().packages == Settings().packages == {}
    lowered, wish = (record.getMessage() for record in caplog.records)
    source = "in [tool.daytona-validate] of pyproject.toml"
    assert lowered == (
        f"memory_mib = 4096 {source} counts as 2048, the most there; "
        "set DAYTONA_MEMORY_MIB in the environment or in .env"
    )
    assert wish == (
        f"packages {source} installs nothing; "
        "set DAYTONA_PACKAGES__<LANGUAGE> in the environment or in .env"
    )


def test_the_library_takes_all_of_dotenv_as_its_programmer_wrote_it(folder: Path) -> None:
    (folder / ".env").write_text(
        "DAYTONA_API_KEY=dtn_x\nDAYTONA_BASE_URL=https://self.example/api\nDAYTONA_MEMORY_MIB=4096\n"
        "DAYTONA_PACKAGES__PYTHON=numpy\nDAYTONA_NETWORK=organization\nDAYTONA_PROVIDER=local\n"
    )
    settings = Settings()
    assert settings.base_url == "https://self.example/api"
    assert (settings.memory_mib, settings.network, settings.provider) == (
        4096,
        "organization",
        "local",
    )
    assert settings.packages == {"python": ("numpy",)}


def test_a_file_above_the_working_folder_is_named_with_its_path(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "pyproject.toml").write_text("[tool.daytona-validate]\nprovider = 'local'\n")
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / "inner")
    with pytest.raises(ConfigurationError) as refused:
        Settings()
    assert f"of {folder / 'pyproject.toml'}, which may be a stranger's" in str(refused.value)


@pytest.mark.parametrize("name", [".env", "pyproject.toml"])
def test_a_huge_file_is_not_read_into_memory(folder: Path, name: str) -> None:
    with (folder / name).open("wb") as file:
        file.truncate(10 * 2**30)
    for read in (
        Settings,
        lambda: read_sources({}, folder, env_file=None, takes_key=True),
    ):
        with pytest.raises(ConfigurationError, match=r"cannot read .*larger than 1048576 bytes"):
            read()
