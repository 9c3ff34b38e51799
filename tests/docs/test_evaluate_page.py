"""The commands and programs of docs/evaluate.md do, and print, what the page says."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "evaluate.md").read_text()
PROGRAM = re.compile(r"<!-- program: (\S+) -->\n```python\n(.*?)```", re.DOTALL)
COMMANDS = re.compile(
    r"<!-- example: exit (\d) -->\n```bash\n(.*?)```(?:\n\n<!-- output -->\n```text\n(.*?)```)?",
    re.DOTALL,
)
OUTPUT = re.compile(r"<!-- output -->\n```text\n(.*?)```", re.DOTALL)


def run(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    here = {"python": sys.executable, "daytona-validate": f"{sys.executable} -m daytona_validate"}
    name, _, rest = command.partition(" ")
    return subprocess.run(
        ["bash", "-c", f"{here[name]} {rest}"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_program_on_the_page_is_the_one_in_the_examples() -> None:
    [(path, code)] = PROGRAM.findall(PAGE)
    program = (ROOT / path).read_text()
    assert code == program.partition('"""\n\n')[2]
    assert len(OUTPUT.findall(PAGE)) == 2


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.jail
@pytest.mark.timeout(600)
def test_commands_and_programs_print_what_is_shown(tmp_path: Path, shared_cache: None) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    [(path, _)] = PROGRAM.findall(PAGE)
    shown = OUTPUT.findall(PAGE)
    assert run(tmp_path, f"python {path}").stdout == shown[0]
    examples = [
        (int(code), command, output)
        for code, commands, output in COMMANDS.findall(PAGE)
        for command in commands.splitlines()
    ]
    assert len(examples) == 4
    for code, command, output in examples:
        ran = run(tmp_path, command)
        assert ran.returncode == code, command + ran.stdout + ran.stderr
        if output:
            assert ran.stdout == output
    _, first, output = examples[0]
    lose_one_of_each(tmp_path / "results.jsonl")
    assert run(tmp_path, first).stdout == output


def lose_one_of_each(results: Path) -> None:
    """Have the first answers that passed be lost: to a busy machine, and to a missing package."""
    lines = [json.loads(line) for line in results.read_text().splitlines()]
    busy, lacking = [each for each in lines if each.get("outcome") == "passed"][:2]
    busy |= {"outcome": "unavailable", "fault": "infrastructure", "is_verdict": False}
    lacking |= {"outcome": "missing_dependency", "fault": "environment", "is_verdict": False}
    results.write_text("".join(f"{json.dumps(each)}\n" for each in lines))
