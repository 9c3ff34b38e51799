"""The commands of docs/courses.md, one after the other, end as the page says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from daytona_validate._cli.check.check_command import check
from documented import ROOT, fences, typed

COMMANDS = [command for each in fences(ROOT / "docs" / "courses.md") for command in each.commands]
OPTION = re.compile(r"--[a-z][a-z-]+")


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.timeout(600)
def test_each_command_ends_with_the_exit_code_that_is_promised(
    tmp_path: Path, shared_cache: None
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    assert len(COMMANDS) >= 6
    for command, code in COMMANDS:
        run = typed(command, tmp_path)
        assert run.returncode == code, command + run.stdout + run.stderr


OPTIONS = {name for parameter in check.params for name in parameter.opts} | {"--help"}


def options_of(*path: str) -> set[str]:
    """Return all options that a file of ours names after `daytona-validate check`."""
    text = ROOT.joinpath(*path).read_text()
    assert "daytona-validate check" in text
    return set(OPTION.findall(text.partition("daytona-validate check")[2]))


@pytest.mark.parametrize(
    "path", ["docs/courses.md", "examples/github-workflow.yml", ".pre-commit-hooks.yaml"]
)
def test_each_option_that_is_told_of_exists(path: str) -> None:
    assert options_of(path) <= OPTIONS


def test_the_workflow_allows_the_sandboxes_before_it_checks() -> None:
    workflow = (ROOT / "examples" / "github-workflow.yml").read_text()
    assert workflow.index("apparmor_restrict_unprivileged_userns=0") > 0
    assert workflow.index("_userns=0") < workflow.index("daytona-validate check")


def test_the_hook_that_is_used_is_the_one_there_is() -> None:
    (defined,) = re.findall(r"id: (\S+)", (ROOT / ".pre-commit-hooks.yaml").read_text())
    (used,) = re.findall(r"id: (\S+)", (ROOT / "examples" / "pre-commit-config.yaml").read_text())
    assert used == defined
