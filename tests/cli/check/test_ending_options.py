"""The options for when a program has passed: once it listens, or only if it reached its end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from daytona_validate.testing import FakeProvider, ran

Invoke = Callable[..., Result]


def test_programs_have_to_reach_their_end_only_when_asked_for(
    invoke: Invoke, in_folder: Path
) -> None:
    records: list[dict[str, object]] = [
        {"code": "1", "must_reach_end": True},
        {"code": "2"},
        {"code": "3"},
    ]
    lines = [json.dumps({"language": "py", **record}) for record in records]
    (in_folder / "data.jsonl").write_text("\n".join(lines))
    for options, asked in (((), [True, False, False]), (("--must-reach-end",), [True] * 3)):
        fake = FakeProvider()
        assert invoke("check", "data.jsonl", "-j1", *options, provider=fake).exit_code == 0
        assert [snippet.must_reach_end for snippet in fake.snippets] == asked
    for line, options in (("2", ("--must-reach-end",)), ("1", ())):
        fake = FakeProvider()
        assert invoke("run", f"data.jsonl:{line}", *options, provider=fake).exit_code == 0
        assert [snippet.must_reach_end for snippet in fake.snippets] == [True]


def test_field_of_another_type_is_refused(invoke: Invoke, in_folder: Path) -> None:
    (in_folder / "data.jsonl").write_text('{"language": "py", "code": "1", "must_reach_end": 1}')
    assert "must be true or false" in invoke("check", "data.jsonl", provider=FakeProvider()).stdout


@pytest.mark.parametrize("command", ["check", "run"])
def test_server_cannot_have_to_reach_its_end(invoke: Invoke, page: Path, command: str) -> None:
    both = ("--until-listening", "--must-reach-end")
    found = invoke(command, "lesson.md", *both, provider=FakeProvider())
    assert found.exit_code == 2
    assert "--until-listening and --must-reach-end exclude each other" in found.stderr


def test_repeat_command_asks_for_the_end_too(invoke: Invoke, page: Path) -> None:
    fake = FakeProvider(ran(exit_code=1))
    found = invoke("check", "lesson.md", "--must-reach-end", provider=fake)
    assert "run --must-reach-end lesson.md:3" in found.stdout
