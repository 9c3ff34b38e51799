"""Commands of build servers' logs: none is left, and the text is the same to who reads a report."""

from __future__ import annotations

import json
import re
import subprocess
from html import unescape

import pytest

from daytona_validate._json_text import compact_json
from daytona_validate._reports.shell_word import shell_word
from daytona_validate._reports.workflow_commands import referenced_commands, without_commands

COMMANDS = ["##[add-path]/tmp", "a ##vso[task.setvariable]b", "##teamcity[message]", "###[x]"]


@pytest.mark.parametrize("text", COMMANDS)
def test_json_and_words_of_a_shell_mean_the_same(text: str) -> None:
    word = shell_word(text)
    said = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True)
    assert json.loads(compact_json({text: text})) == {text: text}
    assert said.stdout.decode() == text
    assert not any(re.search(r"##\w*\[", each) for each in (compact_json(text), word))


@pytest.mark.parametrize("text", [*COMMANDS, "::error::x", "a\n  ::set-env::b\n::: c", "\t::x"])
def test_markup_means_the_same(text: str) -> None:
    markup = referenced_commands(text)
    assert unescape(markup) == text
    assert not any(line.strip().startswith("::") for line in markup.splitlines())


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("::error::x", ": :error::x"),
        (" :::x", " : ::x"),
        ("a::b", "a::b"),
        ("a ##[x] ##vso[y", "a # #[x] # #vso[y"),
        ("## heading [x]", "## heading [x]"),
        ("#[x]", "#[x]"),
    ],
)
def test_a_line_for_people_has_a_blank_in_it(line: str, shown: str) -> None:
    assert without_commands(line) == shown
