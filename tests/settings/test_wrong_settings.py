"""A wrong value gives one line that names the setting and what it accepts, and no secret."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from daytona_validate._core import service_url
from daytona_validate._errors import ConfigurationError
from daytona_validate._settings import Settings
from for_each import for_each

CANARY = "dtn_canary"


def message(**values: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        Settings(**values)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None, "pydantic's error holds the values"
    return str(caught.value)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("TIMEOUT", "abc", "a number of seconds above 0"),
        ("TIMEOUT", "0", "a number of seconds above 0"),
        ("TIMEOUT", "nan", "a number of seconds above 0"),
        ("TIMEOUT", "inf", "a number of seconds above 0"),
        ("TIMEOUTS__JAVA", "-1", "a number of seconds above 0"),
        ("TIMEOUTS__JAVVA", "1", "no language is called 'javva'; did you mean java?"),
        ("TIMEOUTS", "60", "a number of seconds above 0 and at most 86400 for each language"),
        ("PROVIDER", "docker", "accepts daytona or local"),
        ("NETWORK", "open", "accepts blocked or organization"),
        ("TARGET", "eu west", "accepts a region's id or name"),
        ("CACHE_DIR", "~nobody-at-all/x", "that home folder is not known"),
        ("CPU", "0", "accepts a whole number from 1 to 128"),
        ("CPU", "1.5", "accepts a whole number from 1 to 128"),
        ("CONCURRENCY", "0", "accepts a whole number from 1 to"),
        ("MEMORY_MIB", "1.5", "accepts a whole number from 16 to"),
        ("CACHE_DIR", "here", "accepts an absolute path"),
        ("PACKAGES", "numpy", "accepts a list of package names for each language"),
        ("PACKAGES__PYTHON", "../evil", "'../evil' is not a python package"),
        ("BASE_URL", "http://example.org", "accepts http for this computer only"),
    ],
)
def test_a_wrong_variable_is_named_on_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(f"DAYTONA_{variable}", value)
    line = message()
    assert line.startswith("DAYTONA_" + variable.partition("__")[0])
    assert expected in line
    assert ", from the environment: " in line
    assert "\n" not in line


def test_a_wrong_value_is_shown_with_the_file_it_came_from(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.daytona-validate]\nprocesses = "\\u001b[31m"\n')
    assert message() == (
        "DAYTONA_PROCESSES = '\\x1b[31m', from [tool.daytona-validate] of pyproject.toml: "
        "accepts a whole number from 1 to 32768"
    )
    (folder / ".env").write_text("DAYTONA_PROCESSES=many\n")
    assert message().startswith("DAYTONA_PROCESSES = 'many', from .env: ")


def test_a_long_value_is_cut(folder: Path) -> None:
    assert len(message(provider="x" * 10_000)) < 200


def test_more_than_one_wrong_value_is_counted(folder: Path) -> None:
    assert message(provider="x", processes=0, disk_mib=0).endswith(" (and 2 more)")


def test_an_unknown_argument_names_the_nearest(folder: Path) -> None:
    assert message(timeout=3) == "no setting is called 'timeout'; did you mean timeout_s?"
    assert message(zzzzzz=3) == "no setting is called 'zzzzzz'"


def test_an_unknown_key_in_pyproject_names_the_nearest(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.daytona-validate]\ncompile-timeout = 3\n")
    assert message().endswith("unknown key 'compile-timeout'; did you mean compile_timeout?")


def test_one_language_by_two_names_is_refused(folder: Path) -> None:
    assert message(timeouts={"js": 1, "node": 2}) == "DAYTONA_TIMEOUTS names javascript twice"


def test_a_total_that_is_less_than_its_parts_is_refused(folder: Path) -> None:
    line = message(total_timeout_s=200, timeouts={"java": 120})
    assert line.startswith("DAYTONA_TOTAL_TIMEOUT = 200 is less than its parts")
    assert "set at least 210" in line
    assert Settings(total_timeout_s=210, timeouts={"java": 120}).total_timeout_s == 210


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (".env", b"DAYTONA_TIMEOUT=\xff\n", "cannot read .env: the file is not UTF-8 text"),
        ("pyproject.toml", b"[tool", "pyproject.toml: "),
        ("pyproject.toml", b"\xff", "pyproject.toml: the file is not UTF-8 text"),
        ("pyproject.toml", b"[tool]\ndaytona-validate = 3\n", "accepts a table"),
        ("pyproject.toml", b"tool = 3\n", "accepts a table"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    folder: Path, name: str, content: bytes, expected: str
) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=expected) as caught:
        Settings()
    assert "\n" not in str(caught.value)


def test_deeply_nested_json_in_a_strangers_file_is_only_a_wrong_value(folder: Path) -> None:
    (folder / ".env").write_text("DAYTONA_TIMEOUTS=" + "[" * 100_000 + "\n")
    assert message().startswith("DAYTONA_TIMEOUTS = '[[[[")


@pytest.mark.parametrize(
    "values",
    [
        {"api_key": CANARY, "processes": 0},
        {"api_key": CANARY + " x"},
        {"api_key": {CANARY: CANARY}},
        {"api_key": CANARY, "total_timeout_s": 1},
        {"base_url": f"https://user:{CANARY}@example.org"},
        {"base_url": f"https://example.org/?key={CANARY}"},
        {"base_url": f"http://{CANARY}.example.org"},
        {"base_url": f"https://user:{CANARY}@api.daytona.io/v1"},
        {"base_url": f"https://api.daytona.io/v1?key={CANARY}"},
    ],
)
def test_no_secret_stands_in_an_error_or_its_traceback(
    folder: Path, values: dict[str, object]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Settings(**values)
    assert CANARY not in str(caught.value) + repr(caught.value)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=False)
    lines = "".join(line for line in shown.format() if "Settings(**values)" not in line)
    assert CANARY not in lines


def test_the_key_is_not_shown_by_the_settings(folder: Path) -> None:
    settings = Settings(api_key=f"  {CANARY}\n")
    assert settings.api_key is not None
    assert settings.api_key.get_secret_value() == CANARY
    shown = [repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()]
    assert not any(CANARY in text for text in shown)


@pytest.mark.parametrize(
    "url",
    [
        "https://app.daytona.io/api",
        "https://10.0.0.1:3986/api",
        "http://localhost:3000/api",
        "http://127.0.0.1/api",
        "http://127.8.9.1:1",
        "http://[::1]:3000",
    ],
)
def test_an_address_that_may_be_given_the_key(url: str) -> None:
    assert service_url.refusal(url) is None


@for_each(
    "url",
    [
        "http://app.daytona.io/api",
        "http://localhost.example.org",
        "http://127.0.0.1.example.org",
        "http://0.0.0.0",
        "http://2130706433",
        "http://localhost@example.org",
        "ftp://localhost",
        "https://",
        "app.daytona.io",
        "https://[::1",
        "https://host:port",
        "",
    ],
)
def test_an_address_that_may_not_be_given_the_key(url: str) -> None:
    assert service_url.refusal(url)


OLD_URLS = (
    "https://api.daytona.io/v1",
    "https://api.daytona.io",
    "http://API.daytona.io:443/",
    "https://api.daytona.io./v1/",
    " https://api.daytona.io/v1 ",
)


@pytest.mark.parametrize("url", OLD_URLS)
def test_the_address_this_project_was_born_with_is_a_setting_that_is_told_the_right_one(
    folder: Path, url: str
) -> None:
    assert service_url.has_old_host(Settings(base_url=url, api_key="dtn_x").base_url)
    assert f"set DAYTONA_BASE_URL={service_url.DEFAULT_BASE_URL}" in service_url.OLD_HOST_ADVICE


@pytest.mark.parametrize("url", OLD_URLS)
def test_no_key_may_be_sent_to_it_all_the_same(url: str) -> None:
    assert service_url.refusal(url) == service_url.OLD_HOST_ADVICE


@for_each(
    "url",
    [
        service_url.DEFAULT_BASE_URL,
        "https://api.daytona.io.example.org/v1",
        "https://xapi.daytona.io/v1",
        "https://example.org/api.daytona.io",
        "https://api.daytona.io@example.org/v1",
        "https://user:pass@api.daytona.io/v1",
        "https://api.daytona.io/v1?x=1",
        "https://api.daytona.io/v1#x",
        "ftp://api.daytona.io/v1",
        "api.daytona.io/v1",
        "https://[::1",
        "",
    ],
)
def test_what_only_looks_like_it_is_not(url: str) -> None:
    assert not service_url.has_old_host(url)
