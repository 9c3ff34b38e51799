"""What of a folder does not count is said in a line for each kind, with what would let it count."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from daytona_validate._cli.command_settings import ChosenSettings, ProviderChoice
from daytona_validate._core.service_url import DEFAULT_BASE_URL
from daytona_validate._settings import Settings

Invoke = Callable[..., Result]

ALL = "to let all of it count: --env-file .env"
SOME_OR_ALL = f"to let some of it count: set that in the environment; {ALL}"
KEY = "DAYTONA_API_KEY=dtn_x"
ELSEWHERE = "DAYTONA_BASE_URL=https://stranger.example"
OWN_ADDRESS = f"DAYTONA_BASE_URL='{DEFAULT_BASE_URL}/'"
OLD_ADDRESS = "DAYTONA_BASE_URL=https://api.daytona.io/v1"
NO_KEY_ELSEWHERE = (
    "DAYTONA_API_KEY in .env counts only for files in this folder; "
    "to let it count: --provider daytona"
)


@pytest.fixture(autouse=True)
def usual_cache(shared_cache: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment sets is not asked of a folder."""
    monkeypatch.delenv("DAYTONA_CACHE_DIR")


@pytest.mark.parametrize(
    ("command", "dotenv", "line"),
    [
        (
            "run a.py",
            f"{KEY}\n{ELSEWHERE}",
            f"not taken from .env: DAYTONA_API_KEY, DAYTONA_BASE_URL; {SOME_OR_ALL}",
        ),
        (
            "run a.py",
            "DAYTONA_NETWORK=organization",
            f"not taken from .env: DAYTONA_NETWORK; {SOME_OR_ALL}",
        ),
        (
            "run a.py --provider local",
            "DAYTONA_CACHE_DIR=/x",
            f"not taken from .env: DAYTONA_CACHE_DIR; {SOME_OR_ALL}",
        ),
        (
            "run - --language python",
            KEY,
            NO_KEY_ELSEWHERE,
        ),
        ("run - --language python", f"{KEY}\n{OWN_ADDRESS}\nDAYTONA_CPU=1", NO_KEY_ELSEWHERE),
        ("run - --language python", f"{KEY}\n{OLD_ADDRESS}", NO_KEY_ELSEWHERE),
        (
            "run a.py",
            "DAYTONA_PACKAGES__PYTHON=numpy pandas\nDAYTONA_PACKAGES__JS=@a/b@1",
            (
                "pyproject.toml or .env asks for packages, which were not installed: "
                "numpy pandas (python), "
                "@a/b@1 (javascript); to install them: "
                "export DAYTONA_PACKAGES__PYTHON=numpy,pandas DAYTONA_PACKAGES__JAVASCRIPT=@a/b@1"
            ),
        ),
        (
            "run a.py",
            "DAYTONA_TIMEOUTS__PY=999",
            (
                "timeouts = 999 in .env counts as 300, the most that a folder may ask for here; "
                "to allow more: export DAYTONA_TIMEOUTS__PYTHON=999"
            ),
        ),
        (
            "run a.py --provider daytona",
            "DAYTONA_MEMORY_MIB=1024",
            (
                "memory_mib = 1024 in .env counts as 768, the most that a folder may ask for here; "
                "to allow more: export DAYTONA_MEMORY_MIB=1024"
            ),
        ),
        (
            "run a.py",
            "DAYTONA_TIMEOOUT=1",
            "DAYTONA_TIMEOOUT in .env is no setting; did you mean DAYTONA_TIMEOUT?",
        ),
    ],
)
def test_one_line_says_what_and_how(
    invoke: Invoke, in_folder: Path, command: str, dotenv: str, line: str
) -> None:
    (in_folder / "a.py").write_text("x")
    (in_folder / ".env").write_text(f"{dotenv}\n")
    for quiet in ((), ("-q",)):
        result = invoke(*command.split(), *quiet, stdin="x")
        warnings = [each for each in result.stderr.splitlines() if each.startswith("warning: ")]
        assert (result.exit_code, warnings) == (0, [f"warning: {line}"])


def test_to_let_a_key_count_takes_no_trust_in_all_else(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / ".env").write_text(f"{KEY}\n{OWN_ADDRESS}\nDAYTONA_NETWORK=organization\n")
    result = invoke("run", "-", "--language", "python", "-q", stdin="x")
    assert result.stderr.splitlines() == [
        f"warning: {NO_KEY_ELSEWHERE}",
        f"warning: not taken from .env: DAYTONA_NETWORK; {SOME_OR_ALL}",
    ]


@pytest.mark.parametrize(
    ("command", "dotenv"),
    [
        ("run a.py", ""),
        ("run a.py", OWN_ADDRESS),
        ("run a.py", f"{KEY}\n{OWN_ADDRESS}\nDAYTONA_NETWORK=blocked"),
        ("run a.py", KEY),
        ("run a.py", "DAYTONA_TIMEOUT=5\nDAYTONA_MEMORY_MIB=768\nOTHER=1"),
        ("run a.py --provider local", f"{KEY}\n{ELSEWHERE}\nDAYTONA_CPU=2"),
        ("run a.py --env-file .env", f"{KEY}\n{ELSEWHERE}\nDAYTONA_PACKAGES__PYTHON=numpy"),
        ("run - --language python --provider daytona", KEY),
    ],
)
def test_nothing_is_said_where_all_counts_or_nothing_depends_on_it(
    invoke: Invoke, in_folder: Path, command: str, dotenv: str
) -> None:
    (in_folder / "a.py").write_text("x")
    (in_folder / ".env").write_text(f"{dotenv}\n")
    result = invoke(*command.split(), stdin="x")
    assert result.exit_code == 0
    assert "warning" not in result.stderr


def test_a_dotenv_that_leads_out_is_told(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / "a.py").write_text("x")
    (in_folder / ".env").symlink_to("/proc/self/environ")
    result = invoke("run", "a.py", "-q")
    assert result.stderr == (
        f"warning: .env is not read: the link leads out of the folder; {ALL}\n"
    )


@pytest.mark.parametrize(
    ("name", "why", "key_from", "line"),
    [
        ("local", "", None, None),
        ("local", "no DAYTONA_API_KEY is set", None, "local (no DAYTONA_API_KEY is set)"),
        ("daytona", "", "/x/.env", "daytona at self.example:8443 (key from /x/.env)"),
        (
            "daytona",
            "DAYTONA_PROVIDER is set",
            "the environment",
            "daytona at self.example:8443 (DAYTONA_PROVIDER is set, key from the environment)",
        ),
        ("daytona", "", None, "daytona at self.example:8443 (no key)"),
    ],
)
def test_the_line_of_the_provider_names_the_host_and_where_the_key_is_from(
    name: str, why: str, key_from: str | None, line: str | None
) -> None:
    settings = Settings(base_url="https://self.example:8443/api")
    chosen = ChosenSettings(settings, ProviderChoice(name, why), key_from)
    assert chosen.provider_line() == (None if line is None else f"provider: {line}")
