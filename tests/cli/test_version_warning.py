"""`check` says once, on stderr, that runtimes are not the reference."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from click.testing import Result

from daytona_validate._models import Execution, Snippet
from daytona_validate.testing import FakeProvider, ran

Invoke = Callable[..., Result]

WARNING = "warning: other versions than the reference ran"


def _on(runtimes: dict[str, str]) -> FakeProvider:
    def answer(snippet: Snippet) -> Execution:
        return replace(ran("fine\n"), runtime=runtimes[snippet.language])

    return FakeProvider(answer)


DRIFTED = {"python": "python 3.14.0", "javascript": "node 24.19.0"}
AS_MEANT = {"python": "python 3.11.9", "javascript": "node 18.20.8"}


def test_the_warning_is_one_line_on_stderr_whatever_the_number_of_snippets(
    invoke: Invoke, page: Path
) -> None:
    result = invoke("check", "lesson.md", provider=_on(DRIFTED))
    [line] = [line for line in result.stderr.splitlines() if line.startswith(WARNING)]
    assert "python in python 3.14.0 instead of python:3.11" in line
    assert "javascript in node 24.19.0 instead of node:18" in line
    assert WARNING not in result.stdout
    assert result.exit_code == 0


def test_only_languages_that_ran_are_named(invoke: Invoke, page: Path) -> None:
    result = invoke("check", "lesson.md", "--language", "js", provider=_on(DRIFTED))
    assert "javascript" in result.stderr
    assert "python:3.11" not in result.stderr


def test_quiet_says_nothing(invoke: Invoke, page: Path) -> None:
    result = invoke("check", "lesson.md", "--quiet", provider=_on(DRIFTED))
    assert (result.stderr, result.exit_code) == ("", 0)


def test_the_reference_versions_are_no_reason_to_warn(invoke: Invoke, page: Path) -> None:
    assert WARNING not in invoke("check", "lesson.md", provider=_on(AS_MEANT)).stderr


def test_machines_that_read_stdout_are_not_disturbed(invoke: Invoke, page: Path) -> None:
    result = invoke("check", "lesson.md", "--output-format", "jsonl", provider=_on(DRIFTED))
    assert all(json.loads(line) for line in result.stdout.splitlines())
