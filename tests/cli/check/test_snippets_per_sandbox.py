"""`check --snippets-per-sandbox`: how many there were, and what they came to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from daytona_validate._cli.program import program
from daytona_validate._core.sandbox_account import SandboxAccount
from daytona_validate.testing import FakeProvider

Invoke = Callable[..., Result]


class Metered(FakeProvider):
    """A provider whose sandboxes cost by the second."""

    def account(self) -> SandboxAccount:
        assert self.is_closed  # all removals have ended
        return SandboxAccount(created=self.opened, sandbox_seconds=self.closed * 1.5)


@pytest.fixture
def source(in_folder: Path) -> str:
    (in_folder / "all.jsonl").write_text('{"code": "print(1)", "language": "python"}\n' * 5)
    return "all.jsonl"


def summary(result: Result) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    *results, last = map(json.loads, result.stdout.splitlines())
    return results, last


@pytest.mark.parametrize(
    ("options", "variables", "created"),
    [
        ((), {}, 5),
        (("--snippets-per-sandbox", "3"), {}, 2),
        ((), {"DAYTONA_SNIPPETS_PER_SANDBOX": "3"}, 2),
        (("--snippets-per-sandbox", "1"), {"DAYTONA_SNIPPETS_PER_SANDBOX": "3"}, 5),
    ],
    ids=["default", "option", "setting", "both"],
)
def test_the_option_wins_over_the_setting(
    invoke: Invoke,
    source: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    options: tuple[str, ...],
    variables: dict[str, str],
    created: int,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    fake = Metered(uses=50)
    done = invoke("check", source, "-j", "1", "--output-format", "jsonl", *options, provider=fake)
    results, last = summary(done)
    assert (done.exit_code, len(results)) == (0, 5)
    assert len({each["sandbox_id"] for each in results}) == created
    assert last["sandboxes"] == {"created": created, "sandbox_seconds": created * 1.5}


def test_people_read_it_before_the_last_line(invoke: Invoke, source: str) -> None:
    done = invoke("check", source, "-j", "1", provider=Metered())
    *_, line, last = done.stdout.splitlines()
    assert line == "5 sandboxes, 7.5 sandbox-seconds"
    assert last.startswith("5 snippets in ")


def test_of_what_costs_nothing_there_is_no_line(invoke: Invoke, source: str) -> None:
    done = invoke("check", source, "-j", "1")
    assert "sandbox" not in done.stdout


@pytest.mark.parametrize("wrong", ["0", "51", "many"])
def test_more_or_less_than_a_sandbox_can_take_is_a_usage_error(
    invoke: Invoke, source: str, wrong: str
) -> None:
    done = invoke("check", source, "--snippets-per-sandbox", wrong)
    assert done.exit_code == 2
    assert "--snippets-per-sandbox" in done.stderr


def test_a_folder_may_not_decide_it(invoke: Invoke, source: str, in_folder: Path) -> None:
    (in_folder / ".env").write_text("DAYTONA_SNIPPETS_PER_SANDBOX=9\n")
    fake = Metered(uses=50)
    done = invoke("check", source, "-j", "1", provider=fake)
    assert fake.opened == 5
    assert "not taken from .env: DAYTONA_SNIPPETS_PER_SANDBOX" in done.stderr


@pytest.mark.jail
@pytest.mark.slow
def test_where_sandboxes_are_local_a_line_says_that_it_means_nothing(in_folder: Path) -> None:
    (in_folder / "empty.jsonl").write_text("")
    options = ["--provider", "local", "--snippets-per-sandbox", "9"]
    done = CliRunner().invoke(program, ["check", "empty.jsonl", *options])
    assert "each local sandbox is used once" in done.stderr
