"""Show that each import contract fails when it is broken. Run by `nox -s imports`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]

BREAKS = (
    ("Data flows one way", "_models/result.py", "import daytona_validate._client"),
    ("Data flows one way", "_undeclared.py", "import daytona_validate._models"),
    ("Data flows one way", "_courses/collect.py", "import daytona_validate._client"),
    (
        "A command knows no other command",
        "_cli/run.py",
        "import daytona_validate._cli.check.check_run",
    ),
    ("Data flows one way", "_courses/collect.py", "import daytona_validate._reports.formats"),
    ("The functional core does no I/O", "_core/classify.py", "import time"),
    ("The functional core does no I/O", "_courses/markdown.py", "import subprocess"),
    ("The functional core does no I/O", "_jails/jail.py", "import os"),
    ("Settings are read at the edge only", "_pipeline.py", "import daytona_validate._settings"),
    ("Data flows one way", "_jails/step.py", "import daytona_validate._toolchains.go"),
    (
        "Toolchains know nothing of packages",
        "_toolchains/node.py",
        "import daytona_validate._toolchains.packages.packages",
    ),
    ("Providers do not know each other", "_providers/local.py", "{daytona}"),
    ("The functional core does no I/O", "_emulator/control_plane/sandbox_states.py", "import time"),
    ("The emulator is an independent witness", "_emulator/control_plane/api.py", "{daytona}"),
    (
        "The emulator is an independent witness",
        "_emulator/machines/emulated_machine.py",
        "import daytona_validate._providers.local",
    ),
    (
        "The emulator is read from the top",
        "_emulator/web/app.py",
        "import daytona_validate._emulator.control_plane.fleet",
    ),
    (
        "Only the Daytona provider imports httpx and httptools",
        "_runtime/limiter.py",
        "import httpx",
    ),
)


def is_caught(contract: str, module: str, line: str) -> bool:
    """Return whether the linter names a contract after one line was added to a module."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / "src", copy / "src")
        shutil.copy(ROOT / "pyproject.toml", copy)
        path = copy / "src" / "daytona_validate" / module
        before = path.read_text() if path.exists() else ""
        path.write_text(before + "\n" + line.format(daytona=DAYTONA) + "\n")
        program = "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports"
        run = subprocess.run(
            [sys.executable, "-c", f"{program}; sys.exit(lint_imports(no_cache=True))"],
            cwd=copy,
            capture_output=True,
            text=True,
            check=False,
        )
    verdicts = re.findall(rf"^{contract}.* (KEPT|BROKEN)", run.stdout, re.MULTILINE)
    if len(verdicts) != 1:
        raise SystemExit(f"no verdict on «{contract}»:\n{run.stdout}{run.stderr}")
    return verdicts == ["BROKEN"]


DAYTONA = "import daytona_validate._providers.daytona.provider"


def main() -> int:
    if any(is_caught(contract, "_models/result.py", "") for contract, _, _ in BREAKS):
        raise SystemExit("a contract is broken before anything was added")
    missed = [each for each in BREAKS if not is_caught(*each)]
    for contract, module, line in missed:
        print(f"not caught: {line!r} in {module}, against «{contract}»")
    print(f"{len(BREAKS) - len(missed)} of {len(BREAKS)} broken imports were caught")
    return bool(missed)


sys.exit(main())
