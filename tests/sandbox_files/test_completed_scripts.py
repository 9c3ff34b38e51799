"""What is put around a script's fragment, in Node and without a sandbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from block_results import block, result
from daytona_validate._core.details import failure_details
from daytona_validate._core.fragments.script_completions import script_completion
from daytona_validate._models import Outcome

from .node_program import run_node

pytestmark = pytest.mark.slow

SAID = (
    "ReferenceError: Cannot determine intended module format because both require() and top-level"
    " await are present"
)


@pytest.mark.parametrize(
    ("awaited", "exit_code"),
    [
        ("Promise.resolve(1)", 0),
        ("new Promise((done) => setTimeout(done, 20))", 0),
        ("new Promise(() => {})", 13),
        ("Promise.reject(1)", 1),
        ("process.exit(0)", 0),
    ],
)
def test_an_async_body_has_to_end(tmp_path: Path, awaited: str, exit_code: int) -> None:
    code = f"const fs = require('fs');\nawait {awaited};\n"
    failed = result(Outcome.RUNTIME_ERROR, SAID, details=failure_details(SAID))
    tried = script_completion(block(code, "javascript"), failed, ())
    assert tried is not None
    (tmp_path / "main.cjs").write_text(tried.snippet.code)
    assert run_node(tmp_path, "main.cjs").returncode == exit_code
