"""Arguments win over the environment, that over .env, that over pyproject.toml."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from daytona_validate._errors import ConfigurationError
from daytona_validate._models import Limits
from daytona_validate._settings import Settings
from daytona_validate._settings.files import from_folder, nearest_pyproject
from daytona_validate._settings.library import layers

DEFAULT_ADDRESS = "https://app.daytona.io/api"


def write_table(folder: Path, *lines: str) -> None:
    (folder / "pyproject.toml").write_text("\n".join(("[tool.daytona-validate]", *lines)))


def test_without_any_source_the_limits_are_the_documented_ones(folder: Path) -> None:
    settings = Settings()
    assert settings.limits() == Limits()
    assert settings.max_code_bytes == 1024 * 1024
    assert settings.model_fields_set == set()


def test_each_source_is_beaten_by_the_ones_before_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_table(folder, "timeout = 1", "processes = 11", "memory_mib = 111", "disk_mib = 41")
    (folder / ".env").write_text(
        "DAYTONA_TIMEOUT=2\nDAYTONA_PROCESSES=12\nDAYTONA_MEMORY_MIB=112\n"
    )
    monkeypatch.setenv("DAYTONA_TIMEOUT", "3")
    monkeypatch.setenv("DAYTONA_PROCESSES", "13")
    settings = Settings(timeout_s=4)
    assert (settings.timeout_s, settings.processes, settings.memory_mib, settings.disk_mib) == (
        4,
        13,
        112,
        41,
    )


def test_timeouts_of_several_sources_and_spellings_are_merged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_table(folder, "timeouts = { py = 5, java = 60 }")
    (folder / ".env").write_text("DAYTONA_TIMEOUTS__NODE=6\n")
    monkeypatch.setenv("DAYTONA_TIMEOUTS", '{"Python3": 7}')
    assert Settings().timeouts == {"python": 7.0, "javascript": 6.0, "java": 60.0}


def test_packages_are_listed_with_commas_spaces_or_json(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTONA_PACKAGES__PYTHON", "numpy, rich[a,b]==13.9 six")
    (folder / ".env").write_text('DAYTONA_PACKAGES={"js": ["left-pad@1.3.0"]}\n')
    assert Settings().packages == {
        "python": ("numpy", "rich[a,b]==13.9", "six"),
        "javascript": ("left-pad@1.3.0",),
    }


def test_an_empty_variable_counts_as_not_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAYTONA_API_KEY", "")
    monkeypatch.setenv("DAYTONA_TIMEOUT", "")
    settings = Settings()
    assert (settings.api_key, settings.timeout_s) == (None, 30.0)


def test_variables_of_other_programs_are_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTONA_ORGANIZATION_ID", "x")
    (folder / ".env").write_text("DATABASE_URL=postgres://x\nDAYTONA_JWT_TOKEN=x\nodd line\n")
    assert Settings().model_fields_set == set()


def test_load_takes_none_for_an_option_that_was_not_given(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTONA_PROVIDER", "local")
    settings = Settings.load(provider=None, timeout_s=5.0)
    assert (settings.provider, settings.timeout_s) == ("local", 5.0)
    assert settings.model_fields_set == {"provider", "timeout_s"}


def test_the_nearest_pyproject_is_the_one_that_counts(folder: Path) -> None:
    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    assert nearest_pyproject(inner) == folder / "pyproject.toml"
    (folder / "a" / "pyproject.toml").touch()
    assert nearest_pyproject(inner) == folder / "a" / "pyproject.toml"


def test_the_other_name_of_the_address_is_read_after_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAYTONA_API_URL", "https://one.example/api/")
    assert Settings().base_url == "https://one.example/api"
    monkeypatch.setenv("DAYTONA_BASE_URL", "https://two.example/api")
    assert Settings().base_url == "https://two.example/api"


@pytest.mark.parametrize(
    "name", ["api_key", "base_url", "provider", "network", "target", "cpu", "concurrency"]
)
def test_pyproject_may_not_say_where_key_and_code_go_and_what_it_costs(
    folder: Path, name: str
) -> None:
    write_table(folder, f'{name} = "x"')
    with pytest.raises(ConfigurationError, match=f"^{name} cannot be set in .*DAYTONA_"):
        Settings()


def test_neither_file_may_choose_a_folder_that_we_write_to(folder: Path) -> None:
    write_table(folder, 'cache_dir = "/etc"')
    with pytest.raises(ConfigurationError, match=r"^cache_dir cannot be set"):
        Settings()
    (folder / "pyproject.toml").unlink()
    (folder / ".env").write_text("DAYTONA_CACHE_DIR=/etc\n")
    with pytest.raises(ConfigurationError, match=r"^DAYTONA_CACHE_DIR cannot be set in \.env"):
        Settings()


def test_address_region_and_cores_in_dotenv_count_if_the_key_stands_beside_them(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / ".env").write_text(
        "DAYTONA_BASE_URL=https://self.example/api\nDAYTONA_API_KEY=dtn_x\n"
        "DAYTONA_TARGET=eu\nDAYTONA_CPU=2\n"
    )
    settings = Settings()
    assert settings.base_url == "https://self.example/api"
    assert (settings.target, settings.cpu) == ("eu", 2)
    assert caplog.records == []


@pytest.mark.parametrize("key_from", ["nowhere", "environment", "argument"])
def test_they_are_ignored_in_dotenv_with_a_key_from_elsewhere(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    key_from: str,
) -> None:
    lines = ["DAYTONA_API_URL=https://stranger.example", "DAYTONA_TARGET=eu", "DAYTONA_CPU=99"]
    if key_from != "nowhere":
        lines.append("DAYTONA_API_KEY=theirs")
    (folder / ".env").write_text("\n".join(lines))
    if key_from == "environment":
        monkeypatch.setenv("DAYTONA_API_KEY", "ours")
    given = {"api_key": "ours"} if key_from == "argument" else {}
    with caplog.at_level(logging.WARNING):
        settings = Settings(**given)
    assert (settings.base_url, settings.target, settings.cpu) == (DEFAULT_ADDRESS, None, 1)
    for variable in ("DAYTONA_BASE_URL", "DAYTONA_TARGET", "DAYTONA_CPU"):
        assert f"{variable} in .env is ignored" in caplog.text


def test_dotenv_cannot_pick_other_secrets_out_of_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUD_SECRET", "canary")
    (folder / ".env").write_text("DAYTONA_API_KEY=${CLOUD_SECRET}\n")
    key = Settings().api_key
    assert key is not None
    assert key.get_secret_value() == "${CLOUD_SECRET}"


def test_a_working_folder_that_is_gone_has_no_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = folder / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    monkeypatch.setenv("DAYTONA_TIMEOUT", "7")
    assert Settings().timeout_s == 7


def test_files_that_cannot_be_looked_for_are_not_there() -> None:
    """As in a folder that may not be entered; to root, only a path too long is like it."""
    closed = Path("/" + "a" * 300)
    assert nearest_pyproject(closed) is None
    fields = ("timeout_s",)
    assert not any(each.values for each in layers(fields, environ={}, folder=closed, has_key=False))


def test_our_own_file_counts_before_the_pyproject_beside_it(folder: Path) -> None:
    (folder / "pyproject.toml").write_text(
        '[tool.daytona-validate]\ntimeout = 5\nmemory_mib = 128\nsession = "page"\n'
    )
    (folder / "daytona-validate.toml").write_text('timeout = 7\noutputs = "fences"\n')
    fields = ["timeout_s", "memory_mib"]
    found = from_folder(folder, fields)
    assert found.values == {"timeout_s": 7, "memory_mib": 128}
    assert found.source == "daytona-validate.toml"
    inner = folder / "a" / "b"
    inner.mkdir(parents=True)
    assert from_folder(inner, fields).values["timeout_s"] == 7
    (folder / "a" / "pyproject.toml").write_text("[tool.daytona-validate]\ntimeout = 9\n")
    assert from_folder(inner, fields).values == {"timeout_s": 9}
    (inner / "daytona-validate.toml").write_text("timeout = 11\n")
    assert from_folder(inner, fields).values == {"timeout_s": 11}
