"""`--env-file` is taken by every command that may send something, and repeated with a failure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from daytona_validate._models import Execution, Snippet
from daytona_validate.testing import FakeProvider, ran

Invoke = Callable[..., Result]


async def fails(_: Snippet) -> Execution:
    return ran(stderr="boom", exit_code=1)


def test_the_command_that_repeats_a_failure_has_it_too(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / "a.py").write_text("x")
    (in_folder / "my settings").write_text("DAYTONA_TIMEOUT=5\n")
    result = invoke("check", "a.py", "--env-file", "my settings", provider=FakeProvider(fails))
    assert "daytona-validate run '--env-file=my settings' a.py" in result.stdout


@pytest.mark.parametrize(
    "command",
    ["check .", "run a.py", "doctor", "snapshots build", "snapshots list", "sweep"],
)
def test_a_file_that_is_not_there_is_a_usage_error(
    invoke: Invoke, in_folder: Path, command: str
) -> None:
    (in_folder / "a.py").write_text("x")
    result = invoke(*command.split(), "--env-file", "nowhere")
    assert (result.exit_code, result.stderr) == (
        2,
        "error: cannot read nowhere: No such file or directory\n",
    )


def test_it_counts_and_the_environment_counts_more(
    invoke: Invoke, in_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (in_folder / "a.py").write_text("x")
    (in_folder / "x.env").write_text("DAYTONA_MAX_CODE_KIB=0\nDAYTONA_TIMEOUT=0\n")
    monkeypatch.setenv("DAYTONA_TIMEOUT", "5")
    result = invoke("run", "a.py", "--env-file", "x.env")
    assert result.stderr.startswith("error: DAYTONA_MAX_CODE_KIB = '0', from x.env: accepts")


@pytest.mark.parametrize(
    ("file", "content"),
    [
        (".env", 'DAYTONA_TIMEOUTS=\'{"\\u001b[31mX": 1, "\\u001b[31mx": 1}\'\n'),
        (
            "pyproject.toml",
            '[tool.daytona-validate.timeouts]\n"\\u001b[31mX" = 1\n"\\u001b[31mx" = 1\n',
        ),
        ("pyproject.toml", '[tool.daytona-validate]\n"\\u001b[31mX" = 1\n'),
        (".env", "DAYTONA_MEMORY_MIB='\x1b[31m'\n"),
    ],
)
def test_no_file_of_a_folder_writes_escapes_to_the_terminal(
    invoke: Invoke, in_folder: Path, file: str, content: str
) -> None:
    (in_folder / "a.py").write_text("x")
    (in_folder / file).write_text(content)
    result = invoke("run", "a.py")
    assert result.exit_code == 2
    assert "\x1b" not in result.stderr
    assert "[31m" in result.stderr
