"""The commands of docs/courses.md, one after the other, end as the page says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from documented import ROOT, fences, typed

COMMANDS = [command for each in fences(ROOT / "docs" / "courses.md") for command in each.commands]


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


def test_the_workflow_allows_the_sandboxes_before_it_checks() -> None:
    workflow = (ROOT / "examples" / "github-workflow.yml").read_text()
    assert workflow.index("apparmor_restrict_unprivileged_userns=0") > 0
    assert workflow.index("_userns=0") < workflow.index("daytona-validate check")
    assert "--allow-packages" in workflow  # nothing is remembered there


def test_the_hook_that_is_used_is_the_one_there_is() -> None:
    (defined,) = re.findall(r"id: (\S+)", (ROOT / ".pre-commit-hooks.yaml").read_text())
    (used,) = re.findall(r"id: (\S+)", (ROOT / "examples" / "pre-commit-config.yaml").read_text())
    assert used == defined
