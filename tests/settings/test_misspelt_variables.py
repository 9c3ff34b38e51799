"""A variable that is nearly one of ours is told; those of Daytona's own SDK are not."""

from __future__ import annotations

import logging
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from daytona_validate._settings import Settings, library
from daytona_validate._settings.misspelt import OF_OTHERS, misspelt_variables
from daytona_validate._settings.names import variable
from for_each import for_each

FIELDS = tuple(Settings.model_fields)


def suggestion(name: str) -> str | None:
    lines = list(misspelt_variables({name: "x"}, FIELDS, source="here"))
    if not lines:
        return None
    (line,) = lines
    assert line.startswith(f"{name} in here is no setting; did you mean ")
    return line.removesuffix("?").rpartition(" ")[2]


@for_each(
    ("name", "meant"),
    [
        ("DAYTONA_TIMEOOUT", "DAYTONA_TIMEOUT"),
        ("DAYTONA_TIMOUT", "DAYTONA_TIMEOUT"),
        ("DAYTONA_TIMEOUT_S", "DAYTONA_TIMEOUT"),
        ("DAYTONA_TIMEOUT_SECONDS", "DAYTONA_TIMEOUT"),
        ("DAYTONA_TIMEOUTS_PYTHON", "DAYTONA_TIMEOUTS__PYTHON"),
        ("DAYTONA_TIMEOUT__PYTHON", "DAYTONA_TIMEOUTS__PYTHON"),
        ("DAYTONA_TIMEOUTS_JS", "DAYTONA_TIMEOUTS__JS"),
        ("DAYTONA_PACKAGES_PYTHON", "DAYTONA_PACKAGES__PYTHON"),
        ("DAYTONA_PACKAGE__PYTHON", "DAYTONA_PACKAGES__PYTHON"),
        ("DAYTONA_MEMORY", "DAYTONA_MEMORY_MIB"),
        ("DAYTONA_MEMORY_MB", "DAYTONA_MEMORY_MIB"),
        ("DAYTONA_KEPT_OUTPUT", "DAYTONA_KEPT_OUTPUT_KIB"),
        ("DAYTONA_APIKEY", "DAYTONA_API_KEY"),
        ("DAYTONA_BASEURL", "DAYTONA_BASE_URL"),
        ("DAYTONA_CONCURENCY", "DAYTONA_CONCURRENCY"),
        ("daytona_timeout", "DAYTONA_TIMEOUT"),
        ("Daytona_Api_Key", "DAYTONA_API_KEY"),
        ("DAYTONA_VALIDATE_TIMEOUT", "DAYTONA_TIMEOUT"),
        ("DAYTNA_TIMEOUT", "DAYTONA_TIMEOUT"),
        ("DYATONA_API_KEY", "DAYTONA_API_KEY"),
    ],
)
def test_a_name_that_is_nearly_ours(name: str, meant: str) -> None:
    assert suggestion(name) == meant


@for_each(
    "name",
    [
        *sorted(OF_OTHERS),
        "DAYTONA_API_URL",
        "DAYTONA_TIMEOUTS__PYTHON",
        "DAYTONA_PACKAGES__PY",
        "DAYTONA_SANDBOX_USER",
        "DAYTONA_RUNNER_TOKEN",
        "DAYTONA_LOG_LEVEL",
        "DAYTONA",
        "DAYTONA_",
        "DATABASE_URL",
        "DATA_TIMEOUT",
        "DJANGO_PROVIDER",
        "TIMEOUT",
        "PYTHONPATH",
        "_",
        "",
    ],
)
def test_a_name_that_is_ours_or_anothers(name: str) -> None:
    assert suggestion(name) is None


def test_every_name_of_ours_is_known() -> None:
    assert [each for each in FIELDS if suggestion(variable(each))] == []


def test_an_empty_variable_counts_as_not_set() -> None:
    assert list(misspelt_variables({"DAYTONA_TIMEOOUT": ""}, FIELDS, source="x")) == []


def test_a_hostile_name_is_shown_on_one_short_line() -> None:
    name = "DAYTONA_TIME\x1bOUT\n"
    (line,) = misspelt_variables({name: "x"}, FIELDS, source=".env")
    assert "\x1b" not in line
    assert "\n" not in line


@pytest.mark.skipif(find_spec("daytona") is None, reason="needs Daytona's SDK (extra test-sdk)")
@pytest.mark.slow
def test_no_variable_of_daytonas_own_sdk_is_taken_for_one_of_ours() -> None:
    names: set[str] = set()
    for package in ("daytona", "daytona_api_client", "daytona_toolbox_api_client"):
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            continue
        for file in Path(spec.origin).parent.rglob("*.py"):
            names |= set(re.findall(r"[\"'](DAYTONA_[A-Z_]+)[\"']", file.read_text()))
    assert {"DAYTONA_API_KEY", "DAYTONA_SERVER_URL"} < names
    assert {name: suggestion(name) for name in sorted(names) if suggestion(name)} == {}


def test_the_library_is_told_once_whatever_the_source(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    library._warn_once.cache_clear()  # another test may have been told
    monkeypatch.setenv("DAYTONA_TIMEOOUT", "1")
    (folder / ".env").write_text("DAYTONA_PACKAGES_PYTHON=numpy\n")
    with caplog.at_level(logging.WARNING):
        assert Settings().timeout_s == Settings().timeout_s == 30
    assert sorted(record.getMessage() for record in caplog.records) == [
        "DAYTONA_PACKAGES_PYTHON in .env is no setting; did you mean DAYTONA_PACKAGES__PYTHON?",
        "DAYTONA_TIMEOOUT in the environment is no setting; did you mean DAYTONA_TIMEOUT?",
    ]
