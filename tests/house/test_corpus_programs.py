"""The programs of `tests/corpus`, which no test runs, find what they import, called as they say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOAD = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='loaded')"


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.parametrize("name", ["courses_corpus", "planted_mistakes", "snippets_corpus"])
def test_a_program_finds_what_it_imports(name: str) -> None:
    program = ROOT / "tests" / "corpus" / f"{name}.py"
    said = re.search(
        rf"^ +PYTHONPATH=(\S+) python tests/corpus/{name}.py", program.read_text(), re.MULTILINE
    )
    assert said is not None
    # The second is what Python adds for a program that is called by its path.
    environment = {**os.environ, "PYTHONPATH": f"{said[1]}:{program.parent}"}
    argv = [sys.executable, "-c", LOAD, str(program)]
    subprocess.run(argv, cwd=ROOT, env=environment, check=True, timeout=60)
