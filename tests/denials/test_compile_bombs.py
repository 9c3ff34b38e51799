"""Programs that cost a compiler much are judged: never unavailable, and nothing of ours breaks.

Each is run in a sandbox, and each is read from a page, a record and a notebook, as if its
compiler had refused it, so that all that looks at refused code looks at it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bomb import Bomb
from compile_bombs import BOMBS
from daytona_validate import Fault, Limits, Outcome, Snippet, Stage, Validator
from daytona_validate._cli.program import program
from daytona_validate._core.languages.table import LANGUAGES
from daytona_validate._reason import Reason
from daytona_validate.testing import Execution, FakeProvider, ran
from plain_settings import plain_settings

LIMITS = Limits(timeout_s=5.0, compile_timeout_s=10.0, memory_mib=512)
REFUSALS = {
    "python": '  File "/work/main.py", line 1\n    x\n    ^\nSyntaxError: invalid syntax\n',
    "javascript": "/work/index.js:1\nx\n^\n\nSyntaxError: Unexpected token\n\nNode.js v24.1.0\n",
    "typescript": "index.ts(1,1): error TS1005: ';' expected.\n",
    "java": "Main.java:1: error: reached end of file while parsing\n",
    "go": "./main.go:1:1: syntax error: unexpected x\n",
    "sql": 'psql:query.sql:1: ERROR:  syntax error at or near "x"\n',
}
pytestmark = [pytest.mark.slow, pytest.mark.thorough]
each_bomb = pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)


def test_every_language_has_some() -> None:
    assert {each.language for each in BOMBS.values()} == set(LANGUAGES) == set(REFUSALS)


@pytest.mark.jail
@pytest.mark.alone
@pytest.mark.timeout(600)  # the first use of a toolchain prepares it
@each_bomb
async def test_it_is_judged(bomb: Bomb, jail_cache_dir: Path) -> None:
    settings = plain_settings(cache_dir=jail_cache_dir, cache="off")
    snippet = Snippet(code=bomb.code(), language=bomb.language, limits=LIMITS)
    async with Validator(settings, provider="local") as validator:
        result = await validator.validate(snippet)
    if result.fault is Fault.ENVIRONMENT or result.reason is Reason.STARVED:
        pytest.skip(result.details)  # no JDK; or the machine has other work
    assert result.outcome in bomb.outcomes, (result.details, result.error)
    assert result.is_verdict
    assert len(result.details) <= 300


async def _refused(snippet: Snippet) -> Execution:
    is_compiled = snippet.language in ("java", "go", "typescript")
    return ran(
        stderr=REFUSALS[snippet.language],
        exit_code=3 if snippet.language == "sql" else 1,
        stage=Stage.COMPILE if is_compiled else Stage.RUN,
    )


def _page(bomb: Bomb) -> str:
    return f"# Page\n\n```{bomb.language}\na = 1\n```\n\n```{bomb.language}\n{bomb.code()}\n```\n"


def _record(bomb: Bomb) -> str:
    return json.dumps({"code": bomb.code(), "language": bomb.language}) + "\n"


def _notebook(bomb: Bomb) -> str:
    cell = {"cell_type": "code", "source": bomb.code(), "metadata": {}, "outputs": [], "id": "a"}
    metadata = {"language_info": {"name": bomb.language}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": [cell]})


@pytest.mark.parametrize(
    ("name", "written"),
    [("page.md", _page), ("records.jsonl", _record), ("page.ipynb", _notebook)],
    ids=["page", "record", "notebook"],
)
@each_bomb
@pytest.mark.usefixtures("shared_cache")
def test_it_is_read_and_refused(
    bomb: Bomb, name: str, written: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(written)
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(written(bomb))
    command = ["check", name, "--output-format", "jsonl", "-q"]
    answer = CliRunner().invoke(program, command, obj=FakeProvider(_refused))
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    *_, last, summary = [json.loads(line) for line in answer.stdout.splitlines()]
    assert summary["type"] == "summary"
    assert last["outcome"] in (Outcome.COMPILE_ERROR, Outcome.RUNTIME_ERROR, Outcome.NOT_RUNNABLE)
    assert answer.exit_code == (0 if last["outcome"] == Outcome.NOT_RUNNABLE else 1)
