"""The program that runs Python after earlier codes, started without a sandbox, and judged."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex

from daytona_validate._core.intake import Job
from daytona_validate._core.judge import judge
from daytona_validate._core.languages.python import PYTHON
from daytona_validate._core.outcomes import Verdict
from daytona_validate._core.session_end import with_session_secret
from daytona_validate._core.source_text import work_files
from daytona_validate._models import Execution, Limits, Snippet, Stage, Step
from daytona_validate._sandbox_files import sandbox_files

_PROGRAM = sandbox_files("python") / "run_session.py"


def run(
    folder: Path, earlier: Sequence[str], code: str, *args: str, stdin: str = ""
) -> tuple[Verdict, Step]:
    """Return the verdict on a program after earlier codes, and the step without their report."""
    snippet = Snippet(code=code, language="python", earlier=tuple(earlier), args=args, stdin=stdin)
    if earlier:
        snippet = with_session_secret(snippet, token_hex())
    for name, content in work_files(snippet, PYTHON).items():
        (folder / name).write_bytes(content)
    program = [_PROGRAM] if earlier else []
    done = subprocess.run(
        [sys.executable, "-s", "-S", *program, "main.py", *args],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUTF8": "1",
        },
        input=stdin.encode(),
        capture_output=True,
        check=False,
        timeout=20,
    )
    signal = -done.returncode if done.returncode < 0 else None
    step = Step(
        stage=Stage.RUN,
        exit_code=128 + signal if signal else done.returncode,
        signal=signal,
        stdout=done.stdout,
        stderr=done.stderr,
    )
    verdict, own = judge(Execution(steps=(step,), runtime="r"), Job(snippet, PYTHON, Limits()))
    return verdict, own.steps[-1]
